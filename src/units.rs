//! Units of this field: parsing, products, and conversion by a factor.
//!
//! A unit is a scale to SI times powers of kg, kg of carbon, m, s, K, mol and degree of arc.
//! Carbon has a base of its own so that carbon and air are never added; moles of CO2 and kilograms
//! of CO2 convert to it by the molar masses below.

use crate::error::{Error, Result, did_you_mean};
use std::fmt;

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
const CARBON: usize = 1;
const AMOUNT: usize = 5;

/// A unit of measurement. Compare with [`Unit::same_kind`], convert with [`Unit::factor_to`].
#[derive(Debug, Clone)]
pub struct Unit {
    text: String,
    scale: f64,
    powers: [i32; BASES],
}

impl PartialEq for Unit {
    /// Equal units convert by a factor of exactly one.
    fn eq(&self, other: &Self) -> bool {
        self.powers == other.powers && self.scale == other.scale
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
            powers: [0; BASES],
        }
    }

    /// Reads `kg C m-2 s-1`, `gC m-2 d-1`, `PgC/yr`, `mol mol-1`, `ppm`, `hPa`, `degrees_north`,
    /// ...
    ///
    /// # Errors
    /// A symbol that is not known.
    pub fn parse(text: &str) -> Result<Self> {
        let mut unit = Unit::none();
        for (token, sign) in factors(text) {
            if let Some(number) = number_of(&token) {
                unit.scale *= number.powi(sign);
                continue;
            }
            let (symbol, power) = split_exponent(&token).ok_or_else(|| unknown(text, &token))?;
            let (scale, base) = symbol_of(symbol).ok_or_else(|| unknown(text, symbol))?;
            let power = power * sign;
            unit.scale *= scale.powi(power);
            for (total, one) in unit.powers.iter_mut().zip(base) {
                *total += one * power;
            }
        }
        unit.text = text.trim().to_string();
        Ok(unit)
    }

    /// Whether both measure the same kind of thing, so that values can be added after conversion.
    pub fn same_kind(&self, other: &Unit) -> bool {
        self.powers == other.powers
    }

    /// Whether this is a pure number with scale one.
    pub fn is_none(&self) -> bool {
        self.powers == [0; BASES] && self.scale == 1.0
    }

    /// The factor that turns values in `self` into values in `target`.
    ///
    /// # Errors
    /// The two are of different kinds.
    pub fn factor_to(&self, target: &Unit) -> Result<f64> {
        let mut powers = self.powers;
        let mut scale = self.scale;
        // Moles of CO2 carry 12.011 g of carbon each.
        let moles = target.powers[CARBON] - powers[CARBON];
        if moles != 0 && powers[AMOUNT] - target.powers[AMOUNT] == moles {
            scale *= MOLAR_MASS_CARBON.powi(moles);
            powers[CARBON] += moles;
            powers[AMOUNT] -= moles;
        }
        if powers != target.powers {
            let error = Error::new("these units do not convert")
                .expected(format!("a unit like {}", self.describe()))
                .got(target.describe());
            let of_carbon = moles != 0 && powers[0] - target.powers[0] == moles;
            return Err(if of_carbon {
                error.hint("with_unit first, to say what the kg are of: kgC or kgCO2")
            } else {
                error
            });
        }
        Ok(scale / target.scale)
    }

    /// The unit of a product.
    pub fn times(&self, other: &Unit) -> Unit {
        if other.is_none() && other.text.is_empty() {
            return self.clone();
        }
        if self.is_none() && self.text.is_empty() {
            return other.clone();
        }
        self.combine(other, 1)
    }

    /// The unit of a quotient.
    pub fn over(&self, other: &Unit) -> Unit {
        if other.is_none() && other.text.is_empty() {
            self.clone()
        } else {
            self.combine(other, -1)
        }
    }

    /// The unit of an integer power.
    pub fn power(&self, exponent: i32) -> Unit {
        Unit::canonical(self.scale.powi(exponent), self.powers.map(|p| p * exponent))
            .written([(self, exponent)])
    }

    /// The unit of a square root, where every power is even.
    ///
    /// # Errors
    /// A power is odd.
    pub fn square_root(&self) -> Result<Unit> {
        if self.powers.iter().any(|p| p % 2 != 0) {
            return Err(Error::new("the square root of this unit is not a unit")
                .expected("even powers, as in m2 s-2")
                .got(self.describe())
                .hint(".with_unit(\"\") for the numbers alone"));
        }
        Ok(Unit::canonical(
            self.scale.sqrt(),
            self.powers.map(|p| p / 2),
        ))
    }

    fn combine(&self, other: &Unit, sign: i32) -> Unit {
        let mut powers = self.powers;
        for (p, q) in powers.iter_mut().zip(other.powers) {
            *p += sign * q;
        }
        Unit::canonical(self.scale * other.scale.powi(sign), powers)
            .written([(self, 1), (other, sign)])
    }

    /// With its text in the symbols of the units it is made of, `kgC m-2 s-1 yr-1` for a flux per
    /// year, unless they measure one thing in two ways, as in `PgC yr-1 s`.
    fn written<const N: usize>(self, parts: [(&Unit, i32); N]) -> Unit {
        let mut symbols: Vec<(String, i32)> = Vec::new();
        for (unit, sign) in parts {
            for (symbol, power) in unit.symbols().into_iter().flatten() {
                match symbols.iter_mut().find(|(s, _)| *s == symbol) {
                    Some((_, total)) => *total += sign * power,
                    None => symbols.push((symbol, sign * power)),
                }
            }
        }
        symbols.retain(|(_, power)| *power != 0);
        let kind = |s: &str| symbol_of(s).map(|(_, powers)| powers);
        let against =
            |(a, p): &(String, i32), (b, q): &(String, i32)| p * q < 0 && kind(a) == kind(b);
        let twice = symbols
            .iter()
            .enumerate()
            .any(|(k, a)| symbols[..k].iter().any(|b| against(a, b)));
        if twice || parts.iter().any(|(unit, _)| unit.symbols().is_none()) {
            return self;
        }
        let text = symbols
            .iter()
            .map(|(s, p)| {
                if *p == 1 {
                    s.clone()
                } else {
                    format!("{s}{p}")
                }
            })
            .collect::<Vec<_>>()
            .join(" ");
        Unit { text, ..self }
    }

    /// The symbols of the text with their powers; none if there is a number among them.
    fn symbols(&self) -> Option<Vec<(String, i32)>> {
        let one = |(token, sign): (String, i32)| match (number_of(&token), split_exponent(&token)) {
            (None, Some((symbol, power))) => Some((symbol.to_string(), power * sign)),
            _ => None,
        };
        factors(&self.text).into_iter().map(one).collect()
    }

    /// A unit whose text is made from its powers.
    fn canonical(scale: f64, powers: [i32; BASES]) -> Unit {
        let factor = if scale == 1.0 {
            None
        } else {
            Some(if (1e-3..1e6).contains(&scale) {
                format!("{scale}")
            } else {
                format!("{scale:e}")
            })
        };
        let symbols = powers
            .iter()
            .zip(BASE_NAMES)
            .filter(|(p, _)| **p != 0)
            .map(|(p, n)| {
                if *p == 1 {
                    n.to_string()
                } else {
                    format!("{n}{p}")
                }
            });
        Unit {
            text: factor
                .into_iter()
                .chain(symbols)
                .collect::<Vec<_>>()
                .join(" "),
            scale,
            powers,
        }
    }

    fn describe(&self) -> String {
        if self.text.is_empty() {
            "a pure number".into()
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
    let known = [
        "kg",
        "gC",
        "kgC",
        "PgC",
        "TgC",
        "kgCO2",
        "mol",
        "ppm",
        "ppb",
        "ppt",
        "m",
        "km",
        "s",
        "hour",
        "day",
        "yr",
        "month",
        "K",
        "Pa",
        "hPa",
        "degrees_north",
        "degrees_east",
    ];
    let error = Error::new(format!("unknown unit \"{symbol}\" in \"{text}\""));
    match did_you_mean(symbol, known) {
        Some(near) => error.hint(format!("\"{near}\"")),
        None => error.hint("units of this field, such as \"kgC m-2 s-1\", \"gC m-2 d-1\", \"PgC/yr\", \"mol mol-1\" or \"ppm\""),
    }
}

/// The factors of a unit as they are written, each with -1 where a stroke stands before it.
fn factors(text: &str) -> Vec<(String, i32)> {
    let spaced = text
        .replace(" C ", "C ")
        .replace("**", "^")
        .replace('/', " / ");
    let spaced = spaced
        .strip_suffix(" C")
        .map_or(spaced.clone(), |mass| format!("{mass}C"));
    let mut sign = 1;
    let mut found = Vec::new();
    for word in spaced.split_whitespace() {
        if word == "/" {
            sign = -1;
            continue;
        }
        let parts: Vec<&str> = if number_of(word).is_some() {
            vec![word]
        } else {
            word.split(['*', '.', '·']).collect()
        };
        for part in parts.into_iter().filter(|p| !p.is_empty()) {
            found.push((part.to_string(), sign));
            sign = 1;
        }
    }
    found
}

/// A number in a unit, such as `1e-9`, which scales it.
fn number_of(token: &str) -> Option<f64> {
    token.parse().ok().filter(|x: &f64| {
        token.starts_with(|c: char| c.is_ascii_digit()) && *x > 0.0 && x.is_finite()
    })
}

/// `m-2` -> (`m`, -2); `m^-2`, `m**-2`, `m2` alike.
fn split_exponent(token: &str) -> Option<(&str, i32)> {
    if token == "1" || token.ends_with("CO2") {
        return Some((token, 1));
    }
    let digits = token.len()
        - token
            .chars()
            .rev()
            .take_while(|c| c.is_ascii_digit())
            .count();
    if digits == token.len() {
        return Some((token, 1));
    }
    let start = if token[..digits].ends_with(['-', '+']) {
        digits - 1
    } else {
        digits
    };
    Some((
        token[..start].trim_end_matches(['^', '*']),
        token[start..].parse().ok()?,
    ))
}

fn symbol_of(symbol: &str) -> Option<(f64, [i32; BASES])> {
    exact_symbol(symbol).or_else(|| {
        let prefixes = [
            ("P", 1e15),
            ("T", 1e12),
            ("G", 1e9),
            ("M", 1e6),
            ("k", 1e3),
            ("h", 1e2),
            ("c", 1e-2),
            ("m", 1e-3),
            ("u", 1e-6),
            ("µ", 1e-6),
            ("n", 1e-9),
        ];
        let (prefix, factor) = prefixes
            .into_iter()
            .find(|(p, _)| symbol.starts_with(p) && symbol.len() > p.len())?;
        let rest = &symbol[prefix.len()..];
        if !["g", "gC", "gCO2", "m", "s", "mol", "Pa"].contains(&rest) {
            return None;
        }
        exact_symbol(rest).map(|(scale, base)| (scale * factor, base))
    })
}

fn exact_symbol(symbol: &str) -> Option<(f64, [i32; BASES])> {
    let day = crate::time::DAY;
    Some(match symbol {
        "1" | "none" => (1.0, [0; BASES]),
        "%" | "percent" => (0.01, [0; BASES]),
        "ppm" => (1e-6, [0; BASES]),
        "ppb" => (1e-9, [0; BASES]),
        "ppt" => (1e-12, [0; BASES]),
        "g" => (1e-3, [1, 0, 0, 0, 0, 0, 0]),
        "gC" => (1e-3, [0, 1, 0, 0, 0, 0, 0]),
        "gCO2" => (
            1e-3 * MOLAR_MASS_CARBON / MOLAR_MASS_CO2,
            [0, 1, 0, 0, 0, 0, 0],
        ),
        "m" | "meter" | "meters" | "metre" | "metres" => (1.0, [0, 0, 1, 0, 0, 0, 0]),
        "s" | "sec" | "second" | "seconds" => (1.0, [0, 0, 0, 1, 0, 0, 0]),
        "min" | "minute" | "minutes" => (60.0, [0, 0, 0, 1, 0, 0, 0]),
        "h" | "hr" | "hour" | "hours" => (3600.0, [0, 0, 0, 1, 0, 0, 0]),
        "d" | "day" | "days" => (day, [0, 0, 0, 1, 0, 0, 0]),
        "yr" | "y" | "a" | "year" | "years" => (crate::time::YEAR, [0, 0, 0, 1, 0, 0, 0]),
        "month" | "months" => (crate::time::YEAR / 12.0, [0, 0, 0, 1, 0, 0, 0]),
        "K" | "kelvin" => (1.0, [0, 0, 0, 0, 1, 0, 0]),
        "mol" | "mole" | "moles" => (1.0, [0, 0, 0, 0, 0, 1, 0]),
        "atom" | "atoms" | "molecule" | "molecules" | "molec" => {
            (1.0 / AVOGADRO, [0, 0, 0, 0, 0, 1, 0])
        }
        "Pa" => (1.0, [1, 0, -1, -2, 0, 0, 0]),
        "mb" | "mbar" | "millibar" | "millibars" => (100.0, [1, 0, -1, -2, 0, 0, 0]),
        "J" => (1.0, [1, 0, 2, -2, 0, 0, 0]),
        "W" => (1.0, [1, 0, 2, -3, 0, 0, 0]),
        "degree" | "degrees" | "degrees_north" | "degrees_east" | "degree_north"
        | "degree_east" => (1.0, [0, 0, 0, 0, 0, 0, 1]),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(from: &str, to: &str) -> f64 {
        Unit::parse(from)
            .unwrap()
            .factor_to(&Unit::parse(to).unwrap())
            .unwrap()
    }

    #[test]
    fn flux_units_convert_by_hand_computed_factors() {
        assert!((factor("kg C m-2 s-1", "gC m-2 d-1") / 8.64e7 - 1.0).abs() < 1e-15);
        assert!((factor("PgC/yr", "kgC s-1") / (1e12 / 31_556_952.0) - 1.0).abs() < 1e-15);
        assert!((factor("mol m-2 s-1", "gC m-2 s-1") - 12.011).abs() < 1e-12);
        assert!((factor("kgCO2 m-2 s-1", "kgC m-2 s-1") - 12.011 / 44.009).abs() < 1e-15);
        assert!((factor("mol mol-1", "ppm") - 1e6).abs() < 1e-6);
        assert_eq!(factor("hPa", "Pa"), 100.0);
        assert_eq!(factor("millibars", "hPa"), 1.0);
        assert!((factor("atoms cm-2 s-1", "mol m-2 s-1") * 6.022_140_76e19 - 1.0).abs() < 1e-15);
    }

    #[test]
    fn carbon_and_air_and_concentrations_do_not_mix() {
        let ppm = Unit::parse("ppm").unwrap();
        assert!(!ppm.same_kind(&Unit::parse("PgC").unwrap()));
        assert!(
            Unit::parse("PgC")
                .unwrap()
                .factor_to(&Unit::parse("kg").unwrap())
                .is_err()
        );
    }

    #[test]
    fn a_misspelt_unit_is_named_with_the_nearest_known_one() {
        let message = Unit::parse("ppmm").unwrap_err().to_string();
        assert!(
            message.contains("\"ppmm\"") && message.contains("\"ppm\""),
            "{message}"
        );
    }

    #[test]
    fn products_are_written_in_the_symbols_of_their_factors() {
        let unit = |text: &str| Unit::parse(text).unwrap();
        let rate = unit("kgCO2 m-2 s-1").over(&unit("yr"));
        assert_eq!(rate.to_string(), "kgCO2 m-2 s-1 yr-1");
        assert_eq!(unit(&rate.to_string()), rate);
        assert_eq!(unit("ppm").over(&unit("ppm")).to_string(), "");
        assert_eq!(unit("PgC/yr").over(&unit("m2")).to_string(), "PgC yr-1 m-2");
        assert_eq!(unit("m/s").power(2).to_string(), "m2 s-2");
        // Two measures of time against each other: written in the base units, and read again as the
        // same.
        let mass = unit("PgC/yr").times(&unit("s"));
        assert!(
            mass.to_string().ends_with(" kgC") && unit(&mass.to_string()) == mass,
            "{mass}"
        );
        assert_eq!(unit("1e-9").factor_to(&unit("ppb")).unwrap(), 1.0);
    }

    #[test]
    fn a_flux_times_area_and_time_is_a_mass() {
        let flux = Unit::parse("kgC m-2 s-1").unwrap();
        let mass = flux
            .times(&Unit::parse("m2").unwrap())
            .times(&Unit::parse("s").unwrap());
        assert_eq!(mass.to_string(), "kgC");
        assert!((mass.factor_to(&Unit::parse("PgC").unwrap()).unwrap() - 1e-12).abs() < 1e-27);
    }
}
