//! Any CF or COARDS flux: variables (time, lat, lon), (month, lat, lon) or (lat, lon) in any order
//! and any unit of flux, one file or many, read map by map. Dimensions of length one are dropped.
//!
//! Where a file has the areas of its cells (`area`, `AREA`, `cell_area`, `gridbox_area` in m2), a
//! flux by square metre is turned into what each cell emits by these, so that totals are the file's
//! on a sphere of another radius too.

use crate::error::{Error, Result, Warning};
use crate::field::{Coordinate, CoordinateValues, Field};
use crate::flux::series::{Holes, Scale, densities, flux_scale, lengths};
use crate::flux::{Calendar, MapStamp, Series, SeriesReading, said_stamp};
use crate::grid::MapLayout;
use crate::io::netcdf::{Dataset, Part};
use crate::time::Time;
use crate::units::Unit;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// What is read of a file, and how.
#[derive(Debug, Clone, Default)]
pub struct CfFlux {
    /// The variables, which are added; without any, the only one that is a flux.
    pub variables: Vec<String>,
    /// A unit in place of the file's.
    pub unit: Option<Unit>,
    /// Molar mass, stamps, and what holds beyond the maps.
    pub reading: SeriesReading,
    /// Where dates lie in their intervals, by the format, where neither caller nor file say it.
    pub stamp: Option<MapStamp>,
}

/// One file: its variables, and the name of their dimension of dates or months.
struct One {
    path: PathBuf,
    parts: Vec<Part>,
    along: Option<String>,
    n: usize,
}

const AREAS: [&str; 6] = [
    "area",
    "AREA",
    "cell_area",
    "gridbox_area",
    "gridcell_area",
    "areacella",
];

/// The maps of files, whose dates are read together.
///
/// # Errors
/// No file, no such variable, more than one flux to choose from, no latitudes or longitudes, dates
/// that do not say where in their intervals they lie or come twice, a unit that is no flux, areas
/// that are not positive.
pub fn from_cf(name: &str, files: &[PathBuf], what: &CfFlux) -> Result<Series> {
    let mut all = files
        .iter()
        .map(|f| open(f, what))
        .collect::<Result<Vec<_>>>()?;
    let first = all
        .first()
        .ok_or_else(|| Error::new("there are no files of fluxes to read"))?;
    let head = first.parts[0].head().clone();
    let unit = what.unit.clone().unwrap_or(head.unit.clone());
    let scale = flux_scale(&unit, what.reading.molar_mass).map_err(|e| {
        e.at(format!("variable \"{}\"", head.name))
            .at(location(first))
    })?;
    let said = said_stamp(&head).or(what.stamp);
    let calendar = calendar(&mut all, what, said)?;
    let each = |(f, one): (usize, &One)| (0..one.n).map(move |k| (f, k)).collect::<Vec<_>>();
    let records = all.iter().enumerate().flat_map(each).collect();
    let sample = record(&Dataset::open(&all[0].path)?, &all[0], 0)?;
    let layout = MapLayout::of(&sample[0])?;
    let areas = areas(&all[0], &layout, scale)?;
    let mut holes = Holes::default();
    let values: Vec<f64> = sample[0].data().iter().copied().collect();
    holes
        .filled(values, &head)
        .map_err(|e| e.at(location(&all[0])))?;
    let (seconds, warning) = (lengths(&calendar), holes.warning(&head));
    let reader = Reader {
        all,
        records,
        layout,
        scale,
        seconds,
        areas,
        open: Mutex::default(),
    };
    let grid = reader.layout.grid.clone();
    let series = Series::new(name, grid, calendar, Arc::new(move |k| reader.map(k)));
    Ok(series
        .made_up(head.attributes.contains_key("synthetic"))
        .with_warnings(warning.into_iter().collect::<Vec<Warning>>()))
}

/// Reads the maps of files one by one; the file that was read last stays open.
struct Reader {
    all: Vec<One>,
    records: Vec<(usize, usize)>,
    layout: MapLayout,
    scale: Scale,
    seconds: Vec<f64>,
    /// The file's area of each cell over that of the grid.
    areas: Option<Vec<f64>>,
    open: Mutex<Option<(usize, Dataset)>>,
}

