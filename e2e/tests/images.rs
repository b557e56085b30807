//! The images as nodes get them: what is in them, read from their archives.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use e2e::images::{Image, Packages};
use e2e::product::Profile;
use object::read::elf::ProgramHeader as _;
use oci_spec::image::{Config, Descriptor, ImageConfiguration, ImageIndex, ImageManifest};
use serde::de::DeserializeOwned;
use tar::{Archive, EntryType};

/// An image, unpacked.
struct Unpacked {
    config: Config,
    /// Every path of its root, as the last layer has it.
    files: BTreeMap<String, Entry>,
}

struct Entry {
    kind: EntryType,
    mode: u32,
    content: Vec<u8>,
}

impl Unpacked {
    async fn of(image: Image) -> Result<Self> {
        let archive = image.archive().await?;
        tokio::task::spawn_blocking(move || Self::read(&archive)).await?
    }

    fn read(archive: &Path) -> Result<Self> {
        let mut blobs = BTreeMap::new();
        for entry in Archive::new(File::open(archive)?).entries()? {
            let mut entry = entry?;
            let mut content = Vec::new();
            entry.read_to_end(&mut content)?;
            blobs.insert(entry.path()?.display().to_string(), content);
        }
        let index: ImageIndex = serde_json::from_slice(&blobs["index.json"])?;
        let manifest: ImageManifest = json(&blobs, &index.manifests()[0])?;
        let config: ImageConfiguration = json(&blobs, manifest.config())?;
        let mut files = BTreeMap::new();
        for layer in manifest.layers() {
            for entry in Archive::new(blob(&blobs, layer)?).entries()? {
                let mut entry = entry?;
                let mut content = Vec::new();
                entry.read_to_end(&mut content)?;
                let (kind, mode) = (entry.header().entry_type(), entry.header().mode()?);
                let path = entry.path()?.display().to_string();
                files.insert(path.trim_end_matches('/').to_owned(), Entry { kind, mode, content });
            }
        }
        Ok(Self { config: config.config().clone().context("an image says how it runs")?, files })
    }

    /// Files and folders whose rights have one of these bits.
    fn with_rights(&self, bits: u32) -> Vec<&str> {
        let has = |entry: &Entry| entry.kind != EntryType::Symlink && entry.mode & bits != 0;
        self.files.iter().filter(|(_, entry)| has(entry)).map(|(path, _)| path.as_str()).collect()
    }

    fn program(&self) -> Result<&[u8]> {
        let entrypoint = self.config.entrypoint().as_ref().context("an image starts something")?;
        let entry = &self.files[entrypoint[0].trim_start_matches('/')];
        ensure!(entry.mode == 0o755, "it is a program");
        Ok(&entry.content)
    }

    fn text(&self, path: &str) -> Result<&str> {
        let entry = self.files.get(path).with_context(|| format!("{path} is there"))?;
        std::str::from_utf8(&entry.content).with_context(|| format!("{path} is text"))
    }
}

fn blob<'a>(blobs: &'a BTreeMap<String, Vec<u8>>, to: &Descriptor) -> Result<&'a [u8]> {
    let found = blobs.get(&format!("blobs/sha256/{}", to.digest().digest()));
    Ok(found.with_context(|| format!("{} is there", to.digest()))?)
}

fn json<T: DeserializeOwned>(blobs: &BTreeMap<String, Vec<u8>>, to: &Descriptor) -> Result<T> {
    Ok(serde_json::from_slice(blob(blobs, to)?)?)
}

/// Whether a program runs without a dynamic linker and libraries.
fn is_static(program: &[u8]) -> Result<bool> {
    let file = object::read::elf::ElfFile64::<object::Endianness>::parse(program)?;
    let endian = file.endian();
    let asks = |segment: &object::elf::ProgramHeader64<_>| segment.p_type(endian) == object::elf::PT_INTERP;
    Ok(!file.elf_program_headers().iter().any(asks))
}

#[tokio::test]
async fn an_image_holds_one_static_program_that_is_not_roots() {
    for (image, user) in [
        (Image::Pause, "65535:65535"),
        (Image::Zhengyun, "65532:65532"),
        (Image::Workload, "65532:65532"),
        (Image::CoreDns, "65532:65532"),
    ] {
        let unpacked = Unpacked::of(image).await.unwrap();
        assert!(is_static(unpacked.program().unwrap()).unwrap(), "{image:?}");
        assert_eq!(unpacked.config.user().as_deref(), Some(user), "{image:?}");
        assert_eq!(unpacked.with_rights(0o7022), [""; 0], "{image:?}: nobody else's rights");
        let programs = unpacked.with_rights(0o111).into_iter();
        let programs: Vec<_> =
            programs.filter(|path| unpacked.files[*path].kind == EntryType::Regular).collect();
        assert_eq!(programs, [image.name()], "{image:?}");
    }
    assert!(!is_static(&std::fs::read(std::env::current_exe().unwrap()).unwrap()).unwrap());
}

