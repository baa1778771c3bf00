//! Winds from CF NetCDF files on pressure, sigma or hybrid levels, in the layouts of NCEP/NCAR reanalysis, ERA5 and SPEEDY.
//!
//! Needed: eastward and northward wind. Used where there: surface pressure, specific humidity (for dry air), temperature and the
//! height of the ground (for the heights of levels). What is missing is the built-in one; so are boundary layer and
//! convection always. Vertical motion follows from continuity, so that omega is not read.
//!
//! In each column of the file the momentum of model level k is u(p_k) dp_k / g: u linear in ln p at the middle p_k of the level
//! under the surface pressure of the file, dp_k the dry thickness. [`Faces`] makes it mass fluxes. Winds are linear in time
//! between records, constant over an interval at the value of its middle. Dry surface pressure is linear in time, scaled
//! to the mean of the dry atmosphere at each record: files drift, air does not. Last, [`PressureFix`] makes the two agree.

use super::built_in::{BuiltIn, Mixing};
use super::climatology::{Climatology, horizontal};
use super::files::{
    Clock, Faces, FileLevels, SPECIFIC_HUMIDITY, SURFACE_HEIGHT, SURFACE_PRESSURE, TEMPERATURE, Variable, WINDS, check_alike, constant,
    refuse_uncovered, scale_to_dry_mean,
};
use super::forcing::Forcing;
use super::hypsometry::heights;
use super::read_ahead::{Prepare, ReadAhead};
use super::{Atmosphere, GRAVITY, Meteorology, PressureFix};
use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::io::netcdf::Dataset;
use crate::time::{HOUR, Time};
use ndarray::{Array2, Array3, Axis, Zip};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// How the files are understood.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelsFileOptions {
    /// Longest interval of constant winds \[s\]; must divide a day.
    pub interval: f64,
    /// The instant the first record is put at; its own where not given. The weather of a free model run has no date.
    pub start: Option<Time>,
    /// The calendar month of each record, in the order of the files, if these are a climatology; empty if they are instants.
    pub months: Vec<usize>,
}

impl Default for LevelsFileOptions {
    /// Three hours; records at their own instants.
    fn default() -> Self {
        LevelsFileOptions { interval: 3.0 * HOUR, start: None, months: Vec::new() }
    }
}

/// The driver.
#[derive(Debug)]
pub struct LevelsFile {
    ahead: ReadAhead<Source>,
    call: String,
}

impl LevelsFile {
    /// Opens the files and reads their first and last record; `built_in` lends the grid, boundary layer and convection and what else the
    /// files lack.
    ///
    /// # Errors
    /// A file that cannot be read or lacks winds, a gap or overlap in time, levels or axes that are not understood, values that no
    /// atmosphere has; each names file, variable, time and cell.
    pub fn new(built_in: BuiltIn, files: Vec<PathBuf>, options: LevelsFileOptions) -> Result<Self> {
        if !(options.interval >= 60.0 && (86_400.0 / options.interval).fract() == 0.0) {
            return Err(Error::new("the interval of the meteorology must divide a day").got(format!("{} s", options.interval)).hint("10800.0"));
        }
        if files.is_empty() {
            return Err(Error::new("a meteorology from files needs files").hint("[\"u.nc\", \"v.nc\", \"ps.nc\"]"));
        }
        let source = Source::new(built_in, &files, &options)?;
        let call = call(&source, &files, &options);
        for record in [0, source.winds[0].0.records.len() - 1] {
            source.record(record)?;
        }
        Ok(LevelsFile { ahead: ReadAhead::new(source), call })
    }

