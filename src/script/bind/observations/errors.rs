//! Stated errors from a table of categories.

use crate::error::{Error, Result};
use crate::observation::Mismatch;
use crate::script::bind::observations::Observations;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::describe;
use crate::script::{Fallible, FromScript, Host, attempt};
use crate::table::{Column, Table};
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::Arc;

/// Binds `with_errors`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("observations", exported_module!(functions));
    optional!(rooms, ErrorOptions: "with_errors" = functions::with_errors_token);
}

options! {
    /// What stated errors are made of, beside their categories.
    struct ErrorOptions of "observations::with_errors" {
        /// An attribute that comes before the categories where an observation has it, such as
        /// `ct_mdm`.
        from: Option<String>,
        /// Attributes added in quadrature, such as the `model_error` of the OCO-2 MIP.
        add: Vec<String> = vec![],
        /// Patterns of kinds whose error grows with the root of the values that a data set has of a
        /// day.
        per_day: Vec<String> = vec![],
        /// A factor on all.
        factor: f64 = 1.0,
        /// The least error.
        floor_ppm: f64 ["ppm"] = 0.0,
        /// Whether errors that are stated stay as they are.
        only_missing: bool = false,
    }
}

/// Categories as a table: a table as it is; of a map a row for each key as a site and as a kind,
/// names before patterns, and `other` for the rest.
fn categories(value: &Dynamic) -> Result<Table> {
    if let Some(table) = Table::from_script(value) {
        return Ok(table);
    }
    let Some(map) = value.read_lock::<Map>() else {
        return Err(Error::new("categories of errors are a map or a table")
            .expected("#{ flask: 1.5, other: 3.0 }, or a table of site, kind and sd")
            .got(describe(value)));
    };
    let (mut sites, mut kinds, mut sd) = (vec![], vec![], vec![]);
    let mut keys: Vec<&str> = map.keys().map(|k| k.as_str()).collect();
    keys.sort_by_key(|k| {
        (
            *k == "other",
            k.contains(['*', '?']),
            std::cmp::Reverse(k.len()),
        )
    });
    for as_site in [true, false] {
        for key in keys.iter().filter(|k| **k != "other" || !as_site) {
            let pattern = if *key == "other" { "*" } else { key };
            sites.push(if as_site { pattern } else { "" });
            kinds.push(if as_site { "" } else { pattern });
            let what = format!("the error of {key}");
            sd.push(f64::read_option(&what, &map[*key], "ppm", None)?);
        }
    }
    let sd = Column::Numbers(sd, Unit::parse("ppm")?);
    let table = Table::new().with("site", Column::text(sites))?;
    table.with("kind", Column::text(kinds))?.with("sd", sd)
}

#[export_module]
mod functions {
    /// The observations with stated errors, the mismatch of model and data that an assimilation
    /// assumes: of the attribute `from` where an observation has it, else of the first category
    /// that describes it, else what it states; attributes are added in quadrature, then come the
    /// factor, the root of the values of a day, and the floor.
    ///
    /// # Arguments
    /// - `categories`: a map from sites or kinds, or patterns of them in which `*` stands for any
    ///   text, to errors \[ppm\], with `other` for the rest, names before patterns; or a table of
    ///   patterns of `site`, `kind`, `source` or attributes and `sd` with a unit, of which the
    ///   first row that fits counts. An empty map leaves it to the options.
    ///
    /// # Returns
    /// Observations; a warning of categories that describe none.
    ///
    /// # Errors
    /// An error that is not positive or has no unit, an attribute that is not there, observations
    /// of which no error is known.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let again = observed.with_errors(#{ flask: 1.5, "tower*": "3 ppm", other: 2.5 }, #{ per_day: ["tower"] });
    /// assert_near(again.filter(|o| o.kind == "flask").error.to("ppm").max().value(), 1.5, 1e-9);
    /// assert_near(again.filter(|o| o.kind == "tower").error.to("ppm").max().value(), 3 * sqrt(2), 1e-9);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn with_errors(
        context: NativeCallContext,
        observations: &mut Observations,
        categories: Dynamic,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = ErrorOptions::read(&context, options)?;
            let mismatch = Mismatch {
                categories: super::categories(&categories)?,
                attribute: o.from,
                add: o.add,
                per_day: o.per_day,
                factor: o.factor,
                floor: o.floor_ppm * 1e-6,
                only_missing: o.only_missing,
            };
            let (with, warning) = mismatch.apply(observations)?;
            if let Some(warning) = warning {
                Host::of(&context).warn(warning);
            }
            Ok(Arc::new(with))
        })
    }
}
