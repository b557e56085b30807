//! `hub vouch`: a person states, for one leadership of the hub, that it was not restored since it last spoke with sites that are not
//! heard now; what its ledgers say of them then counts, and more may be lent elsewhere.

use crds::{DataCenter, Lang, Message, Ruling, SiteBundle, SiteReport, Term};
use kube::ResourceExt;
use plan::admittance::Standing;
use plan::bundle::TERM_SET;
use plan::data_center::is_live;
use plan::names::{SiteName, site_namespace};
use plan::report::Said;
use plan::ruling;

use super::confirm::{Command, code, confirmed, given};
use super::failure::{Exit, Failure};
use super::lookup::{all, name_of, rooms};
use super::output;
use super::page::Page;
use super::reach::{Connect, reach};
use super::reports::shards;
use super::write::vouch;

/// What `hub vouch` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct VouchArgs {
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = given, help = "理由 (why)")]
    pub(crate) reason: String,
    /// The code that was shown.
    #[arg(long, value_name = "CODE", help = "所示的确认码,作出担保 (the code that was shown: vouches)")]
    pub(crate) confirm: Option<String>,
    // The hub's own `--kubeconfig` hides the plugin's from here, as in `JoinArgs`.
    #[command(flatten)]
    pub(crate) connect: Connect,
}

/// Shows what it would do, or does it.
pub(crate) async fn run(args: &VouchArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let client = reach(connect).await?.client;
    let rooms = rooms(&client).await?;
    let orders: Vec<SiteBundle> = all(&client, "下发指令 SiteBundle").await?;
    let reports: Vec<SiteReport> = all(&client, "现场报告 SiteReport").await?;
    let rulings: Vec<Ruling> = all(&client, "人工裁定 Ruling").await?;
    let Some(term) = term(&orders) else { return Err(Message::NothingToVouch {}.into()) };
    let silent = silent(&rooms, &reports, &rulings, &term)?;
    if silent.is_empty() {
        return Err(Message::NothingToVouch {}.into());
    }
    let names: Vec<&str> = silent.iter().map(|(site, _)| site.as_str()).collect();
    let code = code(&(&term, &names))?;
    let command = Command::new(connect, ["hub", "vouch"]).option("--reason", &args.reason);
    let mut page = Page::new(lang);
    let called: Vec<String> = silent.iter().map(|(site, called)| format!("{called} {site}")).collect();
    page.say(&Message::Vouching { sites: called.join(", ") });
    if !confirmed(page, args.confirm.as_deref(), &code, command)? {
        return Ok(Exit::Well);
    }
    let mut page = Page::new(lang);
    for (site, _) in &silent {
        let ruling = vouch(&client, site, &term, &args.reason).await?;
        let what = format!("Ruling {}/{}", site_namespace(site), ruling.name_any());
        page.say(&Message::Written { what });
    }
    output::text(&page.text())?;
    Ok(Exit::Well)
}

/// The present leadership: the newest that any site was told.
fn term(orders: &[SiteBundle]) -> Option<Term> {
    let told = orders.iter().filter(|order| order.spec.set == TERM_SET);
    told.map(|order| order.spec.order.term.clone()).max_by_key(|term| term.number)
}

/// The sites in use that have joined and have not been heard in this leadership, with what people call them.
fn silent(
    rooms: &[DataCenter],
    reports: &[SiteReport],
    rulings: &[Ruling],
    term: &Term,
) -> Result<Vec<(SiteName, String)>, Message> {
    let mut silent = Vec::new();
    for room in rooms.iter().filter(|room| is_live(&room.spec)) {
        let site = name_of(room)?;
        let at = site_namespace(&site);
        let here = |namespace: Option<String>| namespace.as_deref() == Some(at.as_str());
        let own = reports.iter().filter(|report| here(report.namespace())).cloned().collect();
        let shards = shards(own);
        let said = Said::new(&shards);
        let rulings: Vec<&Ruling> = rulings.iter().filter(|ruling| here(ruling.namespace())).collect();
        let heard = said.head().is_none_or(|head| head.term.as_ref() == Some(term));
        if !heard && !ruling::vouches(&rulings, term) && ruling::standing(&rulings) == Standing::Welcome {
            silent.push((site, room.spec.display_name.clone()));
        }
    }
    Ok(silent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn room(name: &str) -> DataCenter {
        let spec = json!({
            "displayName": format!("{name}机房"), "owner": "z", "building": "b", "disposition": "cloud",
            "zones": ["extranet"], "level": {"information": 3, "service": 3}, "accepted": true
        });
        DataCenter::new(name, serde_json::from_value(spec).unwrap())
    }

    fn report(site: &str, term: i64) -> SiteReport {
        let mut report = SiteReport::new("report-0", crds::SiteReportSpec { shard: 0 });
        report.metadata.namespace = Some(format!("site-{site}"));
        let term = json!({"number": term, "id": format!("t{term}")});
        report.status = serde_json::from_value(json!({"epoch": "e", "term": term})).unwrap();
        report
    }

    #[test]
    fn only_sites_that_joined_and_were_not_heard_since_are_vouched_for() {
        let rooms = [room("aa"), room("bb"), room("cc")];
        let term = Term { number: 2, id: "t2".into() };
        let silent = silent(&rooms, &[report("aa", 2), report("bb", 1)], &[], &term).unwrap();
        assert_eq!(silent.iter().map(|(site, _)| site.as_str()).collect::<Vec<_>>(), ["bb"]);
    }
}
