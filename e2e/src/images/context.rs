//! What a `Containerfile` copies from: the files beside it, and what is made for it.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

/// Names at the top of a context folder, and where each of them is now.
#[derive(Debug, Default)]
pub(super) struct Context(BTreeMap<String, PathBuf>);

/// A file, a folder or a symbolic link below a root.
#[derive(Debug)]
pub(super) struct Entry {
    /// From the root, without a first slash; empty for the root itself.
    pub(super) path: String,
    pub(super) source: PathBuf,
    pub(super) kind: Kind,
}

/// What an entry is. Rights are one of few, whatever they are on this machine: setuid, group and write bits are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Folder { mode: u32 },
    File { mode: u32 },
    Link { target: PathBuf },
}

impl Context {
    /// The files of a folder.
    pub(super) fn of(folder: &Path) -> Result<Self> {
        let mut context = Self::default();
        for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
            let entry = entry.with_context(|| format!("read {}", folder.display()))?;
            context.put(&text(entry.file_name().as_ref())?, entry.path());
        }
        Ok(context)
    }

    /// Puts a file or a folder into the context, in place of one of that name.
    pub(super) fn put(&mut self, name: &str, path: PathBuf) {
        self.0.insert(name.to_owned(), path);
    }

    /// Where a path of the context is.
    pub(super) fn path(&self, from: &str) -> Result<PathBuf> {
        let (top, rest) = from.split_once('/').unwrap_or((from, ""));
        let found = self.0.get(top).map(|path| if rest.is_empty() { path.clone() } else { path.join(rest) });
        match found {
            Some(path) if path.symlink_metadata().is_ok() => Ok(path),
            _ => bail!("{from} is not in the context"),
        }
    }

    /// What the context holds, as one number: names, rights and contents, and nothing else of this machine.
    pub(super) fn digest(&self) -> Result<String> {
        let mut hash = Sha256::new();
        for (name, path) in &self.0 {
            for entry in walk(path)? {
                let content = match &entry.kind {
                    Kind::Folder { .. } => String::new(),
                    Kind::File { .. } => file_digest(&entry.source)?,
                    Kind::Link { target } => text(target)?,
                };
                hash.update(serde_json::to_vec(&(name, &entry.path, entry.kind.mode(), content))?);
            }
        }
        Ok(format!("{:x}", hash.finalize()))
    }

    /// Writes the context as a folder that any builder takes.
    pub(super) fn write_to(&self, folder: &Path) -> Result<()> {
        for (name, path) in &self.0 {
            for entry in walk(path)? {
                let to = if entry.path.is_empty() {
                    folder.join(name)
                } else {
                    folder.join(name).join(&entry.path)
                };
                entry.copy_to(&to).with_context(|| format!("write {}", to.display()))?;
            }
        }
        Ok(())
    }
}

impl Entry {
    /// Copies the entry, with the rights that it has in an image.
    pub(super) fn copy_to(&self, to: &Path) -> Result<()> {
        match &self.kind {
            Kind::Folder { .. } => fs::create_dir_all(to)?,
            Kind::File { .. } => {
                fs::copy(&self.source, to)?;
            }
            Kind::Link { target } => std::os::unix::fs::symlink(target, to)?,
        }
        if !matches!(self.kind, Kind::Link { .. }) {
            fs::set_permissions(to, fs::Permissions::from_mode(self.kind.mode()))?;
        }
        Ok(())
    }
}

impl Kind {
    pub(super) fn mode(&self) -> u32 {
        match self {
            Self::Folder { mode } | Self::File { mode } => *mode,
            Self::Link { .. } => 0o777,
        }
    }

    fn of(path: &Path, metadata: &Metadata) -> Result<Self> {
        let mode = metadata.permissions().mode();
        let is = metadata.file_type();
        if is.is_dir() {
            // A folder for everybody's temporary files.
            Ok(Self::Folder { mode: if mode & 0o1000 == 0 { 0o755 } else { 0o1777 } })
        } else if is.is_file() {
            Ok(Self::File { mode: if mode & 0o111 == 0 { 0o644 } else { 0o755 } })
        } else if is.is_symlink() {
            Ok(Self::Link { target: fs::read_link(path).context("read a symbolic link")? })
        } else {
            bail!("{} is neither a file nor a folder nor a symbolic link", path.display())
        }
    }
}

/// All that is at and below a path, a folder before what is in it, always in the same order.
pub(super) fn walk(root: &Path) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for found in WalkDir::new(root).follow_root_links(false).sort_by_file_name() {
        let found = found.with_context(|| format!("read {}", root.display()))?;
        let metadata = found.metadata().with_context(|| format!("read {}", found.path().display()))?;
        let below = found.path().strip_prefix(root).context("a file is below its root")?;
        entries.push(Entry {
            path: text(below)?,
            kind: Kind::of(found.path(), &metadata)?,
            source: found.into_path(),
        });
    }
    Ok(entries)
}

/// A path as text: what is not UTF-8 is not in an image.
pub(super) fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("{} is not UTF-8", path.display()))
}

/// SHA-256 of a file, as hexadecimal digits.
pub(super) fn file_digest(path: &Path) -> Result<String> {
    let mut hash = Digesting::new(std::io::sink());
    let mut file = File::open(path).with_context(|| format!("read {}", path.display()))?;
    std::io::copy(&mut file, &mut hash).with_context(|| format!("read {}", path.display()))?;
    Ok(hash.end()?.1)
}

/// Passes on what is written, and knows its digest and length.
pub(super) struct Digesting<W> {
    inner: W,
    hash: Sha256,
    length: u64,
}

impl<W: std::io::Write> Digesting<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, hash: Sha256::new(), length: 0 }
    }

    /// What was written to, the digest and the length.
    pub(super) fn end(mut self) -> Result<(W, String, u64)> {
        self.inner.flush().context("write the last bytes")?;
        Ok((self.inner, format!("{:x}", self.hash.finalize()), self.length))
    }
}

impl<W: std::io::Write> std::io::Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