#[tokio::test]
async fn what_processes_run_is_what_the_image_holds() {
    let unpacked = Unpacked::of(Image::Zhengyun).await.unwrap();
    let built = std::fs::read(e2e::product::binary().await.unwrap()).unwrap();
    assert!(is_static(&built).unwrap());
    // Without the symbols: what is loaded is the same.
    let code = |program: &[u8]| {
        let file = object::File::parse(program).unwrap();
        let section = object::Object::section_by_name(&file, ".text").unwrap();
        object::ObjectSection::data(&section).unwrap().to_vec()
    };
    assert!(code(unpacked.program().unwrap()) == code(&built));
}

#[tokio::test]
async fn the_mover_has_its_programs_libraries_and_locales_and_says_their_versions() {
    let unpacked = Unpacked::of(Image::Mover).await.unwrap();
    let bin = "usr/lib/postgresql/15/bin";
    let server = ["postgres", "initdb", "pg_ctl", "pg_controldata", "pg_rewind", "pg_basebackup"];
    let client = ["psql", "pg_dump", "pg_restore", "pg_isready"];
    for path in server.iter().chain(&client).map(|name| format!("{bin}/{name}")) {
        assert_eq!(unpacked.files.get(&path).map(|entry| entry.mode), Some(0o755), "{path}");
    }
    for path in
        ["usr/bin/restic", "usr/bin/rsync", "usr/bin/sh", "usr/bin/cp", "usr/lib/locale/zh_CN.utf8/LC_CTYPE"]
    {
        assert!(unpacked.files.contains_key(path), "{path}");
    }
    assert!(is_static(unpacked.program().unwrap()).unwrap(), "the product");
    assert_eq!(unpacked.config.user().as_deref(), Some("65532:65532"));
    assert!(
        unpacked.text("etc/passwd").unwrap().contains("zhengyun:x:65532:65532:"),
        "initdb asks who it is"
    );
    assert!(unpacked.text("etc/ssl/certs/ca-certificates.crt").unwrap().contains("BEGIN CERTIFICATE"));
    assert_eq!(unpacked.with_rights(0o6022), ["tmp"], "only temporary files are everybody's");
    let record = unpacked.text("usr/share/zhengyun/packages").unwrap();
    for name in ["postgresql-15_15.", "restic_", "rsync_"] {
        let line = record.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        assert!(line.contains(" SHA256:"), "{name}: {record}");
    }
    for gone in ["usr/lib/postgresql/15/lib/llvmjit.so", "usr/bin/perl", "usr/share/man", "usr/share/locale"]
    {
        assert!(!unpacked.files.contains_key(gone), "{gone}");
    }
    let size: usize = unpacked.files.values().map(|entry| entry.content.len()).sum();
    let product = unpacked.program().unwrap().len();
    assert!(size - product < 140_000_000, "{} bytes beside the product", size - product);
}

/// Of the folder that is written, another builder makes the same files.
#[tokio::test]
async fn the_folder_for_other_builders_has_what_its_containerfile_copies() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("workload");
    Image::Workload.write_context(Profile::OURS, Packages::Kept, to.clone()).await.unwrap();
    let unpacked = Unpacked::of(Image::Workload).await.unwrap();
    let text = std::fs::read_to_string(to.join("Containerfile")).unwrap();
    let copies: Vec<_> =
        text.lines().filter_map(|line| line.strip_prefix("COPY ")?.split_once(' ')).collect();
    assert_eq!(copies.len(), 2, "{text}");
    for (from, into) in copies {
        let packed = &unpacked.files[into.trim_start_matches('/')];
        assert!(std::fs::read(to.join(from)).unwrap() == packed.content, "{from}");
        let written =
            std::os::unix::fs::PermissionsExt::mode(&to.join(from).metadata().unwrap().permissions());
        assert_eq!(written & 0o7777, packed.mode, "{from}");
    }
    let again = Image::Workload.write_context(Profile::OURS, Packages::Kept, to.clone()).await;
    let expected = format!("{} is there already; name a new folder", to.display());
    assert_eq!(again.unwrap_err().to_string(), expected);
}
