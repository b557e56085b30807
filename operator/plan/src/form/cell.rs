//! The text of a cell: cleaned of what cannot be seen, and wide characters made narrow where they mean the same.

use unicode_normalization::UnicodeNormalization;

use crate::plain::is_hostile;

/// What separates items in one cell, whatever they are.
const SEPARATORS: [char; 5] = ['、', ';', '\u{ff1b}', '\n', '\r'];
/// What is written between items.
pub const BETWEEN: &str = "、";

/// A text as people wrote it. Only wide letters, digits and blanks become narrow: brackets and quotation marks are the author's own.
#[must_use]
pub fn tidy(text: &str) -> String {
    squeezed(text.chars().map(narrow))
}

/// A code, word or number: everything that has a narrow form gets it.
#[must_use]
pub fn fold(text: &str) -> String {
    squeezed(text.nfkc())
}

/// The items of a cell, none of them empty.
#[must_use]
pub fn items(text: &str) -> Vec<String> {
    text.split(SEPARATORS).map(tidy).filter(|item| !item.is_empty()).collect()
}

/// The items of a cell in which no item has a comma.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let separator = |c: char| SEPARATORS.contains(&c) || matches!(c, ',' | '\u{ff0c}');
    text.split(separator).map(fold).filter(|item| !item.is_empty()).collect()
}

/// How headings and words are compared: `保护等级 (S)` and `保护等级（ｓ）` are one.
#[must_use]
pub fn key(text: &str) -> String {
    fold(text).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn narrow(c: char) -> char {
    match c {
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
        }
        _ => c,
    }
}

/// Without what cannot be seen, any blanks as one, none at the ends.
fn squeezed(characters: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    for c in characters {
        // Breaks and tabs are controls too, but they part words.
        if c.is_whitespace() && (!is_hostile(c) || matches!(c, '\n' | '\r' | '\t')) {
            if !text.ends_with(' ') {
                text.push(' ');
            }
        } else if !is_hostile(c) {
            text.push(c);
        }
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_own_marks_and_a_code_does_not() {
        assert_eq!(tidy(" 区科委（信息委）\u{3000}１２Ａ\u{200b}\r\n号 "), "区科委（信息委） 12A 号");
        assert_eq!(fold("ｊｉａｏｙｕ\u{3000}（１）"), "jiaoyu (1)");
        assert_eq!(key("保护等级 (S)"), key("保护等级（ｓ）"));
    }

    #[test]
    fn items_are_separated_as_people_separate_them() {
        assert_eq!(
            items("人口、法人;证照；信用\n空间,地理、"),
            ["人口", "法人", "证照", "信用", "空间,地理"]
        );
        assert_eq!(words("政务外网，互联网接入, 市级链路"), ["政务外网", "互联网接入", "市级链路"]);
    }
}
