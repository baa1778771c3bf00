//! Scalar coordinates: a dimension that a selection takes away leaves its label.
//!
//! As in xarray, values of the same label keep it where they meet, and of other labels lose it.

use super::{Coordinate, Dimension, Field, matching::agree};
use ndarray::Axis;

impl Field {
    /// Labels of dimensions that the field does not have: where along them its values were taken.
    /// Each is a dimension of one label.
    pub fn taken(&self) -> &[Dimension] {
        &self.taken
    }

    /// The label along a dimension that a selection took.
    pub fn taken_along(&self, dimension: &str) -> Option<&Coordinate> {
        let entry = self.taken.iter().find(|t| t.name == dimension);
        entry.map(|t| &t.coordinate)
    }

    /// With the label of a dimension that was taken, in place of an earlier one; positions are no
    /// labels.
    pub(crate) fn with_taken(mut self, label: Dimension) -> Self {
        debug_assert_eq!(label.len(), 1);
        self.taken.retain(|t| t.name != label.name);
        if !matches!(label.coordinate, Coordinate::Index(_)) && self.axis(&label.name).is_err() {
            self.taken.push(label);
        }
        self
    }

    /// With the labels that were taken of `other`.
    pub(crate) fn with_taken_of(self, other: &Field) -> Self {
        let labels = other.taken.iter().cloned();
        labels.fold(self, Field::with_taken)
    }

    /// What comes of its values and those of `other`: called synthetic where one is, with the
    /// labels that do not contradict each other.
    pub(super) fn met_by(self, other: &Field) -> Self {
        let mut field = self.with_origin_of(other);
        if field.taken.is_empty() && other.taken.is_empty() {
            return field;
        }
        let alike = |a: &Dimension, b: &Dimension| a.name != b.name || agree(a, b).is_ok();
        let theirs = other.taken.iter().filter(|b| {
            let unknown = field.taken.iter().all(|a| a.name != b.name);
            unknown && field.axis(&b.name).is_err()
        });
        let theirs: Vec<Dimension> = theirs.cloned().collect();
        let dimensions = other.dimensions();
        field.taken.retain(|a| {
            let undone = dimensions.iter().any(|d| d.name == a.name);
            !undone && other.taken.iter().all(|b| alike(a, b))
        });
        field.taken.extend(theirs);
        field
    }

    /// With a dimension of one label, the outermost, in place of the label that was taken along it.
    pub(super) fn raised(&self, dimension: &str) -> Field {
        let Some(label) = self.taken_along(dimension) else {
            return self.clone();
        };
        let first = Dimension {
            name: dimension.to_string(),
            coordinate: label.clone(),
        };
        let dimensions = std::iter::once(first).chain(self.dimensions().iter().cloned());
        let data = self.data().to_owned().insert_axis(Axis(0));
        self.assemble(dimensions.collect(), data)
    }
}

impl Dimension {
    /// Its only label, as people write it: `level 850 hPa`.
    pub fn described(&self) -> String {
        let unit = match &self.coordinate {
            Coordinate::Numbers(_, unit) if !unit.is_none() && unit.direction().is_none() => {
                unit.to_string()
            }
            _ => String::new(),
        };
        let text = format!("{} {} {unit}", self.name, self.coordinate.label(0));
        text.trim_end().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Unit;
    use ndarray::ArrayD;

    /// Two levels of three values.
    fn levels() -> Field {
        let hpa = Unit::parse("hPa").unwrap();
        let dimensions = vec![
            Dimension::numbers("level", vec![850.0, 500.0], hpa),
            Dimension::index("x", 3),
        ];
        let data = ArrayD::from_shape_fn(vec![2, 3], |k| (10 * k[0] + k[1]) as f64);
        Field::new("f", Unit::none(), dimensions, data).unwrap()
    }

    fn said(f: &Field) -> Vec<String> {
        f.taken().iter().map(Dimension::described).collect()
    }

    #[test]
    fn a_dimension_that_goes_leaves_its_label() {
        let low = levels().at("level", 0).unwrap();
        assert_eq!(said(&low), ["level 850 hPa"]);
        assert!(said(&levels().at("x", 1).unwrap()).is_empty());
        assert_eq!(said(&low.at("x", 1).unwrap()), ["level 850 hPa"]);
        let printed = low.to_string();
        assert!(printed.contains("850 hPa"), "{printed}");
    }

    #[test]
    fn equal_labels_stay_and_others_go_where_values_meet() {
        let (low, high) = (
            levels().at("level", 0).unwrap(),
            levels().at("level", 1).unwrap(),
        );
        let sum = low.clone().plus(low.clone()).unwrap();
        assert_eq!(said(&sum), ["level 850 hPa"]);
        assert!(said(&low.clone().minus(high.clone()).unwrap()).is_empty());
        let two = Field::scalar("two", Unit::none(), 2.0);
        assert_eq!(
            said(&low.clone().times(two.clone()).unwrap()),
            ["level 850 hPa"]
        );
        assert_eq!(said(&two.times(high.clone()).unwrap()), ["level 500 hPa"]);
        for all in [levels().minus(low.clone()), low.minus(levels())] {
            let all = all.unwrap();
            assert!(said(&all).is_empty() && all.axis("level").is_ok());
        }
    }

    #[test]
    fn parts_join_again_along_the_label_they_kept() {
        let part = |k| levels().at("level", k).unwrap();
        let joined = Field::concat(&[part(0), part(1)], "level").unwrap();
        assert_eq!(joined, levels());
        let stacked = Field::stack(&[part(0), part(1)], Dimension::index("level", 2)).unwrap();
        assert_eq!(stacked, levels());
        let both = [part(0), part(1)];
        let cases = Field::stack(&both, Dimension::index("case", 2)).unwrap();
        assert!(said(&cases).is_empty());
    }
}
