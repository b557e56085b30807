//! A root file system from Debian packages. They are unpacked and not installed: no script of theirs runs, root is not
//! needed, this machine's packages and lists stay as they are, and the same packages are the same files.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::context::{Entry, Kind, walk};
use super::store;
use super::{complete, program};
use crate::lock::FileLock;

/// Which versions of packages an image has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packages {
    /// Those that are in the cache; the newest when there are none.
    Kept,
    /// The newest that this machine's sources have.
    Newest,
}

/// Where an image says which packages it has.
const RECORD: &str = "usr/share/zhengyun/packages";
const DEBIAN: &str = "apt dpkg, on Debian 12";
/// Locales of data that was made elsewhere: a replica can only be read with the locale of its original.
const LOCALES: [&str; 4] = ["C.utf8", "en_US.utf8", "zh_CN", "zh_CN.utf8"];

/// The root file system of the packages that a file lists, assembled when it is not there.
pub(super) fn root_file_system(list: &Path, which: Packages) -> Result<PathBuf> {
    let list = fs::read_to_string(list).with_context(|| format!("read {}", list.display()))?;
    let folder = store::folder()?.join("debian");
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    let _assembling = FileLock::take(&folder.with_extension("lock"))?;
    store::remove_old(&folder)?;
    let key = store::key(&[&list, include_str!("debian.rs")])?;
    let ours = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&key));
    let kept = store::newest_first(&folder)?.into_iter().find(ours);
    match (which, kept) {
        (Packages::Kept, Some(root)) => Ok(root),
        _ => newest(&names(&list), &key, &folder).context("make the root file system of Debian packages"),
    }
}

/// The root file system of the newest packages. One of older packages stays beside it, since it may be packed just now.
fn newest(names: &[&str], key: &str, folder: &Path) -> Result<PathBuf> {
    let temporary = tempfile::tempdir_in(folder).context("create a folder for packages")?;
    let apt = Apt::updated(&temporary.path().join("apt"))?;
    let record = apt.newest(names)?;
    let root = folder.join(format!("{key}-{}", store::key(&[&record])?));
    if !root.is_dir() {
        eprintln!("assembling a root file system from {} Debian packages …", names.len());
        let unfinished = assemble(&apt, names, &record, temporary.path())?;
        fs::rename(&unfinished, &root).with_context(|| format!("put {} in place", root.display()))?;
    }
    Ok(root)
}

/// The packages of a list, one a line.
fn names(list: &str) -> Vec<&str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// `apt-get` with this machine's sources and keys, and with lists of its own.
struct Apt(PathBuf);

impl Apt {
    fn updated(folder: &Path) -> Result<Self> {
        for part in ["state/lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(part)).context("create a folder for package lists")?;
        }
        fs::write(folder.join("state/status"), "").context("create a folder for package lists")?;
        let apt = Self(folder.to_owned());
        program::run(apt.get().args(["-qq", "update"]), DEBIAN)?;
        Ok(apt)
    }

    fn get(&self) -> Command {
        let mut get = Command::new("apt-get");
        let at = |option: &str, part: &str| format!("{option}={}", self.0.join(part).display());
        for option in [
            at("Dir::State", "state"),
            at("Dir::State::status", "state/status"),
            at("Dir::Cache", "cache"),
            at("Dir::Log", "state"),
            "Dir::Etc::preferences=/dev/null".to_owned(),
            "APT::Sandbox::User=root".to_owned(),
            "Acquire::Retries=3".to_owned(),
        ] {
            get.arg("-o").arg(option);
        }
        get.env("LC_ALL", "C").env("DEBIAN_FRONTEND", "noninteractive");
        get
    }

