//! The one catalogue of what Zhengyun says to people: a stable code, Chinese first, English second.
//!
//! A message is stored and shown as `ZY-1203 中文 (English)`; [`localize`] takes the language that a reader wants out of it.

use std::fmt;

mod catalogue;
pub mod glossary;

pub use catalogue::Message;

/// The language that a reader wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Chinese, the first language of this product.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Reads a `LANG`-like value: everything that does not name English is Chinese.
    #[must_use]
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("en") { Self::En } else { Self::Zh }
    }
}

/// How a sentence names a kind: the Chinese term, then the kind. English sentences leave the term out.
fn in_english(value: &str) -> &str {
    let kind =
        value.split_once(' ').filter(|(zh, name)| glossary::term(name).is_some_and(|term| term.zh == *zh));
    kind.map_or(value, |(_, name)| name)
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ZY-{} {} ({})", self.code(), self.text(Lang::Zh), self.text(Lang::En))
    }
}

/// Several messages as one text, a line each, in their order.
#[must_use]
pub fn join(messages: &[Message]) -> String {
    messages.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What a reader of one language sees of a stored text. Lines that are not of the catalogue's form are left as they are.
#[must_use]
pub fn localize(text: &str, lang: Lang) -> String {
    text.lines().map(|line| localize_line(line, lang)).collect::<Vec<_>>().join("\n")
}

fn localize_line(line: &str, lang: Lang) -> String {
    let Some((head, english)) = split_english(line) else { return line.to_owned() };
    match (lang, head.split_once(' ')) {
        (Lang::En, Some((code, _))) => format!("{code} {english}"),
        _ => head.to_owned(),
    }
}

/// Splits `ZY-1 中文 (English)` at the parenthesis that the last one closes.
fn split_english(line: &str) -> Option<(&str, &str)> {
    let inner = line.strip_prefix("ZY-").and(line.strip_suffix(')'))?;
    let mut depth = 1_u32;
    for (at, c) in inner.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((inner[..at].trim_end(), &inner[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_and_name_stands_once_and_speaks_both_languages() {
        let (mut codes, mut names) = (BTreeSet::new(), BTreeSet::new());
        for (code, name, zh, en) in Message::CATALOGUE {
            assert!(codes.insert(code), "code {code} twice");
            assert!(names.insert(name), "name {name} twice");
            assert!(zh.chars().any(|c| c > '\u{2e80}'), "{name} has no Chinese text");
            assert!(en.is_ascii(), "{name} has no plain English text");
        }
    }

    #[test]
    fn a_reader_gets_the_language_they_want() {
        let said = Message::BadUnifiedCode { value: "1".into(), expected: "2".into() }.to_string();
        assert!(said.starts_with("ZY-1202 unifiedCode“1”"));
        assert_eq!(localize(&said, Lang::Zh), "ZY-1202 unifiedCode“1”校验位错误,应为“2”(GB 32100-2015)");
        assert_eq!(
            localize(&said, Lang::En),
            "ZY-1202 unifiedCode \"1\" has a wrong check character, it should be \"2\" (GB 32100-2015)"
        );
    }

    #[test]
    fn a_foreign_text_is_left_alone() {
        assert_eq!(
            localize("connection refused (os error 111)", Lang::En),
            "connection refused (os error 111)"
        );
    }

    #[test]
    fn several_messages_are_localized_line_by_line() {
        let both = join(&[Message::Settled {}, Message::NotJoined { site: "kaicheng".into() }]);
        assert_eq!(
            localize(&both, Lang::En),
            "ZY-1000 all is well\nZY-1110 the site has not joined yet; run: kubectl zhengyun site join kaicheng"
        );
    }
}
