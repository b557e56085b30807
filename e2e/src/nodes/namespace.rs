//! Entering a network namespace: what a socket can reach is decided by the thread that makes it.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::process::Component;
use crate::wait::poll;

/// How long a process may take until it has namespaces of its own.
const ENTERED_WITHIN: Duration = Duration::from_secs(30);

/// Makes the calling thread one of a process's network namespace, for good.
pub(super) fn enter(process: u32) -> Result<()> {
    let path = path(process, "net");
    let file = File::open(&path).with_context(|| format!("open {}", path.display()))?;
    move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network))
        .with_context(|| format!("enter {}", path.display()))
}

/// Does something on a thread in a process's network namespace; a socket made there stays one of it.
pub(super) fn within<T: Send>(process: u32, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let entered = || {
        enter(process)?;
        work()
    };
    let ended = std::thread::scope(|scope| scope.spawn(entered).join());
    ended.map_err(|_| anyhow!("a thread in the network namespace of process {process} panicked"))?
}

/// Waits until a component that was started by `unshare` has a network namespace of its own, and says its process id.
pub(super) async fn own(component: &Component) -> Result<u32> {
    let process = component.pid().context("a component that runs")?;
    let host = std::fs::read_link(path(std::process::id(), "net")).context("read the own namespace")?;
    let what = format!("{} has a network namespace of its own", component.name());
    poll(ENTERED_WITHIN, &what, async || {
        component.check_alive()?;
        Ok(std::fs::read_link(path(process, "net")).is_ok_and(|now| now != host).then_some(()))
    })
    .await?;
    Ok(process)
}

/// Runs `ip` commands, one a line, in a process's network namespace.
pub(super) fn ip(process: u32, commands: &str) -> Result<()> {
    let mut batch = tempfile::tempfile().context("a file for commands")?;
    batch.write_all(commands.as_bytes()).and_then(|()| batch.rewind()).context("write commands")?;
    let mut nsenter = Command::new("nsenter");
    nsenter.arg(format!("--net={}", path(process, "net").display())).args(["ip", "-batch", "-"]).stdin(batch);
    run(nsenter).with_context(|| format!("set up a network:\n{commands}"))
}

/// Runs a command to its end; what it says when it fails is the error.
pub(super) fn run(mut command: Command) -> Result<()> {
    let program = command.get_program().display().to_string();
    let output = command.output().with_context(|| format!("run {program}"))?;
    if !output.status.success() {
        bail!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// The file that stands for a namespace of a process.
pub(super) fn path(process: u32, kind: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{process}/ns/{kind}"))
}
