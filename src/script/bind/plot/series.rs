//! Lines, bars and scatter plots.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::plot::labels::{CommonUnit, readable};
use crate::plot::style::Colour;
use crate::plot::{BarSeries, Bars, Lines, Points, Scatter, Series, unrolled};
use crate::script::bind::plot::along::Along;
use crate::script::bind::plot::options::{Across, Heading, Range, Size, Upward};
use crate::script::bind::plot::values::{Columns, Values};
use crate::script::bind::plot::{Figure, title_of};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt};
use rhai::plugin::*;
use rhai::{Dynamic, Map};

/// Binds `plot::lines`, `plot::bars` and `plot::scatter`.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("plot", exported_module!(functions));
    rooms.options::<LinesOptions>();
    rooms.options::<BarsOptions>();
    rooms.options::<ScatterOptions>();
}

options! {
    /// A line, or the dots of one.
    struct LineSeries of "a series of plot::lines" {
        /// The name in the legend.
        name: String = String::new(),
        /// Where the values lie; left out where `y` is a field of one dimension.
        x: Option<Along>,
        /// The values.
        y: Values,
        /// The lower edge of a band.
        low: Option<Values>,
        /// The upper edge of a band.
        high: Option<Values>,
        /// Whether dots are drawn instead of a line.
        marks: bool = false,
        /// The colour; where not given the next of the palette.
        colour: Option<Colour>,
    }
}

options! {
    /// Options of lines.
    struct LinesOptions of "plot::lines"
        with heading: Heading, across: Across, upward: Upward, size: Size
    {
        /// The lines.
        series: Vec<LineSeries>,
        /// The range of the upright axis; fitted where not given.
        y_range: Option<Range>,
        /// Whether the upright axis is logarithmic, for factors and other positive values.
        logarithmic: bool = false,
        /// What the bands are, such as `one standard deviation`; it is said under the legend.
        bands: String = String::new(),
    }
}

options! {
    /// A series of bars.
    struct BarsSeries of "a series of plot::bars" {
        /// The name in the legend.
        name: String = String::new(),
        /// The value of each category.
        values: Values,
        /// The half length of each error bar.
        errors: Option<Values>,
        /// The colour; where not given the next of the palette.
        colour: Option<Colour>,
    }
}

options! {
    /// Options of bars.
    struct BarsOptions of "plot::bars" with heading: Heading, upward: Upward, size: Size {
        /// The series, each with a bar in every category.
        series: Vec<BarsSeries>,
        /// What the error bars are, such as `one standard deviation`; it is said under the legend.
        whiskers: String = String::new(),
        /// The names of the categories; left out where the values are a field along names.
        categories: Option<Vec<String>>,
    }
}

options! {
    /// A series of points.
    struct ScatterSeries of "a series of plot::scatter" {
        /// The name in the legend.
        name: String = String::new(),
        /// The values across.
        x: Values,
        /// The values upward.
        y: Values,
        /// The colour; where not given the next of the palette.
        colour: Option<Colour>,
    }
}

options! {
    /// Options of a scatter plot.
    struct ScatterOptions of "plot::scatter"
        with heading: Heading, across: Across, upward: Upward, size: Size
    {
        /// The series of points.
        series: Vec<ScatterSeries>,
        /// The unit of the level axis; that of both where not given.
        x_unit: Option<String>,
        /// The unit of the upright axis; that of both where not given.
        y_unit: Option<String>,
        /// Whether both axes have one range, with the line on which both are equal.
        equality: bool = false,
        /// Whether the least-squares line of each series is drawn, with its slope and correlation
        /// in the legend.
        regression: bool = false,
    }
}

/// Values with the longitudes of a field in one piece.
fn in_one_piece(values: &Values) -> Result<Values> {
    match values.0.read_lock::<Field>() {
        Some(field) => Ok(Values(Dynamic::from(unrolled(&field)?))),
        None => Ok(values.clone()),
    }
}

fn line(o: &LineSeries, unit: &mut CommonUnit) -> Result<Series> {
    let piece = |values: &Values| match o.x {
        Some(_) => Ok(values.clone()),
        None => in_one_piece(values),
    };
    let y = piece(&o.y)?;
    let (low, high) = (
        o.low.as_ref().map(piece).transpose()?,
        o.high.as_ref().map(piece).transpose()?,
    );
    let along = match (&o.x, y.0.read_lock::<Field>()) {
        (Some(x), _) => x.clone(),
        (None, Some(field)) => Along::of_field(&field)?,
        (None, None) => {
            return Err(Error::new("a series needs \"x\" where \"y\" is an array")
                .hint("x: [...], or a field of one dimension as y"));
        }
    };
    let mut series = along.series(&o.name, &unit.column("y", &y)?);
    series = match (
        unit.column_if_any("low", low.as_ref())?,
        unit.column_if_any("high", high.as_ref())?,
    ) {
        (Some(low), Some(high)) => series.band(&low, &high),
        (None, None) => series,
        _ => {
            return Err(Error::new(
                "the band of a series needs both \"low\" and \"high\"",
            ));
        }
    };
    if o.marks {
        series = series.marks();
    }
    Ok(match o.colour {
        Some(colour) => series.colour(colour),
        None => series,
    })
}

