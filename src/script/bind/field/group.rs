//! Groups along a dimension: calendar months, periods, windows that move, bins, regions; and what
//! is made of each.

use crate::error::{Error, Result};
use crate::field::{CalendarPart, Coordinate, Field, Grouping, Outside, Period, Reduction};
use crate::grid::{RegionMap, by_region};
use crate::script::bind::field::{given, note_disorder};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::describe;
use crate::script::{Fallible, Options, ScriptFunction, attempt, read};
use crate::time::DAY;
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

#[derive(Clone)]
enum By {
    Places(Grouping),
    Regions(Arc<RegionMap>),
}

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.by {
            By::Places(g) => write!(
                f,
                "\"{}\" in {} groups along \"{}\": {}",
                self.field.name,
                g.places().len(),
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
            By::Places(groups) => self.field.grouped(groups, how),
            By::Regions(map) => by_region(&self.field, map, how),
        }
    }
    fn places(&self) -> Result<&Grouping> {
        match &self.by {
            By::Places(groups) => Ok(groups),
            By::Regions(_) => Err(Error::new(
                "regions have means, sums and the like, but no lines",
            )
            .hint("a mask: f.where(map.field() == 0)")),
        }
    }
}

/// Binds groups.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Grouped>("Grouped");
    rooms.global(exported_module!(functions));
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

fn part(name: &str) -> Option<CalendarPart> {
    Some(match name.strip_prefix("time.").unwrap_or(name) {
        "month" => CalendarPart::Month,
        "season" => CalendarPart::Season,
        "year" => CalendarPart::Year,
        "day_of_year" | "dayofyear" => CalendarPart::DayOfYear,
        "hour" => CalendarPart::Hour,
        _ => return None,
    })
}

/// The dimension of dates, which need not be called time.
fn dates(field: &Field) -> Result<&crate::field::Dimension> {
    field
        .dimensions()
        .iter()
        .find(|d| matches!(d.coordinate, Coordinate::Times(_)))
        .ok_or_else(|| {
            Error::new(format!("\"{}\" has no dimension of dates", field.name))
                .hint(".label(\"time\", dates(\"2015-01-01\", ...))")
        })
}

fn calendar(field: &Field, name: &str) -> Result<Grouping> {
    let known = ["month", "season", "year", "day_of_year", "hour"];
    match part(name) {
        Some(part) => Grouping::calendar(dates(field)?, part),
        None => Err(Error::new(format!("\"{name}\" is no part of a date"))
            .expected(format!("one of {}", known.join(", ")))
            .near(name, known)),
    }
}

fn groups(field: &Field, by: &Dynamic) -> Result<By> {
    if let Some(map) = by.read_lock::<Arc<RegionMap>>() {
        return Ok(By::Regions(map.clone()));
    }
    let name: String = read("what to group by", by)?;
    match field.dimension(&name) {
        Ok(dimension) if part(&name).is_none() => Ok(By::Places(Grouping::equal(dimension)?)),
        Err(unknown) if part(&name).is_none() => {
            Err(unknown.hint("\"month\", \"season\", \"year\", \"day_of_year\", \"hour\", a dimension or a region map"))
        }
        _ => Ok(By::Places(calendar(field, &name)?)),
    }
}

/// Bins between numbers, or a name for each place.
fn groups_along(field: &Field, dimension: &str, by: &Dynamic) -> Result<Grouping> {
    let d = field.dimension(dimension)?;
    if let Ok(edges) = read::<Vec<f64>>("the edges", by) {
        return Grouping::bins(d, &edges);
    }
    match read::<Vec<String>>("the names", by) {
        Ok(names) => Grouping::names(d, "group", &names),
        Err(_) => Err(Error::new("nothing can be grouped by this")
            .expected("the edges of bins, or a name for each place")
            .got(describe(by))),
    }
}

fn period(text: &str) -> Result<Period> {
    let (number, unit) = text
        .trim()
        .split_at(text.trim().find(|c: char| c.is_alphabetic()).unwrap_or(0));
    let n: f64 = if number.trim().is_empty() {
        1.0
    } else {
        number.trim().parse().unwrap_or(f64::NAN)
    };
    let months = match unit {
        "month" | "months" => 1.0,
        "season" | "seasons" => 3.0,
        "year" | "years" | "yr" => 12.0,
        _ => 0.0,
    };
    let seconds = match unit {
        "d" | "day" | "days" => DAY,
        "h" | "hour" | "hours" => 3600.0,
        "min" | "minute" | "minutes" => 60.0,
        "week" | "weeks" => 7.0 * DAY,
        _ => 0.0,
    };
    match n * (months + seconds) {
        whole if whole > 0.0 && whole.fract() == 0.0 => Ok(if months > 0.0 {
            Period::Months(whole as i64)
        } else {
            Period::Seconds(whole as i64)
        }),
        _ => Err(Error::new("not a period")
            .expected("\"month\", \"season\", \"year\", \"day\", \"7 days\", \"6 h\"")
            .got(format!("\"{text}\""))),
    }
}

