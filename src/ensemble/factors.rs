//! Draws of correlated scaling factors.

use super::SphereDraws;
use crate::error::{Error, Result};
use crate::field::room_for;
use crate::grid::great_circle_km;
use crate::{linalg, random};
use ndarray::{Array1, Array2, ArrayView1, Axis};
use std::sync::Arc;

/// A covariance of factors that perturbations are drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorDraws {
    parts: Vec<Part>,
}

/// Factors that are drawn independently of those of other parts.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    /// A root of their covariance.
    Matrix(Array2<f64>),
    /// Their cells (row-major) in a draw on the sphere, and their standard deviation.
    Sphere(Arc<SphereDraws>, Vec<usize>, f64),
}

impl Part {
    fn n_factors(&self) -> usize {
        match self {
            Part::Matrix(root) => root.nrows(),
            Part::Sphere(_, cells, _) => cells.len(),
        }
    }

    fn draw(&self, seed: u64, stream: &str, k: usize) -> Array1<f64> {
        match self {
            Part::Matrix(root) => {
                let mut rng = random::generator(seed, stream, k as u64);
                root.dot(&Array1::from(random::normals(&mut rng, root.nrows())))
            }
            Part::Sphere(sphere, cells, sd) => {
                let field = sphere.draw(seed, stream, k);
                let n_lon = field.ncols();
                let of = |cell: &usize| sd * field[[cell / n_lon, cell % n_lon]];
                cells.iter().map(of).collect()
            }
        }
    }
}

impl FactorDraws {
    /// From a covariance (n x n, dimensionless), which may be singular; its symmetric square root
    /// is used.
    ///
    /// # Errors
    /// Not square or symmetric, not finite, or an eigenvalue below zero by more than rounding.
    pub fn new(covariance: &Array2<f64>) -> Result<Self> {
        let n = covariance.nrows();
        if covariance.ncols() != n || n == 0 {
            return Err(
                Error::new("a covariance of factors must be square").got(format!(
                    "{} x {}",
                    n,
                    covariance.ncols()
                )),
            );
        }
        let largest = covariance.iter().fold(0.0f64, |a, v| a.max(v.abs()));
        if let Some(((i, j), _)) = covariance
            .indexed_iter()
            .find(|((i, j), v)| (*v - covariance[[*j, *i]]).abs() > 1e-10 * largest)
        {
            return Err(Error::new("a covariance of factors must be symmetric")
                .at(format!("factors {i} and {j}")));
        }
        let (values, vectors) = linalg::symmetric_eigen(covariance.view())?;
        let lowest = values[0];
        if lowest < -1e-8 * values[n - 1].abs().max(largest) {
            return Err(Error::new("a covariance of factors has a negative eigenvalue")
                .got(lowest)
                .hint("a correlation that falls with distance as exp(-d / length), and none between groups"));
        }
        let roots = values.mapv(|v| v.max(0.0).sqrt());
        let root = (&vectors * &roots.insert_axis(Axis(0))).dot(&vectors.t());
        Ok(FactorDraws {
            parts: vec![Part::Matrix(root)],
        })
    }

    /// Factors in cells (row-major) of a grid, of standard deviation `sd` and correlated as the
    /// draws on the sphere are.
    pub fn on_sphere(sphere: Arc<SphereDraws>, cells: Vec<usize>, sd: f64) -> Self {
        FactorDraws {
            parts: vec![Part::Sphere(sphere, cells, sd)],
        }
    }

    /// The factors of several draws one after the other, independent of one another.
    pub fn joined(draws: impl IntoIterator<Item = FactorDraws>) -> Self {
        FactorDraws {
            parts: draws.into_iter().flat_map(|d| d.parts).collect(),
        }
    }

    /// Number of factors n.
    pub fn n_factors(&self) -> usize {
        self.parts.iter().map(Part::n_factors).sum()
    }

    /// Perturbations (n) of member `k`, mean zero, which depend on (seed, stream, k) only.
    pub fn draw(&self, seed: u64, stream: &str, k: usize) -> Array1<f64> {
        let parts = self.parts.iter().enumerate().map(|(number, part)| {
            // The first part draws as it would alone.
            let stream = match number {
                0 => stream.to_string(),
                _ => format!("{stream}, part {number}"),
            };
            part.draw(seed, &stream, k)
        });
        parts.flatten().collect()
    }

    /// Perturbations (n x m), not centred: a member's do not change when the ensemble grows.
    ///
    /// # Errors
    /// More members than fit into memory.
    pub fn perturbations(&self, n_members: usize, seed: u64, stream: &str) -> Result<Array2<f64>> {
        room_for(&[self.n_factors(), n_members])?;
        let mut out = Array2::zeros((self.n_factors(), n_members));
        out.columns_mut()
            .into_iter()
            .enumerate()
            .for_each(|(k, mut column)| column.assign(&self.draw(seed, stream, k)));
        Ok(out)
    }
}

