//! Tables as files that office programs open: UTF-8 with a mark in front, quoted, and no cell that is taken for a formula.

use super::table::clean;

/// Without it a Chinese Excel reads UTF-8 as GBK.
const MARK: char = '\u{feff}';

/// Rows as one file, the headings first.
pub(crate) fn csv(rows: &[Vec<String>]) -> String {
    let mut file = String::from(MARK);
    for row in rows {
        let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
        file.push_str(&cells.join(","));
        file.push_str("\r\n");
    }
    file
}

/// One cell. What a program would calculate, in whatever width of character, is made plain text by an apostrophe.
fn cell(text: &str) -> String {
    let mut text = clean(text);
    if is_formula(&text) {
        text.insert(0, '\'');
    }
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A cell as it was before it was written.
pub(crate) fn uncelled(text: &str) -> &str {
    text.strip_prefix('\'').filter(|_| is_formula(text)).unwrap_or(text)
}

/// Whether a program would calculate it, or take an apostrophe of its own for the one that is written before formulas.
fn is_formula(text: &str) -> bool {
    let formula = |c: char| {
        matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}')
    };
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '\'').starts_with(formula)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_begins_with_the_mark_and_every_cell_is_quoted() {
        let rows = [vec!["命名空间".to_owned(), "a,b".to_owned()], vec!["说\"x\"".to_owned(), String::new()]];
        assert_eq!(csv(&rows), "\u{feff}\"命名空间\",\"a,b\"\r\n\"说\"\"x\"\"\",\"\"\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for hostile in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "  =1",
            "\r\n=1",
            "\u{ff1d}1",
            "\u{ff0b}1",
            "\u{ff20}x",
            "|x",
            "\u{200b}=1",
        ] {
            assert!(cell(hostile).starts_with("\"'"), "{hostile:?} became {}", cell(hostile));
        }
        assert_eq!(cell("his-a"), "\"his-a\"");
    }

    #[test]
    fn a_cell_that_was_made_plain_text_is_read_as_it_was() {
        for text in ["=1", "'=1", "''-1", " '=1", "'a", "a", "' x", "+86", ""] {
            let written = cell(text);
            assert_eq!(uncelled(&written[1..written.len() - 1]), text);
        }
    }
}
