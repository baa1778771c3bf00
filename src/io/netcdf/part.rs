//! A part of a variable in a file: what it is, where it lies, not its values.

use super::attributes::{as_text, text_attribute};
use super::cf_time::TimeUnit;
use super::dataset::Dataset;
use super::values::{flags, is_text, numbers, text, time_unit};
use crate::error::{Error, Result};
use crate::field::{Choice, Coordinate, CoordinateValues, Dimension, Field, axis_of, room_for};
use crate::units::Unit;
use netcdf::Variable;
use std::fmt;

/// A variable, or what was selected of it, that has not been read. [`Dataset::load`] reads it,
/// [`Dataset::reduce`] reads it block by block.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Path of the variable in the file.
    pub variable: String,
    /// Name, unit and attributes of the field it will be.
    pub(super) head: Field,
    pub(super) axes: Vec<Chosen>,
    /// Set where the values are instants.
    pub(super) instants: Option<TimeUnit>,
}

/// What is chosen along one axis of the variable in the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chosen {
    /// The dimension with the labels that are chosen.
    pub dimension: Dimension,
    /// Their positions in the file.
    pub positions: Vec<usize>,
    /// Whether the dimension stays.
    pub kept: bool,
}

impl Part {
    /// The dimensions, outermost first.
    pub fn dimensions(&self) -> Vec<Dimension> {
        self.axes
            .iter()
            .filter(|a| a.kept)
            .map(|a| a.dimension.clone())
            .collect()
    }
    /// Name, unit and attributes, as a field without dimensions or meaning.
    pub fn head(&self) -> &Field {
        &self.head
    }
    /// Number of values.
    pub fn len(&self) -> usize {
        self.axes.iter().map(|a| a.positions.len()).product()
    }
    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Selects along one dimension by label.
    ///
    /// # Errors
    /// As [`Field::sel`].
    pub fn sel(&self, dimension: &str, choice: &Choice) -> Result<Part> {
        let (positions, keep) = self
            .dimension(dimension)?
            .positions(&self.head.name, choice)?;
        self.at_positions(dimension, &positions, keep)
    }

    /// Selects along one dimension by position; it goes unless it is kept.
    ///
    /// # Errors
    /// An unknown dimension, a position beyond its end, none or several where the dimension goes.
    pub fn at_positions(&self, dimension: &str, positions: &[usize], keep: bool) -> Result<Part> {
        let n = self.dimension(dimension)?.len();
        if let Some(beyond) = positions.iter().find(|k| **k >= n) {
            return Err(
                Error::new(format!("position beyond the end of \"{dimension}\""))
                    .expected(format!("0 to {}", n as i64 - 1))
                    .got(beyond),
            );
        }
        if positions.is_empty() || (!keep && positions.len() != 1) {
            return Err(
                Error::new(format!("a selection along \"{dimension}\" does not fit it"))
                    .expected("at least one position")
                    .got(positions.len()),
            );
        }
        let mut part = self.clone();
        let axis = part
            .axes
            .iter_mut()
            .find(|a| a.kept && a.dimension.name == dimension)
            .expect("the dimension was found");
        axis.dimension.coordinate = axis.dimension.coordinate.take(positions);
        axis.positions = positions.iter().map(|k| axis.positions[*k]).collect();
        axis.kept = keep;
        if !keep {
            part.head = part.head.with_taken(axis.dimension.clone());
        }
        Ok(part)
    }

    /// The dimension called `name`.
    ///
    /// # Errors
    /// There is none.
    pub fn dimension(&self, name: &str) -> Result<&Dimension> {
        let remaining: Vec<&Chosen> = self.axes.iter().filter(|a| a.kept).collect();
        Ok(&remaining[axis_of(&self.head.name, &self.dimensions(), name)?].dimension)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.head.unit.to_string().is_empty() {
            String::new()
        } else {
            format!(" [{}]", self.head.unit)
        };
        let sizes: Vec<String> = self
            .dimensions()
            .iter()
            .map(|d| format!("{}: {}", d.name, d.len()))
            .collect();
        writeln!(
            f,
            "<variable \"{}\" ({}){unit}, not read>",
            self.variable,
            sizes.join(", ")
        )?;
        for d in self.dimensions() {
            writeln!(f, "  {:<8} {}", d.name, d.span())?;
        }
        for label in self.head.taken() {
            writeln!(f, "  {} (taken)", label.described())?;
        }
        write!(
            f,
            "  {:.1} MB as numbers; .load() reads it, .mean(...) and the like read it block by block",
            self.len() as f64 * 8e-6
        )?;
        self.head
            .attributes
            .iter()
            .try_for_each(|(key, value)| write!(f, "\n  {key}: {value}"))
    }
}

