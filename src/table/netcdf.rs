//! Tables in NetCDF files: a variable for each column, along one dimension of records.

use super::{Column, Table};
use crate::error::{Error, Result};
use crate::io::netcdf::{Dataset, RecordColumn, RecordValues, write_columns};
use std::path::Path;

impl Table {
    /// Writes the columns as variables along `dimension`, numbers with their units, instants in
    /// seconds since 1970.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_netcdf(&self, path: &Path, title: &str, dimension: &str) -> Result<()> {
        let numbers = |values: Vec<f64>| RecordValues::Numbers {
            values,
            fill: f64::NAN,
        };
        let columns = self.columns().iter().map(|(name, column)| match column {
            Column::Numbers(v, unit) => {
                RecordColumn::new(name, numbers(v.clone()), &unit.to_string(), "")
            }
            Column::Text(v) => RecordColumn::new(name, RecordValues::Strings(v.clone()), "", ""),
            Column::Times(v) => {
                let seconds = v.iter().map(|t| t.seconds() as f64).collect();
                RecordColumn::new(name, numbers(seconds), "seconds since 1970-01-01", "")
            }
        });
        let program = concat!("mcas ", env!("CARGO_PKG_VERSION"));
        let about = [
            ("Conventions", "CF-1.8"),
            ("title", title),
            ("source", program),
        ];
        write_columns(path, dimension, &columns.collect::<Vec<_>>(), &about)
    }

    /// Reads the variables of a file that lie along `dimension` alone as columns.
    ///
    /// # Errors
    /// No such file, or no variable along this dimension.
    pub fn read_netcdf(path: &Path, dimension: &str) -> Result<Table> {
        let file = Dataset::open(path)?;
        let mut table = Table::new();
        for variable in file.list() {
            if !matches!(&variable.dimensions[..], [(name, _)] if name == dimension) {
                continue;
            }
            table = table.with(&variable.name, column(&file, &variable.name)?)?;
        }
        if table.columns().is_empty() {
            return Err(Error::new("the file holds no table")
                .expected(format!("variables along the dimension {dimension}"))
                .at(path.display()));
        }
        Ok(table)
    }
}

/// A variable as text, else as instants, else as numbers.
fn column(file: &Dataset, name: &str) -> Result<Column> {
    if let Ok(texts) = file.text(name) {
        return Ok(Column::Text(texts));
    }
    if let Ok(times) = file.times(name) {
        return Ok(Column::Times(times));
    }
    let field = file.field(name)?;
    let values = field.data().iter().copied().collect();
    Ok(Column::Numbers(values, field.unit.clone()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::sites;
    use super::*;
    use crate::time::Time;

    #[test]
    fn a_table_goes_to_a_file_and_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sites.nc");
        let times = Column::Times([1, 2, 3, 4].map(Time::from_seconds).to_vec());
        let table = sites().with("time", times).unwrap();
        table.write_netcdf(&path, "sites", "site_number").unwrap();
        let back = Table::read_netcdf(&path, "site_number").unwrap();
        for name in ["site", "time"] {
            assert_eq!(back.column(name).unwrap(), table.column(name).unwrap());
        }
        assert_eq!(
            back.numbers("co2").unwrap()[..3],
            table.numbers("co2").unwrap()[..3]
        );
        assert!(back.numbers("co2").unwrap()[3].is_nan());
        let factor = |t: &Table| match t.column("co2").unwrap() {
            Column::Numbers(_, unit) => unit
                .factor_to(&crate::units::Unit::parse("mol mol-1").unwrap())
                .unwrap(),
            _ => 0.0,
        };
        assert!((factor(&back) - factor(&table)).abs() < 1e-18);
        assert!(Table::read_netcdf(&path, "site").is_err());
        let none = table.take(&[]);
        none.write_netcdf(&path, "none", "row").unwrap();
        assert_eq!(Table::read_netcdf(&path, "row").unwrap().rows(), 0);
    }
}