    /// Root mean square change of the winds that the pressure fix makes in the interval that holds `time`, eastward and northward \[m s-1\].
    ///
    /// # Errors
    /// A time outside the files, or values that no atmosphere has.
    pub fn adjustment(&self, time: Time) -> Result<[f64; 2]> {
        let source = self.ahead.source();
        let (start, end) = source.interval(time)?;
        let mut raw = source.winds_between(start, end)?;
        let fixed = source.prepare(start, end)?;
        raw.0.zip_mut_with(&fixed.east, |a, b| *a -= b);
        raw.1.zip_mut_with(&fixed.north, |a, b| *a -= b);
        Ok(source.fix.rms_winds(&raw.0, &raw.1, &fixed.surface_pressure[0]))
    }
}

/// A variable in the air, with its levels.
type Aloft = (Variable, FileLevels);

/// One record on the model's grid.
#[derive(Debug)]
struct Read {
    east: Array3<f64>,
    north: Array3<f64>,
    surface_pressure: Array2<f64>,
    temperature: Option<Array3<f64>>,
}

struct Source {
    grid: Arc<Grid>,
    built_in: BuiltIn,
    winds: [Aloft; 2],
    surface_pressure: Option<Variable>,
    /// Moist surface pressure on the file's cells, where the files have none.
    own_pressure: Array2<f64>,
    humidity: Option<Aloft>,
    temperature: Option<Aloft>,
    ground: Option<Array2<f64>>,
    clock: Clock,
    faces: Faces,
    fix: PressureFix,
    interval: f64,
    recent: Mutex<Vec<(usize, Arc<Read>)>>,
}

impl Source {
    fn new(built_in: BuiltIn, files: &[PathBuf], options: &LevelsFileOptions) -> Result<Self> {
        let timed = options.months.is_empty();
        let u = aloft(Variable::require(files, WINDS[0], timed)?)?;
        let v = aloft(Variable::require(files, WINDS[1], timed)?)?;
        let surface_pressure = Variable::find(files, SURFACE_PRESSURE, timed)?;
        let humidity = Variable::find(files, SPECIFIC_HUMIDITY, timed)?.map(aloft).transpose()?;
        let temperature = Variable::find(files, TEMPERATURE, timed)?.map(aloft).transpose()?;
        let others = [Some(&v.0), surface_pressure.as_ref(), humidity.as_ref().map(|h| &h.0), temperature.as_ref().map(|t| &t.0)];
        others.into_iter().flatten().try_for_each(|other| check_alike(&u.0, other))?;
        let clock = clock(&u.0, options)?;
        let grid = built_in.grid().clone();
        let (axes, faces) = (u.0.axes.clone(), Faces::new(&u.0.axes, &grid));
        let ground = constant(files, &SURFACE_HEIGHT, &axes)?.map(|z| faces.cell_means(z.view()));
        let own_pressure = horizontal(Climatology::load()?.surface_pressure.view(), &axes.lat, &axes.lon);
        let (fix, interval, recent) = (PressureFix::new(&grid), options.interval, Mutex::default());
        Ok(Source {
            grid,
            built_in,
            winds: [u, v],
            surface_pressure,
            own_pressure,
            humidity,
            temperature,
            ground,
            clock,
            faces,
            fix,
            interval,
            recent,
        })
    }

