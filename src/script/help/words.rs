//! The words and signs of the language, for help on one.

use serde::Deserialize;
use std::fmt;
use std::sync::LazyLock;

/// A word or sign.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Word {
    /// As it is written.
    pub word: String,
    /// How it is used.
    pub form: String,
    /// What it does.
    pub meaning: String,
}

static WORDS: LazyLock<Vec<Word>> = LazyLock::new(|| {
    let text = include_str!("language.csv");
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("the table of words is whole")
});

/// All words.
pub fn all() -> &'static [Word] {
    &WORDS
}

/// The one written so.
pub fn find(text: &str) -> Option<&'static Word> {
    WORDS.iter().find(|w| w.word == text)
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\n{}", self.form, self.meaning)
    }
}
