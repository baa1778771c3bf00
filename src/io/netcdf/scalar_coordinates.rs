//! Labels of dimensions that a selection took, as CF's scalar coordinate variables: variables
//! without dimensions that the attribute `coordinates` of the data names.

use super::attributes::text_attribute;
use super::cf_names::safe_name;
use super::dataset::Dataset;
use super::part::our_name;
use super::values::{is_text, numbers, text, time_unit};
use super::write_coordinates::{describe, failed, put_label, put_numbers, put_times};
use crate::error::Result;
use crate::field::{Coordinate, Dimension, Field};
use crate::units::Unit;
use netcdf::{FileMut, Variable, VariableMut};

/// The attribute that names them.
const COORDINATES: &str = "coordinates";

/// What the label of a field along `dimension` is called where another of the name is in the file.
fn own_name(field: &str, dimension: &str) -> String {
    format!("{}_{}", safe_name(field), safe_name(dimension))
}

/// Writes the labels of a field and names them in its attribute; `others` are all fields of the
/// file.
pub(super) fn put_taken(file: &mut FileMut, field: &Field, others: &[Field]) -> Result<String> {
    let mut names = vec![];
    for label in field.taken() {
        let plain = safe_name(&label.name);
        let is_other = |d: &Dimension| d.name == label.name && d != label;
        let in_use = others.iter().any(|f| {
            let mut all = f.dimensions().iter().chain(f.taken());
            safe_name(&f.name) == plain || all.any(is_other)
        });
        let name = match in_use {
            true => own_name(&field.name, &label.name),
            false => plain,
        };
        if file.variable(&name).is_none() {
            put(file, &name, label)?;
        }
        names.push(name);
    }
    Ok(names.join(" "))
}

/// Names the labels of a variable.
pub(super) fn put_names(variable: &mut VariableMut, names: &str) -> Result<()> {
    describe(variable, &[(COORDINATES, names)])
}

fn put(file: &mut FileMut, name: &str, label: &Dimension) -> Result<()> {
    match &label.coordinate {
        Coordinate::Index(_) => Ok(()),
        Coordinate::Times(times) => put_times(file, name, times, None),
        Coordinate::Labels(texts) => {
            let mut variable = file.add_string_variable(name, &[]).map_err(failed)?;
            put_label(&mut variable, &label.name)?;
            variable.put_string(&texts[0], [0usize; 0]).map_err(failed)
        }
        Coordinate::Numbers(values, unit) => {
            put_numbers(file, (name, &[]), (&label.name, unit), values, "")
        }
    }
}

impl Dataset {
    /// The head of a variable with the labels that the file gives it as a whole; those that cannot
    /// be read are left out.
    pub(super) fn with_scalar_coordinates(
        &self,
        owner: &str,
        variable: &Variable,
        head: Field,
    ) -> Field {
        let Some(named) = text_attribute(variable, COORDINATES) else {
            return head;
        };
        let coordinate = named.split_whitespace().filter_map(|name| {
            let paths = owner.rmatch_indices('/').map(|(k, _)| &owner[..=k]);
            let mut paths = paths.chain([""]).map(|group| format!("{group}{name}"));
            let coordinate = paths.find_map(|path| self.direct(&path))?;
            let stripped = name.strip_prefix(&format!("{}_", safe_name(&head.name)));
            self.label(stripped.unwrap_or(name), variable, &coordinate)
        });
        let labels: Vec<Dimension> = coordinate.collect();
        labels.into_iter().fold(head, Field::with_taken)
    }

    /// The only label of a variable that has no dimension, but the length of its text.
    fn label(&self, name: &str, owner: &Variable, coordinate: &Variable) -> Option<Dimension> {
        let named = |coordinate| Dimension {
            name: name.to_string(),
            coordinate,
        };
        let of_owner = |n: String| owner.dimensions().iter().any(|d| d.name() == n);
        let dimensions = coordinate.dimensions();
        if is_text(coordinate) && !dimensions.iter().any(|d| of_owner(d.name())) {
            let mut texts = text(coordinate).ok()?;
            let only = texts.pop().filter(|_| texts.is_empty())?;
            return Some(named(Coordinate::Labels([only].into())));
        }
        if is_text(coordinate) || !dimensions.is_empty() {
            return None;
        }
        let values = numbers(coordinate)
            .ok()
            .filter(|v| v.iter().all(|x| !x.is_nan()))?;
        if let Some(unit) = time_unit(coordinate).ok()?.filter(|_| self.dates) {
            let times: Option<Vec<_>> = values.iter().map(|v| unit.instant(*v).ok()).collect();
            return Some(named(Coordinate::Times(times?.into())));
        }
        let written = text_attribute(coordinate, "units");
        let unit = written.map(|t| Unit::as_written(&t)).unwrap_or_default();
        Some(Dimension {
            name: our_name(name, coordinate, &unit),
            coordinate: Coordinate::Numbers(values.into(), unit),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Writer, read};
    use super::*;
    use ndarray::ArrayD;

    /// A value at each of two times, levels and cases.
    fn all() -> Field {
        let unit = |u: &str| Unit::parse(u).unwrap();
        let times = ["2016-07-01", "2016-07-01T06:00"].map(|t| t.parse().unwrap());
        let names = ["prior", "posterior mean"].map(String::from);
        let dimensions = vec![
            Dimension::times(times.to_vec()),
            Dimension::numbers("level", vec![850.0, 500.0], unit("hPa")),
            Dimension::labels("case", names.to_vec()),
            Dimension::numbers("lat", vec![-45.0, 45.0], unit("degrees_north")),
        ];
        let data = ArrayD::from_shape_fn(vec![2; 4], |k| k[0] as f64 + 0.5 * k[3] as f64);
        let field = Field::new("t", unit("K"), dimensions, data).unwrap();
        field.with_attribute("long_name", "temperature")
    }

    #[test]
    fn labels_of_each_kind_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken.nc");
        let one = all().at("time", 1).unwrap().at("level", 0).unwrap();
        let one = one.at("case", 1).unwrap();
        Writer::new("t").field(&one).save(&path).unwrap();
        assert_eq!(read(&path, "t").unwrap(), one);
        let file = Dataset::open(&path).unwrap();
        let said = file.attribute(Some("t"), "coordinates").unwrap();
        assert_eq!(said, "time level case");
        assert_eq!(file.attribute(Some("level"), "units").unwrap(), "hPa");
    }

    #[test]
    fn fields_of_other_labels_share_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("three.nc");
        let at = |k| all().at("level", k).unwrap();
        let (low, high) = (at(0).named("low"), at(1).named("high"));
        let writer = Writer::new("t").field(&low).field(&high).field(&all());
        writer.save(&path).unwrap();
        for field in [low, high, all()] {
            assert_eq!(read(&path, &field.name).unwrap(), field);
        }
    }

    #[test]
    fn a_part_of_a_file_keeps_the_label_it_was_taken_at() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.nc");
        Writer::new("t").field(&all()).save(&path).unwrap();
        let file = Dataset::open(&path).unwrap();
        let taken = file.field_at("t", "level", 1).unwrap();
        assert_eq!(taken, all().at("level", 1).unwrap());
    }
}
