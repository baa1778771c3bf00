//! MERRA-2 and GEOS-FP winds in the NetCDF files GEOS-Chem uses: collections A1, A3dyn, A3mstE and
//! I3, a file for each day.
//!
//! Over three hours the winds of A3dyn are constant; surface pressure goes from one instant of I3
//! to the next. Air is dry: the water of the column, sum q dp, is taken from the surface pressure,
//! and levels are hybrid in what is left, as in GEOS-Chem. Momentum u dp / g is summed over the
//! levels the model lumps together (72 to 47), then regridded as a mass flux: through a face of the
//! model goes what goes through the faces of the file on it ([`Faces`]). The mean of dry pressure
//! is held at that of the atmosphere; [`PressureFix`] closes each column. Updraft (CMFMC) and
//! detrainment (DTRAIN) are the files'. Turbulence is [`SurfaceLayer`]'s, from A1 averaged over the
//! three hours. The height of the ground is the built-in one.

mod collections;
mod mixing;

use super::built_in::BuiltIn;
use super::files::{
    Faces, Quantity, SPECIFIC_HUMIDITY, SURFACE_PRESSURE, TEMPERATURE, Variable, WINDS,
    refuse_uncovered, scale_to_dry_mean,
};
use super::forcing::{Forcing, layer_depth, unite_polar_rows};
use super::hypsometry::heights;
use super::mean_state::{half_layers, vertical_structure};
use super::read_ahead::{Prepare, ReadAhead};
use super::{Atmosphere, Meteorology, PressureFix};
use crate::constants::GRAVITY;
use crate::error::{Error, Result};
use crate::grid::{Grid, HybridLevels};
use crate::io::netcdf::Dataset;
use crate::time::{HOUR, Time};
use collections::{Collections, unscaled};
use mixing::SurfaceLayer;
use ndarray::{Array2, Array3, Axis, Zip};
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

const UPDRAFT: Quantity = Quantity {
    mislabelled: &["kg m-2 s-2"],
    ..unscaled("the updraft", &["CMFMC"], "kg m-2 s-1", (-1.0, 10.0))
};
const DETRAINMENT: Quantity = unscaled("the detrainment", &["DTRAIN"], "kg m-2 s-1", (-1.0, 10.0));
const LAYER: [Quantity; 4] = [
    unscaled(
        "the height of the boundary layer",
        &["PBLH"],
        "m",
        (0.0, 2.0e4),
    ),
    unscaled("the friction velocity", &["USTAR"], "m s-1", (0.0, 20.0)),
    unscaled(
        "the sensible heat flux",
        &["HFLUX"],
        "W m-2",
        (-3000.0, 3000.0),
    ),
    unscaled(
        "the temperature near the ground",
        &["T2M"],
        "K",
        (150.0, 400.0),
    ),
];
/// Length of an interval \[s\].
const INTERVAL: f64 = 3.0 * HOUR;

/// The driver.
#[derive(Debug)]
pub struct GeosChem {
    ahead: ReadAhead<Source>,
    call: String,
}

impl GeosChem {
    /// Finds the files below `folder`, by names such as `MERRA2.20160102.A3dyn.2x25.nc4`, and reads
    /// the first and the last interval; `built_in` lends the grid, the height of the ground, and
    /// factors of mixing and convection.
    ///
    /// # Errors
    /// No files, a collection or variable that is missing, days that are missing, files of a
    /// region, levels the model's are not made of, values that no atmosphere has; each names file,
    /// variable, time and cell.
    pub fn new(built_in: BuiltIn, folder: &Path) -> Result<Self> {
        let call = format!(
            "meteorology::geos_chem(grid, {:?}, #{{ {} }})",
            folder.display().to_string(),
            built_in.mixing_options()
        );
        let source = Source::new(built_in, folder)?;
        let (first, last) = source.span;
        let call = format!(
            "{call} /* {first} to {last}, winds of 3 h on {}; built in: height of the ground */",
            source.winds[0].axes.span()
        );
        source.prepare(first, first.plus(INTERVAL))?;
        source.prepare(last.plus(-INTERVAL), last)?;
        Ok(GeosChem {
            ahead: ReadAhead::new(source),
            call,
        })
    }

