//! A flux as maps in time on a grid of its own, read when they are needed: what files of fluxes
//! become, and what the modules of a prior are made of.

mod calendar;
mod of_field;
mod per_cell;

pub use calendar::{Beyond, Calendar};
pub use of_field::SeriesReading;
pub(super) use of_field::{Holes, densities, lengths};
pub use per_cell::Scale;
pub(crate) use per_cell::flux_scale;

use crate::error::{Error, Result, Warning};
use crate::field::Field;
use crate::grid::LatLonGrid;
use crate::time::Time;
use crate::units::Unit;
use ndarray::Array2;
use std::fmt;
use std::sync::Arc;

/// Gives the map of a number, cells row-major (lat, lon) from the south \[kg C m-2 s-1\].
pub type ReadMap = Arc<dyn Fn(usize) -> Result<Vec<f64>> + Send + Sync>;

/// Maps of a flux \[kg C m-2 s-1, upward\], and when each holds.
#[derive(Clone)]
pub struct Series {
    name: String,
    grid: Arc<LatLonGrid>,
    calendar: Calendar,
    read: ReadMap,
    synthetic: bool,
    warnings: Vec<Warning>,
}

impl Series {
    /// The maps that `read` gives, as many as the calendar has.
    pub fn new(name: &str, grid: LatLonGrid, calendar: Calendar, read: ReadMap) -> Self {
        Series {
            name: name.to_string(),
            grid: Arc::new(grid),
            calendar,
            read,
            synthetic: false,
            warnings: vec![],
        }
    }

    /// Maps in memory.
    ///
    /// # Errors
    /// Another number of maps than the calendar has, a map of another size, or not a number.
    pub(crate) fn of_maps(
        name: &str,
        grid: LatLonGrid,
        calendar: Calendar,
        maps: Vec<Vec<f64>>,
    ) -> Result<Self> {
        if maps.len() != calendar.len() {
            return Err(Error::new("a flux has another number of maps than dates")
                .expected(calendar.len())
                .got(maps.len()));
        }
        let maps = Arc::new(maps);
        let series = Series::new(name, grid, calendar, Arc::new(move |k| Ok(maps[k].clone())));
        (0..series.calendar.len()).try_for_each(|k| series.map(k).map(drop))?;
        Ok(series)
    }

    /// Whether it is made up.
    pub(crate) fn made_up(mut self, synthetic: bool) -> Self {
        self.synthetic = synthetic;
        self
    }
    /// With what is suspicious of it.
    pub(crate) fn with_warnings(mut self, warnings: Vec<Warning>) -> Self {
        self.warnings.extend(warnings);
        self
    }
    /// Under another name.
    pub fn named(mut self, name: &str) -> Self {
        self.name = name.to_string();
        self
    }
    /// With other maps before the first and after the last interval.
    pub fn beyond(mut self, beyond: Beyond) -> Self {
        self.calendar = self.calendar.beyond(beyond);
        self
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The grid of its maps.
    pub fn grid(&self) -> &LatLonGrid {
        &self.grid
    }
    /// When its maps hold.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }
    /// Whether it is made up.
    pub fn synthetic(&self) -> bool {
        self.synthetic
    }
    /// What is suspicious of it.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// A map by its number \[kg C m-2 s-1\].
    ///
    /// # Errors
    /// It cannot be read, has another size than the grid, or holds what is no number.
    pub fn map(&self, number: usize) -> Result<Vec<f64>> {
        let map = (self.read)(number).map_err(|e| e.at(self))?;
        super::given::check(&self.grid, &map)
            .map_err(|e| e.at(format!("map {number} of {self}")))?;
        Ok(map)
    }

    /// The mean map of an interval \[kg C m-2 s-1\].
    ///
    /// # Errors
    /// As [`Calendar::shares`] and [`Series::map`].
    pub fn mean(&self, start: Time, end: Time) -> Result<Vec<f64>> {
        let mut sum = vec![0.0; self.grid.n_cells()];
        let shares = self.calendar.shares(start, end).map_err(|e| e.at(self))?;
        for (number, share) in shares {
            let map = self.map(number)?;
            sum.iter_mut().zip(&map).for_each(|(s, v)| *s += share * v);
        }
        Ok(sum)
    }

    /// What the globe emits in an interval \[kg C\].
    ///
    /// # Errors
    /// As [`Series::mean`].
    pub fn emitted(&self, start: Time, end: Time) -> Result<f64> {
        let map = self.mean(start, end)?;
        let cells = map.iter().enumerate();
        let rate: f64 = cells
            .map(|(k, v)| v * self.grid.area(k / self.grid.n_lon()))
            .sum();
        Ok(rate * end.since(start))
    }

    /// The mean of an interval as a labelled map (lat, lon) \[kgC m-2 s-1\].
    ///
    /// # Errors
    /// As [`Series::mean`].
    pub fn field(&self, start: Time, end: Time) -> Result<Field> {
        let shape = (self.grid.n_lat(), self.grid.n_lon());
        let map = Array2::from_shape_vec(shape, self.mean(start, end)?)
            .map_err(|e| Error::new("a map has the wrong size").got(e))?;
        let unit = Unit::parse("kgC m-2 s-1")?;
        let field = Field::new(
            &self.name,
            unit,
            self.grid.dimensions().to_vec(),
            map.into_dyn(),
        )?;
        Ok(match self.synthetic {
            true => field.with_attribute("synthetic", "yes"),
            false => field,
        })
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\", {} ", self.name, self.calendar.len())?;
        match &self.calendar {
            Calendar::Always => write!(f, "map for any time")?,
            Calendar::Months => write!(f, "maps of the months of any year")?,
            Calendar::Intervals(held, _) => {
                write!(f, "maps, {} to {}", held[0][0], held[held.len() - 1][1])?;
            }
        }
        let (h, step) = (&self.grid, |e: &[f64]| {
            (e[e.len() / 2] - e[e.len() / 2 - 1]).abs()
        });
        write!(
            f,
            ", {} x {} cells of {:.4} x {:.4} degrees",
            h.n_lat(),
            h.n_lon(),
            step(h.lat_edges()),
            step(h.lon_edges())
        )?;
        if self.synthetic {
            write!(f, " (synthetic)")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
