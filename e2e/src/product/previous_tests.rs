use std::fs;

use super::*;

fn git_in(folder: &Path, args: &[&str]) -> String {
    let who = ["-c", "user.name=test", "-c", "user.email=test@example", "-c", "commit.gpgsign=false"];
    let output = git(folder).args(who).args(args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Writes the product in its smallest form, which says its version and another word, and commits it.
fn commit(folder: &Path, version: &str, word: &str) -> String {
    let package = format!("[package]\nname = \"operator\"\nversion = \"{version}\"\nedition = \"2024\"\n");
    let binary = "[[bin]]\nname = \"zhengyun\"\npath = \"main.rs\"\n";
    let main = format!("fn main() {{ println!(\"{{}} {word}\", env!(\"CARGO_PKG_VERSION\")) }}\n");
    let lock = format!("version = 4\n\n[[package]]\nname = \"operator\"\nversion = \"{version}\"\n");
    let files = [("Cargo.toml", package + binary), ("main.rs", main), ("Cargo.lock", lock)];
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    git_in(folder, &["add", "."]);
    git_in(folder, &["commit", "--quiet", "--message", word]);
    git_in(folder, &["rev-parse", "HEAD"])
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git_in(folder.path(), &["init", "--quiet"]);
    folder
}

#[test]
fn it_is_the_parent_of_the_newest_commit_that_changed_the_version() {
    let folder = repository();
    let path = folder.path();
    commit(path, "0.1.0", "first");
    commit(path, "0.2.0", "second");
    let last = commit(path, "0.2.0", "without the version");
    commit(path, "0.3.0", "third");
    fs::write(path.join("Cargo.toml"), fs::read_to_string(path.join("Cargo.toml")).unwrap() + "# later\n")
        .unwrap();
    git_in(path, &["commit", "--quiet", "--all", "--message", "another line of the same file"]);
    assert_eq!(last_before_change(path, ANY_VERSION).unwrap(), last);
    commit(path, "0.4.0", "fourth");
    assert_eq!(last_before_change(path, &version_line("0.2.0")).unwrap(), last);
}

#[test]
fn without_an_earlier_version_or_without_a_history_one_sentence_says_so() {
    let folder = repository();
    let path = folder.path().display();
    let said = || format!("{:#}", last_before_change(folder.path(), ANY_VERSION).unwrap_err());
    let impossible = "an earlier product cannot be built, because";
    let none = said();
    assert!(none.starts_with(&format!("{impossible} {path} has no git history (fatal: ")), "{none}");
    commit(folder.path(), "0.1.0", "first");
    commit(folder.path(), "0.1.0", "later");
    assert_eq!(said(), format!("{impossible} the git history of {path} has only one version"));
    fs::remove_dir_all(folder.path().join(".git")).unwrap();
    let none = said();
    assert!(none.starts_with(&format!("{impossible} {path} has no git history (fatal: ")), "{none}");
    assert!(!none.contains('\n'), "{none}");
}

#[test]
fn it_is_built_as_it_was_over_what_a_killed_build_left_and_then_kept() {
    let (folder, cache, shared) = (repository(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let old = commit(folder.path(), "0.1.0", "old");
    commit(folder.path(), "0.2.0", "new");
    let left = cache.path().join(&old).join("part/source");
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("main.rs"), "half of somethi").unwrap();

    let build = || built(folder.path(), ANY_VERSION, cache.path(), Some(shared.path())).unwrap();
    let binary = build();
    let said = Command::new(&binary).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&said.stdout), "0.1.0 old\n");
    assert_eq!(binary, cache.path().join(&old).join(BINARY));
    assert!(!cache.path().join(&old).join("part").exists());
    let shared = shared.path().join(if cfg!(debug_assertions) { "debug" } else { "release" });
    assert!(shared.join("deps").is_dir(), "what is compiled on the way is shared");
    assert!(!shared.join("zhengyun").exists(), "the present product is not overwritten");
    assert_eq!(git_in(folder.path(), &["status", "--porcelain"]), "", "the repository is left as it was");

    fs::write(&binary, "as it is").unwrap();
    assert_eq!(fs::read_to_string(build()).unwrap(), "as it is");
}
