//! The built-in meteorology: climatological winds with a seasonal cycle, travelling waves, a
//! diurnal boundary layer and convection, on any grid, made mass-consistent. Nothing is downloaded.
//!
//! The mean winds, temperature and surface are real (NCEP, January and June means, sinusoidal in
//! between); the waves and the mixing are synthetic. Dry surface pressure is constant in time and
//! its mean is that of the dry atmosphere, so that 1 ppm of CO2 is 2.124 PgC.

mod background;
mod options;

pub use options::BuiltInOptions;

use super::convection::Profiles;
use super::forcing::Forcing;
use super::mean_state::MeanState;
use super::waves::{Stirring, Waves, northern_summer};
use super::{Atmosphere, Meteorology, PressureFix};
use crate::error::Result;
use crate::grid::Grid;
use crate::time::Time;
use ndarray::{Array2, Array3, Axis, Zip};
use std::fmt;
use std::sync::{Arc, Mutex};

/// The driver. Build it once per grid; forcings are made on demand and the latest are cached.
pub struct BuiltIn {
    grid: Arc<Grid>,
    options: BuiltInOptions,
    mean: MeanState,
    stirring: Stirring,
    convection: Profiles,
    fix: PressureFix,
    recent: Mutex<Vec<Arc<Forcing>>>,
}

impl BuiltIn {
    /// The driver on `grid`; `land` is the land fraction (lat, lon), guessed from the height of the
    /// ground where not given.
    ///
    /// # Errors
    /// A land fraction of another shape or outside 0 to 1; an option out of range; a grid without
    /// cells at both poles or with an odd number of longitudes.
    pub fn new(
        grid: &Arc<Grid>,
        land: Option<Array2<f64>>,
        options: BuiltInOptions,
    ) -> Result<Self> {
        options.check()?;
        let mean = MeanState::new(grid, land)?;
        let stirring = Stirring::new(
            Waves::new(options.seed, options.waves),
            grid,
            &mean.surface_pressure,
        );
        let convection = Profiles::new(grid, &mean.surface_pressure);
        Ok(BuiltIn {
            grid: grid.clone(),
            options,
            mean,
            stirring,
            convection,
            fix: PressureFix::new(grid),
            recent: Mutex::new(Vec::new()),
        })
    }

    /// The land fraction in use (lat, lon).
    pub fn land(&self) -> &Array2<f64> {
        &self.mean.land
    }

    /// The start of the interval that holds an instant.
    fn start_of_interval(&self, time: Time) -> Time {
        let length = self.options.interval as i64;
        Time::from_seconds(time.seconds().div_euclid(length) * length)
    }

    fn make(&self, start: Time) -> Forcing {
        let end = start.plus(self.options.interval);
        let time = start.plus(0.5 * self.options.interval);
        let (mut east, mut north) = self.mean_fluxes(time);
        self.stirring
            .add(&mut east, &mut north, &self.grid.horizontal, time);
        let (_, n_lat, n_lon) = self.grid.shape();
        self.fix
            .apply(&mut east, &mut north, &Array2::zeros((n_lat, n_lon)));
        let surface_pressure = [
            self.mean.surface_pressure.clone(),
            self.mean.surface_pressure.clone(),
        ];
        self.mixing(time, None)
            .forcing((start, end), surface_pressure, (east, north))
    }

    /// Mass fluxes of the seasonal mean winds.
    fn mean_fluxes(&self, time: Time) -> (Array3<f64>, Array3<f64>) {
        let summer = northern_summer(time);
        let (cold, warm) = (
            self.options.wind * (1.0 - summer),
            self.options.wind * summer,
        );
        let [january, june] = &self.mean.fluxes;
        let blend = |january, june| {
            Zip::from(january)
                .and(june)
                .par_map_collect(|a, b| cold * a + warm * b)
        };
        (blend(&january.0, &june.0), blend(&january.1, &june.1))
    }
}

