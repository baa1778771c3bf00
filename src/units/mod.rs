//! Units of this field: parsing, products, and conversion by a factor.
//!
//! A unit is a scale to SI times powers of kg, kg of carbon, m, s, K, mol and degree of arc.
//! Carbon has a base of its own so that carbon and air are never added; moles of CO2 and kilograms
//! of CO2 convert to it by the molar masses below. Fractions of moles and of mass are both pure
//! numbers, and are kept apart. A unit that is not understood is kept as it is written; it is equal
//! to itself and converts to nothing.

mod product;
mod symbols;
mod text;

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use symbols::{CELSIUS, KNOWN, is_celsius, phrase, symbol_of};
use text::{factors, number_of};

/// Molar mass of carbon \[kg mol-1\] (IUPAC 2021).
pub const MOLAR_MASS_CARBON: f64 = 12.011e-3;
/// Molar mass of CO2 \[kg mol-1\].
pub const MOLAR_MASS_CO2: f64 = 44.009e-3;
/// Molar mass of dry air \[kg mol-1\].
pub const MOLAR_MASS_DRY_AIR: f64 = 28.9652e-3;
/// Particles in a mole \[mol-1\] (SI 2019).
pub const AVOGADRO: f64 = 6.022_140_76e23;
/// Carbon in the atmosphere per ppm of CO2 \[PgC ppm-1\] (Ballantyne et al. 2012; Su et al. 2024,
/// Table 1).
pub const PETAGRAMS_PER_PPM: f64 = 2.124;

const BASES: usize = 7;
const BASE_NAMES: [&str; BASES] = ["kg", "kgC", "m", "s", "K", "mol", "degree"];
const MASS: usize = 0;
const CARBON: usize = 1;
const AMOUNT: usize = 5;

/// A unit of measurement. Compare with [`Unit::same_kind`], convert with [`Unit::factor_to`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Unit {
    text: String,
    scale: f64,
    /// What is added after scaling: 273.15 K for degrees Celsius.
    offset: f64,
    powers: [i32; BASES],
    of: Of,
}

/// What a unit is of, where its powers do not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Of {
    /// What its powers say; a number without any.
    Plain,
    /// A fraction of moles, such as ppm.
    Moles,
    /// A fraction of mass, such as g kg-1.
    Mass,
    /// Not understood; the text is all there is.
    Unread,
}

impl PartialEq for Unit {
    /// Equal units convert by a factor of exactly one.
    fn eq(&self, other: &Self) -> bool {
        self.powers == other.powers
            && self.scale == other.scale
            && self.offset == other.offset
            && self.of == other.of
            && (self.of != Of::Unread || self.text == other.text)
    }
}

impl Default for Unit {
    fn default() -> Self {
        Unit::none()
    }
}

impl Unit {
    /// No unit: a pure number.
    pub fn none() -> Self {
        Unit {
            text: String::new(),
            scale: 1.0,
            offset: 0.0,
            powers: [0; BASES],
            of: Of::Plain,
        }
    }

    /// Reads `kg C m-2 s-1`, `gC m-2 d-1`, `PgC/yr`, `mol mol-1`, `ppmv`, `hPa`, `degrees_north`,
    /// `parts per million`, ...
    ///
    /// # Errors
    /// A symbol that is not known.
    pub fn parse(text: &str) -> Result<Self> {
        let mut unit = Unit::none();
        let plain = phrase(text);
        let all = factors(&plain).ok_or_else(|| unknown(text, text))?;
        let (mut moles, mut fractions, mut masses) = (0, 0, 0);
        for (symbol, power) in &all {
            if let Some(number) = number_of(symbol) {
                unit.scale *= number.powi(*power);
                continue;
            }
            let (scale, base) = symbol_of(symbol).ok_or_else(|| unknown(text, symbol))?;
            unit.scale *= scale.powi(*power);
            for (total, one) in unit.powers.iter_mut().zip(base) {
                *total += one * power;
            }
            moles += base[AMOUNT].abs();
            masses += base[MASS].abs();
            fractions += i32::from(symbol.to_lowercase().starts_with("pp")) * power;
        }
        if unit.powers == [0; BASES] {
            unit.of = match (moles > 0 || fractions == 1, masses > 0) {
                (true, _) => Of::Moles,
                (false, true) => Of::Mass,
                (false, false) => Of::Plain,
            };
        }
        if let [(symbol, 1)] = &all[..]
            && is_celsius(symbol)
        {
            unit.offset = CELSIUS;
        }
        unit.text = text.trim().to_string();
        Ok(unit)
    }

    /// As [`Unit::parse`]; a text that is not understood is kept as it is written.
    pub fn as_written(text: &str) -> Self {
        Unit::parse(text).unwrap_or_else(|_| Unit {
            text: text.trim().to_string(),
            of: Of::Unread,
            ..Unit::none()
        })
    }

    /// Whether both measure the same kind of thing, so that values can be added after conversion.
    pub fn same_kind(&self, other: &Unit) -> bool {
        let fractions = [Of::Moles, Of::Mass];
        let apart =
            self.of != other.of && fractions.contains(&self.of) && fractions.contains(&other.of);
        let unread = self.of == Of::Unread || other.of == Of::Unread;
        self.powers == other.powers && !apart && (!unread || self == other)
    }

