//! Requests for resources: what became of each, the grant that comes of it, and what is said of the decisions on it.

pub(super) mod facts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crds::labels::{DEPARTMENT, MANAGED_BY, MANAGER};
use crds::{
    Approval, EnforcedSite, Grant, GrantSpec, Message, RecordedAct, RequestPhase, ResourceRequest,
    ResourceRequestStatus,
};
use kube::ResourceExt;
use kube::api::{Api, PostParams};
use plan::budget::until_tomorrow;
use plan::conditions::{Holds, READY, is_true, set};
use plan::names::{DepartmentName, SiteName, department_of, site_namespace};
use plan::records::Act;
use plan::request::decide::{Decided, grant_name};

use self::facts::Known;
use super::context::{Context, Leadership};
use crate::runtime::cache::key_of;
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;

/// When to look again for keys that are about to be read.
const KEYS: Duration = Duration::from_secs(1);
/// The condition that says whether what was granted is in force at every site.
const ENFORCED: &str = "Enforced";

/// One pass over a `ResourceRequest`.
pub(crate) async fn pass(
    context: Arc<Context>,
    _: Arc<Leadership>,
    namespace: String,
    name: String,
) -> Result<Pass, Error> {
    let Some(department) = department_of(&namespace) else { return Ok(Outcome::Skipped.into()) };
    let approvals = facts::approvals(&context, &namespace, &name);
    let Some(request) = context.caches.requests.get(&namespace, &name) else {
        return tell_all(&context, &approvals, &name).await;
    };
    if context.admission.keys().is_none() {
        // Nothing can be said of seals before the keys are read.
        return Ok(Pass { again: Some(KEYS), ..Pass::waiting("the keys of admission") });
    }
    let mut decided = Known::of(&context, &department, &request, &approvals).decide();
    if decided.grant.is_some() {
        decided = grant(&context, &department, &request, &approvals).await?;
    }
    for approval in &approvals {
        let nothing = || Err(Message::ApprovalOfNothing { request: name.clone() });
        let verdict = decided.verdicts.remove(&approval.name_any()).unwrap_or_else(nothing);
        tell(&context, approval, verdict).await?;
    }
    let again = update_status(&context, &department, &request, decided).await?;
    Ok(Pass { outcome: Outcome::Applied, again })
}

/// Writes the grant, one after the other: what one takes of the budget the next one must see.
async fn grant(
    context: &Context,
    department: &DepartmentName,
    request: &ResourceRequest,
    approvals: &[Arc<Approval>],
) -> Result<Decided, Error> {
    let _one_at_a_time = context.granting.lock().await;
    let decided = Known::of(context, department, request, approvals).decide();
    let (Some(spec), Some(name)) = (&decided.grant, grant_name(request)) else { return Ok(decided) };
    context.records.append(&granted(request, spec, &decided)).await?;
    write(context, department, request, &name, spec).await?;
    Ok(Known::of(context, department, request, approvals).decide())
}

