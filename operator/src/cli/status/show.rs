//! The report as people read it.

use crds::message::localize;
use crds::{Lang, Message, SetCounts};

use super::super::page::one_line;
use super::super::seen::health::Health;
use super::super::table::Table;
use super::super::words::{self, Kind, Word};
use super::report::{DataCenterRow, Place, Problem, Report, Tally, View, WorkspaceRow};
use super::tables;

/// Writes the report in one language.
pub(super) fn show(report: &Report, lang: Lang) -> String {
    let mut parts = vec![heading(report, lang)];
    parts.extend(tables::entry(report, lang));
    parts.extend(tables::means(report, lang));
    if let Some(rows) = &report.data_centers {
        parts.push(section(Kind::DataCenter, &data_centers(rows, lang), rows.is_empty(), lang));
        if report.view == View::Site {
            parts.extend(rows.iter().flat_map(|row| one_site(row, lang)));
        }
    }
    if report.view == View::Site {
        parts.extend(tables::allotments(report, lang));
    }
    if let Some(rows) = &report.workspaces {
        parts.push(section(Kind::Workspace, &workspaces(rows, lang), rows.is_empty(), lang));
    }
    if report.view == View::System {
        parts.extend(tables::places(report, lang));
    }
    parts.extend(tables::departments(report, lang));
    let sets = report.workspace_sets.filter(|sets| sets.total > 0);
    let tallies =
        [(Kind::Department, report.departments), (Kind::System, report.systems), (Kind::WorkspaceSet, sets)];
    let tallies = tallies.into_iter().filter_map(|(kind, tally)| Some(count(kind, tally?, lang)));
    if report.view != View::System {
        parts.push(tallies.collect());
    }
    parts.push(not_seen(report, lang));
    parts.push(to_see_to(report, lang));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn heading(report: &Report, lang: Lang) -> String {
    let Some(districts) = &report.districts else { return String::new() };
    let names: Vec<&str> = districts.iter().map(|district| district.display_name.as_str()).collect();
    let names = if names.is_empty() { words::UNREGISTERED.of(lang).to_owned() } else { names.join(", ") };
    format!("{}{}{names}\n", Kind::District.word().of(lang), words::COLON.of(lang))
}

pub(super) fn section(kind: Kind, table: &Table, empty: bool, lang: Lang) -> String {
    let table = if empty { format!("{}\n", words::NONE.of(lang)) } else { table.render() };
    format!("{}\n{table}", kind.plural().of(lang))
}

fn data_centers(rows: &[DataCenterRow], lang: Lang) -> Table {
    let headings = [
        words::NAME,
        words::ID,
        words::DISPOSITION,
        words::READY,
        words::NODES,
        words::ORDERS,
        words::MESSAGE,
    ];
    let mut table = Table::new(headings.map(|word| word.of(lang)));
    for row in rows {
        table.row([
            row.display_name.clone(),
            row.name.clone(),
            words::disposition(row.disposition).of(lang).to_owned(),
            words::health(row.health).of(lang).to_owned(),
            row.ready_nodes.map(|nodes| nodes.to_string()).unwrap_or_default(),
            row.sets.map(|sets| format!("{}/{}", sets.applied, sets.told)).unwrap_or_default(),
            one_line(&row.message, lang),
        ]);
    }
    table
}

/// The sets of one data centre: how many of them are how far, those that need a look, and when it was heard last.
fn one_site(row: &DataCenterRow, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    let table = |headings: &[Word]| Table::new(headings.iter().map(|word| word.of(lang)));
    if let Some(counts) = row.sets {
        let SetCounts { told, accepted, applied, blocked, quarantined, contested, unknown } = counts;
        let mut table = table(&[
            words::TOLD,
            words::ACCEPTED,
            words::IN_FORCE,
            words::BLOCKED,
            words::QUARANTINED,
            words::CONTESTED,
            words::UNKNOWN,
        ]);
        table.row([told, accepted, applied, blocked, quarantined, contested, unknown].map(|n| n.to_string()));
        parts.push(format!("{}\n{}", words::SETS.of(lang), table.render()));
    }
    if !row.details.is_empty() {
        let mut table =
            table(&[words::SET, words::TOLD, words::ACCEPTED, words::IN_FORCE, words::MESSAGE, words::DRIFT]);
        for set in &row.details {
            let applied = if set.applied { Health::Ready } else { Health::NotReady };
            table.row([
                set.set.clone(),
                set.told.to_string(),
                set.accepted.to_string(),
                words::health(applied).of(lang).to_owned(),
                one_line(&set.message, lang),
                one_line(&set.drift, lang),
            ]);
        }
        parts.push(table.render());
    }
    if let Some(at) = &row.last_contact {
        parts.push(format!("{}\n", Message::LastContact { at: at.clone() }.text(lang)));
    }
    parts
}

fn workspaces(rows: &[WorkspaceRow], lang: Lang) -> Table {
    let department = Kind::Department.word().of(lang).to_uppercase();
    let system = Kind::System.word().of(lang).to_uppercase();
    let word = |word: words::Word| word.of(lang).to_owned();
    let mut table = Table::new([
        word(words::NAME),
        department,
        system,
        word(words::NAMESPACE),
        word(words::PLACES),
        word(words::READY),
        word(words::MESSAGE),
    ]);
    for row in rows {
        let places = row.places.iter().map(|place| state(place, lang)).collect::<Vec<_>>();
        table.row([
            row.display_name.clone(),
            row.department_name.clone(),
            row.system_name.clone(),
            row.site_namespace.clone().unwrap_or_default(),
            places.join(words::SEMICOLON.of(lang)),
            words::health(row.health).of(lang).to_owned(),
            one_line(&row.message, lang),
        ]);
    }
    table
}

/// `凯城机房:已生效`, and in parentheses what was disturbed there and since when nothing is heard.
fn state(place: &Place, lang: Lang) -> String {
    let state = format!("{}{}{}", place.site_name, words::COLON.of(lang), words::state(place.state).of(lang));
    let drift = Some(one_line(&place.drift, lang)).filter(|drift| !drift.is_empty());
    let contact = place.last_contact.clone().map(|at| Message::LastContact { at }.text(lang));
    let beside: Vec<String> = drift.into_iter().chain(contact).collect();
    if beside.is_empty() { state } else { format!("{state} ({})", beside.join(words::SEMICOLON.of(lang))) }
}

fn count(kind: Kind, tally: Tally, lang: Lang) -> String {
    let said = Message::Tally {
        kind: kind.plural().of(lang).to_owned(),
        total: tally.total.to_string(),
        ready: tally.ready.to_string(),
        rest: tally.not_ready.to_string(),
    };
    format!("{}\n", said.text(lang))
}

fn not_seen(report: &Report, lang: Lang) -> String {
    if report.not_seen.is_empty() {
        return String::new();
    }
    let lines = report.not_seen.iter().map(|why| format!("  {}", one_line(why, lang)));
    ended(std::iter::once(words::NOT_SEEN.of(lang).to_owned()).chain(lines))
}

fn to_see_to(report: &Report, lang: Lang) -> String {
    if report.problems.is_empty() {
        let settled = report.well.then(|| Message::Settled {}.text(lang));
        return ended(settled.into_iter());
    }
    let heading = format!("{} ({})", words::TO_SEE_TO.of(lang), report.problems.len());
    let problems = report.problems.iter().flat_map(|problem| one_problem(problem, lang));
    ended(std::iter::once(heading).chain(problems))
}

/// The object, and below it what it and its data centres say. Every line is indented: nobody's text can look like a heading.
fn one_problem(problem: &Problem, lang: Lang) -> Vec<String> {
    let name = match &problem.namespace {
        Some(namespace) => format!("{namespace}/{}", problem.name),
        None => problem.name.clone(),
    };
    let kind = problem.kind.word().of(lang);
    let mut lines = vec![match problem.display_name.as_str() {
        "" => format!("  {kind} {name}"),
        called => format!("  {kind} {called} ({name})"),
    }];
    lines.extend(localize(&problem.message, lang).lines().map(|line| format!("    {line}")));
    lines.extend(problem.places.iter().map(|place| {
        let contact = place.last_contact.clone().map(|at| Message::LastContact { at }.text(lang));
        let said =
            Some(one_line(&place.message, lang)).filter(|said| !said.is_empty()).into_iter().chain(contact);
        let said: Vec<String> = said.collect();
        format!("    {}{}{}", place.site_name, words::COLON.of(lang), said.join(words::SEMICOLON.of(lang)))
    }));
    let who = problem.who.word().of(lang).to_owned();
    lines.extend(
        problem
            .command
            .clone()
            .map(|command| format!("    {}", Message::HelpRun { who, command }.text(lang))),
    );
    lines
}

/// Lines as a text.
fn ended(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| line + "\n").collect()
}
