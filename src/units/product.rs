//! Products, quotients, powers and roots of units.

use super::symbols::{phrase, symbol_of};
use super::text::{factors, number_of};
use super::{BASE_NAMES, BASES, Of, Unit};
use crate::error::{Error, Result};

impl Unit {
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
        if self.is_unread() {
            return Unit::as_written(&format!("({})^{exponent}", self.text));
        }
        Unit::canonical(self.scale.powi(exponent), self.powers.map(|p| p * exponent))
            .written([(self, exponent)])
    }

    /// The unit of a square root, where every power is even.
    ///
    /// # Errors
    /// An odd power of a unit.
    pub fn square_root(&self) -> Result<Unit> {
        if self.is_unread() || self.powers.iter().any(|p| p % 2 != 0) {
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
        if self.is_unread() || other.is_unread() {
            return self.combine_unread(other, sign);
        }
        let mut powers = self.powers;
        for (p, q) in powers.iter_mut().zip(other.powers) {
            *p += sign * q;
        }
        let mut unit = Unit::canonical(self.scale * other.scale.powi(sign), powers)
            .written([(self, 1), (other, sign)]);
        // A share of a fraction is a fraction of the same.
        if powers == [0; BASES] && !unit.text.is_empty() {
            unit.of = match (self.of, other.of) {
                (of, Of::Plain) => of,
                (Of::Plain, of) if sign == 1 => of,
                _ => Of::Plain,
            };
        }
        unit
    }

    fn combine_unread(&self, other: &Unit, sign: i32) -> Unit {
        match sign {
            1 => Unit::as_written(&format!("{} * ({})", self.text, other.text)),
            _ if self == other => Unit::none(),
            _ => Unit::as_written(&format!("{} / ({})", self.text, other.text)),
        }
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
        let all = factors(&phrase(&self.text))?;
        all.iter()
            .all(|(symbol, _)| number_of(symbol).is_none())
            .then_some(all)
    }

    /// A unit whose text is made from its powers.
    pub(super) fn canonical(scale: f64, powers: [i32; BASES]) -> Unit {
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
            ..Unit::none()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
