//! Reading a form: the cells of a file become a table, or it is said what is wrong, cell by cell.

use std::collections::{BTreeMap, BTreeSet};

use crds::Message;
use serde_json::Value;

use super::cell::{BETWEEN, fold, key, tidy};
use super::{Column, Finding, Form, MAX_ROWS, Names, Target};
use crate::names::{DepartmentName, department_namespace};

/// The cells of a file as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its rows, from the top; empty ones may be left out.
    pub rows: Vec<SheetRow>,
}

/// One row of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// Its number, as a spreadsheet shows it.
    pub line: usize,
    /// Its cells, from the left.
    pub cells: Vec<String>,
}

/// A form that was read.
#[derive(Debug)]
pub struct Table {
    /// Which form.
    pub form: &'static Form,
    /// The columns that the file has.
    pub heads: Vec<Head>,
    /// Its rows.
    pub entries: Vec<Entry>,
    /// What names mean, those of the file included.
    pub names: Names,
    /// What is wrong with rows so that they stand for no object, or not for one of their own.
    pub findings: Vec<Finding>,
}

/// A column that a file has.
#[derive(Clone, Debug)]
pub struct Head {
    at: usize,
    /// The column.
    pub column: &'static Column,
    /// Its heading, as the file has it.
    pub heading: String,
}

/// One row: which object, and what it says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its row.
    pub line: usize,
    /// The namespace of the object, where its kind has one.
    pub namespace: Option<String>,
    /// The name of the object.
    pub name: String,
    /// What each column of `spec` has, in the order of [`Table::heads`].
    pub cells: Vec<Cell>,
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The column, by its place in [`Table::heads`].
    pub head: usize,
    /// The text, in the one way in which it is compared.
    pub text: String,
    /// The value, nothing where the object has none; or what is wrong, which is said unless the object has that very text.
    pub value: Result<Option<Value>, Message>,
}

/// Reads a form. `home` is the department of rows that name none.
///
/// # Errors
/// Everything that is wrong with the file as a whole.
pub fn read(
    form: &'static Form,
    sheet: &Sheet,
    names: Names,
    home: Option<&DepartmentName>,
) -> Result<Table, Vec<Finding>> {
    let said = |said| Finding { line: None, column: None, said };
    let mut rows = sheet.rows.iter().filter(|row| row.cells.iter().any(|cell| !tidy(cell).is_empty()));
    let top = rows.next().ok_or_else(|| vec![said(Message::FormEmpty {})])?;
    let heads = heads(form, top)?;
    let rows: Vec<&SheetRow> = rows.collect();
    if rows.is_empty() {
        return Err(vec![said(Message::FormEmpty {})]);
    }
    if rows.len() > MAX_ROWS {
        return Err(vec![said(Message::FormTooLong { limit: MAX_ROWS.to_string() })]);
    }
    let names = match form.own {
        Some(register) => names.with(register, called(&heads, &rows)),
        None => names,
    };
    let mut table = Table { form, heads, entries: Vec::new(), names, findings: Vec::new() };
    let mut seen = BTreeMap::new();
    for row in rows {
        let (entry, wrong) = entry(&table, row, home);
        table.findings.extend(wrong);
        let Some(entry) = entry else { continue };
        let first = *seen.entry((entry.namespace.clone(), entry.name.clone())).or_insert(row.line);
        if first == row.line {
            table.entries.push(entry);
        } else {
            let said = Message::RowTwice { name: entry.name, line: first.to_string() };
            table.findings.push(table.about(row.line, Target::Name, said));
        }
    }
    Ok(table)
}

fn heads(form: &'static Form, top: &SheetRow) -> Result<Vec<Head>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut heads: Vec<Head> = Vec::new();
    for (at, cell) in top.cells.iter().enumerate() {
        let heading = tidy(cell);
        if heading.is_empty() {
            continue;
        }
        let wanted = key(heading.trim_matches('*'));
        let column = form.columns.iter().find(|column| key(column.zh) == wanted || key(column.en) == wanted);
        let said = match column {
            None => {
                let allowed = form.columns.iter().map(|column| column.zh).collect::<Vec<_>>().join(BETWEEN);
                Message::HeadingUnknown { heading: heading.clone(), allowed }
            }
            Some(column) if heads.iter().any(|head| head.column.target_is(column)) => {
                Message::HeadingTwice { heading: heading.clone() }
            }
            Some(column) => {
                heads.push(Head { at, column, heading });
                continue;
            }
        };
        findings.push(Finding { line: Some(top.line), column: Some(heading), said });
    }
    for column in form.columns.iter().filter(|column| column.required) {
        if !heads.iter().any(|head| head.column.target_is(column)) {
            let said = Message::HeadingMissing { heading: column.zh.to_owned() };
            findings.push(Finding { line: Some(top.line), column: Some(column.zh.to_owned()), said });
        }
    }
    if findings.is_empty() { Ok(heads) } else { Err(findings) }
}

