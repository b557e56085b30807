//! `workspace adopt`: the platform engineer's key to a namespace on a site; `workspace preview`: what a step of enforcement would do.

use std::collections::BTreeMap;

use crds::tenancy::isolation_profile::PodSecurity;
use crds::{Adoption, Department, District, Enforcement, IsolationProfile, Lang, Message, Workspace, labels};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, Patch, PatchParams};
use kube::{Client, ResourceExt};
use plan::adopt::{adopts, is_reserved, mark};
use plan::names::{DepartmentName, SiteName};
use plan::survey::{Need, Room, Seen, cut, is_ours, refused as refuses, survey};
use serde::Serialize;
use serde_json::json;

use super::at_site::{AtSite, namespace, see};
use super::confirm::{Command, code, confirmed};
use super::failure::{Exit, Failure, unanswered};
use super::find::find;
use super::lookup::{all, department, name_of, rooms};
use super::output::{self, Output};
use super::page::Page;
use super::reach::{Connect, reach};
use super::words::{self, Kind};
use super::write::refused;

/// Which workspace, and where.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Place {
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
    #[arg(long, value_name = "SITE", help = "机房 (data centre)")]
    pub(crate) site: String,
    /// How the site is reached.
    #[command(flatten)]
    pub(crate) at_site: AtSite,
}

/// What `workspace adopt` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct AdoptArgs {
    /// Which and where.
    #[command(flatten)]
    pub(crate) place: Place,
    /// The code that was shown.
    #[arg(long, value_name = "CODE", help = "所示的确认码,写入标记 (the code that was shown: marks it)")]
    pub(crate) confirm: Option<String>,
}

/// What `workspace preview` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct PreviewArgs {
    /// Which and where.
    #[command(flatten)]
    pub(crate) place: Place,
    /// Which stage.
    #[arg(long, value_enum, help = "目标阶段,缺省为下一阶段 (the stage; default: the next)")]
    pub(crate) to: Option<StageName>,
    /// Form of the answer.
    #[arg(short, long, value_enum, default_value_t = Output::Text, help = "输出形式 (form of the answer)")]
    pub(crate) output: Output,
}

/// The answer of `preview -o json`. Fields are added, never renamed or given another meaning.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Preview<'a> {
    /// Version of this structure: 1.
    format: u32,
    /// Short name of the data centre.
    site: &'a str,
    /// The namespace there.
    namespace: &'a str,
    /// The stage that it is at; null before it is taken over.
    from: Option<Enforcement>,
    /// The stage that is looked ahead to; null after the last.
    to: Option<Enforcement>,
    /// What would be refused or cut.
    said: Vec<String>,
}

/// A stage to choose.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StageName {
    /// Nothing but marks of ownership.
    #[value(help = "观察 (observe)")]
    Observe,
    /// Warnings.
    #[value(help = "告警 (warn)")]
    Warn,
    /// Everything.
    #[value(help = "强制 (enforce)")]
    Enforce,
}

impl From<StageName> for Enforcement {
    fn from(name: StageName) -> Self {
        match name {
            StageName::Observe => Self::Observe,
            StageName::Warn => Self::Warn,
            StageName::Enforce => Self::Enforce,
        }
    }
}

/// What both verbs look up.
struct Found {
    hub: Client,
    there: Client,
    department: DepartmentName,
    home: String,
    site: SiteName,
    /// The site with the address that was asked.
    shown: String,
    workspace: Workspace,
    adoption: Adoption,
}

async fn look(place: &Place, connect: &Connect) -> Result<Found, Failure> {
    let connection = reach(connect).await?;
    let hub = connection.client;
    let named_by = place.namespace.as_deref().unwrap_or(&connection.namespace);
    let (department, home) = department(&hub, named_by).await?;
    let rooms = rooms(&hub).await?;
    let room = find(&rooms, &place.site)?;
    let site = name_of(room)?;
    let workspaces: Api<Workspace> = Api::namespaced(hub.clone(), &home);
    let found = workspaces.get_opt(&place.name).await;
    let found = found.map_err(|error| unanswered(Kind::Workspace.in_message(), &error))?;
    let missing = || Message::NotFound { kind: Kind::Workspace.in_message(), name: place.name.clone() };
    let workspace = found.ok_or_else(missing)?;
    let adoption = adopts(&workspace, site.as_str())
        .cloned()
        .ok_or_else(|| Message::AdoptsNothing { workspace: place.name.clone(), site: site.to_string() })?;
    let there = place.at_site.reach().await?;
    let shown = format!("{site} ({})", there.cluster.server.unwrap_or_default());
    Ok(Found { hub, there: there.client, department, home, site, shown, workspace, adoption })
}

