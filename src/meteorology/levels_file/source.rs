//! The records of the files, and the forcings made of them.

use super::LevelsFileOptions;
use super::record::{Aloft, Record, aloft};
use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::meteorology::built_in::BuiltIn;
use crate::meteorology::climatology::{Climatology, horizontal};
use crate::meteorology::file_driver::FileSource;
use crate::meteorology::files::{
    Clock, Faces, LAYER_HEIGHT, SPECIFIC_HUMIDITY, SURFACE_HEIGHT, SURFACE_PRESSURE, TEMPERATURE,
    UPDRAFT, Variable, WINDS, check_alike, constant, refuse_uncovered,
};
use crate::meteorology::forcing::{Forcing, Mixing};
use crate::meteorology::hypsometry::heights;
use crate::meteorology::read_ahead::Prepare;
use crate::meteorology::{Atmosphere, Meteorology, PressureFix};
use crate::time::Time;
use ndarray::{Array2, Array3, Zip};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// The files of a driver.
pub struct LevelsFiles {
    pub(super) grid: Arc<Grid>,
    pub(super) built_in: BuiltIn,
    pub(super) winds: [Aloft; 2],
    pub(super) surface_pressure: Option<Variable>,
    /// Moist surface pressure on the file's cells, where the files have none.
    pub(super) own_pressure: Array2<f64>,
    pub(super) humidity: Option<Aloft>,
    pub(super) temperature: Option<Aloft>,
    pub(super) layer_height: Option<Variable>,
    pub(super) updraft: Option<Aloft>,
    pub(super) ground: Option<Array2<f64>>,
    pub(super) clock: Clock,
    pub(super) faces: Faces,
    pub(super) fix: PressureFix,
    interval: f64,
    /// The script call that makes the driver.
    pub(super) call: String,
    recent: Mutex<Vec<(usize, Arc<Record>)>>,
}

/// Refuses variables that are not given at the instants and on the grid of the eastward wind.
fn all_alike(
    u: &Variable,
    flat: [&Option<Variable>; 2],
    aloft: [&Option<Aloft>; 3],
    v: &Aloft,
) -> Result<()> {
    let high = std::iter::once(Some(v)).chain(aloft.map(Option::as_ref));
    let high = high.flatten().map(|(variable, _)| variable);
    flat.into_iter()
        .flatten()
        .chain(high)
        .try_for_each(|other| check_alike(u, other))
}

impl LevelsFiles {
    pub(super) fn new(
        built_in: BuiltIn,
        files: &[PathBuf],
        options: &LevelsFileOptions,
    ) -> Result<Self> {
        let timed = options.months.is_empty();
        let u = aloft(Variable::require(files, WINDS[0], timed)?)?;
        let v = aloft(Variable::require(files, WINDS[1], timed)?)?;
        let find_aloft = |quantity| -> Result<Option<Aloft>> {
            let variable = Variable::find(files, quantity, timed)?;
            variable.map(aloft).transpose()
        };
        let surface_pressure = Variable::find(files, SURFACE_PRESSURE, timed)?;
        let humidity = find_aloft(SPECIFIC_HUMIDITY)?;
        let temperature = find_aloft(TEMPERATURE)?;
        let layer_height = Variable::find(files, LAYER_HEIGHT, timed)?;
        let updraft = find_aloft(UPDRAFT)?;
        let flat = [&surface_pressure, &layer_height];
        all_alike(&u.0, flat, [&humidity, &temperature, &updraft], &v)?;
        let clock = clock(&u.0, options)?;
        let grid = built_in.grid().clone();
        let (axes, faces) = (u.0.axes.clone(), Faces::new(&u.0.axes, &grid));
        let ground = constant(files, &SURFACE_HEIGHT, &axes)?.map(|z| faces.cell_means(z.view()));
        let climate = Climatology::load()?.surface_pressure;
        let own_pressure = horizontal(climate.view(), &axes.lat, &axes.lon);
        let (fix, interval, recent) = (PressureFix::new(&grid), options.interval, Mutex::default());
        Ok(LevelsFiles {
            grid,
            built_in,
            winds: [u, v],
            surface_pressure,
            own_pressure,
            humidity,
            temperature,
            layer_height,
            updraft,
            ground,
            clock,
            faces,
            fix,
            interval,
            call: String::new(),
            recent,
        })
    }

