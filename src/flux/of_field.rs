//! A field read as a flux: its unit, its grid, and how it changes in time.

use super::{MapStamp, Maps, flux_scale, intervals, said_stamp};
use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::grid::{LatLonGrid, on_grid};
use crate::time::Time;
use crate::units::Unit;
use ndarray::Axis;

/// What makes a field a flux on a grid \[kg C m-2 s-1\].
#[derive(Debug, Clone)]
pub struct Reading {
    /// The grid it must be on.
    pub grid: LatLonGrid,
    /// Molar mass of the gas \[kg mol-1\], for fluxes in kg of it.
    pub molar_mass: Option<f64>,
    /// Where in their intervals the dates of maps lie, if it is said.
    pub time: Option<MapStamp>,
}

impl Reading {
    /// The factor from a unit to kg C m-2 s-1.
    fn factor(&self, unit: &Unit) -> Result<f64> {
        let scale = flux_scale(unit, self.molar_mass)?;
        match scale.per_cell || scale.per_interval {
            false => Ok(scale.factor),
            true => Err(
                Error::new("the unit is that of an amount, or of whole cells")
                    .expected("a flux by area and time, such as kgC m-2 s-1")
                    .got(unit)
                    .hint(
                        "flux::module_of(name, maps, options), which divides by areas and intervals",
                    ),
            ),
        }
    }

    /// A map (lat, lon).
    fn map(&self, field: &Field) -> Result<Vec<f64>> {
        let factor = self.factor(&field.unit)?;
        if field.dimensions().len() != 2 {
            let got: Vec<&str> = field.dimensions().iter().map(|d| d.name.as_str()).collect();
            return Err(Error::new("a flux must be a map")
                .expected("a field (lat, lon)")
                .got(format!("({})", got.join(", "))));
        }
        let field = on_grid(field, &self.grid)?;
        Ok(field.data().iter().map(|v| factor * v).collect())
    }

    /// One map (lat, lon), maps of months (month, lat, lon), or maps of intervals (time, lat, lon).
    ///
    /// # Errors
    /// Another grid, a unit that is no flux, other dimensions, dates that do not say where in their
    /// intervals they lie.
    pub fn maps(&self, field: &Field) -> Result<Maps> {
        if field.dimensions().len() != 3 {
            return Ok(Maps::Constant(self.map(field)?));
        }
        let factor = self.factor(&field.unit)?;
        let field = on_grid(field, &self.grid)?;
        let first = &field.dimensions()[0];
        let maps = field
            .data()
            .axis_iter(Axis(0))
            .map(|map| map.iter().map(|v| factor * v).collect::<Vec<f64>>());
        match (first.name.as_str(), &first.coordinate) {
            ("month", _) => Ok(Maps::Monthly(maps.collect())),
            (_, Coordinate::Times(times)) => {
                let held = intervals(times, self.time, said_stamp(&field))?;
                Ok(Maps::Between(held.into_iter().zip(maps).collect()))
            }
            (name, _) => Err(Error::new("a flux changes by month or from dates on")
                .expected("a first dimension \"month\", or one of dates")
                .got(format!("\"{name}\""))),
        }
    }

    /// Maps by a function of the date that gives fields (lat, lon), read when they are needed.
    pub fn of_date(self, function: impl Fn(Time) -> Result<Field> + Send + Sync + 'static) -> Maps {
        Maps::At(Box::new(move |time: Time| self.map(&function(time)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn a_flux_in_moles_is_carbon_of_as_many_moles_and_kilograms_need_a_molar_mass() {
        let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
        let of = |unit: &str, molar_mass| {
            let reading = Reading {
                grid: grid.clone(),
                molar_mass,
                time: None,
            };
            let ones = Array2::ones((grid.n_lat(), grid.n_lon())).into_dyn();
            let dimensions = grid.dimensions().to_vec();
            let field = Field::new("flux", Unit::parse(unit).unwrap(), dimensions, ones).unwrap();
            match reading.maps(&field)? {
                Maps::Constant(map) => Ok(map[5]),
                _ => unreachable!("one map is constant"),
            }
        };
        let near = |a: Result<f64>, b: f64| assert!((a.unwrap() / b - 1.0).abs() < 1e-6);
        near(of("mol m-2 s-1", None), 12.011e-3);
        near(of("kgC m-2 s-1", None), 1.0);
        near(of("kg m-2 s-1", Some(0.146054)), 12.011e-3 / 0.146054);
        assert!(
            of("kg m-2 s-1", None)
                .unwrap_err()
                .to_string()
                .contains("molar mass")
        );
        assert!(of("ppm", None).is_err());
    }
}
