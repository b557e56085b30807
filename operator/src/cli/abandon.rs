//! `site abandon` and `site readmit`: asking for a site to be given up, or taken back. A second person agrees (`approve`).

use crds::{Decision, Lang, Message, Ruling, SiteReport};
use kube::ResourceExt;
use kube::api::Api;
use plan::admittance::Standing;
use plan::bundle::TERM_SET;
use plan::names::{SiteName, site_namespace};
use plan::report::Said;
use plan::ruling;
use serde::Serialize;

use super::approve::{What, approve_command};
use super::confirm::{Command, code, confirmed, given};
use super::failure::{Exit, Failure};
use super::lookup::{list, site};
use super::output;
use super::page::Page;
use super::reach::{Connect, reach};
use super::reports::shards;
use super::words;
use super::write::rule;

/// What `site abandon` and `site readmit` are asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct StandingArgs {
    /// The data centre.
    #[arg(help = "机房短码或中文名 (data centre: short name or Chinese name)")]
    pub(crate) name: String,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = given, help = "理由 (why)")]
    pub(crate) reason: String,
    /// The code that was shown.
    #[arg(long, value_name = "CODE", help = "所示的确认码,提交裁定 (the code that was shown: asks for it)")]
    pub(crate) confirm: Option<String>,
    // The agent's own `--kubeconfig` hides the plugin's from here, as in `JoinArgs`.
    #[command(flatten)]
    pub(crate) connect: Connect,
}

/// What is known of a site that is to be given up or taken back.
#[derive(Debug)]
struct Seen {
    site: SiteName,
    called: String,
    standing: Standing,
    /// Rulings of the same kind that wait for a second person.
    waiting: Vec<String>,
    /// Its sets, each with its namespaces.
    sets: Vec<(String, Vec<String>)>,
}

/// Shows what it would do, or asks for it.
pub(crate) async fn run(
    args: &StandingArgs,
    decision: Decision,
    connect: &Connect,
    lang: Lang,
) -> Result<Exit, Failure> {
    let client = reach(connect).await?.client;
    let (site, room) = site(&client, &args.name).await?;
    let namespace = site_namespace(&site);
    let reports: Vec<SiteReport> = list(Api::namespaced(client.clone(), &namespace), "SiteReport").await?;
    let rulings: Vec<Ruling> = list(Api::namespaced(client.clone(), &namespace), "人工裁定 Ruling").await?;
    let called = format!("{} ({site})", room.spec.display_name);
    let seen = Seen::of(site, called, reports, &rulings, decision);
    seen.may(decision)?;
    let code = code(&seen.state(decision))?;
    let verb = if decision == Decision::Abandon { "abandon" } else { "readmit" };
    let command = Command::new(connect, ["site", verb, seen.site.as_str()]).option("--reason", &args.reason);
    let page = seen.page(decision, connect, lang);
    if !confirmed(page, args.confirm.as_deref(), &code, command)? {
        return Ok(Exit::Well);
    }
    let ruling = rule(&client, &seen.site, decision, Vec::new(), &args.reason).await?;
    let mut page = Page::new(lang);
    page.say(&Message::Written { what: format!("Ruling {namespace}/{}", ruling.name_any()) });
    let command = approve_command(connect, What::Ruling, &namespace, &ruling.name_any(), lang);
    page.say(&Message::AwaitsApproval { command });
    output::text(&page.text())?;
    Ok(Exit::Well)
}

impl Seen {
    fn of(
        site: SiteName,
        called: String,
        reports: Vec<SiteReport>,
        rulings: &[Ruling],
        decision: Decision,
    ) -> Self {
        let reports = shards(reports);
        let said = Said::new(&reports);
        let sets = said.sets().into_iter().filter(|(set, _)| *set != TERM_SET);
        let names = |set: &crds::ReportedSet| set.namespaces.iter().map(|fact| fact.name.clone()).collect();
        let waits = |ruling: &&Ruling| ruling.spec.decision == decision && ruling.spec.approval.is_none();
        Self {
            site,
            called,
            standing: ruling::standing(&rulings.iter().collect::<Vec<_>>()),
            waiting: rulings.iter().filter(waits).map(ResourceExt::name_any).collect(),
            sets: sets.map(|(name, set)| (name.to_owned(), names(set))).collect(),
        }
    }

