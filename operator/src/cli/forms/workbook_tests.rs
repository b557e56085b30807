use plan::form::{Action, Names, Register, compare, department, read as read_form, system};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::cli::forms::{delimited, file};

#[test]
fn numbers_days_and_marks_of_a_workbook_become_the_text_that_people_see() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let day = Format::new().set_num_format("yyyy/m/d");
    sheet
        .write_string(0, 0, "a")
        .unwrap()
        .write_number(0, 1, 3.0)
        .unwrap()
        .write_boolean(0, 2, true)
        .unwrap();
    sheet.write_number_with_format(4, 1, 46082, &day).unwrap().write_number(4, 2, 2.5).unwrap();
    // Somebody formatted the last cell of the sheet, and somebody wrote far to the right.
    sheet.write_blank(1_048_575, 16_383, &day).unwrap().write_string(4, 16_000, "x").unwrap();
    workbook.add_worksheet().write_string(0, 0, "another sheet").unwrap();
    let rows = read(&workbook.save_to_buffer().unwrap()).unwrap().rows;
    assert_eq!((rows.len(), rows[0].line, rows[1].line), (2, 1, 5));
    assert_eq!(rows[0].cells, ["a", "3", "true"]);
    assert_eq!(rows[1].cells[..3], ["", "2026-03-01", "2.5"]);
    assert_eq!((rows[1].cells.len(), rows[1].cells[255].as_str()), (256, "x"));
}

#[test]
fn an_empty_form_offers_its_words_and_explains_every_column() {
    for form in [&department::FORM, &system::FORM] {
        let mut workbook = Xlsx::new(Cursor::new(write(form, &[]).unwrap())).unwrap();
        assert_eq!(workbook.sheet_names(), [form.title, EXPLAINED]);
        let explained = workbook.worksheet_range(EXPLAINED).unwrap();
        let texts: Vec<String> = explained.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
        for column in form.columns {
            assert!(texts.iter().any(|text| text == column.zh), "{}", column.zh);
            assert!(texts.iter().any(|text| text == column.means), "{}", column.zh);
            let single = !column.shape.is_list() && !column.shape.words().is_empty();
            assert_eq!(
                offered(column).unwrap().is_some(),
                single || matches!(column.shape, Shape::Number(..))
            );
        }
        let headings: Vec<String> = workbook
            .worksheet_range(form.title)
            .unwrap()
            .rows()
            .next()
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(headings, form.headings());
    }
}

/// Any text, and often what office programs would take for something else.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{1,12}",
        "[ '=+@|%、;；:：,，\n\r\t\u{3000}ａ１\u{200b}\u{202e}\u{ffff}#\"<&_-]{1,10}",
        Just("_x0041_".to_owned()),
        Just("'=1+1".to_owned()),
        Just("1E5".to_owned()),
        Just("TRUE".to_owned()),
    ]
}

/// A text that a cell can hold among others: nothing separates items in it, and no two blanks stand together.
fn plain() -> impl Strategy<Value = String> {
    "([=+'\"<&_.-]?[A-Za-z区教育局（）〔〕“”0-9]( [=+'<&,-]?)?){1,5}[区a9]"
}

fn list(of: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set(of, 1..4).prop_map(|all| all.into_iter().collect())
}

fn spec(name: &str, data: &[String], note: &str) -> Value {
    json!({
        "displayName": name, "kind": "platform", "zones": ["vertical", "extranet"],
        "level": {"information": 3, "service": 2}, "filing": {"number": note, "date": "2026-03-01"}, "recovery": "data",
        "guidance": note, "operator": name, "provides": data, "consumes": data, "basis": {"document": name, "note": note}
    })
}

fn through(kind: file::Kind, rows: &[Vec<String>]) -> Sheet {
    let bytes = file::bytes(kind, &system::FORM, rows).unwrap();
    match kind {
        file::Kind::Csv => delimited::read(&delimited::decode(&bytes).unwrap()).unwrap(),
        file::Kind::Xlsx => read(&bytes).unwrap(),
    }
}

fn names() -> Names {
    Names::unseen().with(Register::Department, [("jiaoyu".into(), "区教育局".into())])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_to_a_file_and_read_again_changes_nothing(
        name in hostile(), data in list(hostile()), note in hostile()
    ) {
        let object = json!({"metadata": {"name": "x", "namespace": "dept-jiaoyu"}, "spec": spec(&name, &data, &note)});
        for kind in [file::Kind::Csv, file::Kind::Xlsx] {
            let sheet = through(kind, &[system::FORM.row(&object, &names())]);
            let table = read_form(&system::FORM, &sheet, names(), None).unwrap();
            let standing = [((Some("dept-jiaoyu".to_owned()), "x".to_owned()), object.clone())].into();
            let (lines, findings) = compare(&table, &standing);
            prop_assert_eq!(findings, []);
            prop_assert_eq!(&lines[0].action, &Action::Same);
        }
    }

    #[test]
    fn a_register_comes_back_from_a_file_as_it_was(name in plain(), data in list(plain()), note in plain()) {
        let spec = spec(&name, &data, &note);
        let object = json!({"metadata": {"name": "x", "namespace": "dept-jiaoyu"}, "spec": spec});
        for kind in [file::Kind::Csv, file::Kind::Xlsx] {
            let sheet = through(kind, &[system::FORM.row(&object, &names())]);
            let table = read_form(&system::FORM, &sheet, names(), None).unwrap();
            let (lines, findings) = compare(&table, &plan::form::compare::Objects::new());
            prop_assert_eq!(findings, []);
            prop_assert_eq!(&lines[0].spec, &spec);
        }
    }
}
