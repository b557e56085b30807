//! What makes a request be looked at again.

use crds::{
    Allotment, Approval, ApprovalPolicy, RequestPhase, ResourceRequest, ResourceRequestStatus, WorkCalendar,
};
use plan::names::{DepartmentName, department_namespace};

use super::{GATHER, changed, seen};
use crate::hub::context::Context;
use crate::runtime::cache::{Change, Key};

pub(super) fn request(context: &Context, change: &Change<'_, ResourceRequest>) {
    if changed(change, |request| seen(request, None)) {
        context.queues.requests.add(change.key.clone());
    }
}

pub(super) fn approval(context: &Context, change: &Change<'_, Approval>) {
    if changed(change, |approval| seen(approval, None))
        && let Some(approval) = change.new.or(change.old)
    {
        context.queues.requests.add((change.key.0.clone(), approval.spec.request.clone()));
    }
}

pub(super) fn policy(context: &Context, change: &Change<'_, ApprovalPolicy>) {
    context.queues.policies.add(change.key.clone());
}

/// A calendar may now count, or no longer: dates that rest on them move.
pub(super) fn calendar(context: &Context, change: &Change<'_, WorkCalendar>) {
    if changed(change, |calendar| seen(calendar, None)) {
        for (key, _) in context.caches.calendars.all() {
            context.queues.calendars.add(key);
        }
        for (key, request) in context.caches.requests.all() {
            if request.status.as_ref().is_some_and(|status| status.phase == RequestPhase::Deciding) {
                context.queues.requests.add(key);
            }
        }
    }
}

/// The means of a department changed: what was approved may have room now, and grants are looked after.
pub(super) fn means(context: &Context, namespace: &str) {
    // What others decide about is not written anew with each grant: it says what it would do when it is next looked at.
    again(context, namespace, |request, phase| match phase {
        RequestPhase::Approved | RequestPhase::Granted => true,
        // The grant that it is to replace may be no more.
        RequestPhase::Deciding => request.spec.grant.is_some(),
        _ => false,
    });
}

/// A site confirmed, or did not yet, what it was told.
pub(super) fn allotment(context: &Context, change: &Change<'_, Allotment>) {
    if let Ok(department) = DepartmentName::parse(&change.key.1)
        && changed(change, |one| seen(one, one.status.as_ref().map(|status| &status.conditions)))
    {
        again(context, &department_namespace(&department), |_, phase| phase == RequestPhase::Granted);
    }
}

/// The keys of admission were read anew: what was sealed by others may hold now, or no longer.
pub(super) fn keys(context: &Context) {
    for (key, _) in context.caches.requests.all() {
        context.queues.requests.add(key);
    }
}

fn again(context: &Context, namespace: &str, concerns: impl Fn(&ResourceRequest, RequestPhase) -> bool) {
    for (name, request) in context.caches.requests.in_namespace(namespace) {
        let touched = |status: &ResourceRequestStatus| concerns(&request, status.phase) && !is_over(status);
        if request.status.as_ref().is_some_and(touched) {
            let key: Key = (namespace.to_owned(), name);
            context.queues.requests.add_after(key, GATHER);
        }
    }
}

/// Whether nothing of it changes any more: granted, and confirmed by every site.
fn is_over(status: &ResourceRequestStatus) -> bool {
    status.phase == RequestPhase::Granted && status.enforced.iter().all(|site| site.allotment.is_some())
}
