//! NetCDF files.

mod append;
mod lazy;

pub use lazy::Variable;

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::grid::{edges_of, evenly_spaced, lat_edges_of};
use crate::io::netcdf::{Listing, Writer, list, read as read_file};
use crate::script::bind::netcdf::lazy::read_part;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::outputs::write_and_note;
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::describe;
use crate::script::{Fallible, attempt, read};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::path::Path;

/// Binds the reading and writing of files.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
    optional!(rooms, WriteOptions: "write_netcdf" = functions::write_netcdf_token);
    append::bind(rooms);
    lazy::bind(rooms);
}

options! {
    /// What a file says beside its fields.
    struct WriteOptions of "write_netcdf" {
        /// The global attributes, such as `institution` and `references`.
        attributes: Map = Map::new(),
        /// The ends of the intervals over which values along `time` are means, one more than times.
        time_edges: Vec<Time> = Vec::new(),
    }
}

fn row(listing: Listing) -> Dynamic {
    let dims: Array = listing
        .dimensions
        .into_iter()
        .map(|(name, _)| name.into())
        .collect();
    Map::from_iter([
        ("name".into(), Dynamic::from(listing.name)),
        ("dims".into(), dims.into()),
        ("unit".into(), listing.unit.into()),
        ("long_name".into(), listing.long_name.into()),
    ])
    .into()
}

/// One field, or an array of them; a number, which has no name, is none.
fn fields_of(value: &Dynamic) -> Result<Vec<Field>> {
    let one = |v: &Dynamic| {
        if v.is_int() || v.is_float() {
            return Err(Error::new("what is to be written has the wrong type")
                .expected("a field")
                .got(describe(v)));
        }
        read::<Field>("what is to be written", v)
    };
    match value.as_array_ref() {
        Ok(array) => array.iter().map(one).collect(),
        Err(_) => Ok(vec![one(value)?]),
    }
}

/// The fields with the edges of latitudes and longitudes where these follow from the centres.
fn writer(title: &str, fields: &[Field]) -> Writer {
    let mut writer = fields.iter().fold(Writer::new(title), Writer::field);
    for name in ["lat", "lon"] {
        let dimension = fields
            .iter()
            .flat_map(Field::dimensions)
            .find(|d| d.name == name);
        let Some(Coordinate::Numbers(centres, _)) = dimension.map(|d| &d.coordinate) else {
            continue;
        };
        if let Some(edges) = centres.edges() {
            writer = writer.edges(name, &edges);
        } else if evenly_spaced(centres) {
            writer = writer.edges(
                name,
                &if name == "lat" {
                    lat_edges_of(centres)
                } else {
                    edges_of(centres)
                },
            );
        }
    }
    writer
}

fn write(path: &Path, title: &str, fields: &Dynamic, options: &WriteOptions) -> Result<()> {
    options
        .attributes
        .iter()
        .fold(
            writer(title, &fields_of(fields)?).time_edges(&options.time_edges),
            |w, (name, value)| w.attribute(name, &value.to_string()),
        )
        .save(path)
}

#[export_module]
mod functions {
    /// Reads one variable of a NetCDF file: packing undone, missing values NaN, times as instants.
    ///
    /// # Arguments
    /// - `path`: of the file.
    /// - `variable`: its name, `group/name` for one in a group.
    /// - `labels`: optional, a map of what to select by label, as for `sel`; nothing else is read.
    ///
    /// # Returns
    /// A field with the coordinates the file gives; latitude, longitude and time are called lat,
    /// lon and time.
    ///
    /// # Errors
    /// No such file or variable (the nearest name is suggested), text instead of numbers, times in
    /// another calendar.
    ///
    /// # Example
    /// ```rhai
    /// let file = write_netcdf(output("areas.nc"), "Areas of cells", grid("4x5").areas());
    /// assert(kind(read_netcdf(file, "area")) == "Field");
    /// assert(read_netcdf(file, "area", #{ lat: 0..=90 }).shape == [23, 72]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn read_netcdf(context: NativeCallContext, path: &str, variable: &str) -> Fallible<Field> {
        attempt(&context, || read_file(path, variable))
    }
    #[rhai_fn(name = "read_netcdf", return_raw)]
    pub fn read_netcdf_part(
        context: NativeCallContext,
        path: &str,
        variable: &str,
        labels: Map,
    ) -> Fallible<Field> {
        attempt(&context, || read_part(&context, (path, variable), &labels))
    }

    /// What a NetCDF file holds.
    ///
    /// # Arguments
    /// - `path`: of the file.
    ///
    /// # Returns
    /// An array of `#{ name, dims, unit, long_name }`, one for each variable; dims are names as in
    /// the file.
    ///
    /// # Errors
    /// No such file, or one that is not NetCDF.
    ///
    /// # Example
    /// ```rhai
    /// let file = write_netcdf(output("listed.nc"), "Areas of cells", grid("4x5").areas());
    /// let area = list_netcdf(file).filter(|v| v.name == "area")[0];
    /// assert(area.dims == ["lat", "lon"] && area.unit == "m2");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn list_netcdf(context: NativeCallContext, path: &str) -> Fallible<Array> {
        attempt(&context, || Ok(list(path)?.into_iter().map(row).collect()))
    }

    /// Writes fields to a NetCDF file after CF-1.8, whole or not at all; an older one of the name
    /// is replaced. Evenly spaced latitudes and longitudes get the bounds of their cells, half
    /// cells at the poles included.
    ///
    /// # Arguments
    /// - `path`: of the file.
    /// - `title`: what it holds.
    /// - `fields`: a field or an array of them; dimensions of one name must be the same.
    ///
    /// # Returns
    /// The path.
    ///
    /// # Errors
    /// No field, two of one name, dimensions that differ, a folder that cannot be written to.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("4x5");
    /// let attributes = #{ institution: "none", comment: "an example" };
    /// let file = write_netcdf(output("grid.nc"), "A grid", [g.areas(), regions::land(g)], #{ attributes: attributes });
    /// assert(list_netcdf(file).some(|v| v.name == "lat_bnds"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn write_netcdf(
        context: NativeCallContext,
        path: &str,
        title: &str,
        fields: Dynamic,
        options: Map,
    ) -> Fallible<String> {
        write_and_note(&context, path, |path| {
            let o = WriteOptions::read(&context, options)?;
            write(path, title, &fields, &o)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::LatLonGrid;
    use crate::units::Unit;
    use ndarray::ArrayD;

    #[test]
    fn bounds_of_half_cells_end_at_the_poles() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grid.nc");
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let field = Field::new(
            "f",
            Unit::none(),
            grid.dimensions().to_vec(),
            ArrayD::zeros(vec![46, 72]),
        )
        .unwrap();
        let options = WriteOptions {
            attributes: Map::from_iter([("title".into(), Dynamic::from(2))]),
            time_edges: Vec::new(),
        };
        write(&path, "untold", &Dynamic::from(field), &options).unwrap();
        let bounds: Vec<f64> = read_file(&path, "lat_bnds")
            .unwrap()
            .data()
            .iter()
            .copied()
            .collect();
        assert_eq!(
            (&bounds[..3], &bounds[89..]),
            (&[-90.0, -88.0, -88.0][..], &[88.0, 88.0, 90.0][..])
        );
        assert_eq!(
            crate::io::netcdf::Dataset::open(&path)
                .unwrap()
                .attribute(None, "title")
                .as_deref(),
            Some("2")
        );
    }

    #[test]
    fn what_is_no_field_is_refused() {
        assert!(
            fields_of(&Dynamic::from(1.0))
                .unwrap_err()
                .to_string()
                .contains("number 1")
        );
    }
}
