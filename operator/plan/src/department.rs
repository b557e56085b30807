//! Whether a department is right, and what it needs on the hub.

use std::collections::BTreeMap;

use crds::tenancy::department::{DepartmentGroup, DepartmentRole};
use crds::{Department, Message, labels};
use serde_json::{Value, json};

use crate::names::{DepartmentName, RESERVED_DEPARTMENTS, department_namespace};
use crate::{Findings, isolation, listed, unified_code};

/// What a department points to and must not collide with.
#[derive(Debug)]
pub struct Facts<'a> {
    /// All departments by name, this one included.
    pub departments: &'a BTreeMap<String, &'a Department>,
    /// Names of all data centres.
    pub data_centers: Vec<String>,
    /// Names of all isolation profiles.
    pub profiles: Vec<String>,
    /// Whether the hub has a namespace of the department's name that is not ours.
    pub foreign_namespace: bool,
}

/// A department that cannot be wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidDepartment {
    /// Its name.
    pub name: DepartmentName,
    /// Its Chinese name.
    pub display_name: String,
    /// Its groups.
    pub groups: Vec<DepartmentGroup>,
}

/// Checks a department against what it points to.
///
/// # Errors
/// Every sentence that must be heard before it can be used.
pub fn validate(department: &Department, facts: &Facts<'_>) -> Result<ValidDepartment, Findings> {
    let mut findings = Findings::new();
    let name = department.metadata.name.as_deref().unwrap_or_default();
    let spec = &department.spec;

    let parsed = DepartmentName::parse(name).ok().filter(|_| !RESERVED_DEPARTMENTS.contains(&name));
    if parsed.is_none() {
        findings.push(Message::DepartmentName {});
    }
    if let Some(parent) = &spec.parent {
        findings.extend(check_parent(name, parent, facts));
    }
    if let Some(code) = &spec.unified_code {
        findings.extend(unified_code::check(code).err());
    }
    findings.extend(duplicates(department, facts));
    for (at, site) in spec.allowed_sites.iter().enumerate() {
        let field = format!("spec.allowedSites[{at}]");
        findings.extend(missing(&field, site, "机房 DataCenter", &facts.data_centers));
    }
    if let Some(profile) = &spec.isolation_profile {
        findings.extend(missing(
            "spec.isolationProfile",
            profile,
            "隔离方案 IsolationProfile",
            &facts.profiles,
        ));
    }
    if facts.foreign_namespace {
        findings
            .push(Message::ForeignNamespace {
                namespace: format!("dept-{name}"), place: "中心 hub".into()
            });
    }
    match parsed {
        Some(name) if findings.is_empty() => Ok(ValidDepartment {
            name,
            display_name: spec.display_name.clone(),
            groups: spec.acting_groups(DepartmentRole::ON_HUB),
        }),
        _ => Err(findings),
    }
}

/// A reference to something that does not exist.
#[must_use]
pub fn missing(field: &str, value: &str, kind: &str, existing: &[String]) -> Option<Message> {
    (!existing.iter().any(|name| name == value)).then(|| Message::UnknownReference {
        field: field.to_owned(),
        value: value.to_owned(),
        kind: kind.to_owned(),
        allowed: listed(existing),
    })
}

fn check_parent(name: &str, parent: &str, facts: &Facts<'_>) -> Option<Message> {
    if !facts.departments.contains_key(parent) {
        let existing: Vec<String> =
            facts.departments.keys().filter(|other| *other != name).cloned().collect();
        return missing("spec.parent", parent, "单位 Department", &existing);
    }
    let mut chain = vec![name];
    let mut next = Some(parent);
    while let Some(current) = next {
        if chain.contains(&current) {
            chain.push(current);
            // A cycle further up is said at its own members, not at everybody below.
            return (current == name).then(|| Message::ParentCycle { chain: chain.join(" -> ") });
        }
        chain.push(current);
        next = facts.departments.get(current).and_then(|department| department.spec.parent.as_deref());
    }
    None
}

/// Values that must be unique. Of two that share one, the one created later is told; of two of one second, the later name.
fn duplicates(department: &Department, facts: &Facts<'_>) -> Findings {
    let mut findings = Findings::new();
    let mine = age(department);
    let spec = &department.spec;
    for (name, other) in facts.departments.iter().filter(|(_, other)| age(other) < mine) {
        let said = |field: &str, value: &str| Message::Duplicate {
            field: field.to_owned(),
            value: value.to_owned(),
            other: format!("Department {name}"),
        };
        if other.spec.display_name == spec.display_name {
            findings.push(said("spec.displayName", &spec.display_name));
        }
        if let Some(code) =
            spec.unified_code.as_ref().filter(|code| other.spec.unified_code.as_ref() == Some(code))
        {
            findings.push(said("spec.unifiedCode", code));
        }
        for DepartmentGroup { group, .. } in &spec.groups {
            if other.spec.groups.iter().any(|theirs| theirs.group == *group) {
                findings.push(said("spec.groups[].group", group));
            }
        }
    }
    findings
}