    /// A record, from those kept or from its files.
    fn record(&self, k: usize) -> Result<Arc<Read>> {
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
            dry -= &Zip::indexed(&moist)
                .map_collect(|(j, i), ps| (0..q.dim().0).map(|k| q[[k, j, i]] * self.grid.levels.thickness(k, *ps)).sum::<f64>());
        }
        let mut surface_pressure = self.faces.cell_means(dry.view());
        dry *= scale_to_dry_mean(&self.grid, &mut surface_pressure);
        let momentum = |wind: &Aloft| -> Result<Array3<f64>> {
            let mut wind = self.on_model_levels(wind, k, &moist)?;
            Zip::indexed(&mut wind).par_for_each(|(k, j, i), u| *u *= self.grid.levels.thickness(k, dry[[j, i]]) / GRAVITY);
            Ok(wind)
        };
        let (east, north) = self.faces.fluxes([&momentum(&self.winds[0])?, &momentum(&self.winds[1])?]);
        let temperature = self.temperature.as_ref().map(|t| self.on_model_levels(t, k, &moist)).transpose()?;
        Ok(Read { east, north, surface_pressure, temperature: temperature.map(|t| self.faces.cell_means_of_levels(&t)) })
    }

    /// A record of a variable at the middles of the model's levels, over the cells of the file. Levels of constant pressure may lack
    /// values below the ground: the lowest value above it stands for them.
    fn on_model_levels(&self, (variable, levels): &Aloft, record: usize, moist: &Array2<f64>) -> Result<Array3<f64>> {
        let mut values = variable.read(record, |k, j, i| levels.pressure(k, moist[[j, i]]) > moist[[j, i]])?;
        for mut column in values.lanes_mut(Axis(0)) {
            for k in (0..column.len() - 1).rev() {
                if column[k].is_nan() {
                    column[k] = column[k + 1];
                }
            }
        }
        let mut out = Array3::zeros((self.grid.levels.len(), moist.nrows(), moist.ncols()));
        Zip::indexed(out.lanes_mut(Axis(0))).par_for_each(|(j, i), mut column| {
            let (ps, mut low) = (moist[[j, i]], 0);
            for (k, value) in column.iter_mut().enumerate() {
                let weight;
                (low, weight) = levels.place(self.grid.levels.middle(k, ps), ps, low);
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
    fn winds_between(&self, start: Time, end: Time) -> Result<(Array3<f64>, Array3<f64>)> {
        let [(a, wa), (b, wb)] = self.around(start.plus(0.5 * end.since(start)))?;
        let mix = |a: &Array3<f64>, b: &Array3<f64>| Zip::from(a).and(b).par_map_collect(|a, b| wa * a + wb * b);
        Ok((mix(&a.east, &b.east), mix(&a.north, &b.north)))
    }

    /// Dry surface pressure at an instant.
    fn pressure_at(&self, time: Time) -> Result<Array2<f64>> {
        let [(a, wa), (b, wb)] = self.around(time)?;
        Ok(Zip::from(&a.surface_pressure).and(&b.surface_pressure).map_collect(|a, b| wa * a + wb * b))
    }

    /// Temperature at an instant: of the files, or built in.
    fn temperature_at(&self, time: Time) -> Result<Array3<f64>> {
        let [(a, wa), (b, wb)] = self.around(time)?;
        Ok(match (&a.temperature, &b.temperature) {
            (Some(a), Some(b)) => Zip::from(a).and(b).par_map_collect(|a, b| wa * a + wb * b),
            _ => self.built_in.temperature(time),
        })
    }

    /// Refuses times outside the files.
    fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.clock.span().map_or(Ok(()), |span| refuse_uncovered([&self.winds[0].0; 2], span, start, end))
    }
}

impl Prepare for Source {
    fn interval(&self, time: Time) -> Result<(Time, Time)> {
        self.covers(time, time.plus(1.0))?;
        self.clock.interval(time, self.interval).ok_or_else(|| Error::new("no interval of the meteorology holds this time").got(time))
    }

    fn prepare(&self, start: Time, end: Time) -> Result<Forcing> {
        let (mut east, mut north) = self.winds_between(start, end)?;
        let surface_pressure = [self.pressure_at(start)?, self.pressure_at(end)?];
        let tendency = (&surface_pressure[1] - &surface_pressure[0]) / end.since(start);
        self.fix.apply(&mut east, &mut north, &tendency);
        let Mixing { layer_depth, nonlocal, exchange, updraft, detrainment } = self.built_in.mixing(start.plus(0.5 * end.since(start)), None);
        Ok(Forcing { start, end, surface_pressure, east, north, layer_depth, nonlocal, exchange, updraft, detrainment })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "winds of \"{}\" on {}", self.winds[0].0.records[0].path.display(), self.grid)
    }
}

/// The variable with the levels of its first file.
fn aloft(mut variable: Variable) -> Result<Aloft> {
    let path = &variable.records[0].path;
    let Some((dimension, n)) = &variable.levels else {
        return Err(Error::new(format!("{} has no levels", variable.quantity.what))
            .at(format!("variable \"{}\"", variable.name))
            .at(format!("file \"{}\"", path.display())));
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
            let error = Error::new("the climatology has another number of records than months are given").expected(format!("{n} months"));
            return Err(file(error.got(options.months.len())));
        }
        return Clock::months(options.months.clone());
    }
    let mut times = winds.times();
    if times.len() < 2 {
        let error = Error::new("winds at one instant make no interval").expected("at least two records").got(format!("{n} record"));
        return Err(file(error.hint("months: [6], if it is the mean of a calendar month")));
    }
    if let Some(start) = options.start {
        let shift = start.since(times[0]);
        times.iter_mut().for_each(|t| *t = t.plus(shift));
    }
    Ok(Clock::Instants(times))
}

