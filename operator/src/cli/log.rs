//! The log of the long-running parts: JSON lines on stderr. The plugin's verbs have none.

use tracing_subscriber::EnvFilter;

/// Begins logging; `RUST_LOG` says how much, and `info` is the default.
pub(crate) fn begin() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().json().with_writer(std::io::stderr).with_env_filter(filter);
    // An error only says that a log is there already.
    let _: Result<(), _> = log.try_init();
}
