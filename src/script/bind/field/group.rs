//! Groups along a dimension: calendar months, periods, windows that move, bins, regions; and what
//! is made of each.

use crate::error::{Error, Result};
use crate::field::{Field, Grouping, Reduction};
use crate::grid::{RegionMap, by_region};
use crate::script::bind::field::calendar::{calendar, dates, part, period};
use crate::script::bind::field::{given, note_disorder};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::{describe, kind};
use crate::script::{Fallible, ScriptFunction, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, FuncRegistration, Map};
use std::fmt;
use std::sync::Arc;

/// A field and the groups it is cut into.
#[derive(Clone)]
pub struct Grouped {
    field: Field,
    by: By,
}

kind!(Grouped, "Grouped", "groups such as f.groupby(\"month\")");

#[derive(Clone)]
enum By {
    Positions(Grouping),
    Regions(Arc<RegionMap>),
}

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.by {
            By::Positions(g) => write!(
                f,
                "\"{}\" in {} groups along \"{}\": {}",
                self.field.name,
                g.positions().len(),
                g.along(),
                g.labels().span()
            ),
            By::Regions(map) => write!(
                f,
                "\"{}\" in the regions {}",
                self.field.name,
                map.names().join(", ")
            ),
        }
    }
}

impl Grouped {
    fn reduce(&self, how: Reduction) -> Result<Field> {
        match &self.by {
            By::Positions(groups) => self.field.grouped(groups, how),
            By::Regions(map) => by_region(&self.field, map, how),
        }
    }
    fn positions(&self) -> Result<&Grouping> {
        match &self.by {
            By::Positions(groups) => Ok(groups),
            By::Regions(_) => Err(Error::new(
                "regions have means, sums and the like, but no lines",
            )
            .hint("a mask: f.where(map.field() == 0)")),
        }
    }
}

options! {
    /// How windows move along a dimension.
    struct RollingOptions of "rolling" {
        /// Whether the label of a window is in its middle, or at its end.
        centred: bool = false,
        /// The values that a window must have; where not given its width.
        fewest: Option<usize>,
    }
}

/// Binds groups.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Grouped>();
    rooms.global(exported_module!(functions));
    optional!(rooms, RollingOptions: "rolling" = functions::rolling_token);
    let plain = [
        ("mean", Reduction::Mean),
        ("sum", Reduction::Sum),
        ("sd", Reduction::StandardDeviation),
        ("min", Reduction::Min),
        ("max", Reduction::Max),
        ("count", Reduction::Count),
        ("median", Reduction::Quantile(0.5)),
    ];
    for (name, how) in plain {
        let reduce = move |c: NativeCallContext, g: Grouped| -> Fallible<Field> {
            attempt(&c, || g.reduce(how))
        };
        FuncRegistration::new(name)
            .with_params_info(["groups: Grouped", "Field"])
            .register_into_engine(&mut rooms.engine, reduce);
    }
    let quantile = |c: NativeCallContext, g: Grouped, p: Dynamic| -> Fallible<Field> {
        attempt(&c, || g.reduce(super::reduce::probability(&p)?))
    };
    FuncRegistration::new("quantile")
        .with_params_info(["groups: Grouped", "p: value", "Field"])
        .register_into_engine(&mut rooms.engine, quantile);
}

fn groups(field: &Field, by: &Dynamic) -> Result<By> {
    if let Some(map) = by.read_lock::<Arc<RegionMap>>() {
        return Ok(By::Regions(map.clone()));
    }
    let name: String = read("what to group by", by)?;
    match field.dimension(&name) {
        Ok(dimension) if part(&name).is_none() => Ok(By::Positions(Grouping::equal(dimension)?)),
        Err(unknown) if part(&name).is_none() => {
            Err(unknown.hint("\"month\", \"season\", \"year\", \"day_of_year\", \"hour\", a dimension or a region map"))
        }
        _ => Ok(By::Positions(calendar(field, &name)?)),
    }
}

