//! Makes the images: `cargo images`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use e2e::images::{Image, Packages};
use e2e::product::Profile;

/// 制作镜像:只用本地文件(zhengyun-mover 另用 Debian 软件包),同样的内容总是同样的摘要 (makes the images of local files; the same content is always the same digest).
#[derive(Parser)]
#[command(name = "images", bin_name = "cargo images")]
struct Args {
    /// 只做这些镜像;默认为发布的 zhengyun 和 zhengyun-mover (only these; by default those that are released)
    #[arg(value_name = "IMAGE", value_enum)]
    images: Vec<Image>,
    /// 以发布方式编译程序 (compiles programs for release)
    #[arg(long)]
    release: bool,
    /// 另写出每个镜像的构建目录,供任何 OCI 构建工具使用 (also writes what any OCI builder makes each of: a folder with its Containerfile)
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("未能完成 (failed): {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<()> {
    let profile = if args.release { Profile::Release } else { Profile::OURS };
    let images = if args.images.is_empty() { vec![Image::Zhengyun, Image::Mover] } else { args.images };
    for image in images {
        let packed = image.packed(profile, Packages::Newest).await?;
        let bytes = std::fs::metadata(&packed.archive).context("read the archive")?.len();
        println!("{}  {} MB", packed.reference, bytes.div_ceil(1_000_000));
        println!("  {}", packed.digest);
        println!("  {}", packed.archive.display());
        if let Some(to) = &args.to {
            let folder = to.join(image.name());
            // The archive has just been made of the newest packages: these are the same.
            image.write_context(profile, Packages::Kept, folder.clone()).await?;
            println!("  {}", folder.display());
        }
    }
    Ok(())
}
