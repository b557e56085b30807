//! Approval policies: whether one can be followed, and which steps of it a request needs.

use std::collections::BTreeSet;

use crds::{ApprovalPolicySpec, ApprovalStep, Message, ResourceRequestSpec, StepWhen};

use super::{measured, whole};
use crate::Findings;

/// Groups of the platform that may not decide as such: who administers would decide about anything.
const NEVER: [&str; 2] = ["oidc:system:", "oidc:zhengyun:"];

/// Whether a policy can be followed.
///
/// # Errors
/// What a person must write otherwise.
pub fn validate(spec: &ApprovalPolicySpec) -> Result<(), Findings> {
    let mut findings = Vec::new();
    let mut names = BTreeSet::new();
    for (at, step) in spec.steps.iter().enumerate() {
        let field = format!("spec.steps[{at}]");
        if !names.insert(step.name.as_str()) {
            let (field, value) = (format!("{field}.name"), step.name.clone());
            findings.push(Message::Duplicate { field, value, other: "spec.steps".into() });
        }
        let all = step.groups.iter().chain(&step.delegates).chain(&step.escalation);
        for group in all.filter(|group| NEVER.iter().any(|never| group.starts_with(never))) {
            findings.push(Message::StepGroup { field: field.clone(), group: group.clone() });
        }
        // Without it the same persons would decide again, only later.
        if let Some(group) = step.escalation.iter().find(|group| step.groups.contains(group)) {
            findings.push(Message::EscalationSame { field, group: group.clone() });
        }
    }
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// The steps that a request needs, with the department's heads in the place of `departmentHead`.
///
/// # Errors
/// A step that nobody could decide.
pub fn applicable(
    policy: &ApprovalPolicySpec,
    spec: &ResourceRequestSpec,
    heads: &[String],
) -> Result<Vec<ApprovalStep>, Message> {
    let needed = policy.steps.iter().filter(|step| step.when.as_ref().is_none_or(|when| applies(when, spec)));
    needed.map(|step| resolve(step, heads)).collect()
}

fn resolve(step: &ApprovalStep, heads: &[String]) -> Result<ApprovalStep, Message> {
    let mut step = step.clone();
    if step.department_head.take() == Some(true) {
        let new: Vec<String> = heads.iter().filter(|head| !step.groups.contains(head)).cloned().collect();
        step.groups.extend(new);
    }
    if step.groups.is_empty() {
        return Err(Message::NoHead { step: step.display_name });
    }
    step.when = None;
    Ok(step)
}

/// Whether any of the conditions is true of a request.
fn applies(when: &StepWhen, spec: &ResourceRequestSpec) -> bool {
    let is_new = when.new_project == Some(true)
        && spec.project.as_ref().is_some_and(|project| project.new == Some(true));
    let is_above = when.above.as_ref().is_some_and(|above| {
        // What the limit leaves out is not limited.
        let limit = measured(above);
        whole(&spec.sites).exceeds_where_limited(&limit)
    });
    is_new || is_above
}