/// Bins between numbers, or a name for each position.
fn groups_along(field: &Field, dimension: &str, by: &Dynamic) -> Result<Grouping> {
    let d = field.dimension(dimension)?;
    if let Ok(edges) = read::<Vec<f64>>("the edges", by) {
        return Grouping::bins(d, &edges);
    }
    match read::<Vec<String>>("the names", by) {
        Ok(names) => Grouping::names(d, "group", &names),
        Err(_) => Err(Error::new("nothing can be grouped by this")
            .expected("the edges of bins, or a name for each position")
            .got(describe(by))),
    }
}

/// What a closure makes of each group, side by side; groups that are missing give missing values.
fn applied(grouped: &Grouped, f: &ScriptFunction) -> Result<Field> {
    let groups = grouped.positions()?;
    let enough = |positions: &Vec<usize>| positions.len() >= groups.fewest();
    let one = |positions: &Vec<usize>| {
        f.call_for::<Field>(
            "the value of the function",
            (grouped.field.take(groups.along(), positions)?,),
        )
        .map(Some)
    };
    let made = groups
        .positions()
        .iter()
        .map(|p| if enough(p) { one(p) } else { Ok(None) })
        .collect::<Result<Vec<_>>>()?;
    let missing = made
        .iter()
        .flatten()
        .next()
        .map(|f| f.map(|_| f64::NAN))
        .ok_or_else(|| Error::new("there is no group with values"))?;
    let all: Vec<Field> = made
        .into_iter()
        .map(|f| f.unwrap_or_else(|| missing.clone()))
        .collect();
    Ok(Field::stack(&all, groups.labels().clone())?.named(&grouped.field.name))
}

