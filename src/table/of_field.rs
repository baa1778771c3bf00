//! A field as a table: a row for every value, with its labels.

use super::{Column, Table};
use crate::error::Result;
use crate::field::{Coordinate, Field};

impl Table {
    /// A row for every value of a field, the last dimension running fastest: a column of labels for
    /// each dimension, and the values under the field's name, or under `value` where a dimension
    /// has it.
    ///
    /// # Errors
    /// None for a field whose dimensions have different names.
    pub fn of_field(field: &Field) -> Result<Table> {
        let mut table = Table::new();
        let mut after: usize = field.len();
        for d in field.dimensions() {
            after /= d.len().max(1);
            let positions: Vec<usize> = (0..field.len())
                .map(|k| k / after.max(1) % d.len().max(1))
                .collect();
            let labels = match &d.coordinate {
                Coordinate::Index(n) => {
                    Column::numbers((0..*n).map(|k| k as f64).collect::<Vec<_>>())
                }
                Coordinate::Numbers(v, unit) => Column::Numbers(v.to_vec(), unit.clone()),
                Coordinate::Times(v) => Column::Times(v.to_vec()),
                Coordinate::Labels(v) => Column::Text(v.to_vec()),
            };
            table = table.with(&d.name, labels.take(&positions))?;
        }
        let name = if field.dimensions().iter().any(|d| d.name == field.name) {
            "value"
        } else {
            &field.name
        };
        table.with(
            name,
            Column::Numbers(field.data().iter().copied().collect(), field.unit.clone()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn every_value_has_a_row_with_its_labels() {
        let field = Field::line("x", vec![1.0, 2.0]).named("co2");
        let two = Field::stack(
            &[field.clone(), field.map(|v| v + 10.0)],
            crate::field::Dimension::index("y", 2),
        )
        .unwrap();
        let table = Table::of_field(&two.named("co2")).unwrap();
        assert_eq!(table.names(), ["y", "x", "co2"]);
        let co2 = ndarray::Array1::from(table.numbers("co2").unwrap().to_vec());
        assert_eq!(co2, array![1.0, 2.0, 11.0, 12.0]);
        assert_eq!(table.numbers("y").unwrap(), [0.0, 0.0, 1.0, 1.0]);
        assert_eq!(table.numbers("x").unwrap(), [0.0, 1.0, 0.0, 1.0]);
    }
}