/// What decides who came first: creation, then name.
fn age(department: &Department) -> (Option<k8s_openapi::jiff::Timestamp>, Option<&str>) {
    let created = department.metadata.creation_timestamp.as_ref().map(|time| time.0);
    (created, department.metadata.name.as_deref())
}

/// What the department needs on the hub: its namespace, and its groups' rights there.
#[must_use]
pub fn hub_objects(department: &ValidDepartment) -> Vec<Value> {
    let namespace = department_namespace(&department.name);
    let labels = json!({labels::MANAGED_BY: labels::MANAGER, labels::DEPARTMENT: department.name.as_str()});
    let mut objects = vec![json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": namespace,
            "labels": labels,
            "annotations": {labels::DISPLAY_NAME: department.display_name}
        }
    })];
    objects.extend(isolation::bindings(&namespace, &department.groups, DepartmentRole::ON_HUB, &labels));
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    fn department(name: &str, spec: Value) -> Department {
        let mut full = json!({"displayName": name, "kind": "office"});
        full.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
        Department::new(name, serde_json::from_value(full).unwrap())
    }

    fn judged(all: &[Department], of: usize) -> Result<ValidDepartment, Findings> {
        let departments = all.iter().map(|d| (d.metadata.name.clone().unwrap(), d)).collect();
        let facts = Facts {
            departments: &departments,
            data_centers: vec!["kaicheng".into()],
            profiles: vec!["standard".into()],
            foreign_namespace: false,
        };
        validate(&all[of], &facts)
    }

    #[test]
    fn a_right_department_gets_its_namespace_and_bindings() {
        let groups = json!([{"group": "oidc:a", "role": "admin"}, {"group": "oidc:b", "role": "admin"}]);
        let valid = judged(&[department("jiaoyu", json!({"groups": groups}))], 0).unwrap();
        insta::assert_yaml_snapshot!(hub_objects(&valid));
    }

    #[test]
    fn a_name_that_would_touch_kube_is_refused() {
        for name in RESERVED_DEPARTMENTS {
            assert_eq!(judged(&[department(name, json!({}))], 0), Err(vec![Message::DepartmentName {}]));
        }
    }

    #[test]
    fn unknown_references_name_field_value_and_what_exists() {
        let wrong = json!({"parent": "nobody", "allowedSites": ["nowhere"], "isolationProfile": "none"});
        let said = judged(&[department("aa", wrong), department("bb", json!({}))], 0).unwrap_err();
        let english: Vec<String> = said.iter().map(|m| m.text(crds::Lang::En)).collect();
        assert_eq!(said.len(), 3);
        assert!(
            english[0].contains("spec.parent names Department \"nobody\"")
                && english[0].ends_with("choose from: bb")
        );
        assert!(english[1].contains("spec.allowedSites[0]") && english[1].ends_with("choose from: kaicheng"));
    }

    #[test]
    fn a_cycle_is_said_to_its_members_only() {
        let all = [
            department("aa", json!({"parent": "bb"})),
            department("bb", json!({"parent": "aa"})),
            department("cc", json!({"parent": "aa"})),
        ];
        assert_eq!(judged(&all, 0), Err(vec![Message::ParentCycle { chain: "aa -> bb -> aa".into() }]));
        assert!(judged(&all, 2).is_ok());
    }

    #[test]
    fn of_two_with_one_group_or_name_the_later_is_refused() {
        let groups = json!([{"group": "oidc:x", "role": "admin"}]);
        let twin = json!({"displayName": "区教育局", "groups": groups});
        let all = [department("aa", twin.clone()), department("bb", twin)];
        assert!(judged(&all, 0).is_ok());
        assert_eq!(judged(&all, 1).unwrap_err().len(), 2);
    }

    #[test]
    fn a_wrong_check_character_is_refused() {
        let wrong = judged(&[department("aa", json!({"unifiedCode": "91350100M000100Y44"}))], 0).unwrap_err();
        assert!(matches!(wrong[..], [Message::BadUnifiedCode { .. }]));
    }
}