    /// Root mean square change of the winds that the pressure fix makes in the interval that holds
    /// `time`, eastward and northward \[m s-1\].
    ///
    /// # Errors
    /// A time outside the files, or values that no atmosphere has.
    pub fn adjustment(&self, time: Time) -> Result<[f64; 2]> {
        let source = self.ahead.source();
        let (start, end) = source.interval(time)?;
        let (mut east, mut north) = source.winds_between(start, end)?;
        let fixed = source.prepare(start, end)?;
        east -= &fixed.east;
        north -= &fixed.north;
        Ok(source
            .fix
            .rms_winds(&east, &north, &fixed.surface_pressure[0]))
    }
}

/// One instant of I3 on the model's grid, and its dry surface pressure on the file's.
#[derive(Debug)]
struct Instant {
    on_file: Array2<f64>,
    surface_pressure: Array2<f64>,
    temperature: Array3<f64>,
}

struct Source {
    grid: Arc<Grid>,
    built_in: BuiltIn,
    winds: [Variable; 2],
    detrainment: Variable,
    updraft: Variable,
    instants: [Variable; 3],
    layer: [Variable; 4],
    levels: HybridLevels,
    /// The file's levels in each level of the model.
    lumps: Vec<Range<usize>>,
    faces: Faces,
    fix: PressureFix,
    span: (Time, Time),
    recent: Mutex<Vec<(Time, Arc<Instant>)>>,
}

impl Source {
    fn new(built_in: BuiltIn, folder: &Path) -> Result<Self> {
        let found = Collections::find(folder)?;
        let find = |collection: &str, quantity: Quantity| -> Result<Variable> {
            let mut v = Variable::require(found.files(collection)?, quantity, true)?;
            v.top_first = top_first(&v)?;
            Ok(v)
        };
        let winds = [find("A3dyn", WINDS[0])?, find("A3dyn", WINDS[1])?];
        let (detrainment, updraft) = (find("A3dyn", DETRAINMENT)?, find("A3mstE", UPDRAFT)?);
        let instants = [
            find("I3", SURFACE_PRESSURE)?,
            find("I3", SPECIFIC_HUMIDITY)?,
            find("I3", TEMPERATURE)?,
        ];
        let [height, friction, heat, warmth] = LAYER;
        let layer = [
            find("A1", height)?,
            find("A1", friction)?,
            find("A1", heat)?,
            find("A1", warmth)?,
        ];
        let grid = built_in.grid().clone();
        let (levels, lumps) = lumps(&grid, &winds[0])?;
        let others = [&winds[1], &detrainment, &updraft]
            .into_iter()
            .chain(&instants)
            .chain(&layer);
        if let Some(other) = others.into_iter().find(|o| o.axes != winds[0].axes) {
            return Err(other.place(0, Error::new("the collections are on different grids")));
        }
        let (faces, fix) = (Faces::new(&winds[0].axes, &grid), PressureFix::new(&grid));
        let span = span(limits(&winds[0], &updraft, &layer[0], &instants[0]))?;
        Ok(Source {
            grid,
            built_in,
            winds,
            detrainment,
            updraft,
            instants,
            layer,
            levels,
            lumps,
            faces,
            fix,
            span,
            recent: Mutex::default(),
        })
    }

    /// Refuses times outside the files.
    fn covers(&self, start: Time, end: Time) -> Result<()> {
        refuse_uncovered(
            limits(
                &self.winds[0],
                &self.updraft,
                &self.layer[0],
                &self.instants[0],
            ),
            self.span,
            start,
            end,
        )
    }

    /// An instant of I3, from those kept or from its file.
    fn instant(&self, time: Time) -> Result<Arc<Instant>> {
        let shelf = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = shelf().iter().find(|(t, _)| *t == time) {
            return Ok(found.clone());
        }
        let [ps, q, t] = &self.instants;
        let mut dry = read_at(ps, time)?.index_axis_move(Axis(0), 0);
        let (q, t) = (read_at(q, time)?, read_at(t, time)?);
        let water = Zip::indexed(&dry).par_map_collect(|(j, i), ps| {
            (0..self.levels.len())
                .map(|k| q[[k, j, i]] * self.levels.thickness(k, *ps))
                .sum::<f64>()
        });
        dry -= &water;
        let mut surface_pressure = self.faces.cell_means(dry.view());
        dry *= scale_to_dry_mean(&self.grid, &mut surface_pressure);
        let temperature = self
            .faces
            .cell_means_of_levels(&self.lumped(&t, &dry, true));
        let made = Arc::new(Instant {
            on_file: dry,
            surface_pressure,
            temperature,
        });
        let mut shelf = shelf();
        if shelf.len() == 3 {
            shelf.remove(0);
        }
        shelf.push((time, made.clone()));
        Ok(made)
    }

