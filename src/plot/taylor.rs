//! The diagram of Taylor (2001): standard deviation, correlation and centred RMS error of several
//! products in one point each.

use super::Figure;
use super::canvas::{Across, Along, Canvas, Point, Rect};
use super::check::some_numbers;
use super::frame::{Key, legend, title};
use super::style::{CATEGORIES, Colour, GRID, INK, REFERENCE, Sizes, category, with_unit};
use super::ticks::{number, round_step};
use crate::error::{Error, Result};
use crate::statistics::Scores;

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
    title: String,
    unit: String,
    reference: String,
    sd: f64,
    points: Vec<TaylorPoint>,
    size: (u32, u32),
}

/// Correlations that are marked.
const MARKS: [f64; 10] = [0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0];

impl Taylor {
    /// A reference by its name and values, without products yet.
    pub fn new(title: &str, reference: &str, values: &[f64]) -> Self {
        let present: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        Taylor {
            title: title.into(),
            unit: String::new(),
            reference: reference.into(),
            sd: deviation(&present),
            points: vec![],
            size: (900, 820),
        }
    }
    /// Adds a product.
    pub fn point(mut self, point: TaylorPoint) -> Self {
        self.points.push(point);
        self
    }
    /// Unit of the standard deviations.
    pub fn unit(mut self, unit: &str) -> Self {
        self.unit = unit.into();
        self
    }
    /// Standard deviations as parts of the reference's.
    pub fn normalized(mut self) -> Self {
        self.points.iter_mut().for_each(|p| p.sd /= self.sd);
        (self.sd, self.unit) = (1.0, String::new());
        self
    }
    /// Width and height \[pixels\].
    pub fn sized(mut self, width: u32, height: u32) -> Self {
        self.size = (width, height);
        self
    }

    fn check(&self) -> Result<()> {
        some_numbers(
            &format!("figure \"{}\"", self.title),
            self.points.iter().map(|p| p.sd),
        )?;
        if self.sd > 0.0 && self.sd.is_finite() {
            Ok(())
        } else {
            Err(Error::new(
                "the reference of a Taylor diagram does not vary",
            ))
        }
    }
}

/// The fan of the diagram on the canvas.
struct Fan {
    origin: Point,
    pixels: f64,
    outer: f64,
    /// Angle of the least correlation shown: a quarter circle, or half of one.
    widest: f64,
}

impl Fan {
    fn at(&self, radius: f64, angle: f64) -> Point {
        (
            self.origin.0 + self.pixels * radius * angle.cos(),
            self.origin.1 - self.pixels * radius * angle.sin(),
        )
    }
    fn arc(&self, radius: f64) -> Vec<Point> {
        (0..=90)
            .map(|k| self.at(radius, self.widest * f64::from(k) / 90.0))
            .collect()
    }
}

