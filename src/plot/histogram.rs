//! Histograms of samples, or of counts already made such as rank histograms.

use super::Figure;
use super::canvas::{Canvas, Rect};
use super::check::{range, same_length, some_numbers};
use super::frame::Frame;
use super::labels::{Labels, labelled};
use super::lines::{number_axis, value_axis};
use super::style::{CATEGORIES, Sizes, WHITE};
use super::ticks::round_step;
use crate::error::{Error, Result};
use crate::field::Reduction;
use ndarray::ArrayView1;

/// Counts in bins.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    labels: Labels,
    edges: Vec<f64>,
    counts: Vec<f64>,
    expected: Option<f64>,
}

labelled!(Histogram, x_label, y_label);

impl Histogram {
    /// Of a sample (NaN left out), in bins of round width after Freedman & Diaconis (1981), at most
    /// 60 of them.
    ///
    /// # Errors
    /// No finite value.
    pub fn new(title: &str, sample: &[f64]) -> Result<Self> {
        some_numbers(&format!("histogram \"{title}\""), sample.iter().copied())?;
        let present: Vec<f64> = sample.iter().copied().filter(|v| v.is_finite()).collect();
        let quantile = |p: f64| Reduction::Quantile(p).of(ArrayView1::from(&present));
        let (low, high) = range(present.iter().copied());
        let span = if high > low {
            high - low
        } else {
            low.abs().max(1.0)
        };
        let width = 2.0 * (quantile(0.75) - quantile(0.25)) / (present.len() as f64).cbrt();
        let step = round_step(if width > 0.0 {
            width.clamp(span / 60.0, span / 4.0)
        } else {
            span / 10.0
        });
        let (first, last) = (
            (low / step).floor() as i64,
            (high / step).floor() as i64 + 1,
        );
        let edges: Vec<f64> = (first..=last).map(|k| k as f64 * step).collect();
        let mut counts = vec![0.0; edges.len() - 1];
        for v in &present {
            counts[(((v / step).floor() as i64 - first).max(0) as usize).min(edges.len() - 2)] +=
                1.0;
        }
        Ok(Histogram::of_counts(title, &edges, &counts))
    }
    /// Of counts between edges, one more edge than counts.
    pub fn of_counts(title: &str, edges: &[f64], counts: &[f64]) -> Self {
        let labels = Labels {
            y: "count".into(),
            ..Labels::new(title, (1000, 620))
        };
        Histogram {
            labels,
            edges: edges.to_vec(),
            counts: counts.to_vec(),
            expected: None,
        }
    }
    /// A level line at the height expected of every bin, as for ranks of a reliable ensemble.
    pub fn expected(mut self, height: f64) -> Self {
        self.expected = Some(height);
        self
    }
    /// The edges of the bins.
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }
    /// The heights of the bins.
    pub fn counts(&self) -> &[f64] {
        &self.counts
    }

    fn check(&self) -> Result<()> {
        some_numbers(
            &format!("histogram \"{}\"", self.labels.title),
            self.counts.iter().copied(),
        )?;
        same_length(
            "the edges and the bins of the histogram",
            self.counts.len() + 1,
            self.edges.len(),
        )?;
        if self
            .edges
            .windows(2)
            .any(|w| w[0].is_nan() || w[1].is_nan() || w[0] >= w[1])
        {
            return Err(Error::new("the edges of a histogram must rise"));
        }
        if let Some(bad) = self.counts.iter().find(|c| !(c.is_finite() && **c >= 0.0)) {
            return Err(Error::new("a count must be a number of at least 0").got(bad));
        }
        Ok(())
    }
}

impl Figure for Histogram {
    fn size(&self) -> (u32, u32) {
        self.labels.size
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        self.check()?;
        let sizes = Sizes::of(area.width(), canvas.area().width());
        let rest = self.labels.head(canvas, area, &sizes);
        let top = range(self.counts.iter().copied().chain(self.expected)).1;
        let y = value_axis(
            self.labels.y.clone(),
            (0.0, top.max(f64::MIN_POSITIVE)),
            0.85 * rest.height(),
            &sizes,
        );
        let x = number_axis(
            self.labels.x.clone(),
            (self.edges[0], self.edges[self.edges.len() - 1]),
            0.85 * rest.width(),
            &sizes,
        );
        let frame = Frame::draw(canvas, rest, &x, &y, &sizes);
        for (count, edge) in self
            .counts
            .iter()
            .zip(self.edges.windows(2))
            .filter(|(c, _)| **c > 0.0)
        {
            let bar = Rect {
                left: frame.x(edge[0]),
                right: frame.x(edge[1]),
                top: frame.y(*count),
                bottom: frame.y(0.0),
            };
            canvas.rect(bar, CATEGORIES[0]);
            canvas.outline(bar, WHITE, 0.4 * sizes.line);
        }
        if let Some(height) = self.expected {
            canvas.line(
                vec![
                    (frame.inner.left, frame.y(height)),
                    (frame.inner.right, frame.y(height)),
                ],
                CATEGORIES[1],
                sizes.line,
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_counted_once_in_bins_of_round_width() {
        let sample: Vec<f64> = (0..500)
            .map(|k| (f64::from(k) * 0.7).sin() * 3.0)
            .chain([f64::NAN, 3.0, -3.0])
            .collect();
        let h = Histogram::new("sines", &sample).unwrap();
        assert_eq!(h.counts().iter().sum::<f64>(), 502.0);
        assert!(h.edges()[0] <= -3.0 && *h.edges().last().unwrap() >= 3.0);
        let width = h.edges()[1] - h.edges()[0];
        assert!((round_step(width) - width).abs() < 1e-12);
        assert!(Histogram::new("none", &[f64::NAN]).is_err());
        assert_eq!(
            Histogram::new("constant", &[2.0; 5])
                .unwrap()
                .counts()
                .iter()
                .sum::<f64>(),
            5.0
        );
    }
}