/// Shows what it would do, or marks the namespace.
pub(super) async fn adopt(args: &AdoptArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let found = look(&args.place, connect).await?;
    let name = found.adoption.namespace.as_str();
    let live = namespace(&found.there, name).await?;
    let mark = mark(found.department.as_str(), &args.place.name);
    if !may_mark(&live, &mark)? {
        say(&Message::Marked { namespace: name.to_owned(), mark }, lang)?;
        return Ok(Exit::Well);
    }
    let seen = see(&found.there).await?;
    let departments: Vec<Department> = all(&found.hub, &Kind::Department.in_message()).await?;
    let mut page = Page::new(lang);
    let (namespace, site) = (name.to_owned(), found.shown.clone());
    page.say(&Message::Marking { mark: mark.clone(), site, namespace });
    page.gap();
    page.table(&listing(&seen, &departments, name, &page));
    // Of this very namespace: another one of its name is another decision.
    let code = code(&(found.site.as_str(), live.uid(), &mark))?;
    let words = [
        "workspace",
        "adopt",
        args.place.name.as_str(),
        "-n",
        found.home.as_str(),
        "--site",
        found.site.as_str(),
    ];
    let command = at_site(Command::new(connect, words), &args.place.at_site);
    if !confirmed(page, args.confirm.as_deref(), &code, command)? {
        return Ok(Exit::Well);
    }
    let patch = json!({"metadata": {
        "uid": live.uid(), "resourceVersion": live.resource_version(), "annotations": {labels::ADOPT: mark}
    }});
    let api: Api<Namespace> = Api::all(found.there.clone());
    let marked = api.patch_metadata(name, &PatchParams::default(), &Patch::Merge(&patch)).await;
    marked.map_err(|error| refused(&format!("Namespace {name}"), &error))?;
    say(&Message::Marked { namespace: name.to_owned(), mark }, lang)?;
    Ok(Exit::Well)
}

fn say(message: &Message, lang: Lang) -> Result<(), Message> {
    let mut page = Page::new(lang);
    page.say(message);
    output::text(&page.text())
}

fn at_site(command: Command, at: &AtSite) -> Command {
    let command = command.option("--site-kubeconfig", &at.site_kubeconfig.display().to_string());
    match &at.site_context {
        Some(context) => command.option("--site-context", context),
        None => command,
    }
}

/// Whether a namespace is still to be marked, or why it cannot be.
fn may_mark(live: &Namespace, mark: &str) -> Result<bool, Message> {
    let name = live.name_any();
    let refuse = |holder: String| Message::NotMarkable { namespace: name.clone(), holder };
    if is_reserved(&name) {
        return Err(Message::AdoptReserved { namespace: name });
    }
    let marked = live.annotations().get(labels::ADOPT).map(String::as_str);
    let label = |key: &str| live.labels().get(key).map_or("-", String::as_str);
    let holder = format!("{}/{}", label(labels::DEPARTMENT), label(labels::WORKSPACE));
    match marked {
        Some(marked) if marked == mark => Ok(false),
        Some(marked) => Err(refuse(marked.to_owned())),
        // It lost its mark after it was taken over: only the same workspace gets it back.
        None if is_ours(live) && holder != mark => Err(refuse(holder)),
        None if live.metadata.deletion_timestamp.is_some() => {
            Err(Message::TombstoneRunning { namespace: name })
        }
        None => Ok(true),
    }
}

/// What runs in the namespace, and whose it may be.
fn listing(seen: &Seen, departments: &[Department], name: &str, page: &Page) -> super::table::Table {
    let columns = [words::WORKLOADS, words::OWNER, words::CPU, words::MEMORY, words::STORAGE, words::PODS];
    let mut table = page.headed(columns);
    if let Some(row) = survey(seen, departments).into_iter().find(|row| row.namespace == name) {
        let owners = row.owners.iter().map(|guess| format!("{} ({})", guess.display_name, guess.department));
        let owners = owners.collect::<Vec<_>>().join("; ");
        let Need { cpu, memory, storage, pods, .. } = row.need;
        table.row([row.workloads.join("; "), owners, cpu, memory, storage, pods.to_string()]);
    }
    table
}

/// Shows what a step would refuse and cut.
pub(super) async fn preview(args: &PreviewArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let found = look(&args.place, connect).await?;
    let live = namespace(&found.there, &found.adoption.namespace).await?;
    let stage = live.labels().get(labels::ENFORCEMENT).and_then(|label| Enforcement::of(label));
    let stage = stage.filter(|_| is_ours(&live));
    let next = stage.map_or(Some(Enforcement::Observe), Enforcement::next);
    let to = args.to.map(Enforcement::from).or(next);
    let said = match to {
        Some(to) => {
            let (seen, standard) = (see(&found.there).await?, standard(&found).await?);
            foretold(&seen, &live, to, standard, &found.workspace, found.site.as_str())
        }
        None => Vec::new(),
    };
    match args.output {
        Output::Json => output::json(&Preview {
            format: 1,
            site: found.site.as_str(),
            namespace: &found.adoption.namespace,
            from: stage,
            to,
            said: said.iter().map(ToString::to_string).collect(),
        })?,
        Output::Text => output::text(&shown(&found, stage, to, &said, lang))?,
    }
    Ok(if said.is_empty() { Exit::Well } else { Exit::NotWell })
}