    /// Sums over lumped levels of a value (level, lat, lon) times the dry thickness of its level
    /// \[Pa\]; or means by that thickness.
    fn lumped(&self, values: &Array3<f64>, dry: &Array2<f64>, mean: bool) -> Array3<f64> {
        let mut out = Array3::zeros((self.lumps.len(), dry.nrows(), dry.ncols()));
        Zip::indexed(&mut out).par_for_each(|(k, j, i), out| {
            let thickness = |s: usize| self.levels.thickness(s, dry[[j, i]]);
            let sum: f64 = self.lumps[k]
                .clone()
                .map(|s| values[[s, j, i]] * thickness(s))
                .sum();
            *out = if mean {
                sum / self.lumps[k].clone().map(thickness).sum::<f64>()
            } else {
                sum
            };
        });
        out
    }

    /// Mass fluxes before the fix.
    fn winds_between(&self, start: Time, end: Time) -> Result<(Array3<f64>, Array3<f64>)> {
        let dry = 0.5 * (&self.instant(start)?.on_file + &self.instant(end)?.on_file);
        let momentum = |wind: &Variable| -> Result<Array3<f64>> {
            let mut sum = self.lumped(&read_at(wind, start.plus(0.5 * INTERVAL))?, &dry, false);
            sum /= GRAVITY;
            Ok(sum)
        };
        Ok(self
            .faces
            .fluxes([&momentum(&self.winds[0])?, &momentum(&self.winds[1])?]))
    }

    /// Updraft through level edges and detrainment in levels \[kg m-2 s-1\].
    fn convection(&self, middle: Time) -> Result<(Array3<f64>, Array3<f64>)> {
        let (edges, within) = (
            read_at(&self.updraft, middle)?,
            read_at(&self.detrainment, middle)?,
        );
        let (_, n_lat, n_lon) = within.dim();
        let factor = self.built_in.factors().1;
        let picked: Vec<usize> = self
            .lumps
            .iter()
            .map(|l| l.start)
            .chain([self.levels.len()])
            .collect();
        let updraft = Array3::from_shape_fn((picked.len(), n_lat, n_lon), |(k, j, i)| {
            factor * edges[[picked[k], j, i]].max(0.0)
        });
        let detrainment = Array3::from_shape_fn((self.lumps.len(), n_lat, n_lon), |(k, j, i)| {
            factor
                * self.lumps[k]
                    .clone()
                    .map(|s| within[[s, j, i]].max(0.0))
                    .sum::<f64>()
        });
        let on_model = |values: &Array3<f64>| united(self.faces.cell_means_of_levels(values));
        Ok((on_model(&updraft), on_model(&detrainment)))
    }

    /// Turbulent exchange at level edges \[kg m-2 s-1\], depth of the boundary layer \[Pa\] and the
    /// part of a flux its eddies carry.
    fn turbulence(&self, start: Time, end: Time) -> Result<(Array3<f64>, [Array2<f64>; 2])> {
        let (before, after) = (self.instant(start)?, self.instant(end)?);
        let ps = 0.5 * (&before.surface_pressure + &after.surface_pressure);
        let temperature = 0.5 * (&before.temperature + &after.temperature);
        let (edge_height, conductance) =
            vertical_structure(&self.grid, &ps, &temperature, &half_layers(&self.grid, &ps));
        let [height, friction, heat, warmth] =
            [0, 1, 2, 3].map(|v: usize| self.layer_mean(&self.layer[v], start, end));
        let (height, friction, heat, warmth) = (height?, friction?, heat?, warmth?);
        let layers = Array2::from_shape_fn(ps.dim(), |at| {
            SurfaceLayer::new(height[at], friction[at], heat[at], warmth[at], ps[at])
        });
        let (top, mixing) = (edge_height.dim().0 - 1, self.built_in.factors().0);
        let mut exchange = Array3::zeros(edge_height.dim());
        Zip::indexed(&mut exchange).par_for_each(|(k, j, i), x| {
            if k > 0 && k < top {
                *x = mixing
                    * conductance[[k, j, i]]
                    * layers[[j, i]].diffusivity_at(edge_height[[k, j, i]]);
            }
        });
        let depth = layer_depth(&layers.map(|l| l.height), &edge_height, &self.grid, &ps);
        let mut nonlocal = layers.map(|l| l.nonlocal);
        unite_polar_rows(&mut nonlocal.view_mut());
        Ok((united(exchange), [depth, nonlocal]))
    }