impl Reader {
    fn map(&self, number: usize) -> Result<Vec<f64>> {
        let (file, k) = self.records[number];
        let one = &self.all[file];
        let mut open = self.open.lock().unwrap_or_else(|e| e.into_inner());
        if open.as_ref().is_none_or(|(known, _)| *known != file) {
            *open = Some((file, Dataset::open(&one.path)?));
        }
        let dataset = &open.as_ref().expect("it was opened").1;
        let mut sum = vec![0.0; self.layout.grid.n_cells()];
        for field in record(dataset, one, k)? {
            let map = self
                .layout
                .ordered(&field.data().iter().copied().collect::<Vec<_>>());
            let map = Holes::default()
                .filled(map, &field)
                .map_err(|e| e.at(location(one)))?;
            let map = densities(&self.scale, &self.layout, map, self.seconds[number]);
            sum.iter_mut().zip(map).for_each(|(s, v)| *s += v);
        }
        if let Some(areas) = &self.areas {
            sum.iter_mut().zip(areas).for_each(|(s, ratio)| *s *= ratio);
        }
        Ok(sum)
    }
}

fn location(one: &One) -> String {
    format!("file \"{}\"", one.path.display())
}

/// The maps (lat, lon) of each variable at one date.
fn record(dataset: &Dataset, one: &One, k: usize) -> Result<Vec<Field>> {
    let map = |part: &Part| {
        let part = match &one.along {
            Some(along) => part.at_positions(along, &[k], false)?,
            None => part.clone(),
        };
        dataset.load(&part)?.transpose(&["lat", "lon"])
    };
    one.parts
        .iter()
        .map(|p| {
            map(p).map_err(|e| {
                e.at(format!("variable \"{}\"", p.variable))
                    .at(location(one))
            })
        })
        .collect()
}

fn open(path: &std::path::Path, what: &CfFlux) -> Result<One> {
    let dataset = Dataset::open(path)?;
    let at = |e: Error| e.at(format!("file \"{}\"", path.display()));
    let names = match what.variables.is_empty() {
        true => vec![the_flux(&dataset, what).map_err(at)?],
        false => what.variables.clone(),
    };
    let parts = names
        .iter()
        .map(|n| maps_of(&dataset.part(n)?).map_err(|e| at(e.at(format!("variable \"{n}\"")))))
        .collect::<Result<Vec<_>>>()?;
    let dimensions = parts[0].dimensions();
    let along = dimensions
        .iter()
        .find(|d| d.name != "lat" && d.name != "lon");
    Ok(One {
        path: path.to_path_buf(),
        along: along.map(|d| d.name.clone()),
        n: along.map_or(1, |d| d.len()),
        parts,
    })
}

/// A variable without its dimensions of one place, but for dates.
fn maps_of(part: &Part) -> Result<Part> {
    let mut part = part.clone();
    for d in part.dimensions() {
        let dates = matches!(d.coordinate, Coordinate::Times(_));
        if d.len() == 1 && !dates && d.name != "lat" && d.name != "lon" {
            part = part.at_positions(&d.name, &[0], false)?;
        }
    }
    let names: Vec<String> = part.dimensions().iter().map(|d| d.name.clone()).collect();
    let has = |n: &str| names.iter().any(|m| m == n);
    if !has("lat") || !has("lon") || names.len() > 3 {
        return Err(Error::new("a flux is made of maps")
            .expected("(time, lat, lon), (month, lat, lon) or (lat, lon), with degrees_north and degrees_east")
            .got(format!("({})", names.join(", ")))
            .hint("read_netcdf(path, variable), then a sum or selection, for flux::module_of"));
    }
    if part.is_empty() {
        return Err(Error::new("the flux has no maps")
            .expected("one date or more")
            .got(0));
    }
    Ok(part)
}

