//! That a root file system lacks nothing, which would be noticed only when it is first used.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use object::elf::DT_NEEDED;

use super::context::{Entry, Kind, walk};
use super::program;

/// Every library that a program or a library asks for is there by that name, and links lead somewhere.
pub(super) fn all_there(root: &Path) -> Result<()> {
    let mut there = BTreeSet::new();
    let mut asked = BTreeMap::new();
    let mut astray = Vec::new();
    for entry in walk(root)? {
        if matches!(entry.kind, Kind::Folder { .. }) {
            continue;
        }
        let name = entry.path.rsplit('/').next().unwrap_or_default();
        there.insert(name.to_owned());
        if let Kind::Link { target } = &entry.kind
            && leads_nowhere(root, &entry, target)
        {
            astray.push(format!("{} to {}", entry.path, target.display()));
        }
        if matches!(entry.kind, Kind::File { .. }) && is_elf(&entry.source)? {
            for library in needed(&entry.source)? {
                asked.entry(library).or_insert_with(|| entry.path.clone());
            }
        }
    }
    let missing: Vec<_> = asked
        .iter()
        .filter(|(library, _)| !there.contains(*library))
        .map(|(library, by)| format!("{library} (for {by})"))
        .collect();
    ensure!(astray.is_empty(), "links lead nowhere: {}", astray.join(", "));
    ensure!(missing.is_empty(), "no package of the list has {}", missing.join(", "));
    Ok(())
}

/// Of documentation, links may lead to what was left behind.
fn leads_nowhere(root: &Path, entry: &Entry, target: &Path) -> bool {
    let to = match target.strip_prefix("/") {
        Ok(inside) => root.join(inside),
        Err(_) => entry.source.with_file_name("").join(target),
    };
    !to.exists() && !entry.path.starts_with("usr/share/doc/")
}

/// What a program or a library asks for.
fn needed(path: &Path) -> Result<Vec<String>> {
    program::read(path, |file| {
        let table = file.elf_dynamic_table()?;
        let asked = table.iter().filter(|entry| entry.tag == DT_NEEDED);
        asked.map(|entry| Ok(String::from_utf8_lossy(table.string(entry)?).into_owned())).collect()
    })
}

fn is_elf(path: &Path) -> Result<bool> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut head));
    read.with_context(|| format!("read {}", path.display()))?;
    Ok(head == object::elf::ELFMAG)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_is_not_there_is_named_with_the_program_that_asks_for_it() {
        let root = tempfile::tempdir().unwrap();
        let program = std::env::current_exe().unwrap();
        std::fs::create_dir(root.path().join("bin")).unwrap();
        std::fs::copy(&program, root.path().join("bin/test")).unwrap();
        std::fs::write(root.path().join("bin/script"), "#!/bin/sh\n").unwrap();
        let asked = needed(&program).unwrap();
        assert!(asked.iter().any(|library| library == "libc.so.6"), "{asked:?}");
        for library in asked.iter().filter(|library| *library != "libc.so.6") {
            std::fs::write(root.path().join(library), "").unwrap();
        }
        let said = all_there(root.path()).unwrap_err().to_string();
        assert_eq!(said, "no package of the list has libc.so.6 (for bin/test)");
        std::fs::write(root.path().join("libc.so.6"), "").unwrap();
        all_there(root.path()).unwrap();
    }

    #[test]
    fn a_link_that_leads_nowhere_is_named() {
        let root = tempfile::tempdir().unwrap();
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, root.path().join(name)).unwrap();
        std::fs::create_dir_all(root.path().join("usr/bin")).unwrap();
        link("usr/bin", "bin");
        link("/usr/bin", "usr/same");
        all_there(root.path()).unwrap();
        link("../none", "usr/astray");
        let said = all_there(root.path()).unwrap_err().to_string();
        assert_eq!(said, "links lead nowhere: usr/astray to ../none");
    }
}
