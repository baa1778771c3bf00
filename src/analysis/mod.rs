//! The analysis (Su et al. 2024, Eq. 3): update forms turn an innovation and its factors into one m
//! x m matrix for the concentration rows and one for the factor rows, `X_a = X B` on whole members;
//! applying them is one pass over the state. A form written outside that gives such matrices runs
//! at the same speed.

mod additive;
mod apply;
mod ensrf;
mod etkf;
mod letkf;
mod literal;
mod mass;
mod perturbed;
mod relaxation;
mod rotation;
mod update;

pub use additive::Additive;
pub use apply::apply;
pub(crate) use apply::transformed;
pub use ensrf::Ensrf;
pub use etkf::Etkf;
pub use letkf::{Letkf, LocalUpdate};
pub use literal::Literal;
pub use mass::{MassClosure, MassCorrection};
pub use perturbed::Perturbed;
pub use relaxation::{Rtpp, Rtps};
pub use rotation::rotation;
pub use update::Update;

use crate::error::{Error, Result};
use crate::inflation::Factors;
use crate::innovation::{About, Innovation};
use crate::linalg::PositiveDefinite;
use ndarray::{Array1, Array2, Axis};
use std::fmt;

/// A way to make the update matrices.
///
/// # Example
/// ```
/// use mcas::analysis::{Draws, Etkf, UpdateForm};
/// use mcas::inflation::{Fallback, Fixed, Inflation};
/// use mcas::innovation::{Innovation, SourceData};
/// use ndarray::array;
///
/// // Without observations and inflation the analysis is the forecast.
/// let innovation = Innovation::new::<SourceData>(3, vec![])?;
/// let factors = Fixed::none().estimate(&innovation, &Fallback::none())?;
/// let matrices = Etkf.matrices(&innovation, &factors, &Draws::new(1, "window 0"))?;
/// let rows = array![[1.0, 2.0, 6.0]];
/// let analysed = matrices.apply_concentration(&rows)?;
/// assert!((analysed - rows).iter().all(|d| d.abs() < 1e-14));
/// # Ok::<(), mcas::error::Error>(())
/// ```
pub trait UpdateForm: fmt::Display + fmt::Debug + Send + Sync {
    /// The matrices of one region and window; `draws` names the random numbers of a form that needs
    /// some.
    ///
    /// # Errors
    /// Factors that do not fit the sources, or a matrix that is not positive definite.
    fn matrices(
        &self,
        innovation: &Innovation,
        factors: &Factors,
        draws: &Draws,
    ) -> Result<UpdateMatrices>;
}

/// One of each built-in form.
pub fn all() -> Vec<Box<dyn UpdateForm>> {
    vec![
        Box::new(Etkf),
        Box::new(Ensrf),
        Box::new(Literal),
        Box::new(Perturbed),
    ]
}

/// Which random numbers to use: a seed, and a stream such as the window's name; and where in the
/// run they are for.
#[derive(Debug, Clone)]
pub struct Draws {
    /// The run's seed.
    pub seed: u64,
    /// What the draws are for; another stream gives other numbers.
    pub stream: String,
    /// Where in the run the update is.
    pub about: About,
}

impl Draws {
    /// The draws of `seed` and `stream`.
    pub fn new(seed: u64, stream: &str) -> Self {
        Draws {
            seed,
            stream: stream.to_string(),
            about: About::default(),
        }
    }
    /// The same draws for an update at a location in the run.
    pub fn at(mut self, about: About) -> Self {
        self.about = about;
        self
    }
}

/// The update of m members: `X_a = X B`, X (n x m) whole members, not anomalies. Every column of a
/// B adds up to one, so that what all members agree on stays.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateMatrices {
    concentration: Array2<f64>,
    factor: Array2<f64>,
    spread_relaxation: f64,
}

