//! From the symbols of the equations to their names: what they mean, their units, and where they
//! are in a script.

use crate::error::did_you_mean;
use serde::Deserialize;
use std::sync::LazyLock;

/// A symbol.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Term {
    /// As written in equations, Greek letters by their names.
    pub symbol: String,
    /// What it is called.
    pub name: String,
    /// One sentence.
    pub meaning: String,
    /// Its unit; `-` where it has none of its own.
    pub unit: String,
    /// Where a script meets it.
    #[serde(rename = "in scripts")]
    pub script: String,
}

static TERMS: LazyLock<Vec<Term>> = LazyLock::new(|| {
    let text = include_str!("glossary.csv");
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("the glossary is whole")
});

/// All symbols.
pub fn terms() -> &'static [Term] {
    &TERMS
}

/// The symbol of this spelling, Greek letters by name or as they are.
pub fn symbol(text: &str) -> Option<&'static Term> {
    let spelt = match text {
        "θ" => "theta",
        "μ" | "µ" => "mu",
        "λ" => "lambda",
        "ρ" => "rho",
        other => other,
    };
    TERMS.iter().find(|t| t.symbol == spelt)
}

/// The symbol of this spelling, or the one of this name.
pub fn find(text: &str) -> Option<&'static Term> {
    symbol(text).or_else(|| {
        TERMS.iter().find(|t| {
            t.name == text || (text.len() > 3 && did_you_mean(text, [t.name.as_str()]).is_some())
        })
    })
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} is the {}: {}", self.symbol, self.name, self.meaning)?;
        writeln!(f, "  unit      {}\n  script    {}", self.unit, self.script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_found_by_letter_and_by_name() {
        assert_eq!(find("θ").unwrap().name, "inflation of the forecast error");
        assert_eq!(find("innovation").unwrap().symbol, "d");
        assert!(find("zzz").is_none() && terms().iter().all(|t| !t.meaning.is_empty()));
        let mut symbols: Vec<&str> = terms().iter().map(|t| t.symbol.as_str()).collect();
        symbols.sort_unstable();
        symbols.dedup();
        assert_eq!(symbols.len(), terms().len(), "every symbol has one meaning");
    }
}
