//! Labelled arrays: named dimensions with coordinates, a unit, attributes; the data are shared.

mod algebra;
mod arithmetic;
mod calendar;
mod coordinate_values;
mod dimension;
mod display;
mod extremes;
#[cfg(test)]
mod fixture;
mod grouped;
mod grouping;
mod interpolate;
mod longitudes;
mod matching;
mod not_found;

mod reduce;
mod room;
mod same;
mod select;
mod shape;
mod taken;
pub mod tally;

pub use arithmetic::{greater, smaller};
pub use calendar::{CalendarPart, Period};
pub use coordinate_values::CoordinateValues;
pub use dimension::{Coordinate, Dimension};
pub use extremes::Extreme;
pub use grouping::Grouping;
pub use interpolate::Outside;
pub(crate) use longitudes::whole_turn;
pub use longitudes::{APART, around, eastward};
pub use matching::agree;
pub use reduce::{Plan, Reduction};
pub use room::room_for;
pub use same::AxisLabels;
pub use select::Choice;

use crate::error::{Error, Result};
use crate::units::Unit;
use ndarray::{ArcArray, ArrayD, IxDyn};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Attributes that say what the values of a field are.
const DESCRIPTIONS: [&str; 8] = [
    "standard_name",
    "long_name",
    "cell_methods",
    "flag_values",
    "flag_meanings",
    "flag_masks",
    "positive",
    "axis",
];

/// The attribute of values that made-up winds, fluxes or observations had a part in.
const SYNTHETIC: &str = "synthetic";

/// A labelled array. Cloning is cheap: the data are behind a shared handle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// What it is called, such as `nee`.
    pub name: String,
    /// Unit of the values.
    pub unit: Unit,
    /// Other facts: long_name, source, synthetic, ...
    pub attributes: BTreeMap<String, String>,
    dimensions: Arc<[Dimension]>,
    data: ArcArray<f64, IxDyn>,
    /// Labels of dimensions that selections took, each of length one.
    #[serde(default)]
    taken: Vec<Dimension>,
}

impl Field {
    /// A field from its dimensions, outermost first, and its values.
    ///
    /// # Errors
    /// A shape other than the lengths of the dimensions, or two dimensions of one name.
    pub fn new(
        name: &str,
        unit: Unit,
        dimensions: Vec<Dimension>,
        data: ArrayD<f64>,
    ) -> Result<Self> {
        let lengths: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
        if lengths != data.shape() {
            return Err(Error::new(format!(
                "the values of \"{name}\" do not fit its dimensions"
            ))
            .expected(format!("{lengths:?}"))
            .got(format!("{:?}", data.shape())));
        }
        if let Some(twice) = dimensions
            .iter()
            .enumerate()
            .find(|(k, d)| dimensions[..*k].iter().any(|e| e.name == d.name))
        {
            return Err(Error::new(format!(
                "\"{name}\" has two dimensions called \"{}\"",
                twice.1.name
            )));
        }
        Ok(Field {
            name: name.to_string(),
            unit,
            attributes: BTreeMap::new(),
            dimensions: dimensions.into(),
            data: data.into_shared(),
            taken: vec![],
        })
    }

    /// A field without dimensions.
    pub fn scalar(name: &str, unit: Unit, value: f64) -> Self {
        Field {
            name: name.to_string(),
            unit,
            attributes: BTreeMap::new(),
            dimensions: Arc::new([]),
            data: ArrayD::from_elem(IxDyn(&[]), value).into_shared(),
            taken: vec![],
        }
    }

