//! Small dense algebra on top of LAPACK, one thread inside so that rayon owns the cores.

use crate::error::{Error, Result};
use ndarray::{Array1, Array2, ArrayView2, OwnedRepr};
use ndarray_linalg::cholesky::CholeskyFactorized;
use ndarray_linalg::{
    Cholesky, DeterminantC, Diag, Eigh, FactorizeCInto, InverseC, SolveC, SolveTriangularInto, UPLO,
};
use std::ffi::c_int;

unsafe extern "C" {
    fn openblas_set_num_threads(threads: c_int);
    #[allow(clippy::too_many_arguments)]
    fn cblas_dsyrk(
        order: c_int,
        uplo: c_int,
        trans: c_int,
        n: c_int,
        k: c_int,
        alpha: f64,
        a: *const f64,
        lda: c_int,
        beta: f64,
        c: *mut f64,
        ldc: c_int,
    );
}

/// Keeps OpenBLAS on the calling thread. Call once before any algebra.
pub fn use_one_blas_thread() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    // SAFETY: the function is part of OpenBLAS, which this crate links, and only sets a counter.
    ONCE.call_once(|| unsafe { openblas_set_num_threads(1) });
}

/// Eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix.
///
/// # Errors
/// A non-finite entry, or LAPACK did not converge.
pub fn symmetric_eigen(matrix: ArrayView2<f64>) -> Result<(Array1<f64>, Array2<f64>)> {
    use_one_blas_thread();
    if let Some(bad) = matrix.iter().find(|v| !v.is_finite()) {
        return Err(Error::new("a symmetric matrix has an entry that is not finite").got(bad));
    }
    matrix
        .to_owned()
        .eigh(UPLO::Lower)
        .map_err(|e| Error::new("the eigenvalues of a symmetric matrix were not found").got(e))
}

/// The lower Cholesky factor of a symmetric positive definite matrix.
///
/// # Errors
/// The matrix is not positive definite.
pub fn cholesky(matrix: ArrayView2<f64>) -> Result<Array2<f64>> {
    use_one_blas_thread();
    matrix.to_owned().cholesky(UPLO::Lower).map_err(|_| {
        Error::new("a covariance matrix is not positive definite")
            .hint("a smaller correlation, or a positive variance on the diagonal")
    })
}

/// `A' A` (n x n) of a tall matrix A (p x n), exactly symmetric.
pub fn gram(a: ArrayView2<f64>) -> Array2<f64> {
    use_one_blas_thread();
    let a = a.as_standard_layout();
    let (p, n) = a.dim();
    let mut out = Array2::zeros((n, n));
    if p == 0 || n == 0 {
        return out;
    }
    let size = |x: usize| c_int::try_from(x).expect("a matrix in memory has fewer than 2^31 rows");
    const ROW_MAJOR: c_int = 101;
    const LOWER: c_int = 122;
    const TRANSPOSE: c_int = 112;
    // SAFETY: a is p x n and out n x n, both row-major and contiguous, so the leading dimension of
    // both is n.
    unsafe {
        cblas_dsyrk(
            ROW_MAJOR,
            LOWER,
            TRANSPOSE,
            size(n),
            size(p),
            1.0,
            a.as_ptr(),
            size(n),
            0.0,
            out.as_mut_ptr(),
            size(n),
        )
    };
    for i in 0..n {
        for j in 0..i {
            out[[j, i]] = out[[i, j]];
        }
    }
    out
}

/// `L^-1 b` for a lower triangular `L` (p x p) and several right-hand sides `b` (p x n).
///
/// # Errors
/// A zero on the diagonal of `L`.
pub fn solve_lower(lower: ArrayView2<f64>, b: ArrayView2<f64>) -> Result<Array2<f64>> {
    use_one_blas_thread();
    // A copy with strides of its own: LAPACK takes none of 0, which a slice of one row has.
    let mut solution = Array2::zeros(b.dim());
    solution.assign(&b);
    lower
        .solve_triangular_into(UPLO::Lower, Diag::NonUnit, solution)
        .map_err(|e| Error::new("a triangular system has no solution").got(e))
}

