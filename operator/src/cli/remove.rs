//! `workspace remove`: asks for what a workspace left on its sites to be taken away. A second person agrees (`approve`).

use std::collections::BTreeMap;

use crds::{Lang, Message, NamespaceFact, Removal, RemovalPlace, RemovalSpec, SiteReport, Then, Workspace};
use kube::ResourceExt;
use kube::api::Api;
use plan::listed;
use plan::names::{DepartmentName, site_of};
use plan::report::Said;
use serde::Serialize;

use super::approve::{What, approve_command};
use super::confirm::{Command, code, confirmed, given};
use super::failure::{Exit, Failure, unanswered};
use super::find::find;
use super::lookup::{all, department, rooms};
use super::output;
use super::page::Page;
use super::reach::{Connect, reach};
use super::reports::shards;
use super::share::amount;
use super::words::{self, Kind};
use super::write::{create, named, whoami};

/// What `workspace remove` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct RemoveArgs {
    /// The workspace.
    #[arg(help = "业务空间的名称(metadata.name) (name of the workspace)")]
    pub(crate) name: String,
    /// The department's namespace.
    #[arg(
        short,
        long,
        value_name = "NAMESPACE",
        help = "单位的命名空间 dept-<单位>,或单位中文名 (the department's namespace or Chinese name; default: the context's)"
    )]
    pub(crate) namespace: Option<String>,
    /// Where.
    #[arg(
        long = "site",
        value_name = "SITE",
        value_delimiter = ',',
        help = "机房,可多个;缺省为其所在的全部机房 (data centres; default: all that have it)"
    )]
    pub(crate) sites: Vec<String>,
    /// What becomes of it.
    #[arg(long, value_enum, help = "之后 (what becomes of it)")]
    pub(crate) then: ThenName,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = given, help = "理由 (why)")]
    pub(crate) reason: String,
    /// The code that was shown.
    #[arg(long, value_name = "CODE", help = "所示的确认码,提交清退 (the code that was shown: asks for it)")]
    pub(crate) confirm: Option<String>,
}

/// What becomes of namespaces that are removed.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThenName {
    /// They stay.
    #[value(help = "保留在现场,不再由指令保持 (they stay, no longer kept by orders)")]
    Keep,
    /// They are deleted.
    #[value(help = "连同其中一切永久删除 (they are deleted with all that is in them)")]
    Delete,
}

impl From<ThenName> for Then {
    fn from(name: ThenName) -> Self {
        match name {
            ThenName::Keep => Self::Keep,
            ThenName::Delete => Self::Delete,
        }
    }
}

/// What is to be removed: what the code stands for.
#[derive(Debug, Serialize)]
struct Wish {
    namespace: String,
    workspace: String,
    then: Then,
    places: Vec<Place>,
}

/// One namespace that is to be removed.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Place {
    site: String,
    fact: NamespaceFact,
    /// Whether the workspace still wants to stand there: then it is refused for good, and asked for again later.
    wanted: bool,
}

/// Shows what it would do, or asks for it.
pub(crate) async fn run(args: &RemoveArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let connection = reach(connect).await?;
    let client = connection.client;
    let named_by = args.namespace.as_deref().unwrap_or(&connection.namespace);
    let (department, namespace) = department(&client, named_by).await?;
    let rooms = rooms(&client).await?;
    let sites: Vec<String> =
        args.sites.iter().map(|site| Ok(find(&rooms, site)?.name_any())).collect::<Result<_, Message>>()?;
    let reports: Vec<SiteReport> = all(&client, "SiteReport").await?;
    let workspaces: Api<Workspace> = Api::namespaced(client.clone(), &namespace);
    let workspace = workspaces.get_opt(&args.name).await;
    let workspace = workspace.map_err(|error| unanswered(Kind::Workspace.in_message(), &error))?;

    let places = places(reports, &department, &args.name, &sites, workspace.as_ref())?;
    let wish = Wish { namespace, workspace: args.name.clone(), then: args.then.into(), places };
    let code = code(&wish)?;
    if !confirmed(wish.page(lang), args.confirm.as_deref(), &code, command(args, &wish, connect))? {
        return Ok(Exit::Well);
    }
    let removal = wish.removal(whoami(&client).await?, &args.reason);
    let what = create(&client, &wish.namespace, &removal).await?;
    let mut page = Page::new(lang);
    page.say(&Message::Written { what });
    let command = approve_command(connect, What::Removal, &wish.namespace, &removal.name_any(), lang);
    page.say(&Message::AwaitsApproval { command });
    output::text(&page.text())?;
    Ok(Exit::Well)
}

