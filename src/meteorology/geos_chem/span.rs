//! When all collections are there.

use super::INTERVAL;
use crate::error::{Error, Result};
use crate::meteorology::files::{SURFACE_PRESSURE, Variable};
use crate::time::Time;

/// First and last instant of a variable: of means over intervals, or of instants.
fn reach(variable: &Variable) -> (Time, Time) {
    let times = variable.times();
    let (first, last) = (times[0], times[times.len() - 1]);
    if variable.quantity == SURFACE_PRESSURE {
        return (first, last);
    }
    let half = 0.5
        * if times.len() > 1 {
            times[1].since(first)
        } else {
            INTERVAL
        };
    (first.plus(-half), last.plus(half))
}

/// Of a variable of each collection, the one that begins last and the one that ends first.
pub(super) fn limits<'a>(
    winds: &'a Variable,
    updraft: &'a Variable,
    layer: &'a Variable,
    pressure: &'a Variable,
) -> [&'a Variable; 2] {
    let later = |a: &'a Variable, b: &'a Variable| if reach(b).0 > reach(a).0 { b } else { a };
    let sooner = |a: &'a Variable, b: &'a Variable| if reach(b).1 < reach(a).1 { b } else { a };
    let others = [updraft, layer, pressure];
    [
        others.into_iter().fold(winds, later),
        others.into_iter().fold(winds, sooner),
    ]
}

/// First and last instant all collections hold.
pub(super) fn span(limits: [&Variable; 2]) -> Result<(Time, Time)> {
    let (first, last) = (reach(limits[0]).0, reach(limits[1]).1);
    let last = first.plus((last.since(first) / INTERVAL).floor() * INTERVAL);
    if last <= first {
        let [a, b] = [limits[1], limits[0]]
            .map(|v| format!("\"{}\" of {}", v.name, v.records[0].path.display()));
        return Err(Error::new("the collections have no time in common")
            .expected("all collections, and surface pressure at the end of the last day")
            .at(a)
            .at(b));
    }
    Ok((first, last))
}
