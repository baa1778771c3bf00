//! The diagram of Taylor (2001): standard deviation, correlation and centred RMS error of several
//! products in one point each; points in one place are rings.

mod net;

use super::Figure;
use super::canvas::{Canvas, Rect};
use super::check::some_numbers;
use super::frame::{Key, legend};
use super::labels::{Labels, labelled};
use super::markers::rings;
use super::style::{CATEGORIES, Colour, INK, Sizes, WHITE, category};
use super::ticks::round_step;
use crate::error::{Error, Result};
use crate::statistics::Scores;
use net::Fan;

/// A product beside the reference: radius and angle of its point.
#[derive(Debug, Clone, PartialEq)]
pub struct TaylorPoint {
    name: String,
    /// Standard deviation.
    pub sd: f64,
    /// Correlation with the reference.
    pub correlation: f64,
    colour: Option<Colour>,
}

impl TaylorPoint {
    /// From the values of a product and of the reference; pairs with a missing value are left out.
    ///
    /// # Errors
    /// Unequal lengths, no pairs, or values that do not vary.
    pub fn new(name: &str, values: &[f64], reference: &[f64]) -> Result<Self> {
        let what = || format!("product \"{name}\"");
        if values.len() != reference.len() {
            return Err(
                Error::new("a product and the reference have different lengths")
                    .expected(reference.len())
                    .got(values.len())
                    .at(what()),
            );
        }
        let (x, y): (Vec<f64>, Vec<f64>) = values
            .iter()
            .zip(reference)
            .filter(|(a, b)| a.is_finite() && b.is_finite())
            .unzip();
        let correlation = Scores::new(&x, &y).map_err(|e| e.at(what()))?.corr;
        if !correlation.is_finite() {
            return Err(Error::new("a Taylor diagram needs values that vary")
                .got("a constant")
                .at(what()));
        }
        Ok(TaylorPoint {
            name: name.into(),
            sd: deviation(&x),
            correlation,
            colour: None,
        })
    }
    /// Its colour; by default the next of the categories.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = Some(colour);
        self
    }
    /// The centred RMS error against a reference of standard deviation `sd`: the distance of the
    /// two points.
    pub fn error(&self, sd: f64) -> f64 {
        (self.sd.powi(2) + sd * sd - 2.0 * self.sd * sd * self.correlation)
            .max(0.0)
            .sqrt()
    }
}

fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt()
}

/// Products around a reference.
#[derive(Debug, Clone, PartialEq)]
pub struct Taylor {
    labels: Labels,
    reference: String,
    sd: f64,
    points: Vec<TaylorPoint>,
}

labelled!(Taylor, unit);

impl Taylor {
    /// A reference by its name and values, without products yet.
    pub fn new(title: &str, reference: &str, values: &[f64]) -> Self {
        let present: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        Taylor {
            labels: Labels::new(title, (900, 820)),
            reference: reference.into(),
            sd: deviation(&present),
            points: vec![],
        }
    }
    /// Adds a product.
    pub fn point(mut self, point: TaylorPoint) -> Self {
        self.points.push(point);
        self
    }
    /// Standard deviations as parts of the reference's.
    pub fn normalized(mut self) -> Self {
        self.points.iter_mut().for_each(|p| p.sd /= self.sd);
        (self.sd, self.labels.unit) = (1.0, String::new());
        self
    }

    fn check(&self) -> Result<()> {
        some_numbers(&self.labels.figure(), self.points.iter().map(|p| p.sd))?;
        if !(self.sd > 0.0 && self.sd.is_finite()) {
            let what = "the reference of a Taylor diagram does not vary";
            return Err(Error::new(what));
        }
        Ok(())
    }
}

impl Figure for Taylor {
    fn size(&self) -> (u32, u32) {
        self.labels.size
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        self.check()?;
        let sizes = Sizes::of(area.width(), canvas.area().width());
        let colour = |k: usize| self.points[k].colour.unwrap_or(category(k));
        let rest = self.labels.head(canvas, area, &sizes);
        let mut entries = vec![(self.reference.clone(), CATEGORIES[6], Key::Dot)];
        entries.extend(
            self.points
                .iter()
                .enumerate()
                .map(|(k, p)| (p.name.clone(), colour(k), Key::Dot)),
        );
        let rest = legend(canvas, rest, &entries, &sizes);
        let fan = self.fan(rest, &sizes);
        self.draw_net(canvas, &fan, &sizes);
        let mut points = vec![fan.at(self.sd, 0.0)];
        let angle = |p: &TaylorPoint| p.correlation.clamp(-1.0, 1.0).acos();
        points.extend(self.points.iter().map(|p| fan.at(p.sd, angle(p))));
        for (k, size) in rings(&points, 0.5 * sizes.tick).into_iter().enumerate() {
            let (radius, rim) = (0.36 * sizes.tick * size, 0.06 * sizes.tick);
            canvas.disc(
                points[k],
                radius + rim,
                if size < 1.0 { WHITE } else { INK },
            );
            let fill = if k == 0 { CATEGORIES[6] } else { colour(k - 1) };
            canvas.disc(points[k], radius, fill);
        }
        Ok(())
    }
}

impl Taylor {
    fn fan(&self, area: Rect, sizes: &Sizes) -> Fan {
        let most = self.points.iter().map(|p| p.sd).fold(self.sd, f64::max);
        let step = round_step(1.05 * most / 4.0);
        let outer = (1.05 * most / step).ceil() * step;
        let half = self.points.iter().any(|p| p.correlation < 0.0);
        let area = area.inset(
            3.0 * sizes.tick,
            2.0 * sizes.tick,
            3.0 * sizes.tick,
            4.0 * sizes.tick,
        );
        let radius = area
            .height()
            .min(area.width() / if half { 2.0 } else { 1.0 });
        let left = area.centre().0 - if half { 0.0 } else { 0.5 * radius };
        let origin = (left, area.centre().1 + 0.5 * radius);
        Fan {
            origin,
            pixels: radius / outer,
            outer,
            widest: std::f64::consts::FRAC_PI_2 * if half { 2.0 } else { 1.0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_of_a_point_from_the_reference_is_the_centred_error() {
        let (reference, values) = ([1.0, 2.0, 4.0, 3.0], [2.5, 2.0, 5.0, 5.5]);
        let point = TaylorPoint::new("a", &values, &reference).unwrap();
        let centred = |v: &[f64]| {
            v.iter()
                .map(|x| x - v.iter().sum::<f64>() / 4.0)
                .collect::<Vec<_>>()
        };
        let (a, b) = (centred(&values), centred(&reference));
        let by_hand = (a.iter().zip(&b).map(|(x, y)| (x - y).powi(2)).sum::<f64>() / 4.0).sqrt();
        assert!((point.error(deviation(&reference)) - by_hand).abs() < 1e-12);
    }

    #[test]
    fn what_does_not_vary_or_fit_has_no_place() {
        assert!(
            TaylorPoint::new("a", &[1.0, 1.0], &[1.0, 2.0])
                .unwrap_err()
                .to_string()
                .contains("vary")
        );
        assert!(TaylorPoint::new("a", &[1.0], &[1.0, 2.0]).is_err());
        let half =
            TaylorPoint::new("a", &[1.0, 2.0, f64::NAN, 3.0], &[2.0, 4.0, 1.0, 6.0]).unwrap();
        assert!((half.correlation - 1.0).abs() < 1e-12);
    }
}
