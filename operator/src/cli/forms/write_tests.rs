use super::*;
use kube::core::TypeMeta;
use plan::form::Change;
use serde_json::json;

fn line(action: Action) -> Line {
    let spec = json!({"displayName": "区教育局", "basis": {"document": "文"}});
    Line { line: 3, namespace: None, name: "jiaoyu".into(), spec, action, hints: Vec::new() }
}

fn change() -> Action {
    let (patch, back) = (json!({}), json!({}));
    Action::Change(Change {
        uid: "u".into(),
        generation: 4,
        version: "1".into(),
        patch,
        back,
        fields: Vec::new(),
    })
}

fn now(uid: &str, generation: i64, spec: Value) -> DynamicObject {
    let metadata =
        serde_json::from_value(json!({"name": "jiaoyu", "uid": uid, "generation": generation})).unwrap();
    DynamicObject { types: None::<TypeMeta>, metadata, data: json!({"spec": spec}) }
}

fn found(action: Action, seen: Option<(&str, i64)>, now: &DynamicObject) -> &'static str {
    let line = line(action);
    let seen = seen.map(|(uid, generation)| (uid.to_owned(), generation));
    match still(&Written { line: &line, seen }, now) {
        Still::Ours => "ours",
        Still::Gone => "gone",
        Still::Changed => "changed",
    }
}

#[test]
fn only_what_is_as_it_was_written_is_taken_back() {
    let spec = || json!({"displayName": "区教育局", "basis": {"document": "文"}, "recovery": "none"});
    let other = || json!({"displayName": "别的", "basis": {"document": "文"}});
    let (made, moved) = (|| Action::Create, change);
    assert_eq!(found(made(), Some(("u", 1)), &now("u", 1, spec())), "ours");
    assert_eq!(found(made(), Some(("u", 1)), &now("u", 2, other())), "changed");
    assert_eq!(found(made(), Some(("u", 1)), &now("v", 1, spec())), "gone", "another one of its name");
    // No answer came.
    assert_eq!(found(made(), None, &now("u", 1, spec())), "ours");
    assert_eq!(found(made(), None, &now("u", 1, other())), "gone", "somebody else's");
    assert_eq!(found(moved(), None, &now("u", 4, other())), "gone", "it was not written");
    assert_eq!(found(moved(), None, &now("u", 5, spec())), "ours");
    assert_eq!(found(moved(), None, &now("u", 5, other())), "changed");
}

#[test]
fn what_stays_is_named_by_its_row() {
    let mut failed = Failed {
        line: 7,
        error: "no (422)".into(),
        undone: 4,
        stays: Vec::new(),
        unmade: vec!["jiaoyu".into()],
        left_behind: vec!["dept-jiaoyu".into()],
    };
    let said = |failed: &Failed| -> Vec<String> {
        failed.said().iter().map(|said| said.text(crds::Lang::Zh)).collect()
    };
    assert_eq!(
        said(&failed),
        [
            "第 7 行未能写入:no (422);此前写入的 4 行已全部撤回,登记恢复原状",
            "中心已为撤回的单位建立命名空间 dept-jiaoyu,连同其用户组的权限予以保留;再次登记时沿用",
        ]
    );
    failed.stays.push(Stays { line: 2, name: "kewei".into(), error: "x".into() });
    assert_eq!(
        said(&failed)[..2],
        ["第 7 行未能写入:no (422);此前写入的未能全部撤回,见下", "第 2 行(kewei)未能撤回,仍为写入后的内容:x"]
    );
}
