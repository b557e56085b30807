use crds::Lang;
use serde_json::json;

use super::super::Names;
use super::super::compare::{Objects, compare};
use super::super::read::{Sheet, SheetRow, read};
use super::*;

fn judged(zones: &str, departments: Option<&[Department]>) -> (Vec<String>, Vec<Message>) {
    let cells = [
        ["单位", "短码", "系统名称", "系统类别", "网络区域", "LEVEL S", "LEVEL A"],
        ["jiaoyu", "xueji", "学籍", "存量", zones, "3", "2"],
    ];
    let row = |(at, cells): (usize, &[&str; 7])| SheetRow {
        line: at + 1,
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
    };
    let sheet = Sheet { rows: cells.iter().enumerate().map(row).collect() };
    let table = read(&FORM, &sheet, Names::unseen(), None).unwrap();
    let (mut lines, findings) = compare(&table, &Objects::new());
    assert_eq!(findings, []);
    let said = judge(&table, &mut lines, departments);
    let text = |one: Finding| format!("{} {}", one.column.unwrap_or_default(), one.said.text(Lang::Zh));
    (said.into_iter().map(text).collect(), lines.remove(0).hints)
}

fn department(ready: &str) -> Department {
    let condition = json!({
        "type": "Ready", "status": ready, "reason": "x", "message": "x", "observedGeneration": 1,
        "lastTransitionTime": "2026-01-01T00:00:00Z"
    });
    let object = json!({
        "apiVersion": "zhengyun.io/v1alpha1", "kind": "Department", "metadata": {"name": "jiaoyu", "generation": 1},
        "spec": {"displayName": "区教育局", "kind": "office"}, "status": {"conditions": [condition]}
    });
    serde_json::from_value(object).unwrap()
}

#[test]
fn a_system_is_judged_as_the_hub_would() {
    let ready = [department("True")];
    assert_eq!(judged("政务外网", Some(&ready)), (vec![], vec![Message::FilingMissing {}]));
    let (said, _) = judged("条线、政务内网", Some(&ready));
    assert!(said[0].starts_with("网络区域 zones 不得含政务内网"), "{said:?}");
    assert!(said[1].starts_with("指导意见编号 条线(vertical)系统须填写"), "{said:?}");
    let (said, _) = judged("政务外网", Some(&[department("False")]));
    assert_eq!(said, ["单位 单位 引用的单位 Department“jiaoyu”自身未就绪,请先处理"]);
    let (said, _) = judged("政务外网", Some(&[]));
    assert_eq!(said, ["单位 须建在单位的命名空间(dept-<单位>)中,“dept-jiaoyu”不是"]);
}

#[test]
fn who_may_not_see_departments_is_answered_by_the_api_server() {
    assert_eq!(judged("政务外网", None).0, [""; 0]);
}

#[test]
fn the_words_of_the_form_are_those_of_the_api() {
    use crds::Zone;
    use crds::migration::system::{FundingClass, RecoveryClass, SystemKind};
    let value = |word: &Word| json!(word.value);
    for word in KINDS {
        assert_eq!(serde_json::from_value::<SystemKind>(value(word)).unwrap().zh(), word.zh);
    }
    for word in ZONES {
        assert_eq!(serde_json::from_value::<Zone>(value(word)).unwrap().zh(), word.zh);
    }
    assert!(RECOVERY.iter().all(|word| serde_json::from_value::<RecoveryClass>(value(word)).is_ok()));
    assert!(FUNDING.iter().all(|word| serde_json::from_value::<FundingClass>(value(word)).is_ok()));
}

#[test]
fn whatever_a_person_sets_of_a_system_has_a_column() {
    use crds::migration::system::{Filing, FundingClass, RecoveryClass, SystemKind, SystemSpec};
    let text = || Some("x".to_owned());
    let spec = SystemSpec {
        display_name: "x".into(),
        kind: SystemKind::New,
        zones: vec![crds::Zone::Extranet],
        level: crds::ProtectionLevel { information: 3, service: 2 },
        filing: Some(Filing { number: "x".into(), date: "2026-03-01".into() }),
        recovery: RecoveryClass::Data,
        funding: Some(FundingClass::Business),
        guidance: text(),
        operator: text(),
        supplier: text(),
        provides: vec!["x".into()],
        consumes: vec!["x".into()],
        // Users and groups of the sign-in service: named on the object, not in a register that goes round as a file.
        officers: None,
        basis: Some(crds::Basis { document: "x".into(), note: text() }),
    };
    let spec = serde_json::to_value(spec).unwrap();
    let columns = |path: &str| {
        FORM.columns.iter().filter(|one| matches!(one.target, Target::Spec(of) if of == path)).count()
    };
    for (key, value) in spec.as_object().unwrap() {
        let paths: Vec<String> = match value {
            serde_json::Value::Object(inner) => inner.keys().map(|part| format!("{key}.{part}")).collect(),
            _ => vec![key.clone()],
        };
        assert!(paths.iter().all(|path| columns(path) == 1), "{paths:?}");
    }
}