impl Figure for Taylor {
    fn size(&self) -> (u32, u32) {
        self.size
    }

    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        self.check()?;
        let sizes = Sizes::of(area.width(), canvas.area().width());
        let colour = |k: usize| self.points[k].colour.unwrap_or(category(k));
        let rest = title(canvas, area, &self.title, &sizes);
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
        canvas.disc(fan.at(self.sd, 0.0), 0.42 * sizes.tick, CATEGORIES[6]);
        for (k, p) in self.points.iter().enumerate() {
            let at = fan.at(p.sd, p.correlation.clamp(-1.0, 1.0).acos());
            canvas.disc(at, 0.42 * sizes.tick, INK);
            canvas.disc(at, 0.36 * sizes.tick, colour(k));
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

    /// Arcs of standard deviation, rays of correlation, circles of centred RMS error around the
    /// reference.
    fn draw_net(&self, canvas: &mut Canvas, fan: &Fan, sizes: &Sizes) {
        let thin = (0.5 * sizes.line).max(0.7);
        let step = round_step(fan.outer / 4.0 - 1e-12);
        let signs: &[f64] = if fan.widest > 2.0 {
            &[1.0, -1.0]
        } else {
            &[1.0]
        };
        for (mark, sign) in MARKS
            .iter()
            .flat_map(|m| signs.iter().map(move |s| (*m, *s)))
            .filter(|(m, s)| *m > 0.0 || *s > 0.0)
        {
            let angle = (sign * mark).acos();
            canvas.line(vec![fan.origin, fan.at(fan.outer, angle)], GRID, thin);
            let (across, text) = (
                if angle.cos() < 0.0 {
                    Across::End
                } else {
                    Across::Start
                },
                number(sign * mark, 0.01),
            );
            let text = text.trim_end_matches('0').trim_end_matches('.');
            let across = if mark == 0.0 { Across::Middle } else { across };
            let (x, y) = fan.at(fan.outer, angle);
            let (dx, dy) = (
                0.5 * sizes.tick * angle.cos(),
                -0.5 * sizes.tick * angle.sin(),
            );
            let up = if mark == 0.0 {
                Along::Base
            } else {
                Along::Middle
            };
            canvas.text(
                if text.is_empty() { "0" } else { text },
                (x + dx, y + dy),
                sizes.tick,
                across,
                up,
                INK,
            );
        }
        for k in 1..=(fan.outer / step + 0.5) as usize {
            let radius = k as f64 * step;
            canvas.line(
                fan.arc(radius),
                if radius < fan.outer { GRID } else { INK },
                thin,
            );
            self.draw_error_circle(canvas, fan, radius, step, sizes);
        }
        canvas.line(fan.arc(self.sd), REFERENCE, thin);
        canvas.line(
            vec![
                fan.at(fan.outer, fan.widest),
                fan.origin,
                fan.at(fan.outer, 0.0),
            ],
            INK,
            thin,
        );
        for k in 0..=(fan.outer / step + 0.5) as usize {
            for sign in if k > 0 { signs } else { &signs[..1] } {
                let x = fan.origin.0 + sign * k as f64 * step * fan.pixels;
                canvas.text(
                    &number(k as f64 * step, step),
                    (x, fan.origin.1 + sizes.gap + 0.4 * sizes.tick),
                    sizes.tick,
                    Across::Middle,
                    Along::Top,
                    INK,
                );
            }
        }
        let middle = 0.5
            * (fan.at(fan.outer, 0.0).0
                + if fan.widest > 2.0 {
                    fan.at(fan.outer, fan.widest).0
                } else {
                    fan.origin.0
                });
        let below = fan.origin.1 + 2.8 * sizes.tick;
        canvas.text(
            &with_unit("standard deviation", &self.unit),
            (middle, below),
            sizes.label,
            Across::Middle,
            Along::Top,
            INK,
        );
        let (x, y) = fan.at(fan.outer, 0.25 * std::f64::consts::PI);
        canvas.text(
            "correlation",
            (x + 2.6 * sizes.tick, y - 1.6 * sizes.tick),
            sizes.label,
            Across::Start,
            Along::Middle,
            INK,
        );
    }

    /// The part within the fan of a circle around the reference, labelled where it is highest.
    fn draw_error_circle(
        &self,
        canvas: &mut Canvas,
        fan: &Fan,
        radius: f64,
        step: f64,
        sizes: &Sizes,
    ) {
        let inside = |(x, y): Point| {
            let (dx, dy) = (
                (x - fan.origin.0) / fan.pixels,
                (fan.origin.1 - y) / fan.pixels,
            );
            dx.hypot(dy) <= fan.outer && dy >= 0.0 && (fan.widest > 2.0 || dx >= 0.0)
        };
        let centre = fan.at(self.sd, 0.0);
        let place = |k: i32| {
            let angle = std::f64::consts::PI * f64::from(k) / 180.0;
            (
                centre.0 + fan.pixels * radius * angle.cos(),
                centre.1 - fan.pixels * radius * angle.sin(),
            )
        };
        let colour = CATEGORIES[2].toward(GRID, 0.4);
        for k in (0..180).step_by(4) {
            // Dashes: every other two degrees.
            if inside(place(k)) && inside(place(k + 2)) {
                canvas.line(vec![place(k), place(k + 2)], colour, 0.6 * sizes.line);
            }
        }
        if let Some(k) = (100..=170).step_by(5).find(|k| inside(place(*k))) {
            let (x, y) = place(k);
            canvas.text(
                &number(radius, step),
                (x, y - 0.3 * sizes.tick),
                0.8 * sizes.tick,
                Across::Middle,
                Along::Base,
                CATEGORIES[2],
            );
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