/// What the rows call themselves.
fn called(heads: &[Head], rows: &[&SheetRow]) -> Vec<(String, String)> {
    let of = |target: Target| heads.iter().find(|head| head.column.target == target).map(|head| head.at);
    let (Some(name), Some(shown)) = (of(Target::Name), of(Target::Spec("displayName"))) else {
        return Vec::new();
    };
    let cell = |row: &SheetRow, at: usize| row.cells.get(at).cloned().unwrap_or_default();
    let pairs = rows.iter().map(|row| (fold(&cell(row, name)), tidy(&cell(row, shown))));
    pairs.filter(|(name, shown)| !name.is_empty() && !shown.is_empty()).collect()
}

fn entry(table: &Table, row: &SheetRow, home: Option<&DepartmentName>) -> (Option<Entry>, Vec<Finding>) {
    let mut findings = Vec::new();
    let (mut namespace, mut name, mut cells) = (home.map(department_namespace), None, Vec::new());
    for (at, head) in table.heads.iter().enumerate() {
        let text = row.cells.get(head.at).map(String::as_str).unwrap_or_default();
        let text = head.column.shape.canonical(text);
        let value = match head.column.shape.value(&head.heading, &text, &table.names) {
            Ok(None) if head.column.required => Err(Message::CellEmpty {}),
            value => value,
        };
        match (head.column.target, value) {
            (Target::Spec(_), value) => cells.push(Cell { head: at, text, value }),
            (_, Err(said)) => findings.push(head.about(row.line, said)),
            (Target::Name, Ok(value)) => name = value.as_ref().and_then(Value::as_str).map(str::to_owned),
            (Target::Home, Ok(None)) => {}
            (Target::Home, Ok(Some(value))) => {
                let department = DepartmentName::parse(value.as_str().unwrap_or_default());
                match department {
                    Ok(department) => namespace = Some(department_namespace(&department)),
                    Err(_) => findings.push(head.about(row.line, Message::DepartmentName {})),
                }
            }
        }
    }
    let known: BTreeSet<usize> = table.heads.iter().map(|head| head.at).collect();
    for (_, cell) in row.cells.iter().enumerate().filter(|(at, _)| !known.contains(at)) {
        let value = tidy(cell);
        if !value.is_empty() {
            findings.push(Finding { line: Some(row.line), column: None, said: Message::CellStray { value } });
        }
    }
    let has_home = table.form.columns.iter().any(|column| column.target == Target::Home);
    if has_home && namespace.is_none() && findings.is_empty() {
        findings.push(table.about(row.line, Target::Home, Message::RowHomeless {}));
    }
    let entry = name.filter(|_| !has_home || namespace.is_some()).map(|name| Entry {
        line: row.line,
        namespace: namespace.filter(|_| has_home),
        name,
        cells,
    });
    (entry, findings)
}

impl Head {
    /// A finding about a cell of this column.
    #[must_use]
    pub fn about(&self, line: usize, said: Message) -> Finding {
        Finding { line: Some(line), column: Some(self.heading.clone()), said }
    }
}

impl Column {
    /// Whether it is the same part of an object: of the groups there is one column for each role.
    fn target_is(&self, other: &Self) -> bool {
        self.zh == other.zh
    }
}

impl Table {
    /// A finding about the cell of a row that is this part of the object.
    #[must_use]
    pub fn about(&self, line: usize, target: Target, said: Message) -> Finding {
        let mut columns = self.form.columns.iter().filter(|column| column.target == target);
        let column = columns.next().map(|column| self.heading(column));
        Finding { line: Some(line), column, said }
    }

    /// The heading of a column, as the file has it.
    #[must_use]
    pub fn heading(&self, column: &Column) -> String {
        let head = self.heads.iter().find(|head| head.column.target_is(column));
        head.map_or_else(|| column.zh.to_owned(), |head| head.heading.clone())
    }

    /// The heading of the column that a field of the API belongs to, such as `spec.level.information` or `spec.groups[0].group`.
    #[must_use]
    pub fn heading_of(&self, field: &str, spec: &Value) -> Option<String> {
        let target = match field {
            "metadata.name" => return self.about(0, Target::Name, Message::FormEmpty {}).column,
            "metadata.namespace" => return self.about(0, Target::Home, Message::FormEmpty {}).column,
            _ => field.strip_prefix("spec.")?,
        };
        // The field itself, a part of it, or what it is a part of.
        let belongs = |column: &&Column| {
            let Target::Spec(path) = column.target else { return false };
            let below = |long: &str, short: &str| {
                long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            below(target, path) || below(path, target)
        };
        let role = || {
            let at: usize = target.split_once('[')?.1.split_once(']')?.0.parse().ok()?;
            spec["groups"][at]["role"].as_str()
        };
        let of_role = |column: &&&Column| matches!((column.shape, role()), (super::Shape::Groups(mine), Some(role)) if mine == role);
        let columns: Vec<&Column> = self.form.columns.iter().filter(belongs).collect();
        let column = columns.iter().find(of_role).or_else(|| columns.first());
        column.map(|column| self.heading(column))
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
