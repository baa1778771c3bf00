//! Scatter plots, with the line of equality where two estimates of one thing are compared.

use super::Figure;
use super::canvas::{Canvas, Rect};
use super::check::{range, same_length, some_numbers};
use super::frame::{Frame, Key, legend, title};
use super::lines::{number_axis, value_axis};
use super::style::{Colour, REFERENCE, Sizes, category, with_unit};
use super::ticks::round_range;
use crate::error::{Error, Result};

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
        Points { name: name.into(), x: x.to_vec(), y: y.to_vec(), colour: None }
    }
    /// Its colour; by default the next of the categories.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = Some(colour);
        self
    }
    fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.x.iter().copied().zip(self.y.iter().copied()).filter(|(x, y)| x.is_finite() && y.is_finite())
    }
}

/// Clouds of points on common axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Scatter {
    title: String,
    x_label: String,
    y_label: String,
    points: Vec<Points>,
    equality: bool,
    size: (u32, u32),
}

impl Scatter {
    /// No points yet.
    pub fn new(title: &str) -> Self {
        Scatter { title: title.into(), x_label: String::new(), y_label: String::new(), points: vec![], equality: false, size: (900, 820) }
    }
    /// Adds a cloud.
    pub fn points(mut self, points: Points) -> Self {
        self.points.push(points);
        self
    }
    /// What the horizontal axis shows, and its unit.
    pub fn x_label(mut self, label: &str, unit: &str) -> Self {
        self.x_label = with_unit(label, unit);
        self
    }
    /// What the vertical axis shows, and its unit.
    pub fn y_label(mut self, label: &str, unit: &str) -> Self {
        self.y_label = with_unit(label, unit);
        self
    }
    /// Gives both axes the same range and draws the line on which the two are equal.
    pub fn with_equality(mut self) -> Self {
        self.equality = true;
        self
    }
    /// Width and height \[pixels\].
    pub fn sized(mut self, width: u32, height: u32) -> Self {
        self.size = (width, height);
        self
    }

    fn check(&self) -> Result<()> {
        if self.points.is_empty() {
            return Err(Error::new(format!("figure \"{}\" has no points", self.title)));
        }
        for p in &self.points {
            same_length(&format!("points \"{}\" along x and y", p.name), p.x.len(), p.y.len())?;
        }
        some_numbers(&format!("figure \"{}\"", self.title), self.points.iter().flat_map(|p| p.x.iter().zip(&p.y).map(|(x, y)| x + y)))
    }
}

impl Figure for Scatter {
    fn size(&self) -> (u32, u32) {
        self.size
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        self.check()?;
        let sizes = Sizes::of(area.width(), canvas.area().width());
        let colour = |k: usize| self.points[k].colour.unwrap_or(category(k));
        let rest = title(canvas, area, &self.title, &sizes);
        let entries: Vec<_> = self.points.iter().enumerate().map(|(k, p)| (p.name.clone(), colour(k), Key::Dot)).collect();
        let rest = legend(canvas, rest, &entries, &sizes);
        let across = range(self.points.iter().flat_map(|p| p.pairs().map(|q| q.0)));
        let up = range(self.points.iter().flat_map(|p| p.pairs().map(|q| q.1)));
        let both = (across.0.min(up.0), across.1.max(up.1));
        let (across, up) = if self.equality { (both, both) } else { (across, up) };
        let y = value_axis(self.y_label.clone(), up, 0.85 * rest.height(), &sizes);
        let (low, high, _) = if self.equality { (y.low, y.high, 0.0) } else { round_range(across.0, across.1, 8) };
        let x = number_axis(self.x_label.clone(), (low, high), 0.85 * rest.width(), &sizes);
        let frame = Frame::draw(canvas, rest, &x, &y, &sizes);
        if self.equality {
            canvas.line(vec![frame.at(low, low), frame.at(high, high)], REFERENCE, 0.7 * sizes.line);
        }
        for (k, cloud) in self.points.iter().enumerate() {
            cloud.pairs().for_each(|(a, b)| canvas.disc(frame.at(a, b), 0.24 * sizes.tick, colour(k)));
        }
        Ok(())
    }
}
