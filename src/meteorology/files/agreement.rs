//! Variables of one driver against each other, and against the run.

use super::variable::Variable;
use crate::error::{Error, Result};
use crate::time::Time;

/// Two variables of one driver must be given at the same instants and on the same grid.
///
/// # Errors
/// They are not.
pub(crate) fn check_alike(one: &Variable, other: &Variable) -> Result<()> {
    let names = format!("\"{}\" and \"{}\"", one.name, other.name);
    let [here, there] = [one, other].map(|v| &v.records[0].path);
    let located = |e: Error| {
        let files = if here == there {
            format!("file \"{}\"", here.display())
        } else {
            format!("files \"{}\" and \"{}\"", here.display(), there.display())
        };
        e.at(files)
    };
    if one.axes != other.axes {
        let error = Error::new(format!("{names} are on different grids"))
            .expected(one.axes.span())
            .got(other.axes.span());
        return Err(located(error.hint("files of one grid")));
    }
    if one.records.len() != other.records.len() || one.times() != other.times() {
        let error = Error::new(format!("{names} are not given at the same instants"))
            .expected(one.record_span())
            .got(other.record_span());
        let first = one
            .records
            .iter()
            .zip(&other.records)
            .find(|(a, b)| a.time != b.time)
            .and_then(|(a, _)| a.time);
        return Err(located(first.map_or(error.clone(), |time| error.at(time))));
    }
    Ok(())
}

/// An error where files given from `first` to `last` do not hold all of a run; of two variables the
/// one begins last, the other ends first.
///
/// # Errors
/// The run begins earlier or ends later.
pub(crate) fn refuse_uncovered(
    limits: [&Variable; 2],
    (first, last): (Time, Time),
    start: Time,
    end: Time,
) -> Result<()> {
    if start >= first && end <= last {
        return Ok(());
    }
    let (what, variable, record) = if start < first {
        (
            "begins after the run does",
            limits[0],
            limits[0].records.first(),
        )
    } else {
        (
            "ends before the run does",
            limits[1],
            limits[1].records.last(),
        )
    };
    let error = Error::new(format!("the meteorology {what}"))
        .expected(format!("{start} to {end}"))
        .got(format!("{first} to {last}"))
        .at(format!("variable \"{}\"", variable.name));
    let error = record
        .map(|r| error.clone().at(format!("file \"{}\"", r.path.display())))
        .unwrap_or(error);
    Err(error.hint("files that cover the run, or another period"))
}
