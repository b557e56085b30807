//! Finding an object by its short name or by the Chinese name that people use.

use crds::{DataCenter, Department, Message};
use kube::ResourceExt;
use plan::listed;

use super::words::Kind;

/// An object that people call by a display name.
pub(crate) trait Named: ResourceExt {
    /// Its kind.
    const KIND: Kind;
    /// The name that people use.
    fn display_name(&self) -> &str;
}

impl Named for DataCenter {
    const KIND: Kind = Kind::DataCenter;
    fn display_name(&self) -> &str {
        &self.spec.display_name
    }
}

impl Named for Department {
    const KIND: Kind = Kind::Department;
    fn display_name(&self) -> &str {
        &self.spec.display_name
    }
}

/// The one object of that short name, else the one of that display name.
pub(crate) fn find<'a, K: Named>(objects: &'a [K], wanted: &str) -> Result<&'a K, Message> {
    if let Some(object) = objects.iter().find(|object| object.name_any() == wanted) {
        return Ok(object);
    }
    let called: Vec<&K> = objects.iter().filter(|object| object.display_name() == wanted).collect();
    match called[..] {
        [] => Err(Message::NotFound { kind: K::KIND.in_message(), name: wanted.to_owned() }),
        [object] => Ok(object),
        _ => Err(Message::Ambiguous {
            kind: K::KIND.in_message(),
            name: wanted.to_owned(),
            names: listed(called.iter().map(|object| object.name_any())),
        }),
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
