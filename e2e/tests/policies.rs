//! Laws of the admission policies in the charts, read as files: each refusal is a sentence in both languages, and no request is
//! judged by two of them, because each that matches costs an API server more than all its expressions.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize as _;
use serde_json::{Value, json};

fn templates(side: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../charts/zhengyun-{side}/templates"))
}

/// Every object of a kind in a chart.
fn objects(side: &str, kind: &str) -> Result<Vec<Value>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(templates(side)).context("the templates")? {
        let path = entry?.path();
        // Beside the rights and policies stand helm's own files.
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(path)?;
        for document in serde_yaml::Deserializer::from_str(&text) {
            let object = Value::deserialize(document)?;
            if object["kind"] == kind {
                found.push(object);
            }
        }
    }
    ensure!(!found.is_empty(), "no {kind} in the chart of the {side}");
    Ok(found)
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

fn strings<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a str> {
    list(value, pointer).filter_map(Value::as_str)
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// What is wrong with the text of a refusal.
fn wordless(validation: &Value) -> Option<&'static str> {
    let said =
        validation["message"].as_str().or(validation["messageExpression"].as_str()).unwrap_or_default();
    let said = said.trim_start_matches('\'');
    let code = said.strip_prefix("ZY-").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let numbered = code.len() == 4 && code.starts_with('4') && code.bytes().all(|b| b.is_ascii_digit());
    match () {
        () if !numbered => Some("no code"),
        () if !said.contains(is_chinese) => Some("no Chinese"),
        () if !said.contains(" (") => Some("no English"),
        () => None,
    }
}

#[test]
fn every_refusal_of_a_policy_has_a_code_and_speaks_both_languages() -> Result<()> {
    for side in ["hub", "site"] {
        for policy in objects(side, "ValidatingAdmissionPolicy")? {
            for validation in list(&policy, "/spec/validations") {
                assert_eq!(wordless(validation), None, "{}: {validation}", name(&policy));
            }
        }
    }
    Ok(())
}

#[test]
fn a_refusal_without_a_code_or_a_language_is_found() {
    for (message, wrong) in [
        ("不得 (no)", Some("no code")),
        ("ZY-4299 no (no)", Some("no Chinese")),
        ("ZY-4299 不得", Some("no English")),
        ("ZY-4299 不得 (no)", None),
    ] {
        assert_eq!(wordless(&json!({"message": message})), wrong);
    }
}

/// Whether a policy is asked about a write to a resource, `pods` or `pods/status`.
fn asked(policy: &Value, group: &str, resource: &str, operation: &str) -> bool {
    list(policy, "/spec/matchConstraints/resourceRules").any(|rule| {
        let has = |pointer: &str, wanted: &dyn Fn(&str) -> bool| strings(rule, pointer).any(wanted);
        let cluster = resource.split('/').next() == Some("namespaces");
        let scoped = rule["scope"] == "Namespaced" && cluster;
        let named = rule.get("resourceNames").is_some();
        !scoped
            && !named
            && has("/apiGroups", &|one| one == "*" || one == group)
            && has("/operations", &|one| one == "*" || one == operation)
            && has("/resources", &|one| {
                one == resource
                    || one == "*/*"
                    || one.strip_prefix("*/").is_some_and(|sub| resource.ends_with(&format!("/{sub}")))
            })
    })
}

/// Policies that are bound by a label of the object or the namespace that ordinary ones do not have, or about one account alone.
const APART: [&str; 3] = ["zhengyun-platform", "zhengyun-frozen", "zhengyun-agent"];

#[test]
fn at_most_one_policy_is_asked_about_any_write() -> Result<()> {
    let policies = objects("site", "ValidatingAdmissionPolicy")?;
    let mut writes = BTreeSet::new();
    for rule in policies.iter().flat_map(|policy| list(policy, "/spec/matchConstraints/resourceRules")) {
        for group in strings(rule, "/apiGroups") {
            for resource in strings(rule, "/resources").filter(|resource| !resource.contains('*')) {
                writes.insert((group.to_owned(), resource.to_owned()));
                writes.insert((
                    group.to_owned(),
                    format!("{}/status", resource.split('/').next().unwrap_or_default()),
                ));
            }
        }
    }
    assert!(writes.len() > 30, "{writes:?}");
    for (group, resource) in writes {
        for operation in ["CREATE", "UPDATE", "DELETE"] {
            let judges: Vec<&str> = policies
                .iter()
                .filter(|policy| {
                    !APART.contains(&name(policy)) && asked(policy, &group, &resource, operation)
                })
                .map(name)
                .collect();
            assert!(judges.len() <= 1, "{operation} of {group} {resource}: {judges:?}");
        }
    }
    Ok(())
}

#[test]
fn what_is_refused_where_rules_are_enforced_is_warned_of_a_stage_before() -> Result<()> {
    let bindings = objects("site", "ValidatingAdmissionPolicyBinding")?;
    let staged = "/spec/matchResources/namespaceSelector/matchLabels/zhengyun.io~1enforcement";
    let of = |stage: &str| -> BTreeSet<String> {
        let bound =
            bindings.iter().filter(|binding| binding.pointer(staged).is_some_and(|found| found == stage));
        bound.map(|binding| binding["spec"]["policyName"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(of("enforce"), of("warn"));
    assert!(of("enforce").len() >= 5);
    for binding in &bindings {
        let action = if name(binding).ends_with("-warn") { "Warn" } else { "Deny" };
        assert_eq!(binding["spec"]["validationActions"], json!([action]), "{}", name(binding));
        if let Some(parameters) = binding["spec"].get("paramRef") {
            assert_eq!(
                parameters,
                &json!({"name": crds::labels::PARAMETERS, "parameterNotFoundAction": "Deny"})
            );
        }
    }
    Ok(())
}

#[test]
fn no_role_of_a_department_reaches_the_rules_or_what_only_the_cluster_writes() -> Result<()> {
    let read = ["get", "list", "watch"];
    let guarded = [
        "resourcequotas",
        "limitranges",
        "endpoints",
        "endpointslices",
        "nodes",
        "pods/binding",
        "bindings",
        "serviceaccounts/token",
    ];
    for role in
        objects("site", "ClusterRole")?.iter().filter(|role| name(role).starts_with("zhengyun:department-"))
    {
        for rule in list(role, "/rules") {
            let all: Vec<&str> = ["/apiGroups", "/resources", "/verbs"]
                .iter()
                .flat_map(|pointer| strings(rule, pointer))
                .collect();
            assert!(all.iter().all(|one| !one.contains('*')), "{}: {rule}", name(role));
            assert!(!all.contains(&"admissionregistration.k8s.io"), "{}: {rule}", name(role));
            assert!(
                !all.iter().any(|verb| ["bind", "escalate", "impersonate"].contains(verb)),
                "{}: {rule}",
                name(role)
            );
            let writes = strings(rule, "/verbs").any(|verb| !read.contains(&verb));
            let guards =
                strings(rule, "/resources").any(|one| guarded.contains(&one) || one.ends_with("/status"));
            assert!(!(writes && guards), "{}: {rule}", name(role));
        }
    }
    Ok(())
}
