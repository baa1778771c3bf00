//! Reading the levels of a file.

use super::column::Levels;
use crate::ensemble::Concentrations;
use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::grid::{Grid, MapLayout};
use crate::io::netcdf::{Dataset, Part};
use crate::time::{DAY, Time};
use crate::units::{MOLAR_MASS_CO2, MOLAR_MASS_DRY_AIR, Unit};
use std::path::Path;
use std::sync::Arc;

/// Whose files they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelFile {
    /// GEOS-Chem restart or history.
    GeosChem,
    /// CarbonTracker mole fractions.
    CarbonTracker,
    /// CAMS greenhouse gas inversion.
    Cams,
}

/// Surface pressure where a file has none \[Pa\].
const USUAL: f64 = 1e5;
const SURFACE: [&str; 7] = [
    "Met_PSC2DRY",
    "Met_PS1DRY",
    "PS",
    "Met_PSC2WET",
    "Psurf",
    "ps",
    "sp",
];

impl ModelFile {
    /// The names that the mole fraction of a species may have.
    fn names(self, species: &str) -> Vec<String> {
        match self {
            Self::GeosChem => ["SpeciesRst_", "SpeciesConcVV_", "SpeciesConc_", "SPC_"]
                .iter()
                .map(|prefix| format!("{prefix}{species}"))
                .collect(),
            Self::CarbonTracker | Self::Cams => {
                vec![
                    species.to_lowercase(),
                    species.to_string(),
                    species.to_uppercase(),
                ]
            }
        }
    }
}

/// The mole fraction of a species at an instant, as one member on a grid; without an instant the
/// file must have a single record.
///
/// # Errors
/// No such variable or record, no pressures of levels, a unit that is no mole fraction, missing
/// values, latitudes that do not reach from pole to pole.
pub fn from_model(
    grid: &Arc<Grid>,
    path: &Path,
    of: ModelFile,
    species: &str,
    time: Option<Time>,
) -> Result<Concentrations> {
    let dataset = Dataset::open(path)?;
    let at = |e: Error| e.at(format!("file \"{}\"", path.display()));
    let levels = levels(&dataset, of, species, time).map_err(at)?;
    let values = levels.on(grid);
    let mut sorted = values.clone();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let mut concentrations = Concentrations::around(grid, vec![median])?;
    for (cell, value) in values.into_iter().enumerate() {
        concentrations.set(cell, 0, value);
    }
    Ok(concentrations)
}

fn levels(dataset: &Dataset, of: ModelFile, species: &str, time: Option<Time>) -> Result<Levels> {
    let names = of.names(species);
    let name = names.iter().find(|n| dataset.has(n)).ok_or_else(|| {
        let all: Vec<String> = dataset.list().into_iter().map(|l| l.name).collect();
        let near = all.iter().find(|n| n.starts_with("Species")).cloned();
        let error = Error::new(format!("the file has no mole fraction of {species}"))
            .expected(names.join(" or "));
        match near {
            Some(other) => error.got(other).hint("species: \"...\""),
            None => error,
        }
    })?;
    let field = mole_fraction(record(dataset, name, time)?, species)?;
    let [_, _, _] = field.dimensions() else {
        return Err(
            Error::new("mole fractions of a model are (level, lat, lon)")
                .got(format!("{:?}", field.shape())),
        );
    };
    let along = field.dimensions().iter();
    let level = along.map(|d| &d.name).find(|n| *n != "lat" && *n != "lon");
    let n = field.dimension(level.map_or("lev", String::as_str))?.len();
    let layout = layout(&field)?;
    let values = maps(&field, &layout)?;
    let edges = edges(dataset, of, time, &layout, n)?;
    from_the_ground(Levels {
        grid: layout.grid,
        values,
        edges,
    })
}

/// A variable at an instant, without its dimension of dates.
fn record(dataset: &Dataset, name: &str, time: Option<Time>) -> Result<Field> {
    let part = dataset.part(name)?;
    dataset.load(&at_time(&part, time)?)
}

fn at_time(part: &Part, time: Option<Time>) -> Result<Part> {
    let dates = part
        .dimensions()
        .into_iter()
        .find_map(|d| match d.coordinate {
            Coordinate::Times(t) => Some((d.name, t)),
            _ => None,
        });
    let Some((name, times)) = dates else {
        return Ok(part.clone());
    };
    let nearest = |wanted: Time| {
        let apart = |k: &usize| times[*k].since(wanted).abs();
        (0..times.len()).min_by(|a, b| apart(a).total_cmp(&apart(b)))
    };
    let k = match time {
        None if times.len() == 1 => Some(0),
        None => None,
        Some(wanted) => nearest(wanted).filter(|k| times[*k].since(wanted).abs() <= 0.5 * DAY),
    };
    let span = || match times.len() {
        0 => "no records".to_string(),
        n => format!("{n} records from {} to {}", times[0], times[n - 1]),
    };
    let k = k.ok_or_else(|| {
        Error::new("it is not clear which record of the file is wanted")
            .expected("the option time, within half a day of a record")
            .got(span())
    })?;
    part.at_positions(&name, &[k], false)
}