/// Subtracts each row's mean over the members (n x m). A separate step because it makes every
/// member depend on all the others, and so on their number.
pub fn centred(perturbations: &Array2<f64>) -> Array2<f64> {
    let mean = perturbations.sum_axis(Axis(1)) / perturbations.ncols().max(1) as f64;
    perturbations - &mean.insert_axis(Axis(1))
}

/// Factors (n x m) about a mean (n).
pub fn about(mean: ArrayView1<f64>, perturbations: &Array2<f64>) -> Array2<f64> {
    perturbations + &mean.insert_axis(Axis(1))
}

/// The covariance of factors of standard deviations `sd` at locations (lat, lon) \[degrees\]:
/// correlation `exp(-distance / length_km)` along the surface within a group (land, ocean), none
/// between groups. Our choice; the paper does not state its own.
///
/// # Errors
/// Lists of different lengths, or a length that is not positive.
pub fn exponential_covariance(
    sd: &[f64],
    locations: &[(f64, f64)],
    groups: &[usize],
    length_km: f64,
) -> Result<Array2<f64>> {
    if locations.len() != sd.len() || groups.len() != sd.len() {
        return Err(Error::new("every factor needs a location and a group")
            .expected(sd.len())
            .got(format!(
                "{} locations and {} groups",
                locations.len(),
                groups.len()
            )));
    }
    if !(length_km.is_finite() && length_km > 0.0) {
        return Err(Error::new("a correlation length must be positive")
            .got(format!("{length_km} km"))
            .hint("2000.0"));
    }
    Ok(Array2::from_shape_fn(
        (sd.len(), sd.len()),
        |(i, j)| match (i == j, groups[i] == groups[j]) {
            (true, _) => sd[i] * sd[i],
            (_, true) => {
                sd[i] * sd[j] * (-great_circle_km(locations[i], locations[j]) / length_km).exp()
            }
            _ => 0.0,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn many_draws_have_the_covariance_they_are_drawn_from() {
        let covariance = array![[0.25, 0.1, 0.0], [0.1, 0.09, 0.0], [0.0, 0.0, 0.0]];
        let draws = FactorDraws::new(&covariance)
            .unwrap()
            .perturbations(20_000, 5, "factors")
            .unwrap();
        let sample = draws.dot(&draws.t()) / 20_000.0;
        assert!(
            (&sample - &covariance).iter().all(|e| e.abs() < 0.01),
            "{sample}"
        );
        assert!(draws.row(2).iter().all(|x| x.abs() < 1e-12));
    }

    #[test]
    fn member_k_does_not_change_when_the_ensemble_grows() {
        let draws = FactorDraws::new(&array![[1.0, 0.5], [0.5, 1.0]]).unwrap();
        let (small, large) = (
            draws.perturbations(4, 1, "a").unwrap(),
            draws.perturbations(9, 1, "a").unwrap(),
        );
        assert_eq!(small, large.slice(ndarray::s![.., ..4]));
        let factors = about(array![1.0, 0.8].view(), &centred(&small));
        assert!(
            (&factors.mean_axis(Axis(1)).unwrap() - &array![1.0, 0.8])
                .iter()
                .all(|e| e.abs() < 1e-15)
        );
    }

    #[test]
    fn a_matrix_that_is_no_covariance_is_refused() {
        assert!(
            FactorDraws::new(&array![[1.0, 2.0], [2.0, 1.0]])
                .unwrap_err()
                .to_string()
                .contains("negative eigenvalue")
        );
        assert!(
            FactorDraws::new(&array![[1.0, 0.0], [0.5, 1.0]])
                .unwrap_err()
                .to_string()
                .contains("factors 0 and 1")
        );
        assert!(FactorDraws::new(&array![[1.0, f64::NAN], [f64::NAN, 1.0]]).is_err());
    }

    #[test]
    fn correlation_falls_with_distance_within_a_group_only() {
        // A quarter of the equator is 6371 pi / 2 km.
        let quarter = 6371.0 * std::f64::consts::FRAC_PI_2;
        let c = exponential_covariance(
            &[0.5, 0.4, 0.3],
            &[(0.0, 0.0), (0.0, 90.0), (0.0, 90.0)],
            &[0, 0, 1],
            quarter,
        )
        .unwrap();
        assert!((c[[0, 1]] - 0.2 * (-1f64).exp()).abs() < 1e-12);
        assert_eq!((c[[1, 2]], c[[2, 2]]), (0.0, 0.09));
        assert!(exponential_covariance(&[1.0], &[], &[0], 1.0).is_err());
    }
}
