//! Flags of quality and representativeness, ranges of attributes, stated errors.

use super::{Outcome, Step, matches};
use crate::error::Result;
use crate::observation::{Observations, attributes};
use crate::table::Column;
use std::collections::BTreeSet;
use std::fmt;

/// What a flag must be.
#[derive(Debug, Clone, PartialEq)]
pub enum Flag {
    /// This number.
    Number(f64),
    /// A text of this pattern: `?` stands for one character, `*` for any.
    Text(String),
}

/// Keeps what has good flags: attributes with the values that are good. A flag that is missing is
/// not good, but where no observation of a source has it that source passes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Flags(pub Vec<(String, Vec<Flag>)>);

/// Keeps what has an attribute from one number to another, both included.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The attribute.
    pub attribute: String,
    /// The least number.
    pub from: f64,
    /// The largest number.
    pub to: f64,
}

/// Keeps what states an error.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated;

impl Flags {
    /// Those that files of the field have: ObsPack's `obs_flag` 1 is representative, `qcflag` not
    /// rejected (first of three characters a point), ICOS's `qc_flag` O, U or R, the
    /// `quality_flag` of satellites 0.
    pub fn usual() -> Vec<(String, Vec<Flag>)> {
        let text = |t: &str| Flag::Text(t.into());
        let numbers = |name: &str, good: f64| (name.to_string(), vec![Flag::Number(good)]);
        vec![
            numbers("obs_flag", 1.0),
            ("qcflag".into(), vec![text(".*")]),
            (
                "qc_flag".into(),
                vec![text("O"), text("U"), text("R"), text(".*")],
            ),
            numbers("quality_flag", 0.0),
            numbers("xco2_quality_flag", 0.0),
        ]
    }
}

fn is_good(column: &Column, k: usize, good: &[Flag]) -> bool {
    good.iter().any(|flag| match (flag, column) {
        (Flag::Number(x), Column::Numbers(v, _)) => v[k] == *x,
        (Flag::Number(x), _) => attributes::in_full(column, k).parse() == Ok(*x),
        (Flag::Text(p), _) => matches(p, &attributes::in_full(column, k)),
    })
}

impl Step for Flags {
    fn apply(&self, all: &Observations) -> Result<Outcome> {
        let usual = Flags::usual();
        let names = all.attributes.names();
        let wanted: Vec<&(String, Vec<Flag>)> = match self.0.is_empty() {
            true => usual
                .iter()
                .filter(|(n, _)| names.contains(&n.as_str()))
                .collect(),
            false => self.0.iter().collect(),
        };
        let mut keep = vec![true; all.len()];
        let mut why = Vec::new();
        for (name, good) in wanted {
            let column = all.attribute(name)?;
            let there = |k: usize| !attributes::in_full(column, k).trim().is_empty();
            let rows = all.rows.iter().enumerate();
            let sources: BTreeSet<usize> = rows
                .filter(|(k, _)| there(*k))
                .map(|(_, o)| o.source)
                .collect();
            let mut bad = 0;
            for (k, o) in all.rows.iter().enumerate() {
                let passes = !sources.contains(&o.source) || is_good(column, k, good);
                bad += usize::from(!passes);
                keep[k] &= passes;
            }
            why.push(format!("{name} bad {bad}"));
        }
        if why.is_empty() {
            why.push("no flags are known here".into());
        }
        Ok(Outcome::keeping(all, why.join(", "), |k| keep[k]))
    }
}

impl Step for Range {
    fn apply(&self, all: &Observations) -> Result<Outcome> {
        all.attribute(&self.attribute)?;
        let values = all.attributes.numbers(&self.attribute)?;
        let missing = values.iter().filter(|v| v.is_nan()).count();
        let why = match missing {
            0 => "outside".to_string(),
            n => format!("outside, or missing {n}"),
        };
        Ok(Outcome::keeping(all, why, |k| {
            values[k] >= self.from && values[k] <= self.to
        }))
    }
}

impl Step for Stated {
    fn apply(&self, all: &Observations) -> Result<Outcome> {
        let why = format!("{} state no error", all.without_error());
        Ok(Outcome::keeping(all, why, |k| !all.rows[k].error.is_nan()))
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|(n, _)| n.as_str()).collect();
        match names.is_empty() {
            true => f.write_str("flags"),
            false => write!(f, "flags {}", names.join(", ")),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} to {}", self.attribute, self.from, self.to)
    }
}

impl fmt::Display for Stated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stated errors")
    }
}
