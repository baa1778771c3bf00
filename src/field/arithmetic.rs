//! Arithmetic by name: dimensions are matched by what they are called, units are kept or refused.

use super::Field;
use crate::error::{Error, Result};
use crate::units::Unit;

impl Field {
    /// Sum, in the unit of `self`; `other` is converted.
    ///
    /// # Errors
    /// Units of different kinds, a unit on one side only, or coordinates that differ.
    pub fn plus(self, other: Field) -> Result<Field> {
        self.on_ratio_scale("+")?
            .same_kind("+", other, |a, b| a + b)
    }
    /// Difference, in the unit of `self`; of degrees Celsius in kelvin.
    ///
    /// # Errors
    /// As [`Field::plus`].
    pub fn minus(self, other: Field) -> Result<Field> {
        let kelvin = if self.unit.has_offset() {
            self.to_unit(&self.unit.of_difference())?
        } else {
            self
        };
        kelvin.same_kind("-", other, |a, b| a - b)
    }
    /// Product; units multiply.
    ///
    /// # Errors
    /// Degrees Celsius, or coordinates that differ.
    pub fn times(self, other: Field) -> Result<Field> {
        let unit = self.unit.times(&other.unit);
        self.on_ratio_scale("*")?
            .combine(other.on_ratio_scale("*")?, unit, |a, b| a * b)
    }
    /// Quotient; units divide.
    ///
    /// # Errors
    /// As [`Field::times`].
    pub fn over(self, other: Field) -> Result<Field> {
        let unit = self.unit.over(&other.unit);
        self.on_ratio_scale("/")?
            .combine(other.on_ratio_scale("/")?, unit, |a, b| a / b)
    }

    /// Itself, where zero is the beginning of its scale, as sums and products need it.
    fn on_ratio_scale(self, sign: &str) -> Result<Field> {
        if !self.unit.has_offset() {
            return Ok(self);
        }
        Err(Error::new(format!(
            "\"{}\" {sign}: this unit does not begin at zero",
            self.name
        ))
        .expected("K")
        .got(&self.unit)
        .hint(".to(\"K\") first"))
    }

    fn same_kind(self, sign: &str, other: Field, f: impl Fn(f64, f64) -> f64) -> Result<Field> {
        let (unit, plain) = match (self.is_plain_number(), other.is_plain_number()) {
            (true, false) => (other.unit.clone(), true),
            (_, plain) => (self.unit.clone(), plain),
        };
        let conversion = if plain {
            (1.0, 0.0)
        } else {
            other.unit.conversion_beside(&unit).map_err(|e| {
                let hint = e.report().hint.clone();
                Error::new(format!(
                    "\"{}\" {sign} \"{}\": the units do not match",
                    self.name, other.name
                ))
                .expected(self.unit.describe())
                .got(other.unit.describe())
                .hint(hint.unwrap_or_else(|| ".to(\"...\") to convert one of them".into()))
            })?
        };
        match conversion {
            (1.0, 0.0) => self.combine(other, unit, f),
            (factor, 0.0) => self.combine(other, unit, |a, b| f(a, b * factor)),
            (factor, shift) => self.combine(other, unit, |a, b| f(a, b * factor + shift)),
        }
    }

    /// Remainder of the division, in the unit of `self`.
    ///
    /// # Errors
    /// Units of different kinds, or coordinates that differ.
    pub fn remainder(self, other: Field) -> Result<Field> {
        self.on_ratio_scale("%")?
            .same_kind("%", other, |a, b| a % b)
    }
    /// The smaller of two values, in the unit of `self`; missing where one of them is.
    ///
    /// # Errors
    /// Units of different kinds, or coordinates that differ.
    pub fn smaller(self, other: Field) -> Result<Field> {
        self.same_kind("min", other, smaller)
    }
    /// The greater of two values, in the unit of `self`; missing where one of them is.
    ///
    /// # Errors
    /// Units of different kinds, or coordinates that differ.
    pub fn greater(self, other: Field) -> Result<Field> {
        self.same_kind("max", other, greater)
    }
    /// 1 where a comparison of values in the same unit holds, else 0.
    ///
    /// # Errors
    /// Units of different kinds, or coordinates that differ.
    pub fn compare(
        &self,
        sign: &str,
        other: &Field,
        holds: impl Fn(f64, f64) -> bool,
    ) -> Result<Field> {
        let mut mask = self
            .clone()
            .same_kind(sign, other.clone(), |a, b| f64::from(u8::from(holds(a, b))))?;
        mask.unit = Unit::none();
        Ok(mask)
    }
    /// The values to a power; the unit follows where the power is whole or one half.
    ///
    /// # Errors
    /// Another power of a quantity with a unit.
    pub fn to_power(&self, exponent: f64) -> Result<Field> {
        let unit = if self.unit.is_none() {
            Unit::none()
        } else if self.unit.has_offset() {
            return self.clone().on_ratio_scale("**");
        } else if exponent == 0.5 {
            self.unit.square_root()?
        } else if exponent.fract() == 0.0 && exponent.abs() < 100.0 {
            self.unit.power(exponent as i32)
        } else {
            return Err(Error::new(format!(
                "\"{}\" has a unit and cannot be raised to that power",
                self.name
            ))
            .expected("a whole power, or 0.5")
            .got(exponent));
        };
        let mut field = match exponent {
            2.0 => self.map(|v| v * v),
            0.5 => self.map(f64::sqrt),
            e => self.map(|v| v.powf(e)),
        };
        field.unit = unit;
        Ok(field.undescribed())
    }
    /// A function of pure numbers, such as exp or log, of every value.
    ///
    /// # Errors
    /// The values have a unit.
    pub fn pure(&self, function: &str, f: impl Fn(f64) -> f64) -> Result<Field> {
        if !self.unit.is_number() {
            return Err(Error::new(format!(
                "{function} of \"{}\" needs a pure number",
                self.name
            ))
            .expected("no unit")
            .got(self.unit.describe())
            .hint("a ratio, such as f / f.mean()"));
        }
        Ok(self.map(f).with_unit(Unit::none()).undescribed())
    }

