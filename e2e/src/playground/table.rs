//! Columns that align although Chinese characters are two cells wide.

use unicode_width::UnicodeWidthStr as _;

/// Cells between two columns.
const GAP: usize = 2;

/// A heading and rows as lines of aligned columns, each indented by two cells.
pub(crate) fn render<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> String {
    let heading = heading.map(str::to_owned);
    let all = || std::iter::once(&heading).chain(rows);
    let widths: [usize; N] =
        std::array::from_fn(|at| all().map(|row| row[at].width()).max().unwrap_or_default());
    all().map(|row| line(row, &widths)).collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths) {
        line.push_str(&" ".repeat(GAP));
        line.push_str(cell);
        line.push_str(&" ".repeat(width.saturating_sub(cell.width())));
    }
    line.truncate(line.trim_end().len());
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_although_chinese_is_twice_as_wide() {
        let rows = [["凯城机房", "kaicheng"], ["CDC机房", "cdc"]].map(|row| row.map(str::to_owned));
        assert_eq!(
            render(["机房", "短名"], &rows),
            "  机房      短名\n  凯城机房  kaicheng\n  CDC机房   cdc\n"
        );
    }
}
