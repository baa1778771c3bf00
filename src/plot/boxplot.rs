//! Grouped boxplots: quartiles, whiskers to the last value within 1.5 interquartile ranges (Tukey
//! 1977), and sample sizes.

use super::Figure;
use super::bars::{category_axis, whisker};
use super::canvas::{Canvas, Rect};
use super::check::{range, same_length, some_numbers};
use super::frame::{Frame, Key, legend, note};
use super::labels::{Labels, labelled};
use super::lines::value_axis;
use super::style::{Colour, INK, Sizes, WHITE, category};
use crate::error::{Error, Result};
use crate::field::Reduction;
use ndarray::ArrayView1;

/// One product's samples, a list per category; NaN is left out.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxSeries {
    name: String,
    samples: Vec<Vec<f64>>,
    colour: Option<Colour>,
}

impl BoxSeries {
    /// Samples per category; a category may be empty.
    pub fn new(name: &str, samples: Vec<Vec<f64>>) -> Self {
        BoxSeries {
            name: name.into(),
            samples,
            colour: None,
        }
    }
    /// Its colour; by default the next of the categories.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = Some(colour);
        self
    }
}

/// What is said under the legend.
const MEANING: &str = "boxes: quartiles; whiskers: to the last value within 1.5 interquartile \
                       ranges; in parentheses: sample sizes";

/// The numbers a box shows.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxSummary {
    /// Number of values.
    pub count: usize,
    /// First quartile, median, third quartile (linear between order statistics).
    pub quartiles: [f64; 3],
    /// The least and greatest value within 1.5 interquartile ranges of the box.
    pub whiskers: (f64, f64),
    /// Values beyond the whiskers.
    pub outliers: Vec<f64>,
}

impl BoxSummary {
    /// Of a sample; `None` if no value is finite.
    pub fn of(sample: &[f64]) -> Option<Self> {
        let present: Vec<f64> = sample.iter().copied().filter(|v| v.is_finite()).collect();
        if present.is_empty() {
            return None;
        }
        let quartiles =
            [0.25, 0.5, 0.75].map(|p| Reduction::Quantile(p).of(ArrayView1::from(&present)));
        let reach = 1.5 * (quartiles[2] - quartiles[0]);
        let within = |v: &f64| *v >= quartiles[0] - reach && *v <= quartiles[2] + reach;
        let whiskers = range(present.iter().copied().filter(within));
        Some(BoxSummary {
            count: present.len(),
            quartiles,
            whiskers,
            outliers: present.iter().copied().filter(|v| !within(v)).collect(),
        })
    }
}

/// Groups of boxes, a group per category. The sample size stands in parentheses under the category,
/// or the least and greatest where the products differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Boxplot {
    labels: Labels,
    categories: Vec<String>,
    series: Vec<BoxSeries>,
    outliers: bool,
}

labelled!(Boxplot, y_label);

impl Boxplot {
    /// Categories without samples yet.
    pub fn new(title: &str, categories: &[&str]) -> Self {
        let categories = categories.iter().map(|c| c.to_string()).collect();
        Boxplot {
            labels: Labels::new(title, (1200, 660)),
            categories,
            series: vec![],
            outliers: false,
        }
    }
    /// Adds a product.
    pub fn series(mut self, series: BoxSeries) -> Self {
        self.series.push(series);
        self
    }
    /// Shows the values beyond the whiskers as dots.
    pub fn with_outliers(mut self) -> Self {
        self.outliers = true;
        self
    }

    fn check(&self) -> Result<()> {
        if self.series.is_empty() || self.categories.is_empty() {
            return Err(Error::new(format!(
                "figure \"{}\" has no boxes",
                self.labels.title
            )));
        }
        for s in &self.series {
            same_length(
                &format!("the categories and the samples of \"{}\"", s.name),
                self.categories.len(),
                s.samples.len(),
            )?;
        }
        some_numbers(
            &self.labels.figure(),
            self.series
                .iter()
                .flat_map(|s| s.samples.iter().flatten().copied()),
        )
    }

    fn labels(&self, summaries: &[Vec<Option<BoxSummary>>]) -> Vec<String> {
        let named = self.categories.iter().enumerate().map(|(k, name)| {
            let counts = || {
                summaries
                    .iter()
                    .map(|s| s[k].as_ref().map_or(0, |b| b.count))
            };
            let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
            if least == most {
                format!("{name}\n({most})")
            } else {
                format!("{name}\n({least}–{most})")
            }
        });
        named.collect()
    }
}

