//! How a text of columns is laid out, and its bytes as characters.

use crate::error::{Error, Result};

/// How a text of columns is laid out.
#[derive(Debug, Clone)]
pub struct Layout {
    /// What stands between values; a space stands for any run of spaces and tabs.
    pub separator: char,
    /// Lines that start with one of these marks are skipped; without any none are.
    pub comments: Vec<String>,
    /// Numbers that mark a missing value, besides nothing, NA and NaN.
    pub missing: Vec<f64>,
    /// What stands between whole and part of a number.
    pub decimal: char,
    /// Whether the first line names the columns.
    pub header: bool,
    /// Names of the columns, with a unit in brackets where they have one, in place of those of the
    /// header; empty to take those.
    pub names: Vec<String>,
    /// Columns of text whatever they look like.
    pub text: Vec<String>,
    /// How the bytes of the file stand for characters.
    pub encoding: Encoding,
}

/// How bytes stand for characters: an encoding of the WHATWG standard, whose `latin1` has the
/// printable characters of Windows where ISO 8859-1 has controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Default for Layout {
    fn default() -> Self {
        Layout {
            separator: ',',
            comments: vec!["#".into()],
            missing: Vec::new(),
            decimal: '.',
            header: true,
            names: Vec::new(),
            text: Vec::new(),
            encoding: Encoding(encoding_rs::UTF_8),
        }
    }
}

impl Encoding {
    /// From a name, such as `utf-8`, `latin1` or `windows-1250`.
    ///
    /// # Errors
    /// Another name.
    pub fn named(name: &str) -> Result<Self> {
        let known = encoding_rs::Encoding::for_label_no_replacement(name.as_bytes());
        known.map(Encoding).ok_or_else(|| {
            Error::new("the encoding of a text is not known")
                .expected("\"utf-8\", \"latin1\" or another label of the WHATWG standard")
                .got(format!("\"{name}\""))
        })
    }

    /// The label of the encoding.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The characters of `bytes`. A mark of byte order goes, and says the encoding where it is
    /// there.
    ///
    /// # Errors
    /// Bytes that are none of the encoding.
    pub fn decode(self, bytes: &[u8]) -> Result<String> {
        let (encoding, mark) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((self.0, 0));
        let bytes = &bytes[mark..];
        if encoding == encoding_rs::UTF_8 {
            return match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_string()),
                Err(e) => Err(not_utf8(bytes, e.valid_up_to())),
            };
        }
        let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        decoded.map(|text| text.into_owned()).ok_or_else(|| {
            Error::new(format!("a text is not in {}", encoding.name()))
                .hint("encoding: \"utf-8\", or what the file is written in")
        })
    }
}

fn not_utf8(bytes: &[u8], at: usize) -> Error {
    let line = 1 + bytes[..at].iter().filter(|b| **b == b'\n').count();
    Error::new("a text is no UTF-8")
        .got(format!("the byte {:#04x} in line {line}", bytes[at]))
        .hint("encoding: \"latin1\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_the_encoding_says_and_never_guessed() {
        let text = |e: &str, bytes: &[u8]| Encoding::named(e).unwrap().decode(bytes);
        assert_eq!(text("utf-8", b"\xef\xbb\xbfsite").unwrap(), "site");
        assert_eq!(text("latin1", b"Z\xfcrich").unwrap(), "Zürich");
        // Python: b"\xa3\x9c".decode("cp1250")
        assert_eq!(text("windows-1250", b"\xa3\x9c").unwrap(), "Łś");
        let refused = text("utf-8", b"site\nZ\xfcrich").unwrap_err().to_string();
        assert!(
            refused.contains("line 2") && refused.contains("latin1"),
            "{refused}"
        );
        assert_eq!(
            Encoding::named("ISO-8859-1"),
            Encoding::named("windows-1252")
        );
        assert!(Encoding::named("ebcdic").is_err());
    }

    #[test]
    fn a_mark_of_byte_order_says_the_encoding() {
        let read = |bytes: &[u8]| Layout::default().encoding.decode(bytes);
        assert_eq!(read(b"\xff\xfes\0").unwrap(), "s");
        assert_eq!(read(b"\xfe\xff\0s").unwrap(), "s");
        assert!(read(b"\xff\xfes").is_err());
    }
}
