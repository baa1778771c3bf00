//! The innovation and its small matrices as values.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::inflation::{Factors, Fallback, MaximumLikelihood};
use crate::innovation::{CovarianceBlock, ErrorCovariance, Innovation, SourceData};
use crate::script::bind::inflation::Inflate;
use crate::script::bind::inflation::factors::{estimated, factors_of};
use crate::script::bridge::arrays::{beside, field_of, line_of, matrix, unit_of, vector};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, Options, attempt, read};
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::sync::Arc;

/// Binds innovations.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Arc<Innovation>>("Innovation");
    rooms.global(exported_module!(functions));
}

/// One source from its map of arrays.
fn source(name: &str, value: &Dynamic) -> Result<SourceData> {
    let mut o = Options::new(
        &format!("source \"{name}\" of innovation"),
        read(&format!("source \"{name}\""), value)?,
    );
    let equivalents = o.required::<Dynamic>("equivalents")?;
    let unit = unit_of(&equivalents);
    let equivalents = matrix("the equivalents", &equivalents)?;
    let n = equivalents.nrows();
    let values = o.required::<Dynamic>("values")?;
    let values = vector(
        "the values",
        &beside(unit.as_ref(), "the values", &values)?,
        n,
    )?;
    let covariance = covariance(&mut o, name, n, unit.as_ref())?;
    let numbers = o.find::<Vec<usize>>("numbers")?;
    o.finish()?;
    let data = SourceData::new(name, equivalents.view(), values.view(), covariance)?;
    match numbers {
        Some(numbers) => data.numbered(numbers),
        None => Ok(data),
    }
}

/// R of a source, in one of the ways a script may state it.
fn covariance(
    o: &mut Options,
    name: &str,
    n: usize,
    unit: Option<&Unit>,
) -> Result<ErrorCovariance> {
    let squared = unit.map(|u| u.power(2));
    let mut stated = |key: &str, unit: Option<&Unit>| {
        let value = o.find::<Dynamic>(key)?;
        value.map(|v| beside(unit, key, &v)).transpose()
    };
    let sd = stated("sd", unit.map(Unit::of_difference).as_ref())?;
    let variance = stated("variance", squared.as_ref())?;
    let full = stated("covariance", squared.as_ref())?;
    let blocks = o.find::<Array>("blocks")?;
    let correlated = o.find::<Map>("correlated")?;
    let variances = match (sd, variance) {
        // The sign of a wrong number is kept for its report.
        (Some(sd), None) => Some(vector("the sd", &sd, n)?.mapv(|s| s * s.abs())),
        (None, Some(variance)) => Some(vector("the variance", &variance, n)?),
        (None, None) => None,
        _ => {
            return Err(
                Error::new(format!("source \"{name}\" has both sd and variance"))
                    .expected("one of them"),
            );
        }
    };
    match (variances, full, blocks, correlated) {
        (Some(variances), None, None, None) => Ok(ErrorCovariance::Diagonal(variances)),
        (Some(variances), None, None, Some(how)) => {
            correlated_along(&variances.mapv(f64::sqrt).to_vec(), how)
        }
        (None, Some(full), None, None) => Ok(ErrorCovariance::Blocks(vec![CovarianceBlock {
            rows: (0..n).collect(),
            covariance: matrix("the covariance", &full)?,
        }])),
        (None, None, Some(blocks), None) => blocks
            .iter()
            .map(|b| block(b, squared.as_ref()))
            .collect::<Result<_>>()
            .map(ErrorCovariance::Blocks),
        _ => Err(
            Error::new(format!("source \"{name}\" needs its errors in one way"))
                .expected("sd or variance, with or without correlated; or covariance; or blocks")
                .hint("sd: 0.5"),
        ),
    }
}

fn block(value: &Dynamic, unit: Option<&Unit>) -> Result<CovarianceBlock> {
    let mut o = Options::new("a block of errors", read("a block of errors", value)?);
    let covariance = o.required::<Dynamic>("covariance")?;
    let covariance = beside(unit, "the covariance", &covariance)?;
    let made = CovarianceBlock {
        rows: o.required("rows")?,
        covariance: matrix("the covariance", &covariance)?,
    };
    o.finish()?;
    Ok(made)
}