/// The step and what it would refuse or cut, for people.
fn shown(
    found: &Found,
    stage: Option<Enforcement>,
    to: Option<Enforcement>,
    said: &[Message],
    lang: Lang,
) -> String {
    let mut page = Page::new(lang);
    let (namespace, site) = (found.adoption.namespace.clone(), found.shown.clone());
    let Some(to) = to else {
        page.say(&Message::LastStage { namespace, site });
        return page.text();
    };
    let from = stage.map_or("-", |stage| words::stage(stage).of(lang)).to_owned();
    page.say(&Message::Stepping { namespace, site, from, to: words::stage(to).of(lang).to_owned() });
    if said.is_empty() {
        page.say(&Message::NothingInTheWay {});
    }
    for one in said {
        page.warn(one);
    }
    page.text()
}

/// What a stage refuses, warns of, and cuts.
fn foretold(
    seen: &Seen,
    live: &Namespace,
    to: Enforcement,
    standard: PodSecurity,
    workspace: &Workspace,
    site: &str,
) -> Vec<Message> {
    if to == Enforcement::Observe {
        return Vec::new();
    }
    let room = Room::of(seen, live);
    let mut said = refuses(&room, standard);
    let share = workspace.spec.sites.iter().find(|place| place.site == site).map(|place| &place.share);
    if let (Enforcement::Enforce, Some(share)) = (to, share) {
        said.extend(cut(&room, share));
    }
    said
}

/// The Pod Security Standard of the workspace's profile.
async fn standard(found: &Found) -> Result<PodSecurity, Message> {
    let department = found.department.as_str();
    let departments: Vec<Department> = all(&found.hub, &Kind::Department.in_message()).await?;
    let districts: Vec<District> = all(&found.hub, &Kind::District.in_message()).await?;
    let profiles: Vec<IsolationProfile> = all(&found.hub, "隔离方案 IsolationProfile").await?;
    let own = departments.into_iter().find(|one| one.name_any() == department);
    let name = found.workspace.spec.profile.clone();
    let name = name.or_else(|| own.and_then(|own| own.spec.isolation_profile));
    let name = name.or_else(|| districts.into_iter().find_map(|district| district.spec.default_profile));
    let mut profiles: BTreeMap<String, PodSecurity> =
        profiles.into_iter().map(|profile| (profile.name_any(), profile.spec.pod_security)).collect();
    let name = name.ok_or(Message::NoProfile {})?;
    profiles
        .remove(&name)
        .ok_or_else(|| Message::NotFound { kind: "隔离方案 IsolationProfile".into(), name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn live(name: &str, labels: &Value, annotations: &Value) -> Namespace {
        let metadata = json!({"name": name, "labels": labels, "annotations": annotations});
        serde_json::from_value(json!({"metadata": metadata})).unwrap()
    }

    #[test]
    fn a_namespace_is_marked_once_and_for_one_workspace() {
        let may = |live: &Namespace| may_mark(live, "weijian/his").map_err(|said| said.reason());
        let marked = |mark: &str| live("his", &json!({}), &json!({"zhengyun.io/adopt": mark}));
        assert_eq!(may(&live("his", &json!({}), &json!({}))), Ok(true));
        assert_eq!(may(&marked("weijian/his")), Ok(false));
        assert_eq!(may(&marked("jiaoyu/his")), Err("NotMarkable"));
        let ours = |department: &str| {
            let labels = json!({
                "app.kubernetes.io/managed-by": "zhengyun", "zhengyun.io/department": department,
                "zhengyun.io/workspace": "his"
            });
            live("his", &labels, &json!({}))
        };
        assert_eq!(may(&ours("jiaoyu")), Err("NotMarkable"));
        assert_eq!(may(&ours("weijian")), Ok(true), "it lost its mark");
        for reserved in ["default", "kube-system", "zhengyun-system"] {
            assert_eq!(may(&live(reserved, &json!({}), &json!({}))), Err("AdoptReserved"));
        }
    }

    #[test]
    fn a_step_is_foretold_with_what_it_adds() {
        let share = json!({"cpu": "1", "memory": "1Gi", "pods": 0});
        let spec = json!({
            "displayName": "x", "system": "s", "zone": "extranet", "sites": [{"site": "kaicheng", "share": share}]
        });
        let workspace = Workspace::new("his", serde_json::from_value(spec).unwrap());
        let pod = json!({
            "metadata": {"name": "a", "namespace": "his"},
            "spec": {"hostPID": true, "containers": [{"name": "a", "image": "a"}]}
        });
        let seen = Seen { pods: vec![serde_json::from_value(pod).unwrap()], ..Seen::default() };
        let live = live("his", &json!({}), &json!({}));
        let said = |to| {
            let all = foretold(&seen, &live, to, PodSecurity::Baseline, &workspace, "kaicheng");
            all.iter().map(Message::reason).collect::<Vec<_>>()
        };
        assert_eq!(said(Enforcement::Observe), Vec::<&str>::new());
        assert_eq!(said(Enforcement::Warn), ["PodsAbove", "NoRequests"]);
        assert_eq!(said(Enforcement::Enforce), ["PodsAbove", "NoRequests", "QuotaShort"]);
    }
}
