//! A headless Chromium, for pages that people open: what they show, print, complain of, and ask for elsewhere.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, bail, ensure};

use crate::workdir::WorkDir;

/// The names under which it is installed.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// Whom this browser calls by itself, whatever it is told: that is not the page's doing.
const OWN_CALLS: [&str; 2] = [".google.com", ".googleapis.com"];
/// No desktop, no sandbox (which root may not have), and as few calls of its own as it can be told to make.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--enable-logging=stderr",
];

/// What a browser made of a page.
#[derive(Debug)]
pub struct Looked {
    /// The document after it was loaded.
    pub dom: String,
    /// What the page complained of in the console.
    pub console: Vec<String>,
    /// What was asked for over the network, by the first line of each request.
    pub requests: Vec<String>,
    /// The picture of the page, as PNG.
    pub screenshot: Vec<u8>,
    /// The page as it prints, as PDF.
    pub print: Vec<u8>,
}

/// Opens a file, with the network leading nowhere but to a listener that writes down who asks for what.
pub async fn look(page: &Path) -> Result<Looked> {
    let program = program()?;
    let dir = WorkDir::create()?;
    let nowhere = Nowhere::listen()?;
    let (picture, print) = (dir.path().join("page.png"), dir.path().join("page.pdf"));
    let url = format!("file://{}", page.display());
    let profile = dir.folder("profile")?;
    let run = async |wanted: OsString| {
        let mut command = tokio::process::Command::new(&program);
        command
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("--proxy-server={}", nowhere.address))
            .args(["--window-size=1100,1500", "--no-pdf-header-footer"])
            .arg(wanted)
            .arg(&url)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = command.output().await.with_context(|| format!("run {}", program.display()))?;
        ensure!(
            output.status.success(),
            "{}: {}",
            program.display(),
            String::from_utf8_lossy(&output.stderr)
        );
        anyhow::Ok(output)
    };
    let into = |flag: &str, file: &Path| {
        let mut wanted = OsString::from(flag);
        wanted.push(file);
        wanted
    };
    let dumped = run("--dump-dom".into()).await?;
    run(into("--screenshot=", &picture)).await?;
    run(into("--print-to-pdf=", &print)).await?;
    Ok(Looked {
        dom: String::from_utf8_lossy(&dumped.stdout).into_owned(),
        console: console(&dumped),
        requests: nowhere.requests(),
        screenshot: std::fs::read(&picture).context("read the picture")?,
        print: std::fs::read(&print).context("read the print")?,
    })
}

/// The lines that the page itself caused; a browser without a desktop complains of much else.
fn console(output: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect()
}

fn program() -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = NAMES.iter().find_map(|name| {
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
    });
    match found {
        Some(program) => Ok(program),
        None => bail!("no browser: install Chromium (one of {})", NAMES.join(", ")),
    }
}

/// A proxy that answers nothing.
struct Nowhere {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Nowhere {
    fn listen() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("listen for requests")?;
        let address = listener.local_addr()?.to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        // It ends with the process: a test that is over has nobody left who asks.
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let mut line = String::new();
                if BufReader::new(stream).read_line(&mut line).is_ok() && !line.is_empty() {
                    heard
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .push(line.trim().to_owned());
                }
            }
        });
        Ok(Self { address, asked })
    }

    /// Every request but those that the browser makes by itself.
    fn requests(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        asked.iter().filter(|line| !OWN_CALLS.iter().any(|own| host(line).ends_with(own))).cloned().collect()
    }
}

/// The host that a request to a proxy is for: `GET http://host/path HTTP/1.1`, `CONNECT host:443 HTTP/1.1`.
fn host(request: &str) -> &str {
    let target = request.split(' ').nth(1).unwrap_or_default();
    let target = target.split_once("://").map_or(target, |(_, rest)| rest);
    target.split(['/', ':', '?']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_request_is_read_in_both_forms() {
        assert_eq!(host("GET http://elsewhere.invalid/x.png HTTP/1.1"), "elsewhere.invalid");
        assert_eq!(host("CONNECT update.googleapis.com:443 HTTP/1.1"), "update.googleapis.com");
        assert_eq!(host(""), "");
    }
}