/// What is recorded of a grant: its number, what exactly was approved, and who decided.
fn granted(request: &ResourceRequest, spec: &GrantSpec, decided: &Decided) -> Act {
    let origin = spec.request.as_ref();
    let number = origin.map(|origin| origin.number.clone()).unwrap_or_default();
    let digest = origin.map(|origin| origin.digest.clone()).unwrap_or_default();
    let stamp = request.spec.stamp.as_ref();
    let by = stamp.map(|stamp| stamp.by.clone()).unwrap_or_default();
    let deciders = decided.history.iter().map(|entry| entry.by.as_str()).filter(|who| *who != by);
    let deciders: BTreeSet<&str> = deciders.collect();
    Act {
        by,
        act: RecordedAct::Granted,
        object: ("ResourceRequest", request.namespace().unwrap_or_default(), request.name_any()),
        uid: request.uid().unwrap_or_default(),
        text: format!("{number}; sha256 {digest}; {}", deciders.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

/// Creates the grant under the request's own name for it: of two leaders that try, one does.
async fn write(
    context: &Context,
    department: &DepartmentName,
    request: &ResourceRequest,
    name: &str,
    spec: &GrantSpec,
) -> Result<(), Error> {
    let namespace = request.namespace().unwrap_or_default();
    let api: Api<Grant> = Api::namespaced(context.client.clone(), &namespace);
    let mut grant = Grant::new(name, spec.clone());
    let labels = [(MANAGED_BY, MANAGER), (DEPARTMENT, department.as_str())];
    grant.metadata.labels = Some(labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
    let parameters = PostParams { field_manager: Some(super::MANAGER.into()), ..PostParams::default() };
    let created = match api.create(&parameters, &grant).await {
        // Another leader was first, or this one was told too late that it was.
        Err(kube::Error::Api(status)) if status.code == 409 => api.get(name).await,
        created => created.inspect(|_| context.metrics.wrote("Grant")),
    };
    let mut written = created.map_err(|source| Error::Apply {
        kind: "Grant".into(),
        name: format!("{namespace}/{name}"),
        source: Box::new(source),
    })?;
    written.managed_fields_mut().clear();
    context.caches.grants.put(key_of(&written), written);
    Ok(())
}

/// Says of the decisions on a request that is not there that there is none.
async fn tell_all(context: &Context, approvals: &[Arc<Approval>], request: &str) -> Result<Pass, Error> {
    for approval in approvals {
        tell(context, approval, Err(Message::ApprovalOfNothing { request: request.to_owned() })).await?;
    }
    Ok(Outcome::Skipped.into())
}

/// Says of a decision whether it counts.
async fn tell(
    context: &Context,
    approval: &Approval,
    verdict: Result<Message, Message>,
) -> Result<(), Error> {
    let mut status = approval.status.clone().unwrap_or_default();
    let (holds, said) = match verdict {
        Ok(said) => (Holds::True, said),
        Err(why) => (Holds::False, why),
    };
    set(&mut status.conditions, READY, holds, &[said], approval.metadata.generation, context.clock.now());
    context.status.namespaced(&context.caches.approvals, approval, &status).await
}

async fn update_status(
    context: &Context,
    department: &DepartmentName,
    request: &ResourceRequest,
    decided: Decided,
) -> Result<Option<Duration>, Error> {
    let now = context.clock.now();
    let generation = request.metadata.generation;
    let open = matches!(decided.phase, RequestPhase::Deciding | RequestPhase::Approved);
    let mut status = ResourceRequestStatus {
        conditions: request.status.clone().unwrap_or_default().conditions,
        phase: decided.phase,
        step: decided.step,
        history: decided.history,
        what_if: if open { facts::what_if(context, department, request) } else { Vec::new() },
        enforced: Vec::new(),
        grant: None,
    };
    set(&mut status.conditions, READY, decided.holds, &[decided.said], generation, now);
    if decided.phase == RequestPhase::Granted {
        status.grant = grant_name(request);
        status.enforced = enforced(context, department, request);
        let waits: Vec<&str> = status
            .enforced
            .iter()
            .filter(|site| site.allotment.is_none())
            .map(|site| site.site.as_str())
            .collect();
        let (holds, said) = if waits.is_empty() {
            (Holds::True, Message::RequestEnforced {})
        } else {
            (Holds::False, Message::RequestOnItsWay { sites: plan::listed(waits) })
        };
        set(&mut status.conditions, ENFORCED, holds, &[said], generation, now);
    }
    context.status.namespaced(&context.caches.requests, request, &status).await?;
    let due = decided.again.map(|at| {
        let left = at.as_second().saturating_sub(now.as_second());
        Duration::from_secs(u64::try_from(left).unwrap_or(0) + 1)
    });
    // A new day may bring a new year, and with it another budget.
    Ok(if open { Some(due.map_or(until_tomorrow(now), |due| due.min(until_tomorrow(now)))) } else { None })
}

/// What the sites confirmed of the department's allotments. What was confirmed once stays: later changes are other requests'.
fn enforced(context: &Context, department: &DepartmentName, request: &ResourceRequest) -> Vec<EnforcedSite> {
    let before = request.status.iter().flat_map(|status| &status.enforced);
    let before: BTreeMap<&str, &EnforcedSite> = before.map(|site| (site.site.as_str(), site)).collect();
    let namespace = request.namespace().unwrap_or_default();
    let grant = grant_name(request).and_then(|name| context.caches.grants.get(&namespace, &name));
    let sites = grant.iter().flat_map(|grant| &grant.spec.sites).map(|site| site.site.as_str());
    let one = |site: &str| match before.get(site) {
        Some(known) if known.allotment.is_some() => (*known).clone(),
        _ => {
            let at = SiteName::parse(site).map(|site| site_namespace(&site)).unwrap_or_default();
            let allotment = context.caches.allotments.get(&at, department.as_str());
            let confirmed = allotment.filter(|allotment| {
                let status = allotment.status.clone().unwrap_or_default();
                is_true(&status.conditions, READY, allotment.metadata.generation)
            });
            let allotment = confirmed.and_then(|allotment| allotment.status.clone()?.counted);
            EnforcedSite { site: site.to_owned(), allotment }
        }
    };
    sites.map(one).collect()
}
