use super::*;
use plan::form::Change;
use serde_json::json;

fn lines() -> Vec<Line> {
    let line = |line, name: &str, shown: &str, action| Line {
        line,
        namespace: Some("dept-jiaoyu".into()),
        name: name.into(),
        spec: json!({"displayName": shown}),
        action,
        hints: Vec::new(),
    };
    let field = |column: &str, from: &str, to: &str| FieldChange {
        column: column.into(),
        from: from.into(),
        to: to.into(),
    };
    let change = Change {
        uid: "u".into(),
        generation: 1,
        version: "1".into(),
        patch: json!({}),
        back: json!({}),
        fields: vec![field("系统类别", "增量", "存量"), field("备案编号", "", "沪\u{1b}[2J01")],
    };
    let mut new = line(2, "xueji", "学籍管理系统", Action::Create);
    new.hints.push(Message::FilingMissing {});
    vec![new, line(3, "oa", "办公系统", Action::Change(change)), line(5, "web", "网站", Action::Same)]
}

#[test]
fn what_a_form_would_do_is_shown_row_by_row() {
    let names = Names::unseen().with(Register::Department, [("jiaoyu".into(), "区教育局".into())]);
    insta::assert_snapshot!(lines_page("systems.xlsx", &lines(), &names, Lang::Zh).text());
}

#[test]
fn what_is_wrong_is_shown_by_row_and_column() {
    let finding =
        |line, column: Option<&str>, said| Finding { line, column: column.map(str::to_owned), said };
    let findings = [
        finding(None, None, Message::FormTooLong { limit: "2000".into() }),
        finding(
            Some(3),
            Some("系统类别"),
            Message::CellWord { value: "旧".into(), allowed: "增量、存量".into() },
        ),
        finding(Some(12), Some("短码"), Message::CellEmpty {}),
    ];
    insta::assert_snapshot!(findings_page("systems.csv", &findings, Lang::Zh).text());
    let report = Report::new("systems.csv", Outcome::Wrong, &[]).with(&findings[1..2]);
    insta::assert_yaml_snapshot!(report);
}

#[test]
fn programs_are_shown_the_same() {
    let mut report = Report::new("systems.csv", Outcome::Shown, &lines());
    report.confirm = Some("0123abcd".into());
    insta::assert_yaml_snapshot!(report);
}
