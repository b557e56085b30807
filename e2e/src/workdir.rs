//! Temporary folders of districts. What a killed process left behind, the next start removes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::lock::{FileLock, cache_dir};
use crate::nodes;

const PREFIX: &str = "zhengyun-";
const OWNER: &str = "owner.lock";

/// Set to keep folders until the next start, to look into them after a failed test.
const KEEP: &str = "ZHENGYUN_KEEP";

/// A folder that is removed when dropped.
#[derive(Debug)]
pub struct WorkDir {
    // Removed before the lock goes, so that nobody finds a folder without an owner.
    dir: tempfile::TempDir,
    _owner: FileLock,
}

impl WorkDir {
    /// Makes a folder of this process, after removing those of dead ones.
    pub fn create() -> Result<Self> {
        let parent = std::env::temp_dir();
        let made = Self::create_in(&parent, &cache_dir()?)?;
        nodes::remove_abandoned(|name| parent.join(name).exists() || maker_lives(name));
        Ok(made)
    }

    fn create_in(parent: &Path, cache: &Path) -> Result<Self> {
        // Between a folder's creation and the lock on it, it looks like one of a dead process.
        let _creating = FileLock::take(&cache.join("workdirs.lock"))?;
        remove_abandoned(parent)?;
        let mut dir = tempfile::Builder::new()
            .prefix(&format!("{PREFIX}{}-", std::process::id()))
            .tempdir_in(parent)
            .context("create the district's folder")?;
        if std::env::var_os(KEEP).is_some() {
            eprintln!("{KEEP} is set: {} stays until the next start", dir.path().display());
            dir.disable_cleanup(true);
        }
        let owner = FileLock::take(&dir.path().join(OWNER))?;
        Ok(Self { dir, _owner: owner })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// What it is called, as nothing else of a living district is.
    #[must_use]
    pub fn name(&self) -> String {
        self.path().file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Makes a folder inside it.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(&path).with_context(|| format!("create {}", path.display()))?;
        Ok(path)
    }
}

/// Whether the process that made the folder of this name still runs.
fn maker_lives(name: &str) -> bool {
    let pid = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
    pid.is_some_and(|pid| pid.parse::<u32>().is_ok() && Path::new("/proc").join(pid).exists())
}

fn remove_abandoned(parent: &Path) -> Result<()> {
    for entry in std::fs::read_dir(parent).with_context(|| format!("list {}", parent.display()))? {
        let entry = entry.context("list the temporary folder")?;
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let owner = entry.path().join(OWNER);
        let abandoned = if owner.exists() {
            // Another user's folder cannot be opened, and is not ours to remove.
            FileLock::try_take(&owner).is_ok_and(|lock| lock.is_some())
        } else {
            // Killed before it had its lock. Anything of the same prefix that is not a district's is left alone for a day.
            older_than(&entry, Duration::from_hours(24)) && entry.path().is_dir() && is_empty(&entry.path())
        };
        if abandoned {
            // Processes of the dead owner may still be writing for a moment; the next start gets what is left.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

fn older_than(entry: &std::fs::DirEntry, age: Duration) -> bool {
    let modified = entry.metadata().and_then(|data| data.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|elapsed| elapsed > age))
}

fn is_empty(dir: &Path) -> bool {
    std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_start_removes_what_a_dead_process_left_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let dead = parent.path().join("zhengyun-1-dead");
        std::fs::create_dir_all(dead.join("etcd")).unwrap();
        std::fs::write(dead.join(OWNER), "").unwrap();
        let foreign = parent.path().join("zhengyun-notes");
        std::fs::create_dir(&foreign).unwrap();

        let first = WorkDir::create_in(parent.path(), parent.path()).unwrap();
        assert!(!dead.exists());
        assert!(foreign.exists());
        let second = WorkDir::create_in(parent.path(), parent.path()).unwrap();
        assert!(first.path().exists(), "its owner lives");

        let path = second.path().to_owned();
        drop(second);
        assert!(!path.exists());
    }
}