/// The only variable on latitudes and longitudes in a unit of flux.
fn the_flux(dataset: &Dataset, what: &CfFlux) -> Result<String> {
    let flux = |name: &String| {
        let Ok(part) = dataset.part(name).and_then(|p| maps_of(&p)) else {
            return false;
        };
        flux_scale(&part.head().unit, what.reading.molar_mass.or(Some(1.0))).is_ok()
    };
    let all: Vec<String> = dataset.list().into_iter().map(|l| l.name).collect();
    let names: Vec<String> = all.iter().filter(|n| flux(n)).cloned().collect();
    match &names[..] {
        [one] => Ok(one.clone()),
        [] => Err(
            Error::new("no variable is a flux on latitudes and longitudes")
                .got(all.join(", "))
                .hint("variable: \"...\", unit: \"kgC m-2 s-1\""),
        ),
        _ => Err(Error::new("several variables are fluxes")
            .expected("the option variable, one name or an array of those to add")
            .got(names.join(", "))
            .hint(format!("variable: \"{}\"", names[0]))),
    }
}

/// When the maps of all files hold; puts files in the order of their dates.
fn calendar(all: &mut [One], what: &CfFlux, said: Option<MapStamp>) -> Result<Calendar> {
    let along = |one: &One| -> Option<crate::field::Dimension> {
        one.parts[0].dimension(one.along.as_deref()?).ok().cloned()
    };
    let dates = |one: &One| match along(one)?.coordinate {
        Coordinate::Times(t) => Some(t),
        _ => None,
    };
    if all.iter().any(|one| dates(one).is_none()) {
        let [one] = &all[..] else {
            return Err(Error::new("several files of fluxes need dates").at(location(&all[0])));
        };
        return match along(one) {
            None => Ok(Calendar::Always),
            Some(d) => what
                .reading
                .calendar(&d, said)
                .map_err(|e| e.at(location(one))),
        };
    }
    all.sort_by_key(|one| dates(one).and_then(|t| t.first().copied()));
    let instants: Vec<CoordinateValues<Time>> = all.iter().filter_map(dates).collect();
    let times: Vec<Time> = instants.iter().flat_map(|t| t.iter().copied()).collect();
    let bounds: Vec<[Time; 2]> = instants
        .iter()
        .filter_map(|t| t.bounds())
        .flatten()
        .copied()
        .collect();
    if let Some(w) = times.windows(2).find(|w| w[1] <= w[0]) {
        return Err(
            Error::new("the dates of the files do not follow each other")
                .expected("dates that rise, each in one file")
                .got(format!("{} after {}", w[1], w[0]))
                .at(location(&all[0])),
        );
    }
    let dates_of_all = CoordinateValues::from(times).with_bounds(bounds);
    what.reading
        .calendar(&crate::field::Dimension::times(dates_of_all), said)
        .map_err(|e| e.at(location(&all[0])))
}

/// The file's areas over those of the grid, where a flux is by square metre.
fn areas(one: &One, layout: &MapLayout, scale: Scale) -> Result<Option<Vec<f64>>> {
    let dataset = Dataset::open(&one.path)?;
    let Some(name) = AREAS
        .iter()
        .find(|n| dataset.has(n))
        .filter(|_| !scale.per_cell)
    else {
        return Ok(None);
    };
    let at = |e: Error| e.at(format!("variable \"{name}\"")).at(location(one));
    let field = maps_of(&dataset.part(name)?)
        .and_then(|p| dataset.load(&p))
        .map_err(at)?;
    let square_metres = field.to_unit(&Unit::parse("m2")?).map_err(at)?;
    if square_metres.dimensions().len() != 2 {
        return Err(at(
            Error::new("areas of cells are one map").expected("(lat, lon)")
        ));
    }
    let turned = square_metres.transpose(&["lat", "lon"])?;
    let given = layout.ordered(&turned.data().iter().copied().collect::<Vec<_>>());
    let n = layout.grid.n_lon();
    let ratio = |(k, a): (usize, &f64)| a / layout.grid.area(k / n);
    let ratios: Vec<f64> = given.iter().enumerate().map(ratio).collect();
    match ratios.iter().position(|r| !(0.9..1.1).contains(r)) {
        None => Ok(Some(ratios)),
        Some(k) => Err(at(Error::new(
            "the area of a cell is not that of its latitudes and longitudes",
        )
        .expected(format!("about {:.4e} m2", layout.grid.area(k / n)))
        .got(format!("{:.4e} m2", given[k])))),
    }
}
