//! A random rotation of the members that keeps their mean and covariance (Sakov and Oke 2008b): it
//! spreads over all members what a symmetric square root lets a few of them hold.
//!
//! `X_a = X B`, `B = J + U Q U'`, U (m x m-1) an orthonormal basis of what is orthogonal to 1, Q a
//! random orthogonal matrix of m-1: the eigenvectors of a symmetric matrix of independent normal
//! numbers, each with a random sign. The whole state must be turned alike: use it on all rows,
//! after the analyses of the regions have been blended.

use super::{Draws, UpdateMatrices};
use crate::error::{Error, Result};
use crate::linalg;
use crate::random;
use ndarray::{Array2, Axis, s};

/// The rotation of `n_members` named by `draws`.
///
/// # Errors
/// Fewer than 3 members.
pub fn rotation(n_members: usize, draws: &Draws) -> Result<UpdateMatrices> {
    if n_members < 3 {
        return Err(Error::new("a rotation needs members")
            .expected("at least 3")
            .got(n_members));
    }
    let n = n_members - 1;
    let mut generator = random::generator(draws.seed, &format!("{}/rotation", draws.stream), 0);
    let drawn = Array2::from_shape_vec((n, n), random::normals(&mut generator, n * n))
        .expect("n times n numbers");
    let (_, mut turned) = linalg::symmetric_eigen((&drawn + &drawn.t()).view())?;
    let signs = random::normals(&mut generator, n);
    turned
        .columns_mut()
        .into_iter()
        .zip(signs)
        .for_each(|(mut column, sign)| column *= sign.signum());
    let basis = complement_of_ones(n_members);
    let b = basis.dot(&turned).dot(&basis.t()) + 1.0 / n_members as f64;
    UpdateMatrices::new(b.clone(), b)
}

/// An orthonormal basis of the vectors that add up to nothing (m x m-1): Helmert's.
fn complement_of_ones(m: usize) -> Array2<f64> {
    let mut basis = Array2::zeros((m, m - 1));
    for (k, mut column) in basis.axis_iter_mut(Axis(1)).enumerate() {
        let j = (k + 1) as f64;
        let length = (j * (j + 1.0)).sqrt();
        column.slice_mut(s![..=k]).fill(1.0 / length);
        column[k + 1] = -j / length;
    }
    basis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_covariance_stay_and_the_members_do_not() {
        let x = Array2::from_shape_fn((5, 8), |(i, j)| ((i * 7 + j * j * 3) % 11) as f64);
        let turned = rotation(8, &Draws::new(1, "w"))
            .unwrap()
            .apply_concentration(&x)
            .unwrap();
        let centred = |x: &Array2<f64>| x - &x.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1));
        let (before, after) = (centred(&x), centred(&turned));
        assert!(
            (turned.mean_axis(Axis(1)).unwrap() - x.mean_axis(Axis(1)).unwrap())
                .iter()
                .all(|e| e.abs() < 1e-12)
        );
        assert!(
            (before.dot(&before.t()) - after.dot(&after.t()))
                .iter()
                .all(|e| e.abs() < 1e-10)
        );
        assert!((before - after).iter().any(|e| e.abs() > 0.5));
    }

    #[test]
    fn another_stream_turns_otherwise() {
        let of = |stream: &str| rotation(6, &Draws::new(1, stream)).unwrap();
        assert!(of("a") == of("a") && of("a") != of("b"));
        assert!(rotation(2, &Draws::new(1, "a")).is_err());
    }
}