    /// The value of `yes` where `mask` is not 0, else that of `no`, in the unit of `yes`; a plain
    /// number takes the unit of the other.
    ///
    /// # Errors
    /// Units or coordinates that do not match.
    pub fn choose(mask: &Field, yes: &Field, no: &Field) -> Result<Field> {
        let yes = &if yes.is_plain_number() {
            yes.clone().with_unit(no.unit.clone())
        } else {
            yes.clone()
        };
        let no = &no.beside(&yes.unit)?;
        // A NaN with a payload of its own marks the positions not taken; missing values keep
        // theirs.
        let untaken = f64::from_bits(0x7ff8_0000_0000_c0de);
        let taken = mask.zip(
            yes,
            yes.unit.clone(),
            |m, y| if m != 0.0 { y } else { untaken },
        )?;
        taken.zip(no, yes.unit.clone(), |t, n| {
            if t.to_bits() == untaken.to_bits() {
                n
            } else {
                t
            }
        })
    }

    /// The values, and those of `value` where they are missing; a plain number takes the unit.
    ///
    /// # Errors
    /// Units or coordinates that do not match.
    pub fn fill_missing(&self, value: &Field) -> Result<Field> {
        let value = value.beside(&self.unit)?;
        let filled = |v: f64, w: f64| if v.is_nan() { w } else { v };
        self.zip(&value, self.unit.clone(), filled)
    }
}

/// The smaller of two numbers, missing where one of them is.
pub fn smaller(a: f64, b: f64) -> f64 {
    if a.is_nan() || a < b { a } else { b }
}

/// The greater of two numbers, missing where one of them is.
pub fn greater(a: f64, b: f64) -> f64 {
    if a.is_nan() || a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::fixture::line;

    #[test]
    fn arithmetic_forgets_what_the_values_were_and_keeps_where_they_are_from() {
        let wind = || {
            line("u", "x", "m/s", &[1.0, 2.0])
                .with_attribute("standard_name", "eastward_wind")
                .with_attribute("synthetic", "yes")
        };
        let made = [
            wind().to_power(2.0).unwrap(),
            wind().times(wind()).unwrap(),
            wind().minus(line("v", "x", "m/s", &[1.0, 2.0])).unwrap(),
            wind().reduce(crate::field::Reduction::Count, &[]).unwrap(),
        ];
        for field in made {
            assert!(!field.attributes.contains_key("standard_name"));
            assert_eq!(field.attributes.get("synthetic").unwrap(), "yes");
        }
        let mean = wind().reduce(crate::field::Reduction::Mean, &[]).unwrap();
        assert!(mean.attributes.contains_key("standard_name"));
    }

    #[test]
    fn a_field_without_unit_beside_one_with_a_unit_is_an_error() {
        let (ppm, bare) = (
            || line("model", "x", "ppm", &[400.0, f64::NAN]),
            || line("observed", "x", "", &[399.0, 402.0]),
        );
        let sums = [
            ppm().plus(bare()),
            bare().plus(ppm()),
            ppm().minus(bare()),
            bare().minus(ppm()),
        ];
        let more = [
            ppm().compare(">", &bare(), |a, b| a > b),
            ppm().fill_missing(&bare()),
            Field::choose(&bare(), &ppm(), &bare()),
            Field::concat(&[ppm(), bare()], "x"),
            ppm()
                .greater(line("x", "x", "%", &[1.0, 2.0]))
                .and_then(|f| f.plus(bare())),
        ];
        for wrong in sums.into_iter().chain(more) {
            let message = wrong.unwrap_err().to_string();
            assert!(message.contains("with_unit(\""), "{message}");
        }
        let number = Field::scalar("number", Unit::none(), 1.0);
        assert_eq!(ppm().plus(number.clone()).unwrap().data()[[0]], 401.0);
        let filled = ppm().fill_missing(&number).unwrap();
        assert_eq!(
            (filled.data()[[1]], filled.unit.to_string()),
            (1.0, "ppm".into())
        );
    }

    #[test]
    fn differences_of_degrees_celsius_are_kelvin() {
        let (day, night) = (
            line("day", "x", "degC", &[20.0]),
            line("night", "x", "K", &[283.15]),
        );
        let difference = day.clone().minus(night.clone()).unwrap();
        assert!((difference.data()[[0]] - 10.0).abs() < 1e-9);
        assert_eq!(difference.unit.to_string(), "K");
        assert!(day.clone().plus(night.clone()).is_err() && day.clone().times(night).is_err());
        assert!(
            (day.to_unit(&Unit::parse("K").unwrap()).unwrap().data()[[0]] - 293.15).abs() < 1e-9
        );
    }

    #[test]
    fn ppm_and_petagrams_are_not_added() {
        let message = line("co2", "x", "ppm", &[1.0])
            .plus(line("sink", "x", "PgC", &[1.0]))
            .unwrap_err()
            .to_string();
        assert!(message.contains("expected ppm, got PgC"), "{message}");
    }
}
