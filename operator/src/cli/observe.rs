//! Sites that are only observed: `site join --observe` makes one, `site activate` puts it to use.

use crds::{DataCenter, Lang, Message, SiteReport, Workspace};
use kube::api::{Api, Patch, PatchParams};
use kube::{Client, ResourceExt};
use plan::adopt;
use plan::bundle::TERM_SET;
use plan::listed;
use plan::names::{SiteName, department_of, site_namespace};
use plan::report::Said;
use serde::Serialize;
use serde_json::json;

use super::confirm::{Command, code, confirmed};
use super::failure::{Exit, Failure, sentence};
use super::lookup::{all, list, site};
use super::output;
use super::page::Page;
use super::reach::{Connect, reach};
use super::reports::shards;
use super::share::amount;
use super::words::{self, Kind};
use super::write::refused;

/// What `site activate` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ActivateArgs {
    /// The data centre.
    #[arg(help = "机房短码或中文名 (data centre: short name or Chinese name)")]
    pub(crate) name: String,
    /// The code that was shown.
    #[arg(long, value_name = "CODE", help = "所示的确认码,执行启用 (the code that was shown: does it)")]
    pub(crate) confirm: Option<String>,
    // The agent's own `--kubeconfig` hides the plugin's from here, as in `JoinArgs`.
    #[command(flatten)]
    pub(crate) connect: Connect,
}

/// Has the register say that a site is only observed, unless it carries out orders already.
pub(super) async fn begin(
    client: &Client,
    room: &DataCenter,
    site: &SiteName,
    lang: Lang,
) -> Result<(), Failure> {
    let reports: Vec<SiteReport> =
        list(Api::namespaced(client.clone(), &site_namespace(site)), "SiteReport").await?;
    let reports = shards(reports);
    let said = Said::new(&reports);
    let sets = said.sets().into_iter().filter(|(set, held)| *set != TERM_SET && !held.accepted.is_empty());
    let sets: Vec<&str> = sets.map(|(set, _)| set).collect();
    if !sets.is_empty() {
        return Err(Message::ObserveTooLate { site: site.to_string(), sets: listed(sets) }.into());
    }
    set(client, room, true, lang).await
}

/// Writes whether a site is only observed.
async fn set(client: &Client, room: &DataCenter, observe: bool, lang: Lang) -> Result<(), Failure> {
    let name = room.name_any();
    let what = format!("DataCenter {name}");
    let rooms: Api<DataCenter> = Api::all(client.clone());
    let patch =
        json!({"metadata": {"resourceVersion": room.resource_version()}, "spec": {"observe": observe}});
    let patched = rooms.patch(&name, &PatchParams::default(), &Patch::Merge(&patch)).await;
    patched.map_err(|error| refused(&what, &error))?;
    output::hint(&sentence(&Message::Written { what: format!("{what}: observe: {observe}") }, lang));
    Ok(())
}

/// A workspace that a site would be told.
#[derive(Debug, PartialEq, Serialize)]
struct Told {
    set: String,
    workspace: String,
    namespace: String,
    /// The stage of an adopted namespace, none for one that is made.
    stage: Option<crds::Enforcement>,
    share: crds::Share,
}

fn told(workspaces: &[Workspace], site: &SiteName) -> Vec<Told> {
    let mut all: Vec<Told> = workspaces
        .iter()
        .filter_map(|workspace| {
            let place = workspace.spec.sites.iter().find(|place| place.site == site.as_str())?;
            let status = workspace.status.as_ref();
            Some(Told {
                set: department_of(&workspace.namespace()?)?.to_string(),
                workspace: workspace.name_any(),
                namespace: status.and_then(|status| status.namespace.clone()).unwrap_or_default(),
                stage: adopt::adopts(workspace, site.as_str()).and_then(|_| adopt::stage(workspace)),
                share: place.share.clone(),
            })
        })
        .collect();
    all.sort_by(|a, b| (&a.set, &a.workspace).cmp(&(&b.set, &b.workspace)));
    all
}

/// Shows what a site would be told, or has it told.
pub(super) async fn activate(args: &ActivateArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let client = reach(connect).await?.client;
    let (site, room) = site(&client, &args.name).await?;
    if !room.spec.observe {
        return Err(Message::NotObserved { site: site.to_string() }.into());
    }
    let workspaces: Vec<Workspace> = all(&client, &Kind::Workspace.in_message()).await?;
    let told = told(&workspaces, &site);
    let page = page(&told, &format!("{} ({site})", room.spec.display_name), lang);
    let code = code(&(site.as_str(), &told))?;
    let command = Command::new(connect, ["site", "activate", site.as_str()]);
    if !confirmed(page, args.confirm.as_deref(), &code, command)? {
        return Ok(Exit::Well);
    }
    set(&client, &room, false, lang).await?;
    let mut page = Page::new(lang);
    page.say(&Message::Activated { site: site.to_string() });
    output::text(&page.text())?;
    Ok(Exit::Well)
}

fn page(told: &[Told], site: &str, lang: Lang) -> Page {
    let mut page = Page::new(lang);
    page.say(&Message::Activating { site: site.to_owned() });
    page.gap();
    if told.is_empty() {
        page.say(&Message::NothingToTell {});
        return page;
    }
    let columns = [words::SET, Kind::Workspace.word(), words::NAMESPACE, words::THEN, words::SHARE];
    let mut table = page.headed(columns);
    for Told { set, workspace, namespace, stage, share } in told {
        let then = match stage {
            Some(stage) => format!("{} {}", words::ADOPTED.of(lang), words::stage(*stage).of(lang)),
            None => words::MADE.of(lang).to_owned(),
        };
        table.row([set.clone(), workspace.clone(), namespace.clone(), then, amount(share)]);
    }
    page.table(&table);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(name: &str, site: &str, spec: &serde_json::Value) -> Workspace {
        let mut full = json!({
            "displayName": name, "system": "s", "zone": "extranet",
            "sites": [{"site": site, "share": {"cpu": "2", "memory": "4Gi"}}]
        });
        full.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
        let mut workspace = Workspace::new(name, serde_json::from_value(full).unwrap());
        workspace.metadata.namespace = Some("dept-weijian".into());
        workspace.status =
            Some(serde_json::from_value(json!({"namespace": format!("weijian-{name}")})).unwrap());
        workspace
    }

    #[test]
    fn what_an_observed_site_would_be_told_is_shown_before_it_is() {
        let site = SiteName::parse("kaicheng").unwrap();
        let adopt = json!({"adopt": [{"site": "kaicheng", "namespace": "weijian-old"}]});
        let all = [
            workspace("old", "kaicheng", &adopt),
            workspace("new", "kaicheng", &json!({})),
            workspace("elsewhere", "other", &json!({})),
        ];
        let text = page(&told(&all, &site), "凯城机房 (kaicheng)", Lang::Zh).text();
        assert_eq!(
            text,
            "\
启用机房 凯城机房 (kaicheng):中心开始向其下发下列内容;代理换用新的接入文件后才执行

指令组   业务空间  命名空间     之后       份额
weijian  new       weijian-new  新建       cpu 2, memory 4Gi, storage 0Gi, pods 50, volumes 20, services 20
weijian  old       weijian-old  纳管 观察  cpu 2, memory 4Gi, storage 0Gi, pods 50, volumes 20, services 20
"
        );
        assert!(page(&[], "x", Lang::En).text().contains("no workspace wants to stand there yet"));
    }
}