    /// What would be downloaded: a line of file (with its version) and digest for every package.
    fn newest(&self, names: &[&str]) -> Result<String> {
        let said = program::run(self.get().args(["-qq", "--print-uris", "download"]).args(names), DEBIAN)?;
        let said = String::from_utf8(said).context("read what apt-get says")?;
        // 'http://…' libc6_2.36-9_amd64.deb 2756000 SHA256:…
        let mut lines = Vec::new();
        for line in said.lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            if let [_, file, _, digest] = words[..] {
                lines.push(format!("{} {digest}\n", file.trim_end_matches(".deb").replace("%3a", ":")));
            }
        }
        ensure!(lines.len() == names.len(), "apt-get knows {} of {} packages", lines.len(), names.len());
        lines.sort();
        Ok(lines.concat())
    }

    fn download(&self, names: &[&str], into: &Path) -> Result<Vec<PathBuf>> {
        program::run(self.get().current_dir(into).args(["-qq", "download"]).args(names), DEBIAN)?;
        let mut files: Vec<_> = walk(into)?.into_iter().map(|entry| entry.source).collect();
        files.retain(|file| file.extension().is_some_and(|end| end == "deb"));
        Ok(files)
    }
}

fn assemble(apt: &Apt, names: &[&str], record: &str, temporary: &Path) -> Result<PathBuf> {
    let root = temporary.join("root");
    let archives = temporary.join("archives");
    fs::create_dir_all(&archives).context("create a folder for packages")?;
    for folder in ["dev", "etc/ssl/certs", "proc", "run/postgresql", "sys", "usr/share/zhengyun"] {
        fs::create_dir_all(root.join(folder)).with_context(|| format!("create {folder}"))?;
    }
    for archive in apt.download(names, &archives)? {
        unpack(&archive, &temporary.join("package"), &root)?;
    }
    without_scripts(&root).context("do what scripts of the packages would do")?;
    fs::write(root.join(RECORD), record).context("write which packages it has")?;
    complete::all_there(&root)?;
    Ok(root)
}

/// Copies what an image needs of a package.
fn unpack(archive: &Path, package: &Path, root: &Path) -> Result<()> {
    program::run(Command::new("dpkg-deb").arg("--extract").args([archive, package]), DEBIAN)?;
    for entry in walk(package)? {
        let Some(path) = merged(&entry.path) else { continue };
        if !needed(&path) || matches!(entry.kind, Kind::Folder { .. }) {
            continue;
        }
        let to = root.join(&path);
        let folder = to.parent().unwrap_or(root);
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
        let said = || format!("copy {path} of {}", archive.display());
        match left_behind(&entry, package) {
            Some(file) => fs::copy(file, &to).map(drop).with_context(said)?,
            None => entry.copy_to(&to).with_context(said)?,
        }
    }
    fs::remove_dir_all(package).with_context(|| format!("remove {}", package.display()))
}

/// The file that a link leads to, when the image does not get it: locales share theirs with others that nobody needs.
fn left_behind(entry: &Entry, package: &Path) -> Option<PathBuf> {
    let Kind::Link { .. } = entry.kind else { return None };
    let file = entry.source.canonicalize().ok()?;
    let path = merged(file.strip_prefix(package.canonicalize().ok()?).ok()?.to_str()?)?;
    (file.is_file() && !needed(&path)).then_some(file)
}

/// Where a path of a package is when `/bin`, `/sbin` and `/lib…` are those of `/usr`; nothing for a package's own root.
fn merged(path: &str) -> Option<String> {
    let top = path.split('/').next().filter(|top| !top.is_empty())?;
    Some(if ["bin", "sbin", "lib", "lib64"].contains(&top) { format!("usr/{path}") } else { path.to_owned() })
}

/// Folders and files that an image does not need: what only a person or a running machine reads, conversions that
/// PostgreSQL has of its own, and its compiler, which takes 120 MB of libraries.
const NOT_NEEDED: [&str; 21] = [
    "etc/cron.d/",
    "etc/cron.daily/",
    "etc/default/",
    "etc/init.d/",
    "etc/logrotate.d/",
    "etc/systemd/",
    "/gconv/",
    "/lib/bitcode/",
    "/lib/llvmjit.so",
    "usr/lib/systemd/",
    "usr/share/bash-completion/",
    "usr/share/bug/",
    "usr/share/gdb/",
    "usr/share/info/",
    "usr/share/initramfs-tools/",
    "usr/share/libc-bin/",
    "usr/share/lintian/",
    "usr/share/locale/",
    "usr/share/man/",
    // A link to what a machine's administrator chooses.
    "usr/share/zoneinfo/localtime",
    "usr/share/zsh/",
];

