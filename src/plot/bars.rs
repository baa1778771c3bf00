//! Grouped bars with error bars: a value per category and product.

use super::Figure;
use super::canvas::{Canvas, Rect, text_width, wrap};
use super::check::{range, same_length, some_numbers};
use super::frame::{Axis, Frame, Key, legend, note, said};
use super::labels::{Labels, labelled};
use super::lines::value_axis;
use super::style::{Colour, INK, Sizes, category};
use super::ticks::Tick;
use crate::error::{Error, Result};

/// One product's values, a bar in every category; NaN leaves a gap.
#[derive(Debug, Clone, PartialEq)]
pub struct BarSeries {
    name: String,
    values: Vec<f64>,
    errors: Option<Vec<f64>>,
    colour: Option<Colour>,
}

impl BarSeries {
    /// A value per category.
    pub fn new(name: &str, values: &[f64]) -> Self {
        BarSeries {
            name: name.into(),
            values: values.to_vec(),
            errors: None,
            colour: None,
        }
    }
    /// Half lengths of the error bars, such as standard deviations.
    pub fn errors(mut self, errors: &[f64]) -> Self {
        self.errors = Some(errors.to_vec());
        self
    }
    /// Its colour; by default the next of the categories.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = Some(colour);
        self
    }
    fn error(&self, k: usize) -> f64 {
        self.errors
            .as_ref()
            .map(|e| e[k])
            .filter(|e| e.is_finite())
            .unwrap_or(0.0)
    }
}

/// Groups of bars from zero, a group per category.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    labels: Labels,
    categories: Vec<String>,
    series: Vec<BarSeries>,
    whiskers: String,
}

labelled!(Bars, y_label);

impl Bars {
    /// Categories without values yet.
    pub fn new(title: &str, categories: &[&str]) -> Self {
        let categories = categories.iter().map(|c| c.to_string()).collect();
        Bars {
            labels: Labels::new(title, (1200, 640)),
            categories,
            series: vec![],
            whiskers: String::new(),
        }
    }
    /// Adds a product.
    pub fn series(mut self, series: BarSeries) -> Self {
        self.series.push(series);
        self
    }
    /// What the error bars are, such as `one standard deviation`; it is said under the legend.
    pub fn whiskers(mut self, text: &str) -> Self {
        self.whiskers = text.into();
        self
    }

    fn check(&self) -> Result<()> {
        if self.series.is_empty() || self.categories.is_empty() {
            return Err(Error::new(format!(
                "figure \"{}\" has no bars",
                self.labels.title
            )));
        }
        for s in &self.series {
            same_length(
                &format!("the categories and the bars of \"{}\"", s.name),
                self.categories.len(),
                s.values.len(),
            )?;
            if let Some(errors) = &s.errors {
                same_length(
                    &format!("the bars and error bars of \"{}\"", s.name),
                    s.values.len(),
                    errors.len(),
                )?;
            }
        }
        some_numbers(
            &self.labels.figure(),
            self.series.iter().flat_map(|s| s.values.iter().copied()),
        )
    }
}

/// An axis of categories 0, 1, 2, ...: names are wrapped into their slots in slightly smaller type;
/// where even that is too wide they read upward.
pub(super) fn category_axis(names: &[String], width: f64, sizes: &Sizes) -> (Axis, Sizes) {
    let slot = 0.94 * width / names.len() as f64;
    let widest = names
        .iter()
        .flat_map(|n| n.split_whitespace())
        .map(|w| text_width(w, 1.0, false))
        .fold(0.0, f64::max);
    let fitting = sizes.tick.min(slot / widest.max(1e-9));
    let upward = fitting < 0.72 * sizes.tick;
    let em = if upward {
        (0.85 * sizes.tick).min(0.9 * slot)
    } else {
        fitting
    };
    let label = |name: &String| {
        if upward {
            stacked(name, em, slot)
        } else {
            name.lines().flat_map(|l| wrap(l, em, slot)).collect()
        }
    };
    let ticks = names
        .iter()
        .enumerate()
        .map(|(k, n)| Tick {
            at: k as f64,
            label: label(n).join("\n"),
        })
        .collect();
    (
        Axis {
            low: -0.5,
            high: names.len() as f64 - 0.5,
            ticks,
            label: String::new(),
            upward,
        },
        Sizes { tick: em, ..*sizes },
    )
}

/// A name in as many lines as stand side by side in a slot, each as short as that allows.
fn stacked(name: &str, em: f64, slot: f64) -> Vec<String> {
    let most = ((slot / (1.25 * em)) as usize).clamp(1, 2);
    let one_line = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let longest = text_width(&one_line, em, false);
    (1..=8)
        .map(|k| wrap(&one_line, em, longest * f64::from(k) / 8.0))
        .find(|lines| lines.len() <= most)
        .unwrap_or_else(|| vec![one_line])
}

impl Figure for Bars {
    fn size(&self) -> (u32, u32) {
        self.labels.size
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        self.check()?;
        let sizes = Sizes::of(area.width(), canvas.area().width());
        let colour = |k: usize| self.series[k].colour.unwrap_or(category(k));
        let rest = self.labels.head(canvas, area, &sizes);
        let entries: Vec<_> = self
            .series
            .iter()
            .enumerate()
            .map(|(k, s)| (s.name.clone(), colour(k), Key::Box))
            .collect();
        let rest = legend(canvas, rest, &entries, &sizes);
        let said = said("error bars: ", &self.whiskers);
        let rest = note(canvas, rest, &said, &sizes);
        let tops = self.series.iter().flat_map(|s| {
            (0..s.values.len()).flat_map(|k| [s.values[k] - s.error(k), s.values[k] + s.error(k)])
        });
        let heights = range(tops.chain([0.0]));
        let y = value_axis(self.labels.y.clone(), heights, 0.8 * rest.height(), &sizes);
        let (x, small) = category_axis(&self.categories, 0.9 * rest.width(), &sizes);
        let frame = Frame::draw_with(canvas, rest, (&x, &small), (&y, &sizes));
        for (n, s) in self.series.iter().enumerate() {
            self.draw_series(canvas, &frame, (n, s), colour(n), &sizes);
        }
        Ok(())
    }
}

impl Bars {
    /// The bars of the series that comes `n`th in each category, with their errors.
    fn draw_series(
        &self,
        canvas: &mut Canvas,
        frame: &Frame,
        (n, s): (usize, &BarSeries),
        colour: Colour,
        sizes: &Sizes,
    ) {
        let width = 0.8 / self.series.len() as f64;
        for (k, value) in s.values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
            let left = k as f64 - 0.4 + n as f64 * width;
            let (a, b) = (frame.y(value.max(0.0)), frame.y(value.min(0.0)));
            let bar = Rect {
                left: frame.x(left + 0.04 * width),
                right: frame.x(left + 0.96 * width),
                top: a,
                bottom: b,
            };
            canvas.rect(bar, colour);
            if s.error(k) > 0.0 {
                let ends = [-s.error(k), s.error(k)].map(|e| frame.y(value + e));
                let (x, cap) = (bar.centre().0, 0.22 * bar.width());
                whisker(canvas, x, ends[0], ends[1], cap, sizes);
            }
        }
    }
}

/// A vertical line with caps.
pub(super) fn whisker(canvas: &mut Canvas, x: f64, a: f64, b: f64, cap: f64, sizes: &Sizes) {
    let width = 0.5 * sizes.line;
    canvas.line(vec![(x, a), (x, b)], INK, width);
    for y in [a, b] {
        canvas.line(vec![(x - cap, y), (x + cap, y)], INK, width);
    }
}
