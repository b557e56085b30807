//! Whose a namespace may be, and from what that is guessed.

use std::collections::BTreeMap;

use crds::Department;
use serde::Serialize;

use super::{Room, name_of};

/// A department that a namespace may belong to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Guess {
    /// Name of the `Department`.
    pub department: String,
    /// Its Chinese name.
    pub display_name: String,
    /// The signs: label, annotation, role binding, name.
    pub signs: Vec<String>,
}

/// The departments that signs point to, the one with the most signs first.
pub(super) fn guess(room: &Room<'_>, departments: &[Department]) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = departments
        .iter()
        .filter_map(|department| {
            let signs = signs(room, department);
            (!signs.is_empty()).then(|| Guess {
                department: name_of(&department.metadata).to_owned(),
                display_name: department.spec.display_name.clone(),
                signs,
            })
        })
        .collect();
    guesses.sort_by(|a, b| b.signs.len().cmp(&a.signs.len()).then_with(|| a.cmp(b)));
    guesses
}

fn signs(room: &Room<'_>, department: &Department) -> Vec<String> {
    let code = name_of(&department.metadata);
    let called = department.spec.display_name.as_str();
    // People leave the district out of their own department's name.
    let short = called.strip_prefix('区').unwrap_or(called);
    let names = |value: &str| {
        let parts = || value.split(|c: char| !c.is_alphanumeric());
        parts().any(|part| part.eq_ignore_ascii_case(code))
            || (short.chars().count() > 1 && value.contains(short))
    };
    let metadata = &room.namespace.metadata;
    let of = |kind: &'static str, map: Option<&BTreeMap<String, String>>| {
        let found = map.into_iter().flatten().filter(|(key, value)| !is_technical(key) && names(value));
        found.map(|(key, value)| format!("{kind} {key}={value}")).collect::<Vec<_>>()
    };
    let mut signs = of("label", metadata.labels.as_ref());
    signs.extend(of("annotation", metadata.annotations.as_ref()));
    let groups: Vec<&str> = department.spec.groups.iter().map(|group| group.group.as_str()).collect();
    for binding in &room.bindings {
        let subjects = binding.subjects.iter().flatten();
        let is_theirs = |name: &str| {
            groups.iter().any(|group| *group == name || group.strip_prefix("oidc:") == Some(name))
                || names(name)
        };
        let theirs = subjects.filter(|subject| subject.kind != "ServiceAccount" && is_theirs(&subject.name));
        let binding = name_of(&binding.metadata);
        signs.extend(theirs.map(|subject| format!("RoleBinding {binding}: {}", subject.name)));
    }
    let name = name_of(metadata);
    if name.split('-').any(|part| part == code) {
        signs.push(format!("name {name}"));
    }
    signs
}

/// Keys of programs, whose values name nobody.
fn is_technical(key: &str) -> bool {
    let (domain, _) = key.split_once('/').unwrap_or_default();
    domain.ends_with("kubernetes.io") && domain != "app.kubernetes.io"
}
