//! Observations that are too far from the forecast to be right, or to be represented by the model.
//!
//! An observation is rejected where |y - mean Hx| > n sqrt(HPH' + R), HPH' being the spread of the
//! members' equivalents as they are and R the square of the stated error: both before inflation,
//! which the departures decide.

use crate::constants::PPM;
use crate::error::{Error, Result};
use crate::observation::Observations;
use crate::table::{Column, Table};
use crate::units::Unit;
use ndarray::{ArrayView2, Axis};

/// An observation that is rejected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlier {
    /// Its row.
    pub row: usize,
    /// Observed less mean of the forecast \[mol mol-1\].
    pub departure: f64,
    /// sqrt(HPH' + R) \[mol mol-1\].
    pub expected: f64,
}

/// The observations whose departure from the members' `equivalents` (p x m) \[mol mol-1\] is more
/// than `n_sd` times what is expected of it.
///
/// # Errors
/// A number that is not positive, another number of equivalents, observations without an error.
pub fn outliers(
    observations: &Observations,
    equivalents: ArrayView2<f64>,
    n_sd: f64,
) -> Result<Vec<Outlier>> {
    if !(n_sd.is_finite() && n_sd > 0.0) {
        return Err(
            Error::new("a number of standard deviations must be positive")
                .got(n_sd)
                .hint("3.0"),
        );
    }
    if equivalents.nrows() != observations.len() {
        return Err(Error::new("every observation needs a row of equivalents")
            .expected(observations.len())
            .got(equivalents.nrows()));
    }
    observations.check_errors()?;
    let rows = observations.rows.iter().zip(equivalents.axis_iter(Axis(0)));
    let of = |(row, (o, y)): (usize, (&crate::observation::Observation, _))| {
        let y: ndarray::ArrayView1<f64> = y;
        let departure = o.value - y.mean().unwrap_or(f64::NAN);
        let expected = (y.var(1.0) + o.error * o.error).sqrt();
        Outlier {
            row,
            departure,
            expected,
        }
    };
    let all = rows.enumerate().map(of);
    Ok(all
        .filter(|o| o.departure.abs() > n_sd * o.expected)
        .collect())
}

/// A table of the rejected, with their departure, what is expected of it, and their ratio.
///
/// # Errors
/// None for units that are known.
pub fn rejected_table(observations: &Observations, outliers: &[Outlier]) -> Result<Table> {
    let rows: Vec<usize> = outliers.iter().map(|o| o.row).collect();
    let ppm = |of: fn(&Outlier) -> f64| {
        let values = outliers.iter().map(|o| of(o) / PPM).collect();
        Ok::<_, Error>(Column::Numbers(values, Unit::parse("ppm")?))
    };
    let ratio = outliers.iter().map(|o| o.departure / o.expected);
    let names = [
        "source",
        "site",
        "kind",
        "time",
        "latitude",
        "longitude",
        "altitude",
        "value",
        "error",
    ];
    observations
        .take(&rows)
        .to_table()?
        .select(&names)?
        .with("departure", ppm(|o| o.departure)?)?
        .with("expected", ppm(|o| o.expected)?)?
        .with("ratio", Column::numbers(ratio.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::series;
    use ndarray::array;

    #[test]
    fn a_departure_is_compared_with_the_spread_and_the_stated_error() {
        let mut all = series("a", &[0, 1, 2]);
        // Members 400, 402, 404 ppm: mean 402, variance 4; stated error 1.5: expected 2.5 ppm.
        for (o, value) in all.rows.iter_mut().zip([409.4, 409.6, 394.4]) {
            (o.value, o.error) = (value * 1e-6, 1.5e-6);
        }
        let y = array![[400.0, 402.0, 404.0]] * 1e-6;
        let y = y.broadcast((3, 3)).unwrap().to_owned();
        let outlying = outliers(&all, y.view(), 3.0).unwrap();
        assert_eq!(outlying.iter().map(|o| o.row).collect::<Vec<_>>(), [1, 2]);
        assert!((outlying[1].departure + 7.6e-6).abs() < 1e-12);
        assert!((outlying[1].expected - 2.5e-6).abs() < 1e-12);
        let table = rejected_table(&all, &outlying).unwrap();
        assert!((table.numbers("ratio").unwrap()[1] + 3.04).abs() < 1e-6);
        assert!(outliers(&all, y.view(), 0.0).is_err());
        all.rows[0].error = f64::NAN;
        assert!(outliers(&all, y.view(), 3.0).is_err());
    }
}
