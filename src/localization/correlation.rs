//! The correlation test: which observations follow a region's factors over the members (Su et al.
//! 2024).

use ndarray::{Array2, ArrayView2};

/// The rows of `equivalents` (p x m) whose Pearson correlation with any row of `factors` (n x m)
/// over the members exceeds `threshold` in size, ascending. A row without variance is related to
/// nothing.
pub fn related(
    equivalents: ArrayView2<f64>,
    factors: ArrayView2<f64>,
    threshold: f64,
) -> Vec<usize> {
    let r = standardized(equivalents).dot(&standardized(factors).t());
    (0..r.nrows())
        .filter(|row| r.row(*row).iter().any(|r| r.abs() > threshold))
        .collect()
}

/// Rows less their mean over their norm, so that products of rows are correlations; a row without
/// variance becomes zero.
fn standardized(rows: ArrayView2<f64>) -> Array2<f64> {
    let mut out = rows.to_owned();
    for mut row in out.outer_iter_mut() {
        let n = row.len() as f64;
        let largest = row.iter().fold(0.0f64, |a, x| a.max(x.abs()));
        let mean = row.sum() / n;
        row -= mean;
        let norm = row.dot(&row).sqrt();
        // Deviations that are rounding of equal values are no variance.
        if norm > 1e-13 * largest * n.sqrt() {
            row /= norm
        } else {
            row.fill(0.0)
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_row_is_related_by_the_size_of_its_correlation_and_one_without_spread_never() {
        let equivalents = array![
            [1.0, 2.0, 3.0, 4.0],
            [4.0, 3.0, 2.0, 1.0],
            [1.0, -1.0, -1.0, 1.0],
            [0.1, 0.1, 0.1, 0.1]
        ];
        // 1, -1 and 0 with the first factor, and r = 3/sqrt(10) = 0.9487 of (1, 2, 2, 3) with it.
        let factors = array![[10.0, 20.0, 30.0, 40.0]];
        assert_eq!(related(equivalents.view(), factors.view(), 0.7), [0, 1]);
        assert_eq!(
            related(array![[1.0, 2.0, 2.0, 3.0]].view(), factors.view(), 0.948),
            [0]
        );
        assert!(related(array![[1.0, 2.0, 2.0, 3.0]].view(), factors.view(), 0.949).is_empty());
    }
}
