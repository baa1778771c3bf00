//! What the files say at the instants of I3 and over the intervals of A3dyn, and the forcings made
//! of it.

use super::collections::Collections;
use super::levels::{lumps, top_first};
use super::span::{limits, span};
use super::{DETRAINMENT, INTERVAL, LAYER, UPDRAFT};
use crate::constants::GRAVITY;
use crate::error::{Error, Result};
use crate::grid::{Grid, HybridLevels};
use crate::meteorology::built_in::BuiltIn;
use crate::meteorology::file_driver::FileSource;
use crate::meteorology::files::{
    Faces, Quantity, SPECIFIC_HUMIDITY, SURFACE_PRESSURE, TEMPERATURE, Variable, WINDS,
    refuse_uncovered,
};
use crate::meteorology::forcing::{Forcing, Mixing};
use crate::meteorology::hypsometry::heights;
use crate::meteorology::mean_state::scale_to_dry_mean;
use crate::meteorology::read_ahead::Prepare;
use crate::meteorology::{Atmosphere, Meteorology, PressureFix};
use crate::time::Time;
use ndarray::{Array2, Array3, Axis, Zip};
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// One instant of I3 on the model's grid, and its dry surface pressure on the file's.
#[derive(Debug)]
pub(super) struct Instant {
    on_file: Array2<f64>,
    pub(super) surface_pressure: Array2<f64>,
    pub(super) temperature: Array3<f64>,
}

/// The files of the driver, and what is made of them.
pub struct GeosChemFiles {
    pub(super) grid: Arc<Grid>,
    pub(super) built_in: BuiltIn,
    pub(super) winds: [Variable; 2],
    pub(super) detrainment: Variable,
    pub(super) updraft: Variable,
    pub(super) instants: [Variable; 3],
    pub(super) layer: [Variable; 4],
    pub(super) levels: HybridLevels,
    /// The file's levels in each level of the model.
    pub(super) lumps: Vec<Range<usize>>,
    pub(super) faces: Faces,
    pub(super) fix: PressureFix,
    pub(super) span: (Time, Time),
    /// The script call that makes the driver.
    pub(super) call: String,
    recent: Mutex<Vec<(Time, Arc<Instant>)>>,
}

impl GeosChemFiles {
    pub(super) fn new(built_in: BuiltIn, folder: &Path) -> Result<Self> {
        let collections = Collections::find(folder)?;
        let find = |collection: &str, quantity: Quantity| -> Result<Variable> {
            let mut v = Variable::require(collections.files(collection)?, quantity, true)?;
            v.top_first = top_first(&v)?;
            Ok(v)
        };
        let winds = [find("A3dyn", WINDS[0])?, find("A3dyn", WINDS[1])?];
        let (detrainment, updraft) = (find("A3dyn", DETRAINMENT)?, find("A3mstE", UPDRAFT)?);
        let [ps, q, t] =
            [SURFACE_PRESSURE, SPECIFIC_HUMIDITY, TEMPERATURE].map(|quantity| find("I3", quantity));
        let instants = [ps?, q?, t?];
        let [height, friction, heat, warmth] = LAYER.map(|quantity| find("A1", quantity));
        let layer = [height?, friction?, heat?, warmth?];
        let grid = built_in.grid().clone();
        let (levels, lumps) = lumps(&grid, &winds[0])?;
        let others = [&winds[1], &detrainment, &updraft]
            .into_iter()
            .chain(&instants)
            .chain(&layer);
        if let Some(other) = others.into_iter().find(|o| o.axes != winds[0].axes) {
            return Err(other.located(0, Error::new("the collections are on different grids")));
        }
        let (faces, fix) = (Faces::new(&winds[0].axes, &grid), PressureFix::new(&grid));
        let span = span(limits(&winds[0], &updraft, &layer[0], &instants[0]))?;
        Ok(GeosChemFiles {
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
            call: String::new(),
            recent: Mutex::default(),
        })
    }

    /// An instant of I3, from those kept or from its file.
    pub(super) fn instant(&self, time: Time) -> Result<Arc<Instant>> {
        let shelf = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, held)) = shelf().iter().find(|(t, _)| *t == time) {
            return Ok(held.clone());
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
}

impl Prepare for GeosChemFiles {
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
        let mixing = Mixing {
            layer_depth,
            nonlocal,
            exchange,
            updraft,
            detrainment,
        };
        Ok(mixing.forcing((start, end), surface_pressure, (east, north)))
    }
}

impl FileSource for GeosChemFiles {
    fn grid(&self) -> &Arc<Grid> {
        &self.grid
    }

    fn fix(&self) -> &PressureFix {
        &self.fix
    }

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

    fn atmosphere(&self, time: Time) -> Result<Atmosphere> {
        let (start, end) = self.interval(time.min(self.span.1.plus(-1.0)))?;
        let (before, after, w) = (
            self.instant(start)?,
            self.instant(end)?,
            time.since(start) / INTERVAL,
        );
        let surface_pressure = (1.0 - w) * &before.surface_pressure + w * &after.surface_pressure;
        let temperature = (1.0 - w) * &before.temperature + w * &after.temperature;
        let surface_height = self.built_in.mean().surface_height.clone();
        let height = heights(&self.grid, &surface_pressure, &temperature, &surface_height);
        Ok(Atmosphere {
            grid: self.grid.clone(),
            surface_pressure,
            surface_height,
            height,
        })
    }

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

    fn span(&self) -> (Option<Time>, Option<Time>) {
        (Some(self.span.0), Some(self.span.1))
    }

    fn layer_height(&self, start: Time, end: Time) -> Result<Array2<f64>> {
        self.layer_mean(&self.layer[0], start, end)
    }
}

impl fmt::Display for GeosChemFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.call)
    }
}

impl fmt::Debug for GeosChemFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {} on {}", self.span.0, self.span.1, self.grid)
    }
}

/// The record of a variable at an instant.
pub(super) fn read_at(variable: &Variable, time: Time) -> Result<Array3<f64>> {
    match variable
        .records
        .binary_search_by_key(&Some(time), |r| r.time)
    {
        Ok(k) => variable.read(k, |_, _, _| false),
        Err(_) => Err(variable.located(
            0,
            Error::new("no record at the instant the collection should have one").expected(time),
        )),
    }
}
