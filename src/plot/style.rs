//! The look all figures share: colours, sizes of text, and how units are set.

use crate::error::{Error, Result};
use std::str::FromStr;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// Part of the way to another colour; `part` from 0 to 1.
    pub fn toward(self, other: Colour, part: f64) -> Colour {
        let mix =
            |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
        Colour(
            mix(self.0, other.0),
            mix(self.1, other.1),
            mix(self.2, other.2),
        )
    }
}

impl FromStr for Colour {
    type Err = Error;
    /// Reads `#0072b2`, or one of [`NAMES`].
    fn from_str(text: &str) -> Result<Self> {
        if let Some(k) = NAMES.iter().position(|n| *n == text.trim()) {
            return Ok(CATEGORIES.get(k).copied().unwrap_or(REFERENCE));
        }
        let digits = text
            .trim()
            .strip_prefix('#')
            .filter(|d| d.len() == 6 && d.chars().all(|c| c.is_ascii_hexdigit()));
        let number = digits
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .ok_or_else(|| {
                Error::new("the text names no colour")
                    .expected(format!(
                        "one of {}, or red, green and blue as #0072b2",
                        NAMES.join(", ")
                    ))
                    .got(format!("\"{text}\""))
            })?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Colour(red, green, blue))
    }
}

/// Names of the categories' colours in their order, and grey.
pub const NAMES: [&str; 9] = [
    "blue",
    "vermilion",
    "green",
    "purple",
    "sky",
    "orange",
    "black",
    "yellow",
    "grey",
];

/// Text and axes.
pub(crate) const INK: Colour = Colour(34, 34, 34);
/// Grid lines.
pub const GRID: Colour = Colour(222, 222, 222);
/// The zero line and other references.
pub const REFERENCE: Colour = Colour(120, 120, 120);
/// Cells without a value.
pub(crate) const MISSING: Colour = Colour(200, 200, 200);
/// Paper.
pub(crate) const WHITE: Colour = Colour(255, 255, 255);

/// Colours for categories that are distinct in any colour vision (Okabe & Ito 2008), yellow
/// last as it is faint on white.
pub(crate) const CATEGORIES: [Colour; 8] = [
    Colour(0, 114, 178),
    Colour(213, 94, 0),
    Colour(0, 158, 115),
    Colour(204, 121, 167),
    Colour(86, 180, 233),
    Colour(230, 159, 0),
    Colour(34, 34, 34),
    Colour(240, 228, 66),
];

/// The colour of category `k`; they repeat after eight.
pub fn category(k: usize) -> Colour {
    CATEGORIES[k % CATEGORIES.len()]
}

/// Sizes of text \[pixels per em\] and of the space around things.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sizes {
    /// Titles.
    pub title: f64,
    /// Axis labels and units.
    pub label: f64,
    /// Numbers along axes, legends.
    pub tick: f64,
    /// Width of a data line.
    pub line: f64,
    /// The usual gap.
    pub gap: f64,
}

impl Sizes {
    /// For a figure in an area `width` pixels wide on a canvas `whole` pixels wide: read well when
    /// the canvas is shown 1200 pixels wide, and somewhat smaller in the panels of a grid.
    pub fn of(width: f64, picture: f64) -> Self {
        let scale = picture / 1200.0 * (width / picture).sqrt().clamp(0.7, 1.0);
        Sizes {
            title: 25.0 * scale,
            label: 21.0 * scale,
            tick: 19.0 * scale,
            line: 2.4 * scale,
            gap: 10.0 * scale,
        }
    }
}

/// A unit with its exponents raised: `kgC m-2 s-1` becomes `kgC m⁻² s⁻¹`; CO2 gets its subscript.
pub(crate) fn unit_label(unit: &str) -> String {
    unit.split(' ')
        .map(raise)
        .collect::<Vec<_>>()
        .join(" ")
        .replace("CO2", "CO₂")
}

fn raise(symbol: &str) -> String {
    let digits = symbol.len()
        - symbol
            .chars()
            .rev()
            .take_while(char::is_ascii_digit)
            .count();
    if digits == symbol.len() || symbol.ends_with("CO2") {
        return symbol.to_string();
    }
    let start = if symbol[..digits].ends_with('-') {
        digits - 1
    } else {
        digits
    };
    if start == 0 {
        return symbol.to_string();
    }
    let base = symbol[..start].trim_end_matches(['^', '*']);
    format!("{base}{}", superscript(&symbol[start..]))
}

/// Digits and a minus sign, raised.
pub(crate) fn superscript(number: &str) -> String {
    number
        .chars()
        .map(|c| {
            c.to_digit(10).map_or('⁻', |d| {
                ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][d as usize]
            })
        })
        .collect()
}

/// A label with its unit in brackets.
pub fn with_unit(label: &str, unit: &str) -> String {
    match (label.is_empty(), unit.is_empty()) {
        (_, true) => label.to_string(),
        (true, false) => unit_label(unit),
        (false, false) => format!("{label} [{}]", unit_label(unit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_names_and_numbers() {
        assert_eq!(
            "#0072b2".parse::<Colour>().unwrap(),
            "blue".parse().unwrap()
        );
        assert_eq!("grey".parse::<Colour>().unwrap(), REFERENCE);
        assert!(
            ["0072b2", "#0072b", "#00ö2b", "mauve"]
                .iter()
                .all(|t| t.parse::<Colour>().is_err())
        );
    }

    #[test]
    fn exponents_are_raised_and_symbols_kept() {
        assert_eq!(unit_label("gC m-2 yr-1"), "gC m⁻² yr⁻¹");
        assert_eq!(unit_label("kgCO2 m^-2"), "kgCO₂ m⁻²");
        assert_eq!(unit_label("PgC/yr"), "PgC/yr");
        assert_eq!(with_unit("flux", "ppm"), "flux [ppm]");
    }
}
