use serde_json::json;

use super::super::{department, system};
use super::*;
use crate::form::Register;

fn sheet(rows: &[&[&str]]) -> Sheet {
    let row = |(at, cells): (usize, &&[&str])| SheetRow {
        line: at + 1,
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
    };
    Sheet { rows: rows.iter().enumerate().map(row).collect() }
}

fn said(findings: &[Finding]) -> Vec<String> {
    let text = |finding: &Finding| {
        let column = finding.column.as_deref().unwrap_or("-");
        let line = finding.line.map_or("-".to_owned(), |line| line.to_string());
        format!("{line} {column} {}", finding.said.text(crds::Lang::Zh))
    };
    findings.iter().map(text).collect()
}

fn departments(rows: &[&[&str]]) -> Result<Table, Vec<Finding>> {
    let names = Names::unseen().with(Register::Department, [("kewei".into(), "区科委".into())]);
    read(&department::FORM, &sheet(rows), names, None)
}

const HEAD: &[&str] = &["短码", "单位名称", "单位类别"];

#[test]
fn every_column_of_a_form_stands_once_and_is_explained() {
    for form in [&department::FORM, &system::FORM] {
        let mut keys = BTreeSet::new();
        for column in form.columns {
            assert!(keys.insert(key(column.zh)) && keys.insert(key(column.en)), "{} twice", column.zh);
            assert!(!column.means.is_empty() && column.width > 0, "{}", column.zh);
        }
    }
}

#[test]
fn rows_are_read_under_headings_in_either_language_and_any_order() {
    let table = departments(&[
        &["", ""],
        &["NAME", " 单位类别* ", "短 码", "上级单位"],
        &["区教育局", "委办局", "ｊｉａｏｙｕ", "学校管理中心"],
        &["", " ", "\u{200b}"],
        &["学校管理中心", "institution", "xuexiao", "区科委"],
    ])
    .unwrap();
    assert_eq!(table.findings, []);
    let of = |entry: &Entry| (entry.line, entry.name.clone(), entry.namespace.clone());
    assert_eq!(of(&table.entries[0]), (3, "jiaoyu".into(), None));
    assert_eq!(of(&table.entries[1]), (5, "xuexiao".into(), None));
    let values =
        |entry: &Entry| entry.cells.iter().map(|cell| cell.value.clone().unwrap()).collect::<Vec<_>>();
    let text = |text: &str| Some(json!(text));
    assert_eq!(values(&table.entries[0]), [text("区教育局"), text("office"), text("xuexiao")]);
    assert_eq!(values(&table.entries[1])[2], text("kewei"));
}

#[test]
fn a_file_that_is_not_the_form_is_told_so() {
    let unknown = "1 备注 没有名为“备注”的列;可用的列:短码、单位名称、单位类别、上级单位、统一社会信用代码、岗位、\
                   管理员用户组、成员用户组、只读用户组、可用机房、隔离方案、余量调剂、依据文件、依据说明\
                   |1 单位名称 缺少必填的列“单位名称”";
    let cases: [(&[&[&str]], &str); 4] = [
        (&[], "- - 表中没有填写任何一行"),
        (&[HEAD], "- - 表中没有填写任何一行"),
        (&[&["短码", "单位类别", "备注"], &["a"]], unknown),
        (&[&["短码", "单位名称", "单位类别", "ID"], &["a"]], "1 ID 列“ID”出现了两次"),
    ];
    for (rows, expected) in cases {
        assert_eq!(said(&departments(rows).unwrap_err()).join("|"), expected);
    }
}

#[test]
fn more_rows_than_are_taken_at_once_are_refused() {
    let names: Vec<String> = (0..=MAX_ROWS).map(|n| format!("d{n}")).collect();
    let rows: Vec<Vec<&str>> = names.iter().map(|name| vec![name.as_str(), name, "镇"]).collect();
    let all = |count: usize| {
        let rows = rows[..count].iter().map(Vec::as_slice);
        departments(&std::iter::once(HEAD).chain(rows).collect::<Vec<_>>())
    };
    assert_eq!(all(MAX_ROWS).unwrap().entries.len(), MAX_ROWS);
    assert_eq!(said(&all(MAX_ROWS + 1).unwrap_err()), ["- - 一次最多 2000 行;请分成几个文件"]);
}

#[test]
fn rows_that_stand_for_no_object_of_their_own_are_told_so() {
    let table = departments(&[
        HEAD,
        &["", "区教育局", "镇"],
        &["Jiaoyu", "区教育局", "镇"],
        &["jiaoyu", "区教育局", "镇", "多余"],
        &["jiaoyu", "区教育局二", "镇"],
    ])
    .unwrap();
    assert_eq!(
        said(&table.findings),
        [
            "2 短码 必填,不能为空",
            "3 短码 “Jiaoyu”不是短码:须由小写字母、数字和连字符组成,以字母或数字开头和结尾",
            "4 - “多余”所在的列没有表头",
            "5 短码 “jiaoyu”与第 4 行重复",
        ]
    );
}

#[test]
fn a_system_stands_where_its_row_or_the_command_says() {
    let head: &[&str] =
        &["单位", "短码", "系统名称", "系统类别", "网络区域", "业务信息安全等级(S)", "系统服务安全等级（A）"];
    let row = |home: &'static str| -> [&'static str; 7] {
        [home, "xueji", "学籍", "存量", "政务外网", "3", "2.0"]
    };
    let read_with = |home: &'static str, default: Option<&str>, names: Names| {
        let default = default.map(|name| DepartmentName::parse(name).unwrap());
        let table = read(&system::FORM, &sheet(&[head, &row(home)]), names, default.as_ref()).unwrap();
        let namespace = table.entries.first().and_then(|entry| entry.namespace.clone());
        namespace.ok_or_else(|| said(&table.findings).join("|"))
    };
    let seen = || Names::unseen().with(Register::Department, [("kewei".into(), "区科委".into())]);
    assert_eq!(read_with("区科委", None, seen()), Ok("dept-kewei".into()));
    assert_eq!(read_with("kewei", Some("jiaoyu"), Names::unseen()), Ok("dept-kewei".into()));
    assert_eq!(read_with("", Some("jiaoyu"), Names::unseen()), Ok("dept-jiaoyu".into()));
    assert_eq!(read_with("", None, seen()), Err("2 单位 未填单位;请填写,或以 -n dept-<单位> 指定".into()));
    assert_eq!(
        read_with("区科委", None, Names::unseen()),
        Err("2 单位 您无权查看全区的单位 Department,不能按名称查找“区科委”;请填短码".into())
    );
}

#[test]
fn a_field_of_the_api_is_found_as_a_column() {
    let table = departments(&[
        &["ID", "单位名称", "单位类别", "成员用户组"],
        &["jiaoyu", "区教育局", "镇", "oidc:a"],
    ])
    .unwrap();
    let spec =
        json!({"groups": [{"group": "oidc:a", "role": "member"}, {"group": "oidc:b", "role": "auditor"}]});
    let heading = |field: &str| table.heading_of(field, &spec);
    assert_eq!(heading("metadata.name").as_deref(), Some("ID"));
    assert_eq!(heading("spec.groups[0].group").as_deref(), Some("成员用户组"));
    assert_eq!(heading("spec.groups[1]").as_deref(), Some("只读用户组"));
    assert_eq!(heading("spec.basis").as_deref(), Some("依据文件"));
    assert_eq!(heading("spec.basis.note").as_deref(), Some("依据说明"));
    assert_eq!(heading("spec.kinds"), None);
}
