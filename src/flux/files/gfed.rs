//! GFED4.1s, `GFED4.1s_YYYY.hdf5`: HDF5 without dimension scales, 0.25 x 0.25 degree, 720 rows from
//! the
//! **north**, 1440 columns from -179.875, in groups of months `01` to `12`:
//!
//! - `emissions/MM/C`: fire \[g C m-2 month-1\], a month as long as it is;
//! - `emissions/MM/daily_fraction/day_D` and `emissions/MM/diurnal_cycle/UTC_0-3h` ...: the shares
//!   of
//!   its days, and of the eighths of each day, since 2003;
//! - `biosphere/MM/NPP`, `Rh`: net primary production and heterotrophic respiration of the CASA
//!   model
//!   that GFED stands on, the same unit; their difference Rh - NPP is the net exchange without
//!   fire;
//! - `ancill/grid_cell_area` \[m2\], `lat`, `lon` (720 x 1440).
//!
//! (van der Werf et al. 2017, doi 10.5194/essd-9-697-2017)

use super::year_of;
use crate::error::{Error, Result};
use crate::flux::{Beyond, Calendar, Series, month_edges};
use crate::grid::LatLonGrid;
use crate::io::netcdf::Dataset;
use crate::time::{DAY, HOUR, Time};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// What is read of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GfedPart {
    /// Emissions of fires.
    #[default]
    Fire,
    /// Net ecosystem exchange, Rh - NPP.
    Land,
}

/// How finely fires are told apart in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GfedStep {
    /// By month.
    #[default]
    Month,
    /// By day.
    Day,
    /// By three hours.
    ThreeHours,
}

/// A map to be read: file, month, day and eighth of it.
#[derive(Debug, Clone, Copy)]
struct Record {
    file: usize,
    month: usize,
    day: Option<usize>,
    eighth: Option<usize>,
    seconds: f64,
}

/// Fires or net ecosystem exchange of files, each of a year.
///
/// # Errors
/// A name without a year, a year twice, a file of another layout; days or hours of the land.
pub fn from_gfed(
    files: &[PathBuf],
    part: GfedPart,
    step: GfedStep,
    beyond: Beyond,
) -> Result<Series> {
    check(part, step)?;
    let mut years = files
        .iter()
        .map(|f| Ok((year_of(f)?, f.clone())))
        .collect::<Result<Vec<(i16, PathBuf)>>>()?;
    years.sort();
    let (mut held, mut records) = (vec![], vec![]);
    for (file, (year, _)) in years.iter().enumerate() {
        let edges = month_edges(
            Time::from_date(*year, 1, 1)?,
            Time::from_date(year + 1, 1, 1)?,
        );
        for (month, w) in edges.windows(2).enumerate() {
            for (span, day, eighth) in steps(w, step) {
                let seconds = span[1].since(span[0]);
                records.push(Record {
                    file,
                    month: month + 1,
                    day,
                    eighth,
                    seconds,
                });
                held.push(span);
            }
        }
    }
    let first = years
        .first()
        .ok_or_else(|| Error::new("there are no files of GFED to read"))?;
    let files: Vec<PathBuf> = years.iter().map(|y| y.1.clone()).collect();
    let (grid, turned) = grid_of(&first.1)?;
    let calendar = Calendar::intervals(held, beyond)?;
    let reader = Reader {
        files,
        records,
        part,
        grid: grid.clone(),
        turned,
        open: Mutex::default(),
    };
    reader.map(0)?;
    Ok(Series::new(
        "GFED4.1s",
        grid,
        calendar,
        Arc::new(move |k| reader.map(k)),
    ))
}

/// Refuses land fluxes by days or hours.
fn check(part: GfedPart, step: GfedStep) -> Result<()> {
    if part == GfedPart::Land && step != GfedStep::Month {
        return Err(Error::new("the land fluxes of GFED4.1s are monthly")
            .hint("diurnal: \"production\" of flux::module_of, for a cycle within the day"));
    }
    Ok(())
}

