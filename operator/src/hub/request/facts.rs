//! What a request is judged by, out of the caches.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::{Approval, Grant, Message, RequestStamp, ResourceRequest, WhatIf};
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use plan::budget::Judged;
use plan::conditions::is_true;
use plan::measured::Measured;
use plan::names::{DepartmentName, SiteName, site_namespace};
use plan::request::automatic::{Used, automatic};
use plan::request::chain::{Deadline, Seen};
use plan::request::decide::{Decided, Facts, decide, grant_name};
use plan::request::effect;
use plan::request::{sealed_approval, sealed_request};
use plan::stamp::{Keys, Mac};

use crate::hub::budget;
use crate::hub::context::{Context, said};
use crate::hub::data_center::CONNECTED;
use crate::hub::work_calendar::calendars;

/// The decisions on a request.
pub(crate) fn approvals(context: &Context, namespace: &str, request: &str) -> Vec<Arc<Approval>> {
    let all = context.caches.approvals.in_namespace(namespace).into_iter().map(|(_, approval)| approval);
    all.filter(|approval| approval.spec.request == request).collect()
}

/// Whether admission sealed a request as it stands.
pub(crate) fn is_sealed(keys: &Keys, request: &ResourceRequest) -> bool {
    let seal = |stamp: &RequestStamp| Mac { key: stamp.key.clone(), mac: stamp.mac.clone() };
    let stamp = request.spec.stamp.as_ref();
    stamp.is_some_and(|stamp| keys.verify(&sealed_request(request, stamp), &seal(stamp)).is_ok())
}

/// Whether admission sealed a decision as it stands.
pub(crate) fn is_sealed_decision(keys: &Keys, approval: &Approval) -> bool {
    let Some(stamp) = &approval.spec.stamp else { return false };
    let seal = Mac { key: stamp.key.clone(), mac: stamp.mac.clone() };
    keys.verify(&sealed_approval(approval, stamp), &seal).is_ok()
}

/// Working days, by the calendars that are published.
pub(crate) fn due(context: &Context, since: Timestamp, days: u16) -> Deadline {
    let due = calendars(context).due(since, days);
    Deadline { at: due.at, provisional: due.is_provisional() }
}

/// What is known of one request.
pub(super) struct Known<'a> {
    context: &'a Context,
    request: &'a ResourceRequest,
    sealed: bool,
    approvals: Vec<(&'a Approval, bool)>,
    judged: Judged,
    replaced: Option<Arc<Grant>>,
    grant: Option<Arc<Grant>>,
    used: BTreeMap<String, Used>,
}

impl<'a> Known<'a> {
    /// Reads it.
    pub(super) fn of(
        context: &'a Context,
        department: &DepartmentName,
        request: &'a ResourceRequest,
        approvals: &'a [Arc<Approval>],
    ) -> Self {
        let keys = context.admission.keys().unwrap_or_default();
        let namespace = request.namespace().unwrap_or_default();
        let named = |name: Option<String>| context.caches.grants.get(&namespace, &name?);
        Self {
            context,
            request,
            sealed: is_sealed(&keys, request),
            approvals: approvals.iter().map(|one| (&**one, is_sealed_decision(&keys, one))).collect(),
            judged: budget::judged(context, department),
            replaced: named(request.spec.grant.clone()),
            grant: named(grant_name(request)),
            used: used(context, department),
        }
    }

    /// Decides about it.
    pub(super) fn decide(&self) -> Decided {
        let seen: Vec<Seen<'_>> =
            self.approvals.iter().map(|(approval, sealed)| Seen { approval, sealed: *sealed }).collect();
        let spec = &self.request.spec;
        let rule = spec.stamp.as_ref().and_then(|stamp| stamp.automatic.as_ref());
        let namespace = self.request.namespace().unwrap_or_default();
        let system = self.context.caches.systems.get(&namespace, &spec.system);
        decide(&Facts {
            request: self.request,
            sealed: self.sealed,
            approvals: &seen,
            automatic: automatic(spec, rule, self.replaced.as_deref(), &self.used),
            hindrance: self.hindrance(),
            room: room(&self.judged, self.replaced.as_deref()),
            level: system.map(|system| system.spec.level),
            grant: self.grant.as_deref(),
            now: self.context.clock.now(),
            due: &|since, days| due(self.context, since, days),
        })
    }

