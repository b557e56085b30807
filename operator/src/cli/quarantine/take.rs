//! Ruling: the register is brought to what the site has where that is decided, then the ruling is written.

use std::time::Duration;

use crds::{Adoption, Decision, Lang, Message, RuledSet, Workspace, WorkspaceSite, WorkspaceSpec};
use kube::api::{Api, PostParams};
use kube::runtime::wait::await_condition;
use kube::{Client, ResourceExt};
use plan::conditions::{READY, find};
use plan::quarantine::{HeldSet, NewWorkspace, ShareChange, is_wrong};
use serde_json::json;

use super::super::failure::{Failure, unanswered};
use super::super::output;
use super::super::page::{Page, one_line};
use super::super::words::Kind;
use super::super::write::{change, refused, rule};
use super::read::Seen;
use super::restore_first;

/// How long the hub may take to look at what was registered: it takes milliseconds when it runs.
const LOOK: Duration = Duration::from_secs(20);

/// Rules about the sets that were shown.
pub(super) async fn take(
    client: &Client,
    seen: &Seen,
    held: &[HeldSet],
    decision: Decision,
    reason: &str,
    lang: Lang,
) -> Result<(), Failure> {
    if decision == Decision::TakeSite {
        if restore_first(held) {
            return Err(Message::RestoreNeeded {}.into());
        }
        register(client, seen, held, lang).await?;
    }
    let sets = held.iter().map(|held| RuledSet {
        set: held.set.clone(),
        site: held.site.clone(),
        hub: held.hub.clone(),
    });
    let ruling = rule(client, &seen.site, decision, sets.collect(), reason).await?;
    let namespace = ruling.namespace().unwrap_or_default();
    written(&format!("Ruling {namespace}/{}", ruling.name_any()), lang)?;
    Ok(())
}

/// Brings the register to what the site has, and waits until the hub has taken all of it: a ruling before that would let an order
/// go out that lacks some.
async fn register(client: &Client, seen: &Seen, held: &[HeldSet], lang: Lang) -> Result<(), Failure> {
    let mut changed = Vec::new();
    for held in held {
        let department = format!("dept-{}", held.set);
        for new in &held.take_site.create {
            let workspace = create(client, &department, &workspace(new, seen.site.as_str())).await?;
            written(&format!("Workspace {department}/{}", new.name), lang)?;
            changed.push((workspace, new.namespace.as_str()));
        }
        for share in &held.take_site.shares {
            let known = seen.workspaces_of(&held.set).find(|one| one.name_any() == share.workspace);
            let Some(known) = known else { continue };
            let sites = sites(known, seen.site.as_str(), share);
            let workspace = change(client, known, json!({"sites": sites})).await?;
            written(&format!("Workspace {department}/{}", share.workspace), lang)?;
            changed.push((workspace, share.namespace.as_str()));
        }
    }
    for (workspace, namespace) in changed {
        until_taken(client, &workspace, namespace, lang).await?;
    }
    Ok(())
}

fn written(what: &str, lang: Lang) -> Result<(), Message> {
    let mut page = Page::new(lang);
    page.say(&Message::Written { what: what.to_owned() });
    output::text(&page.text())
}

/// The workspace that a namespace of the site comes to.
pub(super) fn workspace(new: &NewWorkspace, site: &str) -> Workspace {
    let spec = WorkspaceSpec {
        display_name: new.display_name.clone(),
        system: new.system.clone(),
        zone: new.zone,
        profile: None,
        sites: vec![WorkspaceSite { site: site.to_owned(), share: new.share.clone(), egress_mbit: 0 }],
        adopt: new
            .adopted
            .map(|_| Adoption { site: site.to_owned(), namespace: new.namespace.clone() })
            .into_iter()
            .collect(),
        enforcement: new.adopted,
        hosts: Vec::new(),
        frozen: false,
        flows: Vec::new(),
        consents: Vec::new(),
    };
    Workspace::new(&new.name, spec)
}

async fn create(client: &Client, namespace: &str, workspace: &Workspace) -> Result<Workspace, Failure> {
    let api: Api<Workspace> = Api::namespaced(client.clone(), namespace);
    let created = api.create(&PostParams::default(), workspace).await;
    created.map_err(|error| refused(&format!("Workspace {namespace}/{}", workspace.name_any()), &error))
}

/// The places of a workspace with the share that the site has.
pub(super) fn sites(workspace: &Workspace, site: &str, change: &ShareChange) -> Vec<WorkspaceSite> {
    let mut sites = workspace.spec.sites.clone();
    match sites.iter_mut().find(|place| place.site == site) {
        Some(place) => place.share = change.to.clone(),
        None => sites.push(WorkspaceSite { site: site.to_owned(), share: change.to.clone(), egress_mbit: 0 }),
    }
    sites
}

async fn until_taken(
    client: &Client,
    workspace: &Workspace,
    namespace: &str,
    lang: Lang,
) -> Result<(), Failure> {
    let api: Api<Workspace> = Api::namespaced(client.clone(), &workspace.namespace().unwrap_or_default());
    let generation = workspace.metadata.generation;
    let looked_at = |now: Option<&Workspace>| now.is_some_and(|now| is_looked_at(now, generation));
    let name = workspace.name_any();
    let seen = tokio::time::timeout(LOOK, await_condition(api, &name, looked_at)).await;
    let said = match seen {
        Ok(Ok(Some(now))) => objection(&now, namespace),
        Ok(Err(error)) => return Err(lost(error).into()),
        Ok(Ok(None)) | Err(_) => Some(Message::NotYetJudged {}.to_string()),
    };
    match said {
        None => Ok(()),
        Some(said) => Err(Message::RegisterNotTaken { workspace: name, said: one_line(&said, lang) }.into()),
    }
}

fn lost(error: kube::runtime::wait::Error) -> Message {
    let kube::runtime::wait::Error::ProbeFailed(error) = error;
    match error {
        kube::runtime::watcher::Error::InitialListFailed(error)
        | kube::runtime::watcher::Error::WatchStartFailed(error)
        | kube::runtime::watcher::Error::WatchFailed(error) => {
            unanswered(Kind::Workspace.in_message(), &error)
        }
        other => Message::CannotConnect { error: other.to_string() },
    }
}

/// Whether the hub has looked at what was written.
pub(super) fn is_looked_at(workspace: &Workspace, generation: Option<i64>) -> bool {
    let conditions = workspace.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    find(conditions, READY).is_some_and(|ready| ready.observed_generation >= generation)
}

/// What stands against an order that has the workspace as the site has it.
pub(super) fn objection(workspace: &Workspace, namespace: &str) -> Option<String> {
    let status = workspace.status.as_ref()?;
    if is_wrong(workspace) {
        return find(&status.conditions, READY).map(|ready| ready.message.clone());
    }
    let assigned = status.namespace.as_deref().unwrap_or_default();
    (assigned != namespace).then(|| {
        Message::NamedOtherwise {
            namespace: namespace.to_owned(),
            workspace: workspace.name_any(),
            other: assigned.to_owned(),
        }
        .to_string()
    })
}
