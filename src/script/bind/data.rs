//! The data embedded in the program.

use crate::data;
use crate::error::Result;
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt};
use crate::table::{Column, Table};
use crate::time::Time;
use crate::units::Unit;
use rhai::plugin::*;

/// Binds `data::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("data", exported_module!(functions));
}

fn sites_table(sites: &[data::Site]) -> Result<Table> {
    let numbers = |unit: &str, of: &dyn Fn(&data::Site) -> f64| {
        Ok::<_, crate::error::Error>(Column::Numbers(
            sites.iter().map(of).collect(),
            Unit::parse(unit)?,
        ))
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
                .with(
                    "value",
                    Column::numbers(rows.iter().map(|r| r.value).collect::<Vec<_>>()),
                )?
                .with(
                    "sd",
                    Column::numbers(
                        rows.iter()
                            .map(|r| r.sd.unwrap_or(f64::NAN))
                            .collect::<Vec<_>>(),
                    ),
                )
        })
    }

    /// The Global Carbon Budget 2019 (Friedlingstein et al. 2019, doi 10.5194/essd-11-1783-2019),
    /// means over decades, and 2018.
    ///
    /// # Returns
    /// A table: period; fossil, land_use (emissions), growth, ocean, land (uptake), imbalance, all
    /// in PgC/yr.
    ///
    /// # Example
    /// ```rhai
    /// let decade = data::global_budget().filter(|b| b.period == "2009-2018").to_array()[0];
    /// assert_near(decade.fossil + decade.land_use - decade.growth - decade.ocean - decade.land, decade.imbalance, 0.03);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn global_budget(context: NativeCallContext) -> Fallible<Table> {
        attempt(&context, || {
            let rows = data::global_budget();
            let unit = Unit::parse("PgC/yr")?;
            let column = |of: &dyn Fn(&data::Budget) -> f64| {
                Column::Numbers(rows.iter().map(of).collect(), unit.clone())
            };
            let emitted = Table::new()
                .with("period", Column::text(rows.iter().map(|r| &r.period)))?
                .with("fossil", column(&|r| r.fossil))?;
            let sunk = emitted
                .with("land_use", column(&|r| r.land_use))?
                .with("growth", column(&|r| r.growth))?
                .with("ocean", column(&|r| r.ocean))?;
            sunk.with("land", column(&|r| r.land))?
                .with("imbalance", column(&|r| r.imbalance))
        })
    }

    /// CO2 measured at Mauna Loa, Hawaii: monthly means of 2009 to 2018 (NOAA Global Monitoring
    /// Laboratory; Thoning et al. 2025).
    ///
    /// # Returns
    /// A table: time (the middle of the month), year, month, co2 \[ppm\].
    ///
    /// # Example
    /// ```rhai
    /// let ten_years = data::mauna_loa();
    /// assert(ten_years.rows == 120);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn mauna_loa(context: NativeCallContext) -> Fallible<Table> {
        attempt(&context, || {
            let rows = data::mauna_loa();
            let middle = |r: &data::MonthlyMean| Time::from_date(r.year, r.month, 15);
            let times = rows.iter().map(middle).collect::<Result<Vec<_>>>()?;
            Table::new()
                .with("time", Column::Times(times))?
                .with(
                    "year",
                    Column::numbers(rows.iter().map(|r| f64::from(r.year)).collect::<Vec<_>>()),
                )?
                .with(
                    "month",
                    Column::numbers(rows.iter().map(|r| f64::from(r.month)).collect::<Vec<_>>()),
                )?
                .with(
                    "co2",
                    Column::Numbers(rows.iter().map(|r| r.co2).collect(), Unit::parse("ppm")?),
                )
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
