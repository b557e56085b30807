//! Results on stdout, hints on stderr.

use std::io::{ErrorKind, Write};

use crds::Message;
use serde::Serialize;

/// Form of an answer.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// For people.
    #[value(help = "供人阅读 (for people)")]
    Text,
    /// For programs.
    #[value(help = "供程序读取 (for programs)")]
    Json,
}

/// Writes a text to stdout. A reader that has seen enough (`| head`) is not an error.
pub(crate) fn text(text: &str) -> Result<(), Message> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Message::CannotPrint { error: error.to_string() })
        }
        _ => Ok(()),
    }
}

/// Writes a value as YAML to stdout.
pub(crate) fn yaml(value: &impl Serialize) -> Result<(), Message> {
    let yaml =
        serde_yaml::to_string(value).map_err(|error| Message::CannotPrint { error: error.to_string() })?;
    text(&yaml)
}

/// Writes a value as JSON to stdout.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Message> {
    let json = serde_json::to_string_pretty(value)
        .map_err(|error| Message::CannotPrint { error: error.to_string() })?;
    text(&format!("{json}\n"))
}

/// Says something to the person beside the result. If nobody listens there, the result stands all the same.
pub(crate) fn hint(line: &str) {
    writeln!(std::io::stderr(), "{line}").ok();
}
