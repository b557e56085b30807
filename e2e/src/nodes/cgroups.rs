//! The control groups of real nodes: a folder for each district in every hierarchy, a folder in it for each node.
//!
//! They are the one thing of a node that outlives its processes, so they are named as the district's folder is, and go with it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

/// The folder of ours in each hierarchy.
const OURS: &str = "zhengyun";
/// How long killed processes may take to leave their group.
const EMPTY_WITHIN: Duration = Duration::from_secs(20);
/// Without these a kubelet does not start.
const NEEDED: [&str; 4] = ["cpu", "memory", "pids", "cpuset"];

/// How control groups are mounted on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// One hierarchy for each controller, or for a few together, by the options of their mounts (`cpu,cpuacct`, `name=systemd`).
    V1(Vec<(PathBuf, String)>),
    /// One hierarchy.
    V2(PathBuf),
}

impl Layout {
    /// As this machine has it.
    pub(super) fn read() -> Result<Self> {
        let mounts = std::fs::read_to_string("/proc/mounts").context("read /proc/mounts")?;
        Self::of(&mounts)
            .context("no control groups are mounted with the controllers cpu, cpuset, memory, pids")
    }

    fn of(mounts: &str) -> Option<Self> {
        let mut hierarchies = Vec::new();
        let mut unified = None;
        for line in mounts.lines() {
            let mut words = line.split_whitespace().skip(1);
            let (Some(folder), Some(kind), Some(options)) = (words.next(), words.next(), words.next()) else {
                continue;
            };
            match kind {
                "cgroup" => hierarchies.push((PathBuf::from(folder), controllers(options))),
                "cgroup2" => unified = Some(PathBuf::from(folder)),
                _ => {}
            }
        }
        let has =
            |needed: &&str| hierarchies.iter().any(|(_, names)| names.split(',').any(|name| name == *needed));
        // Beside hierarchies with controllers, the unified one has none.
        if NEEDED.iter().all(has) { Some(Self::V1(hierarchies)) } else { unified.map(Self::V2) }
    }

    /// The hierarchies as a node mounts them: by options, none for the unified one.
    pub(super) fn mounts(&self) -> Vec<String> {
        match self {
            Self::V1(hierarchies) => hierarchies.iter().map(|(_, options)| options.clone()).collect(),
            Self::V2(_) => Vec::new(),
        }
    }

    fn roots(&self) -> Vec<&Path> {
        match self {
            Self::V1(hierarchies) => hierarchies.iter().map(|(folder, _)| folder.as_path()).collect(),
            Self::V2(folder) => vec![folder],
        }
    }

    /// Whether this user may make groups for a district here: makes one and removes it.
    pub(super) fn try_out(&self, district: &str) -> Result<()> {
        Group::make(self, district, "try").map(|group| group.remove())
    }
}

/// Those options of a mount that are controllers or the name of a hierarchy.
fn controllers(options: &str) -> String {
    const OTHERS: [&str; 10] = [
        "rw",
        "ro",
        "nosuid",
        "nodev",
        "noexec",
        "relatime",
        "noatime",
        "clone_children",
        "xattr",
        "noprefix",
    ];
    let chosen =
        options.split(',').filter(|option| !OTHERS.contains(option) && !option.starts_with("release_agent"));
    chosen.collect::<Vec<_>>().join(",")
}

/// The control groups of a node; removing them needs their processes ended.
#[derive(Debug)]
pub(super) struct Group {
    folders: Vec<PathBuf>,
}

impl Group {
    /// Makes the groups of a node of a district, which is called as its folder is.
    pub(super) fn make(layout: &Layout, district: &str, node: &str) -> Result<Self> {
        let mut folders = Vec::new();
        for root in layout.roots() {
            let mut above = root.to_owned();
            for name in [OURS, district, node] {
                let folder = above.join(name);
                std::fs::create_dir_all(&folder)
                    .with_context(|| format!("make the control group {}", folder.display()))?;
                hand_down(layout, &above, &folder)?;
                above = folder;
            }
            folders.push(above);
        }
        Ok(Self { folders })
    }

    /// The files that a process writes its number into to be one of the groups.
    pub(super) fn members(&self) -> Vec<String> {
        self.folders.iter().map(|folder| folder.join("cgroup.procs").display().to_string()).collect()
    }

    /// Removes the groups and all below them once they are empty, and those above when nothing else is in them.
    pub(super) fn remove(&self) {
        for folder in &self.folders {
            remove_once_empty(folder);
            for above in folder.ancestors().skip(1).take(2) {
                // Others may be in it, and then it stays.
                let _ = std::fs::remove_dir(above);
            }
        }
    }
}

/// A new group of version 1 has no processors and no memory to run on until it is told; one of version 2 no controllers.
fn hand_down(layout: &Layout, above: &Path, folder: &Path) -> Result<()> {
    match layout {
        Layout::V1(_) => {
            for file in ["cpuset.cpus", "cpuset.mems"] {
                if let Ok(value) = std::fs::read(above.join(file)) {
                    std::fs::write(folder.join(file), value)
                        .with_context(|| format!("write {file} of {}", folder.display()))?;
                }
            }
            Ok(())
        }
        Layout::V2(root) => {
            let control = above.join("cgroup.subtree_control");
            if above == root {
                // The machine's own: what it does not hand down is for its owner to say.
                let handed = std::fs::read_to_string(&control).context("read cgroup.subtree_control")?;
                let missing: Vec<_> = NEEDED
                    .into_iter()
                    .filter(|name| !handed.split_whitespace().any(|given| given == *name))
                    .collect();
                ensure!(
                    missing.is_empty(),
                    "{} does not hand down {}",
                    control.display(),
                    missing.join(", ")
                );
                return Ok(());
            }
            let all = NEEDED.map(|name| format!("+{name}")).join(" ");
            std::fs::write(&control, all).with_context(|| format!("write {}", control.display()))
        }
    }
}

/// Removes a group with those below it; whether it is gone.
fn removed(folder: &Path) -> bool {
    if let Ok(entries) = std::fs::read_dir(folder) {
        for entry in
            entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        {
            if !removed(&entry.path()) {
                return false;
            }
        }
    }
    match std::fs::remove_dir(folder) {
        Ok(()) => true,
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

/// Killed processes leave their group in a moment.
fn remove_once_empty(folder: &Path) {
    let until = Instant::now() + EMPTY_WITHIN;
    while !removed(folder) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Removes what districts left that were killed: those whose folders, as `alive` says, have no owner any more.
pub(crate) fn remove_abandoned(alive: impl Fn(&str) -> bool) {
    let Ok(layout) = Layout::read() else { return };
    for root in layout.roots() {
        let ours = root.join(OURS);
        let Ok(entries) = std::fs::read_dir(&ours) else { continue };
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) && !alive(&name) {
                remove_once_empty(&entry.path());
            }
        }
        // Others may be in it, and then it stays.
        let _ = std::fs::remove_dir(&ours);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hierarchies_are_told_by_their_mounts() {
        let first = "tmpfs /sys/fs/cgroup tmpfs rw 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,relatime,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset,clone_children 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,xattr,release_agent=/x,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
";
        let layout = Layout::of(first).unwrap();
        assert_eq!(layout.mounts(), ["cpu,cpuacct", "cpuset", "memory", "pids", "name=systemd"]);
        let second = "cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0\n";
        assert_eq!(Layout::of(second), Some(Layout::V2("/sys/fs/cgroup".into())));
        assert_eq!(Layout::of("proc /proc proc rw 0 0\n"), None);
    }
}
