//! `site survey`: what stands on a site that is not ours, for people who decide what becomes of it.

use crds::{Department, Lang, Message};
use plan::survey::{Guess, Row, survey};

use super::at_site::{AtSite, see};
use super::csv::csv;
use super::failure::{Exit, Failure};
use super::lookup::{all, site};
use super::output;
use super::page::Page;
use super::reach::{Connect, reach};
use super::table::Table;
use super::words::{self, Kind, SEMICOLON, Word};

/// What `site survey` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct SurveyArgs {
    /// The data centre.
    #[arg(help = "机房短码或中文名 (data centre: short name or Chinese name)")]
    pub(crate) name: String,
    /// How the site is reached.
    #[command(flatten)]
    pub(crate) at_site: AtSite,
    /// In which form.
    #[arg(short, long, value_enum, default_value_t = Form::Table, help = "输出形式 (form)")]
    pub(crate) output: Form,
    // The agent's own `--kubeconfig` hides the plugin's from here, as in `JoinArgs`.
    #[command(flatten)]
    pub(crate) connect: Connect,
}

/// In which form a survey is shown.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Columns for a terminal.
    #[value(help = "表格 (columns)")]
    Table,
    /// A file for office programs.
    #[value(help = "CSV 文件,可直接用 Excel 打开 (a file for office programs)")]
    Csv,
    /// For programs.
    #[value(help = "JSON")]
    Json,
}

const COLUMNS: [Word; 13] = [
    words::NAMESPACE,
    words::WORKLOADS,
    words::PODS,
    words::OWNER,
    words::SIGNS,
    words::CPU,
    words::MEMORY,
    words::STORAGE,
    words::VOLUMES,
    words::SERVICES,
    words::REGISTRIES,
    words::FLOWS,
    words::VIOLATIONS,
];

/// Reads the site and shows what stands there.
pub(super) async fn run(args: &SurveyArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let hub = reach(connect).await?.client;
    // The data centre is named so that nobody surveys one for another without noticing that it is not registered.
    let (site, room) = site(&hub, &args.name).await?;
    let departments: Vec<Department> = all(&hub, &Kind::Department.in_message()).await?;
    let there = args.at_site.reach().await?;
    let rows = survey(&see(&there.client).await?, &departments);
    match args.output {
        Form::Json => output::json(&rows)?,
        Form::Csv => output::text(&csv(&cells(&rows, lang)))?,
        Form::Table => {
            let mut page = Page::new(lang);
            let server = there.cluster.server.unwrap_or_default();
            page.line_under(0, &format!("{} ({site}) {server}", room.spec.display_name));
            page.say(&tally(&rows));
            page.gap();
            page.table(&table(&rows, lang));
            output::text(&page.text())?;
        }
    }
    Ok(Exit::Well)
}

fn tally(rows: &[Row]) -> Message {
    let unowned = rows.iter().filter(|row| row.owners.is_empty()).count();
    Message::Surveyed { namespaces: rows.len().to_string(), unowned: unowned.to_string() }
}

fn table(rows: &[Row], lang: Lang) -> Table {
    let mut cells = cells(rows, lang).into_iter();
    let mut table = Table::new(cells.next().unwrap_or_default());
    for row in cells {
        table.row(row);
    }
    table
}

/// Headings and rows.
fn cells(rows: &[Row], lang: Lang) -> Vec<Vec<String>> {
    let headings = COLUMNS.map(|word| word.of(lang).to_owned()).to_vec();
    std::iter::once(headings).chain(rows.iter().map(|row| line(row, lang))).collect()
}

fn line(row: &Row, lang: Lang) -> Vec<String> {
    let Row { namespace, workloads, owners, need, registries, flows, violations } = row;
    let join = |texts: Vec<String>| texts.join(SEMICOLON.of(lang));
    let owner = |guess: &Guess| format!("{} ({})", guess.display_name, guess.department);
    // Of two that may own it, each sign says of whom it speaks.
    let several = owners.len() > 1;
    let signs = owners.iter().flat_map(|guess| {
        guess.signs.iter().map(
            move |sign| {
                if several { format!("{}: {sign}", guess.department) } else { sign.clone() }
            },
        )
    });
    vec![
        namespace.clone(),
        join(workloads.clone()),
        need.pods.to_string(),
        join(owners.iter().map(owner).collect()),
        join(signs.collect()),
        need.cpu.clone(),
        need.memory.clone(),
        need.storage.clone(),
        need.volumes.to_string(),
        need.services.to_string(),
        join(registries.iter().cloned().collect()),
        join(flows.clone()),
        join(violations.iter().map(|said| format!("ZY-{} {}", said.code(), said.text(lang))).collect()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use plan::survey::Need;

    fn row() -> Row {
        let guess = |department: &str, sign: &str| Guess {
            department: department.into(),
            display_name: format!("区{department}"),
            signs: vec![sign.into()],
        };
        Row {
            namespace: "his".into(),
            workloads: vec!["Deployment web 2".into()],
            owners: vec![guess("weijian", "label owner==cmd|x"), guess("jiaoyu", "name his")],
            need: Need { cpu: "1".into(), memory: "2Gi".into(), storage: "0".into(), ..Need::default() },
            registries: ["docker.io".to_owned()].into(),
            flows: vec!["-> 10.0.0.0/8".into(), "a\u{1b}[2J".into()],
            violations: vec![Message::NodePorts { services: "web".into() }],
        }
    }

    #[test]
    fn a_survey_is_a_file_that_excel_opens_and_that_calculates_nothing() {
        let file = csv(&cells(&[row()], Lang::Zh));
        let lines: Vec<&str> = file.lines().collect();
        assert!(lines[0].starts_with("\u{feff}\"命名空间\",\"工作负载\""), "{}", lines[0]);
        assert_eq!(
            lines[1],
            "\"his\",\"Deployment web 2\",\"0\",\"区weijian (weijian);区jiaoyu (jiaoyu)\",\
             \"weijian: label owner==cmd|x;jiaoyu: name his\",\"1\",\"2Gi\",\"0\",\"0\",\"0\",\"docker.io\",\
             \"'-> 10.0.0.0/8;a[2J\",\"ZY-3077 NodePort 服务不予放行:web\""
        );
    }

    #[test]
    fn a_survey_is_a_table_in_the_readers_language() {
        let text = table(&[row()], Lang::En).render();
        assert!(text.starts_with("NAMESPACE  WORKLOADS"), "{text}");
        assert!(text.contains("ZY-3077 services of type NodePort are refused: web"), "{text}");
        assert_eq!(tally(&[row()]), Message::Surveyed { namespaces: "1".into(), unowned: "0".into() });
    }
}