/// The length of the longest axis, of which positions and labels take memory before a value is
/// read.
fn longest(variable: &Variable) -> usize {
    let lengths = variable.dimensions().iter().map(netcdf::Dimension::len);
    lengths.max().unwrap_or(0)
}

impl Dataset {
    /// A whole variable, not read; its coordinates are.
    ///
    /// # Errors
    /// No such variable, or a broken time coordinate.
    pub fn part(&self, name: &str) -> Result<Part> {
        let variable = self.find(name)?;
        self.located(name, || {
            room_for(&[3, longest(&variable)])?;
            let mut axes: Vec<Chosen> = Vec::new();
            for axis in 0..variable.dimensions().len() {
                let made = self.dimension(name, &variable, axis)?;
                let taken = axes.iter().any(|a| a.dimension.name == made.name);
                let dimension = if taken {
                    Dimension {
                        name: variable.dimensions()[axis].name(),
                        ..made
                    }
                } else {
                    made
                };
                axes.push(Chosen {
                    positions: (0..dimension.len()).collect(),
                    dimension,
                    kept: true,
                });
            }
            let text = text_attribute(&variable, UNIT_OF_SUBSTANCE)
                .or_else(|| text_attribute(&variable, "units"))
                .unwrap_or_default();
            let dated = self.dates.then(|| time_unit(&variable));
            let instants = dated.transpose()?.flatten();
            let unit = match &instants {
                Some(_) => Unit::parse("s")?,
                None => Unit::as_written(&text),
            };
            let mut head = Field::scalar(name.rsplit('/').next().unwrap_or(name), unit, f64::NAN);
            let kept = variable
                .attributes()
                .filter(|a| !CONSUMED.contains(&a.name()) && !a.name().starts_with('_'));
            head.attributes.extend(
                kept.filter_map(|a| Some((a.name().to_string(), as_text(a.value().ok()?)))),
            );
            head.attributes.extend(flags(&variable));
            head = self.with_scalar_coordinates(name, &variable, head);
            if let Some(said) = self.said_of_dates(name, &variable) {
                head.attributes.insert("time_stamp".into(), said);
            }
            Ok(Part {
                variable: name.to_string(),
                head,
                axes,
                instants,
            })
        })
    }

    /// A dimension with the coordinate the file gives it, under the name this program uses.
    fn dimension(&self, owner: &str, variable: &Variable, axis: usize) -> Result<Dimension> {
        let along = &variable.dimensions()[axis];
        let (name, length) = (along.name(), along.len());
        let lookup = self.coordinates_of(owner, (&name, length));
        let labels = || {
            text_attribute(variable, "coordinates")?
                .split_whitespace()
                .filter_map(&lookup)
                .find(is_text)
        };
        let Some(coordinate) = lookup(&name).or_else(labels) else {
            return Ok(Dimension::index(&name, length));
        };
        if is_text(&coordinate) {
            return Ok(Dimension::labels(&name, text(&coordinate)?));
        }
        if coordinate.dimensions().len() != 1 {
            return Ok(Dimension::index(&name, length));
        }
        let values = numbers(&coordinate)?;
        if values.iter().any(|v| v.is_nan()) {
            // A dimension without a coordinate variable has positions only.
            return Ok(Dimension::index(&name, length));
        }
        if self.dates
            && let Some(unit) = time_unit(&coordinate)?
        {
            return times(&name, &unit, &values, || self.bounds(&coordinate, &lookup));
        }
        let bounds = self.bounds(&coordinate, &lookup);
        let labels = with_bounds(values, bounds).pointing(direction(&coordinate));
        let unit = text_attribute(&coordinate, "units")
            .map(|text| Unit::as_written(&text))
            .unwrap_or_default();
        Ok(Dimension {
            name: our_name(&name, &coordinate, &unit),
            coordinate: Coordinate::Numbers(labels, unit),
        })
    }

    /// What the coordinate of dates of a variable says of where in their intervals they lie, such
    /// as
    /// "middle of the averaging interval".
    fn said_of_dates(&self, owner: &str, variable: &Variable) -> Option<String> {
        let words = ["mid", "cent", "start", "begin", "first", "end of", "last"];
        let says = |text: &String| words.iter().any(|w| text.to_lowercase().contains(w));
        variable.dimensions().iter().find_map(|d| {
            let name = d.name();
            let coordinate = self.coordinates_of(owner, (&name, d.len()))(&name)?;
            time_unit(&coordinate).ok()??;
            let texts = ["comment", "long_name", "description"].into_iter();
            texts
                .filter_map(|key| text_attribute(&coordinate, key))
                .find(says)
        })
    }