    /// Mean over the records of A1 in an interval, on the model's cells.
    fn layer_mean(&self, variable: &Variable, start: Time, end: Time) -> Result<Array2<f64>> {
        let inside: Vec<usize> = (0..variable.records.len())
            .filter(|k| {
                variable.records[*k]
                    .time
                    .is_some_and(|t| t >= start && t < end)
            })
            .collect();
        let mut sum: Option<Array3<f64>> = None;
        for k in &inside {
            let values = variable.read(*k, |_, _, _| false)?;
            sum = Some(sum.map_or(values.clone(), |s| s + values));
        }
        let sum = sum.ok_or_else(|| {
            Error::new(format!(
                "no file has {} at this time",
                variable.quantity.what
            ))
            .at(start)
        })?;
        Ok(self.faces.cell_means(sum.index_axis(Axis(0), 0)) / inside.len() as f64)
    }
}

/// The record of a variable at an instant.
fn read_at(variable: &Variable, time: Time) -> Result<Array3<f64>> {
    match variable
        .records
        .binary_search_by_key(&Some(time), |r| r.time)
    {
        Ok(k) => variable.read(k, |_, _, _| false),
        Err(_) => Err(variable.place(
            0,
            Error::new("no record at the instant the collection should have one").expected(time),
        )),
    }
}

/// Every level's polar rows made uniform.
fn united(mut values: Array3<f64>) -> Array3<f64> {
    values
        .axis_iter_mut(Axis(0))
        .for_each(|mut level| unite_polar_rows(&mut level));
    values
}

/// Whether the file's first level is the highest: GEOS-Chem's files have the lowest first.
fn top_first(variable: &Variable) -> Result<bool> {
    let Some((dimension, _)) = &variable.levels else {
        return Ok(false);
    };
    Ok(Dataset::open(&variable.records[0].path)?
        .attribute(Some(dimension), "positive")
        .is_some_and(|p| p == "down"))
}

/// The file's levels, and those in each level of the model.
fn lumps(grid: &Grid, winds: &Variable) -> Result<(HybridLevels, Vec<Range<usize>>)> {
    let n = winds.levels.as_ref().map_or(0, |l| l.1);
    let Some(levels) = [HybridLevels::geos_72(), HybridLevels::geos_47()]
        .into_iter()
        .find(|l| l.len() == n)
    else {
        return Err(winds.place(
            0,
            Error::new("the file has another number of levels than GEOS")
                .expected("72 or 47")
                .got(n),
        ));
    };
    let same = |x: f64, y: f64| (x - y).abs() < 1e-6 * (1.0 + x.abs());
    let edge = |k: usize| {
        (0..=n).find(|s| {
            same(levels.a()[*s], grid.levels.a()[k]) && same(levels.b()[*s], grid.levels.b()[k])
        })
    };
    let edges: Option<Vec<usize>> = (0..=grid.levels.len()).map(edge).collect();
    match edges.filter(|e| e[0] == 0 && e[e.len() - 1] == n) {
        Some(edges) => Ok((levels, edges.windows(2).map(|e| e[0]..e[1]).collect())),
        None => Err(
            Error::new("the model's levels are not made of whole levels of the files")
                .expected("the 47 or 72 levels of GEOS")
                .got(grid),
        ),
    }
}

/// First and last instant of a variable: of means over intervals, or of instants.
fn reach(variable: &Variable) -> (Time, Time) {
    let times = variable.times();
    let (first, last) = (times[0], times[times.len() - 1]);
    if variable.quantity == SURFACE_PRESSURE {
        return (first, last);
    }
    let half = 0.5
        * if times.len() > 1 {
            times[1].since(first)
        } else {
            INTERVAL
        };
    (first.plus(-half), last.plus(half))
}

