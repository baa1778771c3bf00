//! The innovation and its small matrices as values.

pub(super) mod about;
mod given;
mod likelihood;

use crate::error::Result;
use crate::field::Field;
use crate::innovation::{Innovation, SourceData};
use crate::localization::Selection;
use crate::script::bridge::arrays::{field_of, line_of};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt, read};
use given::source;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::sync::Arc;

kind!(Arc<Innovation>, "Innovation", "an innovation");

/// Binds innovations.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Arc<Innovation>>();
    rooms.global(exported_module!(functions));
    likelihood::bind(rooms);
    rooms.options::<given::SourceOptions>();
    rooms.options::<SubsetOptions>();
}

options! {
    /// Some of the observations, with weights.
    struct SubsetOptions of "subset(rows)" {
        /// Numbers of the observations.
        observations: Vec<usize>,
        /// By which their error variances are divided, from above 0 to 1; 1 where not given.
        weights: Option<Vec<f64>>,
    }
}

#[export_module]
mod functions {
    /// The innovation of one analysis, from the members' equivalents and the observed values of
    /// each source.
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
    /// - `rows`: numbers of the observations, or what `localization.selection` gave: a map of
    ///   observations and weights from above 0 to 1, by which their error variances are divided.
    ///
    /// # Returns
    /// An innovation; a source without any of them counts as absent.
    ///
    /// # Errors
    /// A number that no observation has, or that is not whole.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });
    /// assert(i.subset([1]).n_obs == 1 && i.subset([]).n_obs == 0);
    /// let half = i.subset(#{ observations: [1], weights: [0.5] });
    /// assert_near(half.misfit("flask"), 0.5 * i.subset([1]).misfit("flask"), 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn subset(
        context: NativeCallContext,
        innovation: &mut Arc<Innovation>,
        rows: Dynamic,
    ) -> Fallible<Arc<Innovation>> {
        attempt(&context, || {
            if !rows.is_map() {
                let rows: Vec<usize> = read("the rows", &rows)?;
                return Ok(Arc::new(innovation.subset(&rows)?));
            }
            let o = SubsetOptions::read_as("subset", read("the rows", &rows)?, None)?;
            let selection = Selection {
                observations: o.observations,
                weights: o.weights,
                ..Selection::default()
            };
            Ok(Arc::new(selection.of(innovation)?))
        })
    }
}
