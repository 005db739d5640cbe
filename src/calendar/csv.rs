//! CSV that a spreadsheet can open without running anything: RFC 4180, and a cell that looks like a formula gets the
//! apostrophe that says it is text.

use std::borrow::Cow;

pub(crate) fn document(header: &[&str], rows: &[Vec<String>]) -> Result<String, std::io::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell).into_owned()))?;
    }
    let bytes = writer.into_inner().map_err(|cause| std::io::Error::other(cause.to_string()))?;
    String::from_utf8(bytes).map_err(std::io::Error::other)
}

/// Spreadsheets take the wide forms for the narrow ones, and pass over blanks and what controls before them.
fn harmless(cell: &str) -> Cow<'_, str> {
    let is_formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    let is_passed_over = |c: char| c.is_whitespace() || c.is_control();
    let starts_oddly = cell.starts_with(['\t', '\r', '\n', '\0']);
    if starts_oddly || cell.trim_start_matches(is_passed_over).starts_with(is_formula) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_nothing_else_is_touched() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\0=1", "\u{b}\0=1"]
        {
            assert_eq!(harmless(bad), format!("'{bad}"));
        }
        for good in ["", "a=1", "Lunch - with Bob", "'quoted", "1"] {
            assert_eq!(harmless(good), good);
        }
        let rows = [vec!["a,\"b\"".to_owned(), "two\nlines".to_owned()]];
        assert_eq!(document(&["x", "y"], &rows).unwrap(), "x,y\r\n\"a,\"\"b\"\"\",\"two\nlines\"\r\n");
    }
}