/// The intervals of a month, with the number of the day and of its eighth.
fn steps(month: &[Time], step: GfedStep) -> Vec<([Time; 2], Option<usize>, Option<usize>)> {
    let days = (month[1].since(month[0]) / DAY).round() as usize;
    let at = |hours: f64| month[0].plus(hours * HOUR);
    match step {
        GfedStep::Month => vec![([month[0], month[1]], None, None)],
        GfedStep::Day => (0..days)
            .map(|d| {
                (
                    [at(24.0 * d as f64), at(24.0 * (d + 1) as f64)],
                    Some(d + 1),
                    None,
                )
            })
            .collect(),
        GfedStep::ThreeHours => (0..8 * days)
            .map(|k| {
                let span = [at(3.0 * k as f64), at(3.0 * (k + 1) as f64)];
                (span, Some(k / 8 + 1), Some(k % 8))
            })
            .collect(),
    }
}

/// The grid of a file, and whether its rows begin in the north.
fn grid_of(path: &Path) -> Result<(LatLonGrid, bool)> {
    let at = |e: Error| e.at(format!("file \"{}\"", path.display()));
    let lat = Dataset::open(path)?.field("lat")?;
    let [rows, columns] = lat.shape() else {
        return Err(at(Error::new("the latitudes of GFED are a map")
            .expected("lat (720, 1440)")
            .got(format!("{:?}", lat.shape()))));
    };
    let grid = LatLonGrid::regular(180.0 / *rows as f64, 360.0 / *columns as f64).map_err(at)?;
    let turned = lat.data()[[0, 0]] > lat.data()[[rows - 1, 0]];
    let south = lat.data()[[if turned { rows - 1 } else { 0 }, 0]];
    if (south - grid.lat()[0]).abs() > 0.6 * 180.0 / *rows as f64 {
        return Err(at(Error::new(
            "the rows of GFED do not reach from pole to pole",
        )
        .expected(grid.lat()[0])
        .got(south)));
    }
    Ok((grid, turned))
}

struct Reader {
    files: Vec<PathBuf>,
    records: Vec<Record>,
    part: GfedPart,
    grid: LatLonGrid,
    turned: bool,
    open: Mutex<Option<(usize, Dataset)>>,
}

impl Reader {
    fn map(&self, number: usize) -> Result<Vec<f64>> {
        let record = self.records[number];
        let mut open = self.open.lock().unwrap_or_else(|e| e.into_inner());
        if open.as_ref().is_none_or(|(known, _)| *known != record.file) {
            *open = Some((record.file, Dataset::open(&self.files[record.file])?));
        }
        let file = &open.as_ref().expect("it was opened").1;
        let month = record.month;
        let read = |name: String| self.numbers(file, &name);
        let mut map = match self.part {
            GfedPart::Fire => read(format!("emissions/{month:02}/C"))?,
            GfedPart::Land => {
                let npp = read(format!("biosphere/{month:02}/NPP"))?;
                let mut rh = read(format!("biosphere/{month:02}/Rh"))?;
                rh.iter_mut().zip(npp).for_each(|(r, n)| *r -= n);
                rh
            }
        };
        let mut times = |by: Vec<f64>| map.iter_mut().zip(by).for_each(|(m, b)| *m *= b);
        if let Some(day) = record.day {
            times(read(format!(
                "emissions/{month:02}/daily_fraction/day_{day}"
            ))?);
        }
        if let Some(k) = record.eighth {
            let name = format!("UTC_{}-{}h", 3 * k, 3 * k + 3);
            times(read(format!("emissions/{month:02}/diurnal_cycle/{name}"))?);
        }
        let scaled: Vec<f64> = map.iter().map(|g| 1e-3 * g / record.seconds).collect();
        Ok(self.ordered(&scaled))
    }

    /// A map as it is in the file; what is missing is no flux.
    fn numbers(&self, file: &Dataset, name: &str) -> Result<Vec<f64>> {
        let field = file.field(name)?;
        if field.len() != self.grid.n_cells() || field.shape().len() != 2 {
            return Err(Error::new(format!("\"{name}\" is not a map of the grid"))
                .expected(format!("{} x {}", self.grid.n_lat(), self.grid.n_lon()))
                .got(format!("{:?}", field.shape()))
                .at(format!("file \"{}\"", file.path().display())));
        }
        let number = |v: &f64| if v.is_nan() { 0.0 } else { *v };
        Ok(field.data().iter().map(number).collect())
    }

    fn ordered(&self, map: &[f64]) -> Vec<f64> {
        let rows: Vec<&[f64]> = map.chunks(self.grid.n_lon()).collect();
        match self.turned {
            true => rows.into_iter().rev().flatten().copied().collect(),
            false => map.to_vec(),
        }
    }
}
