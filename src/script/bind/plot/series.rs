//! Lines, bars and scatter plots.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::plot::labels::{CommonUnit, has_unit};
use crate::plot::style::Colour;
use crate::plot::{BarSeries, Bars, Lines, Points, Scatter, Series};

use crate::script::bind::plot::{Drawing, pair, sized, title_of};
use crate::script::bridge::value::describe;
use crate::script::{Fallible, FromScript, Options, attempt, read};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Dynamic, Map, Module};

/// The functions.
pub(super) fn module() -> Module {
    exported_module!(functions)
}

impl CommonUnit {
    pub(super) fn from(o: &mut Options, key: &str) -> Result<Self> {
        Ok(CommonUnit(o.find(key)?))
    }
    /// The numbers of an array, or of a field of one dimension in this unit.
    pub(super) fn read(&mut self, what: &str, value: &Dynamic) -> Result<Vec<f64>> {
        match value.read_lock::<Field>() {
            Some(field) if field.dimensions().len() == 1 && has_unit(&field) => {
                self.values(&field).map_err(|e| e.at(what))
            }
            _ => read(what, value),
        }
    }
}

/// One key of a series: the array or field under it.
fn column(o: &mut Options, key: &str, unit: &mut CommonUnit) -> Result<Vec<f64>> {
    let value: Dynamic = o.required(key)?;
    unit.read(&format!("\"{key}\" of a series"), &value)
}

fn column_if_any(o: &mut Options, key: &str, unit: &mut CommonUnit) -> Result<Option<Vec<f64>>> {
    o.find::<Dynamic>(key)?
        .map(|v| unit.read(&format!("\"{key}\" of a series"), &v))
        .transpose()
}

/// The series of a figure, each an option map of its own.
pub(super) fn series_of(o: &mut Options, function: &str) -> Result<Vec<Options>> {
    let maps: Vec<Map> = o.required("series")?;
    Ok(maps
        .into_iter()
        .map(|m| Options::new(&format!("a series of {function}"), m))
        .collect())
}

pub(super) fn colour(o: &mut Options) -> Result<Option<Colour>> {
    o.find::<String>("colour")?.map(|c| c.parse()).transpose()
}

/// Numbers or instants.
enum Along {
    Numbers(Vec<f64>),
    Times(Vec<Time>),
}

impl Along {
    fn of(value: &Dynamic) -> Result<Self> {
        if let Some(numbers) = Vec::<f64>::from_script(value) {
            return Ok(Along::Numbers(numbers));
        }
        Vec::<Time>::from_script(value)
            .map(Along::Times)
            .ok_or_else(|| {
                Error::new("\"x\" of a series has the wrong type")
                    .expected("an array of numbers, or one of dates")
                    .got(describe(value))
            })
    }
    /// The coordinate of a field's one dimension.
    fn of_field(field: &Field) -> Result<Self> {
        match field.dimensions() {
            [d] => Ok(match &d.coordinate {
                Coordinate::Times(t) => Along::Times(t.to_vec()),
                Coordinate::Numbers(v, _) => Along::Numbers(v.to_vec()),
                _ => Along::Numbers((0..d.len()).map(|k| k as f64).collect()),
            }),
            other => Err(Error::new(format!("\"{}\" is no line", field.name))
                .expected("one dimension")
                .got(other.len())),
        }
    }
    fn series(&self, name: &str, y: &[f64]) -> Series {
        match self {
            Along::Numbers(x) => Series::new(name, x, y),
            Along::Times(t) => Series::over_time(name, t, y),
        }
    }
}

fn line(mut o: Options, unit: &mut CommonUnit) -> Result<Series> {
    let (name, x, y) = (
        o.or("name", String::new())?,
        o.find::<Dynamic>("x")?,
        o.required::<Dynamic>("y")?,
    );
    let along = match (&x, y.read_lock::<Field>()) {
        (Some(x), _) => Along::of(x)?,
        (None, Some(field)) => Along::of_field(&field)?,
        (None, None) => {
            return Err(Error::new("a series needs \"x\" where \"y\" is an array")
                .hint("x: [...], or a field of one dimension as y"));
        }
    };
    let mut series = along.series(&name, &unit.read("\"y\" of a series", &y)?);
    series = match (
        column_if_any(&mut o, "low", unit)?,
        column_if_any(&mut o, "high", unit)?,
    ) {
        (Some(low), Some(high)) => series.band(&low, &high),
        (None, None) => series,
        _ => {
            return Err(Error::new(
                "the band of a series needs both \"low\" and \"high\"",
            ));
        }
    };
    if o.or("marks", false)? {
        series = series.marks();
    }
    let colour = colour(&mut o)?;
    o.finish()?;
    Ok(colour.map_or(series.clone(), |c| series.colour(c)))
}