impl UpdateMatrices {
    /// B of the concentration rows and B of the factor rows (both m x m).
    ///
    /// # Errors
    /// Shapes that differ, entries that are not finite, or columns that do not add up to one.
    pub fn new(concentration: Array2<f64>, factor: Array2<f64>) -> Result<Self> {
        let m = concentration.nrows();
        for (name, b) in [("concentration", &concentration), ("factor", &factor)] {
            let location = format!("the {name} matrix");
            if b.dim() != (m, m) {
                let shape = format!("{} x {}", b.nrows(), b.ncols());
                return Err(Error::new("update matrices must be square and of one size")
                    .expected(format!("{m} x {m}"))
                    .got(shape)
                    .at(location));
            }
            if let Some(bad) = b.iter().find(|v| !v.is_finite()) {
                return Err(
                    Error::new("an update matrix has an entry that is not finite")
                        .got(bad)
                        .at(location),
                );
            }
            let size = b.iter().fold(1.0f64, |a, v| a.max(v.abs()));
            if let Some((i, sum)) = b
                .sum_axis(Axis(0))
                .iter()
                .enumerate()
                .find(|(_, s)| (*s - 1.0).abs() > 1e-9 * size * m as f64)
            {
                return Err(
                    Error::new("the columns of an update matrix must add up to one")
                        .got(sum)
                        .at(format!("column {i}"))
                        .at(location)
                        .hint("whole members, not anomalies: X_a = X B"),
                );
            }
        }
        Ok(UpdateMatrices {
            concentration,
            factor,
            spread_relaxation: 0.0,
        })
    }
    /// The update that changes nothing.
    pub fn identity(n_members: usize) -> Self {
        UpdateMatrices {
            concentration: Array2::eye(n_members),
            factor: Array2::eye(n_members),
            spread_relaxation: 0.0,
        }
    }
    /// The update where regions meet: `B = I + sum_r w_r (B_r - I)`.
    ///
    /// # Errors
    /// Another number of weights than matrices, other numbers of members, weights that are negative
    /// or add up to more than one.
    pub fn blended(matrices: &[UpdateMatrices], weights: &[f64]) -> Result<Self> {
        let first = matrices
            .first()
            .ok_or_else(|| Error::new("there are no update matrices to blend"))?;
        if weights.len() != matrices.len() {
            return Err(Error::new("every update needs a weight")
                .expected(matrices.len())
                .got(weights.len()));
        }
        if let Some(bad) = weights.iter().find(|w| !(w.is_finite() && **w >= 0.0)) {
            return Err(Error::new("a weight must be finite and not negative").got(bad));
        }
        if weights.iter().sum::<f64>() > 1.0 + 1e-9 {
            return Err(
                Error::new("the weights of the regions add up to more than one")
                    .got(weights.iter().sum::<f64>()),
            );
        }
        let mut out = UpdateMatrices::identity(first.n_members());
        let eye = Array2::<f64>::eye(first.n_members());
        for (update, weight) in matrices.iter().zip(weights) {
            if update.n_members() != first.n_members() {
                return Err(Error::new("update matrices must fit the ensemble")
                    .expected(first.n_members())
                    .got(update.n_members()));
            }
            out.concentration
                .scaled_add(*weight, &(&update.concentration - &eye));
            out.factor.scaled_add(*weight, &(&update.factor - &eye));
            out.spread_relaxation += weight * update.spread_relaxation;
        }
        Ok(out)
    }
    /// Number of members.
    pub fn n_members(&self) -> usize {
        self.concentration.nrows()
    }
    /// B of the concentration rows (m x m).
    pub fn concentration(&self) -> &Array2<f64> {
        &self.concentration
    }
    /// B of the factor rows (m x m).
    pub fn factor(&self) -> &Array2<f64> {
        &self.factor
    }
    /// The analysed concentration rows (n x m) \[their unit\].
    ///
    /// # Errors
    /// The rows have another number of members than the matrices.
    pub fn apply_concentration(&self, rows: &Array2<f64>) -> Result<Array2<f64>> {
        transformed(rows, &self.concentration, self.spread_relaxation)
    }
    /// The analysed factor rows (n x m) \[their unit\].
    ///
    /// # Errors
    /// The rows have another number of members than the matrices.
    pub fn apply_factor(&self, rows: &Array2<f64>) -> Result<Array2<f64>> {
        transformed(rows, &self.factor, self.spread_relaxation)
    }
}

