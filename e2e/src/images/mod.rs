//! The images that nodes run: packed from `Containerfile`s and local files, the same inputs always to the same digest.

mod complete;
mod containerfile;
mod context;
mod debian;
mod layer;
mod layout;
mod program;
mod store;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;

use crate::product::{self, Profile};
use crate::tools::Tool;
use containerfile::Containerfile;
use context::Context;
pub use debian::Packages;
use program::Program;

/// An image that is packed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Image {
    /// What a node runs first in every pod.
    Pause,
    /// The product.
    Zhengyun,
    /// The product with the programs that move data: PostgreSQL, restic, rsync.
    #[value(name = "zhengyun-mover")]
    Mover,
    /// A workload for tests.
    Workload,
    /// Cluster DNS.
    #[value(name = "coredns")]
    CoreDns,
}

/// An image in an archive.
#[derive(Debug, Clone)]
pub struct Packed {
    /// Under which name nodes know it.
    pub reference: String,
    /// The digest of its manifest: `sha256:…`.
    pub digest: String,
    /// An archive in the OCI image layout; it stays in the cache for a while.
    pub archive: PathBuf,
}

/// What an image is made of.
struct Inputs {
    image: Image,
    reference: String,
    made: Vec<(&'static str, Made)>,
}

/// A name in the context of a `Containerfile` that is not in its folder.
enum Made {
    Program(Program),
    Tree(PathBuf),
}

impl Image {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Pause, Self::Zhengyun, Self::Mover, Self::Workload, Self::CoreDns];

    /// Its name without registry and version.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Zhengyun => "zhengyun",
            Self::Mover => "zhengyun-mover",
            Self::Workload => "workload",
            Self::CoreDns => "coredns",
        }
    }

    /// Under which name nodes know it.
    #[must_use]
    pub fn reference(self) -> String {
        self.reference_of(env!("CARGO_PKG_VERSION"))
    }

    /// The image in an archive that `ctr images import` takes, packed when its inputs are not those of one in the cache.
    pub async fn archive(self) -> Result<PathBuf> {
        Ok(self.packed(Profile::OURS, Packages::Kept).await?.archive)
    }

    /// The image with programs built in a profile.
    pub async fn packed(self, profile: Profile, packages: Packages) -> Result<Packed> {
        packed(self.inputs(profile, packages).await?).await
    }

    /// Writes what any OCI builder makes the image of: a `Containerfile` and the files it names.
    pub async fn write_context(self, profile: Profile, packages: Packages, folder: PathBuf) -> Result<()> {
        let inputs = self.inputs(profile, packages).await?;
        in_background(move || {
            ensure!(!folder.exists(), "{} is there already; name a new folder", folder.display());
            std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
            let temporary = tempfile::tempdir().context("create a folder for programs")?;
            inputs.context(Some(temporary.path()))?.write_to(&folder)
        })
        .await
    }

    fn reference_of(self, version: &str) -> String {
        format!("localhost/{}:{version}", self.name())
    }

    /// The folder of its `Containerfile`.
    fn definition(self) -> PathBuf {
        let folder = match self {
            Self::Zhengyun | Self::Mover => "operator/images",
            Self::Pause | Self::Workload | Self::CoreDns => "e2e/images",
        };
        product::workspace().join(folder).join(self.name())
    }

    async fn inputs(self, profile: Profile, packages: Packages) -> Result<Inputs> {
        let made = match self {
            Self::Pause => vec![("pause", Made::Program(Program::Source(self.definition().join("pause.c"))))],
            Self::Zhengyun => vec![("zhengyun", product_in(profile).await?)],
            Self::Workload => {
                vec![("workload", Made::Program(Program::Built(product::workload(profile).await?)))]
            }
            Self::CoreDns => vec![(
                "coredns",
                Made::Program(Program::Built(in_background(|| Tool::Coredns.path()).await?)),
            )],
            Self::Mover => {
                let list = self.definition().join("packages");
                let tree = in_background(move || debian::root_file_system(&list, packages)).await?;
                vec![("rootfs", Made::Tree(tree)), ("zhengyun", product_in(profile).await?)]
            }
        };
        Ok(Inputs { image: self, reference: self.reference(), made })
    }
}

/// The product as it was one version earlier, as an image of the same definition: its name and its archive.
pub async fn previous_zhengyun() -> Result<(String, PathBuf)> {
    let program = product::previous().await?;
    let version = product::version_of(program).await?;
    let packed = packed(Inputs {
        image: Image::Zhengyun,
        reference: Image::Zhengyun.reference_of(&version),
        made: vec![("zhengyun", Made::Program(Program::Built(program.to_owned())))],
    })
    .await?;
    Ok((packed.reference, packed.archive))
}

async fn product_in(profile: Profile) -> Result<Made> {
    Ok(Made::Program(Program::Built(product::binary_in(profile).await?)))
}

async fn packed(inputs: Inputs) -> Result<Packed> {
    in_background(move || {
        let reference = inputs.reference.clone();
        let image = inputs.image.name();
        let archive = store::kept(image, &inputs.key()?, |folder, archive| inputs.pack(folder, archive))
            .with_context(|| format!("make the image {reference}"))?;
        Ok(Packed { digest: layout::digest(&archive)?, reference, archive })
    })
    .await
}

/// Hashing, copying and compilers are waited for elsewhere than on the threads of the async runtime.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.context("make an image")?
}

impl Inputs {
    /// The files of the definition and what is made for it; programs as they go into the image, when they get a folder.
    fn context(&self, programs: Option<&Path>) -> Result<Context> {
        let mut context = Context::of(&self.image.definition())?;
        for (name, made) in &self.made {
            let path = match (made, programs) {
                (Made::Tree(path), _) => path.clone(),
                (Made::Program(program), Some(folder)) => program.write_to(&folder.join(name))?,
                (Made::Program(program), None) => program.path().to_owned(),
            };
            context.put(name, path);
        }
        Ok(context)
    }

    /// Another name, other files or another packer are another archive.
    fn key(&self) -> Result<String> {
        const PACKER: [&str; 5] = [
            include_str!("containerfile.rs"),
            include_str!("context.rs"),
            include_str!("layer.rs"),
            include_str!("layout.rs"),
            include_str!("program.rs"),
        ];
        store::key(&[&PACKER.concat(), &self.reference, &self.context(None)?.digest()?])
    }

    fn pack(&self, folder: &Path, archive: &mut std::fs::File) -> Result<()> {
        let recipe = Containerfile::read(&self.image.definition().join("Containerfile"))?;
        let programs = tempfile::tempdir_in(folder).context("create a folder for programs")?;
        let context = self.context(Some(programs.path()))?;
        layout::pack(&recipe, &context, &self.reference, folder, archive)
    }
}

#[cfg(test)]
#[path = "definitions_tests.rs"]
mod tests;
