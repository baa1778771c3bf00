//! Series over time or over a number, with bands of uncertainty.

use super::Figure;
use super::canvas::{Canvas, Point, Rect};
use super::check::{range, same_length, some_numbers};
use super::frame::{Axis, Frame, Key, clip, legend, note, said};
use super::labels::{Labels, labelled};
use super::logarithm::log_axis;
use super::seam::longitude_axis;
use super::style::{Colour, Sizes, category};
use super::ticks::{Tick, round_range, round_ticks, time_ticks};
use crate::error::{Error, Result};
use crate::time::Time;

/// One line: values over a coordinate, broken where a value is missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    name: String,
    x: Vec<f64>,
    y: Vec<f64>,
    band: Option<(Vec<f64>, Vec<f64>)>,
    colour: Option<Colour>,
    marks_only: bool,
    in_time: bool,
    around: bool,
}

impl Series {
    /// Values over numbers.
    pub fn new(name: &str, x: &[f64], y: &[f64]) -> Self {
        Series {
            name: name.into(),
            x: x.to_vec(),
            y: y.to_vec(),
            band: None,
            colour: None,
            marks_only: false,
            in_time: false,
            around: false,
        }
    }
    /// Values over instants.
    pub fn over_time(name: &str, times: &[Time], y: &[f64]) -> Self {
        let x: Vec<f64> = times.iter().map(|t| t.seconds() as f64).collect();
        Series {
            in_time: true,
            ..Series::new(name, &x, y)
        }
    }
    /// Values over longitudes \[degrees east\], which ascend and may go beyond 180 or 360.
    pub fn over_longitude(name: &str, lon: &[f64], y: &[f64]) -> Self {
        Series {
            around: true,
            ..Series::new(name, lon, y)
        }
    }
    /// A shaded band from `low` to `high`, such as the mean less and plus a standard deviation.
    pub fn band(mut self, low: &[f64], high: &[f64]) -> Self {
        self.band = Some((low.to_vec(), high.to_vec()));
        self
    }
    /// Its colour; by default the next of the categories.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = Some(colour);
        self
    }
    /// Dots instead of a line, as for observations.
    pub fn marks(mut self) -> Self {
        self.marks_only = true;
        self
    }

    fn check(&self) -> Result<()> {
        let what = format!("series \"{}\"", self.name);
        same_length(&format!("{what} along x and y"), self.x.len(), self.y.len())?;
        some_numbers(&what, self.y.iter().copied())?;
        some_numbers(&format!("the coordinate of {what}"), self.x.iter().copied())?;
        if let Some((low, high)) = &self.band {
            same_length(&format!("the band of {what}"), self.x.len(), low.len())?;
            same_length(&format!("the band of {what}"), self.x.len(), high.len())?;
        }
        Ok(())
    }
    fn heights(&self) -> impl Iterator<Item = f64> + '_ {
        let band = self
            .band
            .iter()
            .flat_map(|(l, h)| l.iter().chain(h).copied());
        self.y.iter().copied().chain(band)
    }
}

/// Series on common axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    labels: Labels,
    series: Vec<Series>,
    y_range: Option<(f64, f64)>,
    logarithmic: bool,
    bands: String,
}

labelled!(Lines, x_label, y_label);

impl Lines {
    /// No series yet.
    pub fn new(title: &str) -> Self {
        Lines {
            labels: Labels::new(title, (1200, 620)),
            series: vec![],
            y_range: None,
            logarithmic: false,
            bands: String::new(),
        }
    }
    /// Adds a series.
    pub fn series(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }
    /// Shows this range of values only.
    pub fn y_range(mut self, low: f64, high: f64) -> Self {
        self.y_range = Some((low, high));
        self
    }
    /// Equal ratios have equal lengths on the vertical axis; values must be positive.
    pub fn logarithmic(mut self) -> Self {
        self.logarithmic = true;
        self
    }
    /// What the bands are, such as `one standard deviation`; it is said under the legend.
    pub fn bands(mut self, text: &str) -> Self {
        self.bands = text.into();
        self
    }