fn command(args: &RemoveArgs, wish: &Wish, connect: &Connect) -> Command {
    let words = ["workspace", "remove", args.name.as_str(), "-n", wish.namespace.as_str()];
    let mut command = Command::new(connect, words);
    if !args.sites.is_empty() {
        command = command.option("--site", &args.sites.join(","));
    }
    let then = match args.then {
        ThenName::Keep => "keep",
        ThenName::Delete => "delete",
    };
    command.option("--then", then).option("--reason", &args.reason)
}

/// The namespaces that sites report for the workspace, at the sites that were named or at all.
fn places(
    reports: Vec<SiteReport>,
    department: &DepartmentName,
    name: &str,
    wanted: &[String],
    workspace: Option<&Workspace>,
) -> Result<Vec<Place>, Message> {
    let mut by_site: BTreeMap<String, Vec<SiteReport>> = BTreeMap::new();
    for report in reports {
        let site = report.namespace().and_then(|namespace| site_of(&namespace));
        by_site.entry(site.map(|site| site.to_string()).unwrap_or_default()).or_default().push(report);
    }
    let asked = |site: &String| wanted.is_empty() || wanted.contains(site);
    let mut places = Vec::new();
    for (site, reports) in by_site.into_iter().filter(|(site, _)| asked(site)) {
        let shards = shards(reports);
        let said = Said::new(&shards);
        let Some(set) = said.set(department.as_str()) else { continue };
        places.extend(set.namespaces.iter().filter(|fact| fact.workspace == name).map(|fact| Place {
            wanted: workspace.is_some_and(|workspace| wants(workspace, &site, &fact.name)),
            site: site.clone(),
            fact: fact.clone(),
        }));
    }
    let without = wanted.iter().filter(|site| places.iter().all(|place| place.site != **site));
    let without = if wanted.is_empty() && places.is_empty() { "-".to_owned() } else { listed(without) };
    if places.is_empty() || without != "-" {
        return Err(Message::NothingThere { workspace: name.to_owned(), sites: without });
    }
    Ok(places)
}

/// Whether a workspace wants a namespace at a site.
pub(crate) fn wants(workspace: &Workspace, site: &str, namespace: &str) -> bool {
    let assigned = workspace.status.as_ref().and_then(|status| status.namespace.as_deref());
    assigned.is_none_or(|assigned| assigned == namespace)
        && workspace.spec.sites.iter().any(|place| place.site == site)
}

/// The sentence of what becomes of namespaces.
pub(crate) fn means(then: Then) -> Message {
    match then {
        Then::Keep => Message::RemovalKeeps {},
        Then::Delete => Message::RemovalDeletes {},
    }
}

impl Wish {
    fn page(&self, lang: Lang) -> Page {
        let mut page = Page::new(lang);
        page.say(&means(self.then));
        page.gap();
        let site = Kind::DataCenter.word();
        let mut table = page.headed([site, words::NAMESPACE, words::UID, words::SHARE, words::THEN]);
        for Place { site, fact, wanted: _ } in &self.places {
            table.row([
                site.clone(),
                fact.name.clone(),
                fact.uid.clone(),
                fact.share.as_ref().map(amount).unwrap_or_default(),
                words::then(self.then).of(lang).to_owned(),
            ]);
        }
        page.table(&table);
        for place in self.places.iter().filter(|place| place.wanted) {
            let (workspace, site) = (self.workspace.clone(), place.site.clone());
            page.warn(&Message::StillWanted { workspace, site });
        }
        page
    }

