//! The data embedded in the program.

use super::Rooms;
use crate::data;
use crate::error::Result;
use crate::script::{Fallible, attempt};
use crate::table::{Column, Table};
use crate::units::Unit;
use rhai::plugin::*;

/// Binds `data::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("data", exported_module!(functions));
}

fn sites_table(sites: &[data::Site]) -> Result<Table> {
    let numbers = |unit: &str, of: &dyn Fn(&data::Site) -> f64| {
        Ok::<_, crate::error::Error>(Column::Numbers(sites.iter().map(of).collect(), Unit::parse(unit)?))
    };
    Table::new()
        .with("code", Column::text(sites.iter().map(|s| &s.code)))?
        .with("name", Column::text(sites.iter().map(|s| &s.name)))?
        .with("kind", Column::text(sites.iter().map(|s| &s.kind)))?
        .with("lat", numbers("degrees_north", &|s| s.latitude)?)?
        .with("lon", numbers("degrees_east", &|s| s.longitude)?)?
        .with("altitude", numbers("m", &|s| s.altitude)?)
}

#[export_module]
mod functions {
    /// The numbers of Tables 1 and 2 of Su et al. (2024).
    ///
    /// # Returns
    /// A table: table, product, data, quantity, unit, value, sd (NaN where none is given).
    ///
    /// # Example
    /// ```rhai
    /// let t = data::published().filter(|r| r.product == "MCAS(in situ&Sat)" && r.quantity == "RMSE");
    /// assert(t.column("value") == [2.132, 1.385]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn published(context: NativeCallContext) -> Fallible<Table> {
        attempt(&context, || {
            let rows = data::published();
            Table::new()
                .with("table", Column::text(rows.iter().map(|r| &r.table)))?
                .with("product", Column::text(rows.iter().map(|r| &r.product)))?
                .with("data", Column::text(rows.iter().map(|r| &r.data)))?
                .with("quantity", Column::text(rows.iter().map(|r| &r.quantity)))?
                .with("unit", Column::text(rows.iter().map(|r| &r.unit)))?
                .with("value", Column::numbers(rows.iter().map(|r| r.value).collect::<Vec<_>>()))?
                .with("sd", Column::numbers(rows.iter().map(|r| r.sd.unwrap_or(f64::NAN)).collect::<Vec<_>>()))
        })
    }

    /// The in situ sites of the built-in world, at their real places.
    ///
    /// # Returns
    /// A table: code, name, kind (flask, continuous, tower, aircraft), lat, lon, altitude.
    ///
    /// # Example
    /// ```rhai
    /// assert(data::sites().filter(|s| s.code == "MLO").rows >= 1);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn sites(context: NativeCallContext) -> Fallible<Table> {
        attempt(&context, || sites_table(data::sites()))
    }

    /// The sites of the TCCON-like network, at their real places.
    ///
    /// # Returns
    /// A table like that of `sites`.
    ///
    /// # Example
    /// ```rhai
    /// assert(data::tccon_sites().rows == 30);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn tccon_sites(context: NativeCallContext) -> Fallible<Table> {
        attempt(&context, || sites_table(data::tccon_sites()))
    }

    /// Where the embedded data come from, and on what terms.
    ///
    /// # Returns
    /// Text.
    ///
    /// # Example
    /// ```rhai
    /// assert(data::credits().contains("CarbonTracker"));
    /// ```
    pub fn credits() -> String {
        data::credits().to_string()
    }

    /// The mark of a missing number, NaN.
    ///
    /// # Returns
    /// A number that is not equal to itself.
    ///
    /// # Example
    /// ```rhai
    /// assert(data::missing().is_nan());
    /// ```
    pub fn missing() -> f64 {
        f64::NAN
    }
}