    fn check(&self) -> Result<()> {
        if self.series.is_empty() {
            return Err(Error::new(format!(
                "figure \"{}\" has no series",
                self.labels.title
            )));
        }
        if self
            .series
            .iter()
            .any(|s| s.in_time != self.series[0].in_time)
        {
            return Err(
                Error::new("some series are over time and some over numbers").hint("two figures"),
            );
        }
        if let Some((low, high)) = self
            .y_range
            .filter(|(a, b)| !(a < b && a.is_finite() && b.is_finite()))
        {
            return Err(
                Error::new("the range of an axis must rise").got(format!("{low} to {high}"))
            );
        }
        let shown = || self.series.iter().flat_map(Series::heights);
        let ends = self.y_range.iter().flat_map(|r| [r.0, r.1]);
        if let Some(v) = shown().chain(ends).find(|v| self.logarithmic && *v <= 0.0) {
            return Err(Error::new("a logarithmic axis shows positive values only")
                .got(v)
                .hint("logarithmic: false"));
        }
        self.series.iter().try_for_each(Series::check)
    }
}

/// A vertical axis with round limits around the data, about a mark per `spacing` pixels.
pub(super) fn value_axis(
    label: String,
    (low, high): (f64, f64),
    height: f64,
    sizes: &Sizes,
) -> Axis {
    let count = ((height / (3.2 * sizes.tick)) as usize).clamp(2, 8);
    let (low, high, _) = round_range(low, high, count);
    Axis {
        low,
        high,
        ticks: round_ticks(low, high, count),
        label,
        upward: false,
    }
}

/// A horizontal axis of numbers, not rounded, with room for its labels.
pub(super) fn number_axis(
    label: String,
    (low, high): (f64, f64),
    width: f64,
    sizes: &Sizes,
) -> Axis {
    let range = not_empty((low, high), 0.5);
    let count = ((width / (3.0 * sizes.tick)) as usize).clamp(2, 10);
    roomy_axis(label, range, count, (width, sizes), round_ticks)
}

/// A horizontal axis of instants, with room for its labels.
pub(super) fn time_axis(label: String, (low, high): (f64, f64), width: f64, sizes: &Sizes) -> Axis {
    let range = not_empty((low, high), 43_200.0);
    let count = ((width / (3.4 * sizes.tick)) as usize).clamp(2, 14);
    roomy_axis(label, range, count, (width, sizes), time_ticks)
}

/// The range, or this much on both sides of its one value.
fn not_empty((low, high): (f64, f64), around: f64) -> (f64, f64) {
    match high > low {
        true => (low, high),
        false => (low - around, high + around),
    }
}

/// An axis with about `count` ticks, or as many as have room side by side.
fn roomy_axis(
    label: String,
    (low, high): (f64, f64),
    mut count: usize,
    (width, sizes): (f64, &Sizes),
    ticks_of: impl Fn(f64, f64, usize) -> Vec<Tick>,
) -> Axis {
    let mut ticks = ticks_of(low, high, count);
    while count > 2 && crowded(&ticks, width / (high - low), sizes) {
        count -= 1;
        ticks = ticks_of(low, high, count);
    }
    Axis {
        low,
        high,
        ticks,
        label,
        upward: false,
    }
}

fn crowded(ticks: &[Tick], pixels_per_unit: f64, sizes: &Sizes) -> bool {
    let half = |t: &Tick| {
        0.5 * t
            .label
            .lines()
            .map(|l| super::text_width(l, sizes.tick, false))
            .fold(0.0, f64::max)
    };
    ticks.windows(2).any(|w| {
        half(&w[0]) + half(&w[1]) + 0.6 * sizes.tick > (w[1].at - w[0].at) * pixels_per_unit
    })
}

