//! What stands around the data of a figure: title, labels of axes, units; and the unit that fields
//! of one figure are converted to.

use super::canvas::{Canvas, Rect};
use super::frame::title;
use super::style::Sizes;
use crate::error::Result;
use crate::field::Field;
use crate::units::Unit;

/// The title, the labels of the axes with their units, the unit of values in colours, and the size
/// of a figure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labels {
    pub title: String,
    pub x: String,
    pub y: String,
    pub unit: String,
    /// Width and height \[pixels\].
    pub size: (u32, u32),
}

impl Labels {
    /// A title and a size, without any label.
    pub fn new(title: &str, size: (u32, u32)) -> Self {
        Labels {
            title: title.into(),
            x: String::new(),
            y: String::new(),
            unit: String::new(),
            size,
        }
    }
    /// What the figure is called in messages.
    pub fn figure(&self) -> String {
        format!("figure \"{}\"", self.title)
    }
    /// Draws the title over an area and gives what is left of it.
    pub fn head(&self, canvas: &mut Canvas, area: Rect, sizes: &Sizes) -> Rect {
        title(canvas, area, &self.title, sizes)
    }
}

/// The size of a figure that has `labels`, and the builders of those that its kind shows.
macro_rules! labelled {
    ($figure:ident $(, $label:ident)*) => {
        impl $figure {
            $(crate::plot::labels::labelled!(@ $label);)*
            /// Width and height \[pixels\].
            pub fn sized(mut self, width: u32, height: u32) -> Self {
                self.labels.size = (width, height);
                self
            }
        }
    };
    (@ x_label) => {
        /// What the horizontal axis shows, and its unit.
        pub fn x_label(mut self, label: &str, unit: &str) -> Self {
            self.labels.x = crate::plot::style::with_unit(label, unit);
            self
        }
    };
    (@ y_label) => {
        /// What the vertical axis shows, and its unit.
        pub fn y_label(mut self, label: &str, unit: &str) -> Self {
            self.labels.y = crate::plot::style::with_unit(label, unit);
            self
        }
    };
    (@ unit) => {
        /// Unit of the values.
        pub fn unit(mut self, unit: &str) -> Self {
            self.labels.unit = unit.into();
            self
        }
    };
}
pub(super) use labelled;

/// A unit that the first field with one sets, and later fields are converted to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommonUnit(pub Option<String>);

impl CommonUnit {
    /// The values of a field in this unit.
    ///
    /// # Errors
    /// A field in a unit of another kind.
    pub fn values(&mut self, field: &Field) -> Result<Vec<f64>> {
        let (converted, unit) = in_unit(field, self.0.as_deref())?;
        self.0 = Some(unit);
        Ok(converted.data().iter().copied().collect())
    }
    /// The unit as text, empty where there is none.
    pub fn text(&self) -> &str {
        self.0.as_deref().unwrap_or("")
    }
}

/// A name of a program as people write it: `in_situ` is in situ.
pub fn readable(name: &str) -> String {
    name.replace('_', " ").trim().to_string()
}

/// Whether a field says what its values are measured in; mol mol-1 is a unit here, unlike a plain
/// number.
pub fn has_unit(field: &Field) -> bool {
    !field.unit.is_none() || !["", "1"].contains(&field.unit.to_string().as_str())
}

/// A field in the unit asked for, and that unit. Text beside a field without unit is a label only.
///
/// # Errors
/// A unit that is not understood, or of another kind than the field's.
pub fn in_unit(field: &Field, unit: Option<&str>) -> Result<(Field, String)> {
    match unit {
        Some(text) if has_unit(field) => {
            Ok((field.to_unit(&Unit::parse(text)?)?, text.to_string()))
        }
        Some(text) => Ok((field.clone(), text.to_string())),
        None if has_unit(field) => Ok((field.clone(), field.unit.to_string())),
        None => Ok((field.clone(), String::new())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_unit_is_that_of_all() {
        let field = |unit: &str, value| Field::scalar("x", Unit::parse(unit).unwrap(), value);
        let mut common = CommonUnit::default();
        assert_eq!(common.text(), "");
        assert_eq!(common.values(&field("km", 2.0)).unwrap(), [2.0]);
        assert_eq!(common.values(&field("m", 500.0)).unwrap(), [0.5]);
        assert_eq!(common.text(), "km");
        assert!(common.values(&field("kg", 1.0)).is_err());
    }
}
