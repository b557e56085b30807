//! What a district needs of the machine, looked at before anything starts: what is lacking is one sentence.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::addresses;
use crate::nodes;

/// Every component of a control plane, of the product and of the link listens on one of these, at an address of its own. Who
/// listens there at all addresses of the machine is in the way.
const PORTS: [u16; 5] = [2379, 2380, 6443, 8080, 16443];
/// Memory of a control plane with what of the product runs beside it, measured.
const PLANE_MIB: u64 = 450;
/// Memory of a real node with a few pods: 100 MiB that nobody can take back, measured, and files that it reads again and again.
const NODE_MIB: u64 = 450;
/// Disk of a control plane: database, audit log.
const PLANE_DISK_MIB: u64 = 200;
/// Disk of a real node: its images, unpacked and packed.
const NODE_DISK_MIB: u64 = 700;

/// The programs of a real node that are no part of its own, and the Debian packages that have them.
const PROGRAMS: [(&str, &str); 8] = [
    ("runc", "runc"),
    ("iptables", "iptables"),
    ("ip", "iproute2"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("mount", "mount"),
    ("hostname", "hostname"),
    ("bash", "bash"),
];

/// What is to be started.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Control planes.
    pub planes: usize,
    /// Real nodes, of all of them together.
    pub real_nodes: u32,
    /// What the district's folder is called.
    pub district: String,
}

/// An error with one sentence, Chinese first, where this machine cannot bear what is wanted.
pub(crate) fn check(wanted: &Wanted) -> Result<()> {
    ports_are_free(addresses::allocate()?)?;
    let (planes, nodes) = (u64::try_from(wanted.planes).unwrap_or(u64::MAX), u64::from(wanted.real_nodes));
    if wanted.real_nodes > 0 {
        nodes_may_run(&wanted.district)?;
    }
    let memory = available_memory(&std::fs::read_to_string("/proc/meminfo").context("read /proc/meminfo")?);
    enough("内存", "memory", memory, planes * PLANE_MIB + nodes * NODE_MIB)?;
    let folder = std::env::temp_dir();
    let what = (format!("{} 所在磁盘", folder.display()), format!("disk of {}", folder.display()));
    enough(&what.0, &what.1, available_disk(&folder)?, planes * PLANE_DISK_MIB + nodes * NODE_DISK_MIB)
}

fn nodes_may_run(district: &str) -> Result<()> {
    let root = rustix::process::geteuid().is_root();
    match lacks_for_nodes(root, &|program| on_the_path(program)) {
        Some(lack) => bail!("{lack}"),
        None => nodes::may_run_here(district),
    }
}

/// Whether a test of real nodes is to be skipped, because this machine does not let any run; then it has said why, past the
/// capture of the test's output.
#[must_use]
pub fn skipped(test: &str) -> bool {
    let Err(lack) = nodes_may_run(&format!("zhengyun-{}-try", std::process::id())) else { return false };
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {lack:#}");
    true
}

/// What real nodes lack of rights and programs.
fn lacks_for_nodes(root: bool, has: &dyn Fn(&str) -> bool) -> Option<String> {
    if !root {
        return Some(
            "真实节点须由 root 启动:请以 sudo 运行,或不用真实节点 (real nodes need root: run it with sudo, or without real nodes)"
                .to_owned(),
        );
    }
    let mut packages: Vec<_> =
        PROGRAMS.iter().filter(|(program, _)| !has(program)).map(|(_, package)| *package).collect();
    packages.dedup();
    let packages = packages.join(" ");
    (!packages.is_empty()).then(|| {
        format!("真实节点缺少 Debian 软件包:apt-get install {packages} (real nodes need these Debian packages: {packages})")
    })
}

fn on_the_path(program: &str) -> bool {
    let looked = Command::new("sh")
        .args(["-c", "command -v \"$1\"", "sh", program])
        .env("PATH", with_system_folders())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    looked.is_ok_and(|status| status.success())
}

/// Where the programs of a node are looked for: on some machines a user's path lacks those for administrators.
fn with_system_folders() -> String {
    format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", std::env::var("PATH").unwrap_or_default())
}

/// An address of ours is used by nobody; a port of it is in use when somebody took it at all addresses.
fn ports_are_free(address: Ipv4Addr) -> Result<()> {
    for port in PORTS {
        if let Err(error) = TcpListener::bind(SocketAddr::from((address, port))) {
            bail!(
                "端口 {port} 被本机另一程序在所有地址上占用({error}):请停止该程序 (port {port} is taken at all addresses by another program of this machine: stop it)"
            );
        }
    }
    Ok(())
}

fn enough(zh: &str, en: &str, there: Option<u64>, needed: u64) -> Result<()> {
    match there {
        Some(there) if there < needed => {
            bail!(
                "{zh}不足:需 {needed} MiB,可用 {there} MiB (not enough {en}: {needed} MiB needed, {there} MiB available)"
            )
        }
        _ => Ok(()),
    }
}

/// MiB that programs may still take, by `/proc/meminfo`.
fn available_memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

/// MiB that are free where a folder is.
fn available_disk(folder: &Path) -> Result<Option<u64>> {
    let disk = rustix::fs::statvfs(folder).with_context(|| format!("look at {}", folder.display()))?;
    Ok(Some(disk.f_bavail.saturating_mul(disk.f_frsize) / (1024 * 1024)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lacking_is_one_sentence_that_says_what_to_do() {
        let all = |_: &str| true;
        assert_eq!(lacks_for_nodes(true, &all), None);
        let said = lacks_for_nodes(false, &all).unwrap();
        assert!(said.contains("sudo") && !said.contains('\n'), "{said}");
        let said =
            lacks_for_nodes(true, &|program| !["runc", "unshare", "nsenter"].contains(&program)).unwrap();
        assert!(said.contains("apt-get install runc util-linux ("), "{said}");
    }

    #[test]
    fn too_little_is_said_with_both_numbers() {
        assert_eq!(available_memory("MemTotal: 9 kB\nMemAvailable:    2097152 kB\n"), Some(2048));
        assert_eq!(available_memory(""), None);
        enough("内存", "memory", Some(2048), 2048).unwrap();
        enough("内存", "memory", None, 2048).unwrap();
        let said = enough("内存", "memory", Some(2047), 2048).unwrap_err().to_string();
        assert_eq!(
            said,
            "内存不足:需 2048 MiB,可用 2047 MiB (not enough memory: 2048 MiB needed, 2047 MiB available)"
        );
    }

    #[test]
    fn a_port_that_somebody_took_at_all_addresses_is_named() {
        let address = addresses::allocate().unwrap();
        ports_are_free(address).unwrap();
        let _taken = TcpListener::bind(SocketAddr::from((address, 8080))).unwrap();
        assert!(ports_are_free(address).unwrap_err().to_string().starts_with("端口 8080 "));
    }
}
