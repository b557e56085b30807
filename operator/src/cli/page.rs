//! A text for people, line by line: sentences of the catalogue and tables. Whatever others wrote in it is cleaned.

use crds::message::localize;
use crds::{Lang, Message};

use super::failure::sentence;
use super::table::{Table, clean};
use super::words::{SEMICOLON, Word};

/// A text in the making.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    text: String,
    lang: Lang,
}

impl Page {
    /// An empty one.
    pub(crate) fn new(lang: Lang) -> Self {
        Self { text: String::new(), lang }
    }

    /// The reader's language.
    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// A sentence on a line of its own.
    pub(crate) fn say(&mut self, message: &Message) {
        self.line(&message.text(self.lang));
    }

    /// A sentence with its code: something that is not as it should be.
    pub(crate) fn warn(&mut self, message: &Message) {
        self.line(&sentence(message, self.lang));
    }

    /// A sentence, `depth` steps to the right: nobody's text can look like a heading.
    pub(crate) fn under(&mut self, depth: usize, message: &Message) {
        self.line_under(depth, &message.text(self.lang));
    }

    /// A text, `depth` steps to the right.
    pub(crate) fn line_under(&mut self, depth: usize, text: &str) {
        self.line(&format!("{}{}", "  ".repeat(depth), clean(text)));
    }

    /// An empty line, unless nothing stands above it.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A table with its headings.
    pub(crate) fn table(&mut self, table: &Table) {
        self.text.push_str(&table.render());
    }

    /// A table under headings in the reader's language.
    pub(crate) fn headed<const N: usize>(&self, headings: [Word; N]) -> Table {
        Table::new(headings.map(|word| word.of(self.lang)))
    }

    /// The text.
    pub(crate) fn text(self) -> String {
        self.text
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(&clean(text));
        self.text.push('\n');
    }
}

/// A stored text in one language and on one line.
pub(crate) fn one_line(message: &str, lang: Lang) -> String {
    let lines: Vec<String> =
        localize(message, lang).lines().map(clean).filter(|line| !line.trim().is_empty()).collect();
    lines.join(SEMICOLON.of(lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_stays_in_its_line_and_behind_its_margin() {
        let mut page = Page::new(Lang::En);
        page.gap();
        page.say(&Message::NothingHeld { site: "a\u{1b}[2J\nx".into() });
        page.gap();
        page.gap();
        page.line_under(2, "x\n需要处理");
        page.warn(&Message::StateChanged {});
        let text = page.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..3], ["no set of orders at a[2J x waits for a person", "", "    x 需要处理"]);
        assert!(lines[3].starts_with("ZY-3026 "));
    }

    #[test]
    fn a_stored_text_of_several_lines_becomes_one() {
        let both = crds::message::join(&[Message::Settled {}, Message::HubHeard {}]);
        assert_eq!(one_line(&both, Lang::En), "ZY-1000 all is well; ZY-2013 the hub is heard");
        assert_eq!(one_line("a\n\u{1b}\nb", Lang::Zh), "a;b");
    }
}
