//! One `COPY` as a layer: a tar archive that depends on names, rights and contents alone.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use tar::{Builder, EntryType, Header};

use super::containerfile::Copy;
use super::context::{Context, Digesting, Entry, Kind, walk};

/// A layer in a file of its own.
pub(super) struct Layer {
    pub(super) file: File,
    /// SHA-256 in hexadecimal digits.
    pub(super) digest: String,
    pub(super) size: u64,
}

/// What the layers so far have made: a later one repeats the folders it goes into as they are.
#[derive(Debug, Default)]
pub(super) struct Made(BTreeMap<String, Kind>);

impl Made {
    /// Writes the layer of one `COPY` into a file without a name in `folder`.
    pub(super) fn layer(&mut self, copy: &Copy, context: &Context, folder: &Path) -> Result<Layer> {
        let file = tempfile::tempfile_in(folder).with_context(|| format!("write to {}", folder.display()))?;
        let mut archive = Builder::new(Digesting::new(BufWriter::new(file)));
        for entry in self.entries(copy, context)? {
            append(&mut archive, &entry).with_context(|| format!("pack {}", entry.source.display()))?;
            self.0.insert(entry.path, entry.kind);
        }
        let (file, digest, size) = archive.into_inner().context("end a layer")?.end()?;
        Ok(Layer { file: file.into_inner().context("write a layer")?, digest, size })
    }

    fn entries(&self, copy: &Copy, context: &Context) -> Result<Vec<Entry>> {
        let mut entries = walk(&context.path(&copy.from)?)?;
        let folder = matches!(entries.first(), Some(Entry { kind: Kind::Folder { .. }, .. }));
        ensure!(
            folder || !copy.to.is_empty(),
            "COPY {} /: for a file the destination ends with its name",
            copy.from
        );
        for entry in &mut entries {
            let parts = [copy.to.as_str(), &entry.path];
            entry.path = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
            self.fits(entry)?;
        }
        // The root of an image is no entry of it.
        entries.retain(|entry| !entry.path.is_empty());
        let mut all = self.above(&copy.to)?;
        all.append(&mut entries);
        Ok(all)
    }

    /// The folders above a path.
    fn above(&self, path: &str) -> Result<Vec<Entry>> {
        let ends = path.match_indices('/').map(|(end, _)| &path[..end]);
        let folder = |path: &str| {
            let kind = self.0.get(path).cloned().unwrap_or(Kind::Folder { mode: 0o755 });
            let entry = Entry { path: path.to_owned(), source: path.into(), kind };
            // A builder would follow a link, and a tar archive would put a folder in its place.
            let Kind::Folder { .. } = entry.kind else {
                bail!("COPY to /{path}/…: /{path} is not a folder but a file or a link of an earlier COPY")
            };
            Ok(entry)
        };
        ends.map(folder).collect()
    }

    /// Nothing takes the place of something of another kind; builders disagree about that.
    fn fits(&self, entry: &Entry) -> Result<()> {
        let same = |other: &Kind| std::mem::discriminant(other) == std::mem::discriminant(&entry.kind);
        ensure!(
            self.0.get(&entry.path).is_none_or(same),
            "/{} is something else in an earlier COPY",
            entry.path
        );
        Ok(())
    }
}

fn append<W: Write>(archive: &mut Builder<W>, entry: &Entry) -> Result<()> {
    let mut header = plain_header(entry.kind.mode());
    match &entry.kind {
        Kind::Folder { .. } => {
            header.set_entry_type(EntryType::Directory);
            archive.append_data(&mut header, format!("{}/", entry.path), std::io::empty())?;
        }
        Kind::Link { target } => {
            header.set_entry_type(EntryType::Symlink);
            archive.append_link(&mut header, &entry.path, target)?;
        }
        Kind::File { .. } => {
            let file = File::open(&entry.source)?;
            header.set_size(file.metadata()?.len());
            archive.append_data(&mut header, &entry.path, file)?;
        }
    }
    Ok(())
}

/// A header without anything of this machine: root's, and of 1970.
pub(super) fn plain_header(mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(0);
    header
}
