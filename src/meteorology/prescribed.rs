//! Prescribed winds and mixing: for idealised tests, and for winds that no other driver
//! reads.
//!
//! Surface pressure is uniform and constant, and winds that would change it are made consistent by
//! the pressure fix; or it is free: it follows the winds from an instant on, dp_s/dt = g / A times
//! what they bring to the column. From a streamfunction psi at the corners of cells, the fluxes of
//! air are -delp/g (psi_north - psi_south) eastward and delp/g (psi_east - psi_west) northward:
//! without divergence to rounding. Winds of three dimensions are a streamfunction and winds with
//! levels that bring no air to a column; the vertical flux follows from the budget of each cell.

mod flow;
mod free_pressure;

pub use flow::Flow;

use super::forcing::Forcing;
use super::{Atmosphere, Meteorology, PressureFix};
use crate::constants::{GAS_CONSTANT_DRY_AIR, GRAVITY};
use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::time::Time;
use ndarray::{Array2, Array3};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Temperature for the heights of levels \[K\].
const TEMPERATURE: f64 = 260.0;

/// Flow and mixing around one instant.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// The components of the flow, added up.
    pub flows: Vec<Flow>,
    /// Depth of the boundary layer \[Pa\]; zero is none.
    pub boundary_layer: f64,
    /// The greatest part of a surface flux that the eddies of the whole layer carry, 0 to 1.
    pub nonlocal: f64,
    /// Turbulent exchange at level edges, one number for each of level + 1 \[kg m-2 s-1\]; none
    /// mixes nothing.
    pub exchange: Vec<f64>,
    /// Convective updraft at level edges \[kg m-2 s-1\], what it loses on the way detrains; none
    /// lifts nothing.
    pub updraft: Vec<f64>,
}

/// Gives the meteorology in the middle of an interval.
pub type ConditionsAt = dyn Fn(Time) -> Result<Conditions> + Send + Sync;

/// The driver.
pub struct Prescribed {
    grid: Arc<Grid>,
    surface_pressure: f64,
    interval: f64,
    conditions: Box<ConditionsAt>,
    fix: PressureFix,
    /// The instant from which on surface pressure is free.
    free_since: Option<Time>,
    /// A free surface pressure at the last instants it was found for.
    known: Mutex<Vec<(Time, Array2<f64>)>>,
    recent: Mutex<Option<Arc<Forcing>>>,
}

impl Prescribed {
    /// From a surface pressure \[Pa\] and the conditions of every interval of `interval` seconds,
    /// counted from 1970.
    ///
    /// # Errors
    /// A pressure outside of 500 to 1100 hPa, an interval that is not a whole number of seconds.
    pub fn new(
        grid: &Arc<Grid>,
        surface_pressure: f64,
        interval: f64,
        conditions: Box<ConditionsAt>,
    ) -> Result<Self> {
        if !(5e4..=1.1e5).contains(&surface_pressure) {
            return Err(Error::new("the surface pressure is out of range")
                .expected("500 to 1100 hPa")
                .got(format!("{surface_pressure} Pa")));
        }
        if !(interval >= 1.0 && interval.fract() == 0.0 && interval <= 1e9) {
            return Err(Error::new(
                "the interval of the meteorology must be a whole number of seconds",
            )
            .got(format!("{interval} s"))
            .hint("600"));
        }
        let (fix, known, recent) = (PressureFix::new(grid), Mutex::default(), Mutex::default());
        Ok(Prescribed {
            grid: grid.clone(),
            surface_pressure,
            interval,
            conditions,
            fix,
            free_since: None,
            known,
            recent,
        })
    }

    fn make(&self, start: Time) -> Result<Forcing> {
        let (middle, end) = (start.plus(0.5 * self.interval), start.plus(self.interval));
        let before = self.pressure_at(start)?;
        let (conditions, [mut east, mut north]) = self.blow(middle, &before)?;
        let (n, n_lat, n_lon) = self.grid.shape();
        let after = if self.free_since.is_some() {
            let after = self.follow(&before, &east, &north).map_err(|e| e.at(end))?;
            self.keep(end, &after);
            after
        } else {
            self.fix
                .apply(&mut east, &mut north, &Array2::zeros((n_lat, n_lon)));
            before.clone()
        };
        let deepest = 0.9 * self.surface_pressure;
        for (name, value, most, unit) in [
            ("boundary_layer", conditions.boundary_layer, deepest, " Pa"),
            ("nonlocal", conditions.nonlocal, 1.0, ""),
        ] {
            if !(0.0..=most).contains(&value) {
                let error = Error::new(format!("\"{name}\" of the conditions is out of range"))
                    .expected(format!("0 to {most}{unit}"));
                return Err(error.got(format!("{value}{unit}")).at(middle));
            }
        }
        let profile =
            |name: &str, values: &[f64]| self.profile(name, values).map_err(|e| e.at(middle));
        let (exchange, updraft) = (
            profile("exchange", &conditions.exchange)?,
            profile("updraft", &conditions.updraft)?,
        );
        let detrainment = Array3::from_shape_fn((n, n_lat, n_lon), |(k, j, i)| {
            (updraft[[k, j, i]] - updraft[[k + 1, j, i]]).max(0.0)
        });
        let flat = |value: f64| Array2::from_elem((n_lat, n_lon), value);
        Ok(Forcing {
            start,
            end,
            surface_pressure: [before, after],
            east,
            north,
            layer_depth: flat(conditions.boundary_layer),
            nonlocal: flat(conditions.nonlocal),
            exchange,
            updraft,
            detrainment,
        })
    }

