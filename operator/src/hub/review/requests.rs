//! What is sealed when a request is submitted and when somebody decides about one, and what is refused then.

use std::collections::BTreeMap;

use crds::{
    Approval, ApprovalPolicy, ApprovalSpec, ApprovalStamp, Grant, Message, ResourceRequest, SystemSpec,
};
use kube::ResourceExt;
use kube::core::DynamicObject;
use kube::core::admission::{AdmissionRequest, Operation};
use plan::Findings;
use plan::conditions::{READY, is_true};
use plan::data_center::is_live;
use plan::names::department_of;
use plan::request::chain::{Chain, Seen};
use plan::request::decide::grant_name;
use plan::request::submit::{Facts, User, submit};
use plan::request::{moment, sealed_approval, sealed_request};
use plan::stamp::{Keys, Unsealed};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::hub::context::Context;
use crate::hub::request::facts::{approvals, due, is_sealed, is_sealed_decision};

/// The stamp of a request that is submitted by this very write; nothing for a draft, and for one that was submitted before.
///
/// # Errors
/// Everything that must be written otherwise.
pub(super) fn submitted(
    context: &Context,
    keys: &Keys,
    asked: &AdmissionRequest<DynamicObject>,
) -> Result<Option<Value>, Findings> {
    let request: ResourceRequest = read(asked.object.as_ref()).map_err(|why| vec![why])?;
    let before = asked.old_object.as_ref().and_then(|old| old.data.pointer("/spec/submitted")?.as_bool());
    if !request.spec.is_submitted() || before == Some(true) {
        return Ok(None);
    }
    let namespace = request.namespace().unwrap_or_default();
    let Some(department) = department_of(&namespace) else {
        return Err(vec![Message::NotInDepartment { namespace }]);
    };
    let caches = &context.caches;
    let register = caches.departments.get("", department.as_str());
    let policies = caches.policies.all();
    let well = |policy: &ApprovalPolicy| {
        let conditions =
            policy.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
        is_true(conditions, READY, policy.metadata.generation)
    };
    let policies: BTreeMap<String, &ApprovalPolicy> = policies
        .iter()
        .filter(|(_, policy)| well(policy))
        .map(|((_, name), policy)| (name.clone(), &**policy))
        .collect();
    let (systems, grants) = (caches.systems.in_namespace(&namespace), caches.grants.in_namespace(&namespace));
    let systems: BTreeMap<String, &SystemSpec> =
        systems.iter().map(|(name, system)| (name.clone(), &system.spec)).collect();
    let grants: BTreeMap<String, &Grant> =
        grants.iter().map(|(name, grant)| (name.clone(), &**grant)).collect();
    let rooms = caches.data_centers.all().into_iter().filter(|(_, room)| is_live(&room.spec));
    let data_centers: Vec<String> = rooms.map(|((_, name), _)| name).collect();
    let mut stamp = submit(
        &request,
        &Facts {
            department_name: department.as_str(),
            department: register.as_ref().map(|department| &department.spec),
            policies: &policies,
            systems: &systems,
            grants: &grants,
            data_centers: &data_centers,
            user: &user(asked),
            now: context.clock.now(),
        },
    )?;
    let seal = keys.seal(&sealed_request(&request, &stamp)).map_err(|why| vec![unsealed(&why)])?;
    (stamp.key, stamp.mac) = (seal.key, seal.mac);
    value(&stamp).map(Some).map_err(|why| vec![why])
}

/// The stamp of a decision; nothing for one that stands already.
///
/// # Errors
/// Why this person does not decide this now.
pub(super) fn decided(
    context: &Context,
    keys: &Keys,
    asked: &AdmissionRequest<DynamicObject>,
) -> Result<Option<Value>, Message> {
    if asked.operation != Operation::Create {
        return Ok(None);
    }
    let approval: Approval = read(asked.object.as_ref())?;
    let namespace = approval.namespace().unwrap_or_default();
    let nothing = || Message::ApprovalOfNothing { request: approval.spec.request.clone() };
    let request = context.caches.requests.get(&namespace, &approval.spec.request).ok_or_else(nothing)?;
    let on = request.spec.stamp.as_ref().filter(|_| is_sealed(keys, &request)).ok_or_else(nothing)?;
    let granted = grant_name(&request).and_then(|name| context.caches.grants.get(&namespace, &name));
    if request.spec.is_withdrawn() || granted.is_some() {
        return Err(Message::ApprovalEnded { request: on.number.clone() });
    }
    let known = approvals(context, &namespace, &approval.spec.request);
    let known: Vec<Seen<'_>> =
        known.iter().map(|approval| Seen { approval, sealed: is_sealed_decision(keys, approval) }).collect();
    let chain = Chain::walk(&request, on, &known);
    let mut stamp = stamp_of(context, &chain, &request, asked);
    chain.admit(&approval.spec, &stamp)?;
    let sealed =
        Approval { spec: ApprovalSpec { stamp: Some(stamp.clone()), ..approval.spec.clone() }, ..approval };
    let seal = keys.seal(&sealed_approval(&sealed, &stamp)).map_err(|why| unsealed(&why))?;
    (stamp.key, stamp.mac) = (seal.key, seal.mac);
    value(&stamp).map(Some)
}

/// Who decides, by which of their groups, and until when it was to be decided.
fn stamp_of(
    context: &Context,
    chain: &Chain<'_>,
    request: &ResourceRequest,
    asked: &AdmissionRequest<DynamicObject>,
) -> ApprovalStamp {
    let User { name: by, uid, groups } = user(asked);
    let now = context.clock.now();
    let until = chain.step.map_or(now, |step| due(context, chain.since, step.working_days).at);
    let late = now >= until;
    let group = chain.group_of(&groups, late).or_else(|| chain.group_of(&groups, false));
    ApprovalStamp {
        by,
        uid,
        // No group of theirs decides here: the chain says so.
        group: group.unwrap_or_else(|| "-".into()),
        at: moment(now),
        request_uid: request.uid().unwrap_or_default(),
        due: moment(until),
        key: String::new(),
        mac: String::new(),
    }
}

fn user(asked: &AdmissionRequest<DynamicObject>) -> User {
    let info = &asked.user_info;
    User {
        name: info.username.clone().unwrap_or_default(),
        uid: info.uid.clone().unwrap_or_default(),
        groups: info.groups.clone().unwrap_or_default(),
    }
}

fn read<K: DeserializeOwned>(object: Option<&DynamicObject>) -> Result<K, Message> {
    let malformed = |error: serde_json::Error| Message::ReviewMalformed { error: error.to_string() };
    let value = serde_json::to_value(object).map_err(malformed)?;
    serde_json::from_value(value).map_err(malformed)
}

fn value(stamp: &impl Serialize) -> Result<Value, Message> {
    serde_json::to_value(stamp).map_err(|error| Message::ReviewMalformed { error: error.to_string() })
}

fn unsealed(why: &Unsealed) -> Message {
    match why {
        Unsealed::NoKey => Message::NoSealKeys {},
        Unsealed::Json(error) => Message::ReviewMalformed { error: error.to_string() },
    }
}
