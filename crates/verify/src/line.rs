//! Lines of JSON in the one form in which they are written: members in their order, no blanks, one spelling for everything.
//!
//! So they are read from the left to the right, and no general reader of JSON is needed.

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

use crate::tree::Hash;

/// What is left of a line. Each call gives nothing where something else stands there.
pub(crate) struct Line<'a>(&'a str);

impl<'a> Line<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Option<Self> {
        std::str::from_utf8(bytes).ok().map(Self)
    }

    /// Exactly this text.
    pub(crate) fn word(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// Whether exactly this text stands here. If so, it is read.
    pub(crate) fn has(&mut self, text: &str) -> bool {
        self.word(text).is_some()
    }

    /// A number without a zero or a sign in front that it does not need.
    pub(crate) fn number<N: std::str::FromStr + ToString>(&mut self) -> Option<N> {
        let is_of_it = |c: char| c.is_ascii_digit() || c == '-';
        let end = self.0.find(|c| !is_of_it(c)).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        digits.parse().ok().filter(|number: &N| number.to_string() == digits)
    }

    /// A string, without its quotation marks and with nothing escaped any more.
    pub(crate) fn string(&mut self) -> Option<String> {
        self.word("\"")?;
        let mut text = String::new();
        let mut chars = self.0.char_indices();
        loop {
            match chars.next()? {
                (at, '"') => {
                    self.0 = self.0.get(at + 1..)?;
                    return Some(text);
                }
                (_, '\\') => text.push(escaped(&mut chars)?),
                (_, plain) if plain >= ' ' => text.push(plain),
                _ => return None,
            }
        }
    }

    /// A string of bytes in Base64.
    pub(crate) fn bytes(&mut self) -> Option<Vec<u8>> {
        Base64::decode_vec(self.plain()?).ok()
    }

    /// A string of 64 small hexadecimal digits.
    pub(crate) fn hash(&mut self) -> Option<Hash> {
        unhex(self.plain()?)?.try_into().ok()
    }

    /// A string that is a UUID, in small digits with its hyphens.
    pub(crate) fn uuid(&mut self) -> Option<[u8; 16]> {
        let text = self.plain()?;
        let hyphens = [8, 13, 18, 23].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-'));
        let id: [u8; 16] = unhex(&text.replace('-', ""))?.try_into().ok()?;
        (hyphens && text.len() == 36).then_some(id)
    }

    /// Either `null` or what `read` reads.
    #[expect(clippy::option_option, reason = "neither of the two, `null`, or a value")]
    pub(crate) fn or_null<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.has("null") { Some(None) } else { read(self).map(Some) }
    }

    /// A list of what `read` reads.
    pub(crate) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.word("[")?;
        let mut all = Vec::new();
        if self.has("]") {
            return Some(all);
        }
        loop {
            all.push(read(self)?);
            if self.has("]") {
                return Some(all);
            }
            self.word(",")?;
        }
    }

    /// The end of the line.
    pub(crate) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }

    /// What stands between two quotation marks, of which nothing can be escaped.
    fn plain(&mut self) -> Option<&'a str> {
        self.word("\"")?;
        let (text, rest) = self.0.split_once('"')?;
        self.0 = rest;
        Some(text)
    }
}

/// The character that an escape means, where it is the one way to write it.
fn escaped(chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    let (_, kind) = chars.next()?;
    Some(match kind {
        '"' | '\\' => kind,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let digits: String = chars.take(4).map(|(_, digit)| digit).collect();
            let code = unhex(digits.strip_prefix("00")?)?;
            let &[code] = code.as_slice() else { return None };
            let has_its_own = matches!(code, 8 | 9 | 10 | 12 | 13);
            (code < 0x20 && !has_its_own).then_some(char::from(code))?
        }
        _ => return None,
    })
}

/// Bytes in small hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

/// Bytes as small hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The sum of the line before, from which that of the next goes on.
pub(crate) struct Sum {
    domain: &'static [u8],
    before: Hash,
}

impl Sum {
    pub(crate) fn new(domain: &'static [u8]) -> Self {
        Self { domain, before: [0; 32] }
    }

    /// The line up to its sum, which must fit.
    pub(crate) fn checked<'l>(&mut self, line: &'l [u8]) -> Result<&'l [u8], &'static str> {
        const TAIL: usize = r#","sum":""}"#.len() + 64;
        let split = line.len().checked_sub(TAIL).and_then(|at| line.split_at_checked(at));
        let (body, tail) = split.ok_or("a line that does not end with its sum")?;
        let mut hasher = Sha256::new();
        hasher.update(self.domain);
        hasher.update(self.before);
        hasher.update(body);
        self.before = hasher.finalize().into();
        if tail == format!(r#","sum":"{}"}}"#, hex(&self.before)).as_bytes() {
            Ok(body)
        } else {
            Err("a line that is not what was written, or not in its place")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn string(text: &str) -> Option<String> {
        let mut line = Line::of(text.as_bytes()).unwrap();
        let read = line.string()?;
        line.end().map(|()| read)
    }

    #[test]
    fn a_string_is_read_in_its_one_spelling() {
        assert_eq!(string(r#""a\"\\\b\f\n\r\t\u0001\u001fé""#).unwrap(), "a\"\\\u{8}\u{c}\n\r\t\u{1}\u{1f}é");
        for other in [
            r#""open"#,
            r#"""more"#,
            r#""\/""#,
            r#""\u0041""#,
            r#""\u000a""#,
            r#""\u001F""#,
            r#""\u1""#,
            "\"\u{1}\"",
            r#""\"#,
        ] {
            assert_eq!(string(other), None, "{other}");
        }
    }

    #[test]
    fn a_number_is_read_in_its_one_spelling() {
        let number = |text: &'static str| Line(text).number::<i64>();
        assert_eq!((number("0"), number("-12"), number("7,")), (Some(0), Some(-12), Some(7)));
        for other in ["", "-", "00", "01", "+1", "-0", "1-", "99999999999999999999"] {
            assert_eq!(number(other), None, "{other}");
        }
    }

    #[test]
    fn a_list_is_read_to_its_end() {
        let list = |text: &'static str| {
            let mut line = Line(text);
            let read = line.list(Line::number::<u8>)?;
            line.end().map(|()| read)
        };
        assert_eq!((list("[]"), list("[1]"), list("[1,2]")), (Some(vec![]), Some(vec![1]), Some(vec![1, 2])));
        for other in ["[", "[1", "[1,]", "[,1]", "[1 ,2]", "[1]]"] {
            assert_eq!(list(other), None, "{other}");
        }
    }

    #[test]
    fn an_id_is_read_with_its_hyphens() {
        let id = |text: &'static str| Line(text).uuid();
        assert_eq!(id("\"00000000-0000-0000-0000-0000000000ff\"").unwrap()[15], 255);
        for other in [
            "\"000000000-000-0000-0000-0000000000ff\"",
            "\"000000000000000000000000000000ff\"",
            "\"00000000-0000-0000-0000-0000000000FF\"",
            "\"00000000-0000-0000-0000-0000000000-f\"",
            "\"00000000-0000-0000-0000-0000000000ff",
        ] {
            assert_eq!(id(other), None, "{other}");
        }
    }
}