fn needed(path: &str) -> bool {
    if let Some(of) = path.strip_prefix("usr/share/doc/") {
        // Licences stay; a link says that another package of the same source has the licence.
        return of.ends_with("/copyright") || !of.contains('/');
    }
    if let Some(of) = path.strip_prefix("usr/lib/locale/") {
        return of.split_once('/').is_some_and(|(locale, _)| LOCALES.contains(&locale));
    }
    !NOT_NEEDED.iter().any(|part| path.contains(part))
}

fn without_scripts(root: &Path) -> Result<()> {
    for top in ["bin", "sbin", "lib", "lib64"] {
        fs::create_dir_all(root.join("usr").join(top))?;
        symlink(format!("usr/{top}"), root.join(top))?;
    }
    // Where programs still look for their sockets.
    fs::create_dir_all(root.join("var"))?;
    symlink("/run", root.join("var/run"))?;
    let tmp = root.join("tmp");
    fs::create_dir(&tmp)?;
    fs::set_permissions(&tmp, fs::Permissions::from_mode(0o1777))?;
    let busybox = root.join("usr/bin/busybox");
    let applets = String::from_utf8(program::run(Command::new(&busybox).arg("--list"), "busybox-static")?)?;
    for applet in applets.lines() {
        let path = root.join("usr/bin").join(applet);
        if path.symlink_metadata().is_err() {
            symlink("busybox", &path)?;
        }
    }
    certificates(root)
}

/// All authorities in one file, in the order of their names.
fn certificates(root: &Path) -> Result<()> {
    let mut all = String::new();
    for entry in walk(&root.join("usr/share/ca-certificates"))? {
        if matches!(entry.kind, Kind::File { .. }) {
            all.push_str(fs::read_to_string(&entry.source)?.trim_end());
            all.push('\n');
        }
    }
    ensure!(all.contains("BEGIN CERTIFICATE"), "the packages have no certificate");
    fs::write(root.join("etc/ssl/certs/ca-certificates.crt"), all)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn licences_stay_and_manuals_languages_and_the_compiler_go() {
        for path in [
            "usr/share/doc/rsync/copyright",
            "usr/lib/locale/zh_CN.utf8/LC_COLLATE",
            "usr/lib/postgresql/15/lib/dict_snowball.so",
            "usr/share/postgresql/15/postgres.bki",
            "usr/share/zoneinfo/Asia/Shanghai",
            "etc/ssl/openssl.cnf",
        ] {
            assert!(needed(path), "{path}");
        }
        for path in [
            "usr/share/doc/rsync/changelog.gz",
            "usr/lib/locale/de_DE.utf8/LC_COLLATE",
            "usr/share/locale/de/LC_MESSAGES/postgres-15.mo",
            "usr/lib/postgresql/15/lib/bitcode/postgres.index.bc",
            "usr/lib/postgresql/15/lib/llvmjit.so",
            "usr/share/man/man1/psql.1.gz",
        ] {
            assert!(!needed(path), "{path}");
        }
    }

    #[test]
    fn programs_and_libraries_are_below_usr() {
        assert_eq!(merged("lib/x86_64-linux-gnu/libc.so.6").unwrap(), "usr/lib/x86_64-linux-gnu/libc.so.6");
        assert_eq!(merged("usr/bin/psql").unwrap(), "usr/bin/psql");
        assert_eq!(merged("library").unwrap(), "library");
        assert_eq!(merged(""), None);
    }

    #[test]
    fn a_list_of_packages_has_comments_and_names_each_once() {
        assert_eq!(names("# what\n\nlibc6\n  zlib1g \n"), ["libc6", "zlib1g"]);
        let list = super::super::Image::Mover.definition().join("packages");
        let list = fs::read_to_string(list).unwrap();
        let named = names(&list);
        assert_eq!(named.iter().collect::<BTreeSet<_>>().len(), named.len());
    }
}
