//! Reads a `Containerfile`: the few instructions that every OCI builder reads the same way, and no others.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

/// What a `Containerfile` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Containerfile {
    /// What is copied, in the order of the layers.
    pub(super) copies: Vec<Copy>,
    pub(super) user: Option<String>,
    pub(super) env: Vec<(String, String)>,
    pub(super) entrypoint: Vec<String>,
    pub(super) cmd: Vec<String>,
    pub(super) labels: Vec<(String, String)>,
    /// `8080/tcp`
    pub(super) ports: Vec<String>,
}

/// `COPY SRC DST`
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Copy {
    /// In the context, without `.` and `..`.
    pub(super) from: String,
    /// In the image, from its root and without the first slash; empty for the root itself.
    pub(super) to: String,
}

const ALLOWED: &str = "FROM, COPY, USER, ENV, ENTRYPOINT, CMD, LABEL and EXPOSE";

impl Containerfile {
    /// Reads a file; what it does not understand is an error that names the line.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let mut read = Self::default();
        let mut begun = false;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            read.instruction(line, begun).with_context(|| format!("line {number}"))?;
            begun = true;
        }
        ensure!(begun, "it says nothing: the first instruction is FROM scratch");
        ensure!(!read.copies.is_empty(), "it copies nothing: an image needs at least one COPY");
        ensure!(!read.entrypoint.is_empty(), "it starts nothing: an image needs an ENTRYPOINT");
        Ok(read)
    }

    fn instruction(&mut self, line: &str, begun: bool) -> Result<()> {
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        ensure!(begun || name == "FROM", "{name} before FROM: the first instruction is FROM scratch");
        ensure!(!rest.ends_with('\\'), "{name} goes on in the next line: an instruction is one line");
        match name {
            "FROM" if begun => bail!("a second FROM: an image has one stage"),
            "FROM" => ensure!(rest == "scratch", "FROM {rest}: only `scratch`, nothing is pulled"),
            "COPY" => self.copies.push(copy(rest)?),
            "USER" => set(&mut self.user, name, user(rest)?)?,
            "ENV" => put(&mut self.env, name, pair(name, rest)?)?,
            "LABEL" => put(&mut self.labels, name, pair(name, rest)?)?,
            "EXPOSE" => self.ports.push(port(rest)?),
            "ENTRYPOINT" => once(&mut self.entrypoint, name, strings(name, rest)?)?,
            "CMD" => once(&mut self.cmd, name, strings(name, rest)?)?,
            _ => bail!("{name} is not one of {ALLOWED}"),
        }
        Ok(())
    }
}

fn copy(rest: &str) -> Result<Copy> {
    let words: Vec<_> = rest.split_whitespace().collect();
    let [from, to] = words[..] else { bail!("COPY {rest}: one source and one destination, without options") };
    for word in [from, to] {
        ensure!(!word.starts_with("--"), "COPY {word}: options are read differently by builders");
        ensure!(
            !word.contains(['*', '?', '[', '"', '\'', '$', '\\']),
            "COPY {word}: a path stands as it is, without patterns, quotes and variables"
        );
        ensure!(!word.split('/').any(|part| part == ".."), "COPY {word}: a path does not lead outside");
    }
    ensure!(!from.starts_with('/'), "COPY {from}: the source is a path in the context folder");
    let Some(inside) = to.strip_prefix('/') else {
        bail!("COPY to {to}: the destination begins with /");
    };
    // Builders make of it the folder to copy a file into.
    ensure!(
        !inside.ends_with('/'),
        "COPY to {to}: without the last slash, and with the file's name for a file"
    );
    let (from, to) = (plain(from), plain(inside));
    ensure!(!from.is_empty(), "COPY .: name what is copied, or the Containerfile comes along");
    Ok(Copy { from, to })
}

fn plain(path: &str) -> String {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.join("/")
}

/// A number: of a name the kubelet cannot tell that it is not root's.
fn user(rest: &str) -> Result<String> {
    let numbers: Vec<_> = rest.split(':').collect();
    let valid = numbers.len() <= 2 && numbers.iter().all(|number| number.parse::<u32>().is_ok());
    ensure!(valid, "USER {rest}: a number, or two as in 65532:65532");
    Ok(rest.to_owned())
}

fn port(rest: &str) -> Result<String> {
    let (number, protocol) = rest.split_once('/').unwrap_or((rest, "tcp"));
    let valid = number.parse::<u16>().is_ok_and(|number| number > 0) && ["tcp", "udp"].contains(&protocol);
    ensure!(valid, "EXPOSE {rest}: one port as in 8080/tcp");
    Ok(format!("{number}/{protocol}"))
}

fn pair(name: &str, rest: &str) -> Result<(String, String)> {
    let example = || format!("{name} {rest}: one KEY=VALUE, the value in double quotes where it has spaces");
    let (key, value) = rest.split_once('=').with_context(example)?;
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let plain = quoted.unwrap_or(value);
    let whole = quoted.is_some() || !plain.contains(char::is_whitespace);
    let key_valid = !key.is_empty() && !key.contains(|c: char| c.is_whitespace() || "\"'\\$".contains(c));
    ensure!(whole && key_valid && !plain.contains(['"', '\'', '\\', '$']), example());
    Ok((key.to_owned(), plain.to_owned()))
}

fn strings(name: &str, rest: &str) -> Result<Vec<String>> {
    let list: Vec<String> = serde_json::from_str(rest)
        .ok()
        .with_context(|| format!(r#"{name} {rest}: a JSON list of texts as in ["/program", "argument"]"#))?;
    ensure!(!list.is_empty(), "{name} []: an empty list says nothing");
    Ok(list)
}

fn set(field: &mut Option<String>, name: &str, value: String) -> Result<()> {
    ensure!(field.is_none(), "a second {name}");
    *field = Some(value);
    Ok(())
}

fn once(field: &mut Vec<String>, name: &str, value: Vec<String>) -> Result<()> {
    ensure!(field.is_empty(), "a second {name}");
    *field = value;
    Ok(())
}

fn put(field: &mut Vec<(String, String)>, name: &str, (key, value): (String, String)) -> Result<()> {
    ensure!(field.iter().all(|(other, _)| *other != key), "a second {name} {key}");
    field.push((key, value));
    Ok(())
}

#[cfg(test)]
#[path = "containerfile_tests.rs"]
mod tests;