    /// The conditions of an instant, and the air through faces that all its flows together are
    /// under a surface pressure \[kg s-1\].
    fn blow(&self, time: Time, pressure: &Array2<f64>) -> Result<(Conditions, [Array3<f64>; 2])> {
        let mut conditions = (self.conditions)(time)?;
        let (n, n_lat, n_lon) = self.grid.shape();
        let (mut east, mut north) = (
            Array3::zeros((n, n_lat, n_lon)),
            Array3::zeros((n, n_lat + 1, n_lon)),
        );
        for flow in conditions.flows.drain(..) {
            let (u, v) = self.fluxes(flow, pressure).map_err(|e| e.at(time))?;
            east += &u;
            north += &v;
        }
        Ok((conditions, [east, north]))
    }

    /// The same profile in every column.
    fn profile(&self, name: &str, values: &[f64]) -> Result<Array3<f64>> {
        let (n, n_lat, n_lon) = self.grid.shape();
        let wrong = || {
            Error::new(format!(
                "the {name} of the meteorology must be a number for each level edge"
            ))
            .expected(format!("{} numbers, none below zero", n + 1))
        };
        if !(values.is_empty() || values.len() == n + 1) {
            return Err(wrong().got(format!("{} numbers", values.len())));
        }
        if let Some((k, v)) = values
            .iter()
            .enumerate()
            .find(|(_, v)| !(v.is_finite() && **v >= 0.0))
        {
            return Err(wrong().got(v).at(format!("level edge {k} from the ground")));
        }
        Ok(Array3::from_shape_fn((n + 1, n_lat, n_lon), |(k, _, _)| {
            values.get(k).copied().unwrap_or(0.0)
        }))
    }
}

impl Meteorology for Prescribed {
    fn grid(&self) -> &Arc<Grid> {
        &self.grid
    }

    /// Heights are those of air at 260 K.
    fn atmosphere(&self, time: Time) -> Result<Atmosphere> {
        let (n, n_lat, n_lon) = self.grid.shape();
        let levels = &self.grid.levels;
        let surface_pressure = match self.free_since {
            Some(_) => self.forcing(time)?.surface_pressure_at(time),
            None => Array2::from_elem((n_lat, n_lon), self.surface_pressure),
        };
        let height = |k: usize, ps: f64| {
            GAS_CONSTANT_DRY_AIR * TEMPERATURE / GRAVITY * (ps / levels.middle(k, ps)).ln()
        };
        let height = Array3::from_shape_fn((n, n_lat, n_lon), |(k, j, i)| {
            height(k, surface_pressure[[j, i]])
        });
        Ok(Atmosphere {
            grid: self.grid.clone(),
            surface_pressure,
            surface_height: Array2::zeros((n_lat, n_lon)),
            height,
        })
    }

    fn span(&self) -> (Option<Time>, Option<Time>) {
        (self.free_since, None)
    }

    fn covers(&self, start: Time, _: Time) -> Result<()> {
        match self.free_since.filter(|since| start < *since) {
            None => Ok(()),
            Some(since) => Err(Error::new("the meteorology begins later")
                .expected(format!(
                    "{since} or later, since when surface pressure is free"
                ))
                .got(start)),
        }
    }

    fn forcing(&self, time: Time) -> Result<Arc<Forcing>> {
        let length = self.interval as i64;
        let start = Time::from_seconds(time.seconds().div_euclid(length) * length);
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        match recent.as_ref().filter(|f| f.start == start) {
            Some(held) => Ok(held.clone()),
            None => Ok(recent.insert(Arc::new(self.make(start)?)).clone()),
        }
    }
}

