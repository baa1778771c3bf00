//! What the files say, record by record, and the forcings made of it.

use super::LevelsFileOptions;
use crate::constants::GRAVITY;
use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::io::netcdf::Dataset;
use crate::meteorology::built_in::{BuiltIn, Mixing};
use crate::meteorology::climatology::{Climatology, horizontal};
use crate::meteorology::files::{
    Clock, Faces, FileLevels, LAYER_HEIGHT, SPECIFIC_HUMIDITY, SURFACE_HEIGHT, SURFACE_PRESSURE,
    TEMPERATURE, UPDRAFT, Variable, WINDS, check_alike, constant, refuse_uncovered,
    scale_to_dry_mean,
};
use crate::meteorology::forcing::Forcing;
use crate::meteorology::read_ahead::Prepare;
use crate::meteorology::{Meteorology, PressureFix};
use crate::time::Time;
use ndarray::{Array2, Array3, Axis, Zip};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// A variable in the air, with its levels.
pub type Aloft = (Variable, FileLevels);

/// One record on the model's grid.
#[derive(Debug)]
pub struct Read {
    east: Array3<f64>,
    north: Array3<f64>,
    surface_pressure: Array2<f64>,
    temperature: Option<Array3<f64>>,
    layer_height: Option<Array2<f64>>,
    /// At level edges.
    updraft: Option<Array3<f64>>,
}

/// The files of a driver.
pub struct Source {
    pub(super) grid: Arc<Grid>,
    pub(super) built_in: BuiltIn,
    pub(super) winds: [Aloft; 2],
    pub(super) surface_pressure: Option<Variable>,
    /// Moist surface pressure on the file's cells, where the files have none.
    own_pressure: Array2<f64>,
    pub(super) humidity: Option<Aloft>,
    pub(super) temperature: Option<Aloft>,
    pub(super) layer_height: Option<Variable>,
    pub(super) updraft: Option<Aloft>,
    pub(super) ground: Option<Array2<f64>>,
    pub(super) clock: Clock,
    faces: Faces,
    pub(super) fix: PressureFix,
    interval: f64,
    recent: Mutex<Vec<(usize, Arc<Read>)>>,
}

impl Source {
    pub(super) fn new(
        built_in: BuiltIn,
        files: &[PathBuf],
        options: &LevelsFileOptions,
    ) -> Result<Self> {
        let timed = options.months.is_empty();
        let u = aloft(Variable::require(files, WINDS[0], timed)?)?;
        let v = aloft(Variable::require(files, WINDS[1], timed)?)?;
        let surface_pressure = Variable::find(files, SURFACE_PRESSURE, timed)?;
        let humidity = Variable::find(files, SPECIFIC_HUMIDITY, timed)?
            .map(aloft)
            .transpose()?;
        let temperature = Variable::find(files, TEMPERATURE, timed)?
            .map(aloft)
            .transpose()?;
        let layer_height = Variable::find(files, LAYER_HEIGHT, timed)?;
        let updraft = Variable::find(files, UPDRAFT, timed)?
            .map(aloft)
            .transpose()?;
        let flat = [surface_pressure.as_ref(), layer_height.as_ref()];
        let high = [
            Some(&v),
            humidity.as_ref(),
            temperature.as_ref(),
            updraft.as_ref(),
        ]
        .map(|a| a.map(|(variable, _)| variable));
        flat.into_iter()
            .chain(high)
            .flatten()
            .try_for_each(|other| check_alike(&u.0, other))?;
        let clock = clock(&u.0, options)?;
        let grid = built_in.grid().clone();
        let (axes, faces) = (u.0.axes.clone(), Faces::new(&u.0.axes, &grid));
        let ground = constant(files, &SURFACE_HEIGHT, &axes)?.map(|z| faces.cell_means(z.view()));
        let own_pressure = horizontal(
            Climatology::load()?.surface_pressure.view(),
            &axes.lat,
            &axes.lon,
        );
        let (fix, interval, recent) = (PressureFix::new(&grid), options.interval, Mutex::default());
        Ok(Source {
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
            recent,
        })
    }

    /// A record, from those kept or from its files.
    pub(super) fn record(&self, k: usize) -> Result<Arc<Read>> {
        let shelf = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = shelf().iter().find(|(n, _)| *n == k) {
            return Ok(found.clone());
        }
        let made = Arc::new(self.read(k)?);
        let mut shelf = shelf();
        if shelf.len() == 3 {
            shelf.remove(0);
        }
        shelf.push((k, made.clone()));
        Ok(made)
    }