impl Meteorology for BuiltIn {
    fn grid(&self) -> &Arc<Grid> {
        &self.grid
    }

    fn synthetic(&self) -> bool {
        true
    }

    fn atmosphere(&self, time: Time) -> Result<Atmosphere> {
        let summer = northern_summer(time);
        let (mean, mut height) = (&self.mean, Array3::zeros(self.grid.shape()));
        let mut edge = mean.surface_height.clone();
        for (k, middle) in height.axis_iter_mut(Axis(0)).enumerate() {
            let mut warmth = mean.temperature[0].index_axis(Axis(0), k).to_owned();
            warmth.zip_mut_with(&mean.temperature[1].index_axis(Axis(0), k), |cold, warm| {
                *cold = (1.0 - summer) * *cold + summer * warm
            });
            let [lower, upper] =
                [0, 1].map(|half: usize| mean.half_layers[half].index_axis(Axis(0), k));
            Zip::from(middle)
                .and(&mut edge)
                .and(&warmth)
                .and(lower)
                .and(upper)
                .for_each(|middle, edge, warmth, lower, upper| {
                    let [lower, upper] = [warmth * lower, warmth * upper];
                    *middle = *edge + lower;
                    *edge += lower + upper;
                });
        }
        let (surface_pressure, surface_height) = (
            self.mean.surface_pressure.clone(),
            self.mean.surface_height.clone(),
        );
        Ok(Atmosphere {
            grid: self.grid.clone(),
            surface_pressure,
            surface_height,
            height,
        })
    }

    fn forcing(&self, time: Time) -> Result<Arc<Forcing>> {
        let start = self.start_of_interval(time);
        let mut recent = self
            .recent
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(held) = recent.iter().find(|f| f.start == start) {
            return Ok(held.clone());
        }
        // They are large: the oldest goes before the next is made.
        recent.truncate(1);
        let made = Arc::new(self.make(start));
        recent.insert(0, made.clone());
        Ok(made)
    }

    fn boundary_layer(&self, time: Time) -> Result<Option<Array2<f64>>> {
        Ok(Some(
            self.layer_height(
                self.start_of_interval(time)
                    .plus(0.5 * self.options.interval),
            ),
        ))
    }
}

impl fmt::Display for BuiltIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let o = &self.options;
        write!(
            f,
            "meteorology::built_in(grid, #{{ waves: {:?}, seed: {}, wind: {:?}, mixing: {:?}, convection: {:?}, interval: {:?} }})",
            o.waves, o.seed, o.wind, o.mixing, o.convection, o.interval
        )
    }
}

