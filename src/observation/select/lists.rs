//! Lists of sites: what is left out, and what is sampled elsewhere in the model.

use super::{Outcome, Step, matches};
use crate::error::{Error, Result};
use crate::observation::{Observation, Observations, Point, attributes};
use crate::table::{Column, Table};
use crate::time::Time;
use std::fmt;

/// Leaves out what a row of a table describes: patterns of `site`, `kind`, `source` or of
/// attributes, and dates `start` and `end`; an empty cell says nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Exclude(pub Table);

/// Samples sites elsewhere: `site`, perhaps `kind`, as patterns, and the new `latitude`,
/// `longitude` \[degrees\], `altitude` \[m above sea level\] or `height` \[m above ground\]; a
/// missing number stays as it is. Coastal flasks are moved to the sea, intakes are raised.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved(pub Table);

/// Where a site can be moved to.
const TO: [&str; 4] = ["latitude", "longitude", "altitude", "height"];

/// Whether row `r` of a list describes observation `k`; `Ok(false)` where it says nothing at all.
fn describes(list: &Table, r: usize, all: &Observations, k: usize) -> Result<bool> {
    let mut said = false;
    for (name, column) in list.columns() {
        if name == "sd" || TO.contains(&name.as_str()) {
            continue;
        }
        let wanted = attributes::in_full(column, r);
        if wanted.trim().is_empty() {
            continue;
        }
        said = true;
        let o = &all.rows[k];
        let fits = match name.as_str() {
            "site" => matches(&wanted, &o.site),
            "kind" => matches(&wanted, &o.kind),
            "source" => matches(&wanted, &all.sources[o.source]),
            "start" => o.time >= instant(column, r)?,
            "end" => o.time < instant(column, r)?,
            other => matches(&wanted, &attributes::in_full(all.attribute(other)?, k)),
        };
        if !fits {
            return Ok(false);
        }
    }
    Ok(said)
}

fn instant(column: &Column, r: usize) -> Result<Time> {
    match column {
        Column::Times(times) => Ok(times[r]),
        other => attributes::in_full(other, r).parse(),
    }
}

/// The first row of a list of patterns that describes each observation, and which rows describe
/// none.
///
/// # Errors
/// An attribute that is not there, a date that is none.
pub(crate) fn describing(
    list: &Table,
    all: &Observations,
) -> Result<(Vec<Option<usize>>, Vec<usize>)> {
    let mut of = vec![None; all.len()];
    let mut unused = Vec::new();
    for r in 0..list.rows() {
        let mut any = false;
        for (k, of) in of.iter_mut().enumerate().filter(|(_, of)| of.is_none()) {
            if describes(list, r, all, k)? {
                any = true;
                *of = Some(r);
            }
        }
        if !any {
            unused.push(r);
        }
    }
    Ok((of, unused))
}

/// What the list did, and the lines of it that fit nothing.
fn why(list: &Table, n: usize, done: &str, unused: &[usize]) -> String {
    let name = |r: &usize| match list.column("site") {
        Ok(sites) => attributes::in_full(sites, *r),
        Err(_) => format!("row {r}"),
    };
    let idle: Vec<String> = unused.iter().take(5).map(name).collect();
    match unused.len() {
        0 => format!("{n} {done}"),
        m => format!("{n} {done}; {m} rows fit nothing: {}", idle.join(", ")),
    }
}

impl Step for Exclude {
    fn apply(&self, all: &Observations) -> Result<Outcome> {
        let (of, unused) = describing(&self.0, all)?;
        let n = of.iter().flatten().count();
        let why = why(&self.0, n, "listed", &unused);
        Ok(Outcome::keeping(all, why, |k| of[k].is_none()))
    }
}

impl Step for Moved {
    fn apply(&self, all: &Observations) -> Result<Outcome> {
        let names = self.0.names();
        if !names.contains(&"site") || !TO.iter().any(|n| names.contains(n)) {
            return Err(Error::new("a list of moved sites says which and where to")
                .expected(format!("columns site and {}", TO.join(", ")))
                .got(names.join(", ")));
        }
        let (of, unused) = describing(&self.0, all)?;
        let mut moved = all.clone();
        for (o, r) in moved.rows.iter_mut().zip(&of) {
            if let Some(r) = r {
                self.place(o, *r)?;
            }
        }
        Ok(Outcome {
            why: why(&self.0, of.iter().flatten().count(), "moved", &unused),
            observations: moved,
            warnings: vec![],
        })
    }
}

impl Moved {
    fn place(&self, o: &mut Observation, r: usize) -> Result<()> {
        let to = |name: &str| match self.0.numbers(name) {
            Ok(values) if values[r].is_finite() => Some(values[r]),
            _ => None,
        };
        o.latitude = to("latitude").unwrap_or(o.latitude);
        o.longitude = to("longitude").unwrap_or(o.longitude);
        if let Some(altitude) = to("altitude") {
            o.altitude = altitude;
            o.sampling = Point::above_sea();
        }
        if let Some(height) = to("height") {
            o.sampling = std::sync::Arc::new(Point::AboveGround(height));
        }
        o.check_position()
    }
}

impl fmt::Display for Exclude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("excluded")
    }
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("moved sites")
    }
}