/// Mole fractions in mol mol-1; a ratio of masses of CO2 and dry air by their molar masses.
fn mole_fraction(field: Field, species: &str) -> Result<Field> {
    let (moles, mass) = (Unit::parse("mol mol-1")?, Unit::parse("kg kg-1")?);
    match field.to_unit(&moles) {
        Ok(fraction) if !field.unit.is_none() => Ok(fraction),
        refused => match field.to_unit(&mass) {
            Ok(ratio) if !ratio.unit.is_none() && species.eq_ignore_ascii_case("co2") => Ok(ratio
                .map(|v| v * MOLAR_MASS_DRY_AIR / MOLAR_MASS_CO2)
                .with_unit(moles)),
            _ => refused.and_then(|_| {
                Err(Error::new(format!("\"{}\" has no unit", field.name))
                    .expected("a mole fraction, such as mol mol-1 or ppm"))
            }),
        },
    }
}

/// How the maps of a field lie on the globe.
fn layout(field: &Field) -> Result<MapLayout> {
    let layout = MapLayout::of(field)?;
    let ends = |edges: &[f64]| [edges[0], edges[edges.len() - 1]];
    let (lat, lon) = (ends(layout.grid.lat_edges()), ends(layout.grid.lon_edges()));
    let around = lon[1] - lon[0];
    if (around - 360.0).abs() > 1e-3 || lat[0] > -89.9 || lat[1] < 89.9 {
        return Err(Error::new("concentrations must cover the globe")
            .expected("latitudes from pole to pole and longitudes around the globe")
            .got(format!(
                "{} to {} N, {around} degrees around",
                lat[0], lat[1]
            )));
    }
    Ok(layout)
}

/// The maps of a field (level, lat, lon) or (lat, lon), in the order of a layout.
fn maps(field: &Field, layout: &MapLayout) -> Result<Vec<Vec<f64>>> {
    let names = field.dimensions().iter().map(|d| d.name.as_str());
    let leading: Vec<&str> = names.filter(|n| *n != "lat" && *n != "lon").collect();
    let turned = field.transpose(&[&leading[..], &["lat", "lon"]].concat())?;
    let values: Vec<f64> = turned.data().iter().copied().collect();
    let size = field.dimension("lat")?.len() * field.dimension("lon")?.len();
    Ok(values
        .chunks(size.max(1))
        .map(|m| layout.ordered(m))
        .collect())
}

/// Pressures of the edges of `n` levels (edge, cell) \[Pa\].
fn edges(
    dataset: &Dataset,
    of: ModelFile,
    time: Option<Time>,
    layout: &MapLayout,
    n: usize,
) -> Result<Vec<Vec<f64>>> {
    let pascal = Unit::parse("Pa")?;
    if of == ModelFile::CarbonTracker {
        let field = record(dataset, "pressure", time)?.to_unit(&pascal)?;
        let maps = maps(&field, layout)?;
        return match maps.len() == n + 1 {
            true => Ok(maps),
            false => Err(
                Error::new("the pressures are not those of the edges of levels")
                    .expected(n + 1)
                    .got(maps.len()),
            ),
        };
    }
    let line = |names: &[&str]| -> Result<Field> {
        let name = names.iter().find(|v| dataset.has(v)).ok_or_else(|| {
            Error::new("the file does not say the pressures of its levels")
                .expected(names.join(" or "))
        })?;
        dataset.field(name)
    };
    let (a, b) = (
        line(&["hyai", "ap", "ap_bnds"])?.to_unit(&pascal)?,
        line(&["hybi", "bp", "b_bnds"])?,
    );
    if a.len() != n + 1 || b.len() != n + 1 {
        return Err(
            Error::new("the coefficients are not those of the edges of levels")
                .expected(n + 1)
                .got(format!("{} and {}", a.len(), b.len())),
        );
    }
    let ground = match SURFACE.iter().find(|v| dataset.has(v)) {
        Some(name) => maps(&record(dataset, name, time)?.to_unit(&pascal)?, layout)?.concat(),
        None => vec![USUAL; layout.grid.n_cells()],
    };
    let edge = |(a, b): (&f64, &f64)| ground.iter().map(|ps| a + b * ps).collect();
    Ok(a.data().iter().zip(b.data()).map(edge).collect())
}

/// Levels turned so that pressure falls from each edge to the next.
fn from_the_ground(mut levels: Levels) -> Result<Levels> {
    let n = levels.edges.len();
    if levels.edges[0][0] < levels.edges[n - 1][0] {
        levels.edges.reverse();
        levels.values.reverse();
    }
    let falls = |w: &[Vec<f64>]| w[0].iter().zip(&w[1]).all(|(low, high)| low > high);
    if !levels.edges.windows(2).all(falls) {
        return Err(
            Error::new("pressure does not fall from each edge of levels to the next")
                .expected("pressures of edges in order"),
        );
    }
    let hole = levels.values.iter().flatten().find(|v| !v.is_finite());
    match hole {
        None => Ok(levels),
        Some(_) => {
            Err(Error::new("a mole fraction is missing in the file")
                .expected("a value in every cell"))
        }
    }
}