    /// Whether there is anything to decide.
    fn may(&self, decision: Decision) -> Result<(), Message> {
        let site = self.site.to_string();
        match (decision, self.standing) {
            (Decision::Abandon, Standing::Abandoned) => Err(Message::SiteAbandoned { site }),
            (Decision::Readmit, Standing::Welcome) => Err(Message::NotAbandoned { site }),
            _ => Ok(()),
        }
    }

    /// What the code stands for: orders may go on meanwhile, what stands there may not change.
    fn state(&self, decision: Decision) -> impl Serialize + '_ {
        (self.site.as_str(), decision, &self.sets)
    }

    fn page(&self, decision: Decision, connect: &Connect, lang: Lang) -> Page {
        let mut page = Page::new(lang);
        let site = self.called.clone();
        page.say(&match decision {
            Decision::Abandon => Message::Abandoning { site },
            _ => Message::Readmitting { site },
        });
        let namespace = site_namespace(&self.site);
        for ruling in &self.waiting {
            let command = approve_command(connect, What::Ruling, &namespace, ruling, lang);
            page.say(&Message::AwaitsApproval { command });
        }
        if !self.sets.is_empty() {
            page.gap();
            let mut table = page.headed([words::SET, words::NAMESPACE]);
            for (set, namespaces) in &self.sets {
                table.row([set.clone(), namespaces.join(", ")]);
            }
            page.table(&table);
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(shard: u32, sets: &[(&str, &str)]) -> SiteReport {
        let sets: Vec<_> = sets
            .iter()
            .map(|(set, namespace)| {
                json!({"set": set, "phase": "Applied", "namespaces": [{"name": namespace, "uid": "u"}]})
            })
            .collect();
        let mut report = SiteReport::new("r", crds::SiteReportSpec { shard });
        report.status = serde_json::from_value(json!({"epoch": "e", "sets": sets})).unwrap();
        report
    }

    fn ruling(name: &str, decision: &str, approved: bool) -> Ruling {
        let approval = approved.then(|| json!({"by": "wang", "reference": "1"}));
        let spec = json!({"decision": decision, "by": "lin", "reason": "r", "approval": approval});
        Ruling::new(name, serde_json::from_value(spec).unwrap())
    }

    fn seen(rulings: &[Ruling], decision: Decision) -> Seen {
        let site = SiteName::parse("kaicheng").unwrap();
        let reports = vec![
            report(1, &[("kewei", "kewei-ku")]),
            report(0, &[("jiaoyu", "jiaoyu-a\u{1b}[2J"), ("term", "x")]),
        ];
        Seen::of(site, "凯城机房 (kaicheng)".into(), reports, rulings, decision)
    }

    #[test]
    fn what_is_given_up_is_listed_before_it_is_asked_for() {
        let abandon = seen(&[ruling("abandon-1", "abandon", false)], Decision::Abandon);
        assert_eq!(abandon.may(Decision::Abandon), Ok(()));
        let text = abandon.page(Decision::Abandon, &Connect::default(), Lang::Zh).text();
        assert_eq!(
            text,
            "\
放弃机房 凯城机房 (kaicheng):不再向其下发,其凭证不再有任何权限;现场一切保持原状继续运行,其份额仍计入;须另一人复核后生效
等待另一人复核:kubectl zhengyun approve ruling abandon-1 -n site-kaicheng --reference '<审批编号>'

指令组  命名空间
jiaoyu  jiaoyu-a[2J
kewei   kewei-ku
"
        );
    }

    #[test]
    fn only_what_is_not_so_yet_can_be_asked_for() {
        let site = || "kaicheng".to_owned();
        let abandoned = [ruling("abandon-1", "abandon", true)];
        let there = seen(&abandoned, Decision::Readmit);
        assert_eq!(there.may(Decision::Readmit), Ok(()));
        assert_eq!(there.may(Decision::Abandon), Err(Message::SiteAbandoned { site: site() }));
        let welcome = seen(&[], Decision::Readmit);
        assert_eq!(welcome.may(Decision::Readmit), Err(Message::NotAbandoned { site: site() }));
    }

    #[test]
    fn a_code_is_of_one_decision_about_what_stands_there() {
        let seen = seen(&[], Decision::Abandon);
        let abandon = code(&seen.state(Decision::Abandon)).unwrap();
        assert_ne!(abandon, code(&seen.state(Decision::Readmit)).unwrap());
        let more = Seen { sets: vec![("jiaoyu".into(), vec![])], ..seen };
        assert_ne!(abandon, code(&more.state(Decision::Abandon)).unwrap());
    }
}
