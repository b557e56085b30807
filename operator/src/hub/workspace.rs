//! Workspaces: their name on the sites, and how far they are at each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crds::tenancy::workspace::PlaceState;
use crds::{
    DataCenter, DataCenterSpec, Department, IsolationProfile, IsolationProfileSpec, Message, System,
    Workspace, WorkspaceSiteStatus,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, MicroTime};
use plan::bundle::{Entry, holds};
use plan::conditions::{Holds, READY, REGISTERED, judged, readiness, set};
use plan::flows::Flows;
use plan::hosts::{came_before, collide, contend};
use plan::names::{SiteName, department_of, site_namespace};
use plan::place::{PlaceFacts, is_step, place_status, ready};
use plan::until::left;
use plan::workspace::{Facts, Judgement, validate};
use plan::{Readiness, adopt, listed};

use super::context::{Context, Leadership, said};
use super::egress::Asks;
use super::flows;
use crate::runtime::cache::Key;
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// One pass over a `Workspace`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    namespace: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(workspace) = context.caches.workspaces.get(&namespace, &name) else {
        return Ok(Outcome::Skipped.into());
    };

    let read = dereference(&context, &workspace, &(namespace, name));
    let mut status = workspace.status.clone().unwrap_or_default();
    let decision = read.judge(&workspace, &context, Asks::ForItsStatus, |judgement| Decision::of(&judgement));
    let (mut again, now) = (None, context.clock.now());
    let (holds, said) = match decision {
        Decision::NotYet(what) => return Ok(Pass::waiting(what)),
        Decision::Refused(findings) => {
            status.flows.clear();
            (Holds::False, findings)
        }
        Decision::Valid { namespace, entries, flows } => {
            context.holders.take(&namespace, &read.key);
            status.sites = places(&context, &workspace, &namespace, &entries);
            status.namespace = Some(namespace);
            status.enforcement = adopt::stage(&workspace);
            again = flows.next.map(|next| left(next, now));
            let (holds, mut said) = ready(&status.sites);
            let closed = flows.not_open();
            if !closed.is_empty() {
                said.push(Message::FlowsNotOpen { flows: listed(closed) });
            }
            status.flows = flows.statuses;
            (holds, said)
        }
    };
    set(&mut status.conditions, READY, holds, &said, workspace.metadata.generation, now);
    let before = workspace.status.as_ref();
    if before.is_some_and(|before| is_step(before, &status))
        && let Some(left) = context.steps.left(&read.key)
    {
        return Ok(Pass { outcome: Outcome::Skipped, again: Some(left) });
    }
    context.steps.taken(&read.key);
    context.status.namespaced(&context.caches.workspaces, &workspace, &status).await?;
    Ok(Pass { outcome: Outcome::Applied, again })
}

/// What was read from the caches for one workspace.
pub(super) struct Read {
    key: Key,
    department: Option<Arc<Department>>,
    system: Option<Arc<System>>,
    systems: Vec<String>,
    profiles: Vec<(Key, Arc<IsolationProfile>)>,
    default_profile: Option<String>,
    data_centers: Vec<(Key, Arc<DataCenter>)>,
    /// Workspaces that were there before and name the same hosts.
    rivals: Vec<(Key, Arc<Workspace>)>,
    flows: flows::Read,
    /// What the district's Internet exit carries, in Mbit/s.
    exit: u32,
}

/// What a pass does about a judgement.
pub(super) enum Decision {
    Valid { namespace: String, entries: BTreeMap<String, Entry>, flows: Flows },
    NotYet(Message),
    Refused(Vec<Message>),
}

impl Decision {
    pub(super) fn of(judgement: &Judgement<'_>) -> Self {
        match judgement {
            Judgement::Valid(valid) => Self::Valid {
                namespace: valid.namespace.clone(),
                entries: valid.entries(),
                flows: valid.flows.clone(),
            },
            Judgement::NotYet(what) => Self::NotYet(what.clone()),
            Judgement::Refused(findings) => Self::Refused(findings.clone()),
        }
    }
}

pub(super) fn dereference(context: &Context, workspace: &Workspace, key: &Key) -> Read {
    let caches = &context.caches;
    let department = department_of(&key.0).and_then(|name| caches.departments.get("", name.as_str()));
    let district = caches
        .districts
        .all()
        .into_iter()
        .min_by_key(|(_, d)| d.metadata.creation_timestamp.clone().map(|t| t.0));
    Read {
        key: key.clone(),
        department,
        system: caches.systems.get(&key.0, &workspace.spec.system),
        systems: caches.systems.in_namespace(&key.0).into_iter().map(|(name, _)| name).collect(),
        profiles: caches.profiles.all(),
        exit: district.as_ref().map_or(0, |(_, district)| district.spec.egress.bandwidth_mbps),
        default_profile: district.and_then(|(_, district)| district.spec.default_profile.clone()),
        flows: flows::read(context, key, workspace),
        data_centers: caches.data_centers.all(),
        rivals: rivals(context, workspace),
    }
}

fn rivals(context: &Context, workspace: &Workspace) -> Vec<(Key, Arc<Workspace>)> {
    if workspace.spec.hosts.is_empty() {
        return Vec::new();
    }
    let others = context.caches.workspaces.all().into_iter();
    others.filter(|(_, other)| contend(other, workspace) && came_before(other, workspace)).collect()
}