/// What all forms start from: G and b of all sources over their mu, theta, and the mu.
struct Weighted {
    mu: Vec<f64>,
    theta: f64,
    gram: Array2<f64>,
    b: Array1<f64>,
}

impl Weighted {
    fn new(innovation: &Innovation, factors: &Factors) -> Result<Self> {
        let mu = factors.aligned(innovation)?;
        let (gram, b) = factors.moderated(innovation)?.weighted(&mu);
        Ok(Weighted {
            mu,
            theta: factors.theta,
            gram,
            b,
        })
    }
    /// `g = theta / (m-1)`.
    fn g(&self) -> f64 {
        self.theta / (self.b.len() - 1) as f64
    }
    /// `W = (I + g G)^-1 / (m-1)`.
    fn gain_weights(&self) -> Result<Array2<f64>> {
        let m = self.b.len();
        Ok(
            PositiveDefinite::new(Array2::eye(m) + &self.gram * self.g())?.inverse()?
                / (m - 1) as f64,
        )
    }
}

/// `J + (I - J) A`, J = 11'/m: the weights A of the anomalies as weights of whole members.
fn on_members(anomaly_weights: &Array2<f64>) -> Array2<f64> {
    let m = anomaly_weights.nrows() as f64;
    let mean = anomaly_weights.sum_axis(Axis(0)) / m;
    anomaly_weights - &mean.insert_axis(Axis(0)) + 1.0 / m
}

/// `v 1' + A`: the column v added to every column.
fn plus_column(v: &Array1<f64>, a: Array2<f64>) -> Array2<f64> {
    a + v.view().insert_axis(Axis(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn matrices_that_would_move_a_constant_are_refused() {
        let good = array![[0.5, 0.25], [0.5, 0.75]];
        assert!(UpdateMatrices::new(good.clone(), good.clone()).is_ok());
        let message = |c, f| UpdateMatrices::new(c, f).unwrap_err().to_string();
        assert!(message(array![[0.5, 0.25], [0.5, 0.8]], good.clone()).contains("column 1"));
        assert!(
            message(good.clone(), array![[f64::NAN, 0.0], [0.0, 1.0]])
                .contains("the factor matrix")
        );
        assert!(message(good, Array2::eye(3)).contains("expected 2 x 2, got 3 x 3"));
    }

    #[test]
    fn a_blend_goes_part_of_the_way_of_each_update() {
        let b = array![[0.5, 0.25], [0.5, 0.75]];
        let (update, stay) = (
            UpdateMatrices::new(b.clone(), b.clone()).unwrap(),
            UpdateMatrices::identity(2),
        );
        let blend = UpdateMatrices::blended(&[update.clone(), stay], &[0.4, 0.6]).unwrap();
        assert!(
            (blend.concentration() - &array![[0.8, 0.1], [0.2, 0.9]])
                .iter()
                .all(|e| e.abs() < 1e-15)
        );
        assert_eq!(
            UpdateMatrices::blended(std::slice::from_ref(&update), &[0.0]).unwrap(),
            UpdateMatrices::identity(2)
        );
        assert!(
            UpdateMatrices::blended(std::slice::from_ref(&update), &[1.1]).is_err()
                && UpdateMatrices::blended(&[], &[]).is_err()
        );
        assert!(
            UpdateMatrices::blended(&[update, UpdateMatrices::identity(3)], &[0.5, 0.5]).is_err()
        );
    }
}
