use proptest::prelude::*;
use serde_json::json;

use super::super::read::{Sheet, SheetRow, read};
use super::super::{Form, Names, Register, department, system};
use super::*;

fn table(form: &'static Form, rows: &[&[&str]]) -> Table {
    let row = |(at, cells): (usize, &&[&str])| SheetRow {
        line: at + 1,
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
    };
    let sheet = Sheet { rows: rows.iter().enumerate().map(row).collect() };
    read(form, &sheet, Names::unseen().with(Register::Department, []), None).unwrap()
}

fn object(name: &str, spec: Value) -> Objects {
    let metadata = json!({"name": name, "uid": "u", "generation": 3, "resourceVersion": "7"});
    [((None, name.to_owned()), json!({"metadata": metadata, "spec": spec}))].into()
}

fn compared(rows: &[&[&str]], standing: &Objects) -> Vec<Line> {
    let (lines, findings) = compare(&table(&department::FORM, rows), standing);
    assert_eq!(findings, []);
    lines
}

const HEAD: &[&str] = &["短码", "单位名称", "单位类别", "岗位", "管理员用户组", "依据文件", "依据说明"];

fn standing() -> Objects {
    let groups = json!([
        {"group": "oidc:a", "role": "admin"}, {"group": "oidc:m", "role": "member"}, {"group": "oidc:b", "role": "admin"}
    ]);
    let spec = json!({
        "displayName": "区教育局", "kind": "office", "groups": groups, "posts": [{"title": "专职"}], "elasticShares": true,
        "basis": {"document": "文", "note": "注"}
    });
    object("jiaoyu", spec)
}

#[test]
fn a_row_of_nothing_that_stands_is_new_and_has_only_what_it_says() {
    let lines = compared(&[HEAD, &["kewei", "区科委", "委办局", "", "oidc:k", "", ""]], &standing());
    let groups = json!([{"group": "oidc:k", "role": "admin"}]);
    assert_eq!(lines[0].action, Action::Create);
    assert_eq!(lines[0].spec, json!({"displayName": "区科委", "kind": "office", "groups": groups}));
    assert_eq!((lines[0].line, lines[0].display_name()), (2, "区科委"));
}

#[test]
fn a_row_that_says_what_stands_in_other_words_changes_nothing() {
    let same: &[&str] = &["jiaoyu", " 区教育局 ", "office", "专职", "oidc:b；oidc:a", "文", "注"];
    assert_eq!(compared(&[HEAD, same], &standing())[0].action, Action::Same);
}

#[test]
fn a_change_is_a_patch_of_the_columns_that_differ_and_can_be_undone() {
    let other: &[&str] = &["jiaoyu", "区教育局", "事业单位", "", "oidc:c", "", ""];
    let lines = compared(&[HEAD, other], &standing());
    let Action::Change(change) = &lines[0].action else { panic!("{:?}", lines[0].action) };
    let groups = json!([{"group": "oidc:m", "role": "member"}, {"group": "oidc:c", "role": "admin"}]);
    assert_eq!(change.patch, json!({"kind": "institution", "groups": groups, "posts": null, "basis": null}));
    let shown: Vec<String> =
        change.fields.iter().map(|field| format!("{}:{}>{}", field.column, field.from, field.to)).collect();
    assert_eq!(
        shown,
        [
            "单位类别:委办局>事业单位",
            "岗位:专职>",
            "管理员用户组:oidc:a、oidc:b>oidc:c",
            "依据文件:文>",
            "依据说明:注>"
        ]
    );
    assert_eq!((change.uid.as_str(), change.generation, change.version.as_str()), ("u", 3, "7"));
    let mut spec = lines[0].spec.clone();
    apply(&mut spec, &change.back);
    assert_eq!(spec, standing()[&(None, "jiaoyu".to_owned())]["spec"]);
}

#[test]
fn a_column_that_the_file_does_not_have_is_left_alone() {
    let lines = compared(&[&HEAD[..3], &["jiaoyu", "教育局", "委办局"]], &standing());
    let Action::Change(change) = &lines[0].action else { panic!("{:?}", lines[0].action) };
    assert_eq!(change.patch, json!({"displayName": "教育局"}));
}

#[test]
fn what_needs_another_column_is_told_so() {
    let rows: &[&[&str]] = &[HEAD, &["kewei", "区科委", "委办局", "", "", "", "第三节"]];
    let (_, findings) = compare(&table(&department::FORM, rows), &Objects::new());
    let said: Vec<_> =
        findings.iter().map(|one| (one.line, one.column.as_deref(), one.said.reason())).collect();
    assert_eq!(said, [(Some(2), Some("依据文件"), "CellNeeds")]);
}

