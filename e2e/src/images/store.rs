//! Archives in the cache: each made once, the last few of an image kept.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::lock::{FileLock, cache_dir};

/// One that is made, one that a node of another test imports just now, and one of the version before.
const KEPT: usize = 3;

/// A name for what depends on these texts.
pub(super) fn key(parts: &[&str]) -> Result<String> {
    let parts = serde_json::to_vec(parts).context("write JSON")?;
    Ok(format!("{:x}", Sha256::digest(parts))[..16].to_owned())
}

/// The folder of the cache for images.
pub(super) fn folder() -> Result<PathBuf> {
    Ok(cache_dir()?.join("images"))
}

/// The archive with a key, made when missing.
pub(super) fn kept(
    image: &str,
    key: &str,
    make: impl FnOnce(&Path, &mut File) -> Result<()>,
) -> Result<PathBuf> {
    kept_in(&folder()?.join(image), key, make)
}

fn kept_in(folder: &Path, key: &str, make: impl FnOnce(&Path, &mut File) -> Result<()>) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    let _making = FileLock::take(&folder.with_extension("lock"))?;
    let archive = folder.join(format!("{key}.tar"));
    if !archive.is_file() {
        let readable = fs::Permissions::from_mode(0o644);
        let mut unfinished = tempfile::Builder::new()
            .permissions(readable)
            .tempfile_in(folder)
            .context("create an archive")?;
        make(folder, unfinished.as_file_mut())?;
        unfinished.persist(&archive).with_context(|| format!("put {} in place", archive.display()))?;
    }
    let used = File::open(&archive).and_then(|file| file.set_modified(SystemTime::now()));
    used.with_context(|| format!("mark {} as used", archive.display()))?;
    remove_old(folder)?;
    Ok(archive)
}

/// Removes all but what was used last. Whoever calls this holds the lock: what has a name of temporary files, a killed
/// process left.
pub(super) fn remove_old(folder: &Path) -> Result<()> {
    let said = || format!("remove what is old in {}", folder.display());
    let temporary = |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
    let (left, mut made): (Vec<_>, Vec<_>) = newest_first(folder)?.into_iter().partition(temporary);
    for path in left.into_iter().chain(made.drain(KEPT.min(made.len())..)) {
        if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.with_context(said)?;
    }
    Ok(())
}

/// What is in a folder, by its time.
pub(super) fn newest_first(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            found.push((entry.metadata()?.modified()?, entry.path()));
        }
        found.sort();
        Ok(found.into_iter().rev().map(|(_, path)| path).collect())
    };
    let found: std::io::Result<_> = read();
    found.with_context(|| format!("read {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn an_archive_is_made_once_and_the_last_three_that_were_used_are_kept() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("image");
        let make = |key: &str| kept_in(&folder, key, |_, file| Ok(file.write_all(key.as_bytes())?)).unwrap();
        let first = make("a");
        fs::write(folder.join(".tmpLeft"), "by a killed process").unwrap();
        fs::create_dir(folder.join(".tmpFolder")).unwrap();
        for key in ["b", "c"] {
            make(key);
        }
        let again = kept_in(&folder, "a", |_, _| panic!("it is there")).unwrap();
        assert_eq!((fs::read_to_string(&again).unwrap().as_str(), &again), ("a", &first));
        make("d");
        let mut left: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["a.tar", "c.tar", "d.tar"]);
    }

    #[test]
    fn what_failed_halfway_is_not_taken_for_an_archive() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("image");
        let failed = kept_in(&folder, "a", |_, file| {
            file.write_all(b"half")?;
            anyhow::bail!("no space")
        });
        assert_eq!(failed.unwrap_err().to_string(), "no space");
        let whole = kept_in(&folder, "a", |_, file| Ok(file.write_all(b"whole")?)).unwrap();
        assert_eq!(fs::read_to_string(whole).unwrap(), "whole");
    }
}
