//! Registers as forms: an export is an import that changes nothing, and an empty form is one without rows.

use std::path::Path;

use crds::{Lang, Message};
use plan::form::compare::Objects;
use plan::form::{Form, Names};
use plan::names::department_of;
use serde_json::{Value, json};

use super::super::failure::Exit;
use super::super::failure::Failure;
use super::super::output;
use super::super::page::Page;
use super::file::{self, Kind};
use super::systems::{ExportArgs, ExportForm};

/// Writes an empty form.
pub(super) fn template(form: &Form, verb: &[&str], path: &Path, lang: Lang) -> Result<Exit, Failure> {
    file::write(path, &file::bytes(Kind::of(path), form, &[])?)?;
    let path = path.display().to_string();
    say(&Message::TemplateWritten { path, verb: verb.join(" ") }, lang)?;
    Ok(Exit::Well)
}

/// Writes a register.
pub(super) fn register(
    form: &Form,
    objects: &Objects,
    names: &Names,
    args: &ExportArgs,
    lang: Lang,
) -> Result<Exit, Failure> {
    let by_name = args.file.as_deref().map(|path| match Kind::of(path) {
        Kind::Csv => ExportForm::Csv,
        Kind::Xlsx => ExportForm::Xlsx,
    });
    let rows = || objects.values().map(|object| form.row(object, names)).collect::<Vec<_>>();
    let bytes = match args.output.or(by_name).unwrap_or(ExportForm::Csv) {
        ExportForm::Csv => file::bytes(Kind::Csv, form, &rows())?,
        ExportForm::Xlsx => file::bytes(Kind::Xlsx, form, &rows())?,
        ExportForm::Json => {
            let all: Vec<Value> = objects.values().map(plain).collect();
            let json = serde_json::to_string_pretty(&all);
            let json = json.map_err(|error| Message::CannotPrint { error: error.to_string() })?;
            format!("{json}\n").into_bytes()
        }
    };
    match &args.file {
        Some(path) => {
            file::write(path, &bytes)?;
            let (path, count) = (path.display().to_string(), objects.len().to_string());
            say(&Message::Exported { path, count }, lang)?;
        }
        None => output::text(&String::from_utf8_lossy(&bytes))?,
    }
    Ok(Exit::Well)
}

/// What programs are given of an object.
fn plain(object: &Value) -> Value {
    let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
    let department = department_of(namespace).map(|name| name.to_string());
    json!({"department": department, "name": object["metadata"]["name"], "spec": object["spec"]})
}

fn say(message: &Message, lang: Lang) -> Result<(), Message> {
    let mut page = Page::new(lang);
    page.say(message);
    output::text(&page.text())
}
