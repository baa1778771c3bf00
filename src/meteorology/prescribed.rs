//! Prescribed winds and mixing: for idealised tests, and for winds that no other driver
//! reads.
//!
//! Surface pressure is uniform and constant, and winds that would change it are made consistent by
//! the pressure fix; or it is free: it follows the winds from an instant on, dp_s/dt = g / A times
//! what they bring to the column. From a streamfunction psi at the corners of cells, the fluxes of
//! air are -delp/g (psi_north - psi_south) eastward and delp/g (psi_east - psi_west) northward:
//! without divergence to rounding. Winds of three dimensions are a streamfunction and winds with
//! levels that bring no air to a column; the vertical flux follows from the budget of each cell.

use super::forcing::{Forcing, unite_polar_rows};
use super::{Atmosphere, Meteorology, PressureFix};
use crate::constants::EARTH_RADIUS;
use crate::constants::{GAS_CONSTANT_DRY_AIR, GRAVITY};
use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::progress;
use crate::time::Time;
use ndarray::{Array2, Array3, ArrayD, ArrayView2, Axis, Ix2, Ix3};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Temperature for the heights of levels \[K\].
const TEMPERATURE: f64 = 260.0;

/// The strongest wind taken for one \[m s-1\].
const STRONGEST: f64 = 200.0;

/// A component of the flow. A field without levels holds for all of them.
#[derive(Debug, Clone)]
pub enum Flow {
    /// At the corners of cells (\[level,\] lat + 1, lon or lon + 1) \[m2 s-1\].
    Streamfunction(ArrayD<f64>),
    /// Eastward at west faces (\[level,\] lat, lon) and northward at south faces (\[level,\] lat +
    /// 1, lon), up to 200 either way \[m s-1\].
    Winds(ArrayD<f64>, ArrayD<f64>),
    /// Air eastward through west faces (level, lat, lon) and northward through south faces (level,
    /// lat + 1, lon) \[kg s-1\].
    Fluxes(ArrayD<f64>, ArrayD<f64>),
}