/// Errors correlated as `exp(-distance / length)` within blocks, distance along a position such as
/// time.
fn correlated_along(sd: &[f64], how: Map) -> Result<ErrorCovariance> {
    let mut o = Options::new("correlated", how);
    let blocks: Vec<u32> = o
        .required::<Vec<usize>>("block")?
        .into_iter()
        .map(|b| b as u32)
        .collect();
    let position = vector("the positions", &o.required::<Dynamic>("position")?, 1)?;
    let length = o.required::<f64>("length")?;
    o.finish()?;
    if position.len() != sd.len() {
        return Err(Error::new("every observation needs a position")
            .expected(sd.len())
            .got(position.len()));
    }
    if length.is_nan() || length <= 0.0 {
        return Err(Error::new("the length of a correlation must be positive").got(length));
    }
    ErrorCovariance::from_blocks(sd, &blocks, |i, j| {
        (-(position[i] - position[j]).abs() / length).exp()
    })
}

#[export_module]
mod functions {
    /// The innovation of one analysis: for each source, what the members would have it say and what
    /// it said.
    ///
    /// # Arguments
    /// - `sources`: a map from the source's name to `#{ equivalents, values, sd }`: the members'
    ///   equivalents (observation x member), the observed values, the stated standard deviation of
    ///   the errors (a number or one per observation), all in one unit; or `variance` in place of
    ///   `sd`, or `covariance` (a matrix), or `blocks`, an array of `#{ rows, covariance }`.
    ///   `correlated: #{ block, position, length }` beside `sd`: errors of one block number other
    ///   than 0 are correlated as exp(-|difference of positions| / length). `numbers`: of the
    ///   observations, by default through all sources.
    ///
    /// # Returns
    /// An innovation, with every source's small matrices.
    ///
    /// # Errors
    /// Fewer than 3 members, shapes that differ, numbers that are not finite, an error that is not
    /// positive.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// assert(i.members == 3 && i.n_obs == 2);
    /// assert_near(i.gram("flask")[0][0], 8.0, 1e-12); // (-1, -1) / 0.5, squared and summed
    /// let track = #{ block: [1, 1], position: [0, 10], length: 10 };
    /// let j = innovation(#{ pass: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5, correlated: track } });
    /// assert(j.misfit("pass") < i.misfit("flask")); // errors that come together say less
    /// ```
    #[rhai_fn(return_raw)]
    pub fn innovation(context: NativeCallContext, sources: Map) -> Fallible<Arc<Innovation>> {
        attempt(&context, || {
            let sources = sources
                .iter()
                .map(|(name, v)| source(name, v))
                .collect::<Result<Vec<_>>>()?;
            let members = sources.first().map_or(0, SourceData::n_members);
            Ok(Arc::new(Innovation::new(members, sources)?))
        })
    }

    /// Number of members.
    #[rhai_fn(get = "members")]
    pub fn members(innovation: &mut Arc<Innovation>) -> i64 {
        innovation.n_members() as i64
    }

    /// Number of observations of all sources.
    #[rhai_fn(get = "n_obs")]
    pub fn n_obs(innovation: &mut Arc<Innovation>) -> i64 {
        innovation.n_obs() as i64
    }

    /// Number of observations of each source, a map by name.
    #[rhai_fn(get = "counts")]
    pub fn counts(innovation: &mut Arc<Innovation>) -> Map {
        innovation
            .sources()
            .iter()
            .map(|s| (s.name().into(), Dynamic::from(s.n_obs() as i64)))
            .collect()
    }

    /// Names of the sources, in the order of gradients and Hessians.
    #[rhai_fn(get = "sources")]
    pub fn sources(innovation: &mut Arc<Innovation>) -> Array {
        innovation
            .sources()
            .iter()
            .map(|s| Dynamic::from(s.name().to_string()))
            .collect()
    }

