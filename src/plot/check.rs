//! What every figure asks of its data.

use crate::error::{Error, Result};

/// Some numbers must be there, and not all missing.
pub(super) fn some_numbers(what: &str, values: impl IntoIterator<Item = f64>) -> Result<()> {
    let (mut count, mut present) = (0, 0);
    for v in values {
        count += 1;
        present += usize::from(v.is_finite());
    }
    match (count, present) {
        (0, _) => Err(Error::new(format!("{what} has no data"))),
        (n, 0) => Err(Error::new(format!("all values of {what} are missing"))
            .got(format!("{n} values, none of them a number"))),
        _ => Ok(()),
    }
}

/// Two lengths must be the same.
pub(super) fn same_length(what: &str, expected: usize, got: usize) -> Result<()> {
    if expected == got {
        Ok(())
    } else {
        Err(Error::new(format!("the lengths of {what} do not match"))
            .expected(expected)
            .got(got))
    }
}

/// The least and greatest of the finite numbers.
pub(super) fn range(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    values
        .into_iter()
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| {
            (a.min(v), b.max(v))
        })
}