/// The script call that makes it, and what of it is built in.
fn call(source: &Source, files: &[PathBuf], o: &LevelsFileOptions) -> String {
    let names: Vec<String> = files.iter().map(|f| format!("{:?}", f.display().to_string())).collect();
    let start = o.start.map_or(String::new(), |t| format!(", start: \"{t}\""));
    let months = if o.months.is_empty() { String::new() } else { format!(", months: {:?}", o.months) };
    let mixing = source.built_in.mixing_options();
    let options = format!("#{{ interval: {:?}{start}{months}, {mixing} }}", o.interval);
    format!("meteorology::from_file(grid, [{}], {options}) /* {} */", names.join(", "), origin(source))
}

/// When and where the winds are given, what else comes from the files, and what is built in.
fn origin(source: &Source) -> String {
    let winds = &source.winds[0];
    let have = [
        (source.surface_pressure.is_some(), "surface pressure"),
        (source.temperature.is_some(), "temperature"),
        (source.ground.is_some(), "height of the ground"),
    ];
    let named = |there: bool| have.iter().filter(move |(t, _)| *t == there).map(|(_, name)| *name);
    let (from_files, built_in): (Vec<_>, Vec<_>) =
        (["winds"].into_iter().chain(named(true)).collect(), ["boundary layer", "convection"].into_iter().chain(named(false)).collect());
    let dry = if source.humidity.is_some() { "humidity of the files" } else { "surface pressure scaled to the dry mean" };
    format!(
        "{} on {}, {} levels; from the files: {}; built in: {}; dry air: {dry}",
        winds.0.record_span(),
        winds.0.axes.span(),
        winds.1.len(),
        from_files.join(", "),
        built_in.join(", "),
    )
}

impl Meteorology for LevelsFile {
    fn grid(&self) -> &Arc<Grid> {
        &self.ahead.source().grid
    }

    fn atmosphere(&self, time: Time) -> Result<Atmosphere> {
        let source = self.ahead.source();
        source.covers(time, time)?;
        let (surface_pressure, temperature) = (source.pressure_at(time)?, source.temperature_at(time)?);
        let surface_height = source.ground.as_ref().unwrap_or(&source.built_in.mean().surface_height).clone();
        let height = heights(&source.grid, &surface_pressure, &temperature, &surface_height);
        Ok(Atmosphere { grid: source.grid.clone(), surface_pressure, surface_height, height })
    }

    fn forcing(&self, time: Time) -> Result<Arc<Forcing>> {
        self.ahead.forcing(time)
    }

    fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.ahead.source().covers(start, end)
    }

    fn span(&self) -> Option<(Time, Time)> {
        self.ahead.source().clock.span()
    }

    fn boundary_layer(&self, time: Time) -> Result<Option<Array2<f64>>> {
        let source = self.ahead.source();
        let (start, end) = source.interval(time)?;
        Ok(Some(source.built_in.layer_height(start.plus(0.5 * end.since(start)))))
    }
}

impl fmt::Display for LevelsFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.call)
    }
}
