//! Scatter plots, with the line of equality where two estimates of one thing are compared, and
//! lines of regression.

use super::Figure;
use super::canvas::{Canvas, Rect};
use super::check::{range, same_length, some_numbers};
use super::frame::{Axis, Frame, Key, clip, legend};
use super::labels::{Labels, labelled};
use super::lines::{number_axis, value_axis};
use super::markers::shrunk;
use super::style::{Colour, INK, REFERENCE, Sizes, category};
use super::ticks::{number, round_range};
use crate::error::{Error, Result};
use crate::statistics::Scores;

/// A cloud of points; a pair with a missing value is left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    name: String,
    x: Vec<f64>,
    y: Vec<f64>,
    colour: Option<Colour>,
}

impl Points {
    /// Pairs of values.
    pub fn new(name: &str, x: &[f64], y: &[f64]) -> Self {
        Points {
            name: name.into(),
            x: x.to_vec(),
            y: y.to_vec(),
            colour: None,
        }
    }
    /// Its colour; by default the next of the categories.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = Some(colour);
        self
    }
    fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.x
            .iter()
            .copied()
            .zip(self.y.iter().copied())
            .filter(|(x, y)| x.is_finite() && y.is_finite())
    }
}

/// Clouds of points on common axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Scatter {
    labels: Labels,
    points: Vec<Points>,
    equality: bool,
    regression: bool,
}

labelled!(Scatter, x_label, y_label);

impl Scatter {
    /// No points yet.
    pub fn new(title: &str) -> Self {
        Scatter {
            labels: Labels::new(title, (900, 820)),
            points: vec![],
            equality: false,
            regression: false,
        }
    }
    /// Adds a cloud.
    pub fn points(mut self, points: Points) -> Self {
        self.points.push(points);
        self
    }
    /// Gives both axes the same range and draws the line on which the two are equal.
    pub fn with_equality(mut self) -> Self {
        self.equality = true;
        self
    }
    /// Draws the least-squares line of each cloud, its slope and correlation in the legend.
    pub fn with_regression(mut self) -> Self {
        self.regression = true;
        self
    }

    fn check(&self) -> Result<()> {
        if self.points.is_empty() {
            return Err(Error::new(format!(
                "figure \"{}\" has no points",
                self.labels.title
            )));
        }
        for p in &self.points {
            same_length(
                &format!("points \"{}\" along x and y", p.name),
                p.x.len(),
                p.y.len(),
            )?;
        }
        some_numbers(
            &self.labels.figure(),
            self.points
                .iter()
                .flat_map(|p| p.x.iter().zip(&p.y).map(|(x, y)| x + y)),
        )
    }
}

impl Figure for Scatter {
    fn size(&self) -> (u32, u32) {
        self.labels.size
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        self.check()?;
        let sizes = Sizes::of(area.width(), canvas.area().width());
        let colour = |k: usize| self.points[k].colour.unwrap_or(category(k));
        let rest = self.labels.head(canvas, area, &sizes);
        let lines = self.lines()?;
        let name = |k: usize, p: &Points| match &lines[k] {
            None => p.name.clone(),
            Some(l) if p.name.is_empty() => format!("{l}"),
            Some(l) => format!("{}: {l}", p.name),
        };
        let entries: Vec<_> = self
            .points
            .iter()
            .enumerate()
            .map(|(k, p)| (name(k, p), colour(k), Key::Dot))
            .collect();
        let rest = legend(canvas, rest, &entries, &sizes);
        let [x, y] = self.axes(&rest, &sizes);
        let frame = Frame::draw(canvas, rest, &x, &y, &sizes);
        if self.equality {
            let ends = vec![frame.at(y.low, y.low), frame.at(y.high, y.high)];
            canvas.line(ends, REFERENCE, 0.7 * sizes.line);
        }
        let count = self.points.iter().map(|p| p.pairs().count()).sum();
        let radius = 0.24 * sizes.tick * shrunk(count);
        for (k, cloud) in self.points.iter().enumerate() {
            cloud
                .pairs()
                .for_each(|(a, b)| canvas.disc(frame.at(a, b), radius, colour(k)));
        }
        for (k, (cloud, line)) in self.points.iter().zip(&lines).enumerate() {
            let Some(line) = line else { continue };
            let (a, b) = range(cloud.pairs().map(|p| p.0));
            let [from, to] = [a, b].map(|x| frame.at(x, line.at(x)));
            if let Some((from, to)) = clip(from, to, &frame.inner) {
                canvas.line(vec![from, to], colour(k).toward(INK, 0.35), sizes.line);
            }
        }
        Ok(())
    }
}

impl Scatter {
    /// The line of each cloud, where they are asked for.
    fn lines(&self) -> Result<Vec<Option<Regression>>> {
        let line = |p| self.regression.then(|| Regression::of(p)).transpose();
        self.points.iter().map(line).collect()
    }

    /// Across and up; the same range where equal values are marked.
    fn axes(&self, rest: &Rect, sizes: &Sizes) -> [Axis; 2] {
        let across = range(self.points.iter().flat_map(|p| p.pairs().map(|q| q.0)));
        let up = range(self.points.iter().flat_map(|p| p.pairs().map(|q| q.1)));
        let both = (across.0.min(up.0), across.1.max(up.1));
        let (across, up) = if self.equality {
            (both, both)
        } else {
            (across, up)
        };
        let y = value_axis(self.labels.y.clone(), up, 0.85 * rest.height(), sizes);
        let (low, high) = if self.equality {
            (y.low, y.high)
        } else {
            let (low, high, _) = round_range(across.0, across.1, 8);
            (low, high)
        };
        let width = 0.85 * rest.width();
        let x = number_axis(self.labels.x.clone(), (low, high), width, sizes);
        [x, y]
    }
}

/// The least-squares line of a cloud, y = intercept + slope x.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Regression {
    slope: f64,
    intercept: f64,
    correlation: f64,
}

impl Regression {
    fn of(points: &Points) -> Result<Self> {
        let (x, y): (Vec<f64>, Vec<f64>) = points.pairs().unzip();
        let scores = Scores::new(&x, &y)?;
        let n = x.len() as f64;
        let (a, b) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
        let xx: f64 = x.iter().map(|v| (v - a).powi(2)).sum();
        let xy: f64 = x.iter().zip(&y).map(|(u, v)| (u - a) * (v - b)).sum();
        if xx == 0.0 {
            return Err(Error::new("a line of regression needs x that varies")
                .got("a constant")
                .at(format!("points \"{}\"", points.name)));
        }
        Ok(Regression {
            slope: xy / xx,
            intercept: b - xy / xx * a,
            correlation: scores.corr,
        })
    }
    fn at(&self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }
}

impl std::fmt::Display for Regression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "slope {}, r = {}",
            number(
                self.slope,
                10f64.powf(self.slope.abs().max(1e-300).log10().floor() - 2.0)
            ),
            number(self.correlation, 0.01)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_regression_of_points_on_a_line_is_that_line() {
        let line = Regression::of(&Points::new(
            "p",
            &[1.0, 2.0, 4.0, f64::NAN],
            &[3.0, 5.0, 9.0, 1.0],
        ))
        .unwrap();
        assert!(
            (line.slope - 2.0).abs() < 1e-12
                && (line.intercept - 1.0).abs() < 1e-12
                && (line.correlation - 1.0).abs() < 1e-12
        );
        assert_eq!(line.to_string(), "slope 2.00, r = 1.00");
        assert!(Regression::of(&Points::new("p", &[1.0, 1.0], &[3.0, 5.0])).is_err());
    }
}
