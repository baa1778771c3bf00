//! Tables of the Global Carbon Budget as CSV: a year a row, sources and **sinks positive**
//! \[PgC/yr\] (`Year,Fossil-Fuel-And-Industry,Land-Use-Change-Emissions,...`), or `Year,Category,
//! Value,Source` of fossil fuel by category \[TgC/yr\].

use crate::error::{Error, Result};
use crate::table::{Column, Table};
use crate::units::Unit;
use std::path::Path;

/// What a column of the budget is called here, by words of its name.
const NAMES: [(&str, &str); 9] = [
    ("cement carbonation", "cement_sink"),
    ("fossil", "fossil"),
    ("land use", "land_use"),
    ("growth", "growth"),
    ("ocean", "ocean_sink"),
    ("land sink", "land_sink"),
    ("imbalance", "imbalance"),
    ("year", "year"),
    ("value", "value"),
];

/// The table, with the names `year`, `fossil`, `land_use`, `growth`, `ocean_sink`, `land_sink`,
/// `cement_sink`, `imbalance`, and the unit of its numbers.
///
/// # Errors
/// An unreadable file, one without a year.
pub fn from_gcp(path: &Path) -> Result<Table> {
    let table = Table::read_csv(path)?;
    let (mut years, by_category) = (Table::new(), table.names().contains(&"Category"));
    let unit = Unit::parse(if by_category { "TgC/yr" } else { "PgC/yr" })?;
    for (name, column) in table.columns() {
        let plain = name.to_lowercase().replace(['-', '_'], " ");
        let known = NAMES.iter().find(|(word, _)| plain.contains(word));
        let ours = known.map_or_else(|| plain.replace(' ', "_"), |(_, ours)| ours.to_string());
        let column = match column {
            Column::Numbers(values, _) if ours != "year" => {
                Column::Numbers(values.clone(), unit.clone())
            }
            other => other.clone(),
        };
        years = years.with(&ours, column)?;
    }
    match years.names().contains(&"year") {
        true => Ok(years),
        false => Err(
            Error::new("a table of the Global Carbon Budget has a column of years")
                .expected("Year")
                .got(table.names().join(", "))
                .at(format!("file \"{}\"", path.display())),
        ),
    }
}
