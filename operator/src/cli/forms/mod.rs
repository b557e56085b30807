//! Forms on the command line: `onboard` for departments, `systems import` and `systems export` for information systems,
//! `requests import` for what departments ask for.
//!
//! A file is read, compared with what stands and judged; what it would do is shown, and done only with the code of what was shown.
//! A kind of form is a [`Subject`]: what it may name, what stands of it, and what the hub would object to.

mod delimited;
mod departments;
mod dry_run;
mod export;
mod file;
mod import;
mod requests;
mod show;
mod systems;
mod workbook;
mod write;

use std::path::PathBuf;

use crds::Message;
use kube::Client;
use kube::api::DynamicObject;
use kube::core::ApiResource;
use plan::form::compare::Objects;
use plan::form::{Finding, Form, Line, Names, Table};
use plan::names::DepartmentName;

use super::output::Output;

pub(super) use departments::run as onboard;
pub(super) use requests::{RequestsImportArgs, run as requests};
pub(super) use systems::{SystemsAction, run as systems};

/// What an import is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ImportArgs {
    /// The file.
    #[arg(
        short = 'f',
        long,
        value_name = "FILE",
        required_unless_present = "template",
        help = "填好的表格,CSV 或 xlsx (the form, filled in)"
    )]
    pub(crate) file: Option<PathBuf>,
    /// Where an empty form is to be written.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["file", "confirm"],
        help = "写出一份空表,.xlsx(带填写说明和下拉选项)或 .csv (write an empty form)"
    )]
    pub(crate) template: Option<PathBuf>,
    /// The code that was shown.
    #[arg(long, value_name = "CODE", help = "所示的确认码,写入 (the code that was shown: writes it)")]
    pub(crate) confirm: Option<String>,
    /// In which form.
    #[arg(short, long, value_enum, default_value_t = Output::Text, help = "输出形式 (form of the answer)")]
    pub(crate) output: Output,
}

/// A kind of form, with what was looked up for it.
trait Subject: Sized {
    /// The form.
    const FORM: &'static Form;
    /// The words of the verb that imports it.
    const VERB: &'static [&'static str];

    /// The kind of its objects.
    fn resource() -> ApiResource;

    /// Looks up what its rows may name.
    async fn look(client: &Client) -> Result<(Self, Names), Message>;

    /// What stands where the rows point to, as far as the person may look.
    async fn standing(&self, client: &Client, table: &Table) -> Result<Objects, Message>;

    /// What the hub would object to.
    fn judge(&self, table: &Table, lines: &mut [Line]) -> Vec<Finding>;

    /// What stays behind of rows that were written and taken back.
    async fn left_behind(client: &Client, names: &[String]) -> Vec<String>;
}

/// Which file, and for whom its rows are that name nobody.
struct Import<'a> {
    args: &'a ImportArgs,
    home: Option<DepartmentName>,
    /// The namespace as it was given.
    namespace: Option<&'a str>,
}

fn keyed(objects: impl IntoIterator<Item = DynamicObject>) -> Result<Objects, Message> {
    let unreadable = |error: serde_json::Error| Message::CannotConnect { error: error.to_string() };
    let one = |object: DynamicObject| {
        let key = (object.metadata.namespace.clone(), object.metadata.name.clone().unwrap_or_default());
        Ok((key, serde_json::to_value(object).map_err(unreadable)?))
    };
    objects.into_iter().map(one).collect()
}