impl Read {
    pub(super) fn judge<T>(
        &self,
        workspace: &Workspace,
        context: &Context,
        asks: Asks,
        then: impl FnOnce(Judgement<'_>) -> T,
    ) -> T {
        let profiles: BTreeMap<String, (&IsolationProfileSpec, Readiness)> = self
            .profiles
            .iter()
            .map(|((_, name), profile)| {
                let conditions = profile.status.as_ref().map(|status| &status.conditions);
                (name.clone(), (&profile.spec, well(conditions, profile.metadata.generation)))
            })
            .collect();
        let registered = |dc: &DataCenter| {
            let conditions =
                dc.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
            judged(conditions, REGISTERED, dc.metadata.generation)
        };
        let data_centers: BTreeMap<String, (&DataCenterSpec, Readiness)> = self
            .data_centers
            .iter()
            .map(|((_, name), dc)| (name.clone(), (&dc.spec, registered(dc))))
            .collect();
        let taken = |namespace: &str| context.holders.other(namespace, &self.key);
        let host_taken = |host: &str| {
            let named = |other: &Workspace| other.spec.hosts.iter().any(|theirs| collide(host, theirs));
            let (key, _) = self.rivals.iter().find(|(_, other)| named(other))?;
            Some(format!("Workspace {}/{}", key.0, key.1))
        };
        let known = known_namespace(context, workspace, &self.key);
        let egress = |namespace: &str, asked: BTreeMap<String, u32>| {
            context.exit.take(&self.key, asks, namespace, self.exit, asked)
        };
        self.flows.facts(context.clock.now(), |flows| {
            let facts = Facts {
                flows,
                egress: &egress,
                known: known.as_deref(),
                department: self.department.as_ref().map(|department| {
                    let conditions = department.status.as_ref().map(|status| &status.conditions);
                    (&**department, well(conditions, department.metadata.generation))
                }),
                system: self.system.as_ref().map(|system| {
                    let conditions = system.status.as_ref().map(|status| &status.conditions);
                    (&**system, well(conditions, system.metadata.generation))
                }),
                systems: &self.systems,
                profiles: &profiles,
                default_profile: self.default_profile.as_deref(),
                data_centers: &data_centers,
                taken: &taken,
                standing: &|site, namespace| standing(context, &self.key, site, namespace),
                host_taken: &host_taken,
            };
            then(validate(workspace, &facts))
        })
    }
}

/// The namespace that a site says stands there for a workspace of this name, where the hub has no record of it.
fn known_namespace(context: &Context, workspace: &Workspace, key: &Key) -> Option<String> {
    if workspace.status.as_ref().is_some_and(|status| status.namespace.is_some()) {
        return None;
    }
    let department = department_of(&key.0)?;
    let sites = workspace.spec.sites.iter().filter_map(|place| SiteName::parse(&place.site).ok());
    sites.into_iter().find_map(|site| {
        let reports = context.caches.reports(&site_namespace(&site));
        let said = said(&reports);
        let mut facts = said.set(department.as_str())?.namespaces.iter();
        facts.find(|fact| fact.workspace == key.1).map(|fact| fact.name.clone())
    })
}

/// How far an adopted namespace was told to be; where the hub has no order, what the site says of it.
fn standing(context: &Context, key: &Key, site: &str, namespace: &str) -> Option<adopt::Standing> {
    let (set, at) = (department_of(&key.0)?, site_namespace(&SiteName::parse(site).ok()?));
    let told = context.caches.standing(&at, set.as_str()).and_then(|standing| standing.content);
    if let Some(told) = told.as_ref().and_then(|content| adopt::told(content, namespace)) {
        return Some(told);
    }
    let reports = context.caches.reports(&at);
    let said = said(&reports);
    let fact = said.set(set.as_str())?.namespaces.iter().find(|fact| fact.name == namespace)?;
    Some(adopt::Standing { stage: fact.enforcement?, workspace_uid: fact.workspace_uid.clone() })
}

fn well(conditions: Option<&Vec<Condition>>, generation: Option<i64>) -> Readiness {
    conditions.map_or(Readiness::NotJudged, |conditions| readiness(conditions, generation))
}

/// How far the workspace is at each site that it names, and at those that it named before.
fn places(
    context: &Context,
    workspace: &Workspace,
    namespace: &str,
    entries: &BTreeMap<String, Entry>,
) -> Vec<WorkspaceSiteStatus> {
    let set = department_of(workspace.metadata.namespace.as_deref().unwrap_or_default());
    let set = set.as_ref().map_or("", |department| department.as_str());
    let before = workspace.status.iter().flat_map(|status| &status.sites).map(|place| place.site.clone());
    let all: BTreeSet<String> = entries.keys().cloned().chain(before).collect();
    all.into_iter()
        .map(|site| match (entries.get(&site), SiteName::parse(&site)) {
            (Some(entry), Ok(name)) => {
                let at = site_namespace(&name);
                let standing = context.caches.standing(&at, set);
                let content = standing.as_ref().and_then(|standing| standing.content.as_ref());
                let reports = context.caches.reports(&at);
                let facts = PlaceFacts {
                    current: content.is_some_and(|content| holds(content, namespace, entry)),
                    told: standing.as_ref().map(|standing| standing.order.digest.clone()),
                    reported: said(&reports).set(set),
                    refused: context.refused.get(&(at.clone(), namespace.to_owned())),
                    held: context.held.get(&(at.clone(), set.to_owned())),
                    silent_since: context.caches.data_centers.get("", &site).and_then(silent_since),
                };
                place_status(&site, namespace, facts)
            }
            _ => WorkspaceSiteStatus {
                site,
                state: PlaceState::Left,
                message: None,
                drift: None,
                last_contact: None,
            },
        })
        .collect()
}

/// Since when a site is silent, if it is.
fn silent_since(site: Arc<DataCenter>) -> Option<MicroTime> {
    site.status.as_ref()?.last_contact.clone()
}
