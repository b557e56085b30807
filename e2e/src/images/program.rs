//! Programs that need nothing around them: linked statically, without what only a debugger reads.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use object::elf::PT_INTERP;
use object::read::elf::{ElfFile64, ProgramHeader as _};
use object::{Endianness, Object as _, ReadCache};

/// A program of an image.
#[derive(Debug, Clone)]
pub(super) enum Program {
    /// Built elsewhere.
    Built(PathBuf),
    /// A file of C.
    Source(PathBuf),
}

impl Program {
    /// What it comes from.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Built(path) | Self::Source(path) => path,
        }
    }

    /// Writes it as it goes into an image, and says where.
    pub(super) fn write_to(&self, to: &Path) -> Result<PathBuf> {
        match self {
            Self::Source(source) => {
                let mut cc = Command::new("cc");
                cc.args(["-static", "-Os", "-s", "-Wall", "-Wextra", "-Werror", "-o"]).arg(to).arg(source);
                run(&mut cc, "gcc libc6-dev")?;
                need_static(to)?;
            }
            Self::Built(program) => {
                need_static(program)?;
                if has_symbols(program)? {
                    // A fifth to a half of the file (measured); where a program panicked is in its message.
                    run(Command::new("strip").args(["--strip-all", "-o"]).arg(to).arg(program), "binutils")?;
                } else {
                    std::fs::copy(program, to).with_context(|| format!("copy {}", program.display()))?;
                }
            }
        }
        Ok(to.to_owned())
    }
}

/// A program that asks for a dynamic linker cannot start in an image that has none.
fn need_static(program: &Path) -> Result<()> {
    let dynamic = read(program, |file| {
        let endian = file.endian();
        Ok(file.elf_program_headers().iter().any(|header| header.p_type(endian) == PT_INTERP))
    })?;
    ensure!(!dynamic, "{} is not linked statically, and an image holds no libraries", program.display());
    Ok(())
}

fn has_symbols(program: &Path) -> Result<bool> {
    read(program, |file| Ok(file.has_debug_symbols() || !file.elf_symbol_table().is_empty()))
}

/// Reads the headers of a program; the rest of it stays where it is.
pub(super) fn read<T>(
    path: &Path,
    look: impl FnOnce(&ElfFile64<'_, Endianness, &ReadCache<File>>) -> Result<T>,
) -> Result<T> {
    let said = || format!("read the program {}", path.display());
    let cache = ReadCache::new(File::open(path).with_context(said)?);
    look(&ElfFile64::parse(&cache).with_context(said)?).with_context(said)
}

/// Runs a program of this machine; a missing one is named with its Debian packages.
pub(super) fn run(command: &mut Command, packages: &str) -> Result<Vec<u8>> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = match command.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("images need `{name}`, which is not on the PATH (Debian: {packages})")
        }
        other => other.with_context(|| format!("run {name}"))?,
    };
    if !output.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

#[cfg(test)]
#[path = "program_tests.rs"]
mod tests;
