//! The tables of what departments have, and of one system.

use crds::{Amounts, Lang};

use super::super::page::one_line;
use super::super::table::Table;
use super::super::words::{self, Kind, Word};
use super::report::{DepartmentRow, Means, Report, Tally, View};
use super::show::section;

/// What one department may use and uses, part by part, and what that rests on. Nothing when more than one is shown.
pub(super) fn means(report: &Report, lang: Lang) -> Vec<String> {
    let Some(row) = one_department(report) else { return Vec::new() };
    let mut parts = vec![format!(
        "{}{}{} ({})\n{}",
        Kind::Department.word().of(lang),
        words::COLON.of(lang),
        row.display_name,
        row.name,
        parts_of(&row.means, lang).render()
    )];
    parts.extend(budgets(report, lang));
    parts.extend(grants(report, lang));
    parts.extend(allotments(report, lang));
    parts.extend(systems(report, lang));
    parts
}

/// The one department that is shown: it was asked for, or the person sees no other.
fn one_department(report: &Report) -> Option<&DepartmentRow> {
    let rows = report.per_department.as_deref()?;
    match (report.view, rows) {
        (View::Department, [row]) => Some(row),
        (View::District, [row]) if report.departments.is_none() => Some(row),
        _ => None,
    }
}

/// A part of an amount and how it is read.
type Part = (Word, fn(&Amounts) -> String);

const PARTS: [Part; 7] = [
    (words::CPU, |amounts| amounts.cpu.clone()),
    (words::MEMORY, |amounts| amounts.memory.clone()),
    (words::STORAGE, |amounts| amounts.storage.clone()),
    (words::PODS, |amounts| amounts.pods.to_string()),
    (words::VOLUMES, |amounts| amounts.volumes.to_string()),
    (words::SERVICES, |amounts| amounts.services.to_string()),
    (words::NAMESPACE, |amounts| amounts.namespaces.to_string()),
];

fn parts_of(means: &Means, lang: Lang) -> Table {
    let Means { total, granted, asked, told, counted } = means;
    let mut table = headed(
        &[words::RESOURCE, words::BUDGETED, words::GRANTED, words::ASKED, words::TOLD_AMOUNT, words::COUNTED],
        lang,
    );
    for (word, part) in PARTS {
        let cell = |amounts: &Option<Amounts>| amounts.as_ref().map(part).unwrap_or_default();
        table.row([
            word.of(lang).to_owned(),
            cell(total),
            cell(granted),
            cell(asked),
            cell(told),
            cell(counted),
        ]);
    }
    table
}

fn budgets(report: &Report, lang: Lang) -> Option<String> {
    let rows = report.budgets.as_deref()?;
    let mut table = headed(
        &[
            words::NAME,
            words::YEAR,
            words::FUNDING,
            words::CPU,
            words::MEMORY,
            words::STORAGE,
            words::READY,
            words::MESSAGE,
        ],
        lang,
    );
    for row in rows {
        table.row([
            row.name.clone(),
            row.year.to_string(),
            words::funding(row.funding).of(lang).to_owned(),
            row.total.cpu.clone(),
            row.total.memory.clone(),
            row.total.storage.clone(),
            words::health(row.health).of(lang).to_owned(),
            one_line(&row.message, lang),
        ]);
    }
    Some(section(Kind::Budget, &table, rows.is_empty(), lang))
}

fn grants(report: &Report, lang: Lang) -> Option<String> {
    let rows = report.grants.as_deref()?;
    let mut table = headed(
        &[
            words::NAME,
            words::SITES,
            words::CPU,
            words::MEMORY,
            words::STORAGE,
            words::UNTIL,
            words::READY,
            words::MESSAGE,
        ],
        lang,
    );
    // A line for each data centre of a grant; what is said of the whole stands in the first.
    for row in rows {
        for (at, given) in row.sites.iter().enumerate() {
            let first = |text: String| if at == 0 { text } else { String::new() };
            table.row([
                row.name.clone(),
                given.site_name.clone(),
                given.amounts.cpu.clone(),
                given.amounts.memory.clone(),
                given.amounts.storage.clone(),
                row.until.clone(),
                words::health(row.health).of(lang).to_owned(),
                first(one_line(&row.message, lang)),
            ]);
        }
    }
    Some(section(Kind::Grant, &table, rows.is_empty(), lang))
}

