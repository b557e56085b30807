//! The log of the long-running parts: one flat JSON line on stderr for each outcome. The plugin's verbs have none.
//!
//! | field | what it says |
//! |---|---|
//! | `timestamp`, `level`, `message` | when, how bad, what in a few words |
//! | `component`, `site`, `term` | `hub` or `site`; the data centre that it is about; of the hub, which leadership |
//! | `outcome` | applied, waiting, failed; lacking, found; heard, unheard; drift, deleting, …; stopped, panicked |
//! | `slice`, `namespace`, `name` | which object, by the slice that looked at it |
//! | `trigger` | what made it look: a change of another object, a pass, `time`, `retry`, `start` |
//! | `cause`, `code` | why it waits, failed or was refused, and the code of that sentence |
//! | `wrote`, `duration_ms` | what was written, and how long it took |

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use crds::metrics::Component;
use serde_json::Value;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

/// The site that the whole process is of.
static SITE: OnceLock<String> = OnceLock::new();
/// The number of the hub's leadership, 0 for none.
static TERM: AtomicI64 = AtomicI64::new(0);

/// Begins logging; `RUST_LOG` says how much. From here on a panic is a line of the log too.
pub(crate) fn begin(component: Component) {
    let filter = filter(&std::env::var("RUST_LOG").unwrap_or_default());
    // An error only says that a log is there already.
    let _ = tracing::subscriber::set_global_default(lines(component, filter, std::io::stderr));
    std::panic::set_hook(Box::new(|panic| {
        let text = panic.payload_as_str().unwrap_or("-");
        let place = panic.location().map(ToString::to_string);
        tracing::error!(outcome = "panicked", cause = text, place, "a mistake of this program's own");
    }));
}

/// What is logged. A level alone is that of this program: what its libraries say of each failed request, the slices say once and
/// with what it was for.
fn filter(wanted: &str) -> EnvFilter {
    let wanted = match wanted.trim() {
        "" => "zhengyun=info".to_owned(),
        level if !level.contains(['=', ',']) => format!("zhengyun={level}"),
        directives => directives.to_owned(),
    };
    EnvFilter::try_new(&wanted).unwrap_or_else(|_| EnvFilter::new("zhengyun=info"))
}

fn lines<W>(component: Component, filter: EnvFilter, to: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let mut layer = json_subscriber::JsonLayer::new(to);
    layer.with_timer("timestamp", tracing_subscriber::fmt::time::SystemTime);
    layer.with_level("level");
    layer.add_static_field("component", Value::from(component.name()));
    layer.add_dynamic_field("site", |_, _| SITE.get().cloned());
    layer.add_dynamic_field("term", |_, _| Some(TERM.load(Ordering::Relaxed)).filter(|term| *term != 0));
    layer.with_flattened_event();
    tracing_subscriber::registry().with(layer).with(filter)
}

/// The site that every line of this process is about.
pub(crate) fn name_site(site: &str) {
    // Said once, when the join file is read.
    let _ = SITE.set(site.to_owned());
}

/// The hub's leadership that every line from now on is of.
pub(crate) fn name_term(number: i64) {
    TERM.store(number, Ordering::Relaxed);
}

/// The code of a sentence of the catalogue at the beginning of a text.
pub(crate) fn code_in(text: &str) -> Option<&str> {
    let code = text.split([' ', '\n']).next()?;
    let digits = code.strip_prefix("ZY-")?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

/// The code of a sentence as it stands in logs.
pub(crate) fn code_of(message: &crds::Message) -> String {
    format!("ZY-{}", message.code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'w> MakeWriter<'w> for Written {
        type Writer = Self;

        fn make_writer(&'w self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn a_line_is_one_flat_json_object_with_the_fields_of_the_process() {
        let to = Written::default();
        let log = lines(Component::Hub, filter("info"), to.clone());
        tracing::subscriber::with_default(log, || {
            tracing::info!(
                outcome = "applied",
                name = "一\n\"b\"",
                duration_ms = 3_u64,
                code = Option::<&str>::None,
                "done"
            );
            tracing::debug!("not at this level");
            tracing::error!(target: "kube_client::client", "what a library says");
        });
        let text = String::from_utf8(to.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        let wanted = serde_json::json!({
            "timestamp": line["timestamp"], "level": "INFO", "component": "hub", "outcome": "applied",
            "name": "一\n\"b\"", "duration_ms": 3, "message": "done"
        });
        assert_eq!(line, wanted);
    }

    #[test]
    fn a_wanted_level_is_this_programs_and_directives_are_taken_as_they_are() {
        let of = |wanted: &str| filter(wanted).to_string();
        assert_eq!((of(""), of("debug")), ("zhengyun=info".into(), "zhengyun=debug".into()));
        assert_eq!((of("kube=trace"), of("no level")), ("kube=trace".into(), "zhengyun=info".into()));
    }

    #[test]
    fn the_code_of_a_cause_is_that_of_its_first_sentence() {
        assert_eq!(code_in("ZY-2008 等待 (waiting)\nZY-1 x"), Some("ZY-2008"));
        for none in ["", "ZY-", "ZY-a x", "connection refused"] {
            assert_eq!(code_in(none), None, "{none}");
        }
    }
}