impl Figure for Lines {
    fn size(&self) -> (u32, u32) {
        self.labels.size
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        self.check()?;
        let shown = self.on_axis();
        let sizes = Sizes::of(area.width(), canvas.area().width());
        let colour = |k: usize| self.series[k].colour.unwrap_or(category(k));
        let rest = self.labels.head(canvas, area, &sizes);
        let entries: Vec<_> = self
            .series
            .iter()
            .enumerate()
            .map(|(k, s)| {
                (
                    s.name.clone(),
                    colour(k),
                    if s.marks_only { Key::Dot } else { Key::Line },
                )
            })
            .collect();
        let rest = legend(canvas, rest, &entries, &sizes);
        let said = said("bands: ", &self.bands);
        let rest = note(canvas, rest, &said, &sizes);
        let (x, y) = self.axes(rest, &sizes);
        let frame = Frame::draw(canvas, rest, &x, &y, &sizes);
        for (k, s) in shown.iter().enumerate() {
            draw_band(canvas, &frame, s, colour(k));
        }
        for (k, s) in shown.iter().enumerate() {
            draw_series(canvas, &frame, s, colour(k), &sizes);
        }
        Ok(())
    }
}

impl Lines {
    fn axes(&self, rest: Rect, sizes: &Sizes) -> (Axis, Axis) {
        let along = range(self.series.iter().flat_map(|s| s.x.iter().copied()));
        let plot_width = 0.88 * rest.width();
        let x = if self.series[0].in_time {
            time_axis
        } else if self.series.iter().all(|s| s.around) {
            longitude_axis
        } else {
            number_axis
        }(self.labels.x.clone(), along, plot_width, sizes);
        let heights = self
            .y_range
            .unwrap_or_else(|| range(self.series.iter().flat_map(Series::heights)));
        let axis = if self.logarithmic {
            log_axis
        } else {
            value_axis
        };
        let y_label = self.labels.y.clone();
        let y = axis(y_label, heights, 0.85 * rest.height(), sizes);
        (x, y)
    }

    /// The series in the numbers of the vertical axis.
    fn on_axis(&self) -> Vec<Series> {
        let logarithms = |v: &[f64]| v.iter().map(|v| v.log10()).collect::<Vec<_>>();
        let mut series = self.series.clone();
        for s in series.iter_mut().filter(|_| self.logarithmic) {
            s.y = logarithms(&s.y);
            s.band = s.band.as_ref().map(|(l, h)| (logarithms(l), logarithms(h)));
        }
        series
    }
}

fn draw_band(canvas: &mut Canvas, frame: &Frame, series: &Series, colour: Colour) {
    let Some((low, high)) = &series.band else {
        return;
    };
    let held = |v: f64| frame.y(v).clamp(frame.inner.top, frame.inner.bottom);
    let finite =
        |k: &usize| series.x[*k].is_finite() && low[*k].is_finite() && high[*k].is_finite();
    for run in runs(series.x.len(), finite) {
        let upper = run.clone().map(|k| (frame.x(series.x[k]), held(high[k])));
        let lower = run
            .clone()
            .rev()
            .map(|k| (frame.x(series.x[k]), held(low[k])));
        canvas.veil(upper.chain(lower).collect(), colour, 0.22);
    }
}

/// The stretches of neighbouring positions for which `present` holds.
fn runs(n: usize, present: impl Fn(&usize) -> bool) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for k in (0..n).filter(present) {
        match runs.last_mut() {
            Some(run) if run.end == k => run.end += 1,
            _ => runs.push(k..k + 1),
        }
    }
    runs
}

fn draw_series(canvas: &mut Canvas, frame: &Frame, series: &Series, colour: Colour, sizes: &Sizes) {
    let inside = |(_, y): Point| y >= frame.inner.top - 0.5 && y <= frame.inner.bottom + 0.5;
    for run in runs(series.x.len(), |k| {
        series.x[*k].is_finite() && series.y[*k].is_finite()
    }) {
        let points: Vec<Point> = run.map(|k| frame.at(series.x[k], series.y[k])).collect();
        if series.marks_only || points.len() == 1 {
            points
                .iter()
                .copied()
                .filter(|p| inside(*p))
                .for_each(|p| canvas.disc(p, 0.26 * sizes.tick, colour));
        } else if points.iter().copied().all(inside) {
            canvas.line(points, colour, sizes.line);
        } else {
            for pair in points.windows(2) {
                if let Some((a, b)) = clip(pair[0], pair[1], &frame.inner) {
                    canvas.line(vec![a, b], colour, sizes.line);
                }
            }
        }
    }
}
