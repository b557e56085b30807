//! Forms (表格): what people fill in as a table, one row an object, and what becomes of it.
//!
//! | step | where | from | to |
//! |---|---|---|---|
//! | read | [`read`] | the cells of a file | a [`Table`], or what is wrong with the file as a whole |
//! | compare | [`compare`] | the table and what stands | a [`Line`] a row (new, changed, or as it stands) and what is wrong, cell by cell |
//! | judge | [`department`], [`system`] | the lines and what else stands | what the hub would object to |
//! | write | [`Form::row`] | objects | cells |
//!
//! A form says nothing of objects that are not in the file, and of an object nothing but the columns of the file. An exported file
//! changes nothing when it is imported again, whatever stands in the objects: cells are compared, not only what they mean.

pub mod cell;
pub mod compare;
pub mod department;
pub mod names;
pub mod read;
pub mod request;
pub mod shape;
pub mod system;

use crds::Message;
use serde_json::Value;

use crate::names::department_of;
pub use compare::{Action, Change, FieldChange, Line, compare};
pub use names::{Names, Register};
pub use read::{Entry, Sheet, SheetRow, Table, read};
pub use shape::{Shape, Word};

/// The most rows that are taken at once: some times what a district has.
pub const MAX_ROWS: usize = 2000;

/// A kind of table.
#[derive(Debug)]
pub struct Form {
    /// What it is called (单位登记表).
    pub title: &'static str,
    /// How messages name the kind of its objects.
    pub kind: &'static str,
    /// What is explained about it as a whole, beside its columns.
    pub notes: &'static [&'static str],
    /// Its columns, in the order in which they are written.
    pub columns: &'static [Column],
    /// Fields that come only with another one: the first, then the one that it needs.
    pub needs: &'static [(&'static str, &'static str)],
    /// The register that its rows belong to themselves, so that rows may name each other.
    pub own: Option<Register>,
}

/// A column of a form.
#[derive(Debug)]
pub struct Column {
    /// Its heading.
    pub zh: &'static str,
    /// Its heading in English, which is accepted too.
    pub en: &'static str,
    /// What is to be filled in, for people.
    pub means: &'static str,
    /// Whether it must be filled in.
    pub required: bool,
    /// Which part of the object it is.
    pub target: Target,
    /// What can stand in it.
    pub shape: Shape,
    /// How wide it is shown, in characters.
    pub width: u8,
}

/// Which part of an object a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// `metadata.name`.
    Name,
    /// The department whose namespace it stands in.
    Home,
    /// A field of `spec`, with dots.
    Spec(&'static str),
}

/// Something that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The row, as a spreadsheet numbers it; nothing when it is about the file.
    pub line: Option<usize>,
    /// The heading of the column, as the file has it.
    pub column: Option<String>,
    /// What is said.
    pub said: Message,
}

impl Form {
    /// The row of an object.
    #[must_use]
    pub fn row(&self, object: &Value, names: &Names) -> Vec<String> {
        self.columns.iter().map(|column| column.cell(object, names)).collect()
    }

    /// The headings.
    #[must_use]
    pub fn headings(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.zh.to_owned()).collect()
    }
}

impl Column {
    /// What an object has in this column.
    #[must_use]
    pub fn cell(&self, object: &Value, names: &Names) -> String {
        match self.target {
            Target::Name => object["metadata"]["name"].as_str().unwrap_or_default().to_owned(),
            Target::Home => {
                let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
                department_of(namespace).map_or_else(
                    || namespace.to_owned(),
                    |department| names.shown(Register::Department, department.as_str()),
                )
            }
            Target::Spec(path) => self.shape.shown(at(&object["spec"], path), names),
        }
    }
}

/// A field of an object by its path with dots; `0` is the first of a list.
pub(crate) fn at<'a>(spec: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(spec, |value, key| if key == FIRST { &value[0] } else { &value[key] })
}

/// In a path: the first of a list. A row is about one thing, so there is no second.
pub(crate) const FIRST: &str = "0";