    /// Finds variables along one dimension, by name, in the group of their owner and those above.
    fn coordinates_of<'a>(
        &'a self,
        owner: &'a str,
        (name, length): (&'a str, usize),
    ) -> impl Fn(&str) -> Option<Variable<'a>> {
        let listings = self.list();
        let fits = move |v: &Variable| {
            v.dimensions()
                .first()
                .is_some_and(|d| d.name() == name && d.len() == length)
        };
        move |n: &str| {
            let prefixes = owner
                .rmatch_indices('/')
                .map(|(k, _)| &owner[..=k])
                .chain([""]);
            let mut paths = prefixes.map(|p| format!("{p}{n}"));
            paths
                .find(|p| listings.iter().any(|l| l.name == *p))
                .and_then(|p| self.file.variable(&p))
                .filter(fits)
        }
    }

    /// The numbers of the variable that holds the bounds of a coordinate, two for each label.
    fn bounds<'a>(
        &self,
        coordinate: &Variable,
        lookup: &impl Fn(&str) -> Option<Variable<'a>>,
    ) -> Option<Vec<f64>> {
        let bounds = lookup(text_attribute(coordinate, "bounds")?.trim())?;
        let lengths: Vec<usize> = bounds.dimensions().iter().map(|d| d.len()).collect();
        let pairs = lengths == [coordinate.len(), 2];
        let values = pairs.then(|| numbers(&bounds).ok()).flatten()?;
        values.iter().all(|v| v.is_finite()).then_some(values)
    }
}

/// What this program calls a coordinate of a file.
pub(super) fn our_name(name: &str, coordinate: &Variable, unit: &Unit) -> String {
    let standard = text_attribute(coordinate, "standard_name").unwrap_or_default();
    let ours = match (unit.direction(), standard.as_str()) {
        (Some("lat"), _) | (_, "latitude") => "lat",
        (Some("lon"), _) | (_, "longitude") => "lon",
        _ => name,
    };
    ours.to_string()
}

/// A dimension of instants; ends of cells that are no instants are left out.
fn times(
    name: &str,
    unit: &TimeUnit,
    values: &[f64],
    ends: impl FnOnce() -> Option<Vec<f64>>,
) -> Result<Dimension> {
    let times = values
        .iter()
        .map(|v| unit.instant(*v))
        .collect::<Result<Vec<_>>>()
        .map_err(|e| e.at(format!("the dimension \"{name}\"")))?;
    let bounds = ends().and_then(|ends| ends.iter().map(|e| unit.instant(*e).ok()).collect());
    Ok(Dimension::times(with_bounds(times, bounds)))
}

/// Labels with the ends of their cells, which come two by two.
fn with_bounds<T: Copy>(values: Vec<T>, ends: Option<Vec<T>>) -> CoordinateValues<T> {
    let labels = CoordinateValues::from(values);
    match ends {
        Some(ends) => labels.with_bounds(ends.chunks_exact(2).map(|e| [e[0], e[1]]).collect()),
        None => labels,
    }
}

/// Whether the numbers of a vertical coordinate grow downwards: what its standard name says of it
/// by definition, else the attribute `positive`.
fn direction(coordinate: &Variable) -> Option<bool> {
    match text_attribute(coordinate, "standard_name").as_deref() {
        Some(
            "atmosphere_sigma_coordinate"
            | "atmosphere_hybrid_sigma_pressure_coordinate"
            | "air_pressure"
            | "depth",
        ) => return Some(true),
        Some("height" | "altitude" | "geopotential_height") => return Some(false),
        _ => {}
    }
    match text_attribute(coordinate, "positive")?.trim() {
        down if down.eq_ignore_ascii_case("down") => Some(true),
        up if up.eq_ignore_ascii_case("up") => Some(false),
        _ => None,
    }
}

/// The attribute that keeps a unit with the substance it is of, `kgC m-2 s-1`, beside `units` that
/// UDUNITS reads.
pub(super) const UNIT_OF_SUBSTANCE: &str = "unit_with_substance";
/// Attributes that name variables of the file they stand in.
pub(super) const FOREIGN: [&str; 5] = [
    "ancillary_variables",
    "cell_measures",
    "climatology",
    "formula_terms",
    "grid_mapping",
];
/// Attributes that reading has used up, or that speak of the stored numbers.
const CONSUMED: [&str; 12] = [
    "units",
    UNIT_OF_SUBSTANCE,
    "calendar",
    "scale_factor",
    "add_offset",
    "missing_value",
    "coordinates",
    "bounds",
    "valid_range",
    "valid_min",
    "valid_max",
    "actual_range",
];
