//! An image as an archive in the OCI image layout, which `ctr images import`, `podman load` and `skopeo` read.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Read, Seek as _, Write};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use oci_spec::image::{
    Arch, ConfigBuilder, Descriptor, DescriptorBuilder, Digest, History, HistoryBuilder, ImageConfiguration,
    ImageConfigurationBuilder, ImageIndex, ImageIndexBuilder, ImageManifestBuilder, MediaType,
    OciLayoutBuilder, Os, RootFsBuilder,
};
use serde::Serialize;
use tar::{Archive, Builder, EntryType};

use super::containerfile::Containerfile;
use super::context::{Context, Digesting};
use super::layer::{Layer, Made, plain_header};

/// Which name of an image containerd takes.
const CONTAINERD_NAME: &str = "io.containerd.image.name";
const REF_NAME: &str = "org.opencontainers.image.ref.name";
const CREATED: &str = "1970-01-01T00:00:00Z";

/// Packs an image into an archive; `folder` takes its layers meanwhile.
pub(super) fn pack(
    recipe: &Containerfile,
    context: &Context,
    reference: &str,
    folder: &Path,
    archive: &mut File,
) -> Result<()> {
    let mut made = Made::default();
    let layers: Vec<_> =
        recipe.copies.iter().map(|copy| made.layer(copy, context, folder)).collect::<Result<_>>()?;
    let config = json(&configuration(recipe, &layers)?)?;
    let manifest = ImageManifestBuilder::default()
        .schema_version(2_u32)
        .media_type(MediaType::ImageManifest)
        .config(described(MediaType::ImageConfig, &config)?)
        .layers(layers.iter().map(layer_descriptor).collect::<Result<Vec<_>>>()?)
        .build()?;
    let manifest = json(&manifest)?;
    let mut named = described(MediaType::ImageManifest, &manifest)?;
    let names = [CONTAINERD_NAME, REF_NAME].map(|key| (key.to_owned(), reference.to_owned()));
    named.set_annotations(Some(HashMap::from(names)));
    let index = ImageIndexBuilder::default()
        .schema_version(2_u32)
        .media_type(MediaType::ImageIndex)
        .manifests(vec![named])
        .build()?;
    let layout = OciLayoutBuilder::default().image_layout_version("1.0.0").build()?;
    write(
        archive,
        &[("index.json", json(&index)?), ("oci-layout", json(&layout)?)],
        &[config, manifest],
        layers,
    )
}

/// The digest of the image in an archive.
pub(super) fn digest(archive: &Path) -> Result<String> {
    let read = || {
        let mut archive = Archive::new(File::open(archive)?);
        // The first entry, as we write it.
        let mut first = archive.entries()?.next().context("it is empty")??;
        ensure!(first.path()?.as_os_str() == "index.json", "it does not begin with index.json");
        let mut text = String::new();
        first.read_to_string(&mut text)?;
        let index: ImageIndex = serde_json::from_str(&text)?;
        let image = index.manifests().first().context("it has no image")?;
        Ok(image.digest().to_string())
    };
    read().with_context(|| format!("read the image in {}", archive.display()))
}

fn configuration(recipe: &Containerfile, layers: &[Layer]) -> Result<ImageConfiguration> {
    let mut config = ConfigBuilder::default().entrypoint(recipe.entrypoint.clone());
    if let Some(user) = &recipe.user {
        config = config.user(user.as_str());
    }
    if !recipe.cmd.is_empty() {
        config = config.cmd(recipe.cmd.clone());
    }
    if !recipe.env.is_empty() {
        config =
            config.env(recipe.env.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>());
    }
    if !recipe.labels.is_empty() {
        config = config.labels(recipe.labels.iter().cloned().collect::<HashMap<_, _>>());
    }
    if !recipe.ports.is_empty() {
        config = config.exposed_ports(recipe.ports.clone());
    }
    let digests: Vec<_> = layers.iter().map(|layer| format!("sha256:{}", layer.digest)).collect();
    let history: Vec<_> = recipe
        .copies
        .iter()
        .map(|copy| history(&format!("COPY {} /{}", copy.from, copy.to)))
        .collect::<Result<_>>()?;
    Ok(ImageConfigurationBuilder::default()
        .created(CREATED)
        .architecture(Arch::default())
        .os(Os::Linux)
        .config(config.build()?)
        .rootfs(RootFsBuilder::default().typ("layers").diff_ids(digests).build()?)
        .history(history)
        .build()?)
}

fn history(by: &str) -> Result<History> {
    Ok(HistoryBuilder::default().created(CREATED).created_by(by).build()?)
}

/// JSON in its canonical form: labels and annotations come from hash maps, in any order.
fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(value).context("write JSON")
}

fn described(kind: MediaType, bytes: &[u8]) -> Result<Descriptor> {
    let (digest, size) = digest_of(bytes)?;
    descriptor(kind, &digest, size)
}

fn layer_descriptor(layer: &Layer) -> Result<Descriptor> {
    descriptor(MediaType::ImageLayer, &layer.digest, layer.size)
}

fn descriptor(kind: MediaType, digest: &str, size: u64) -> Result<Descriptor> {
    let digest: Digest = format!("sha256:{digest}").parse()?;
    Ok(DescriptorBuilder::default().media_type(kind).digest(digest).size(size).build()?)
}

fn digest_of(bytes: &[u8]) -> Result<(String, u64)> {
    let mut hash = Digesting::new(std::io::sink());
    hash.write_all(bytes)?;
    let (_, digest, size) = hash.end()?;
    Ok((digest, size))
}

fn write(file: &mut File, heads: &[(&str, Vec<u8>)], blobs: &[Vec<u8>], layers: Vec<Layer>) -> Result<()> {
    let mut archive = Builder::new(BufWriter::new(file));
    for (name, bytes) in heads {
        append(&mut archive, name, bytes.len() as u64, bytes.as_slice())?;
    }
    for folder in ["blobs/", "blobs/sha256/"] {
        let mut header = plain_header(0o755);
        header.set_entry_type(EntryType::Directory);
        archive.append_data(&mut header, folder, std::io::empty())?;
    }
    for bytes in blobs {
        append(&mut archive, &blob(&digest_of(bytes)?.0), bytes.len() as u64, bytes.as_slice())?;
    }
    let mut written = Vec::new();
    for mut layer in layers {
        if !written.contains(&layer.digest) {
            layer.file.rewind().context("read a layer again")?;
            append(&mut archive, &blob(&layer.digest), layer.size, &layer.file)?;
            written.push(layer.digest);
        }
    }
    archive.into_inner().context("end the archive")?.flush().context("write the archive")
}

fn blob(digest: &str) -> String {
    format!("blobs/sha256/{digest}")
}

fn append(archive: &mut Builder<impl Write>, path: &str, size: u64, data: impl Read) -> Result<()> {
    let mut header = plain_header(0o644);
    header.set_size(size);
    archive.append_data(&mut header, path, data).with_context(|| format!("pack {path}"))
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