/// What a closure makes of each group, side by side; groups that are missing give missing values.
fn applied(grouped: &Grouped, f: &ScriptFunction) -> Result<Field> {
    let groups = grouped.places()?;
    let enough = |places: &Vec<usize>| places.len() >= groups.fewest();
    let one = |places: &Vec<usize>| {
        f.call_for::<Field>(
            "the value of the function",
            (grouped.field.take(groups.along(), places)?,),
        )
        .map(Some)
    };
    let made = groups
        .places()
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

/// `#{ outside: "missing" }` and its like.
pub(super) fn outside(o: &mut Options) -> Result<Outside> {
    match o.find::<String>("outside")?.as_deref() {
        None => Ok(Outside::Refuse),
        Some("missing") => Ok(Outside::Missing),
        Some("hold") => Ok(Outside::Hold),
        Some(other) => Err(Error::new("what to do outside")
            .expected("\"missing\" or \"hold\"")
            .got(format!("\"{other}\""))),
    }
}

#[export_module]
mod functions {
    /// The field in groups, for `.mean()`, `.sum()`, `.sd()`, `.min()`, `.max()`, `.median()`,
    /// `.count()`, `.quantile(p)`, `.anomalies()` and `.apply(|group| ...)`.
    ///
    /// # Arguments
    /// - `by`: `"month"`, `"season"`, `"year"`, `"day_of_year"` or `"hour"` of the dates; a
    ///   dimension, for equal labels; or a region map, whose means are weighted by area.
    /// - `along`, `by`: instead, a dimension and the edges of bins, or a name for each place.
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
                by: By::Places(groups_along(&field, along, &by)?),
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
    pub fn resample(context: NativeCallContext, field: Field, length: &str) -> Fallible<Grouped> {
        let grouped = attempt(&context, || {
            Ok(Grouped {
                by: By::Places(Grouping::periods(dates(&field)?, period(length)?)?),
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
    /// - `width`: places in a window.
    /// - options: `centred`: false, the window ends at its label; `fewest`: the width, values a
    ///   window must have.
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
            let mut o = Options::new("rolling", options);
            let width: usize = read("the width", &width)?;
            let (centred, fewest) = (o.or("centred", false)?, o.or("fewest", width)?);
            o.finish()?;
            Ok(Grouped {
                by: By::Places(Grouping::rolling(
                    field.dimension(dim)?,
                    width,
                    centred,
                    fewest,
                )?),
                field,
            })
        })
    }
    #[rhai_fn(name = "rolling", return_raw)]
    pub fn rolling_plain(
        context: NativeCallContext,
        field: Field,
        dim: &str,
        width: Dynamic,
    ) -> Fallible<Grouped> {
        rolling(context, field, dim, width, Map::new())
    }

    /// The mean of each month, season or the like over all years: `f.groupby(part).mean()`.
    ///
    /// # Arguments
    /// - `part`: `"month"`, `"season"`, `"day_of_year"`, `"hour"` or `"year"`.
    ///
    /// # Returns
    /// A field.
    ///
    /// # Errors
    /// No dates, an unknown part.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(#{ dims: ["time"], coords: #{ time: dates("2015-01-01", "2017-01-01", 1) } }, |t| t.year);
    /// assert(f.climatology("month").sel(#{ month: 1 }) == 2015.5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn climatology(context: NativeCallContext, field: Field, part: &str) -> Fallible<Field> {
        attempt(&context, || {
            field.grouped(&calendar(&field, part)?, Reduction::Mean)
        })
    }

    /// Each value less the mean of its month, season or the like; of groups, less the mean of its
    /// group.
    ///
    /// # Arguments
    /// - `part`: as for `climatology`.
    ///
    /// # Returns
    /// A field with the labels it had.
    ///
    /// # Errors
    /// No dates, an unknown part; windows that overlap.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(#{ dims: ["time"], coords: #{ time: dates("2015-01-01", "2017-01-01", 1) } }, |t| t.year + t.month);
    /// assert(f.anomalies("month").isel(#{ time: -1 }) == 0.5);
    /// assert_near(f.groupby("time.month").anomalies().mean(), 0, 1e-9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn anomalies(context: NativeCallContext, field: Field, part: &str) -> Fallible<Field> {
        attempt(&context, || {
            field.less_group_means(&calendar(&field, part)?)
        })
    }
    #[rhai_fn(name = "anomalies", return_raw)]
    pub fn anomalies_of_groups(context: NativeCallContext, groups: Grouped) -> Fallible<Field> {
        attempt(&context, || groups.field.less_group_means(groups.places()?))
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
