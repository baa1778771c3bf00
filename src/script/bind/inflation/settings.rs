//! The options of inflation schemes.

use crate::error::{Error, Result};
use crate::inflation::{
    Bounds, MINIMUM_OBSERVATIONS, MU_BOUNDS, MaximumLikelihood, THETA_BOUNDS, Theta,
};
use crate::script::FromScript;
use crate::script::bind::inflation::factors::FactorsOption;
use crate::script::bind::innovation::about::AboutOptions;
use crate::script::bridge::options::options;
use rhai::{Array, Dynamic};
use std::collections::BTreeMap;

impl FromScript for Bounds {
    fn expected() -> String {
        "bounds [low, high]".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        match Vec::from_script(value)?[..] {
            [low, high] => Some((low, high)),
            _ => None,
        }
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        let n = value.read_lock::<Array>()?.len();
        let error = Error::new("a lower and an upper bound are needed");
        (n != 2).then(|| error.got(format!("{n} numbers")).hint("[1.0, 100.0]"))
    }
    fn shown(&self) -> String {
        format!("[{}, {}]", self.0, self.1)
    }
}

impl FromScript for Theta {
    fn expected() -> String {
        "bounds [low, high], or a number".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        let bounds = || Bounds::from_script(value).map(Theta::Estimated);
        f64::from_script(value).map(Theta::Fixed).or_else(bounds)
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        Bounds::reason(value)
    }
    fn shown(&self) -> String {
        match self {
            Theta::Estimated(bounds) => bounds.shown(),
            Theta::Fixed(value) => value.shown(),
        }
    }
}

options! {
    /// The settings that all maximum-likelihood schemes share.
    pub(super) struct LikelihoodOptions of
        "inflation::maximum_likelihood", "inflation::one_mu", "inflation::theta_only" {
        /// The bounds of theta; one number keeps it fixed.
        theta: Theta = Theta::Estimated(THETA_BOUNDS),
        /// The bounds of every mu.
        mu: Bounds = MU_BOUNDS,
        /// Sources that share a mu, such as [["in_situ"], ["land", "ocean"]].
        groups: Option<Vec<Vec<String>>>,
        /// A factor with fewer observations takes the pooled value.
        minimum_observations: usize = MINIMUM_OBSERVATIONS,
        /// The width of a log-normal prior about 1 on every factor; where not given there is none.
        prior_sd: Option<f64>,
    }
}

impl LikelihoodOptions {
    /// A scheme with these settings.
    pub(super) fn settle(self, scheme: MaximumLikelihood) -> Result<MaximumLikelihood> {
        let mut scheme = scheme
            .with_theta(self.theta)?
            .with_mu_bounds(self.mu)?
            .with_minimum_observations(self.minimum_observations);
        if let Some(groups) = self.groups {
            scheme = scheme.with_groups(groups)?;
        }
        match self.prior_sd {
            Some(sd) => scheme.with_prior(sd),
            None => Ok(scheme),
        }
    }
}

options! {
    /// How long the fixed point is iterated.
    pub(super) struct DesroziersOptions of "inflation::desroziers" {
        /// At most this many passes; where not given until the factors stand.
        passes: Option<usize>,
    }
}

options! {
    /// Factors that do not change.
    pub(super) struct FixedOptions of "inflation::fixed" {
        /// The factor of the forecast error covariance.
        theta: f64 = 1.0,
        /// The factor of each source's error covariance; 1 for a source that is not named.
        mu: BTreeMap<String, f64> = BTreeMap::new(),
    }
}

options! {
    /// The finite-size filter.
    pub(super) struct EnkfNOptions of "inflation::enkf_n" {
        /// How much the ensemble's covariance is trusted, more for weakly nonlinear models.
        certainty: f64 = 1.0,
    }
}

options! {
    /// What a scheme may fall back on, and where it is used.
    pub(super) struct EstimateOptions of "inflation::estimate" with about: AboutOptions {
        /// Factors of all regions together, used where there are too few observations.
        pooled: Option<FactorsOption>,
        /// Factors of the last window, used where there are none of all regions.
        last: Option<FactorsOption>,
        /// The region and window this is about, for errors and warnings.
        place: Option<String>,
    }
}
