//! The likelihood of the inflation factors and its derivatives (Su et al. 2024; Liang et al. 2012),
//! at a cost independent of the number of observations.
//!
//! `f(theta, mu) = -2 ln L = ln det S + d' S^-1 d`, `S = theta Y Y'/(m-1) + blockdiag(mu_k R_k)`,
//! up to a constant. With `g = theta/(m-1)`, `M = I + g G`, `T = M^-1`, `z = T b`, `D_k = g
//! G_k/mu_k`:
//!
//! `f = sum_k [p_k ln mu_k + ln det R_k + c_k/mu_k] + ln det M - g b'z`,
//! `df/d ln theta = DFS - Jb`, `df/d ln mu_k = (p_k - DFS_k) - Jo_k`,
//! `DFS_k = tr(T D_k)`, `Jb = g z'z`, `Jo_k = (c_k - 2 g b_k'z + g^2 z'G_k z)/mu_k`.

use super::Innovation;
use crate::error::{Error, Result};
use crate::linalg::PositiveDefinite;
use ndarray::{Array1, Array2};

/// Minus twice the log-likelihood at one (theta, mu) with its derivatives in the logarithms of the
/// factors, in the order `[theta, mu_1, .., mu_K]`.
#[derive(Debug, Clone)]
pub struct Likelihood {
    /// Factor of the forecast error covariance.
    pub theta: f64,
    /// Factor of each source's error covariance.
    pub mu: Vec<f64>,
    /// f.
    pub value: f64,
    /// df/d ln (1 + K).
    pub gradient: Array1<f64>,
    /// The Fisher information, which is the expectation of the Hessian (1 + K square).
    pub expected_hessian: Array2<f64>,
    /// The Hessian (1 + K square).
    pub observed_hessian: Array2<f64>,
    /// Observations of each source.
    pub n_obs: Vec<usize>,
    /// Degrees of freedom for signal of each source, `tr(T D_k)`.
    pub dfs: Vec<f64>,
    /// The analysis's misfit to the forecast, `g z'z`.
    pub jb: f64,
    /// The analysis's misfit to each source.
    pub jo: Vec<f64>,
    /// `z = T b` (m).
    pub z: Array1<f64>,
    /// `T = (I + g G)^-1` (m x m).
    pub transform: Array2<f64>,
}

/// The Desroziers ratios, all one where the factors are right: print them beside the factors.
#[derive(Debug, Clone, PartialEq)]
pub struct SelfCheck {
    /// Jb / DFS; not a number where the observations carry no information.
    pub background: f64,
    /// Jo_k / (p_k - DFS_k) of each source; not a number for one without observations.
    pub sources: Vec<(String, f64)>,
}

impl Innovation {
    /// The likelihood of the factors: `theta`, and one `mu` per source in order.
    ///
    /// # Errors
    /// Another number of mu than sources, or a factor that is not positive and finite.
    pub fn likelihood(&self, theta: f64, mu: &[f64]) -> Result<Likelihood> {
        check_factors(self, theta, mu)?;
        let m = self.n_members;
        let g = theta / (m - 1) as f64;
        let (gram, b) = self.weighted(mu);
        let factor = PositiveDefinite::new(Array2::eye(m) + &gram * g)?;
        let (z, transform) = (factor.solve(&b)?, factor.inverse()?);
        let mut value = factor.log_det() - g * b.dot(&z);
        let (mut dfs, mut jo, mut residuals) = (vec![], vec![], vec![]);
        for (source, mu) in self.sources.iter().zip(mu) {
            let gz = source.gram.dot(&z);
            value += source.n_obs() as f64 * mu.ln() + source.log_det_r + source.c / mu;
            jo.push((source.c - 2.0 * g * source.b.dot(&z) + g * g * z.dot(&gz)) / mu);
            residuals.push((&source.b - &(gz * g)) / *mu);
            dfs.push((&transform * &source.gram).sum() * (g / mu));
        }
        let jb = g * z.dot(&z);
        let n_obs: Vec<usize> = self.sources.iter().map(|s| s.n_obs()).collect();
        let gradient: Array1<f64> = std::iter::once(dfs.iter().sum::<f64>() - jb)
            .chain((0..mu.len()).map(|k| n_obs[k] as f64 - dfs[k] - jo[k]))
            .collect();
        let products = self.products(&transform, g, mu);
        let expected_hessian = expected_hessian(&transform, &products, &n_obs, &dfs);
        let (e, r) = (&expected_hessian, &residuals);
        let observed_hessian = observed_hessian(&gradient, e, g, &z, &transform, r, &jo);
        Ok(Likelihood {
            theta,
            mu: mu.to_vec(),
            value,
            gradient,
            expected_hessian,
            observed_hessian,
            n_obs,
            dfs,
            jb,
            jo,
            z,
            transform,
        })
    }

