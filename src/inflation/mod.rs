//! Inflation: schemes that estimate theta (of the forecast error covariance) and one mu per source
//! (of its stated error covariance) from the innovation of a region and window. A scheme is a
//! value; its `Display` is the script call that rebuilds it.

mod chain;
mod desroziers;
mod enkf_n;
mod factors;
mod fixed;
mod maximum_likelihood;
mod moderated;
mod newton;
mod pooled;
mod rules;

pub use chain::Chain;
pub use desroziers::Desroziers;
pub use enkf_n::EnkfN;
pub use factors::{Factors, Fallback};
pub use fixed::Fixed;
pub use maximum_likelihood::{Grouping, MaximumLikelihood, Theta};
pub use moderated::Moderated;
pub use pooled::Pooled;

use crate::error::{Error, Result};
use crate::innovation::Innovation;
use std::fmt;
use std::sync::Arc;

/// An estimator of the inflation factors.
///
/// # Example
/// ```
/// use mcas::error::Result;
/// use mcas::inflation::{Factors, Fallback, Inflation};
/// use mcas::innovation::{Innovation, SourceData};
/// use std::fmt;
///
/// /// Twice the forecast error variance, the stated error variances as they are.
/// #[derive(Debug)]
/// struct Doubled;
///
/// impl Inflation for Doubled {
///     fn estimate(&self, innovation: &Innovation, _: &Fallback) -> Result<Factors> {
///         let mu = innovation.sources().iter().map(|s| (s.name().to_string(), 1.0));
///         Factors::given(2.0, mu.collect())
///     }
/// }
/// impl fmt::Display for Doubled {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str("doubled")
///     }
/// }
///
/// let innovation = Innovation::new::<SourceData>(3, vec![])?;
/// let factors = Doubled.estimate(&innovation, &Fallback::none())?;
/// assert_eq!(factors.theta, 2.0);
/// # Ok::<(), mcas::error::Error>(())
/// ```
pub trait Inflation: fmt::Display + fmt::Debug + Send + Sync {
    /// The factors of one region and window. `fallback` gives the factors where there are too few
    /// observations.
    ///
    /// # Errors
    /// The small matrices give no factors, such as those that are not finite.
    fn estimate(&self, innovation: &Innovation, fallback: &Fallback) -> Result<Factors>;
}

/// One of each built-in scheme.
pub fn all() -> Vec<Box<dyn Inflation>> {
    let likelihood: Arc<dyn Inflation> = Arc::new(MaximumLikelihood::new());
    vec![
        Box::new(Fixed::none()),
        Box::new(MaximumLikelihood::new()),
        Box::new(MaximumLikelihood::one_mu()),
        Box::new(MaximumLikelihood::theta_only()),
        Box::new(Desroziers::new()),
        Box::new(EnkfN::new()),
        Box::new(
            Chain::new(vec![
                Arc::new(MaximumLikelihood::one_mu()),
                likelihood.clone(),
            ])
            .expect("two schemes"),
        ),
        Box::new(Pooled::new(likelihood.clone())),
        Box::new(Moderated::new(likelihood, 3.0).expect("a positive limit")),
    ]
}

/// Smallest and largest value of a factor.
pub type Bounds = (f64, f64);

/// Bounds of theta. The floor of 1 matters: without it runs with one source diverge.
pub const THETA_BOUNDS: Bounds = (1.0, 100.0);
/// Bounds of every mu.
pub const MU_BOUNDS: Bounds = (0.01, 100.0);
/// Name of the warning of factors at which the gradient, projected on the bounds, is not 0.
pub const UNCONVERGED: &str = "not_converged";
/// Fewer observations than this do not estimate a factor.
pub const MINIMUM_OBSERVATIONS: usize = 30;

fn check_bounds(name: &str, (low, high): Bounds) -> Result<Bounds> {
    if low.is_finite() && high.is_finite() && 0.0 < low && low <= high {
        Ok((low, high))
    } else {
        Err(Error::new(format!(
            "the bounds of {name} must be positive, finite and in order"
        ))
        .got(format!("{low} to {high}"))
        .hint("1.0 to 100.0"))
    }
}

/// `{ in_situ: 4.0, satellite: 0.25 }` as a script writes a map.
fn script_map(entries: &[(String, f64)]) -> String {
    entries
        .iter()
        .map(|(name, value)| format!("{name:?}: {value:?}"))
        .collect::<Vec<_>>()
        .join(", ")
}