fn lines_from(o: &LinesOptions) -> Result<Figure> {
    let mut unit = CommonUnit(o.heading.unit.clone());
    let title = o.heading.title();
    let mut lines = Lines::new(&title);
    for series in &o.series {
        lines = lines.series(line(series, &mut unit)?);
    }
    lines = lines
        .x_label(&o.across.x_label, "")
        .y_label(o.upward.label(), unit.text());
    if let Some(Range(low, high)) = o.y_range {
        lines = lines.y_range(low, high);
    }
    if o.logarithmic {
        lines = lines.logarithmic();
    }
    lines = lines.bands(&o.bands);
    let text = format!("lines \"{title}\" of {} series", o.series.len());
    Figure::new(o.size.of(lines, Lines::sized)?, text)
}

/// A line of a field of one dimension.
pub(super) fn line_of(field: &Field) -> Result<Figure> {
    let field = &unrolled(field)?;
    let title = title_of(field, None);
    let values: Vec<f64> = field.data().iter().copied().collect();
    let x_label = field
        .dimensions()
        .first()
        .map(|d| {
            if ["time", "lon"].contains(&d.name.as_str()) {
                String::new()
            } else {
                readable(&d.name)
            }
        })
        .unwrap_or_default();
    let lines = Lines::new(&title)
        .x_label(&x_label, "")
        .y_label(&readable(&field.name), &field.unit.to_string());
    Figure::new(
        lines.series(Along::of_field(field)?.series("", &values)),
        format!("line \"{title}\""),
    )
}

/// The categories that were given, or the names along the first series that is a field.
fn categories(o: &BarsOptions) -> Result<Vec<String>> {
    if let Some(names) = &o.categories {
        return Ok(names.clone());
    }
    let named = o
        .series
        .first()
        .and_then(|s| s.values.0.read_lock::<Field>())
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

fn bars_from(o: &BarsOptions) -> Result<Figure> {
    let mut unit = CommonUnit(o.heading.unit.clone());
    let title = o.heading.title();
    let names = categories(o)?;
    let mut bars = Bars::new(
        &title,
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    for s in &o.series {
        let mut series = BarSeries::new(&s.name, &unit.column("values", &s.values)?);
        if let Some(errors) = unit.column_if_any("errors", s.errors.as_ref())? {
            series = series.errors(&errors);
        }
        if let Some(colour) = s.colour {
            series = series.colour(colour);
        }
        bars = bars.series(series);
    }
    let text = format!(
        "bars \"{title}\" of {} series in {} categories",
        o.series.len(),
        names.len()
    );
    let bars = bars
        .whiskers(&o.whiskers)
        .y_label(o.upward.label(), unit.text());
    Figure::new(o.size.of(bars, Bars::sized)?, text)
}

/// Bars of a field along named places.
pub(super) fn bars_of(field: &Field) -> Result<Figure> {
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
    .y_label(&readable(&field.name), &field.unit.to_string());
    Figure::new(
        bars.series(BarSeries::new("", &values)),
        format!("bars \"{title}\" of {} categories", names.len()),
    )
}

fn scatter_from(o: &ScatterOptions) -> Result<Figure> {
    let unit = |given: &Option<String>| CommonUnit(given.clone().or(o.heading.unit.clone()));
    let (mut across, mut up) = (unit(&o.x_unit), unit(&o.y_unit));
    let title = o.heading.title();
    let mut plot = Scatter::new(&title);
    for s in &o.series {
        let mut points = Points::new(&s.name, &across.column("x", &s.x)?, &up.column("y", &s.y)?);
        if let Some(colour) = s.colour {
            points = points.colour(colour);
        }
        plot = plot.points(points);
    }
    if o.equality {
        if across.text() != up.text() {
            let got = format!("\"{}\" and \"{}\"", across.text(), up.text());
            return Err(Error::new("the line of equality needs one unit on both axes").got(got));
        }
        plot = plot.with_equality();
    }
    if o.regression {
        plot = plot.with_regression();
    }
    let text = format!("scatter plot \"{title}\" of {} series", o.series.len());
    let plot = plot
        .x_label(&o.across.x_label, across.text())
        .y_label(o.upward.label(), up.text());
    Figure::new(o.size.of(plot, Scatter::sized)?, text)
}

#[export_module]
mod functions {
    /// Lines over time or over a number, with bands.
    ///
    /// # Returns
    /// A figure, 1200 by 620 pixels unless another size is given.
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
    pub fn lines(context: NativeCallContext, options: Map) -> Fallible<Figure> {
        attempt(&context, || {
            lines_from(&LinesOptions::read(&context, options)?)
        })
    }

    /// Bars from zero, a group for each category, with error bars.
    ///
    /// # Returns
    /// A figure, 1200 by 640 pixels unless another size is given.
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
    pub fn bars(context: NativeCallContext, options: Map) -> Fallible<Figure> {
        attempt(&context, || {
            bars_from(&BarsOptions::read(&context, options)?)
        })
    }

    /// Points of two values each.
    ///
    /// # Returns
    /// A figure, 900 by 820 pixels unless another size is given.
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
    pub fn scatter(context: NativeCallContext, options: Map) -> Fallible<Figure> {
        attempt(&context, || {
            scatter_from(&ScatterOptions::read(&context, options)?)
        })
    }
}