    /// `T D_k` of every source. They sum to I - T, which gives the last without a product.
    fn products(&self, transform: &Array2<f64>, g: f64, mu: &[f64]) -> Vec<Array2<f64>> {
        let Some(last) = self.sources.len().checked_sub(1) else {
            return vec![];
        };
        let mut rest = Array2::eye(self.n_members) - transform;
        let mut products = vec![];
        for (source, mu) in self.sources[..last].iter().zip(mu) {
            let product = transform.dot(&source.gram) * (g / mu);
            rest -= &product;
            products.push(product);
        }
        products.push(rest);
        products
    }

    /// `d' S^-1 d / p` at the factors: one where they are right; not a number without observations.
    ///
    /// # Errors
    /// A number of mu other than that of the sources, or a covariance that is not positive
    /// definite.
    pub fn chi_square(&self, theta: f64, mu: &[f64]) -> Result<f64> {
        Ok(self.likelihood(theta, mu)?.chi_square())
    }

    /// The self-check at the factors.
    ///
    /// # Errors
    /// A number of mu other than that of the sources, or a covariance that is not positive
    /// definite.
    pub fn self_check(&self, theta: f64, mu: &[f64]) -> Result<SelfCheck> {
        let at = self.likelihood(theta, mu)?;
        let sources = self.sources.iter().enumerate().map(|(k, s)| {
            (
                s.name().to_string(),
                at.jo[k] / (at.n_obs[k] as f64 - at.dfs[k]),
            )
        });
        Ok(SelfCheck {
            background: at.jb / at.dfs.iter().sum::<f64>(),
            sources: sources.collect(),
        })
    }
}

impl Likelihood {
    /// `sqrt(theta) W b = sqrt(theta) z / (m-1)` (m): anomalies of factor rows times these are the
    /// increment of their mean, those of concentration rows once more times sqrt(theta).
    pub fn weights(&self) -> Array1<f64> {
        &self.z * (self.theta.sqrt() / (self.z.len() - 1) as f64)
    }
    /// `d' S^-1 d / p = (Jb + sum Jo_k) / p`; not a number without observations.
    pub fn chi_square(&self) -> f64 {
        (self.jb + self.jo.iter().sum::<f64>()) / self.n_obs.iter().sum::<usize>() as f64
    }
}

fn check_factors(innovation: &Innovation, theta: f64, mu: &[f64]) -> Result<()> {
    if mu.len() != innovation.sources.len() {
        return Err(Error::new("every source needs a factor mu")
            .expected(innovation.sources.len())
            .got(mu.len()));
    }
    let positive = |name: &str, value: f64| {
        if value.is_finite() && value > 0.0 {
            Ok(())
        } else {
            Err(Error::new(format!("the factor {name} must be positive and finite")).got(value))
        }
    };
    positive("theta", theta)?;
    innovation
        .sources
        .iter()
        .zip(mu)
        .try_for_each(|(s, mu)| positive(&format!("mu of {}", s.name()), *mu))
}

/// `E_aa = |I-T|_F^2`, `E_ak = tr(T D_k T)`, `E_jk = tr(T D_j T D_k) + delta_jk (p_k - 2 DFS_k)`.
fn expected_hessian(
    transform: &Array2<f64>,
    products: &[Array2<f64>],
    n_obs: &[usize],
    dfs: &[f64],
) -> Array2<f64> {
    let k = products.len();
    let mut e = Array2::zeros((k + 1, k + 1));
    let gain = Array2::<f64>::eye(transform.nrows()) - transform;
    e[[0, 0]] = gain.iter().map(|x| x * x).sum();
    for j in 0..k {
        // tr(A B) is the sum of A times B transposed, entry by entry.
        e[[0, j + 1]] = (transform * &products[j].t()).sum();
        e[[j + 1, 0]] = e[[0, j + 1]];
        for l in 0..=j {
            e[[j + 1, l + 1]] = (&products[j] * &products[l].t()).sum();
            e[[l + 1, j + 1]] = e[[j + 1, l + 1]];
        }
        e[[j + 1, j + 1]] += n_obs[j] as f64 - 2.0 * dfs[j];
    }
    e
}

/// `diag(gradient) - E + 2 B`, `B_aa = g (z'z - z'T z)`, `B_ak = g z'T r_k`, `B_jk = delta_jk
/// Jo_k - g r_j'T r_k`.
fn observed_hessian(
    gradient: &Array1<f64>,
    expected: &Array2<f64>,
    g: f64,
    z: &Array1<f64>,
    transform: &Array2<f64>,
    residuals: &[Array1<f64>],
    jo: &[f64],
) -> Array2<f64> {
    let tz = transform.dot(z);
    let mut h = Array2::from_diag(gradient) - expected;
    h[[0, 0]] += 2.0 * g * (z.dot(z) - z.dot(&tz));
    for (j, r) in residuals.iter().enumerate() {
        let cross = 2.0 * g * tz.dot(r);
        h[[0, j + 1]] += cross;
        h[[j + 1, 0]] += cross;
        h[[j + 1, j + 1]] += 2.0 * jo[j];
        let tr = transform.dot(r);
        for (l, other) in residuals.iter().enumerate() {
            h[[j + 1, l + 1]] -= 2.0 * g * tr.dot(other);
        }
    }
    h
}
