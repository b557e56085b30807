//! `audit verify`: whether the records are as they were written, by themselves and by what the sites remember of them.

use std::collections::BTreeMap;

use crds::{Lang, Message, Record, RecordHead, RecordSpec, SiteReport};
use kube::{Api, Client, ResourceExt};
use plan::names::site_of;
use plan::records::{NAMESPACE, head, verify};
use serde::Serialize;

use super::failure::{Exit, Failure};
use super::lookup::{all, list};
use super::output::{self, Output};
use super::page::Page;
use super::reach::{Connect, reach};

/// What is asked about records.
#[derive(clap::Subcommand, Clone, Debug)]
pub(crate) enum AuditAction {
    /// Verifies them.
    #[command(about = "核验留痕链:改动、缺失、错位、截断,并与各机房所记核对 (verify the records against themselves and the sites)", long_about = None, after_help = below!("audit verify", "audit verify -o json"))]
    Verify(VerifyArgs),
}

/// What `audit verify` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct VerifyArgs {
    /// Form of the answer.
    #[arg(short, long, value_enum, default_value_t = Output::Text, help = "输出形式 (form of the answer)")]
    pub(crate) output: Output,
}

/// The answer of `-o json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    records: usize,
    /// The chain's end.
    head: Option<RecordHead>,
    /// How many sites remember an end of it.
    sites: usize,
    findings: Vec<String>,
}

/// Reads all of it and says what is wrong.
pub(crate) async fn run(action: &AuditAction, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let AuditAction::Verify(args) = action;
    let client = reach(connect).await?.client;
    let records: Vec<Record> = list(Api::namespaced(client.clone(), NAMESPACE), "留痕 Record").await?;
    let records: BTreeMap<String, RecordSpec> =
        records.into_iter().map(|record| (record.name_any(), record.spec)).collect();
    let remembered = remembered(&client).await?;
    let findings = verify(&records, &remembered);
    let end = records.values().next_back().map(head);
    match args.output {
        Output::Json => output::json(&Answer {
            records: records.len(),
            head: end,
            sites: remembered.len(),
            findings: findings.iter().map(ToString::to_string).collect(),
        })?,
        Output::Text => output::text(&shown(records.len(), end, remembered.len(), &findings, lang))?,
    }
    Ok(if findings.is_empty() { Exit::Well } else { Exit::NotWell })
}

/// The ends of the chain that sites say they were told.
async fn remembered(client: &Client) -> Result<Vec<(String, RecordHead)>, Message> {
    let reports: Vec<SiteReport> = all(client, "机房报告 SiteReport").await?;
    let one = |report: SiteReport| {
        let site = site_of(&report.namespace()?)?;
        Some((site.to_string(), report.status?.records?))
    };
    Ok(reports.into_iter().filter_map(one).collect())
}

fn shown(count: usize, end: Option<RecordHead>, sites: usize, findings: &[Message], lang: Lang) -> String {
    let mut page = Page::new(lang);
    for finding in findings {
        page.warn(finding);
    }
    if findings.is_empty() {
        page.say(&match end {
            None => Message::NoRecords {},
            Some(end) => Message::RecordsWhole { count: count.to_string(), digest: end.digest },
        });
    }
    if sites == 0 {
        page.say(&Message::RecordsUnwitnessed {});
    }
    page.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_records_are_said_to_be_with_their_end_and_whether_a_site_bears_witness() {
        let end = || Some(RecordHead { sequence: 3, digest: "0f".repeat(32) });
        let cut = Message::RecordsCut { site: "kaicheng".into(), sequence: "4".into(), last: "3".into() };
        insta::assert_snapshot!(
            [
                shown(3, end(), 2, &[], Lang::Zh),
                shown(3, end(), 2, &[cut], Lang::Zh),
                shown(0, None, 0, &[], Lang::Zh),
                shown(3, end(), 0, &[], Lang::En),
            ]
            .join("--\n")
        );
    }
}
