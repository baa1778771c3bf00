//! How a text of columns is laid out, and its bytes as characters.

use crate::error::{Error, Result};

/// How a text of columns is laid out.
#[derive(Debug, Clone)]
pub struct Layout {
    /// What stands between values; a space stands for any run of spaces and tabs.
    pub separator: char,
    /// Lines that start with it are skipped; without one none are.
    pub comment: Option<char>,
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

/// How bytes stand for characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a mark of byte order.
    Utf8,
    /// ISO 8859-1: every byte is the character of that number.
    Latin1,
}

impl Default for Layout {
    fn default() -> Self {
        Layout {
            separator: ',',
            comment: Some('#'),
            missing: Vec::new(),
            decimal: '.',
            header: true,
            names: Vec::new(),
            text: Vec::new(),
            encoding: Encoding::Utf8,
        }
    }
}

impl Encoding {
    /// From a name, such as `utf-8` or `latin1`.
    ///
    /// # Errors
    /// Another name.
    pub fn named(name: &str) -> Result<Self> {
        let plain: String = name
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect();
        match plain.as_str() {
            "utf8" | "ascii" => Ok(Encoding::Utf8),
            "latin1" | "iso88591" => Ok(Encoding::Latin1),
            _ => Err(Error::new("the encoding of a text is not known")
                .expected("\"utf-8\" or \"latin1\"")
                .got(format!("\"{name}\""))),
        }
    }

    /// The characters of `bytes`, without a mark of byte order.
    ///
    /// # Errors
    /// Bytes that are no UTF-8.
    pub fn decode(self, bytes: Vec<u8>) -> Result<String> {
        if self == Encoding::Latin1 {
            return Ok(bytes.into_iter().map(char::from).collect());
        }
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(Error::new("a text is in UTF-16").expected("UTF-8"));
        }
        let text = String::from_utf8(bytes).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            let line = 1 + e.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
            Error::new("a text is no UTF-8")
                .got(format!("the byte {:#04x} in line {line}", e.as_bytes()[at]))
                .hint("encoding: \"latin1\"")
        })?;
        Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_string(),
            None => text,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_the_encoding_says_and_never_guessed() {
        let text = |e: Encoding, bytes: &[u8]| e.decode(bytes.to_vec());
        assert_eq!(text(Encoding::Utf8, b"\xef\xbb\xbfsite").unwrap(), "site");
        assert_eq!(text(Encoding::Latin1, b"Z\xfcrich").unwrap(), "Zürich");
        let refused = text(Encoding::Utf8, b"site\nZ\xfcrich")
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains("line 2") && refused.contains("latin1"),
            "{refused}"
        );
        assert!(text(Encoding::Utf8, b"\xff\xfes\0").is_err());
        assert!(Encoding::named("ISO-8859-1").unwrap() == Encoding::Latin1);
        assert!(Encoding::named("ebcdic").is_err());
    }
}
