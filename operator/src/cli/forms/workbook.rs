//! Tables as workbooks (xlsx): read without trusting their size, and written so that they explain themselves.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use plan::form::{Column, Form, MAX_ROWS, Shape, Sheet, SheetRow};
use rust_xlsxwriter::{
    Color, DataValidation, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError as WriteError,
};

/// The sheet that explains the form.
const EXPLAINED: &str = "填写说明";
/// Columns beyond any form; what stands there is all taken to stand in the last.
const MAX_COLUMNS: usize = 256;
/// Rows for which lists of words are offered.
const OFFERED: u32 = 2000;

/// The cells of the first sheet that is shown.
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, XlsxError> {
    let mut workbook = Xlsx::new(Cursor::new(bytes))?;
    let sheets = workbook.sheets_metadata();
    let shown = sheets.iter().find(|sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible && sheet.name != EXPLAINED
    });
    let Some(name) = shown.map(|sheet| sheet.name.clone()) else { return Ok(Sheet::default()) };
    // Cell by cell: a stray mark in the last row of a sheet must not cost a table of that height.
    let mut reader = workbook.worksheet_cells_reader(&name)?;
    let mut rows: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    while let Some(cell) = reader.next_cell()? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        let column = usize::try_from(column).unwrap_or(MAX_COLUMNS).min(MAX_COLUMNS - 1);
        let cells = rows.entry(usize::try_from(row).unwrap_or(usize::MAX)).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
        if rows.len() > MAX_ROWS + 2 {
            break;
        }
    }
    let row = |(row, cells)| SheetRow { line: row + 1, cells };
    Ok(Sheet { rows: rows.into_iter().map(row).collect() })
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTime(time) => time.as_f64().to_string(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A workbook of a form: its rows, and a sheet that explains it.
pub(super) fn write(form: &Form, rows: &[Vec<String>]) -> Result<Vec<u8>, WriteError> {
    let mut workbook = Workbook::new();
    table(workbook.add_worksheet(), form, rows)?;
    explain(workbook.add_worksheet(), form)?;
    workbook.save_to_buffer()
}

fn heading(required: bool) -> Format {
    let format =
        Format::new().set_bold().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
    // What must be filled in stands out in print too.
    if required {
        format.set_background_color(Color::RGB(0x001F_4E79)).set_font_color(Color::White)
    } else {
        format.set_background_color(Color::RGB(0x00DD_EBF7))
    }
}

fn table(sheet: &mut Worksheet, form: &Form, rows: &[Vec<String>]) -> Result<(), WriteError> {
    sheet.set_name(form.title)?.set_freeze_panes(1, 2)?.set_landscape().set_repeat_rows(0, 0)?;
    // As text, so that no program makes a number or a day of a code.
    let plain = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    let number = Format::new().set_align(FormatAlign::Top);
    for (at, column) in (0_u16..).zip(form.columns) {
        let is_number = matches!(column.shape, Shape::Number(..));
        let format = if is_number { &number } else { &plain };
        sheet.set_column_width(at, column.width)?.set_column_format(at, format)?;
        sheet.write_string_with_format(0, at, column.zh, &heading(column.required))?;
        if let Some(offered) = offered(column)? {
            sheet.add_data_validation(1, at, OFFERED, at, &offered)?;
        }
    }
    for (line, row) in (1_u32..).zip(rows) {
        for ((at, column), text) in (0_u16..).zip(form.columns).zip(row) {
            match text.parse::<i32>() {
                Ok(value) if matches!(column.shape, Shape::Number(..)) => {
                    sheet.write_number_with_format(line, at, value, &number)?;
                }
                _ if text.is_empty() => {}
                _ => {
                    sheet.write_string_with_format(line, at, text, &plain)?;
                }
            }
        }
    }
    Ok(())
}

/// The list of words that drops down in a cell. Where several words can stand together there is none: a program would allow one.
fn offered(column: &Column) -> Result<Option<DataValidation>, WriteError> {
    let words: Vec<String> = match column.shape {
        Shape::Number(min, max) => (min..=max).map(|number| number.to_string()).collect(),
        shape if shape.is_list() => return Ok(None),
        shape => shape.words().iter().filter(|word| word.offered).map(|word| word.zh.to_owned()).collect(),
    };
    if words.is_empty() {
        return Ok(None);
    }
    let list = DataValidation::new().allow_list_strings(&words)?;
    Ok(Some(list.set_error_message(format!("可填:{}", words.join("、")))?))
}

fn explain(sheet: &mut Worksheet, form: &Form) -> Result<(), WriteError> {
    sheet.set_name(EXPLAINED)?.set_landscape();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
    let note = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (at, width) in [(0, 22), (1, 20), (2, 8), (3, 64), (4, 44)] {
        sheet.set_column_width(at, width)?;
    }
    let mut line = 0;
    for text in form.notes {
        sheet.merge_range(line, 0, line, 4, text, &note)?.set_row_height(line, 32)?;
        line += 1;
    }
    line += 1;
    for (at, text) in (0_u16..).zip(["列", "英文列名", "必填", "填写内容", "可填的词"]) {
        sheet.write_string_with_format(line, at, text, &heading(true))?;
    }
    for column in form.columns {
        line += 1;
        let words: Vec<&str> =
            column.shape.words().iter().filter(|word| word.offered).map(|word| word.zh).collect();
        let required = if column.required { "是" } else { "否" };
        let cells = [column.zh, column.en, required, column.means, &words.join("、")];
        for (at, text) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(line, at, text, &wrapped)?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "workbook_tests.rs"]
mod tests;