impl fmt::Debug for BuiltIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} on {}", self.grid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constants::GRAVITY;

    fn july() -> Time {
        Time::from_date(2015, 7, 15).unwrap()
    }

    fn coarse(options: BuiltInOptions) -> BuiltIn {
        BuiltIn::new(&Grid::geos(6.0, 7.5).unwrap(), None, options).unwrap()
    }

    #[test]
    fn columns_neither_gain_nor_lose_air() {
        let met = coarse(BuiltInOptions::default());
        let f = met.forcing(july()).unwrap();
        let (east, north) = (f.east.sum_axis(Axis(0)), f.north.sum_axis(Axis(0)));
        let (n_lat, n_lon) = east.dim();
        let scale = east.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        for j in 1..n_lat - 1 {
            for i in 0..n_lon {
                let gain =
                    east[[j, i]] - east[[j, (i + 1) % n_lon]] + north[[j, i]] - north[[j + 1, i]];
                assert!(gain.abs() < 1e-12 * scale);
            }
        }
        assert!(north.row(1).sum().abs() < 1e-12 * scale);
    }

    #[test]
    fn the_meteorology_of_a_seed_is_the_same_again_whatever_was_asked_before() {
        let (one, other) = (
            coarse(BuiltInOptions::default()),
            coarse(BuiltInOptions::default()),
        );
        other.forcing(july().plus(86_400.0)).unwrap();
        assert_eq!(
            one.forcing(july()).unwrap().east,
            other.forcing(july()).unwrap().east
        );
        let another = coarse(BuiltInOptions {
            seed: 2,
            ..BuiltInOptions::default()
        });
        assert_ne!(
            one.forcing(july()).unwrap().east,
            another.forcing(july()).unwrap().east
        );
    }

    #[test]
    fn the_eddies_have_the_energy_of_the_atmosphere() {
        // Column mean transient eddy energy is 20 to 40 m2 s-2 in reanalyses.
        let met = coarse(BuiltInOptions {
            wind: 0.0,
            ..BuiltInOptions::default()
        });
        let h = met.grid.horizontal.clone();
        let d_lon = (h.lon_edges()[1] - h.lon_edges()[0]).to_radians();
        let (mut energy, mut air) = (0.0, 0.0);
        for day in 0..12 {
            let f = met
                .forcing(
                    Time::from_date(2015, 1, 1)
                        .unwrap()
                        .plus(f64::from(day) * 30.0 * 86_400.0),
                )
                .unwrap();
            for ((k, j, i), east) in f
                .east
                .indexed_iter()
                .filter(|((_, j, _), _)| *j > 0 && *j < h.n_lat() - 1)
            {
                let mass = met
                    .grid
                    .levels
                    .thickness(k, met.mean.surface_pressure[[j, i]])
                    / GRAVITY;
                let height = crate::constants::EARTH_RADIUS
                    * (h.lat_edges()[j + 1] - h.lat_edges()[j]).to_radians();
                let width =
                    crate::constants::EARTH_RADIUS * h.lat_edges()[j].to_radians().cos() * d_lon;
                let (u, v) = (east / (mass * height), f.north[[k, j, i]] / (mass * width));
                energy += 0.5 * mass * h.area(j) * (u * u + v * v);
                air += mass * h.area(j);
            }
        }
        let mean = energy / air;
        assert!((15.0..45.0).contains(&mean), "{mean}");
    }

    #[test]
    fn heights_are_those_of_the_standard_atmosphere_within_a_few_percent() {
        let met = coarse(BuiltInOptions::default());
        let a = met.atmosphere(july()).unwrap();
        let (j, i) = (
            met.grid.horizontal.row_of(42.0),
            met.grid.horizontal.column_of(-40.0),
        );
        let k = (0..47)
            .min_by_key(|k| {
                (met.grid.levels.middle(*k, a.surface_pressure[[j, i]]) - 5.0e4).abs() as i64
            })
            .unwrap();
        let p = met.grid.levels.middle(k, a.surface_pressure[[j, i]]);
        let standard = 44_330.8 * (1.0 - (p / 101_325.0).powf(0.190_26));
        assert!(
            (a.height[[k, j, i]] / standard - 1.0).abs() < 0.06,
            "{} {standard}",
            a.height[[k, j, i]]
        );
        assert!(
            a.height
                .lanes(Axis(0))
                .into_iter()
                .all(|c| c.windows(2).into_iter().all(|w| w[1] > w[0]))
        );
    }

    #[test]
    fn options_out_of_range_and_a_land_mask_of_another_shape_are_refused() {
        let grid = Grid::geos(10.0, 15.0).unwrap();
        let refuse = |land, options| BuiltIn::new(&grid, land, options).unwrap_err().to_string();
        assert!(
            refuse(
                None,
                BuiltInOptions {
                    wind: -1.0,
                    ..BuiltInOptions::default()
                }
            )
            .contains("\"wind\"")
        );
        assert!(
            refuse(
                None,
                BuiltInOptions {
                    interval: 7000.0,
                    ..BuiltInOptions::default()
                }
            )
            .contains("divide a day")
        );
        assert!(refuse(Some(Array2::zeros((2, 2))), BuiltInOptions::default()).contains("shape"));
    }
}