impl fmt::Display for Prescribed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let free = self.free_since.map_or(String::new(), |since| {
            format!(", free_pressure: \"{since}\"")
        });
        write!(
            f,
            "meteorology::prescribed(grid, conditions, #{{ surface_pressure: {:?}, interval: {:?}{free} }})",
            self.surface_pressure, self.interval
        )
    }
}

impl fmt::Debug for Prescribed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} on {}", self.grid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constants::EARTH_RADIUS;
    use ndarray::Axis;

    fn driver(flow: impl Fn(usize, usize) -> Flow + Send + Sync + 'static) -> Result<Arc<Forcing>> {
        let grid = Grid::geos(10.0, 15.0)?;
        let (_, n_lat, n_lon) = grid.shape();
        let conditions = move |_: Time| {
            Ok(Conditions {
                flows: vec![flow(n_lat, n_lon)],
                ..Conditions::default()
            })
        };
        Prescribed::new(&grid, 1e5, 600.0, Box::new(conditions))?.forcing(Time::from_seconds(1000))
    }

    #[test]
    fn solid_rotation_by_winds_and_by_its_streamfunction_are_the_same_air() {
        let h = Grid::geos(10.0, 15.0).unwrap().horizontal.clone();
        let sines: Vec<f64> = h.lat_edges().iter().map(|l| l.to_radians().sin()).collect();
        let widths: Vec<f64> = h
            .lat_edges()
            .windows(2)
            .map(|w| (w[1] - w[0]).to_radians())
            .collect();
        let psi = sines.clone();
        let by_psi = driver(move |n_lat, n_lon| {
            Flow::Streamfunction(
                Array2::from_shape_fn((n_lat + 1, n_lon), |(j, _)| -EARTH_RADIUS * 10.0 * psi[j])
                    .into_dyn(),
            )
        });
        let by_winds = driver(move |n_lat, n_lon| {
            let u = Array2::from_shape_fn((n_lat, n_lon), |(j, _)| {
                10.0 * (sines[j + 1] - sines[j]) / widths[j]
            });
            Flow::Winds(u.into_dyn(), Array2::zeros((n_lat + 1, n_lon)).into_dyn())
        });
        let (a, b) = (by_psi.unwrap(), by_winds.unwrap());
        assert_eq!((a.start.seconds(), a.end.seconds()), (600, 1200));
        assert!(
            a.east
                .iter()
                .zip(&b.east)
                .all(|(a, b)| (a - b).abs() <= 1e-9 * b.abs())
        );
        assert!(a.east[[0, 9, 0]] > 0.0 && a.east.index_axis(Axis(1), 0).iter().all(|f| *f == 0.0));
    }

    #[test]
    fn winds_of_another_shape_or_that_are_no_numbers_are_refused() {
        let wrong =
            driver(|n_lat, n_lon| Flow::Streamfunction(Array2::zeros((n_lat, n_lon)).into_dyn()));
        assert!(wrong.unwrap_err().to_string().contains("shape"));
        let nan = driver(|n_lat, n_lon| {
            let mut u = Array2::zeros((n_lat, n_lon));
            u[[3, 4]] = f64::NAN;
            Flow::Winds(u.into_dyn(), Array2::zeros((n_lat + 1, n_lon)).into_dyn())
        });
        let message = nan.unwrap_err().to_string();
        for part in [
            "the u of",
            "not a number",
            "-60 north, -127.5 east, level 0",
            "1970-01-01T00:15:00Z",
        ] {
            assert!(message.contains(part), "\"{part}\" is not in\n{message}");
        }
        let storm = driver(|n_lat, n_lon| {
            let mut v = Array2::zeros((n_lat + 1, n_lon));
            v[[7, 2]] = -201.0;
            Flow::Winds(Array2::zeros((n_lat, n_lon)).into_dyn(), v.into_dyn())
        });
        let message = storm.unwrap_err().to_string();
        for part in [
            "the v of",
            "out of range",
            "got -201",
            "-25 north, -150 east",
        ] {
            assert!(message.contains(part), "\"{part}\" is not in\n{message}");
        }
    }

    #[test]
    fn mixing_that_is_negative_is_refused_with_the_edge() {
        let grid = Grid::geos(10.0, 15.0).unwrap();
        let mut exchange = vec![0.0; 48];
        exchange[5] = -1.0;
        let conditions = move |_: Time| {
            Ok(Conditions {
                exchange: exchange.clone(),
                ..Conditions::default()
            })
        };
        let message = Prescribed::new(&grid, 1e5, 600.0, Box::new(conditions))
            .unwrap()
            .forcing(Time::from_seconds(0))
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("got -1") && message.contains("level edge 5"),
            "{message}"
        );
    }
}
