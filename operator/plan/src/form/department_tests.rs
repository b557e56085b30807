use crds::Lang;
use serde_json::{Value, json};

use super::super::Names;
use super::super::compare::{Objects, compare};
use super::super::read::{Sheet, SheetRow, read};
use super::*;

fn stands(name: &str, second: i64, spec: Value) -> Department {
    let mut full = json!({"displayName": name, "kind": "office"});
    full.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
    let mut department = Department::new(name, serde_json::from_value(full).unwrap());
    department.metadata.creation_timestamp = Some(Time(Timestamp::from_second(second).unwrap()));
    department
}

/// What is said about rows of: name, Chinese name, parent, code, admin groups.
fn said(departments: Vec<Department>, rows: &[[&str; 5]]) -> Vec<String> {
    let head = ["短码", "单位名称", "上级单位", "统一社会信用代码", "管理员用户组", "单位类别"];
    let cells = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let mut sheet = Sheet { rows: vec![SheetRow { line: 1, cells: cells(&head) }] };
    for (at, row) in rows.iter().enumerate() {
        let mut cells = cells(row);
        cells.push("委办局".into());
        sheet.rows.push(SheetRow { line: at + 2, cells });
    }
    let known =
        departments.iter().map(|one| (one.metadata.name.clone().unwrap(), one.spec.display_name.clone()));
    let names = Names::unseen().with(Register::Department, known);
    let table = read(&FORM, &sheet, names, None).unwrap();
    let objects: Objects = departments
        .iter()
        .map(|one| ((None, one.metadata.name.clone().unwrap()), serde_json::to_value(one).unwrap()))
        .collect();
    let (lines, findings) = compare(&table, &objects);
    assert_eq!(findings, []);
    let foreign = ["dept-taken".to_owned()].into();
    let around = Around { departments, foreign, ..Around::default() };
    let text = |finding: Finding| {
        let line = finding.line.unwrap_or_default();
        format!("{line} {} {}", finding.column.unwrap_or_default(), finding.said.text(Lang::Zh))
    };
    judge(&table, &lines, &around).into_iter().map(text).collect()
}

#[test]
fn what_the_hub_would_refuse_is_said_by_row_and_column() {
    let rows = [
        ["aa", "甲", "", "91350100M000100Y44", ""],
        ["kube", "乙", "", "", ""],
        ["taken", "丙", "", "", ""],
        ["bb", "丁", "cc", "", ""],
        ["cc", "戊", "bb", "", ""],
    ];
    let all = said(vec![], &rows);
    assert_eq!(all[0], "2 统一社会信用代码 unifiedCode“91350100M000100Y44”校验位错误,应为“3”(GB 32100-2015)");
    assert!(all[1].starts_with("3 短码 metadata.name 须为 2 至 16 位短码"), "{}", all[1]);
    assert!(all[2].starts_with("4 短码 中心 hub上已有不属于本平台的命名空间“dept-taken”"), "{}", all[2]);
    assert_eq!(
        all[3..],
        ["5 上级单位 parent 形成循环:bb -> cc -> bb", "6 上级单位 parent 形成循环:cc -> bb -> cc"]
    );
}

#[test]
fn of_two_rows_with_one_value_the_lower_is_told() {
    let rows = [["aa", "甲", "", "", "oidc:x"], ["bb", "甲", "", "", "oidc:y、oidc:x"]];
    assert_eq!(
        said(vec![], &rows),
        [
            "3 单位名称 单位名称 的值“甲”已被 Department aa 使用,必须唯一",
            "3 管理员用户组 管理员用户组 的值“oidc:x”已被 Department aa 使用,必须唯一",
        ]
    );
}

#[test]
fn a_row_that_would_make_another_department_wrong_is_told_instead_of_it() {
    let standing = || vec![stands("old", 1, json!({})), stands("young", 2, json!({"displayName": "乙"}))];
    assert_eq!(
        said(standing(), &[["old", "乙", "", "", ""]]),
        ["2 单位名称 单位名称 的值“乙”已被 Department young 使用,必须唯一"]
    );
    assert_eq!(said(standing(), &[["old", "乙", "", "", ""], ["young", "丙", "", "", ""]]), [""; 0]);
}

#[test]
fn what_was_wrong_before_and_is_not_touched_keeps_nobody_up() {
    let standing = || vec![stands("aa", 1, json!({"parent": "gone"})), stands("bb", 2, json!({}))];
    assert_eq!(said(standing(), &[["bb", "乙", "", "", ""]]), [""; 0]);
    assert_eq!(said(standing(), &[["aa", "aa", "gone", "", ""], ["bb", "乙", "aa", "", ""]]), [""; 0]);
    let twins = || {
        vec![stands("old", 1, json!({"displayName": "同"})), stands("young", 2, json!({"displayName": "同"}))]
    };
    assert_eq!(said(twins(), &[["old", "同", "", "", "oidc:x"]]), [""; 0]);
}

#[test]
fn whatever_a_person_sets_of_a_department_has_a_column() {
    use crds::tenancy::department::{DepartmentGroup, DepartmentKind, DepartmentRole, DepartmentSpec, Post};
    let text = || Some("x".to_owned());
    let group = |role| DepartmentGroup { group: "oidc:x".into(), role };
    let spec = DepartmentSpec {
        display_name: "x".into(),
        kind: DepartmentKind::Office,
        parent: text(),
        unified_code: text(),
        posts: vec![Post { title: "x".into(), duty: text() }],
        groups: [DepartmentRole::Admin, DepartmentRole::Member, DepartmentRole::Auditor].map(group).to_vec(),
        allowed_sites: vec!["x".into()],
        isolation_profile: text(),
        elastic_shares: true,
        basis: Some(crds::Basis { document: "x".into(), note: text() }),
        // Suspending is written by hand, with its document, and not for many at once.
        suspended: None,
    };
    let spec = serde_json::to_value(spec).unwrap();
    let shown = FORM.row(&json!({"metadata": {"name": "x"}, "spec": spec}), &Names::unseen());
    assert!(shown.iter().all(|cell| !cell.is_empty()), "{shown:?}");
    for word in KINDS {
        assert_eq!(serde_json::from_value::<DepartmentKind>(json!(word.value)).unwrap().zh(), word.zh);
    }
    let columns = |path: &str| {
        FORM.columns.iter().filter(|one| matches!(one.target, Target::Spec(of) if of == path)).count()
    };
    for (key, value) in spec.as_object().unwrap() {
        let paths: Vec<String> = match value {
            Value::Object(inner) => inner.keys().map(|part| format!("{key}.{part}")).collect(),
            _ => vec![key.clone()],
        };
        assert!(paths.iter().all(|path| columns(path) > 0), "{paths:?}");
    }
}
