//! The levels of the files, and those that each level of the model is made of.

use crate::error::{Error, Result};
use crate::grid::{Grid, HybridLevels};
use crate::io::netcdf::Dataset;
use crate::meteorology::files::Variable;
use std::ops::Range;

/// Whether the file's first level is the highest: GEOS-Chem's files have the lowest first.
pub(super) fn top_first(variable: &Variable) -> Result<bool> {
    let Some((dimension, _)) = &variable.levels else {
        return Ok(false);
    };
    Ok(Dataset::open(&variable.records[0].path)?
        .attribute(Some(dimension), "positive")
        .is_some_and(|p| p == "down"))
}

/// The file's levels, and those in each level of the model.
pub(super) fn lumps(grid: &Grid, winds: &Variable) -> Result<(HybridLevels, Vec<Range<usize>>)> {
    let n = winds.levels.as_ref().map_or(0, |l| l.1);
    let Some(levels) = [HybridLevels::geos_72(), HybridLevels::geos_47()]
        .into_iter()
        .find(|l| l.len() == n)
    else {
        return Err(winds.located(
            0,
            Error::new("the file has another number of levels than GEOS")
                .expected("72 or 47")
                .got(n),
        ));
    };
    let edges = grid.levels.among(&levels);
    match edges.filter(|e| e[0] == 0 && e[e.len() - 1] == n) {
        Some(edges) => Ok((levels, edges.windows(2).map(|e| e[0]..e[1]).collect())),
        None => Err(
            Error::new("the model's levels are not made of whole levels of the files")
                .expected("the 47 or 72 levels of GEOS")
                .got(grid),
        ),
    }
}
