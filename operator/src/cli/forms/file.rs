//! Files of forms: what they are is told by their content, not by their name; none is overwritten.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use crds::Message;
use plan::form::{Form, Sheet};

use super::super::csv::csv;
use super::{delimited, workbook};

/// Some times a form with as many rows as are taken, all cells full.
const MAX_MIB: u64 = 8;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Kind {
    /// What the name of a file asks for.
    pub(super) fn of(path: &Path) -> Self {
        let is = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
        if is { Self::Xlsx } else { Self::Csv }
    }
}

/// Reads the cells of a file.
pub(super) fn read(path: &Path) -> Result<Sheet, Message> {
    let shown = || path.display().to_string();
    let failed = |error: String| Message::FileUnreadable { path: shown(), error };
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let mut bytes = Vec::new();
    let limit = MAX_MIB * 1024 * 1024;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| failed(error.to_string()))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        return Err(Message::FileTooLarge { path: shown(), limit: MAX_MIB.to_string() });
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return workbook::read(&bytes).map_err(|error| failed(error.to_string()));
    }
    // The container of old workbooks, and of new ones with a password.
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Message::FileOldFormat { path: shown() });
    }
    let text = delimited::decode(&bytes).ok_or_else(|| Message::FileEncoding { path: shown() })?;
    delimited::read(&text).map_err(|error| failed(error.to_string()))
}

/// The bytes of a table.
pub(super) fn bytes(kind: Kind, form: &Form, rows: &[Vec<String>]) -> Result<Vec<u8>, Message> {
    match kind {
        Kind::Csv => {
            let all: Vec<Vec<String>> =
                std::iter::once(form.headings()).chain(rows.iter().cloned()).collect();
            Ok(csv(&all).into_bytes())
        }
        Kind::Xlsx => {
            workbook::write(form, rows).map_err(|error| Message::CannotPrint { error: error.to_string() })
        }
    }
}

/// Writes a file that is not there yet.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Message> {
    let shown = || path.display().to_string();
    let opened = OpenOptions::new().write(true).create_new(true).open(path);
    let written = opened.and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Message::FileExists { path: shown() },
        _ => Message::FileNotWritten { path: shown(), error: error.to_string() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use plan::form::department::FORM;

    fn said(bytes: &[u8]) -> &'static str {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("departments.csv");
        std::fs::write(&path, bytes).unwrap();
        read(&path).map_or_else(|said| said.reason(), |_| "read")
    }

    #[test]
    fn a_file_is_told_by_its_content() {
        assert_eq!(said("短码\n".as_bytes()), "read");
        assert_eq!(said(&bytes(Kind::Xlsx, &FORM, &[]).unwrap()), "read");
        assert_eq!(said(b"PK\x03\x04 and nothing more"), "FileUnreadable");
        assert_eq!(said(b"\xd0\xcf\x11\xe0\xa1\xb1"), "FileOldFormat");
        assert_eq!(said(b"\xff\xff\xff\xff"), "FileEncoding");
        assert_eq!(said(&vec![b'a'; 9 * 1024 * 1024]), "FileTooLarge");
        assert_eq!(read(Path::new("/nonexistent/a.csv")).unwrap_err().reason(), "FileUnreadable");
    }

    #[test]
    fn what_somebody_filled_in_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.XLSX");
        assert_eq!((Kind::of(&path), Kind::of(Path::new("xlsx"))), (Kind::Xlsx, Kind::Csv));
        write(&path, b"1").unwrap();
        assert_eq!(write(&path, b"2").unwrap_err().reason(), "FileExists");
        assert_eq!(std::fs::read(&path).unwrap(), b"1");
        assert_eq!(write(&folder.path().join("no/a"), b"2").unwrap_err().reason(), "FileNotWritten");
    }
}
