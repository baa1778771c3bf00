//! Variables along the records of a file, without coordinates: all of their values, those that are
//! stored, or only the records asked for.

use super::cf_time::TimeUnit;
use super::dataset::Dataset;
use super::packing::Packing;
use super::values::{Block, is_text, time_unit};
use crate::error::{Error, Result};
use crate::time::Time;
use ndarray::Array2;
use netcdf::{Extent, Variable};

/// About how many values are read at once.
const AT_ONCE: usize = 1 << 20;

impl Dataset {
    /// The lengths of a variable's dimensions, outermost first; none where it is not there.
    pub fn shape(&self, variable: &str) -> Option<Vec<usize>> {
        let stored = self.direct(variable)?;
        Some(stored.dimensions().iter().map(|d| d.len()).collect())
    }

    /// All values of a variable in the order of the file, packing undone, missing ones NaN.
    ///
    /// # Errors
    /// No such variable, text instead of numbers, or values that cannot be read.
    pub fn all_numbers(&self, variable: &str) -> Result<Vec<f64>> {
        self.numbers(variable, 0..self.records(variable).unwrap_or(0))
    }

    /// All numbers of a flag as they are stored, also those that are declared missing. A number
    /// written as text counts as that number.
    ///
    /// # Errors
    /// No such variable, or values that cannot be read.
    pub fn all_stored(&self, variable: &str) -> Result<Vec<f64>> {
        if is_text(&self.find(variable)?) {
            let number = |t: String| t.trim().parse().unwrap_or(f64::NAN);
            return Ok(self.text(variable)?.into_iter().map(number).collect());
        }
        self.stored(variable, 0..self.records(variable).unwrap_or(0))
    }

    /// All instants of a variable, none where one is missing or no instant; in the unit `usual`
    /// where the variable has none of time.
    ///
    /// # Errors
    /// No such variable, text instead of numbers, or a calendar that is not the standard one.
    pub fn all_instants(&self, variable: &str, usual: &str) -> Result<Vec<Option<Time>>> {
        let values = self.all_numbers(variable)?;
        let stored = self.find(variable)?;
        self.located(variable, || {
            let unit = match time_unit(&stored)? {
                Some(unit) => Some(unit),
                None => TimeUnit::parse(usual, None)?,
            };
            let unit = unit.ok_or_else(|| Error::new("not a unit of time").got(usual))?;
            let instant = |n: f64| {
                if n.is_finite() {
                    unit.instant(n).ok()
                } else {
                    None
                }
            };
            Ok(values.into_iter().map(instant).collect())
        })
    }

    /// The records at `positions`, which ascend along the first dimension of a variable, packing
    /// undone, missing values NaN (record, value of a record).
    ///
    /// # Errors
    /// No such variable, text instead of numbers, a position beyond its end, or values that cannot
    /// be read.
    pub fn records_at(&self, variable: &str, positions: &[usize]) -> Result<Array2<f64>> {
        let stored = self.find(variable)?;
        self.located(variable, || {
            let lengths: Vec<usize> = stored.dimensions().iter().map(|d| d.len()).collect();
            let width = lengths.iter().skip(1).product::<usize>();
            let n = lengths.first().copied().unwrap_or(0);
            if let Some(beyond) = positions.iter().find(|k| **k >= n) {
                return Err(Error::new("the variable has too few records")
                    .expected(format!("more than {beyond}"))
                    .got(n));
            }
            let mut values = Vec::with_capacity(positions.len() * width);
            if width > 0 {
                read_records(&stored, (positions, width), &mut values)?;
            }
            let shape = (positions.len(), width);
            Array2::from_shape_vec(shape, values).map_err(Error::new)
        })
    }
}

/// Adds the values of records to `out`, reading those that lie between two of them too.
fn read_records(
    variable: &Variable,
    (positions, width): (&[usize], usize),
    out: &mut Vec<f64>,
) -> Result<()> {
    let packing = Packing::of(variable);
    let most = (AT_ONCE / width).max(1);
    let mut rest = positions;
    while let Some(first) = rest.first() {
        let (here, beyond) = rest.split_at(rest.partition_point(|k| *k < first + most));
        let count = here[here.len() - 1] - first + 1;
        let mut extents = vec![Extent::from(..); variable.dimensions().len()];
        extents[0] = Extent::SliceCount {
            start: *first,
            count,
            stride: 1,
        };
        let block = Block::read(variable, extents)?;
        for run in here.chunk_by(|a, b| a + 1 == *b) {
            let start = (run[0] - first) * width;
            block.unpack_part(start..start + run.len() * width, &packing, out);
        }
        rest = beyond;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_flags_and_all_values_are_those_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.nc");
        let mut file = netcdf::create(&path).unwrap();
        file.add_dimension("n", 6).unwrap();
        file.add_dimension("m", 2).unwrap();
        let mut flag = file.add_variable::<i8>("flag", &["n"]).unwrap();
        flag.set_fill_value(1i8).unwrap();
        flag.put_values(&[0i8, 1, 1, 0, 0, 1], ..).unwrap();
        let mut profile = file.add_variable::<f32>("profile", &["n", "m"]).unwrap();
        profile.set_fill_value(-999.0f32).unwrap();
        let values: Vec<f32> = (0..12)
            .map(|k| if k == 8 { -999.0 } else { k as f32 })
            .collect();
        profile.put_values(&values, ..).unwrap();
        let mut counts = file.add_variable::<i8>("count", &["n"]).unwrap();
        counts.put_attribute("_Unsigned", "true").unwrap();
        counts.put_values(&[0i8, 1, 2, -1, -2, 3], ..).unwrap();
        file.add_group("g").unwrap();
        let mut inner = file.group_mut("g").unwrap().unwrap();
        inner.add_dimension("k", 1).unwrap();
        inner.add_variable::<i32>("x", &["k"]).unwrap();
        file.close().unwrap();
        let file = Dataset::open(&path).unwrap();
        assert!(file.all_numbers("flag").unwrap()[1].is_nan());
        assert_eq!(
            file.all_stored("flag").unwrap(),
            [0.0, 1.0, 1.0, 0.0, 0.0, 1.0]
        );
        assert_eq!(file.all_stored("count").unwrap()[3..5], [255.0, 254.0]);
        let some = file.records_at("profile", &[0, 1, 4, 5]).unwrap();
        assert_eq!(some.row(1).to_vec(), [2.0, 3.0]);
        assert!(some[[2, 0]].is_nan() && some[[2, 1]] == 9.0 && some[[3, 1]] == 11.0);
        assert_eq!(file.records_at("profile", &[]).unwrap().dim(), (0, 2));
        assert!(file.records_at("profile", &[6]).is_err());
        assert_eq!(file.shape("g/x"), Some(vec![1]));
        assert_eq!(
            (file.shape("g/y"), file.shape("h/x"), file.shape("x")),
            (None, None, None)
        );
    }
}
