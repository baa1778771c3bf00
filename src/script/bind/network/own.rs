//! Networks of one's own: of sites of a table, and parts of a plan.

use crate::data::Site;
use crate::error::{Error, Result};
use crate::observation::networks::InSitu;
use crate::script::bind::network::Plan;
use crate::script::bind::observations::row;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, ScriptFunction, attempt};
use crate::table::{Column, Table};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{FnPtr, Map};
use std::sync::Arc;

/// Binds networks of one's own.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("network", exported_module!(functions));
    rooms.options::<OfSitesOptions>();
}

options! {
    /// When the sites of a table would measure.
    struct OfSitesOptions of "network::of_sites" {
        /// The date from which they measure.
        start: Time,
        /// The date up to which they do.
        end: Time,
        /// The seed of weekdays, hours and gaps; a site added changes no other.
        seed: u64 = InSitu::default().seed,
        /// The share of units lost.
        missing: f64 = InSitu::default().missing,
        /// The name of their source.
        source: String = "in_situ".into(),
    }
}

/// The sites of a table such as that of `data::sites()`.
fn sites(table: &Table) -> Result<Vec<Site>> {
    let find = |names: &[&str]| {
        let name = names.iter().find(|n| table.names().contains(n));
        let column = table.column(name.copied().unwrap_or(names[0]));
        column.map_err(|e| e.at("the table of sites"))
    };
    let numbers = |names: &[&str]| match find(names)? {
        Column::Numbers(values, _) => Ok(values.clone()),
        _ => Err(Error::new(format!(
            "the column \"{}\" does not hold numbers",
            names[0]
        ))),
    };
    let (latitude, longitude) = (
        numbers(&["lat", "latitude"])?,
        numbers(&["lon", "longitude"])?,
    );
    let altitude = numbers(&["altitude"])?;
    let (code, kind) = (find(&["code", "site"])?, find(&["kind"])?);
    let site = |k: usize| Site {
        code: code.cell(k).to_string(),
        name: code.cell(k).to_string(),
        latitude: latitude[k],
        longitude: longitude[k],
        altitude: altitude[k],
        network: String::new(),
        kind: kind.cell(k).to_string(),
    };
    Ok((0..table.rows()).map(site).collect())
}

#[export_module]
mod functions {
    /// When sites of a table would measure, for a network of one's own in a twin world: flasks once
    /// a week in the afternoon, continuous records and towers at 13 and 15 h local time, at night
    /// above 1500 m, aircraft in a profile every 14 days.
    ///
    /// # Arguments
    /// - `table`: a row for each site, as `data::sites()` has them: `code` (or `site`), `kind`
    ///   (flask, continuous, tower or aircraft), `lat`, `lon` \[degrees\], `altitude` \[m above sea
    ///   level\]. Join, filter and append such tables to add, move or drop sites.
    ///
    /// # Returns
    /// A plan, which `network::observe` makes observations of.
    ///
    /// # Errors
    /// A column that is not there, a site of another kind or at no place on the globe.
    ///
    /// # Example
    /// ```rhai
    /// let towers = table([
    ///     #{ code: "ONE", kind: "tower", lat: 1.0, lon: 20.0, altitude: 400.0 },
    ///     #{ code: "TWO", kind: "tower", lat: -3.0, lon: 23.0, altitude: 500.0 },
    /// ]);
    /// let week = #{ start: date("2016-07-01"), end: date("2016-07-08"), missing: 0 };
    /// let added = network::of_sites(towers, week);
    /// assert(added.len == 2 * 2 * 7);
    /// let plan = network::merge([network::in_situ(week.start, week.end), added]);
    /// let without = plan.filter(|o| o.latitude > 0); // a hemisphere dropped
    /// assert(without.len < plan.len && without.table().filter(|o| o.site == "TWO").rows == 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn of_sites(context: NativeCallContext, table: Table, options: Map) -> Fallible<Plan> {
        attempt(&context, || {
            let o = OfSitesOptions::read(&context, options)?;
            let network = InSitu {
                seed: o.seed,
                missing: o.missing,
            };
            let plan = network.plan(&sites(&table)?, o.start, o.end)?;
            Ok(Plan(Arc::new(plan.as_source(&o.source))))
        })
    }

    /// The part of a plan that a function says yes to.
    ///
    /// # Arguments
    /// - `keep`: a function of one planned observation, as `filter` of observations has it.
    ///
    /// # Returns
    /// A plan.
    ///
    /// # Errors
    /// An answer that is not true or false.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03");
    /// assert(plan.filter(|o| o.kind == "tower").len < plan.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn filter(context: NativeCallContext, plan: &mut Plan, keep: FnPtr) -> Fallible<Plan> {
        attempt(&context, || {
            let keep = ScriptFunction::new(&context, keep);
            let all = plan.0.observations();
            let answer = |k| keep.call_for::<bool>("the answer", (row(all, k),));
            let answers = (0..all.len()).map(answer).collect::<Result<Vec<bool>>>()?;
            Ok(Plan(Arc::new(plan.0.take(&all.positions(|k| answers[k])))))
        })
    }

    /// Where and when a plan would observe.
    ///
    /// # Returns
    /// A table: source, site, kind, time, latitude, longitude, altitude and attributes.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03");
    /// assert(plan.table().rows == plan.len);
    /// ```
    #[rhai_fn(global, name = "table", return_raw)]
    pub fn table_of(context: NativeCallContext, plan: &mut Plan) -> Fallible<Table> {
        attempt(&context, || {
            let table = plan.0.observations().to_table()?;
            let names = table.names();
            let names = names.iter().filter(|n| !["value", "error"].contains(n));
            table.select(&names.copied().collect::<Vec<_>>())
        })
    }
}
