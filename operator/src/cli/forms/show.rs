//! What people and programs are shown of a form.

use crds::{Lang, Message};
use plan::form::{Action, FieldChange, Finding, Line, Names, Register};
use plan::names::{DepartmentName, department_of};
use serde::Serialize;

use super::super::page::Page;
use super::super::table::{Table, clean};
use super::super::words::{self, COLON, EMPTY, Kind, SEMICOLON, Word};
use super::import::Tally;
use super::write::Failed;

/// Everything that is wrong, row by row.
pub(super) fn findings_page(path: &str, findings: &[Finding], lang: Lang) -> Page {
    let mut page = Page::new(lang);
    let (path, count) = (path.to_owned(), findings.len().to_string());
    page.warn(&Message::FormWrong { path, count });
    page.gap();
    let mut table = page.headed([words::ROW, words::COLUMN, words::CODE, words::MESSAGE]);
    for finding in findings {
        let row = finding.line.map(|line| line.to_string()).unwrap_or_default();
        let code = format!("ZY-{}", finding.said.code());
        table.row([row, finding.column.clone().unwrap_or_default(), code, finding.said.text(lang)]);
    }
    page.table(&table);
    page
}

/// What every row would do.
pub(super) fn lines_page(path: &str, lines: &[Line], names: &Names, lang: Lang) -> Page {
    let mut page = Page::new(lang);
    let Tally { made, changed, same } = Tally::of(lines);
    let (path, made, changed, same) =
        (path.to_owned(), made.to_string(), changed.to_string(), same.to_string());
    page.say(&Message::FormTally { path, made, changed, same });
    page.gap();
    let in_departments = lines.iter().any(|line| line.namespace.is_some());
    let headings = [words::ROW, words::ACTION].into_iter();
    let headings = headings.chain(in_departments.then_some(Kind::Department.word()));
    let headings = headings.chain([words::ID, words::NAME, words::CHANGES]);
    let mut table = Table::new(headings.map(|word| word.of(lang)));
    for line in lines {
        let department = line.namespace.as_deref().map(|namespace| {
            let shown = |name: DepartmentName| names.shown(Register::Department, name.as_str());
            department_of(namespace).map_or_else(|| namespace.to_owned(), shown)
        });
        let cells = [line.line.to_string(), action(&line.action).of(lang).to_owned()].into_iter();
        let cells = cells.chain(department);
        table.row(cells.chain([line.name.clone(), line.display_name().to_owned(), changes(line, lang)]));
    }
    page.table(&table);
    let hinted: Vec<&Line> = lines.iter().filter(|line| !line.hints.is_empty()).collect();
    if !hinted.is_empty() {
        page.gap();
        let mut table = page.headed([words::ROW, words::CODE, words::MESSAGE]);
        for (line, hint) in hinted.iter().flat_map(|line| line.hints.iter().map(move |hint| (line, hint))) {
            table.row([line.line.to_string(), format!("ZY-{}", hint.code()), hint.text(lang)]);
        }
        page.table(&table);
    }
    page
}

/// A row that was not written, and what became of those before it.
pub(super) fn failed_page(failed: &Failed, lang: Lang) -> Page {
    let mut page = Page::new(lang);
    for said in failed.said() {
        page.warn(&said);
    }
    page
}

/// One sentence.
pub(super) fn one(said: &Message, lang: Lang) -> Page {
    let mut page = Page::new(lang);
    page.say(said);
    page
}

fn action(action: &Action) -> Word {
    match action {
        Action::Create => words::CREATED,
        Action::Change(_) => words::CHANGED,
        Action::Same => words::SAME,
    }
}

fn changes(line: &Line, lang: Lang) -> String {
    let Action::Change(change) = &line.action else { return String::new() };
    let shown = |text: &str| if text.is_empty() { EMPTY.of(lang).to_owned() } else { text.to_owned() };
    let one = |field: &FieldChange| {
        format!("{}{}{} → {}", field.column, COLON.of(lang), shown(&field.from), shown(&field.to))
    };
    change.fields.iter().map(one).collect::<Vec<_>>().join(SEMICOLON.of(lang))
}

fn plain(field: &FieldChange) -> FieldChange {
    let FieldChange { column, from, to } = field;
    FieldChange { column: clean(column), from: clean(from), to: clean(to) }
}

/// The answer of `-o json`. Fields are added, never renamed or given another meaning; `format` grows if that must happen.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    /// Version of this structure: 1.
    format: u32,
    file: String,
    outcome: Outcome,
    /// The rows, unless the file as a whole is wrong.
    rows: Vec<Row>,
    findings: Vec<Said>,
    /// The code that does what is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) confirm: Option<String>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Outcome {
    /// Something is wrong in it; nothing was written.
    Wrong,
    /// Everything stands already; nothing was written.
    Same,
    /// It waits for its code.
    Shown,
    /// It was written.
    Written,
    /// A row was refused, and what was written before it was taken back.
    Undone,
    /// A row was refused, and not all that was written before it could be taken back.
    HalfUndone,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(rename = "row")]
    number: usize,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    name: String,
    display_name: String,
    changes: Vec<FieldChange>,
    hints: Vec<Said>,
}

/// A message, as the hub stores them: code, Chinese, English in parentheses.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    row: Option<usize>,
    column: Option<String>,
    code: String,
    message: String,
}

impl Said {
    fn new(row: Option<usize>, column: Option<&str>, said: &Message) -> Self {
        let code = format!("ZY-{}", said.code());
        Self { row, column: column.map(clean), code, message: clean(&said.to_string()) }
    }
}

impl Report {
    pub(super) fn new(path: &str, outcome: Outcome, lines: &[Line]) -> Self {
        let row = |line: &Line| Row {
            number: line.line,
            action: match line.action {
                Action::Create => "create",
                Action::Change(_) => "change",
                Action::Same => "same",
            },
            department: line.namespace.as_deref().and_then(department_of).map(|name| name.to_string()),
            name: line.name.clone(),
            display_name: clean(line.display_name()),
            changes: match &line.action {
                Action::Change(change) => change.fields.iter().map(plain).collect(),
                _ => Vec::new(),
            },
            hints: line.hints.iter().map(|hint| Said::new(Some(line.line), None, hint)).collect(),
        };
        let rows = lines.iter().map(row).collect();
        Self { format: 1, file: path.to_owned(), outcome, rows, findings: Vec::new(), confirm: None }
    }

    pub(super) fn with(mut self, findings: &[Finding]) -> Self {
        let said = |one: &Finding| Said::new(one.line, one.column.as_deref(), &one.said);
        self.findings = findings.iter().map(said).collect();
        self
    }

    pub(super) fn failed(mut self, failed: &Failed) -> Self {
        self.findings = failed.said().iter().map(|said| Said::new(None, None, said)).collect();
        self
    }
}

#[cfg(test)]
#[path = "show_tests.rs"]
mod tests;