/// Flow and mixing around one instant.
#[derive(Debug, Clone, Default)]
pub struct Weather {
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
pub type WeatherAt = dyn Fn(Time) -> Result<Weather> + Send + Sync;

/// The driver.
pub struct Prescribed {
    grid: Arc<Grid>,
    surface_pressure: f64,
    interval: f64,
    weather: Box<WeatherAt>,
    fix: PressureFix,
    /// The instant from which on surface pressure is free.
    free_since: Option<Time>,
    /// A free surface pressure at the last instants it was found for.
    known: Mutex<Vec<(Time, Array2<f64>)>>,
    recent: Mutex<Option<Arc<Forcing>>>,
}

impl Prescribed {
    /// From a surface pressure \[Pa\] and the weather of every interval of `interval` seconds,
    /// counted from 1970.
    ///
    /// # Errors
    /// A pressure outside of 500 to 1100 hPa, an interval that is not a whole number of seconds.
    pub fn new(
        grid: &Arc<Grid>,
        surface_pressure: f64,
        interval: f64,
        weather: Box<WeatherAt>,
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
            weather,
            fix,
            free_since: None,
            known,
            recent,
        })
    }

    /// The same with a surface pressure that follows the winds from `since` on, where it is uniform
    /// still.
    ///
    /// # Errors
    /// An instant within an interval.
    pub fn with_free_pressure(self, since: Time) -> Result<Self> {
        if since.seconds().rem_euclid(self.interval as i64) != 0 {
            return Err(Error::new(
                "a free surface pressure must begin with an interval of the meteorology",
            )
            .expected(format!(
                "a whole number of intervals of {} s since 1970",
                self.interval
            ))
            .got(since));
        }
        Ok(Prescribed {
            free_since: Some(since),
            ..self
        })
    }

    fn make(&self, start: Time) -> Result<Forcing> {
        let (middle, end) = (start.plus(0.5 * self.interval), start.plus(self.interval));
        let before = self.pressure_at(start)?;
        let (weather, [mut east, mut north]) = self.blow(middle, &before)?;
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
            ("boundary_layer", weather.boundary_layer, deepest, " Pa"),
            ("nonlocal", weather.nonlocal, 1.0, ""),
        ] {
            if !(0.0..=most).contains(&value) {
                let error = Error::new(format!("\"{name}\" of the weather is out of range"))
                    .expected(format!("0 to {most}{unit}"));
                return Err(error.got(format!("{value}{unit}")).at(middle));
            }
        }
        let profile =
            |name: &str, values: &[f64]| self.profile(name, values).map_err(|e| e.at(middle));
        let (exchange, updraft) = (
            profile("exchange", &weather.exchange)?,
            profile("updraft", &weather.updraft)?,
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
            layer_depth: flat(weather.boundary_layer),
            nonlocal: flat(weather.nonlocal),
            exchange,
            updraft,
            detrainment,
        })
    }

    fn known(&self) -> MutexGuard<'_, Vec<(Time, Array2<f64>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, time: Time, pressure: &Array2<f64>) {
        let mut known = self.known();
        known.insert(0, (time, pressure.clone()));
        known.truncate(3);
    }

    /// Surface pressure at the start of an interval \[Pa\].
    fn pressure_at(&self, time: Time) -> Result<Array2<f64>> {
        let (_, n_lat, n_lon) = self.grid.shape();
        let flat = Array2::from_elem((n_lat, n_lon), self.surface_pressure);
        let Some(since) = self.free_since else {
            return Ok(flat);
        };
        self.covers(time, time)?;
        let known = self
            .known()
            .iter()
            .filter(|(instant, _)| *instant <= time)
            .max_by_key(|(instant, _)| *instant)
            .cloned();
        let (mut now, mut pressure) = known.unwrap_or((since, flat));
        while now < time {
            progress::check_stop()?;
            let (_, [east, north]) = self.blow(now.plus(0.5 * self.interval), &pressure)?;
            now = now.plus(self.interval);
            pressure = self
                .follow(&pressure, &east, &north)
                .map_err(|e| e.at(now))?;
        }
        Ok(pressure)
    }

    /// Surface pressure after an interval of these fluxes.
    fn follow(
        &self,
        before: &Array2<f64>,
        east: &Array3<f64>,
        north: &Array3<f64>,
    ) -> Result<Array2<f64>> {
        let (east, north) = (east.sum_axis(Axis(0)), north.sum_axis(Axis(0)));
        let (h, n_lon) = (&self.grid.horizontal, before.ncols());
        let gain = |j: usize, i: usize| {
            east[[j, i]] - east[[j, (i + 1) % n_lon]] + north[[j, i]] - north[[j + 1, i]]
        };
        let mut after = Array2::from_shape_fn(before.dim(), |(j, i)| {
            before[[j, i]] + self.interval * GRAVITY / h.area(j) * gain(j, i)
        });
        unite_polar_rows(&mut after.view_mut());
        match after
            .indexed_iter()
            .find(|(_, p)| !(1e3..=1e6).contains(*p))
        {
            None => Ok(after),
            Some(((j, i), p)) => Err(Error::new(
                "the winds leave a surface pressure that no atmosphere has",
            )
            .expected("10 to 10000 hPa")
            .got(format!("{} hPa", 0.01 * p))
            .at(format!("{} north, {} east", h.lat()[j], h.lon()[i]))),
        }
    }

    /// The weather of an instant, and the air through faces that all its flows together are under a
    /// surface pressure \[kg s-1\].
    fn blow(&self, time: Time, pressure: &Array2<f64>) -> Result<(Weather, [Array3<f64>; 2])> {
        let mut weather = (self.weather)(time)?;
        let (n, n_lat, n_lon) = self.grid.shape();
        let (mut east, mut north) = (
            Array3::zeros((n, n_lat, n_lon)),
            Array3::zeros((n, n_lat + 1, n_lon)),
        );
        for flow in weather.flows.drain(..) {
            let (u, v) = self.fluxes(flow, pressure).map_err(|e| e.at(time))?;
            east += &u;
            north += &v;
        }
        Ok((weather, [east, north]))
    }

    /// Air through faces \[kg s-1\]; none in polar rows and at the poles.
    fn fluxes(&self, flow: Flow, pressure: &Array2<f64>) -> Result<(Array3<f64>, Array3<f64>)> {
        let (n, n_lat, n_lon) = self.grid.shape();
        let h = &self.grid.horizontal;
        let air = |k: usize, one: f64, other: f64| {
            self.grid.levels.thickness(k, 0.5 * (one + other)) / GRAVITY
        };
        let west = |k: usize, j: usize, i: usize| {
            air(k, pressure[[j, i]], pressure[[j, (i + n_lon - 1) % n_lon]])
        };
        let south = |k: usize, j: usize, i: usize| {
            air(
                k,
                pressure[[j.max(1) - 1, i]],
                pressure[[j.min(n_lat - 1), i]],
            )
        };
        let inside = |j: usize| j > 0 && j < n_lat - 1;
        let (mut east, mut north) = match flow {
            Flow::Streamfunction(psi) => {
                let columns = if psi.shape().last() == Some(&(n_lon + 1)) {
                    n_lon + 1
                } else {
                    n_lon
                };
                let psi = self.levelled("streamfunction", psi, (n_lat + 1, columns), f64::MAX)?;
                let at = |k: usize, j: usize, i: usize| psi[[k, j, i % n_lon]];
                let east = Array3::from_shape_fn((n, n_lat, n_lon), |(k, j, i)| {
                    -west(k, j, i) * (at(k, j + 1, i) - at(k, j, i))
                });
                let north = Array3::from_shape_fn((n, n_lat + 1, n_lon), |(k, j, i)| {
                    south(k, j, i) * (at(k, j, i + 1) - at(k, j, i))
                });
                (east, north)
            }
            Flow::Winds(u, v) => {
                let mut u = self.levelled("u", u, (n_lat, n_lon), STRONGEST)?;
                let mut v = self.levelled("v", v, (n_lat + 1, n_lon), STRONGEST)?;
                let d_lon = 2.0 * std::f64::consts::PI / n_lon as f64;
                let edges: Vec<f64> = h.lat_edges().iter().map(|lat| lat.to_radians()).collect();
                u.indexed_iter_mut().for_each(|((k, j, i), u)| {
                    *u *= west(k, j, i) * EARTH_RADIUS * (edges[j + 1] - edges[j])
                });
                v.indexed_iter_mut().for_each(|((k, j, i), v)| {
                    *v *= south(k, j, i) * EARTH_RADIUS * edges[j].cos() * d_lon
                });
                (u, v)
            }
            Flow::Fluxes(east, north) => (
                self.levelled("east", east, (n_lat, n_lon), f64::MAX)?,
                self.levelled("north", north, (n_lat + 1, n_lon), f64::MAX)?,
            ),
        };
        east.indexed_iter_mut()
            .filter(|((_, j, _), _)| !inside(*j))
            .for_each(|(_, f)| *f = 0.0);
        north
            .indexed_iter_mut()
            .filter(|((_, j, _), _)| *j == 0 || *j == n_lat)
            .for_each(|(_, f)| *f = 0.0);
        Ok((east, north))
    }

    /// A field with levels, from one with or without, of values between `-most` and `most`.
    fn levelled(
        &self,
        name: &str,
        field: ArrayD<f64>,
        (rows, columns): (usize, usize),
        most: f64,
    ) -> Result<Array3<f64>> {
        let n = self.grid.levels.len();
        let shape = field.shape().to_vec();
        let wrong = || {
            Error::new(format!(
                "the {name} of the meteorology has another shape than the grid"
            ))
            .expected(format!("({rows}, {columns}) or ({n}, {rows}, {columns})"))
            .got(format!("{shape:?}"))
        };
        let whole = match field.ndim() {
            2 => {
                let level: ArrayView2<f64> = field
                    .view()
                    .into_dimensionality::<Ix2>()
                    .map_err(|_| wrong())?;
                Array3::from_shape_fn((n, level.nrows(), level.ncols()), |(_, j, i)| level[[j, i]])
            }
            _ => field.into_dimensionality::<Ix3>().map_err(|_| wrong())?,
        };
        if whole.dim() != (n, rows, columns) {
            return Err(wrong());
        }
        match whole
            .indexed_iter()
            .find(|(_, v)| !(-most..=most).contains(*v))
        {
            None => Ok(whole),
            Some((place, v)) => Err(self.bad_value(name, *v, rows, place)),
        }
    }

    /// The error of a value at (level, row, column) of a field at west faces, or where rows are one
    /// more, at south faces or corners.
    fn bad_value(
        &self,
        name: &str,
        value: f64,
        rows: usize,
        (k, j, i): (usize, usize, usize),
    ) -> Error {
        let h = &self.grid.horizontal;
        let lat = if rows == h.n_lat() {
            h.lat()[j]
        } else {
            h.lat_edges()[j]
        };
        let lon = if name == "v" || name == "north" {
            h.lon()[i]
        } else {
            h.lon_edges()[i]
        };
        let place = format!("{lat} north, {lon} east, level {k} from the ground");
        let error = if value.is_finite() {
            Error::new(format!("the {name} of the meteorology is out of range"))
                .expected(format!("-{STRONGEST} to {STRONGEST} m s-1"))
                .got(value)
        } else {
            Error::new(format!("the {name} of the meteorology is not a number")).got(value)
        };
        error.at(place)
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
            Some(found) => Ok(found.clone()),
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
            "meteorology::prescribed(grid, weather, #{{ surface_pressure: {:?}, interval: {:?}{free} }})",
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

    fn driver(flow: impl Fn(usize, usize) -> Flow + Send + Sync + 'static) -> Result<Arc<Forcing>> {
        let grid = Grid::geos(10.0, 15.0)?;
        let (_, n_lat, n_lon) = grid.shape();
        let weather = move |_: Time| {
            Ok(Weather {
                flows: vec![flow(n_lat, n_lon)],
                ..Weather::default()
            })
        };
        Prescribed::new(&grid, 1e5, 600.0, Box::new(weather))?.forcing(Time::from_seconds(1000))
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
        let weather = move |_: Time| {
            Ok(Weather {
                exchange: exchange.clone(),
                ..Weather::default()
            })
        };
        let message = Prescribed::new(&grid, 1e5, 600.0, Box::new(weather))
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