    /// The grant that it is to replace was replaced meanwhile, or taken back, or is not there.
    fn hindrance(&self) -> Option<Message> {
        let wanted = self.request.spec.grant.as_ref()?;
        let namespace = self.request.namespace().unwrap_or_default();
        let replaces = |grant: &Grant| !grant.spec.taken_back && grant.spec.replaces.as_ref() == Some(wanted);
        let by = self.context.caches.grants.in_namespace(&namespace).into_iter();
        let by = by.filter(|(_, grant)| replaces(grant)).map(|(name, _)| name).next();
        let stands = self.replaced.as_ref().is_some_and(|grant| !grant.spec.taken_back);
        (by.is_some() || !stands).then(|| Message::ReplacedMeanwhile {
            grant: wanted.clone(),
            by: by.unwrap_or_else(|| "-".into()),
        })
    }
}

/// What the budget leaves to a request, with what the grant holds that it replaces.
fn room(judged: &Judged, replaced: Option<&Grant>) -> Measured {
    let granted = Measured::sum(judged.granted.values());
    let name = replaced.map(ResourceExt::name_any);
    let held = name.and_then(|name| judged.grants.get(&name)).map(|(_, _, in_force)| in_force.as_slice());
    let held = held.unwrap_or_default().iter().filter_map(|site| Measured::parse(&site.amounts).ok());
    judged.total.minus(&granted).plus(&Measured::sum(&held.collect::<Vec<_>>()))
}

/// How much of what the department holds is in use, at each site that is heard.
fn used(context: &Context, department: &DepartmentName) -> BTreeMap<String, Used> {
    let mut all = BTreeMap::new();
    for ((_, name), room) in context.caches.data_centers.all() {
        let Ok(site) = SiteName::parse(&name) else { continue };
        let status = room.status.clone().unwrap_or_default();
        if !is_true(&status.conditions, CONNECTED, room.metadata.generation) {
            continue;
        }
        let reports = context.caches.reports(&site_namespace(&site));
        if let Some(used) = said(&reports).set(department.as_str()).and_then(|set| set.used) {
            all.insert(name, Used { compute: used.compute, storage: used.storage });
        }
    }
    all
}

/// What granting a request would do, as things stand now.
pub(super) fn what_if(
    context: &Context,
    department: &DepartmentName,
    request: &ResourceRequest,
) -> Vec<WhatIf> {
    let judged = budget::judged(context, department);
    let namespace = request.namespace().unwrap_or_default();
    let replaced = request.spec.grant.as_ref().and_then(|name| context.caches.grants.get(&namespace, name));
    let (mut promised, mut capacity) = (BTreeMap::new(), BTreeMap::new());
    for asked in &request.spec.sites {
        let Ok(site) = SiteName::parse(&asked.site) else { continue };
        let allotments = context.caches.allotments.in_namespace(&site_namespace(&site));
        let granted = allotments.iter().filter_map(|(_, one)| Measured::parse(&one.spec.granted).ok());
        promised.insert(asked.site.clone(), Measured::sum(&granted.collect::<Vec<_>>()));
        let room = context.caches.data_centers.get("", &asked.site);
        let said = room.and_then(|room| room.status.clone()?.facts?.capacity);
        capacity.extend(said.and_then(|said| Some((asked.site.clone(), Measured::parse(&said).ok()?))));
    }
    effect::what_if(
        &request.spec,
        &effect::Facts {
            granted: &judged.granted,
            room: &room(&judged, replaced.as_deref()),
            replaced: replaced.as_deref(),
            promised: &promised,
            capacity: &capacity,
        },
    )
}