/// A symmetric positive definite matrix by its Cholesky factor.
pub struct PositiveDefinite(CholeskyFactorized<OwnedRepr<f64>>);

impl PositiveDefinite {
    /// Factorizes `matrix` (n x n, its lower triangle is read).
    ///
    /// # Errors
    /// The matrix is not positive definite, or not finite.
    pub fn new(matrix: Array2<f64>) -> Result<Self> {
        use_one_blas_thread();
        let factor = matrix.factorizec_into(UPLO::Lower);
        factor
            .map(PositiveDefinite)
            .map_err(|e| Error::new("a symmetric matrix is not positive definite").got(e))
    }
    /// The logarithm of the determinant.
    pub fn log_det(&self) -> f64 {
        self.0.ln_detc()
    }
    /// `A^-1 b` for one right-hand side (n); more accurate than a product with the inverse.
    ///
    /// # Errors
    /// LAPACK refused.
    pub fn solve(&self, b: &Array1<f64>) -> Result<Array1<f64>> {
        self.0
            .solvec(b)
            .map_err(|e| Error::new("a symmetric system has no solution").got(e))
    }
    /// `A^-1` (n x n).
    ///
    /// # Errors
    /// LAPACK refused.
    pub fn inverse(&self) -> Result<Array2<f64>> {
        self.0
            .invc()
            .map_err(|e| Error::new("a symmetric matrix has no inverse").got(e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let a = array![[2.0, 1.0], [1.0, 3.0]];
        let (values, vectors) = symmetric_eigen(a.view()).unwrap();
        let rebuilt = vectors.dot(&Array2::from_diag(&values)).dot(&vectors.t());
        assert!((rebuilt - &a).iter().all(|e| e.abs() < 1e-14));
        assert!(symmetric_eigen(array![[f64::NAN]].view()).is_err());
    }

    #[test]
    fn a_gram_matrix_is_the_product_with_the_transpose() {
        for (p, n) in [(1, 3), (7, 3), (40, 9), (0, 2)] {
            let a = Array2::from_shape_fn((p, n), |(i, j)| ((i * 5 + j * 3) % 7) as f64 - 3.0);
            assert_eq!(gram(a.view()), a.t().dot(&a));
        }
    }

    #[test]
    fn an_indefinite_matrix_has_no_cholesky_factor() {
        assert!(cholesky(array![[1.0, 2.0], [2.0, 1.0]].view()).is_err());
        assert_eq!(cholesky(array![[4.0]].view()).unwrap()[[0, 0]], 2.0);
    }

    #[test]
    fn a_triangular_solve_and_an_inverse_undo_their_matrix() {
        let a = array![[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]];
        let lower = cholesky(a.view()).unwrap();
        for n in [1, 2, 5] {
            let b = Array2::from_shape_fn((3, n), |(i, j)| (i * 3 + j) as f64);
            let x = solve_lower(lower.view(), b.view()).unwrap();
            assert!((lower.dot(&x) - b).iter().all(|e| e.abs() < 1e-14));
        }
        let factor = PositiveDefinite::new(a.clone()).unwrap();
        assert!(
            (a.dot(&factor.inverse().unwrap()) - Array2::<f64>::eye(3))
                .iter()
                .all(|e| e.abs() < 1e-14)
        );
        assert!(
            (a.dot(&factor.solve(&array![1.0, 2.0, 3.0]).unwrap()) - array![1.0, 2.0, 3.0])
                .iter()
                .all(|e| e.abs() < 1e-14)
        );
        // 4 (6 - 0.04) - 1 (2 - 0.1) + 0.5 (0.2 - 1.5), by hand
        assert!((factor.log_det() - 21.29f64.ln()).abs() < 1e-14);
    }
}
