//! Tables as text: CSV as Excel, WPS and other programs write it, in the encodings that they use in China.

use encoding_rs::{Encoding, GB18030};
use plan::form::{Sheet, SheetRow};

use super::super::csv::uncelled;

/// What programs put between cells; which one depends on the country that they are set to.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The text of a file: by its mark, else UTF-8 if it can be that, else GB18030, in which a Chinese Excel writes CSV.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let marked = Encoding::for_bom(bytes);
    let utf8 = || std::str::from_utf8(bytes).ok().map(str::to_owned);
    let decoded = |encoding: &'static Encoding, bytes: &[u8]| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
        Some(text.into_owned())
    };
    match marked {
        Some((encoding, mark)) => decoded(encoding, &bytes[mark..]),
        None => utf8().or_else(|| decoded(GB18030, bytes)),
    }
    // What has such characters is not text, whatever it could be decoded as.
    .filter(|text| !text.contains('\0'))
}

/// The cells of a text.
pub(super) fn read(text: &str) -> Result<Sheet, csv::Error> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut line = 0;
    for record in reader.records() {
        let record = record?;
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok());
        line += 1 + empty_lines(text, start.unwrap_or_default());
        rows.push(SheetRow { line, cells: record.iter().map(|cell| uncelled(cell).to_owned()).collect() });
    }
    Ok(Sheet { rows })
}

/// The delimiter that stands most often in the first line with anything in it.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: u8| {
        let mut quoted = false;
        let outside = first.bytes().filter(|byte| {
            quoted ^= *byte == b'"';
            !quoted && *byte == delimiter
        });
        outside.count()
    };
    let mut best = DELIMITERS[0];
    for delimiter in DELIMITERS {
        if count(delimiter) > count(best) {
            best = delimiter;
        }
    }
    best
}

/// Lines without anything before a record: the reader passes over them, but a spreadsheet counts them.
fn empty_lines(text: &str, start: usize) -> usize {
    let mut rest = text.get(start..).unwrap_or_default();
    // The second half of the end of the record before.
    if text.as_bytes().get(start.wrapping_sub(1)) == Some(&b'\r') {
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    let mut count = 0;
    while let Some(next) =
        rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).or_else(|| rest.strip_prefix('\r'))
    {
        (rest, count) = (next, count + 1);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(usize, Vec<String>)> {
        read(text).unwrap().rows.into_iter().map(|row| (row.line, row.cells)).collect()
    }

    fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn a_text_is_read_in_the_encodings_of_office_programs() {
        let text = "短码,单位名称\r\njiaoyu,区教育局";
        let (gb, _, _) = GB18030.encode(text);
        assert_ne!(&*gb, text.as_bytes());
        let marked = format!("\u{feff}{text}");
        let wide: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes(), &gb, marked.as_bytes(), &wide] {
            assert_eq!(decode(bytes).as_deref(), Some(text));
        }
        assert_eq!(decode(b"\xff\xff\xff"), None);
        assert_eq!(decode(b"a\0b"), None);
    }

    #[test]
    fn cells_are_parted_as_the_program_was_set_to() {
        for text in ["a,b;c\n1,2", "a;\"b;,,,c\";\n1;2", "a\tb\n1\t2"] {
            let all = cells(text);
            assert_eq!(all[1].1[..2], ["1", "2"], "{text}");
        }
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["", "a,b", "", "\"1\n\n2\",x", "", "", "'=3,", ""].join(end);
            let expected = [row(2, &["a", "b"]), row(4, &["1\n\n2", "x"]), row(7, &["=3", ""])];
            assert_eq!(cells(&text), expected, "{end:?}");
        }
        assert_eq!(cells("a,b,c\n1"), [row(1, &["a", "b", "c"]), row(2, &["1"])]);
    }
}