/// What departments have at data centres: of one department at each, or at one of each.
pub(super) fn allotments(report: &Report, lang: Lang) -> Option<String> {
    let rows = report.allotments.as_deref()?;
    let of_site = report.view == View::Site;
    let department = Word::new("单位", "DEPARTMENT");
    let mut table = headed(
        &[
            if of_site { department } else { words::SITE },
            words::GRANTED,
            words::TOLD_AMOUNT,
            words::COUNTED,
            words::READY,
            words::MESSAGE,
        ],
        lang,
    );
    let amounts = |amounts: &Amounts| {
        format!(
            "{} {}{}{} {}",
            words::CPU.of(lang),
            amounts.cpu,
            words::SEMICOLON.of(lang),
            words::MEMORY.of(lang),
            amounts.memory
        )
    };
    for row in rows {
        table.row([
            if of_site { row.department_name.clone() } else { row.site_name.clone() },
            amounts(&row.granted),
            row.told.as_ref().map(amounts).unwrap_or_default(),
            row.counted.as_ref().map(amounts).unwrap_or_default(),
            words::health(row.health).of(lang).to_owned(),
            one_line(&row.message, lang),
        ]);
    }
    Some(section(Kind::Allotment, &table, rows.is_empty(), lang))
}

fn systems(report: &Report, lang: Lang) -> Option<String> {
    let rows = report.register.as_deref()?;
    let mut table = headed(
        &[words::NAME, words::ID, words::CLASS, words::LEVEL, words::ZONES, words::READY, words::MESSAGE],
        lang,
    );
    for row in rows {
        table.row([
            row.display_name.clone(),
            row.name.clone(),
            words::system_kind(row.kind).of(lang).to_owned(),
            row.level.clone(),
            zones(row, lang),
            words::health(row.health).of(lang).to_owned(),
            one_line(&row.message, lang),
        ]);
    }
    Some(section(Kind::System, &table, rows.is_empty(), lang))
}

fn zones(row: &super::report::SystemRow, lang: Lang) -> String {
    let zones: Vec<&str> = row.zones.iter().map(|zone| words::zone(*zone).of(lang)).collect();
    zones.join(words::SEMICOLON.of(lang))
}

/// The register's entry of the one system that was asked for, a line each.
pub(super) fn entry(report: &Report, lang: Lang) -> Option<String> {
    let rows = report.register.as_deref().filter(|_| report.view == View::System)?;
    let lines = rows.iter().flat_map(|row| {
        let name = format!("{} ({}/{})", row.display_name, row.namespace, row.name);
        let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        [
            (Kind::System.word(), name),
            (Kind::Department.word(), row.department_name.clone()),
            (words::CLASS, words::system_kind(row.kind).of(lang).to_owned()),
            (words::LEVEL, row.level.clone()),
            (words::FILING, said(&row.filing)),
            (words::ZONES, zones(row, lang)),
            (words::RECOVERY, words::recovery(row.recovery).of(lang).to_owned()),
            (words::OPERATOR, said(&row.operator)),
            (
                words::READY,
                format!("{} {}", words::health(row.health).of(lang), one_line(&row.message, lang)),
            ),
        ]
        .map(|(word, text)| format!("{}{}{text}\n", word.of(lang), words::COLON.of(lang)))
    });
    Some(lines.collect())
}

/// How far each workspace is at each data centre, and what it waits for.
pub(super) fn places(report: &Report, lang: Lang) -> Option<String> {
    let rows = report.workspaces.as_deref().filter(|rows| !rows.is_empty())?;
    let mut table = headed(
        &[Word::new("业务空间", "WORKSPACE"), words::SITE, words::STATE, words::MESSAGE, words::DRIFT],
        lang,
    );
    for row in rows {
        for place in &row.places {
            table.row([
                row.display_name.clone(),
                place.site_name.clone(),
                words::state(place.state).of(lang).to_owned(),
                one_line(&place.message, lang),
                one_line(&place.drift, lang),
            ]);
        }
    }
    Some(format!("{}\n{}", words::PLACES.of(lang), table.render()))
}

/// A line for each department with something to see to; none when only one is shown.
pub(super) fn departments(report: &Report, lang: Lang) -> Option<String> {
    let rows = report.per_department.as_deref().filter(|_| report.view == View::District)?;
    let troubled: Vec<&DepartmentRow> = rows.iter().filter(|row| row.problems > 0).collect();
    if troubled.is_empty() || one_department(report).is_some() {
        return None;
    }
    let mut table = headed(
        &[
            words::NAME,
            words::ID,
            words::SYSTEMS_READY,
            words::WORKSPACES_READY,
            words::CPU_COUNTED,
            words::TROUBLE,
            words::MESSAGE,
        ],
        lang,
    );
    let ready = |tally: Option<Tally>| {
        tally.map(|tally| format!("{}/{}", tally.ready, tally.total)).unwrap_or_default()
    };
    for row in troubled {
        let cpu = |amounts: &Option<Amounts>| {
            amounts.as_ref().map_or("-", |amounts| amounts.cpu.as_str()).to_owned()
        };
        table.row([
            row.display_name.clone(),
            row.name.clone(),
            ready(row.systems),
            ready(row.workspaces),
            format!("{}/{}", cpu(&row.means.counted), cpu(&row.means.total)),
            row.problems.to_string(),
            one_line(&row.waits, lang),
        ]);
    }
    Some(section(Kind::Department, &table, false, lang))
}

fn headed(headings: &[Word], lang: Lang) -> Table {
    Table::new(headings.iter().map(|word| word.of(lang)))
}
