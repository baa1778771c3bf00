//! ODIAC on 1 x 1 degree, `odiac20xx_1x1d_YYYY.nc`: `land` and `intl_bunker` (12 months, lat, lon),
//! \[gC m-2 d-1\] or what `units` says; the name has the year. (Oda and Maksyutov 2011, doi
//! 10.5194/acp-11-543-2011.) The 1-km GeoTIFF files of the product are not read.

use super::year_of;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::flux::series::{Holes, densities, flux_scale};
use crate::flux::{Beyond, Calendar, Series, month_edges};
use crate::grid::MapLayout;
use crate::io::netcdf::Dataset;
use crate::time::Time;
use crate::units::Unit;
use std::path::{Path, PathBuf};

/// Monthly maps of land and, unless they are left out, international bunkers, of files each of a
/// year.
///
/// # Errors
/// A name without a year, other than twelve months, another layout, a unit that is no flux.
pub fn from_odiac(
    files: &[PathBuf],
    bunkers: bool,
    unit: Option<&Unit>,
    beyond: Beyond,
) -> Result<Series> {
    let mut years = files
        .iter()
        .map(|f| Ok((year_of(f)?, f.clone())))
        .collect::<Result<Vec<(i16, PathBuf)>>>()?;
    years.sort();
    let (mut held, mut maps, mut grid) = (vec![], vec![], None);
    for (year, file) in &years {
        let edges = month_edges(
            Time::from_date(*year, 1, 1)?,
            Time::from_date(year + 1, 1, 1)?,
        );
        let months: Vec<[Time; 2]> = edges.windows(2).map(|w| [w[0], w[1]]).collect();
        let (layout, year) = year_of_maps(file, bunkers, unit, &months)
            .map_err(|e| e.at(format!("file \"{}\"", file.display())))?;
        if grid.as_ref().is_some_and(|g| *g != layout.grid) {
            return Err(Error::new("the files are on different grids")
                .at(format!("file \"{}\"", file.display())));
        }
        grid = Some(layout.grid);
        held.extend(months);
        maps.extend(year);
    }
    let grid = grid.ok_or_else(|| Error::new("there are no files of ODIAC to read"))?;
    Series::of_maps("ODIAC", grid, Calendar::intervals(held, beyond)?, maps)
}

fn year_of_maps(
    file: &Path,
    bunkers: bool,
    unit: Option<&Unit>,
    held: &[[Time; 2]],
) -> Result<(MapLayout, Vec<Vec<f64>>)> {
    let dataset = Dataset::open(file)?;
    let mut names = vec!["land"];
    if bunkers {
        names.push("intl_bunker");
    }
    let fields = names
        .into_iter()
        .map(|n| monthly(dataset.field(n)?).map_err(|e| e.at(format!("variable \"{n}\""))))
        .collect::<Result<Vec<Field>>>()?;
    let layout = MapLayout::of(&fields[0])?;
    let mut sums = vec![vec![0.0; layout.grid.n_cells()]; 12];
    for field in &fields {
        let scale = flux_scale(unit.unwrap_or(&field.unit), None)?;
        let values: Vec<f64> = field.data().iter().copied().collect();
        for ((sum, map), [from, to]) in sums
            .iter_mut()
            .zip(values.chunks(layout.grid.n_cells()))
            .zip(held)
        {
            let map = Holes::default().filled(layout.ordered(map), field)?;
            let map = densities(&scale, &layout, map, to.since(*from));
            sum.iter_mut().zip(map).for_each(|(s, v)| *s += v);
        }
    }
    Ok((layout, sums))
}

/// Months first, then latitudes and longitudes.
fn monthly(field: Field) -> Result<Field> {
    let time = field
        .dimensions()
        .iter()
        .find(|d| d.name != "lat" && d.name != "lon");
    match time.map(|d| (d.name.clone(), d.len())) {
        Some((name, 12)) if field.dimensions().len() == 3 => {
            field.transpose(&[&name, "lat", "lon"])
        }
        _ => Err(Error::new("a file of ODIAC holds the months of a year")
            .expected("(month: 12, lat, lon)")
            .got(format!("{:?}", field.shape()))),
    }
}
