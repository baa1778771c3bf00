//! Units of fluxes as files have them: per area or per cell, per time or per interval, of carbon,
//! of
//! CO2, or of moles.

use crate::error::{Error, Result};
use crate::time::YEAR;
use crate::units::{MOLAR_MASS_CARBON, Unit};

/// How numbers in a unit become kg C m-2 s-1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// The factor to SI units of carbon.
    pub factor: f64,
    /// Whether numbers are of a whole cell, and not of a square metre.
    pub per_cell: bool,
    /// Whether numbers are of a whole interval, and not of a second.
    pub per_interval: bool,
}

impl Scale {
    /// What a number stands for in a cell \[m2\] and an interval \[s\].
    pub fn density(&self, value: f64, area: f64, seconds: f64) -> f64 {
        let of_cell = if self.per_cell { area } else { 1.0 };
        let of_interval = if self.per_interval { seconds } else { 1.0 };
        value * self.factor / of_cell / of_interval
    }
}

/// The scale of a unit; kilograms of a gas that is not said need its molar mass \[kg mol-1\]. A
/// calendar month in a unit, as in `g C m-2 month-1`, is as long as the month of the map.
///
/// # Errors
/// A unit that is no flux, or in kilograms without a molar mass.
pub(crate) fn flux_scale(unit: &Unit, molar_mass: Option<f64>) -> Result<Scale> {
    let by_month = unit.to_string().to_lowercase().contains("month");
    for (per_cell, per_interval, of_carbon, of_mass) in [
        (false, false, "kgC m-2 s-1", "kg m-2 s-1"),
        (true, false, "kgC s-1", "kg s-1"),
        (false, true, "kgC m-2", "kg m-2"),
        (true, true, "kgC", "kg"),
    ] {
        let (carbon, mass) = (Unit::parse(of_carbon)?, Unit::parse(of_mass)?);
        let factor = match (unit.factor_to(&carbon), unit.factor_to(&mass), molar_mass) {
            (Ok(factor), _, _) => factor,
            (_, Ok(factor), Some(molar_mass)) => factor * MOLAR_MASS_CARBON / molar_mass,
            (_, Ok(_), None) => return Err(needs_molar_mass(unit)),
            _ => continue,
        };
        return Ok(Scale {
            factor: if by_month {
                factor * YEAR / 12.0
            } else {
                factor
            },
            per_cell,
            per_interval: per_interval || by_month,
        });
    }
    Err(no_flux(unit))
}

fn needs_molar_mass(unit: &Unit) -> Error {
    Error::new("a flux in kilograms of a gas needs its molar mass")
        .got(unit)
        .hint("#{ molar_mass: \"44.009 g mol-1\" } for kg of CO2, or .with_unit(\"kgC m-2 s-1\")")
}

fn no_flux(unit: &Unit) -> Error {
    let got = match unit.is_none() {
        true => "no unit".to_string(),
        false => unit.describe(),
    };
    let expected = "a flux such as mol m-2 s-1, kgC m-2 s-1, atoms cm-2 s-1 or, with a molar mass, \
                    kg m-2 s-1";
    Error::new("the unit is not that of a flux")
        .expected(expected)
        .got(got)
        .hint(".with_unit(\"mol m-2 s-1\")")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(unit: &str, molar_mass: Option<f64>) -> Result<Scale> {
        flux_scale(&Unit::as_written(unit), molar_mass)
    }

    #[test]
    fn units_of_fluxes_become_kilograms_of_carbon() {
        let near = |unit: &str, molar_mass, wanted: f64| {
            let density = scale(unit, molar_mass).unwrap().density(1.0, 2.0, 86_400.0);
            assert!(
                (density / wanted - 1.0).abs() < 1e-9,
                "{unit}: {density} {wanted}"
            );
        };
        near("mol m-2 s-1", None, 12.011e-3);
        near("kg C m-2 s-1", None, 1.0);
        near("kgCO2/m2/s", None, 12.011 / 44.009);
        near("kg/m2/s", Some(44.009e-3), 12.011 / 44.009);
        near("gC m-2 d-1", None, 1e-3 / 86_400.0);
        near("g C m-2 month-1", None, 1e-3 / 86_400.0);
        near("Tg C", None, 1e9 / 2.0 / 86_400.0);
        near(
            "tonne C/cell/month".trim_end_matches("/cell/month"),
            None,
            1e3 / 2.0 / 86_400.0,
        );
        near("PgC/yr", None, 1e12 / YEAR / 2.0);
    }

    #[test]
    fn kilograms_of_nothing_said_and_what_is_no_flux_are_refused() {
        let refused = |unit: &str| scale(unit, None).unwrap_err().to_string();
        assert!(refused("kg/m2/s").contains("molar mass"));
        assert!(refused("ppm").contains("not that of a flux"));
        assert!(refused("furlongs").contains("not understood"));
        assert!(refused("").contains("no unit"));
    }
}
