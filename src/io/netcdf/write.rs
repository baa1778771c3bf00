//! Fields to a CF-1.8 file.

use super::cf_names::safe_name;
use super::scalar_coordinates::put_taken;
use super::write_coordinates::{failed, put_coordinate, put_times};
use super::write_field::put_field;
use crate::error::{Error, Result};
use crate::field::{Coordinate, Dimension, Field};
use crate::io::memory::MemoryFile;
use crate::io::write_whole;
use crate::time::Time;
use netcdf::FileMut;
use std::path::Path;

/// Bytes of a file besides its values, amply.
const ROOM: u64 = 1 << 20;

/// A file to be written: fields that share dimensions, and what is to be said of them.
/// `Writer::new("Posterior fluxes").field(&nee).edges("lat", grid.lat_edges()).save("nee.nc")`.
#[derive(Debug, Clone, Default)]
pub struct Writer {
    fields: Vec<Field>,
    attributes: Vec<(String, String)>,
    edges: Vec<(String, Vec<f64>)>,
    time_edges: Vec<Time>,
}

impl Writer {
    /// A file with a title; source and history name this program.
    pub fn new(title: &str) -> Self {
        let program = concat!("mcas ", env!("CARGO_PKG_VERSION"));
        Writer::default()
            .attribute("title", title)
            .attribute("source", program)
            .attribute("history", &format!("written by {program}"))
    }
    /// Adds a variable.
    pub fn field(mut self, field: &Field) -> Self {
        self.fields.push(field.clone());
        self
    }
    /// Sets a global attribute: institution, source, history, references, comment, ...
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.retain(|(n, _)| n != name);
        self.attributes.push((name.to_string(), value.to_string()));
        self
    }
    /// Gives the edges of the cells along a dimension, one more than cells, written as CF bounds.
    pub fn edges(mut self, dimension: &str, edges: &[f64]) -> Self {
        self.edges.push((dimension.to_string(), edges.to_vec()));
        self
    }

    /// Gives the edges of the intervals along `time`, one more than intervals, written as CF
    /// bounds; values along it are means over the intervals, unless their `cell_methods` say
    /// otherwise.
    pub fn time_edges(mut self, edges: &[Time]) -> Self {
        self.time_edges = edges.to_vec();
        self
    }

    /// Writes the file whole; an older one of the same name is replaced.
    ///
    /// # Errors
    /// No fields, two of one name, fields whose shared dimensions differ, edges that do not fit, or
    /// a folder that cannot be written to.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let dimensions = self.check()?;
        super::quiet::hdf5();
        write_whole(path, |temporary| {
            // The library ends the process when a disk fills; it never meets one.
            let values: usize = self.fields.iter().map(Field::len).sum();
            let memory = MemoryFile::with_room(8 * values as u64 + ROOM);
            let created = memory.as_ref().map_or(temporary, MemoryFile::path);
            let mut file = netcdf::create(created).map_err(failed)?;
            memory.iter().for_each(MemoryFile::hide);
            self.fill(&mut file, &dimensions)?;
            file.close().map_err(failed)?;
            memory.map_or(Ok(()), |memory| memory.copy_to(temporary))
        })
    }

    fn check(&self) -> Result<Vec<Dimension>> {
        if self.fields.is_empty() {
            return Err(Error::new("there is nothing to write").expected("at least one field"));
        }
        let mut shared: Vec<Dimension> = Vec::new();
        for d in self.fields.iter().flat_map(Field::dimensions) {
            match shared.iter().find(|e| e.name == d.name) {
                Some(other) if other != d => {
                    return Err(
                        Error::new(format!("the fields differ along \"{}\"", d.name))
                            .hint("one file for each"),
                    );
                }
                Some(_) => {}
                None if d.is_empty() => {
                    return Err(Error::new(format!("dimension \"{}\" is empty", d.name)));
                }
                None => shared.push(d.clone()),
            }
        }
        for (k, f) in self.fields.iter().enumerate() {
            let name = safe_name(&f.name);
            if self.fields[..k].iter().any(|g| safe_name(&g.name) == name)
                || shared.iter().any(|d| safe_name(&d.name) == name)
            {
                return Err(
                    Error::new(format!("the name \"{name}\" is taken twice in the file"))
                        .hint(".named(\"...\")"),
                );
            }
        }
        for (name, edges) in &self.edges {
            let length = shared.iter().find(|d| d.name == *name).map(Dimension::len);
            if length.map(|n| n + 1) != Some(edges.len()) {
                let expected = length.map_or("a dimension of the fields".to_string(), |n| {
                    format!("{} edges", n + 1)
                });
                return Err(Error::new(format!("the edges of \"{name}\" do not fit"))
                    .expected(expected)
                    .got(format!("{} edges", edges.len())));
            }
        }
        self.check_time_edges(&shared)?;
        Ok(shared)
    }

    fn check_time_edges(&self, shared: &[Dimension]) -> Result<()> {
        if self.time_edges.is_empty() {
            return Ok(());
        }
        let times = shared.iter().find_map(|d| match &d.coordinate {
            Coordinate::Times(times) if d.name == "time" => Some(times),
            _ => None,
        });
        let Some(times) = times else {
            return Err(Error::new(
                "the fields have no times for the edges of intervals",
            ));
        };
        let edges = &self.time_edges;
        let held = |(k, t): (usize, &Time)| edges[k] <= *t && *t <= edges[k + 1];
        if edges.len() != times.len() + 1 || !times.iter().enumerate().all(held) {
            return Err(Error::new("the edges of intervals do not fit the times")
                .expected(format!("{} edges, each time between two", times.len() + 1))
                .got(format!("{} edges", edges.len())));
        }
        Ok(())
    }

    fn fill(&self, file: &mut FileMut, dimensions: &[Dimension]) -> Result<()> {
        if !self.attributes.iter().any(|(n, _)| n == "Conventions") {
            file.add_attribute("Conventions", "CF-1.8")
                .map_err(failed)?;
        }
        for (name, value) in &self.attributes {
            file.add_attribute(name, value.as_str()).map_err(failed)?;
        }
        for d in dimensions {
            file.add_dimension(&safe_name(&d.name), d.len())
                .map_err(failed)?;
        }
        if !self.edges.is_empty() || !self.time_edges.is_empty() {
            file.add_dimension("bnds", 2).map_err(failed)?;
        }
        for d in dimensions {
            let edges = self
                .edges
                .iter()
                .find(|(n, _)| *n == d.name)
                .map(|(_, e)| e.as_slice());
            match &d.coordinate {
                Coordinate::Times(times) => {
                    let edges = if d.name == "time" {
                        &self.time_edges[..]
                    } else {
                        &[]
                    };
                    put_times(file, &d.name, times, Some(edges))?;
                }
                _ => put_coordinate(file, d, edges)?,
            }
        }
        self.fields.iter().try_for_each(|f| {
            let labels = put_taken(file, f, &self.fields)?;
            put_field(file, f, !self.time_edges.is_empty(), &labels)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Dataset, read};
    use super::*;
    use crate::units::Unit;
    use ndarray::ArrayD;

    fn numbers(name: &str, values: &[f64], unit: &str) -> Dimension {
        Dimension::numbers(name, values.to_vec(), Unit::parse(unit).unwrap())
    }

    fn field(name: &str, unit: &str, dimensions: Vec<Dimension>) -> Field {
        let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
        let mut data = ArrayD::from_shape_vec(
            shape.clone(),
            (0..shape.iter().product())
                .map(|k| 0.1 * k as f64)
                .collect(),
        )
        .unwrap();
        data.iter_mut()
            .nth(1)
            .into_iter()
            .for_each(|v| *v = f64::NAN);
        Field::new(name, Unit::parse(unit).unwrap(), dimensions, data).unwrap()
    }

    fn time(texts: &[&str]) -> Dimension {
        Dimension::times(
            texts
                .iter()
                .map(|t| t.parse().unwrap())
                .collect::<Vec<Time>>(),
        )
    }

    fn same(a: &Field, b: &Field) -> bool {
        a.dimensions() == b.dimensions()
            && a.unit == b.unit
            && a.data()
                .iter()
                .zip(b.data().iter())
                .all(|(x, y)| x == y || (x.is_nan() && y.is_nan()))
    }

    /// Times, latitudes and longitudes.
    fn flux() -> Field {
        field(
            "nee",
            "kgC m-2 s-1",
            vec![
                time(&["2016-07-01", "2016-07-01T06:00"]),
                numbers("lat", &[-88.0, 0.0], "degrees_north"),
                numbers("lon", &[0.0, 5.0, 10.0], "degrees_east"),
            ],
        )
        .with_attribute("synthetic", "true")
    }

    /// Regions by name, and members by number.
    fn budget() -> Field {
        let names: Vec<String> = ["Africa", "Eurasia temperate"].map(String::from).to_vec();
        field(
            "budget",
            "PgC/yr",
            vec![
                Dimension::labels("region", names),
                Dimension::index("member", 3),
            ],
        )
    }

    #[test]
    fn a_field_comes_back_with_its_times_labels_and_missing_values() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("round/trip.nc");
        let (map, budget) = (flux(), budget());
        let edges = [-90.0, -44.0, 44.0];
        Writer::new("A made-up field")
            .attribute("institution", "none")
            .field(&map)
            .field(&budget)
            .edges("lat", &edges)
            .save(&path)
            .unwrap();
        let back = read(&path, "nee").unwrap();
        assert!(same(&back, &map), "{back}");
        assert_eq!(back.attributes["synthetic"], "true");
        assert!(same(&read(&path, "budget").unwrap(), &budget));
        assert_eq!(
            read(&path, "lat_bnds")
                .unwrap()
                .data()
                .iter()
                .copied()
                .collect::<Vec<_>>(),
            [-90.0, -44.0, -44.0, 44.0]
        );
        let file = Dataset::open(&path).unwrap();
        assert_eq!(
            file.attribute(None, "Conventions").as_deref(),
            Some("CF-1.8")
        );
        assert_eq!(
            file.times("time").unwrap()[1].to_string(),
            "2016-07-01T06:00:00Z"
        );
        assert!(same(
            &file.field_at("nee", "time", 1).unwrap(),
            &map.at("time", 1).unwrap()
        ));
    }

    #[test]
    fn a_number_without_dimensions_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scalar.nc");
        super::super::write(
            &path,
            "one number",
            &[&Field::scalar(
                "total sink",
                Unit::parse("PgC").unwrap(),
                2.5,
            )],
        )
        .unwrap();
        assert_eq!(read(&path, "total_sink").unwrap().value().unwrap(), 2.5);
    }

    #[test]
    fn what_does_not_fit_in_one_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bad.nc");
        let (a, b) = (
            field("a", "m", vec![Dimension::index("x", 2)]),
            field("b", "m", vec![Dimension::index("x", 3)]),
        );
        for writer in [
            Writer::new("nothing"),
            Writer::new("two lengths").field(&a).field(&b),
            Writer::new("one name twice").field(&a).field(&a),
            Writer::new("edges").field(&a).edges("x", &[0.0, 1.0]),
        ] {
            assert!(writer.save(&path).is_err());
        }
        assert!(!path.exists());
    }

    #[test]
    fn carbon_is_written_as_udunits_reads_it_and_comes_back_as_carbon() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("carbon.nc");
        let nee = field(
            "nee_mean",
            "kgC m-2 s-1",
            vec![time(&["2016-07-01", "2016-07-08"])],
        );
        let edges = ["2016-07-01", "2016-07-08", "2016-07-15"].map(|t| t.parse().unwrap());
        Writer::new("t")
            .field(&nee)
            .time_edges(&edges)
            .save(&path)
            .unwrap();
        let file = Dataset::open(&path).unwrap();
        let said = |name: &str| file.attribute(Some("nee_mean"), name).unwrap();
        assert_eq!(said("units"), "kg m-2 s-1");
        assert_eq!(said("long_name"), "nee mean, mass of carbon");
        assert_eq!(said("cell_methods"), "time: mean");
        assert_eq!(file.attribute(Some("time"), "bounds").unwrap(), "time_bnds");
        assert_eq!(file.field("nee_mean").unwrap().unit, nee.unit);
        let bounds = file.field("time_bnds").unwrap();
        assert_eq!(bounds.shape(), [2, 2]);
        let late = ["2016-07-02", "2016-07-08", "2016-07-15"].map(|t| t.parse().unwrap());
        assert!(
            Writer::new("t")
                .field(&nee)
                .time_edges(&late)
                .save(&path)
                .is_err()
        );
    }
}
