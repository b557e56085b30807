//! The machine and the versions that a run was made with: without them two runs cannot be compared.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::process::Component;
use crate::product;
use crate::tools::Tool;

/// What the kernel counts CPU time in for programs, on every Linux of today.
const TICKS_PER_SECOND: f64 = 100.0;

/// What the figures of a run depend on beside the product's code.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// Cores that this process may use.
    pub cores: usize,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Model of the processor.
    pub cpu: String,
    /// Release of the kernel.
    pub kernel: String,
    /// Versions of the components, by name.
    pub components: BTreeMap<&'static str, String>,
    /// Version of the product.
    pub product: String,
    /// The commit that it was built from, with `-dirty` when something was changed; nothing outside a checkout.
    pub commit: Option<String>,
    /// `release` or `debug`.
    pub profile: &'static str,
    /// When the run began.
    pub began: String,
    /// Load average of the minute before: also of the compiler, when it had something to do.
    pub load: String,
}

impl Machine {
    /// Reads it.
    pub(super) fn read() -> Result<Self> {
        let components = Tool::ALL.map(|tool| Ok((tool.name(), tool.version()?)));
        Ok(Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_mib: value_of(&read("/proc/meminfo"), "MemTotal").and_then(kibibytes).unwrap_or(0) / 1024,
            cpu: value_of(&read("/proc/cpuinfo"), "model name").unwrap_or("-").to_owned(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            components: components.into_iter().collect::<Result<_>>()?,
            product: env!("CARGO_PKG_VERSION").to_owned(),
            commit: commit(),
            profile: if cfg!(debug_assertions) { "debug" } else { "release" },
            began: jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S %:z").to_string(),
            load: read("/proc/loadavg").split(' ').next().unwrap_or("-").to_owned(),
        })
    }
}

/// What a fact of a machine that does not tell it is: nothing.
fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The value of the first line `name : value`.
pub(super) fn value_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim())
    })
}

/// A number of kibibytes as the kernel writes it: `1234 kB`.
pub(super) fn kibibytes(value: &str) -> Option<u64> {
    value.strip_suffix("kB")?.trim().parse().ok()
}

/// CPU time that a process has taken until now, in seconds.
pub(super) fn cpu_seconds(component: &Component) -> Result<f64> {
    let name = component.name();
    let pid = component.pid().with_context(|| format!("{name} was never started"))?;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    let stat = stat.with_context(|| format!("read the CPU time of {name}"))?;
    ticks(&stat)
        .map(|ticks| f64::from(ticks) / TICKS_PER_SECOND)
        .with_context(|| format!("CPU time of {name}"))
}

/// Ticks in user and system mode of a line of `/proc/PID/stat`, fields 14 and 15 of it. The second may hold blanks.
fn ticks(stat: &str) -> Option<u32> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u32>().ok();
    Some(next()? + next()?)
}

fn commit() -> Option<String> {
    let mut git = Command::new("git");
    git.current_dir(product::workspace()).args(["describe", "--always", "--dirty", "--abbrev=12"]);
    let output = git.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_files_are_read_by_the_names_in_them() {
        let text = "Name:\tzhengyun\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\n";
        assert_eq!(value_of(text, "VmRSS").and_then(kibibytes), Some(10240));
        assert_eq!(value_of(text, "VmSwap").and_then(kibibytes), None);
        assert_eq!(value_of("model name\t: Fast CPU\n", "model name"), Some("Fast CPU"));
        assert_eq!(kibibytes("5 MB"), None);
    }

    #[test]
    fn cpu_time_is_read_behind_a_name_with_blanks() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 1 2 3 4 150 50 0 0 20 0";
        assert_eq!(ticks(stat), Some(200));
        assert_eq!(ticks("7 (a) S 1"), None);
    }

    #[test]
    fn a_run_knows_its_machine() {
        let machine = Machine::read().unwrap();
        assert!(machine.cores > 0 && machine.memory_mib > 0, "{machine:?}");
        assert!(machine.components["kube-apiserver"].starts_with("v1."), "{machine:?}");
    }
}