/// Of a variable of each collection, the one that begins last and the one that ends first.
fn limits<'a>(
    winds: &'a Variable,
    updraft: &'a Variable,
    layer: &'a Variable,
    pressure: &'a Variable,
) -> [&'a Variable; 2] {
    let later = |a: &'a Variable, b: &'a Variable| if reach(b).0 > reach(a).0 { b } else { a };
    let sooner = |a: &'a Variable, b: &'a Variable| if reach(b).1 < reach(a).1 { b } else { a };
    let others = [updraft, layer, pressure];
    [
        others.into_iter().fold(winds, later),
        others.into_iter().fold(winds, sooner),
    ]
}

/// First and last instant all collections hold.
fn span(limits: [&Variable; 2]) -> Result<(Time, Time)> {
    let (first, last) = (reach(limits[0]).0, reach(limits[1]).1);
    let last = first.plus((last.since(first) / INTERVAL).floor() * INTERVAL);
    if last <= first {
        let [a, b] = [limits[1], limits[0]]
            .map(|v| format!("\"{}\" of {}", v.name, v.records[0].path.display()));
        return Err(Error::new("the collections have no time in common")
            .expected("all collections, and surface pressure at the end of the last day")
            .at(a)
            .at(b));
    }
    Ok((first, last))
}

impl Prepare for Source {
    fn interval(&self, time: Time) -> Result<(Time, Time)> {
        self.covers(time, time.plus(1.0))?;
        let start = self
            .span
            .0
            .plus((time.since(self.span.0) / INTERVAL).floor() * INTERVAL);
        Ok((start, start.plus(INTERVAL)))
    }

    fn prepare(&self, start: Time, end: Time) -> Result<Forcing> {
        let (mut east, mut north) = self.winds_between(start, end)?;
        let surface_pressure = [
            self.instant(start)?.surface_pressure.clone(),
            self.instant(end)?.surface_pressure.clone(),
        ];
        let tendency = (&surface_pressure[1] - &surface_pressure[0]) / INTERVAL;
        self.fix.apply(&mut east, &mut north, &tendency);
        let (updraft, detrainment) = self.convection(start.plus(0.5 * INTERVAL))?;
        let (exchange, [layer_depth, nonlocal]) = self.turbulence(start, end)?;
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
        write!(f, "{} to {} on {}", self.span.0, self.span.1, self.grid)
    }
}

impl Meteorology for GeosChem {
    fn grid(&self) -> &Arc<Grid> {
        &self.ahead.source().grid
    }

    fn atmosphere(&self, time: Time) -> Result<Atmosphere> {
        let source = self.ahead.source();
        self.covers(time, time)?;
        let (start, end) = source.interval(time.min(source.span.1.plus(-1.0)))?;
        let (before, after, w) = (
            source.instant(start)?,
            source.instant(end)?,
            time.since(start) / INTERVAL,
        );
        let surface_pressure = (1.0 - w) * &before.surface_pressure + w * &after.surface_pressure;
        let temperature = (1.0 - w) * &before.temperature + w * &after.temperature;
        let surface_height = source.built_in.mean().surface_height.clone();
        let height = heights(
            &source.grid,
            &surface_pressure,
            &temperature,
            &surface_height,
        );
        Ok(Atmosphere {
            grid: source.grid.clone(),
            surface_pressure,
            surface_height,
            height,
        })
    }

    fn forcing(&self, time: Time) -> Result<Arc<Forcing>> {
        self.ahead.forcing(time)
    }

    fn covers(&self, start: Time, end: Time) -> Result<()> {
        self.ahead.source().covers(start, end)
    }

    fn span(&self) -> (Option<Time>, Option<Time>) {
        let (first, last) = self.ahead.source().span;
        (Some(first), Some(last))
    }

    fn boundary_layer(&self, time: Time) -> Result<Option<Array2<f64>>> {
        let source = self.ahead.source();
        let (start, end) = source.interval(time)?;
        Ok(Some(source.layer_mean(&source.layer[0], start, end)?))
    }
}

impl fmt::Display for GeosChem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.call)
    }
}
