//! What the tests of requests begin with.

use crds::{
    Approval, ApprovalPolicySpec, ApprovalStamp, Grant, RequestStamp, ResourceRequest, ResourceRequestSpec,
    Verdict,
};
use serde_json::{Value, json};

use super::digest;

pub(crate) const SCAN: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

pub(crate) fn policy() -> ApprovalPolicySpec {
    serde_json::from_value(json!({
        "displayName": "资源申请",
        "steps": [
            {"name": "head", "displayName": "部门主要领导", "departmentHead": true, "workingDays": 3},
            {
                "name": "review", "displayName": "技术审核", "groups": ["oidc:review"], "workingDays": 5,
                "delegates": ["oidc:review-deputy"], "escalation": ["oidc:office"], "mayReduce": true
            },
            {
                "name": "conference", "displayName": "联席会议", "groups": ["oidc:conference"], "workingDays": 10,
                "recorded": "required", "when": {"newProject": true, "above": {"cpu": "100"}}
            }
        ],
        "automatic": {"decrease": true, "increase": {
            "atMostPercent": 50, "orTotalAtMost": {"cpu": "1", "memory": "2Gi", "storage": "32Gi"},
            "usedAtLeastPercent": 35, "storageUsedAtLeastPercent": 80
        }}
    }))
    .unwrap()
}

/// A request for `cpu` cores at s0.
pub(crate) fn spec(cpu: &str) -> ResourceRequestSpec {
    serde_json::from_value(json!({
        "change": "new", "system": "jiaoyu", "until": "2027-12-31", "funding": "application", "reason": "开学",
        "sites": [{"site": "s0", "amounts": {"cpu": cpu, "memory": "8Gi", "namespaces": 1}}],
        "submitted": true
    }))
    .unwrap()
}

/// It submitted by li at the first second, with these steps of the policy.
pub(crate) fn submitted(spec: ResourceRequestSpec, steps: &[&str]) -> ResourceRequest {
    let mut request = ResourceRequest::new("one", spec);
    request.metadata.namespace = Some("dept-jiaoyu".into());
    request.metadata.uid = Some("uid-1".into());
    let all = policy();
    let mut chosen: Vec<_> =
        all.steps.into_iter().filter(|step| steps.contains(&step.name.as_str())).collect();
    for step in &mut chosen {
        if step.department_head.take().is_some() {
            step.groups = vec!["oidc:jiaoyu-head".into()];
        }
    }
    request.spec.stamp = Some(RequestStamp {
        by: "oidc:li".into(),
        uid: String::new(),
        at: at(1),
        digest: digest(&request.spec, &request.spec.sites),
        number: "jiaoyu-20261124-0123ab".into(),
        policy: "resources".into(),
        steps: chosen,
        automatic: all.automatic,
        key: "k".into(),
        mac: "m".into(),
    });
    request
}

/// A moment of the day of the samples.
pub(crate) fn at(second: u32) -> String {
    format!("2026-11-24T08:00:{second:02}Z")
}

/// What somebody of a group says to a request at a step.
pub(crate) fn approval(name: &str, request: &ResourceRequest, step: &str, by: &str, second: u32) -> Approval {
    let group = match step {
        "head" => "oidc:jiaoyu-head",
        "review" => "oidc:review",
        _ => "oidc:conference",
    };
    let mut approval = Approval::new(
        name,
        crds::ApprovalSpec {
            request: "one".into(),
            digest: digest(&request.spec, &request.spec.sites),
            step: step.into(),
            decision: Verdict::Approve,
            sites: Vec::new(),
            reason: None,
            recorded: None,
            confirms: None,
            stamp: Some(ApprovalStamp {
                by: format!("oidc:{by}"),
                uid: String::new(),
                group: group.into(),
                at: at(second),
                request_uid: "uid-1".into(),
                due: "2026-12-01T16:00:00Z".into(),
                key: "k".into(),
                mac: "m".into(),
            }),
        },
    );
    approval.metadata.namespace = Some("dept-jiaoyu".into());
    approval
}

/// Changes fields of an approval's spec, or of its stamp.
pub(crate) fn with(approval: &Approval, change: Value) -> Approval {
    let mut all = serde_json::to_value(approval).unwrap();
    for (key, value) in change.as_object().unwrap() {
        let place = if key.starts_with("stamp.") { &mut all["spec"]["stamp"] } else { &mut all["spec"] };
        place[key.trim_start_matches("stamp.")] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

pub(crate) fn paper() -> Value {
    json!({"document": "会议纪要〔2026〕7 号", "date": "2026-11-20", "scan": SCAN})
}

/// A grant of `cpu` cores at s0 that is held.
pub(crate) fn grant(cpu: &str, until: &str) -> Grant {
    let amounts = json!({"cpu": cpu, "memory": "8Gi", "namespaces": 1});
    let spec =
        json!({"sites": [{"site": "s0", "amounts": amounts}], "until": until, "basis": {"document": "d"}});
    Grant::new("old", serde_json::from_value(spec).unwrap())
}
