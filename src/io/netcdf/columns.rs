//! Variables of records as plain columns: some of the records, without coordinates and dates.

use super::attributes::text_attribute;
use super::dataset::Dataset;
use super::packing::Packing;
use super::values::{Block, records_of_text, time_unit};
use crate::error::{Error, Result};
use crate::time::Time;
use netcdf::{Extent, Variable};
use std::ops::Range;

impl Dataset {
    /// The number of records of a variable, along its first dimension; none where there is no such
    /// variable or it has no dimension.
    pub fn records(&self, variable: &str) -> Option<usize> {
        let stored = self.direct(variable)?;
        stored.dimensions().first().map(|d| d.len())
    }

    /// The numbers of some records of a variable, with packing undone and missing ones NaN,
    /// row-major.
    ///
    /// # Errors
    /// No such variable or records, or one of text.
    pub fn numbers(&self, variable: &str, records: Range<usize>) -> Result<Vec<f64>> {
        self.of_records(variable, records, Packing::of)
    }

    /// The numbers of some records as they are stored: of flags, whose `_FillValue` may be one that
    /// is meant.
    ///
    /// # Errors
    /// As [`Dataset::numbers`].
    pub fn stored(&self, variable: &str, records: Range<usize>) -> Result<Vec<f64>> {
        self.of_records(variable, records, Packing::signs)
    }

    /// The instants of some records of a variable; none where one is missing or no instant.
    ///
    /// # Errors
    /// As [`Dataset::numbers`], or a unit that is not a time since an instant.
    pub fn instants(&self, variable: &str, records: Range<usize>) -> Result<Vec<Option<Time>>> {
        let numbers = self.numbers(variable, records)?;
        let stored = self.find(variable)?;
        let unit = self.located(variable, || {
            time_unit(&stored)?.ok_or_else(|| {
                Error::new("the variable holds no instants")
                    .expected("a unit such as seconds since 1970-01-01")
                    .got(format!(
                        "\"{}\"",
                        text_attribute(&stored, "units").unwrap_or_default()
                    ))
            })
        })?;
        Ok(numbers.into_iter().map(|n| unit.instant(n).ok()).collect())
    }

    /// The text of some records: a row of characters or a single one, a string, or whole numbers in
    /// full.
    ///
    /// # Errors
    /// As [`Dataset::numbers`], or a variable of fractions.
    pub fn texts(&self, variable: &str, records: Range<usize>) -> Result<Vec<String>> {
        let stored = self.find(variable)?;
        self.located(variable, || {
            let extents = extents(&stored, &records)?;
            records_of_text(&stored, extents, records)
        })
    }

    fn of_records(
        &self,
        variable: &str,
        records: Range<usize>,
        packing: impl Fn(&Variable) -> Packing,
    ) -> Result<Vec<f64>> {
        let stored = self.find(variable)?;
        self.located(variable, || {
            let extents = extents(&stored, &records)?;
            let mut values = Vec::new();
            if !records.is_empty() && stored.len() > 0 {
                Block::read(&stored, extents)?.unpack(&packing(&stored), &mut values);
            }
            Ok(values)
        })
    }
}

/// The part of a variable that holds some records, which lie along its first dimension.
fn extents(variable: &Variable, records: &Range<usize>) -> Result<Vec<Extent>> {
    let dimensions = variable.dimensions();
    let n = dimensions.first().map_or(0, |d| d.len());
    if records.end > n {
        return Err(Error::new("the variable has fewer records than the file")
            .expected(format!("{} records along its first dimension", records.end))
            .got(n));
    }
    let rest = (1..dimensions.len()).map(|_| Extent::from(..));
    Ok(std::iter::once(Extent::from(records.clone()))
        .chain(rest)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::put_characters;
    use super::*;

    #[test]
    fn records_are_read_as_stored_as_values_and_as_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.nc");
        let mut file = netcdf::create(&path).unwrap();
        file.add_dimension("obs", 3).unwrap();
        file.add_dimension("length", 4).unwrap();
        let mut flag = file.add_variable::<i8>("flag", &["obs"]).unwrap();
        flag.set_fill_value(1i8).unwrap();
        flag.put_values(&[1i8, 0, 1], ..).unwrap();
        let mut id = file.add_variable::<i64>("id", &["obs"]).unwrap();
        id.put_values(&[7i64, i64::MAX, 9], ..).unwrap();
        put_characters(&mut file, "one", "obs", 1, &["O", "U", "O"]);
        put_characters(&mut file, "row", "obs", 4, &["ab", "cd  ", "e\0x"]);
        file.close().unwrap();
        let file = Dataset::open(&path).unwrap();
        assert_eq!(file.stored("flag", 0..3).unwrap(), [1.0, 0.0, 1.0]);
        assert!(file.numbers("flag", 0..1).unwrap()[0].is_nan());
        assert_eq!(file.texts("one", 1..3).unwrap(), ["U", "O"]);
        assert_eq!(file.texts("row", 0..3).unwrap(), ["ab", "cd", "e"]);
        assert_eq!(file.texts("id", 1..2).unwrap(), [i64::MAX.to_string()]);
        assert!(file.numbers("flag", 1..1).unwrap().is_empty());
        assert!(file.numbers("flag", 0..4).is_err() && file.numbers("flags", 0..1).is_err());
        assert_eq!(file.records("row"), Some(3));
        assert_eq!(file.records("none"), None);
    }
}
