//! Finding an object by its short name, by namespace and short name, or by the Chinese name that people use.

use crds::{
    Allotment, Approval, ApprovalPolicy, Budget, DataCenter, Department, District, Grant, IsolationProfile,
    Message, Removal, ResourceRequest, Ruling, System, WorkCalendar, Workspace, WorkspaceSet,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::ResourceExt;
use plan::listed;

use super::words::Kind;

/// An object of ours: how people call it, and what the hub says of it.
pub(crate) trait Named: ResourceExt {
    /// Its kind.
    const KIND: Kind;
    /// The name that people use; empty for kinds that have none.
    fn display_name(&self) -> &str;
    /// What the hub says of it.
    fn conditions(&self) -> &[Condition];
}

macro_rules! named {
    ($($kind:ident: $called:expr;)*) => {$(
        impl Named for $kind {
            const KIND: Kind = Kind::$kind;
            fn display_name(&self) -> &str {
                let called: fn(&Self) -> &str = $called;
                called(self)
            }
            fn conditions(&self) -> &[Condition] {
                self.status.as_ref().map_or(&[], |status| &status.conditions)
            }
        }
    )*};
}

named! {
    District: |object| &object.spec.display_name;
    DataCenter: |object| &object.spec.display_name;
    Department: |object| &object.spec.display_name;
    System: |object| &object.spec.display_name;
    Workspace: |object| &object.spec.display_name;
    WorkspaceSet: |object| &object.spec.display_name;
    IsolationProfile: |object| &object.spec.display_name;
    WorkCalendar: |_| "";
    ApprovalPolicy: |object| &object.spec.display_name;
    ResourceRequest: |_| "";
    Approval: |_| "";
    Budget: |_| "";
    Grant: |_| "";
    Allotment: |_| "";
    Removal: |_| "";
    Ruling: |_| "";
}

/// The one object of that short name, else the one of that display name.
pub(crate) fn find<'a, K: Named>(objects: &'a [K], wanted: &str) -> Result<&'a K, Message> {
    let short: Vec<&K> =
        objects.iter().filter(|object| object.name_any() == wanted || path(*object) == wanted).collect();
    let called: Vec<&K> = objects.iter().filter(|object| object.display_name() == wanted).collect();
    let found = if short.is_empty() { called } else { short };
    match found[..] {
        [] => Err(Message::NotFound { kind: K::KIND.in_message(), name: wanted.to_owned() }),
        [object] => Ok(object),
        _ => Err(Message::Ambiguous {
            kind: K::KIND.in_message(),
            name: wanted.to_owned(),
            names: listed(found.iter().map(|object| path(*object))),
        }),
    }
}

/// The short name, behind the namespace where there is one.
fn path(object: &impl Named) -> String {
    match object.namespace() {
        Some(namespace) => format!("{namespace}/{}", object.name_any()),
        None => object.name_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn department(name: &str, display: &str) -> Department {
        Department::new(
            name,
            serde_json::from_value(json!({"displayName": display, "kind": "office"})).unwrap(),
        )
    }

    #[test]
    fn an_object_is_found_by_its_short_name_and_by_its_chinese_name() {
        let all = [department("jiaoyu", "区教育局"), department("kewei", "区科委")];
        assert_eq!(find(&all, "kewei").unwrap().name_any(), "kewei");
        assert_eq!(find(&all, "区教育局").unwrap().name_any(), "jiaoyu");
        let unknown = find(&all, "区卫健委").unwrap_err();
        assert_eq!(unknown, Message::NotFound { kind: "单位 Department".into(), name: "区卫健委".into() });
    }

    #[test]
    fn a_short_name_wins_over_a_display_name() {
        let all = [department("a1", "b1"), department("b1", "x")];
        assert_eq!(find(&all, "b1").unwrap().name_any(), "b1");
    }

    #[test]
    fn a_chinese_name_that_two_have_is_not_guessed_at() {
        let all = [department("b1", "区教育局"), department("a1", "区教育局")];
        let said = find(&all, "区教育局").unwrap_err();
        assert!(matches!(said, Message::Ambiguous { names, .. } if names == "a1, b1"));
    }
}