    fn removal(&self, by: String, reason: &str) -> Removal {
        let place = |place: &Place| RemovalPlace {
            site: place.site.clone(),
            namespace: place.fact.name.clone(),
            uid: place.fact.uid.clone(),
        };
        let spec = RemovalSpec {
            workspace: self.workspace.clone(),
            places: self.places.iter().map(place).collect(),
            then: self.then,
            by,
            reason: reason.to_owned(),
            approval: None,
            withdrawn: false,
        };
        Removal::new(&named(&self.workspace), spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(site: &str, workspace: &str) -> SiteReport {
        let fact = json!({
            "name": "jiaoyu-jichu", "uid": format!("uid-{site}"), "workspace": workspace,
            "share": {"cpu": "16", "memory": "64Gi"}
        });
        let set = json!({"set": "jiaoyu", "phase": "Applied", "namespaces": [fact]});
        let mut report = SiteReport::new("report-0", crds::SiteReportSpec { shard: 0 });
        report.metadata.namespace = Some(format!("site-{site}"));
        report.status = serde_json::from_value(json!({"epoch": "e", "sets": [set]})).unwrap();
        report
    }

    fn workspace(site: &str) -> Workspace {
        let sites = json!([{"site": site, "share": {"cpu": "1", "memory": "1Gi"}}]);
        let spec = json!({"displayName": "n", "system": "s", "zone": "extranet", "sites": sites});
        Workspace::new("jichu", serde_json::from_value(spec).unwrap())
    }

    fn found(wanted: &[&str], workspace: Option<&Workspace>) -> Result<Vec<Place>, Message> {
        let reports =
            vec![report("wujiaochang", "jichu"), report("kaicheng", "jichu"), report("cdc", "other")];
        let wanted: Vec<String> = wanted.iter().map(|site| (*site).to_owned()).collect();
        places(reports, &DepartmentName::parse("jiaoyu").unwrap(), "jichu", &wanted, workspace)
    }

    fn wish(then: Then, places: Vec<Place>) -> Wish {
        Wish { namespace: "dept-jiaoyu".into(), workspace: "jichu".into(), then, places }
    }

    #[test]
    fn what_the_sites_report_is_found_where_it_was_asked_for_or_everywhere() {
        let sites = |wanted: &[&str]| {
            found(wanted, None).map(|places| places.into_iter().map(|place| place.site).collect::<Vec<_>>())
        };
        assert_eq!(sites(&[]).unwrap(), ["kaicheng", "wujiaochang"]);
        assert_eq!(sites(&["kaicheng"]).unwrap(), ["kaicheng"]);
        let nothing =
            |sites: &str| Err(Message::NothingThere { workspace: "jichu".into(), sites: sites.into() });
        assert_eq!(sites(&["kaicheng", "cdc"]), nothing("cdc"));
        let nobody = places(vec![], &DepartmentName::parse("jiaoyu").unwrap(), "jichu", &[], None);
        assert_eq!(nobody.map(|_| vec![]), nothing("-"));
    }

    #[test]
    fn what_will_be_deleted_is_shown_by_its_uid_and_what_is_still_wanted_is_said() {
        let page = wish(Then::Delete, found(&[], Some(&workspace("kaicheng"))).unwrap()).page(Lang::Zh);
        assert_eq!(
            page.text(),
            "\
删除:命名空间连同其中一切永久删除,不可恢复

机房         命名空间      UID              份额                                                                之后
kaicheng     jiaoyu-jichu  uid-kaicheng     cpu 16, memory 64Gi, storage 0Gi, pods 50, volumes 20, services 20  删除
wujiaochang  jiaoyu-jichu  uid-wujiaochang  cpu 16, memory 64Gi, storage 0Gi, pods 50, volumes 20, services 20  删除
ZY-1220 业务空间“jichu”仍要求部署在机房 kaicheng,不予清退;请先从 spec.sites 中去掉该机房或删除业务空间,再重新申请
"
        );
    }

    #[test]
    fn a_removal_names_exactly_what_was_shown() {
        let wish = wish(Then::Keep, found(&["kaicheng"], None).unwrap());
        let removal = wish.removal("lin".into(), "系统下线");
        assert!(removal.name_any().starts_with("jichu-1"), "{}", removal.name_any());
        let spec = json!({
            "workspace": "jichu", "then": "keep", "by": "lin", "reason": "系统下线", "withdrawn": false,
            "places": [{"site": "kaicheng", "namespace": "jiaoyu-jichu", "uid": "uid-kaicheng"}]
        });
        assert_eq!(serde_json::to_value(&removal.spec).unwrap(), spec);
    }

    #[test]
    fn a_code_is_of_these_uids_and_of_what_becomes_of_them() {
        let code_of = |then, change: fn(&mut Place)| {
            let mut places = found(&["kaicheng"], None).unwrap();
            change(&mut places[0]);
            code(&wish(then, places)).unwrap()
        };
        let same = code_of(Then::Delete, |_| {});
        assert_eq!(same, code_of(Then::Delete, |_| {}));
        assert_ne!(same, code_of(Then::Keep, |_| {}));
        assert_ne!(same, code_of(Then::Delete, |place| place.fact.uid = "other".into()));
    }

    #[test]
    fn a_workspace_that_moved_its_namespace_does_not_want_the_old_one() {
        let mut moved = workspace("kaicheng");
        assert!(wants(&moved, "kaicheng", "jiaoyu-jichu") && !wants(&moved, "cdc", "jiaoyu-jichu"));
        moved.status = serde_json::from_value(json!({"namespace": "jiaoyu-jichu-2"})).unwrap();
        assert!(!wants(&moved, "kaicheng", "jiaoyu-jichu"));
    }
}
