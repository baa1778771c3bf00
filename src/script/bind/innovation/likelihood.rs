//! The likelihood of an innovation, and the factors that maximise it.

use crate::inflation::{Factors, MaximumLikelihood};
use crate::innovation::{Innovation, Likelihood};
use crate::script::bind::inflation::Inflation;
use crate::script::bind::inflation::factors::{estimated, factors_of};
use crate::script::bridge::arrays::{field_of, line_of};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt};
use ndarray::Array2;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::Arc;

/// Binds the likelihood of innovations.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
}

/// The likelihood and its derivatives as a map.
fn parts(innovation: &Innovation, at: &Likelihood) -> Map {
    let named = |values: &[f64]| -> Dynamic {
        let pairs = innovation.sources().iter().zip(values);
        let named = pairs.map(|(s, v)| (s.name().into(), Dynamic::from(*v)));
        named.collect::<Map>().into()
    };
    let square =
        |name: &str, of: &Array2<f64>, dims| Dynamic::from(field_of(name, of.clone(), dims, None));
    let hessian = |of: &Array2<f64>| square("hessian", of, ["factor", "other"]);
    let line = |name: &str, of, dim: &str| Dynamic::from(line_of(name, of, dim));
    Map::from_iter([
        ("value".into(), at.value.into()),
        (
            "gradient".into(),
            line("gradient", at.gradient.clone(), "factor"),
        ),
        ("observed_hessian".into(), hessian(&at.observed_hessian)),
        ("expected_hessian".into(), hessian(&at.expected_hessian)),
        ("dfs".into(), named(&at.dfs)),
        ("jb".into(), at.jb.into()),
        ("jo".into(), named(&at.jo)),
        ("chi_square".into(), at.chi_square().into()),
        (
            "transform".into(),
            square("transform", &at.transform, ["member", "other"]),
        ),
        ("weights".into(), line("weights", at.weights(), "member")),
    ])
}

#[export_module]
mod functions {
    /// Minus twice the log-likelihood at given factors, with its gradient and Hessians in their
    /// logarithms.
    ///
    /// # Arguments
    /// - `factors`: `#{ theta, mu: #{ source: value } }`, or what a scheme's `estimate` gave.
    ///
    /// # Returns
    /// A map: value; gradient, observed_hessian, expected_hessian, in the order theta, then
    /// `innovation.sources`; dfs and jo by source; jb, chi_square; the posterior weights:
    /// `transform`, T = (I + g G)^-1 (member, other), and `weights`, sqrt(theta) W b (member), with
    /// which anomalies of factors are multiplied for the increment of their mean.
    ///
    /// # Errors
    /// A factor that is missing or not positive.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// let best = i.maximise();
    /// let at = i.likelihood(best);
    /// assert(at.value <= i.likelihood(#{ theta: 1.0, mu: #{ flask: 1.0 } }).value);
    /// assert(at.dfs.flask >= 0.0 && at.dfs.flask <= 2.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn likelihood(
        context: NativeCallContext,
        innovation: &mut Arc<Innovation>,
        factors: Dynamic,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let factors = factors_of(&factors, innovation)?;
            let at = innovation.likelihood(factors.theta, &factors.aligned(innovation)?)?;
            Ok(parts(innovation, &at))
        })
    }

    /// The factors of greatest likelihood with the usual settings: theta and one mu for each
    /// source.
    ///
    /// # Arguments
    /// - `scheme`: optional, an `inflation::maximum_likelihood(...)` with other settings.
    ///
    /// # Returns
    /// Factors: theta, mu, at_bound, iterations, converged, log_likelihood.
    ///
    /// # Errors
    /// None beyond those of the innovation.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// assert(i.maximise(inflation::theta_only()).mu.flask == 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn maximise(
        context: NativeCallContext,
        innovation: &mut Arc<Innovation>,
    ) -> Fallible<Factors> {
        let scheme = MaximumLikelihood::new().with_minimum_observations(0);
        attempt(&context, || estimated(&context, &scheme, innovation))
    }

    #[rhai_fn(name = "maximise", return_raw)]
    pub fn maximise_with(
        context: NativeCallContext,
        innovation: &mut Arc<Innovation>,
        scheme: Inflation,
    ) -> Fallible<Factors> {
        attempt(&context, || {
            estimated(&context, scheme.0.as_ref(), innovation)
        })
    }

    /// The Desroziers ratios at given factors, all one where the factors are right.
    ///
    /// # Arguments
    /// - `factors`: as for `likelihood`.
    ///
    /// # Returns
    /// A map: background (Jb / DFS), and each source's Jo / (p - DFS).
    ///
    /// # Errors
    /// A factor that is missing or not positive.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// let check = i.self_check(#{ theta: 1, mu: 1 });
    /// assert(check.background > 0.0 && check.flask > 0.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn self_check(
        context: NativeCallContext,
        innovation: &mut Arc<Innovation>,
        factors: Dynamic,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let factors = factors_of(&factors, innovation)?;
            let check = innovation.self_check(factors.theta, &factors.aligned(innovation)?)?;
            let mut map: Map = check
                .sources
                .iter()
                .map(|(n, v)| (n.as_str().into(), Dynamic::from(*v)))
                .collect();
            map.insert("background".into(), check.background.into());
            Ok(map)
        })
    }
}