fn lines_from(options: Map) -> Result<Drawing> {
    let mut o = Options::new("plot::lines", options);
    let mut unit = CommonUnit::from(&mut o, "unit")?;
    let (title, x_label, y_label) = (
        o.or("title", String::new())?,
        o.or("x_label", String::new())?,
        o.or("y_label", String::new())?,
    );
    let all = series_of(&mut o, "plot::lines")?
        .into_iter()
        .map(|s| line(s, &mut unit))
        .collect::<Result<Vec<_>>>()?;
    let text = format!("lines \"{title}\" of {} series", all.len());
    let mut lines = all
        .into_iter()
        .fold(Lines::new(&title), Lines::series)
        .x_label(&x_label)
        .y_label(&y_label, unit.text());
    if let Some(range) = o.find("y_range")? {
        let (low, high) = pair("y_range", range)?;
        lines = lines.y_range(low, high);
    }
    let lines = sized(lines, &mut o, Lines::sized)?;
    o.finish()?;
    Drawing::new(lines, text)
}

/// A line of a field of one dimension.
pub(super) fn line_of(field: &Field) -> Result<Drawing> {
    let title = title_of(field, None);
    let values: Vec<f64> = field.data().iter().copied().collect();
    let x_label = field
        .dimensions()
        .first()
        .map(|d| {
            if d.name == "time" {
                ""
            } else {
                d.name.as_str()
            }
        })
        .unwrap_or("");
    let lines = Lines::new(&title)
        .x_label(x_label)
        .y_label(&field.name, &field.unit.to_string());
    Drawing::new(
        lines.series(Along::of_field(field)?.series("", &values)),
        format!("line \"{title}\""),
    )
}

/// Option `categories`, or the names along the first series that is a field.
fn categories(o: &mut Options, first: Option<&Dynamic>) -> Result<Vec<String>> {
    if let Some(names) = o.find("categories")? {
        return Ok(names);
    }
    let named = first
        .and_then(|v| v.read_lock::<Field>())
        .and_then(|f| match f.dimensions() {
            [d] => Some((0..d.len()).map(|k| d.coordinate.label(k)).collect()),
            _ => None,
        });
    named.ok_or_else(|| {
        Error::new("plot::bars needs the option \"categories\"")
            .expected("an array of names")
            .hint("categories: [...]")
    })
}

