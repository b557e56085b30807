//! Text for terminals: columns that align although Chinese characters are two cells wide, and nothing that moves the cursor.

/// What a terminal may be given of a text that others wrote: no control, direction or invisible character; breaks become blanks.
pub(crate) use plan::plain::plain as clean;
use unicode_width::UnicodeWidthStr;

/// Cells between two columns.
const GAP: usize = 2;

/// As [`clean`], line by line; empty lines are left out.
pub(crate) fn clean_lines(text: &str) -> String {
    let lines = text.split('\n').map(clean).filter(|line| !line.trim().is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// A table for people: aligned columns without lines or colour.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with its headings.
    pub(crate) fn new<S: Into<String>>(headings: impl IntoIterator<Item = S>) -> Self {
        Self { rows: vec![headings.into_iter().map(Into::into).collect()] }
    }

    /// Adds a row. An empty cell shows a dash.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let shown = |cell: String| if cell.trim().is_empty() { "-".to_owned() } else { clean(&cell) };
        self.rows.push(cells.into_iter().map(shown).collect());
    }

    /// The lines, each ended.
    pub(crate) fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let cell = |row: &[String], at: usize| row.get(at).map_or(0, |cell| cell.width());
        let widths: Vec<usize> = (0..columns)
            .map(|at| self.rows.iter().map(|row| cell(row, at)).max().unwrap_or_default())
            .collect();
        self.rows.iter().map(|row| line(row, &widths)).collect()
    }
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths) {
        line.push_str(cell);
        line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + GAP));
    }
    line.truncate(line.trim_end().len());
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(line: &str, text: &str) -> usize {
        line[..line.find(text).unwrap()].width()
    }

    #[test]
    fn columns_align_although_chinese_is_twice_as_wide() {
        let mut table = Table::new(["名称", "ID", "说明"]);
        table.row(["凯城机房".into(), "kaicheng".into(), "x1".into()]);
        table.row(["CDC机房".into(), "cdc".into(), "x2".into()]);
        table.row(["Room".into(), String::new(), "x3".into()]);
        let text = table.render();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "凯城机房  kaicheng  x1");
        assert_eq!(lines[2], "CDC机房   cdc       x2");
        assert_eq!(lines[3], "Room      -         x3");
        assert_eq!(starts(lines[0], "说明"), starts(lines[1], "x1"));
    }

    #[test]
    fn no_line_ends_in_blanks() {
        let mut table = Table::new(["a", "long heading"]);
        table.row(["x".into(), "y".into()]);
        assert_eq!(table.render(), "a  long heading\nx  y\n");
    }

    #[test]
    fn what_others_wrote_cannot_move_the_cursor_or_turn_the_line_round() {
        assert_eq!(clean("a\u{1b}[2Jb\u{9b}31mc\u{7}\rd\ne"), "a[2Jb31mc d e");
        assert_eq!(clean("ab\u{202e}cd\u{2066}e\u{200b}f\u{feff}"), "abcdef");
        assert_eq!(clean("区教育局 (OK)"), "区教育局 (OK)");
        assert_eq!(clean_lines("a\u{1b}\n\n\u{1b}\nb\r"), "a\nb ");
    }
}