    /// A record, from those kept or from its files.
    pub(super) fn record(&self, k: usize) -> Result<Arc<Record>> {
        let shelf = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, held)) = shelf().iter().find(|(n, _)| *n == k) {
            return Ok(held.clone());
        }
        let made = Arc::new(self.read(k)?);
        let mut shelf = shelf();
        if shelf.len() == 3 {
            shelf.remove(0);
        }
        shelf.push((k, made.clone()));
        Ok(made)
    }

    /// Two records and their weights at an instant.
    fn around(&self, time: Time) -> Result<[(Arc<Record>, f64); 2]> {
        let [(a, wa), (b, wb)] = self.clock.between(time);
        Ok([(self.record(a)?, wa), (self.record(b)?, wb)])
    }

    /// Dry surface pressure at an instant.
    pub(super) fn pressure_at(&self, time: Time) -> Result<Array2<f64>> {
        let [(a, wa), (b, wb)] = self.around(time)?;
        Ok(Zip::from(&a.surface_pressure)
            .and(&b.surface_pressure)
            .map_collect(|a, b| wa * a + wb * b))
    }

    /// Temperature at an instant: of the files, or built in.
    pub(super) fn temperature_at(&self, time: Time) -> Result<Array3<f64>> {
        let [(a, wa), (b, wb)] = self.around(time)?;
        Ok(match (&a.temperature, &b.temperature) {
            (Some(a), Some(b)) => Zip::from(a).and(b).par_map_collect(|a, b| wa * a + wb * b),
            _ => self.built_in.temperature(time),
        })
    }

    /// The boundary layer's height at an instant, of the files \[m\].
    pub(super) fn layer_height_at(&self, time: Time) -> Result<Option<Array2<f64>>> {
        let [(a, wa), (b, wb)] = self.around(time)?;
        Ok(a.layer_height
            .as_ref()
            .zip(b.layer_height.as_ref())
            .map(|(a, b)| wa * a + wb * b))
    }

    /// Boundary layer and convection at an instant: of the files, or built in.
    fn mixing_at(&self, time: Time) -> Result<Mixing> {
        let mixing = self
            .built_in
            .mixing(time, self.layer_height_at(time)?.as_ref());
        let [(a, wa), (b, wb)] = self.around(time)?;
        Ok(match (&a.updraft, &b.updraft) {
            (Some(a), Some(b)) => self.built_in.with_updraft(
                Zip::from(a).and(b).par_map_collect(|a, b| wa * a + wb * b),
                mixing,
            ),
            _ => mixing,
        })
    }
}

impl Prepare for LevelsFiles {
    fn interval(&self, time: Time) -> Result<(Time, Time)> {
        self.covers(time, time.plus(1.0))?;
        self.clock
            .interval(time, self.interval)
            .ok_or_else(|| Error::new("no interval of the meteorology holds this time").got(time))
    }

    fn prepare(&self, start: Time, end: Time) -> Result<Forcing> {
        let (mut east, mut north) = self.winds_between(start, end)?;
        let surface_pressure = [self.pressure_at(start)?, self.pressure_at(end)?];
        let tendency = (&surface_pressure[1] - &surface_pressure[0]) / end.since(start);
        self.fix.apply(&mut east, &mut north, &tendency);
        let mut mixing = self.mixing_at(start.plus(0.5 * end.since(start)))?;
        // The same height under the pressure of the files.
        mixing.layer_depth =
            mixing.layer_depth * &surface_pressure[0] / &self.built_in.mean().surface_pressure;
        Ok(mixing.forcing((start, end), surface_pressure, (east, north)))
    }
}

impl FileSource for LevelsFiles {
    fn grid(&self) -> &Arc<Grid> {
        &self.grid
    }

    fn fix(&self) -> &PressureFix {
        &self.fix
    }

    fn winds_between(&self, start: Time, end: Time) -> Result<(Array3<f64>, Array3<f64>)> {
        let [(a, wa), (b, wb)] = self.around(start.plus(0.5 * end.since(start)))?;
        let mix = |a: &Array3<f64>, b: &Array3<f64>| {
            Zip::from(a).and(b).par_map_collect(|a, b| wa * a + wb * b)
        };
        Ok((mix(&a.east, &b.east), mix(&a.north, &b.north)))
    }

    fn atmosphere(&self, time: Time) -> Result<Atmosphere> {
        let (surface_pressure, temperature) = (self.pressure_at(time)?, self.temperature_at(time)?);
        let built_in = &self.built_in.mean().surface_height;
        let surface_height = self.ground.as_ref().unwrap_or(built_in).clone();
        let height = heights(&self.grid, &surface_pressure, &temperature, &surface_height);
        Ok(Atmosphere {
            grid: self.grid.clone(),
            surface_pressure,
            surface_height,
            height,
        })
    }

    fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.clock.span().map_or(Ok(()), |span| {
            refuse_uncovered([&self.winds[0].0; 2], span, start, end)
        })
    }

    fn span(&self) -> (Option<Time>, Option<Time>) {
        self.clock.span().unzip()
    }

    fn layer_height(&self, start: Time, end: Time) -> Result<Array2<f64>> {
        let middle = start.plus(0.5 * end.since(start));
        Ok(self
            .layer_height_at(middle)?
            .unwrap_or_else(|| self.built_in.layer_height(middle)))
    }
}

impl fmt::Display for LevelsFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.call)
    }
}

impl fmt::Debug for LevelsFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "winds of \"{}\" on {}",
            self.winds[0].0.records[0].path.display(),
            self.grid
        )
    }
}

fn clock(winds: &Variable, options: &LevelsFileOptions) -> Result<Clock> {
    let n = winds.records.len();
    let file = |e: Error| e.at(format!("file \"{}\"", winds.records[0].path.display()));
    if !options.months.is_empty() {
        if options.months.len() != n {
            let error =
                Error::new("the climatology has another number of records than months are given")
                    .expected(format!("{n} months"));
            return Err(file(error.got(options.months.len())));
        }
        return Clock::months(options.months.clone());
    }
    let mut times = winds.times();
    if times.len() < 2 {
        let error = Error::new("winds at one instant make no interval")
            .expected("at least two records")
            .got(format!("{n} record"));
        return Err(file(
            error.hint("months: [6], if it is the mean of a calendar month"),
        ));
    }
    if let Some(start) = options.start {
        let shift = start.since(times[0]);
        times.iter_mut().for_each(|t| *t = t.plus(shift));
    }
    Ok(Clock::Instants(times))
}