    /// The dimensions, outermost first.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }
    /// The values.
    pub fn data(&self) -> &ArcArray<f64, IxDyn> {
        &self.data
    }
    /// Lengths of the dimensions.
    pub fn shape(&self) -> &[usize] {
        self.data.shape()
    }
    /// Number of values.
    pub fn len(&self) -> usize {
        self.data.len()
    }
    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }
    /// The position of the dimension called `name`.
    ///
    /// # Errors
    /// There is none: the message lists those there are.
    pub fn axis(&self, name: &str) -> Result<usize> {
        axis_of(&self.name, &self.dimensions, name).map_err(|e| {
            match self.taken.iter().find(|t| t.name == name) {
                Some(label) => e.hint(format!("it was selected from: {}", label.described())),
                None => e,
            }
        })
    }
    /// The dimension called `name`.
    ///
    /// # Errors
    /// There is none: the message lists those there are.
    pub fn dimension(&self, name: &str) -> Result<&Dimension> {
        Ok(&self.dimensions[self.axis(name)?])
    }
    /// The same values under another name.
    pub fn named(mut self, name: &str) -> Self {
        self.name = name.to_string();
        self
    }
    /// With one more attribute.
    pub fn with_attribute(mut self, key: &str, value: &str) -> Self {
        self.attributes.insert(key.to_string(), value.to_string());
        self
    }
    /// Called synthetic where `other`, which had a part in the values, is.
    pub(crate) fn with_origin_of(mut self, other: &Field) -> Self {
        if let (false, Some(said)) = (
            self.attributes.contains_key(SYNTHETIC),
            other.attributes.get(SYNTHETIC),
        ) {
            self.attributes.insert(SYNTHETIC.into(), said.clone());
        }
        self
    }
    /// Without the attributes that say what the values are, which arithmetic makes false: the
    /// square of an eastward wind is none. Where they are from stays.
    pub fn undescribed(mut self) -> Self {
        self.attributes
            .retain(|key, _| !DESCRIPTIONS.contains(&key.as_str()));
        self
    }
    /// The values in another unit.
    ///
    /// # Errors
    /// The units are of different kinds.
    pub fn to_unit(&self, target: &Unit) -> Result<Field> {
        let conversion = self
            .unit
            .conversion_to(target)
            .map_err(|e| e.at(format!("field \"{}\"", self.name)))?;
        Ok(self.converted(conversion, target))
    }
    /// The values in the unit of a quantity that they meet; a single value without dimensions and
    /// unit is a plain number and takes that unit.
    ///
    /// # Errors
    /// The units are of different kinds, or one has a unit and the other none.
    pub fn beside(&self, target: &Unit) -> Result<Field> {
        if self.is_plain_number() {
            return Ok(self.clone().with_unit(target.clone()));
        }
        let conversion = self
            .unit
            .conversion_beside(target)
            .map_err(|e| e.at(format!("field \"{}\"", self.name)))?;
        Ok(self.converted(conversion, target))
    }
    /// Whether this is a single value without dimensions and unit.
    fn is_plain_number(&self) -> bool {
        self.dimensions.is_empty() && self.unit == Unit::none()
    }
    fn converted(&self, (factor, shift): (f64, f64), target: &Unit) -> Field {
        let mut field = match (factor, shift) {
            (1.0, 0.0) => self.clone(),
            (_, 0.0) => self.map(|v| v * factor),
            _ => self.map(|v| v * factor + shift),
        };
        field.unit = target.clone();
        field
    }
    /// The same values said to be in another unit, or to have none.
    pub fn with_unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }
    /// The same values with a dimension called something else.
    ///
    /// # Errors
    /// An unknown dimension, or a name that is taken.
    pub fn rename(&self, from: &str, to: &str) -> Result<Field> {
        let axis = self.axis(from)?;
        if self
            .dimensions
            .iter()
            .any(|d| d.name == to && d.name != from)
        {
            return Err(Error::new(format!(
                "\"{}\" already has a dimension \"{to}\"",
                self.name
            )));
        }
        let mut field = self.clone();
        Arc::make_mut(&mut field.dimensions)[axis].name = to.to_string();
        Ok(field)
    }
    /// With other labels along a dimension.
    ///
    /// # Errors
    /// An unknown dimension, or another number of labels.
    pub fn labelled(&self, dimension: &str, coordinate: Coordinate) -> Result<Field> {
        let axis = self.axis(dimension)?;
        if coordinate.len() != self.shape()[axis] {
            return Err(
                Error::new(format!("the labels of \"{dimension}\" do not fit"))
                    .expected(self.shape()[axis])
                    .got(coordinate.len()),
            );
        }
        let mut field = self.clone();
        Arc::make_mut(&mut field.dimensions)[axis].coordinate = coordinate;
        Ok(field)
    }
    /// Changes one value in place; the data are copied first if they are shared.
    ///
    /// # Errors
    /// A position outside the field.
    pub fn put(&mut self, position: &[usize], value: f64) -> Result<()> {
        let shape = self.shape().to_vec();
        match self.data.get_mut(position) {
            Some(slot) => {
                *slot = value;
                Ok(())
            }
            None => Err(Error::new("position beyond the end of the field")
                .expected(format!("below {shape:?}"))
                .got(format!("{position:?}"))),
        }
    }
    /// The values changed one by one, same labels and unit.
    pub fn map(&self, f: impl Fn(f64) -> f64) -> Field {
        match self.data.as_slice() {
            Some(values) => {
                self.refilled(values.iter().map(|v| f(*v)).collect(), self.unit.clone())
            }
            None => Field {
                data: self.data.map(|v| f(*v)).into_shared(),
                ..self.clone()
            },
        }
    }
    /// The same labels around other values, in row-major order.
    fn refilled(&self, values: Vec<f64>, unit: Unit) -> Field {
        let data =
            ArrayD::from_shape_vec(self.data.raw_dim(), values).expect("as many values as before");
        Field {
            name: self.name.clone(),
            unit,
            attributes: self.attributes.clone(),
            dimensions: self.dimensions.clone(),
            data: data.into_shared(),
            taken: self.taken.clone(),
        }
    }
    /// The only value of a field of length one.
    ///
    /// # Errors
    /// The field has more values or none.
    pub fn value(&self) -> Result<f64> {
        match (self.len(), self.data.iter().next()) {
            (1, Some(v)) => Ok(*v),
            (n, _) => Err(
                Error::new(format!("\"{}\" is not a single number", self.name))
                    .expected("one value")
                    .got(format!("{n} values"))
                    .hint(".mean() or .isel(...)"),
            ),
        }
    }
    /// Whether both have the same dimensions with the same labels.
    fn alike(&self, other: &Field) -> bool {
        Arc::ptr_eq(&self.dimensions, &other.dimensions) || self.dimensions == other.dimensions
    }
    /// Assembles a field from parts whose shapes are known to agree.
    fn assemble(&self, dimensions: Vec<Dimension>, data: ArrayD<f64>) -> Field {
        debug_assert_eq!(
            dimensions.iter().map(Dimension::len).collect::<Vec<_>>(),
            data.shape()
        );
        let mut taken = self.taken.clone();
        taken.retain(|t| dimensions.iter().all(|d| d.name != t.name));
        Field {
            dimensions: dimensions.into(),
            data: data.into_shared(),
            taken,
            ..self.clone()
        }
    }
}

/// The position of a dimension among those of the array called `owner`.
///
/// # Errors
/// There is none: the message lists those there are.
pub fn axis_of(owner: &str, dimensions: &[Dimension], name: &str) -> Result<usize> {
    dimensions
        .iter()
        .position(|d| d.name == name)
        .ok_or_else(|| {
            let known: Vec<&str> = dimensions.iter().map(|d| d.name.as_str()).collect();
            let expected = if known.is_empty() {
                "none: it is a single value".to_string()
            } else {
                format!("one of {}", known.join(", "))
            };
            let error =
                Error::new(format!("\"{owner}\" has no dimension \"{name}\"")).expected(expected);
            match crate::error::did_you_mean(name, known.iter().copied()) {
                Some(near) => error.hint(format!("\"{near}\"")),
                None => error,
            }
        })
}
