//! A chronology as a spreadsheet exports it: the same head, sections and tables, one cell to each field.

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use super::item::Piece;

/// What spreadsheets put in front of a file to say that it is UTF-8.
const MARK: &str = "\u{feff}";

/// One field: its value, and the offset in the file at which that begins.
pub(super) struct Field {
    value: String,
    start: usize,
}

impl Field {
    pub(super) fn piece(&self) -> Piece<'_> {
        Piece::trimmed(&self.value, self.start)
    }
}

/// The lines of a table of comma-separated values, with the line on which each begins.
pub(super) fn records(text: &str) -> Vec<Vec<Field>> {
    let start = if text.starts_with(MARK) { MARK.len() } else { 0 };
    let reader = ReaderBuilder::new().delimiter(delimiter(text)).build();
    let mut records = Records { text, at: start, reader };
    std::iter::from_fn(|| records.next()).collect()
}

/// Spreadsheets part fields by a comma, a semicolon or a tab, as their language has it. The first heading of a table
/// tells which.
fn delimiter(text: &str) -> u8 {
    let heading = text.lines().find_map(|line| {
        let line = line.trim_start_matches(MARK).trim_start_matches('"');
        let rest = line.strip_prefix("when")?.trim_start_matches('"');
        rest.bytes().next().filter(|byte| b",;\t".contains(byte))
    });
    heading.unwrap_or(b',')
}

struct Records<'t> {
    text: &'t str,
    at: usize,
    reader: Reader,
}

impl Records<'_> {
    fn next(&mut self) -> Option<Vec<Field>> {
        self.skip_ends();
        let mut record = Vec::new();
        loop {
            let (field, is_last) = self.field()?;
            record.push(field);
            if is_last {
                return Some(record);
            }
        }
    }

    /// The reader passes over the ends of lines before a record; so must the place at which its first field begins.
    fn skip_ends(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or("");
        self.at += rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    }

    fn field(&mut self) -> Option<(Field, bool)> {
        let is_quoted = self.text.as_bytes().get(self.at) == Some(&b'"');
        let start = self.at + usize::from(is_quoted);
        let mut value = Vec::new();
        // A value is never longer than what stands in the file, so the buffer is grown a few times at most.
        let mut buffer = [0; 512];
        loop {
            let input = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let (result, read, written) = self.reader.read_field(input, &mut buffer);
            self.at += read;
            value.extend(buffer.iter().take(written));
            let is_last = match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => continue,
                ReadFieldResult::Field { record_end } => record_end,
                ReadFieldResult::End => return None,
            };
            // The parts of a text between bytes of ASCII are themselves text.
            let value = String::from_utf8_lossy(&value).into_owned();
            return Some((Field { value, start }, is_last));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&[(&str, usize)]]) {
        let read = records(text);
        let shown: Vec<Vec<(&str, usize)>> = read
            .iter()
            .map(|record| {
                let pieces = record.iter().map(Field::piece);
                pieces.map(|piece| (piece.text, piece.start)).collect()
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn each_field_knows_where_it_stands() {
        check("a,b\nc,d\n", &[&[("a", 0), ("b", 2)], &[("c", 4), ("d", 6)]]);
        check("a , b\r\n\r\n\"c; d\",e", &[&[("a", 0), ("b", 4)], &[("c; d", 10), ("e", 16)]]);
        check("\u{feff}a,\"b\nc\",\n", &[&[("a", 3), ("b\nc", 6), ("", 11)]]);
        check("", &[]);
    }

    #[test]
    fn the_heading_tells_what_parts_the_fields() {
        check("a;b\nwhen;c,d\n", &[&[("a", 0), ("b", 2)], &[("when", 4), ("c,d", 9)]]);
        check("\"when\"\t\"x\"\n", &[&[("when", 1), ("x", 8)]]);
    }

    #[test]
    fn a_field_longer_than_the_buffer_is_whole() {
        let long = "é".repeat(1_000);
        check(&format!("{long},b"), &[&[(long.as_str(), 0), ("b", 2_001)]]);
        // A quotation mark that is never closed takes the rest and ends.
        check("\"a,b\n", &[&[("a,b", 1)]]);
    }
}
