use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::{Duration, SystemTime};

use oci_spec::image::ImageManifest;
use sha2::Digest as _;

use super::*;
use crate::images::containerfile::Copy;

const REFERENCE: &str = "localhost/sample:1";

fn recipe(copies: &[(&str, &str)]) -> Containerfile {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    Containerfile {
        copies: copies.iter().map(|(from, to)| Copy { from: (*from).into(), to: (*to).into() }).collect(),
        user: Some("65532:65532".to_owned()),
        env: vec![pair("A", "1")],
        entrypoint: vec!["/program".to_owned()],
        cmd: vec!["serve".to_owned()],
        // Several, because a hash map has them in any order.
        labels: ('a'..'k').map(|key| pair(&key.to_string(), "label")).collect(),
        ports: vec!["8080/tcp".to_owned()],
    }
}

/// A folder with a tree and a program; later by `seconds`, and made in the other order when that is odd.
fn folder(seconds: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("tree/tmp")).unwrap();
    fs::create_dir_all(path("tree/etc")).unwrap();
    let mut files = vec![("tree/etc/b", 0o644), ("tree/a", 0o600), ("tree/c", 0o4755), ("program", 0o711)];
    if seconds % 2 == 1 {
        files.reverse();
    }
    for (name, mode) in files {
        fs::write(path(name), name).unwrap();
        fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds);
        File::open(path(name)).unwrap().set_modified(time).unwrap();
    }
    fs::set_permissions(path("tree/tmp"), fs::Permissions::from_mode(0o1777)).unwrap();
    symlink("a", path("tree/link")).unwrap();
    folder
}

fn packed(folder: &Path, copies: &[(&str, &str)]) -> Result<Vec<u8>> {
    let mut file = tempfile::tempfile().unwrap();
    let temporary = tempfile::tempdir().unwrap();
    pack(&recipe(copies), &Context::of(folder)?, REFERENCE, temporary.path(), &mut file)?;
    file.rewind().unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    Ok(bytes)
}

const COPIES: [(&str, &str); 2] = [("tree", ""), ("program", "usr/bin/program")];

/// The files of an archive, and of each who it belongs to, its time and its rights.
fn files(bytes: &[u8]) -> (BTreeMap<String, Vec<u8>>, Vec<String>) {
    let mut files = BTreeMap::new();
    let mut lines = Vec::new();
    for entry in Archive::new(bytes).entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let path = entry.path().unwrap().display().to_string();
        let header = entry.header();
        let of = (header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap());
        assert_eq!(of, (0, 0, 0), "{path}");
        let link = entry.link_name().unwrap().map(|to| format!(" -> {}", to.display())).unwrap_or_default();
        lines.push(format!("{:o} {path}{link}", header.mode().unwrap()));
        files.insert(path, content);
    }
    (files, lines)
}

#[test]
fn the_same_content_is_the_same_archive_and_one_other_byte_is_another_image() {
    let (one, other) = (folder(0), folder(3601));
    let first = packed(one.path(), &COPIES).unwrap();
    assert_eq!(packed(other.path(), &COPIES).unwrap(), first);
    fs::write(other.path().join("tree/a"), "tree/b").unwrap();
    let changed = packed(other.path(), &COPIES).unwrap();
    let digest_in = |bytes: &[u8]| {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        digest(file.path()).unwrap()
    };
    assert_ne!(digest_in(&changed), digest_in(&first));
}

#[test]
fn from_the_index_every_digest_and_size_leads_to_what_it_says() {
    let folder = folder(0);
    let (files, _) = files(&packed(folder.path(), &COPIES).unwrap());
    let blob = |descriptor: &Descriptor| {
        let bytes = &files[&blob(descriptor.digest().digest())];
        assert_eq!(bytes.len() as u64, descriptor.size());
        assert_eq!(format!("{:x}", sha2::Sha256::digest(bytes)), descriptor.digest().digest());
        bytes.as_slice()
    };
    let index: ImageIndex = serde_json::from_slice(&files["index.json"]).unwrap();
    let [image] = index.manifests().as_slice() else { panic!("{index:?}") };
    let named = image.annotations().as_ref().unwrap();
    assert_eq!((named[CONTAINERD_NAME].as_str(), named[REF_NAME].as_str()), (REFERENCE, REFERENCE));
    let manifest: ImageManifest = serde_json::from_slice(blob(image)).unwrap();
    let config: ImageConfiguration = serde_json::from_slice(blob(manifest.config())).unwrap();
    let layers: Vec<_> = manifest
        .layers()
        .iter()
        .map(|layer| {
            assert_eq!(layer.media_type(), &MediaType::ImageLayer);
            blob(layer);
            layer.digest().to_string()
        })
        .collect();
    assert_eq!(config.rootfs().diff_ids(), &layers, "layers are not compressed");
    assert_eq!(files["oci-layout"], br#"{"imageLayoutVersion":"1.0.0"}"#);
    assert_eq!(files.len(), 4 + 2 + layers.len(), "nothing is there that nothing leads to");
    let config = config.config().as_ref().unwrap();
    let run = [config.env(), config.entrypoint(), config.cmd(), config.exposed_ports()];
    let run: Vec<_> = run.into_iter().flatten().flatten().map(String::as_str).collect();
    assert_eq!(run, ["A=1", "/program", "serve", "8080/tcp"]);
    assert_eq!(config.user().as_deref(), Some("65532:65532"));
    assert_eq!(config.labels().as_ref().unwrap().len(), 10);
}

#[test]
fn layers_have_fixed_rights_and_folders_before_what_is_in_them() {
    let folder = folder(0);
    let (files_of_archive, _) = files(&packed(folder.path(), &COPIES).unwrap());
    let index: ImageIndex = serde_json::from_slice(&files_of_archive["index.json"]).unwrap();
    let manifest = &files_of_archive[&blob(index.manifests()[0].digest().digest())];
    let manifest: ImageManifest = serde_json::from_slice(manifest).unwrap();
    let layer =
        |number: usize| files(&files_of_archive[&blob(manifest.layers()[number].digest().digest())]).1;
    assert_eq!(layer(0), ["644 a", "755 c", "755 etc/", "644 etc/b", "777 link -> a", "1777 tmp/"]);
    assert_eq!(layer(1), ["755 usr/", "755 usr/bin/", "755 usr/bin/program"]);
}

#[test]
fn a_later_copy_repeats_a_folder_as_it_is_and_replaces_nothing_by_another_kind() {
    let folder = folder(0);
    let said = |copies: &[(&str, &str)]| packed(folder.path(), copies).unwrap_err().to_string();
    let (archive, _) = files(&packed(folder.path(), &[("tree", ""), ("program", "tmp/program")]).unwrap());
    let layers: Vec<_> = archive.values().filter(|bytes| bytes.starts_with(b"tmp/")).collect();
    let [layer] = layers[..] else { panic!("{}", layers.len()) };
    assert_eq!(files(layer).1, ["1777 tmp/", "755 tmp/program"]);
    assert_eq!(
        said(&[("tree", ""), ("program", "link/program")]),
        "COPY to /link/…: /link is not a folder but a file or a link of an earlier COPY"
    );
    assert_eq!(said(&[("tree", ""), ("program", "etc")]), "/etc is something else in an earlier COPY");
    assert_eq!(said(&[("program", "")]), "COPY program /: for a file the destination ends with its name");
    assert_eq!(said(&[("none", "none")]), "none is not in the context");
}
