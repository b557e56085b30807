//! A person confirms exactly what they were shown: a code stands for one state, and does nothing in another.

use crds::{Lang, Message};
use plan::canonical::digest;
use serde::Serialize;

use super::output;
use super::page::Page;
use super::reach::Connect;

/// How much of the digest people copy.
const LENGTH: usize = 8;

/// The code of a state.
pub(crate) fn code(state: &impl Serialize) -> Result<String, Message> {
    let digest = digest(state).map_err(|error| Message::CannotPrint { error: error.to_string() })?;
    Ok(digest.chars().take(LENGTH).collect())
}

/// Whether what a page shows is confirmed. If not, the page is shown with the command that does it; a code of another state is
/// refused beside that.
pub(crate) fn confirmed(
    mut page: Page,
    given: Option<&str>,
    code: &str,
    command: Command,
) -> Result<bool, Message> {
    if given == Some(code) {
        return Ok(true);
    }
    page.gap();
    page.say(&Message::ConfirmWith { command: command.confirm(code) });
    output::text(&page.text())?;
    match given {
        None => Ok(false),
        Some(_) => Err(Message::StateChanged {}),
    }
}

/// A command line as a person can copy it.
#[derive(Clone, Debug)]
pub(crate) struct Command(String);

impl Command {
    /// A verb, for the cluster that this one speaks to.
    pub(crate) fn new<'a>(connect: &Connect, words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut command = Self("kubectl zhengyun".to_owned());
        for word in words {
            command.word(word);
        }
        let Connect { kubeconfig, context } = connect;
        if let Some(kubeconfig) = kubeconfig {
            command = command.option("--kubeconfig", &kubeconfig.display().to_string());
        }
        match context {
            Some(context) => command.option("--context", context),
            None => command,
        }
    }

    /// With an option.
    pub(crate) fn option(mut self, name: &str, value: &str) -> Self {
        self.word(name);
        self.word(value);
        self
    }

    /// With an option that has no value.
    pub(crate) fn flag(mut self, name: &str) -> Self {
        self.word(name);
        self
    }

    /// With the code that makes it do what it shows.
    pub(crate) fn confirm(self, code: &str) -> String {
        self.option("--confirm", code).text()
    }

    /// The line.
    pub(crate) fn text(self) -> String {
        self.0
    }

    fn word(&mut self, word: &str) {
        self.0.push(' ');
        self.0.push_str(&quoted(word));
    }
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:@,=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// What stands for a reason in a command that is shown before one was given.
pub(crate) fn reason_word(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "<理由>",
        Lang::En => "<reason>",
    }
}

/// Takes a text that a person gave, and not what stands for one in a command that was copied.
pub(crate) fn given(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || (text.starts_with('<') && text.ends_with('>')) {
        return Err("须如实填写 (fill it in)".into());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_of_one_state_and_no_other() {
        let one = code(&("kaicheng", 1)).unwrap();
        assert_eq!((one.len(), &one), (8, &code(&("kaicheng", 1)).unwrap()));
        assert_ne!(one, code(&("kaicheng", 2)).unwrap());
    }

    #[test]
    fn only_the_code_of_what_is_shown_confirms_it() {
        let ask = |given| {
            let command = Command::new(&Connect::default(), ["site", "revoke", "a"]);
            confirmed(Page::new(Lang::En), given, "12345678", command)
        };
        assert_eq!(ask(Some("12345678")), Ok(true));
        assert_eq!(ask(None), Ok(false));
        assert_eq!(ask(Some("1234567")), Err(Message::StateChanged {}));
    }

    #[test]
    fn a_command_can_be_copied_into_a_shell_whatever_stands_in_it() {
        let connect = Connect { kubeconfig: Some("/my dir/k".into()), context: Some("c".into()) };
        let command = Command::new(&connect, ["site", "abandon", "凯城机房"]);
        let command = command.option("--reason", "it's $HOME; 机房拆除").flag("--x").confirm("1a");
        assert_eq!(
            command,
            r"kubectl zhengyun site abandon 凯城机房 --kubeconfig '/my dir/k' --context c --reason 'it'\''s $HOME; 机房拆除' --x --confirm 1a"
        );
    }

    #[test]
    fn a_reason_is_given_and_not_copied() {
        assert_eq!(given(" 机房拆除 "), Ok("机房拆除".into()));
        for none in ["", "  ", reason_word(Lang::Zh), "<reason>"] {
            assert!(given(none).is_err(), "{none}");
        }
    }
}