    fn read(&self, k: usize) -> Result<Read> {
        let moist = match &self.surface_pressure {
            Some(ps) => ps.read(k, |_, _, _| false)?.index_axis_move(Axis(0), 0),
            None => self.own_pressure.clone(),
        };
        let mut dry = moist.clone();
        if let Some(q) = &self.humidity {
            let q = self.on_model_levels(q, k, &moist)?;
            dry -= &Zip::indexed(&moist).map_collect(|(j, i), ps| {
                (0..q.dim().0)
                    .map(|k| q[[k, j, i]] * self.grid.levels.thickness(k, *ps))
                    .sum::<f64>()
            });
        }
        let mut surface_pressure = self.faces.cell_means(dry.view());
        dry *= scale_to_dry_mean(&self.grid, &mut surface_pressure);
        let momentum = |wind: &Aloft| -> Result<Array3<f64>> {
            let mut wind = self.on_model_levels(wind, k, &moist)?;
            Zip::indexed(&mut wind).par_for_each(|(k, j, i), u| {
                *u *= self.grid.levels.thickness(k, dry[[j, i]]) / GRAVITY
            });
            Ok(wind)
        };
        let (east, north) = self
            .faces
            .fluxes([&momentum(&self.winds[0])?, &momentum(&self.winds[1])?]);
        let temperature = self
            .temperature
            .as_ref()
            .map(|t| self.on_model_levels(t, k, &moist))
            .transpose()?;
        let layer_height = self
            .layer_height
            .as_ref()
            .map(|h| h.read(k, |_, _, _| false))
            .transpose()?;
        let (n, edge) = (self.grid.levels.len(), |k: usize, ps: f64| {
            self.grid.levels.edge(k, ps)
        });
        let updraft = self
            .updraft
            .as_ref()
            .map(|u| self.at_pressures(u, k, &moist, (n + 1, &edge)))
            .transpose()?;
        let levelled =
            |values: Option<Array3<f64>>| values.map(|v| self.faces.cell_means_of_levels(&v));
        Ok(Read {
            east,
            north,
            surface_pressure,
            temperature: levelled(temperature),
            layer_height: layer_height.map(|h| self.faces.cell_means(h.index_axis(Axis(0), 0))),
            updraft: levelled(updraft),
        })
    }

    /// A record of a variable at the middles of the model's levels.
    fn on_model_levels(
        &self,
        variable: &Aloft,
        record: usize,
        moist: &Array2<f64>,
    ) -> Result<Array3<f64>> {
        self.at_pressures(
            variable,
            record,
            moist,
            (self.grid.levels.len(), &|k, ps| {
                self.grid.levels.middle(k, ps)
            }),
        )
    }

    /// A record of a variable at `n` pressures of each column, over the cells of the file. Levels
    /// of constant pressure may lack values below the ground: the lowest value above it stands for
    /// them.
    fn at_pressures(
        &self,
        (variable, levels): &Aloft,
        record: usize,
        moist: &Array2<f64>,
        (n, pressure): (usize, &(dyn Fn(usize, f64) -> f64 + Sync)),
    ) -> Result<Array3<f64>> {
        let mut values = variable.read(record, |k, j, i| {
            levels.pressure(k, moist[[j, i]]) > moist[[j, i]]
        })?;
        for mut column in values.lanes_mut(Axis(0)) {
            for k in (0..column.len() - 1).rev() {
                if column[k].is_nan() {
                    column[k] = column[k + 1];
                }
            }
        }
        let mut out = Array3::zeros((n, moist.nrows(), moist.ncols()));
        Zip::indexed(out.lanes_mut(Axis(0))).par_for_each(|(j, i), mut column| {
            let (ps, mut low) = (moist[[j, i]], 0);
            for (k, value) in column.iter_mut().enumerate() {
                let weight;
                (low, weight) = levels.place(pressure(k, ps).max(1.0), ps, low);
                *value = values[[low, j, i]] * (1.0 - weight) + values[[low + 1, j, i]] * weight;
            }
        });
        Ok(out)
    }

    /// Two records and their weights at an instant.
    fn around(&self, time: Time) -> Result<[(Arc<Read>, f64); 2]> {
        let [(a, wa), (b, wb)] = self.clock.between(time);
        Ok([(self.record(a)?, wa), (self.record(b)?, wb)])
    }

    /// Mass fluxes before the fix.
    pub(super) fn winds_between(
        &self,
        start: Time,
        end: Time,
    ) -> Result<(Array3<f64>, Array3<f64>)> {
        let [(a, wa), (b, wb)] = self.around(start.plus(0.5 * end.since(start)))?;
        let mix = |a: &Array3<f64>, b: &Array3<f64>| {
            Zip::from(a).and(b).par_map_collect(|a, b| wa * a + wb * b)
        };
        Ok((mix(&a.east, &b.east), mix(&a.north, &b.north)))
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

    /// Refuses times outside the files.
    pub(super) fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.clock.span().map_or(Ok(()), |span| {
            refuse_uncovered([&self.winds[0].0; 2], span, start, end)
        })
    }
}

impl Prepare for Source {
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
        let Mixing {
            layer_depth,
            nonlocal,
            exchange,
            updraft,
            detrainment,
        } = self.mixing_at(start.plus(0.5 * end.since(start)))?;
        // The same height under the pressure of the files.
        let layer_depth =
            layer_depth * &surface_pressure[0] / &self.built_in.mean().surface_pressure;
        Ok(Forcing {
            start,
            end,
            surface_pressure,
            east,
            north,
            layer_depth,
            nonlocal,
            exchange,
            updraft,
            detrainment,
        })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "winds of \"{}\" on {}",
            self.winds[0].0.records[0].path.display(),
            self.grid
        )
    }
}

/// The variable with the levels of its first file.
fn aloft(mut variable: Variable) -> Result<Aloft> {
    let path = &variable.records[0].path;
    let Some((dimension, n)) = &variable.levels else {
        return Err(
            Error::new(format!("{} has no levels", variable.quantity.what))
                .at(format!("variable \"{}\"", variable.name))
                .at(format!("file \"{}\"", path.display())),
        );
    };
    let levels = FileLevels::read(&Dataset::open(path)?, dimension, *n)?;
    variable.top_first = levels.top_first;
    Ok((variable, levels))
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