    /// Whether this is a pure number with scale one and of nothing in particular.
    pub fn is_none(&self) -> bool {
        self.is_number() && self.of == Of::Plain
    }

    /// Whether this is a number with scale one: none, or a fraction such as mol mol-1.
    pub fn is_number(&self) -> bool {
        self.powers == [0; BASES]
            && self.scale == 1.0
            && self.offset == 0.0
            && self.of != Of::Unread
    }

    /// Whether the text was not understood, so that it converts to nothing.
    pub fn is_unread(&self) -> bool {
        self.of == Of::Unread
    }

    /// Whether zero is not the beginning of the scale, as of degrees Celsius: values are not added
    /// or multiplied, and their differences have another unit.
    pub fn has_offset(&self) -> bool {
        self.offset != 0.0
    }

    /// The unit of the difference of two values.
    pub fn of_difference(&self) -> Unit {
        if self.has_offset() {
            Unit::canonical(self.scale, self.powers)
        } else {
            self.clone()
        }
    }

    /// The factor that turns values in `self` into values in `target`.
    ///
    /// # Errors
    /// The two are of different kinds, or their zeros differ (see [`Unit::conversion_to`]).
    pub fn factor_to(&self, target: &Unit) -> Result<f64> {
        let (factor, shift) = self.conversion_to(target)?;
        if shift == 0.0 {
            Ok(factor)
        } else {
            Err(Error::new("these units do not begin at the same zero")
                .expected(self.describe())
                .got(target.describe())
                .hint(".to(\"K\") first"))
        }
    }

    /// The factor and then the number to add that turn values in `self` into values in `target`.
    ///
    /// # Errors
    /// The two are of different kinds.
    pub fn conversion_to(&self, target: &Unit) -> Result<(f64, f64)> {
        let mut powers = self.powers;
        let mut scale = self.scale;
        // Moles of CO2 carry 12.011 g of carbon each.
        let moles = target.powers[CARBON] - powers[CARBON];
        if moles != 0 && powers[AMOUNT] - target.powers[AMOUNT] == moles {
            scale *= MOLAR_MASS_CARBON.powi(moles);
            powers[CARBON] += moles;
            powers[AMOUNT] -= moles;
        }
        let converted = Unit {
            powers,
            ..self.clone()
        };
        if converted.same_kind(target) {
            let shift = (self.offset - target.offset) / target.scale;
            return Ok((scale / target.scale, shift));
        }
        let error = Error::new("these units do not convert")
            .expected(format!("a unit like {}", self.describe()))
            .got(target.describe());
        let of_carbon = moles != 0 && powers[MASS] - target.powers[MASS] == moles;
        Err(if self.is_unread() || target.is_unread() {
            error.hint("with_unit(\"...\") first: a unit is not understood as it is written")
        } else if powers == target.powers {
            error.hint(
                "a fraction of mass times 28.9652 / 44.009 is the mole fraction of CO2 in dry air",
            )
        } else if of_carbon {
            error.hint("with_unit first, to say what the kg are of: kgC or kgCO2")
        } else {
            error
        })
    }

    /// As [`Unit::conversion_to`], between quantities that meet without having been asked to
    /// convert: one without a unit beside one with a unit is refused.
    ///
    /// # Errors
    /// One has a unit and the other none; the two are of different kinds.
    pub fn conversion_beside(&self, target: &Unit) -> Result<(f64, f64)> {
        if self == target {
            return Ok((1.0, 0.0));
        }
        let bare = |u: &Unit| u.is_none() && u.text.is_empty();
        let (here, there) = (
            bare(self) && !target.is_none(),
            bare(target) && !self.is_none(),
        );
        if here || there {
            let unit = if here { target } else { self };
            return Err(Error::new("one of two quantities has no unit")
                .expected(unit.describe())
                .got("no unit")
                .hint(format!(
                    ".with_unit(\"{unit}\") to say what its numbers are in"
                )));
        }
        self.conversion_to(target)
    }

    /// The dimension whose places a unit is for: `lat` of degrees north, `lon` of degrees east.
    pub fn direction(&self) -> Option<&'static str> {
        match phrase(&self.text).as_str() {
            "degrees_north" | "degree_north" => Some("lat"),
            "degrees_east" | "degree_east" => Some("lon"),
            _ => None,
        }
    }

    /// The unit as an error message names it.
    pub fn describe(&self) -> String {
        if self.text.is_empty() {
            "a pure number".into()
        } else if self.is_unread() {
            format!("\"{}\", which is not understood", self.text)
        } else {
            self.text.clone()
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn unknown(text: &str, symbol: &str) -> Error {
    let error = Error::new(format!("unknown unit \"{symbol}\" in \"{text}\"")).hint(
        "units of this field, such as \"kgC m-2 s-1\", \"gC m-2 d-1\", \"PgC/yr\", \
         \"mol mol-1\" or \"ppm\"",
    );
    error.near(symbol, KNOWN)
}

#[cfg(test)]
mod tests;