    /// The gram matrix G = Y' R^-1 Y of a source.
    ///
    /// # Arguments
    /// - `source`: its name.
    ///
    /// # Returns
    /// A field (member, other), dimensionless.
    ///
    /// # Errors
    /// No such source.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// assert(i.gram("flask").shape == [3, 3]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn gram(
        context: NativeCallContext,
        innovation: &mut Arc<Innovation>,
        source: &str,
    ) -> Fallible<Field> {
        attempt(&context, || {
            Ok(field_of(
                "gram",
                innovation.source(source)?.gram.clone(),
                ["member", "other"],
                None,
            ))
        })
    }

    /// The vector b = Y' R^-1 d of a source.
    ///
    /// # Arguments
    /// - `source`: its name.
    ///
    /// # Returns
    /// A field (member), dimensionless.
    ///
    /// # Errors
    /// No such source.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// assert_near(i.pull("flask").sum().value(), 0.0, 1e-12); // departures from the mean add up to nothing
    /// ```
    #[rhai_fn(return_raw)]
    pub fn pull(
        context: NativeCallContext,
        innovation: &mut Arc<Innovation>,
        source: &str,
    ) -> Fallible<Field> {
        attempt(&context, || {
            Ok(line_of(
                "pull",
                innovation.source(source)?.b.clone(),
                "member",
            ))
        })
    }

    /// The misfit c = d' R^-1 d of a source.
    ///
    /// # Arguments
    /// - `source`: its name.
    ///
    /// # Returns
    /// A number.
    ///
    /// # Errors
    /// No such source.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// assert_near(i.misfit("flask"), 8.0, 1e-12); // (3 - 2) / 0.5 and (4 - 3) / 0.5, squared
    /// ```
    #[rhai_fn(return_raw)]
    pub fn misfit(
        context: NativeCallContext,
        innovation: &mut Arc<Innovation>,
        source: &str,
    ) -> Fallible<f64> {
        attempt(&context, || Ok(innovation.source(source)?.c))
    }

    /// The innovation of some of the observations.
    ///
    /// # Arguments
    /// - `rows`: positions of the observations.
    ///
    /// # Returns
    /// An innovation; a source without any of them counts as absent.
    ///
    /// # Errors
    /// A position that is not a whole number.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// assert(i.subset([1]).n_obs == 1 && i.subset([]).n_obs == 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn subset(
        context: NativeCallContext,
        innovation: &mut Arc<Innovation>,
        rows: Dynamic,
    ) -> Fallible<Arc<Innovation>> {
        attempt(&context, || {
            Ok(Arc::new(
                innovation.subset(&read::<Vec<usize>>("the rows", &rows)?)?,
            ))
        })
    }

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
            let mut map = Map::new();
            map.insert("value".into(), at.value.into());
            map.insert(
                "gradient".into(),
                Dynamic::from(line_of("gradient", at.gradient.clone(), "factor")),
            );
            map.insert(
                "observed_hessian".into(),
                Dynamic::from(field_of(
                    "hessian",
                    at.observed_hessian.clone(),
                    ["factor", "other"],
                    None,
                )),
            );
            map.insert(
                "expected_hessian".into(),
                Dynamic::from(field_of(
                    "hessian",
                    at.expected_hessian.clone(),
                    ["factor", "other"],
                    None,
                )),
            );
            let named = |values: &[f64]| {
                innovation
                    .sources()
                    .iter()
                    .zip(values)
                    .map(|(s, v)| (s.name().into(), Dynamic::from(*v)))
                    .collect::<Map>()
            };
            map.insert("dfs".into(), named(&at.dfs).into());
            map.insert("jb".into(), at.jb.into());
            map.insert("jo".into(), named(&at.jo).into());
            map.insert("chi_square".into(), at.chi_square().into());
            map.insert(
                "transform".into(),
                Dynamic::from(field_of(
                    "transform",
                    at.transform.clone(),
                    ["member", "other"],
                    None,
                )),
            );
            map.insert(
                "weights".into(),
                Dynamic::from(line_of("weights", at.weights(), "member")),
            );
            Ok(map)
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
        attempt(&context, || {
            estimated(&context, &scheme, innovation, &Fallback::none(), None)
        })
    }

    #[rhai_fn(name = "maximise", return_raw)]
    pub fn maximise_with(
        context: NativeCallContext,
        innovation: &mut Arc<Innovation>,
        scheme: Inflate,
    ) -> Fallible<Factors> {
        attempt(&context, || {
            estimated(
                &context,
                scheme.0.as_ref(),
                innovation,
                &Fallback::none(),
                None,
            )
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
