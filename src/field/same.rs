//! When labels are the same: files round them, to single precision or to some decimals.

/// Part of the distance to the nearest label by which a label may be off. A shift by a five
/// hundredth of a cell is far below what regridding or interpolation does, and above what is lost
/// where steps of a third of a degree are written with three decimals (5e-4 degrees).
const PART_OF_STEP: f64 = 2e-3;

/// Part of a label by which it may be off in any case: single precision keeps 6e-8 of it, and its
/// conversion to another unit a little less.
const PART_OF_LABEL: f64 = 1e-6;

/// Numbers along a dimension, to which others are compared. Fields, grids and files are on the same
/// grid where these say so.
#[derive(Debug, Clone, Copy)]
pub struct AxisLabels<'a> {
    values: &'a [f64],
    turns: bool,
}

impl<'a> AxisLabels<'a> {
    /// These numbers.
    pub fn of(values: &'a [f64]) -> Self {
        AxisLabels {
            values,
            turns: false,
        }
    }
    /// Longitudes \[degrees\], which are the same any number of turns apart.
    pub fn around(values: &'a [f64]) -> Self {
        AxisLabels {
            values,
            turns: true,
        }
    }
    /// The numbers of a dimension called `name`; those of `lon` are longitudes.
    pub fn along(name: &str, values: &'a [f64]) -> Self {
        AxisLabels {
            values,
            turns: name == "lon",
        }
    }
    /// Whether label `k` is `x`.
    pub fn is(&self, k: usize, x: f64) -> bool {
        let label = self.values[k];
        if label == x {
            return true;
        }
        let neighbours = [k.checked_sub(1), Some(k + 1)];
        let steps = neighbours
            .into_iter()
            .filter_map(|n| self.values.get(n?))
            .map(|n| self.apart(label, *n));
        let step = steps.reduce(f64::min).unwrap_or(0.0);
        let rounding = f64::max(PART_OF_STEP * step, PART_OF_LABEL * (1.0 + label.abs()));
        self.apart(label, x) <= rounding
    }
    /// Whether the labels are these, in this order.
    pub fn are(&self, others: &[f64]) -> bool {
        self.values.len() == others.len() && others.iter().enumerate().all(|(k, x)| self.is(k, *x))
    }
    /// The first label that is `x`.
    pub fn position(&self, x: f64) -> Option<usize> {
        (0..self.values.len()).find(|k| self.is(*k, x))
    }
    /// Whether the labels are evenly spaced.
    pub fn even(&self) -> bool {
        let [first, .., last] = *self.values else {
            return true;
        };
        let step = (last - first) / (self.values.len() - 1) as f64;
        (0..self.values.len()).all(|k| self.is(k, first + step * k as f64))
    }

    fn apart(&self, a: f64, b: f64) -> f64 {
        match self.turns {
            true => ((a - b + 180.0).rem_euclid(360.0) - 180.0).abs(),
            false => (a - b).abs(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_the_same_after_rounding_and_no_further() {
        let thirds: Vec<f64> = (0..540).map(|k| k as f64 / 3.0 - 90.0).collect();
        let single: Vec<f64> = thirds.iter().map(|x| f64::from(*x as f32)).collect();
        let decimals: Vec<f64> = thirds.iter().map(|x| (x * 1e3).round() / 1e3).collect();
        let labels = AxisLabels::of(&thirds);
        assert!(labels.are(&single) && labels.are(&decimals));
        let shifted: Vec<f64> = thirds.iter().map(|x| x + 0.01).collect();
        assert!(!labels.are(&shifted) && !labels.are(&thirds[1..]));
    }

    #[test]
    fn fine_labels_beside_coarse_ones_are_compared_at_their_own_step() {
        let pressure = [1000.0, 500.0, 0.02, 0.01];
        let labels = AxisLabels::of(&pressure);
        assert!(labels.are(&[1000.3, 500.0, 0.02, 0.01]));
        assert!(!labels.is(3, 0.0101) && !labels.is(3, f64::NAN));
        assert_eq!(labels.position(0.02), Some(2));
    }

    #[test]
    fn longitudes_are_the_same_a_turn_apart() {
        let lon = [-180.0, -90.0, 0.0, 90.0];
        assert!(AxisLabels::around(&lon).are(&[180.0, 270.0, 360.0, 90.0]));
        assert!(!AxisLabels::of(&lon).are(&[180.0, 270.0, 360.0, 90.0]));
        assert!(AxisLabels::around(&lon).even() && !AxisLabels::of(&[0.0, 1.0, 2.1]).even());
    }
}
