//! Observations as values.

mod chosen;
mod errors;
mod files;
mod joined;
mod row;
mod soundings;
mod tables;
mod written;

use crate::error::{Error, Result};
use crate::field::Field;
use crate::observation;
use crate::observation::Observation;
use crate::script::bridge::arrays::line_of;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, Host, attempt, read};
use crate::units::Unit;
use ndarray::Array1;
use rhai::plugin::*;
use rhai::{Array, Dynamic};
pub(super) use row::row;
use std::sync::Arc;
pub(super) use tables::{columns, warn_of_rejected};

/// A table of observations as a script holds it.
pub type Observations = Arc<observation::Observations>;

kind!(Observations, "Observations", "observations");

/// Binds `observations::` and the methods of observations.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Observations>();
    rooms.room("observations", exported_module!(functions));
    soundings::bind(rooms);
    tables::bind(rooms);
    files::bind(rooms);
    chosen::bind(rooms);
    written::bind(rooms);
    errors::bind(rooms);
    joined::bind(rooms);
}

fn column(
    observations: &Observations,
    name: &str,
    unit: &str,
    of: impl Fn(&Observation) -> f64,
) -> Result<Field> {
    let mut field = line_of(
        name,
        Array1::from_iter(observations.rows.iter().map(of)),
        "observation",
    );
    field.unit = Unit::parse(unit)?;
    Ok(field)
}

/// Warns of observations that are there more than once.
pub(super) fn warn_of_repeated(
    context: &NativeCallContext,
    observations: &observation::Observations,
) {
    let host = Host::of(context);
    observations
        .repeated()
        .into_iter()
        .for_each(|w| host.warn(w));
}

fn texts(observations: &Observations, of: impl Fn(&Observation) -> String) -> Array {
    observations
        .rows
        .iter()
        .map(|o| Dynamic::from(of(o)))
        .collect()
}

#[export_module]
mod functions {
    /// Several tables of observations in one, in order of time; sources of one name are one source.
    ///
    /// # Arguments
    /// - `tables`: an array of observations.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// Something that is not observations.
    ///
    /// # Example
    /// ```rhai
    /// assert(observations::merge([]).len == 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn merge(context: NativeCallContext, tables: Array) -> Fallible<Observations> {
        let merged = attempt(&context, || {
            let tables = tables
                .iter()
                .map(|t| Ok(read::<Observations>("a table", t)?.as_ref().clone()))
                .collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(observation::Observations::merge(tables)))
        })?;
        warn_of_repeated(&context, &merged);
        if let Some(warning) = merged.mixed_scales() {
            Host::of(&context).warn(warning);
        }
        Ok(merged)
    }

    /// Number of observations.
    #[rhai_fn(get = "len", global)]
    pub fn len(observations: &mut Observations) -> i64 {
        observations.len() as i64
    }

    /// Names of the sources.
    #[rhai_fn(get = "sources", global)]
    pub fn sources(observations: &mut Observations) -> Array {
        observations
            .sources
            .iter()
            .map(|s| Dynamic::from(s.clone()))
            .collect()
    }

    /// Latitudes (observation) \[degrees north\].
    #[rhai_fn(get = "latitude", global, return_raw)]
    pub fn latitude(observations: &mut Observations) -> Fallible<Field> {
        plain(column(observations, "latitude", "degrees_north", |o| {
            o.latitude
        }))
    }

    /// Longitudes (observation) \[degrees east\].
    #[rhai_fn(get = "longitude", global, return_raw)]
    pub fn longitude(observations: &mut Observations) -> Fallible<Field> {
        plain(column(observations, "longitude", "degrees_east", |o| {
            o.longitude
        }))
    }

    /// Heights above sea level (observation) \[m\].
    #[rhai_fn(get = "altitude", global, return_raw)]
    pub fn altitude(observations: &mut Observations) -> Fallible<Field> {
        plain(column(observations, "altitude", "m", |o| o.altitude))
    }

    /// Observed mole fractions (observation) \[mol mol-1\].
    #[rhai_fn(get = "value", global, return_raw)]
    pub fn value(observations: &mut Observations) -> Fallible<Field> {
        plain(column(observations, "value", "mol mol-1", |o| o.value))
    }

    /// Stated standard deviations (observation) \[mol mol-1\], missing where none is stated.
    #[rhai_fn(get = "error", global, return_raw)]
    pub fn error(observations: &mut Observations) -> Fallible<Field> {
        plain(column(observations, "error", "mol mol-1", |o| o.error))
    }

    /// Refuses observations of which some state no error: they cannot be assimilated before one is
    /// set.
    ///
    /// # Errors
    /// Some state none; the first is named.
    #[rhai_fn(global, return_raw)]
    pub fn check_errors(
        context: NativeCallContext,
        observations: &mut Observations,
    ) -> Fallible<()> {
        attempt(&context, || observations.check_errors())
    }

    /// What an observation is made of: the identifiers, or sites and times, of those joined in it;
    /// of one that is no super-observation its own.
    ///
    /// # Arguments
    /// - `number`: of the observation, from 0.
    ///
    /// # Returns
    /// An array of text.
    ///
    /// # Errors
    /// No such observation.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let joined = observed.thinned(grid("30x30"), #{ hours: 24 });
    /// assert(joined.made_of(0).len() >= 1);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn made_of(
        context: NativeCallContext,
        observations: &mut Observations,
        number: i64,
    ) -> Fallible<Array> {
        attempt(&context, || {
            let k = usize::try_from(number)
                .ok()
                .filter(|k| *k < observations.len());
            let k = k.ok_or_else(|| {
                Error::new("there is no such observation")
                    .expected(format!("0 to {}", observations.len().saturating_sub(1)))
                    .got(number)
            })?;
            let names = observations.made_of(k).into_iter();
            Ok(names.map(Dynamic::from).collect())
        })
    }

    /// Instants, of a mean the middle of its interval, an array of dates.
    #[rhai_fn(get = "time", global)]
    pub fn time(observations: &mut Observations) -> Array {
        observations
            .rows
            .iter()
            .map(|o| Dynamic::from(o.time))
            .collect()
    }

    /// The source of each observation, an array of text.
    #[rhai_fn(get = "source", global)]
    pub fn source_of_each(observations: &mut Observations) -> Array {
        texts(observations, |o| observations.sources[o.source].clone())
    }

    /// Sites, an array of text.
    #[rhai_fn(get = "site", global)]
    pub fn site(observations: &mut Observations) -> Array {
        texts(observations, |o| o.site.to_string())
    }

    /// Kinds, an array of text.
    #[rhai_fn(get = "kind", global)]
    pub fn kind(observations: &mut Observations) -> Array {
        texts(observations, |o| o.kind.to_string())
    }
}

/// The outcome of a getter, which has no call position of its own.
fn plain<T>(outcome: Result<T>) -> Fallible<T> {
    outcome.map_err(|e| crate::script::bridge::errors::thrown(e, rhai::Position::NONE))
}
