//! Completion: scripts for shells, and answers to kubectl, which asks a plugin's `kubectl_complete-NAME` what may follow.

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::engine::complete;
use clap_complete::{Shell, generate};
use crds::Message;

use super::args::Args;
use super::failure::{Exit, Failure};
use super::output;

/// The name under which kubectl runs this program to complete `kubectl zhengyun`.
const ASKED_BY_KUBECTL: &str = "kubectl_complete-zhengyun";
/// What kubectl reads behind the candidates: complete nothing else, such as files.
const NO_FILES: &str = ":4\n";

/// For which shell.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct CompletionArgs {
    /// The shell.
    #[arg(value_enum, help = "命令解释器 (shell)")]
    pub(crate) shell: ShellName,
}

/// A shell that people here use.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShellName {
    /// GNU bash.
    Bash,
    /// Zsh.
    Zsh,
}

/// Prints the script of a shell.
pub(super) fn run(args: &CompletionArgs) -> Result<Exit, Failure> {
    let shell = match args.shell {
        ShellName::Bash => Shell::Bash,
        ShellName::Zsh => Shell::Zsh,
    };
    output::text(&script(shell)?)?;
    Ok(Exit::Well)
}

fn script(shell: Shell) -> Result<String, Message> {
    let mut text = Vec::new();
    generate(shell, &mut Args::command().bin_name("zhengyun"), "zhengyun", &mut text);
    String::from_utf8(text).map_err(|error| Message::CannotPrint { error: error.to_string() })
}

/// The answer to kubectl, when this program runs under the name by which kubectl asks.
pub(crate) fn asked() -> Option<Result<(), Message>> {
    let mut words = std::env::args_os();
    let program = words.next()?;
    let asked = Path::new(&program).file_name().is_some_and(|name| name == ASKED_BY_KUBECTL);
    asked.then(|| output::text(&answer(words.collect())))
}

/// What may stand in the place of the last word, a line each with what it means.
fn answer(words: Vec<OsString>) -> String {
    let mut line = vec![OsString::from("zhengyun")];
    line.extend(words);
    let last = line.len() - 1;
    let candidates = complete(&mut Args::command(), line, last, None).unwrap_or_default();
    let shown = candidates.iter().filter(|candidate| !candidate.is_hide_set()).map(|candidate| {
        let value = candidate.get_value().to_string_lossy();
        match candidate.get_help() {
            Some(help) => format!("{value}\t{help}\n"),
            None => format!("{value}\n"),
        }
    });
    shown.collect::<String>() + NO_FILES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(words: &[&str]) -> Vec<String> {
        let text = answer(words.iter().map(OsString::from).collect());
        text.lines().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn kubectl_is_told_what_may_follow() {
        assert_eq!(answered(&["stat"]), ["status", ":4"]);
        let below = answered(&["status", ""]);
        for verb in ["site", "department", "system", "district"] {
            assert!(below.contains(&verb.to_owned()), "{below:?}");
        }
        assert_eq!(answered(&["status", "-o", "h"]), ["html", ":4"]);
        assert_eq!(answered(&["nothing", "of", "that"]), [":4"]);
    }

    #[test]
    fn both_shells_get_a_script_that_names_every_verb() {
        for shell in [Shell::Bash, Shell::Zsh] {
            let script = script(shell).unwrap();
            for verb in Args::command().get_subcommands() {
                assert!(script.contains(verb.get_name()), "{shell}: {}", verb.get_name());
            }
        }
    }
}
