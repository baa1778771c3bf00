//! Errors and warnings that say what went wrong, what was expected, what was got, where, and what
//! to try.

use std::fmt;
use std::sync::Arc;

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// One report for the user. Build it with [`Error::new`] and add what is known: `Error::new("the
/// halo is negative").expected("at least 0 km").got("-800 km").hint("halo_km: 800")`.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
pub struct Error(Box<Report>);

/// The parts of an [`Error`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// What went wrong, one sentence without a full stop.
    pub what: String,
    /// What would have been accepted.
    pub expected: Option<String>,
    /// What was found instead.
    pub got: Option<String>,
    /// File, variable, cell, time, source, region, window: wherever it is.
    pub location: Vec<String>,
    /// What to try.
    pub hint: Option<String>,
    /// The failure of a function the caller gave, where that was the reason.
    pub cause: Option<Cause>,
}

/// The failure underneath an [`Error`], kept whole for the front end that knows its type.
#[derive(Debug, Clone)]
pub struct Cause(pub Arc<dyn std::error::Error + Send + Sync>);

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
impl Eq for Cause {}

impl Error {
    /// An error saying only what went wrong.
    pub fn new(what: impl fmt::Display) -> Self {
        Error(Box::new(Report {
            what: what.to_string(),
            ..Report::default()
        }))
    }
    /// Says what would have been accepted.
    pub fn expected(mut self, expected: impl fmt::Display) -> Self {
        self.0.expected = Some(expected.to_string());
        self
    }
    /// Says what was found instead.
    pub fn got(mut self, got: impl fmt::Display) -> Self {
        self.0.got = Some(got.to_string());
        self
    }
    /// Says where; may be called several times, innermost place first.
    pub fn at(mut self, location: impl fmt::Display) -> Self {
        self.0.location.push(location.to_string());
        self
    }
    /// Says what to try.
    pub fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.0.hint = Some(hint.to_string());
        self
    }
    /// The same with the nearest of `known` to a misspelt text as what to try, in quotes; nothing
    /// where none is near.
    pub fn near<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match did_you_mean(name, known) {
            Some(near) => self.hint(format!("\"{near}\"")),
            None => self,
        }
    }
    /// Keeps the failure underneath.
    pub fn caused_by(mut self, cause: Arc<dyn std::error::Error + Send + Sync>) -> Self {
        self.0.cause = Some(Cause(cause));
        self
    }
    /// The parts, for a front end that lays them out itself.
    pub fn report(&self) -> &Report {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.what)?;
        match (&self.0.expected, &self.0.got) {
            (Some(expected), Some(got)) => write!(f, ": expected {expected}, got {got}")?,
            (Some(expected), None) => write!(f, ": expected {expected}")?,
            (None, Some(got)) => write!(f, ": got {got}")?,
            (None, None) => {}
        }
        for location in &self.0.location {
            write!(f, "\n  in {location}")?;
        }
        if let Some(hint) = &self.0.hint {
            write!(f, "\n  try {hint}")?;
        }
        Ok(())
    }
}

/// The nearest of `known` to a misspelt `name`, if one is near enough to suggest: the same in other
/// letters' cases, few letters apart, or a longer name that begins with it.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let allowed = |k: &str| match k.len().min(name.len()) {
        0..=2 => 0,
        3..=5 => 1,
        n => n / 3,
    };
    let distance = |k: &str| match k.to_lowercase() {
        same if same == lower => 0,
        longer if lower.len() > 1 && longer.starts_with(&lower) => 0,
        _ => strsim::damerau_levenshtein(name, k),
    };
    known
        .into_iter()
        .map(|k| (distance(k), k))
        .filter(|(d, k)| *d <= allowed(k))
        .min()
        .map(|(_, k)| k)
}

/// Something the user should know about a valid result: a collapsed ensemble, a factor at
/// its bound, a region without observations. Results carry their warnings; the front end shows
/// them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Warning {
    /// A stable name to search for, such as `factor_at_bound`.
    pub name: String,
    /// The sentence, with the value.
    pub message: String,
}

impl Warning {
    /// A warning by name and sentence.
    pub fn new(name: &str, message: impl fmt::Display) -> Self {
        Warning {
            name: name.to_string(),
            message: message.to_string(),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_sentences_in_a_fixed_order() {
        let e = Error::new("the halo is negative")
            .expected("at least 0 km")
            .got("-8 km")
            .at("region Africa")
            .hint("halo_km: 800");
        assert_eq!(
            e.to_string(),
            "the halo is negative: expected at least 0 km, got -8 km\n  in region Africa\n  try halo_km: 800"
        );
    }

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        assert_eq!(
            did_you_mean("membres", ["members", "seed"]),
            Some("members")
        );
        assert_eq!(did_you_mean("zzz", ["members", "seed"]), None);
        assert_eq!(
            did_you_mean("halo", ["halo_km", "correlation"]),
            Some("halo_km")
        );
        assert_eq!(
            (did_you_mean("True", ["run"]), did_you_mean("x", ["y"])),
            (None, None)
        );
    }
}
