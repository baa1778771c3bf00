//! The net of a Taylor diagram: standard deviations, correlations, and centred errors.

use super::Taylor;
use crate::plot::canvas::{Across, Along, Canvas, Point};
use crate::plot::style::{CATEGORIES, GRID, INK, REFERENCE, Sizes, with_unit};
use crate::plot::ticks::{number, round_step};

/// Correlations that are marked.
const MARKS: [f64; 10] = [0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0];

/// The fan of the diagram on the canvas.
pub(super) struct Fan {
    pub(super) origin: Point,
    pub(super) pixels: f64,
    pub(super) outer: f64,
    /// Angle of the least correlation shown: a quarter circle, or half of one.
    pub(super) widest: f64,
}

impl Fan {
    /// Of correlations: both where some are negative.
    fn signs(&self) -> &'static [f64] {
        if self.widest > 2.0 {
            &[1.0, -1.0]
        } else {
            &[1.0]
        }
    }
    pub(super) fn at(&self, radius: f64, angle: f64) -> Point {
        (
            self.origin.0 + self.pixels * radius * angle.cos(),
            self.origin.1 - self.pixels * radius * angle.sin(),
        )
    }
    pub(super) fn arc(&self, radius: f64) -> Vec<Point> {
        (0..=90)
            .map(|k| self.at(radius, self.widest * f64::from(k) / 90.0))
            .collect()
    }
}

impl Taylor {
    /// Arcs of standard deviation, rays of correlation, circles of centred RMS error around the
    /// reference.
    pub(super) fn draw_net(&self, canvas: &mut Canvas, fan: &Fan, sizes: &Sizes) {
        let thin = (0.5 * sizes.line).max(0.7);
        let step = round_step(fan.outer / 4.0 - 1e-12);
        draw_rays(canvas, fan, thin, sizes);
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
        draw_deviations(canvas, fan, step, sizes);
        self.draw_labels(canvas, fan, sizes);
    }

    /// What the arcs and the rays are.
    fn draw_labels(&self, canvas: &mut Canvas, fan: &Fan, sizes: &Sizes) {
        let middle = 0.5
            * (fan.at(fan.outer, 0.0).0
                + if fan.widest > 2.0 {
                    fan.at(fan.outer, fan.widest).0
                } else {
                    fan.origin.0
                });
        let below = fan.origin.1 + 2.8 * sizes.tick;
        canvas.text(
            &with_unit("standard deviation", &self.labels.unit),
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
        let point = |k: i32| {
            let angle = f64::from(k).to_radians();
            (
                centre.0 + fan.pixels * radius * angle.cos(),
                centre.1 - fan.pixels * radius * angle.sin(),
            )
        };
        let colour = CATEGORIES[2].toward(GRID, 0.4);
        for k in (0..180).step_by(4) {
            // Dashes: every other two degrees.
            if inside(point(k)) && inside(point(k + 2)) {
                canvas.line(vec![point(k), point(k + 2)], colour, 0.6 * sizes.line);
            }
        }
        if let Some(k) = (100..=170).step_by(5).find(|k| inside(point(*k))) {
            let (x, y) = point(k);
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

/// Rays of correlation with their numbers.
fn draw_rays(canvas: &mut Canvas, fan: &Fan, thin: f64, sizes: &Sizes) {
    let marks = MARKS
        .iter()
        .flat_map(|m| fan.signs().iter().map(move |s| (*m, *s)));
    for (mark, sign) in marks.filter(|(m, s)| *m > 0.0 || *s > 0.0) {
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
}

/// Numbers of standard deviation along the ground.
fn draw_deviations(canvas: &mut Canvas, fan: &Fan, step: f64, sizes: &Sizes) {
    let signs = fan.signs();
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
}
