//! Files in one folder, which a test mounts.

use std::fs::File;
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Reads a file.
pub(crate) fn read(folder: &Path, name: &str) -> Result<Vec<u8>> {
    std::fs::read(path(folder, name)?)
}

/// Writes a file, whole or not at all, and onto the disk: what was answered is there after a crash.
pub(crate) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let path = path(folder, name)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(folder)?.sync_all()
}

fn path(folder: &Path, name: &str) -> Result<PathBuf> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.starts_with('.') || !name.chars().all(plain) {
        let text =
            format!("{name}: a name is letters, digits, `.`, `_` and `-`, and does not begin with `.`");
        return Err(Error::new(ErrorKind::InvalidInput, text));
    }
    Ok(folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_written_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["one", "two"] {
            write(folder.path(), "a-1.txt", text.as_bytes()).unwrap();
            assert_eq!(read(folder.path(), "a-1.txt").unwrap(), text.as_bytes());
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_name_does_not_lead_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["..", ".hidden", "a/b", "../a", "a%2Fb"] {
            assert_eq!(read(folder.path(), name).unwrap_err().kind(), ErrorKind::InvalidInput, "{name}");
            assert_eq!(
                write(folder.path(), name, b"").unwrap_err().kind(),
                ErrorKind::InvalidInput,
                "{name}"
            );
        }
    }
}