#[test]
fn a_wrong_cell_is_said_unless_the_object_has_that_very_text() {
    let rows: &[&[&str]] = &[HEAD, &["jiaoyu", "区教育局", "局委", "", "oidc:a", "", ""]];
    let reasons = |standing: &Objects| {
        let (_, findings) = compare(&table(&department::FORM, rows), standing);
        findings.iter().map(|one| (one.column.clone(), one.said.reason())).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&standing()), [(Some("单位类别".to_owned()), "CellWord")]);
    let odd = object("jiaoyu", json!({"displayName": "区教育局", "kind": "局委"}));
    assert_eq!(reasons(&odd), []);
}

fn apply(spec: &mut Value, patch: &Value) {
    let (Some(fields), Some(patch)) = (spec.as_object_mut(), patch.as_object()) else { return };
    for (key, value) in patch {
        match value {
            Value::Null => {
                fields.remove(key);
            }
            Value::Object(_) if fields.get(key).is_some_and(Value::is_object) => {
                apply(&mut fields[key], value);
            }
            _ => {
                fields.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Any text, and often what forms take for something else.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{1,12}",
        "[ '=+@、;；:：,，\n\u{3000}ａ１\u{200b}\u{202e}#\"-]{1,10}",
        Just("#REF!".to_owned()),
        "区[教育局（）]{1,6}",
    ]
}

fn words() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set(text(), 1..4).prop_map(|all| all.into_iter().collect())
}

prop_compose! {
    fn departments()(
        name in text(), parent in text(), groups in words(), posts in words(), duty in text(), sites in words(), note in text()
    ) -> Value {
        let role = |at: usize| ["admin", "member", "auditor"][at % 3];
        let groups: Vec<Value> =
            groups.iter().enumerate().map(|(at, group)| json!({"group": group, "role": role(at)})).collect();
        let posts: Vec<Value> = posts.iter().map(|title| json!({"title": title, "duty": duty})).collect();
        json!({
            "displayName": name, "kind": "office", "parent": parent, "unifiedCode": note, "groups": groups, "posts": posts,
            "allowedSites": sites, "isolationProfile": parent, "basis": {"document": name, "note": note}
        })
    }
}

prop_compose! {
    fn systems()(name in text(), provides in words(), consumes in words(), date in text(), guidance in text()) -> Value {
        json!({
            "displayName": name, "kind": "new", "zones": ["vertical", "extranet"],
            "level": {"information": 3, "service": 2}, "filing": {"number": name, "date": date}, "recovery": "none",
            "guidance": guidance, "operator": name, "supplier": guidance, "provides": provides, "consumes": consumes
        })
    }
}

fn unchanged(form: &'static Form, namespace: Option<&str>, spec: &Value) -> Result<(), TestCaseError> {
    let object = json!({"metadata": {"name": "x", "namespace": namespace}, "spec": spec});
    let names =
        || Names::unseen().with(Register::Department, [("jiaoyu".into(), spec["displayName"].to_string())]);
    let row = |line, cells| SheetRow { line, cells };
    let sheet = Sheet { rows: vec![row(1, form.headings()), row(2, form.row(&object, &names()))] };
    let table = read(form, &sheet, names(), None).unwrap();
    let standing = [((namespace.map(str::to_owned), "x".to_owned()), object)].into();
    let (lines, findings) = compare(&table, &standing);
    prop_assert_eq!(findings, []);
    prop_assert_eq!(lines.len(), 1);
    prop_assert_eq!(&lines[0].action, &Action::Same);
    Ok(())
}

proptest! {
    #[test]
    fn a_department_that_is_written_and_read_again_is_unchanged(spec in departments()) {
        unchanged(&department::FORM, None, &spec)?;
    }

    #[test]
    fn a_system_that_is_written_and_read_again_is_unchanged(spec in systems()) {
        unchanged(&system::FORM, Some("dept-jiaoyu"), &spec)?;
    }

    #[test]
    fn what_a_patch_changes_its_back_undoes(one in departments(), other in departments()) {
        let mut spec = one.clone();
        apply(&mut spec, &merge_patch(&one, &other));
        prop_assert_eq!(&spec, &other);
        apply(&mut spec, &merge_patch(&other, &one));
        prop_assert_eq!(&spec, &one);
    }
}
