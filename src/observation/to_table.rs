//! Observations as a table.

use super::{Observation, Observations, attributes};
use crate::error::Result;
use crate::table::{Column, Table};
use crate::time::Time;
use crate::units::Unit;
use std::collections::BTreeSet;

impl Observations {
    /// A table of source, site, kind, time, latitude, longitude, altitude, value and error \[ppm\]
    /// (missing where none is stated), of the start and end of intervals where there are any, and
    /// of the attributes.
    ///
    /// # Errors
    /// None for units that are known.
    pub fn to_table(&self) -> Result<Table> {
        let numbers = |of: fn(&Observation) -> f64, unit: &str| {
            let values = self.rows.iter().map(of).collect();
            Ok(Column::Numbers(values, Unit::parse(unit)?))
        };
        let sources = self.rows.iter().map(|o| &self.sources[o.source]);
        let times =
            |of: fn(&Observation) -> Time| Column::Times(self.rows.iter().map(of).collect());
        let mut table = Table::new()
            .with("source", Column::text(sources))?
            .with("site", Column::text(self.rows.iter().map(|o| &o.site)))?
            .with("kind", Column::text(self.rows.iter().map(|o| &o.kind)))?
            .with("time", times(|o| o.time))?
            .with("latitude", numbers(|o| o.latitude, "degrees_north")?)?
            .with("longitude", numbers(|o| o.longitude, "degrees_east")?)?
            .with("altitude", numbers(|o| o.altitude, "m")?)?
            .with("value", numbers(|o| o.value * 1e6, "ppm")?)?
            .with("error", numbers(|o| o.error * 1e6, "ppm")?)?;
        if self.rows.iter().any(|o| o.interval.is_some()) {
            table = table
                .with("start", times(Observation::begin))?
                .with("end", times(Observation::end))?;
        }
        let mut columns = self.attributes.columns().iter();
        columns.try_fold(table, |table, (name, column)| {
            table.with(name, column.clone())
        })
    }

    /// The same with block, sampling unit, id, operator and the columns of the operators' geometry,
    /// from which [`Observations::from_table`] makes the same observations again. A number stands
    /// for itself; a profile is text, numbers and a unit separated by spaces.
    ///
    /// # Errors
    /// None for units that are known.
    pub fn to_full_table(&self) -> Result<Table> {
        let numbers = |of: fn(&Observation) -> f64| {
            Column::numbers(self.rows.iter().map(of).collect::<Vec<_>>())
        };
        let ids = self.rows.iter().map(|o| o.id.as_deref().unwrap_or(""));
        let operators = self.rows.iter().map(|o| o.sampling.name());
        let mut table = self
            .to_table()?
            .with("block", numbers(|o| f64::from(o.block)))?
            .with("unit", numbers(|o| f64::from(o.unit)))?
            .with("id", Column::text(ids))?
            .with("operator", Column::text(operators))?;
        let units = |o: &Observation| {
            let columns = o.sampling.columns();
            let owned = |(n, u): (&str, &str)| (n.to_string(), u.to_string());
            columns.into_iter().map(owned).collect::<Vec<_>>()
        };
        let names: BTreeSet<_> = self.rows.iter().flat_map(units).collect();
        for (name, _) in &names {
            table = with_another_name(table, name)?; // an attribute is no geometry
        }
        for (name, unit) in names {
            if let Some(column) = self.geometry_column(&name, &unit)? {
                table = table.with(&name, column)?;
            }
        }
        Ok(table)
    }

    /// The column of one part of the operators' geometry; none where no operator has it.
    fn geometry_column(&self, name: &str, unit: &str) -> Result<Option<Column>> {
        let of = |o: &Observation| o.sampling.geometry().find(name).map(<[f64]>::to_vec);
        let values: Vec<Option<Vec<f64>>> = self.rows.iter().map(of).collect();
        if values.iter().all(Option::is_none) {
            return Ok(None);
        }
        if values.iter().flatten().all(|v| v.len() == 1) {
            let one = |v: Option<Vec<f64>>| v.map_or(f64::NAN, |v| v[0]);
            let numbers = values.into_iter().map(one).collect();
            return Ok(Some(Column::Numbers(numbers, Unit::parse(unit)?)));
        }
        let list = |v: Option<Vec<f64>>| {
            let numbers = v.unwrap_or_default().into_iter().map(|x| format!("{x}"));
            numbers
                .chain([unit.to_string()])
                .collect::<Vec<_>>()
                .join(" ")
        };
        Ok(Some(Column::text(values.into_iter().map(list))))
    }
}

/// The table with a column of this name, if it has one, under another that is free.
fn with_another_name(table: Table, name: &str) -> Result<Table> {
    let names = table.names();
    if !names.contains(&name) {
        return Ok(table);
    }
    let other = attributes::free_name(name, true, |n| names.contains(&n));
    table.rename(name, &other)
}