fn bars_from(options: Map) -> Result<Drawing> {
    let mut o = Options::new("plot::bars", options);
    let mut unit = CommonUnit::from(&mut o, "unit")?;
    let (title, y_label, maps) = (
        o.or("title", String::new())?,
        o.or("y_label", String::new())?,
        o.required::<Vec<Map>>("series")?,
    );
    let names = categories(&mut o, maps.first().and_then(|m| m.get("values")))?;
    let bars = Bars::new(
        &title,
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let text = format!(
        "bars \"{title}\" of {} series in {} categories",
        maps.len(),
        names.len()
    );
    let bars = maps.into_iter().try_fold(bars, |bars, map| {
        let mut s = Options::new("a series of plot::bars", map);
        let mut series = BarSeries::new(
            &s.or("name", String::new())?,
            &column(&mut s, "values", &mut unit)?,
        );
        if let Some(errors) = column_if_any(&mut s, "errors", &mut unit)? {
            series = series.errors(&errors);
        }
        if let Some(colour) = colour(&mut s)? {
            series = series.colour(colour);
        }
        s.finish().map(|()| bars.series(series))
    })?;
    let bars = sized(bars.y_label(&y_label, unit.text()), &mut o, Bars::sized)?;
    o.finish()?;
    Drawing::new(bars, text)
}

/// Bars of a field along named places.
pub(super) fn bars_of(field: &Field) -> Result<Drawing> {
    let title = title_of(field, None);
    let names: Vec<String> = field
        .dimensions()
        .iter()
        .flat_map(|d| (0..d.len()).map(|k| d.coordinate.label(k)))
        .collect();
    let values: Vec<f64> = field.data().iter().copied().collect();
    let bars = Bars::new(
        &title,
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .y_label(&field.name, &field.unit.to_string());
    Drawing::new(
        bars.series(BarSeries::new("", &values)),
        format!("bars \"{title}\" of {} categories", names.len()),
    )
}

fn scatter_from(options: Map) -> Result<Drawing> {
    let mut o = Options::new("plot::scatter", options);
    let common: Option<String> = o.find("unit")?;
    let (mut across, mut up) = (
        CommonUnit::from(&mut o, "x_unit")?,
        CommonUnit::from(&mut o, "y_unit")?,
    );
    across.0 = across.0.or(common.clone());
    up.0 = up.0.or(common);
    let (title, x_label, y_label) = (
        o.or("title", String::new())?,
        o.or("x_label", String::new())?,
        o.or("y_label", String::new())?,
    );
    let all = series_of(&mut o, "plot::scatter")?;
    let text = format!("scatter plot \"{title}\" of {} series", all.len());
    let mut plot = all
        .into_iter()
        .try_fold(Scatter::new(&title), |plot, mut s| {
            let name = s.or("name", String::new())?;
            let mut points = Points::new(
                &name,
                &column(&mut s, "x", &mut across)?,
                &column(&mut s, "y", &mut up)?,
            );
            if let Some(colour) = colour(&mut s)? {
                points = points.colour(colour);
            }
            s.finish().map(|()| plot.points(points))
        })?;
    if o.or("equality", false)? {
        if across.text() != up.text() {
            return Err(
                Error::new("the line of equality needs one unit on both axes").got(format!(
                    "\"{}\" and \"{}\"",
                    across.text(),
                    up.text()
                )),
            );
        }
        plot = plot.with_equality();
    }
    if o.or("regression", false)? {
        plot = plot.with_regression();
    }
    let plot = sized(
        plot.x_label(&x_label, across.text())
            .y_label(&y_label, up.text()),
        &mut o,
        Scatter::sized,
    )?;
    o.finish()?;
    Drawing::new(plot, text)
}

#[export_module]
mod functions {
    /// Lines over time or over a number, with bands.
    ///
    /// # Arguments
    /// - `options`: `series`: an array of `#{ name, x, y, low, high, colour, marks }`, `x` numbers
    ///   or dates (left out where `y` is a field of one dimension), `low` and `high` an optional
    ///   band, `colour` a name or `"#0072b2"`, `marks: true` dots instead of a line. Optional:
    ///   `title`, `x_label`, `y_label`; `unit`: of the values, fields are converted to it;
    ///   `y_range`: `[low, high]`; `width`: 1200, `height`: 620 \[pixels\].
    ///
    /// # Returns
    /// A figure.
    ///
    /// # Errors
    /// Lengths that differ, a series of missing values only, some series over time and some not.
    ///
    /// # Example
    /// ```rhai
    /// let days = ["2016-01-01", "2016-01-02", "2016-01-03"];
    /// let a = #{ name: "analysis", x: days, y: [1.0, 3.0, 2.0], low: [0, 2, 1], high: [2, 4, 3] };
    /// let b = #{ name: "observed", x: days, y: [1.2, 2.7, 2.2], marks: true, colour: "black" };
    /// plot::lines(#{ title: "Made-up days", y_label: "value", unit: "ppm", series: [a, b] }).save(output("days.png"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn lines(context: NativeCallContext, options: Map) -> Fallible<Drawing> {
        attempt(&context, || lines_from(options))
    }

    /// Bars from zero, a group for each category, with error bars.
    ///
    /// # Arguments
    /// - `options`: `categories`: names (left out where the values are a field along names);
    ///   `series`: an array of `#{ name, values, errors, colour }`, `errors` optional half lengths.
    ///   Optional: `title`, `y_label`, `unit`, `width`: 1200, `height`: 640 \[pixels\].
    ///
    /// # Returns
    /// A figure.
    ///
    /// # Errors
    /// Lengths that differ, only missing values.
    ///
    /// # Example
    /// ```rhai
    /// let series = [#{ name: "prior", values: [-1.0, 0.5], errors: [0.3, 0.2] }, #{ name: "posterior", values: [-1.4, 0.2] }];
    /// plot::bars(#{ title: "Made-up fluxes", categories: ["North", "South"], unit: "PgC/yr", series: series }).save(output("bars.png"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn bars(context: NativeCallContext, options: Map) -> Fallible<Drawing> {
        attempt(&context, || bars_from(options))
    }

    /// Points of two values each.
    ///
    /// # Arguments
    /// - `options`: `series`: an array of `#{ name, x, y, colour }`. Optional: `title`, `x_label`,
    ///   `y_label`; `unit` of both axes, or `x_unit` and `y_unit`; `equality`: false, true gives
    ///   both axes one range and draws the line on which both are equal; `regression`: false, true
    ///   draws the least-squares line of each series, with its slope and correlation in the legend;
    ///   `width`: 900, `height`: 820 \[pixels\].
    ///
    /// # Returns
    /// A figure.
    ///
    /// # Errors
    /// Lengths that differ, only missing values, the line of equality between different units.
    ///
    /// # Example
    /// ```rhai
    /// let points = #{ name: "made up", x: [1, 2, 3], y: [1.1, 1.9, 3.2] };
    /// plot::scatter(#{ x_label: "observed", y_label: "modelled", unit: "ppm", series: [points], equality: true, regression: true }).save(output("scatter.png"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn scatter(context: NativeCallContext, options: Map) -> Fallible<Drawing> {
        attempt(&context, || scatter_from(options))
    }
}
