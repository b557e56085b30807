//! A table against what stands: which rows are new, which change something, and what exactly is written for them.

use std::collections::BTreeMap;

use crds::Message;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::read::{Entry, Table};
use super::{Column, FIRST, Finding, Shape, Target, at};

/// What stands, by namespace and name.
pub type Objects = BTreeMap<(Option<String>, String), Value>;

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The row.
    pub line: usize,
    /// The namespace of the object, where its kind has one.
    pub namespace: Option<String>,
    /// The name of the object.
    pub name: String,
    /// What its spec will be.
    pub spec: Value,
    /// New, changed or the same.
    pub action: Action,
    /// What a person should see to, although it is right.
    #[serde(skip)]
    pub hints: Vec<Message>,
}

/// What is done for a row.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// The object is made.
    Create,
    /// Some of it changes.
    Change(Change),
    /// It stands so already.
    Same,
}

/// What changes in an object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Which object: a name can be used again.
    pub uid: String,
    /// Its content that was compared.
    pub generation: i64,
    /// Its version, before which nothing is written. Whatever only its status says is no part of what people confirm.
    #[serde(skip)]
    pub version: String,
    /// The merge patch of its spec.
    pub patch: Value,
    /// The merge patch that undoes it.
    #[serde(skip)]
    pub back: Value,
    /// What people see of it.
    pub fields: Vec<FieldChange>,
}

/// One cell that says something else than the object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The column's heading, as the file has it.
    pub column: String,
    /// What the object has.
    pub from: String,
    /// What the file has.
    pub to: String,
}

impl Line {
    /// What people call the object.
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.spec["displayName"].as_str().unwrap_or_default()
    }
}

/// Compares a table with what stands. Everything that is wrong with the file by itself is said here, in the order of its rows.
#[must_use]
pub fn compare(table: &Table, standing: &Objects) -> (Vec<Line>, Vec<Finding>) {
    let mut findings = table.findings.clone();
    let mut lines = Vec::new();
    for entry in &table.entries {
        let object = standing.get(&(entry.namespace.clone(), entry.name.clone()));
        let (line, wrong) = line(table, entry, object);
        if line.action != Action::Same && wrong.is_empty() {
            findings.extend(lacks(table, &line));
        }
        findings.extend(wrong);
        lines.push(line);
    }
    findings.sort_by_key(|finding| finding.line);
    (lines, findings)
}

fn line(table: &Table, entry: &Entry, object: Option<&Value>) -> (Line, Vec<Finding>) {
    let before = object.map_or_else(|| json!({}), |object| object["spec"].clone());
    let mut spec = before.clone();
    let (mut fields, mut findings) = (Vec::new(), Vec::new());
    for cell in &entry.cells {
        let head = &table.heads[cell.head];
        let column = head.column;
        let from = object.map(|object| column.cell(object, &table.names)).unwrap_or_default();
        // What an object has already is no concern of this file, however it came there.
        if object.is_some() && column.shape.canonical(&from) == cell.text {
            continue;
        }
        let value = match &cell.value {
            Ok(value) => value,
            Err(said) => {
                findings.push(head.about(entry.line, said.clone()));
                continue;
            }
        };
        if object.is_some() && column.shape.same(column.value_in(&before).as_ref(), value.as_ref()) {
            continue;
        }
        column.put(&mut spec, value.clone());
        fields.push(FieldChange { column: head.heading.clone(), from, to: cell.text.clone() });
    }
    let action = match object {
        None => Action::Create,
        Some(_) if spec == before => Action::Same,
        Some(object) => Action::Change(Change {
            uid: text(&object["metadata"]["uid"]),
            generation: object["metadata"]["generation"].as_i64().unwrap_or_default(),
            version: text(&object["metadata"]["resourceVersion"]),
            patch: merge_patch(&before, &spec),
            back: merge_patch(&spec, &before),
            fields,
        }),
    };
    let Entry { line, namespace, name, cells: _ } = entry.clone();
    (Line { line, namespace, name, spec, action, hints: Vec::new() }, findings)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Fields that are there without the one that they need.
fn lacks(table: &Table, line: &Line) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (has, needs) in table.form.needs {
        if at(&line.spec, has).is_null() || !at(&line.spec, needs).is_null() {
            continue;
        }
        let heading = |path: &str| table.heading_of(&format!("spec.{path}"), &line.spec).unwrap_or_default();
        let (column, other) = (heading(needs), heading(has));
        let said = Message::CellNeeds { column: column.clone(), other };
        findings.push(Finding { line: Some(line.line), column: Some(column), said });
    }
    findings
}

impl Column {
    /// The value that an object has in this column.
    fn value_in(&self, spec: &Value) -> Option<Value> {
        let Target::Spec(path) = self.target else { return None };
        let value = at(spec, path);
        match (self.shape, value) {
            (Shape::Groups(role), Value::Array(all)) => {
                let mine: Vec<Value> = all.iter().filter(|group| group["role"] == role).cloned().collect();
                (!mine.is_empty()).then_some(Value::Array(mine))
            }
            (Shape::OneOfOr(_, or), Value::Null) => Some(json!(or)),
            (Shape::Flag, Value::Bool(false)) | (_, Value::Null) => None,
            (_, value) => Some(value.clone()),
        }
    }

    /// Puts a value into a spec, or takes it away.
    fn put(&self, spec: &mut Value, value: Option<Value>) {
        let Target::Spec(path) = self.target else { return };
        let value = match self.shape {
            // Each column has the groups of one role; those of the others stay.
            Shape::Groups(role) => {
                let all = at(spec, path).as_array().cloned().unwrap_or_default();
                let others = all.into_iter().filter(|group| group["role"] != role);
                let mine = value.and_then(|value| value.as_array().cloned()).unwrap_or_default();
                let all: Vec<Value> = others.chain(mine).collect();
                (!all.is_empty()).then_some(Value::Array(all))
            }
            _ => value,
        };
        set(spec, path, value);
    }
}

/// Sets a field by its path, or takes it away with whatever it leaves empty.
fn set(spec: &mut Value, path: &str, value: Option<Value>) {
    let Some(fields) = spec.as_object_mut() else { return };
    match path.split_once('.') {
        None => match value {
            Some(value) => {
                fields.insert(path.to_owned(), value);
            }
            None => {
                fields.remove(path);
            }
        },
        Some((key, rest)) => {
            let inner = if let Some(rest) = rest.strip_prefix(FIRST).and_then(|rest| rest.strip_prefix('.')) {
                let list = fields.entry(key).or_insert_with(|| json!([{}]));
                if list.as_array().is_none_or(Vec::is_empty) {
                    *list = json!([{}]);
                }
                let inner = &mut list[0];
                set(inner, rest, value);
                &*inner
            } else {
                let inner = fields.entry(key).or_insert_with(|| json!({}));
                set(inner, rest, value);
                &*inner
            };
            if inner.as_object().is_some_and(Map::is_empty) {
                fields.remove(key);
            }
        }
    }
}

/// The JSON merge patch (RFC 7396) from one object to another.
fn merge_patch(from: &Value, to: &Value) -> Value {
    let (Value::Object(from), Value::Object(to)) = (from, to) else { return to.clone() };
    let gone = from.keys().filter(|key| !to.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    let other = to.iter().filter(|(key, value)| from.get(*key) != Some(*value)).map(|(key, value)| {
        let patch = from.get(key).map_or_else(|| value.clone(), |from| merge_patch(from, value));
        (key.clone(), patch)
    });
    Value::Object(gone.chain(other).collect())
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