impl Boxplot {
    /// The numbers of a box that must find room.
    fn shown_of<'a>(&self, b: &'a BoxSummary) -> impl Iterator<Item = f64> + use<'a> {
        let beyond = if self.outliers {
            b.outliers.as_slice()
        } else {
            &[]
        };
        [b.whiskers.0, b.whiskers.1]
            .into_iter()
            .chain(beyond.iter().copied())
    }

    fn colour(&self, series: usize) -> Colour {
        self.series[series].colour.unwrap_or(category(series))
    }

    /// The boxes of each series beside those of the others.
    fn draw_boxes(
        &self,
        canvas: &mut Canvas,
        frame: &Frame,
        summaries: &[Vec<Option<BoxSummary>>],
        sizes: &Sizes,
    ) {
        let width = 0.8 / self.series.len() as f64;
        for (n, boxes) in summaries.iter().enumerate() {
            for (k, summary) in boxes.iter().enumerate() {
                if let Some(summary) = summary {
                    let middle = frame.x(k as f64 - 0.4 + (n as f64 + 0.5) * width);
                    let half = 0.38 * (frame.x(width) - frame.x(0.0));
                    draw_box(
                        canvas,
                        frame,
                        summary,
                        (middle, half),
                        self.colour(n),
                        self.outliers,
                        sizes,
                    );
                }
            }
        }
    }
}

impl Figure for Boxplot {
    fn size(&self) -> (u32, u32) {
        self.labels.size
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        self.check()?;
        let sizes = Sizes::of(area.width(), canvas.area().width());
        let summaries: Vec<Vec<_>> = self
            .series
            .iter()
            .map(|s| s.samples.iter().map(|v| BoxSummary::of(v)).collect())
            .collect();
        let rest = self.labels.head(canvas, area, &sizes);
        let entries: Vec<_> = self
            .series
            .iter()
            .enumerate()
            .map(|(k, s)| (s.name.clone(), self.colour(k), Key::Box))
            .collect();
        let rest = legend(canvas, rest, &entries, &sizes);
        let rest = note(canvas, rest, MEANING, &sizes);
        let shown = summaries.iter().flatten().flatten();
        let shown = shown.flat_map(|b| self.shown_of(b));
        let y = value_axis(
            self.labels.y.clone(),
            range(shown),
            0.78 * rest.height(),
            &sizes,
        );
        let (x, small) = category_axis(&self.labels(&summaries), 0.9 * rest.width(), &sizes);
        let frame = Frame::draw_with(canvas, rest, (&x, &small), (&y, &sizes));
        self.draw_boxes(canvas, &frame, &summaries, &sizes);
        Ok(())
    }
}

fn draw_box(
    canvas: &mut Canvas,
    frame: &Frame,
    b: &BoxSummary,
    (x, half): (f64, f64),
    colour: Colour,
    outliers: bool,
    sizes: &Sizes,
) {
    let [low, median, high] = b.quartiles.map(|v| frame.y(v));
    whisker(
        canvas,
        x,
        frame.y(b.whiskers.0),
        frame.y(b.whiskers.1),
        0.5 * half,
        sizes,
    );
    let body = Rect {
        left: x - half,
        right: x + half,
        top: high,
        bottom: low,
    };
    canvas.rect(body, colour.toward(WHITE, 0.25));
    canvas.outline(body, INK, 0.5 * sizes.line);
    canvas.line(
        vec![(x - half, median), (x + half, median)],
        INK,
        1.1 * sizes.line,
    );
    for v in b.outliers.iter().filter(|_| outliers) {
        canvas.disc((x, frame.y(*v)), 0.9 * sizes.line, colour);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_has_the_hand_computed_quartiles_and_whiskers() {
        let b = BoxSummary::of(&[1.0, 2.0, 3.0, 4.0, 5.0, f64::NAN, 100.0, -2.0, 3.5]).unwrap();
        assert_eq!(b.count, 8);
        assert_eq!(b.quartiles, [1.75, 3.25, 4.25]);
        assert_eq!(b.whiskers, (-2.0, 5.0));
        assert_eq!(b.outliers, [100.0]);
        assert!(BoxSummary::of(&[f64::NAN]).is_none());
    }
}
