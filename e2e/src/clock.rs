//! The clock of the product's processes, which tests set: the end of a year is a moment away.
//!
//! Only what the product decides by its clock moves. The API servers, certificates and tokens have the machine's time.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::pki::write_secret;

/// The variable by which the product finds the file.
pub(crate) const VARIABLE: &str = "ZHENGYUN_CLOCK_OFFSET";
const DAY: i64 = 24 * 3600;

/// The clock of the processes of one control plane's product.
#[derive(Debug, Clone)]
pub struct Clock(PathBuf);

impl Clock {
    /// The clock of what keeps its files in this folder.
    pub(crate) fn of(dir: &Path) -> Self {
        Self(dir.join("clock-offset"))
    }

    /// Where the product reads by how much it is moved.
    pub(crate) fn file(&self) -> &Path {
        &self.0
    }

    /// Moves it forward by days.
    pub fn forward(&self, days: u32) -> Result<()> {
        self.move_by(i64::from(days) * DAY)
    }

    /// Moves it back by days.
    pub fn back(&self, days: u32) -> Result<()> {
        self.move_by(-i64::from(days) * DAY)
    }

    /// Moves it by seconds, either way.
    pub fn move_by(&self, seconds: i64) -> Result<()> {
        let moved = self.offset()? + seconds;
        write_secret(self.0.clone(), &moved.to_string()).map(drop)
    }

    /// By how many seconds it differs from the machine's.
    pub fn offset(&self) -> Result<i64> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => text.parse().with_context(|| format!("read {}", self.0.display())),
            // Never moved.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error).with_context(|| format!("read {}", self.0.display())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_add_up_and_a_clock_that_was_never_moved_is_the_machines() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::of(folder.path());
        assert_eq!(clock.offset().unwrap(), 0);
        clock.forward(30).unwrap();
        clock.back(1).unwrap();
        assert_eq!(clock.offset().unwrap(), 29 * DAY);
    }
}
