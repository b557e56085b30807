//! `capsule-parity.md`: each thing that Capsule does has a test here, or a reason.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};

/// The cells of each row of the table.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().filter(|line| line.starts_with('|')).skip(2);
    lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// What is wrong with a row.
fn wrong(row: &[&str], tests: &BTreeSet<String>) -> Option<String> {
    let [feature, _, here] = row else { return Some(format!("not three cells: {row:?}")) };
    let named: Vec<&str> = here.split('`').skip(1).step_by(2).filter(|name| is_test_name(name)).collect();
    if let Some(missing) = named.iter().find(|name| !tests.contains(**name)) {
        return Some(format!("{feature}: there is no test {missing}"));
    }
    let reason = here.strip_prefix("Reason: ").is_some_and(|reason| reason.len() > 20);
    (named.is_empty() && !reason).then(|| format!("{feature}: neither a test nor a reason"))
}

/// Test names here are sentences.
fn is_test_name(text: &str) -> bool {
    text.matches('_').count() >= 3
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Every function that is a test, in all crates.
fn tests() -> Result<BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace")?;
    let mut found = BTreeSet::new();
    let mut folders = vec![root.join("crds"), root.join("operator"), root.join("e2e")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                collect(&std::fs::read_to_string(&path)?, &mut found);
            }
        }
    }
    Ok(found)
}

fn collect(source: &str, found: &mut BTreeSet<String>) {
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        marked |=
            line.starts_with("#[test") || line.starts_with("#[tokio::test") || line.starts_with("#[rstest");
        let name = line.strip_prefix("async fn ").or(line.strip_prefix("fn "));
        if let Some(name) = name.and_then(|rest| rest.split('(').next()) {
            // Properties stand in a macro and are marked there.
            if marked || is_test_name(name) && source.contains("proptest!") {
                found.insert(name.to_owned());
            }
            marked = false;
        }
    }
}

#[test]
fn every_row_of_the_comparison_names_a_test_that_exists_or_a_reason() -> Result<()> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("capsule-parity.md"))?;
    let (rows, tests) = (rows(&text), tests()?);
    assert_eq!(rows.len(), 52, "a row was lost");
    let wrong: Vec<String> = rows.iter().filter_map(|row| wrong(row, &tests)).collect();
    assert_eq!(wrong, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_row_without_a_test_or_with_one_that_does_not_exist_is_found() {
    let tests = BTreeSet::from(["a_thing_is_so".to_owned()]);
    let said = |here| wrong(&["Cordon", "Y", here], &tests);
    assert_eq!(said("`a_thing_is_so`"), None);
    assert_eq!(said("Reason: it is of another issue"), None);
    assert_eq!(said("`a_thing_is_not_so`").as_deref(), Some("Cordon: there is no test a_thing_is_not_so"));
    assert_eq!(said("yes").as_deref(), Some("Cordon: neither a test nor a reason"));
    assert_eq!(said("Reason: no").as_deref(), Some("Cordon: neither a test nor a reason"));
}
