//! The unit that the values of a figure are in.

use crate::error::Result;
use crate::field::Field;
use crate::units::Unit;

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
