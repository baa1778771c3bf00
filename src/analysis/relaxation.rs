//! Relaxation of the analysed anomalies toward the forecast's, wrapped around any update form.

use super::{Draws, UpdateForm, UpdateMatrices};
use crate::error::{Error, Result};
use crate::inflation::Factors;
use crate::innovation::Innovation;
use ndarray::{Array2, Axis};
use std::fmt;
use std::sync::Arc;

/// Relaxation to prior perturbations (Zhang et al. 2004): `X'_a <- (1-alpha) X'_a + alpha X'_f`.
#[derive(Debug, Clone)]
pub struct Rtpp {
    form: Arc<dyn UpdateForm>,
    alpha: f64,
}

/// Relaxation to prior spread (Whitaker and Hamill 2012): each row's analysed anomalies are scaled
/// so that their standard deviation becomes `(1-alpha) sd_a + alpha sd_f`.
#[derive(Debug, Clone)]
pub struct Rtps {
    form: Arc<dyn UpdateForm>,
    alpha: f64,
}

impl Rtpp {
    /// Relaxes what `form` gives; alpha 0 changes nothing, 1 keeps the forecast's anomalies.
    ///
    /// # Errors
    /// alpha outside 0 to 1.
    pub fn new(form: Arc<dyn UpdateForm>, alpha: f64) -> Result<Self> {
        check(alpha).map(|alpha| Rtpp { form, alpha })
    }
    /// `B J + (1-alpha) B (I-J) + alpha (I-J)`.
    fn relaxed(&self, b: &Array2<f64>) -> Array2<f64> {
        let m = b.nrows() as f64;
        let mean = b.sum_axis(Axis(1)) / m;
        let keep_mean = &mean.insert_axis(Axis(1)) * self.alpha - self.alpha / m;
        b * (1.0 - self.alpha) + keep_mean + Array2::<f64>::eye(b.nrows()) * self.alpha
    }
}

impl Rtps {
    /// Relaxes what `form` gives; alpha 0 changes nothing, 1 keeps the forecast's spread.
    ///
    /// # Errors
    /// alpha outside 0 to 1.
    pub fn new(form: Arc<dyn UpdateForm>, alpha: f64) -> Result<Self> {
        check(alpha).map(|alpha| Rtps { form, alpha })
    }
}

fn check(alpha: f64) -> Result<f64> {
    if (0.0..=1.0).contains(&alpha) {
        Ok(alpha)
    } else {
        Err(Error::new("the relaxation alpha must lie between 0 and 1")
            .expected("0 to 1")
            .got(alpha)
            .hint("alpha: 0.5"))
    }
}

impl UpdateForm for Rtpp {
    fn matrices(
        &self,
        innovation: &Innovation,
        factors: &Factors,
        draws: &Draws,
    ) -> Result<UpdateMatrices> {
        let inner = self.form.matrices(innovation, factors, draws)?;
        let mut relaxed = UpdateMatrices::new(
            self.relaxed(&inner.concentration),
            self.relaxed(&inner.factor),
        )?;
        relaxed.spread_relaxation = inner.spread_relaxation;
        Ok(relaxed)
    }
}

impl UpdateForm for Rtps {
    fn matrices(
        &self,
        innovation: &Innovation,
        factors: &Factors,
        draws: &Draws,
    ) -> Result<UpdateMatrices> {
        let mut matrices = self.form.matrices(innovation, factors, draws)?;
        // Two relaxations in a row leave (1-a)(1-b) of the way unrelaxed.
        matrices.spread_relaxation = 1.0 - (1.0 - matrices.spread_relaxation) * (1.0 - self.alpha);
        Ok(matrices)
    }
}

impl fmt::Display for Rtpp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "analysis::rtpp({}, {:?})", self.form, self.alpha)
    }
}

impl fmt::Display for Rtps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "analysis::rtps({}, {:?})", self.form, self.alpha)
    }
}