#[export_module]
mod functions {
    /// The field in groups, for `.mean()`, `.sum()`, `.sd()`, `.min()`, `.max()`, `.median()`,
    /// `.count()`, `.quantile(p)`, `.anomalies()` and `.apply(|group| ...)`.
    ///
    /// # Arguments
    /// - `by`: `"month"`, `"season"`, `"year"`, `"day_of_year"` or `"hour"` of the dates; a
    ///   dimension, for equal labels; or a region map, whose means are weighted by area.
    /// - `along`, `by`: instead, a dimension and the edges of bins, or a name for each position.
    ///
    /// # Returns
    /// Groups; what they are reduced to has the groups in place of the dimension. A group without
    /// values is missing.
    ///
    /// # Errors
    /// No dates, an unknown dimension, edges that do not ascend, a field that is not on the grid of
    /// the regions.
    ///
    /// # Example
    /// ```rhai
    /// let co2 = field(#{ dims: ["time"], coords: #{ time: dates("2015-01-01", "2017-01-01", 1) } }, |t| t.month);
    /// assert(co2.groupby("month").mean().sel(#{ month: 7 }) == 7.0);
    /// assert(co2.groupby("season").max().values() == [12.0, 5.0, 8.0, 11.0]);
    /// let f = field(grid("4x5"), |lat, lon| lat);
    /// assert(f.groupby("lat", [-90, 0, 90]).mean().shape == [2, 72]);
    /// let map = regions::from_function(grid("4x5"), |lat, lon| if lat > 0 { "North" } else { "South" });
    /// assert_near((f > 0).groupby(map).mean().sel(#{ region: "North" }), 1, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn groupby(context: NativeCallContext, field: Field, by: Dynamic) -> Fallible<Grouped> {
        attempt(&context, || {
            Ok(Grouped {
                by: groups(&field, &by)?,
                field,
            })
        })
    }
    #[rhai_fn(name = "groupby", return_raw)]
    pub fn groupby_along(
        context: NativeCallContext,
        field: Field,
        along: &str,
        by: Dynamic,
    ) -> Fallible<Grouped> {
        attempt(&context, || {
            Ok(Grouped {
                by: By::Positions(groups_along(&field, along, &by)?),
                field,
            })
        })
    }

    /// The field in periods one after the other, each labelled by its start; for `.mean()` and the
    /// like as with `groupby`.
    ///
    /// # Arguments
    /// - `period`: `"month"`, `"season"`, `"year"`, `"day"`, `"7 days"`, `"6 h"`.
    ///
    /// # Returns
    /// Groups; periods without values are missing. Dates that come more than once or out of order
    /// give a warning.
    ///
    /// # Errors
    /// No dates, something that is not a period.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(#{ dims: ["time"], coords: #{ time: dates("2016-01-01", "2016-03-01", 1) } }, |t| 1);
    /// assert(f.resample("month").sum().values() == [31.0, 29.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn resample(context: NativeCallContext, field: Field, period: &str) -> Fallible<Grouped> {
        let grouped = attempt(&context, || {
            Ok(Grouped {
                by: By::Positions(Grouping::periods(dates(&field)?, super::period(period)?)?),
                field: field.clone(),
            })
        })?;
        note_disorder(&context, &field);
        Ok(grouped)
    }

    /// Windows that move along a dimension; for `.mean()` and the like as with `groupby`.
    ///
    /// # Arguments
    /// - `dim`: the dimension.
    /// - `width`: positions in a window.
    ///
    /// # Returns
    /// Groups; windows with fewer values are missing.
    ///
    /// # Errors
    /// An unknown dimension, a width longer than it.
    ///
    /// # Example
    /// ```rhai
    /// let f = field([1, 2, 6, 4]);
    /// assert(f.rolling("x", 2).mean().isel(#{ x: 1..4 }).values() == [1.5, 4.0, 5.0]);
    /// assert(f.rolling("x", 3, #{ centred: true, fewest: 2 }).max().values() == [2.0, 6.0, 6.0, 6.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn rolling(
        context: NativeCallContext,
        field: Field,
        dim: &str,
        width: Dynamic,
        options: Map,
    ) -> Fallible<Grouped> {
        attempt(&context, || {
            let o = RollingOptions::read(&context, options)?;
            let width: usize = read("the width", &width)?;
            Ok(Grouped {
                by: By::Positions(Grouping::rolling(
                    field.dimension(dim)?,
                    width,
                    o.centred,
                    o.fewest.unwrap_or(width),
                )?),
                field,
            })
        })
    }

    #[rhai_fn(name = "anomalies", return_raw)]
    pub fn anomalies_of_groups(context: NativeCallContext, groups: Grouped) -> Fallible<Field> {
        attempt(&context, || {
            groups.field.less_group_means(groups.positions()?)
        })
    }

    /// What a function of the script makes of every line along a dimension, or of every group.
    ///
    /// # Arguments
    /// - `dim`: the dimension; of groups none.
    /// - `f`: a function of a field of that dimension, or of a group's part of the field. It gives
    ///   a number, or a field.
    ///
    /// # Returns
    /// A field: numbers stand in place of the dimension, lines as long as it keep it, others have
    /// positions along it.
    ///
    /// # Errors
    /// The function fails, or gives lines of different lengths; the script's own line is shown.
    ///
    /// # Example
    /// ```rhai
    /// let f = field([[1, 5, 3], [2, 2, 8]]);
    /// assert(f.apply("x", |v| v.max() - v.min()).values() == [4.0, 6.0]);
    /// assert(f.apply("x", |v| v - v.mean()).mean("x").values() == [0.0, 0.0]);
    /// assert(f.groupby("y").apply(|g| g.sum()).values() == [9.0, 12.0]);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn apply(context: NativeCallContext, field: Field, dim: &str, f: FnPtr) -> Fallible<Field> {
        attempt(&context, || {
            let f = ScriptFunction::new(&context, f);
            field.along_lines(dim, |line| {
                let made = f.call((line,))?;
                if made.is_array() {
                    return Ok(Field::line(
                        dim,
                        read::<Vec<f64>>("the value of the function", &made)?,
                    ));
                }
                read("the value of the function", &made)
            })
        })
    }
    #[rhai_fn(name = "apply", return_raw)]
    pub fn apply_to_groups(
        context: NativeCallContext,
        groups: Grouped,
        f: FnPtr,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            applied(&groups, &ScriptFunction::new(&context, f)).map(given)
        })
    }
}
