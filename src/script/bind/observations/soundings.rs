//! Observations of columns from files, a reader for each format.

mod satellites;
mod spectrometers;

use crate::error::{Error, Result};
use crate::grid::Grid;
use crate::observation::Thinning;
use crate::observation::files::columns::{Format, Reading, Scale, read as read_files};
use crate::observation::operator::Vertical;
use crate::script::bind::grid;
use crate::script::bind::observations::Observations;
use crate::script::bind::observations::joined::ThinnedOptions;
use crate::script::bind::observations::tables::warn_of_rejected;
use crate::script::bridge::options::options;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::{choice, describe};
use crate::script::{Host, read};
use crate::time::Time;
use rhai::Dynamic;
use rhai::plugin::*;
use std::path::PathBuf;
use std::sync::Arc;

/// Binds the readers of soundings.
pub fn bind(rooms: &mut Rooms) {
    satellites::bind(rooms);
    spectrometers::bind(rooms);
}

choice!(Scale, "scale of calibration", { "X2007" => Scale::X2007, "X2019" => Scale::X2019 });

options! {
    /// How the soundings of each file are joined.
    pub struct Thin of "thin" with how: ThinnedOptions {
        /// The grid, or its steps such as "2x2.5", whose cells are used.
        grid: Dynamic,
    }
}

impl Thin {
    fn thinning(&self) -> Result<Thinning> {
        let grid = match self.grid.as_immutable_string_ref() {
            Ok(steps) => grid::parse(&steps)?,
            Err(_) => read::<Arc<Grid>>("the grid of thin", &self.grid)?,
        };
        self.how.thinning(&grid)
    }
}

options! {
    /// How soundings are read, whatever their format.
    pub struct SoundingOptions of "observations::from_tccon_mip", "observations::from_openghg" {
        /// The name of their source, in place of the format's own.
        source: Option<String>,
        /// Whether each kind is a source of its own, such as `oco2_nadir_land`.
        by_kind: bool = false,
        /// Soundings before it are left out.
        start: Option<Time>,
        /// Soundings from it on are left out.
        end: Option<Time>,
        /// In what the levels of retrieval and model are matched: "sigma", pressure over surface
        /// pressure, each its own; or "pressure", as for a spectrometer on a mountain that the grid
        /// does not have.
        vertical: Vertical = Vertical::Sigma,
        /// Joins the soundings of each file to super-observations, before the next file is read.
        thin: Option<Thin>,
    }
}

impl SoundingOptions {
    fn reading(self) -> Result<Reading> {
        Ok(Reading {
            source: self.source,
            by_kind: self.by_kind,
            start: self.start,
            end: self.end,
            vertical: self.vertical,
            thinning: self.thin.map(|t| t.thinning()).transpose()?,
        })
    }
}

/// The path of a file or folder, or several.
fn paths(value: &Dynamic) -> Result<Vec<PathBuf>> {
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(vec![PathBuf::from(text.as_str())]);
    }
    let several = read::<Vec<String>>("the files", value).map_err(|_| {
        Error::new("the files cannot be told from this")
            .expected("the path of a file, of a folder, or an array of paths")
            .got(describe(value))
    })?;
    Ok(several.into_iter().map(PathBuf::from).collect())
}

/// Reads the files and warns of what is suspicious in them.
fn observations(
    context: &NativeCallContext,
    format: &dyn Format,
    files: &Dynamic,
    how: SoundingOptions,
) -> Result<Observations> {
    let read_set = read_files(format, &paths(files)?, &how.reading()?)?;
    warn_of_rejected(context, &read_set.observations);
    read_set
        .warnings
        .into_iter()
        .for_each(|w| Host::of(context).warn(w));
    Ok(Arc::new(read_set.observations))
}
