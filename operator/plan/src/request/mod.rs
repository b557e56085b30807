//! Requests: what a department asks for, who agrees to it, and the grant that comes of it.
//!
//! | a request | then |
//! |---|---|
//! | a draft | nothing |
//! | submitted without a seal that holds | nothing, and it says so |
//! | withdrawn before it was granted | nothing is granted |
//! | what the automatic rule covers | granted, the rule is told in its history |
//! | every step agreed to | granted, as the steps left it |
//! | a step refused | refused for good |
//! | agreed to, and the budget has no room | says what is left, and is granted once there is room |
//!
//! `submit` says what may be submitted, `chain` what became of a submitted one by the decisions on it, `automatic` what needs
//! nobody, `effect` what granting it would do.

pub mod automatic;
pub mod chain;
pub mod decide;
pub mod effect;
pub mod policy;
pub mod submit;

use crds::{
    Amounts, Approval, ApprovalStamp, AskedAmounts, AskedSite, GrantedSite, RequestStamp, ResourceRequest,
    ResourceRequestSpec,
};
use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};

use crate::canonical;
use crate::measured::Measured;

/// The policy of requests that name none.
pub const POLICY: &str = "resources";

/// What was submitted, without what may still change and what admission adds.
#[must_use]
pub fn asked(spec: &ResourceRequestSpec) -> ResourceRequestSpec {
    ResourceRequestSpec { submitted: Some(true), withdrawn: None, stamp: None, ..spec.clone() }
}

/// The digest (RFC 8785, SHA-256) of what is asked for with what `sites` leave of it.
#[must_use]
pub fn digest(spec: &ResourceRequestSpec, sites: &[AskedSite]) -> String {
    // Nothing in a spec can fail to be JSON.
    canonical::digest(&ResourceRequestSpec { sites: sites.to_vec(), ..asked(spec) }).unwrap_or_default()
}

/// What the seal of a request is over: who, what, and which object. By its name: when admission is asked, it has no uid yet.
#[must_use]
pub fn sealed_request(request: &ResourceRequest, stamp: &RequestStamp) -> Value {
    let stamp = RequestStamp { key: String::new(), mac: String::new(), ..stamp.clone() };
    let meta = &request.metadata;
    json!({"kind": "ResourceRequest", "namespace": meta.namespace, "name": meta.name, "stamp": stamp})
}

/// What the seal of an approval is over: all that it says, who says it, and which object.
#[must_use]
pub fn sealed_approval(approval: &Approval, stamp: &ApprovalStamp) -> Value {
    let stamp = ApprovalStamp { key: String::new(), mac: String::new(), ..stamp.clone() };
    let spec = crds::ApprovalSpec { stamp: Some(stamp), ..approval.spec.clone() };
    let meta = &approval.metadata;
    json!({"kind": "Approval", "namespace": meta.namespace, "name": meta.name, "spec": spec})
}

/// Amounts that are asked for, as numbers.
#[must_use]
pub fn measured(asked: &AskedAmounts) -> Measured {
    // The schema lets nothing else in.
    Measured::parse(&Amounts::from(asked)).unwrap_or_default()
}

/// What is asked for in all.
#[must_use]
pub fn whole(sites: &[AskedSite]) -> Measured {
    Measured::sum(&sites.iter().map(|site| measured(&site.amounts)).collect::<Vec<_>>())
}

/// What a grant would say of each site.
#[must_use]
pub fn granted(sites: &[AskedSite]) -> Vec<GrantedSite> {
    let one = |asked: &AskedSite| GrantedSite {
        site: asked.site.clone(),
        amounts: measured(&asked.amounts).amounts(),
    };
    sites.iter().map(one).collect()
}

/// A moment as stamps and statuses write it.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Reads it again; what cannot be read was before everything.
#[must_use]
pub fn instant(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
