//! The bar that says which colour is which number.

use super::canvas::{Across, Along, Canvas, Rect, text_width};
use super::color_scale::ColorScale;
use super::style::{INK, MISSING, Sizes};
use super::ticks::{Tick, round_ticks};

/// Which way a bar lies, and what it must say besides numbers.
#[derive(Debug, Clone)]
pub(super) struct ColorBar<'a> {
    pub scale: &'a ColorScale,
    pub unit: &'a str,
    /// Numbers lie beyond the lower, upper end.
    pub beyond: (bool, bool),
    /// Some cells have no value.
    pub missing: bool,
}

const STEPS: usize = 200;
/// How many numbers may stand beside an upright bar; its height decides.
const UPRIGHT_TICKS: std::ops::RangeInclusive<usize> = 2..=8;
const NO_DATA: &str = "no data";

impl ColorBar<'_> {
    /// Height a level bar needs with its numbers and unit.
    pub fn height(&self, sizes: &Sizes) -> f64 {
        (if self.unit.is_empty() { 2.6 } else { 4.2 }) * sizes.tick
    }
    /// Width an upright bar needs with its numbers and unit.
    pub fn width(&self, sizes: &Sizes) -> f64 {
        let numbers = UPRIGHT_TICKS
            .flat_map(|n| self.ticks(n))
            .map(|t| text_width(&t.label, sizes.tick, false))
            .fold(0.0, f64::max);
        let bar = 1.1 * sizes.tick
            + 0.7 * sizes.gap
            + numbers
            + if self.unit.is_empty() {
                0.0
            } else {
                1.7 * sizes.label
            };
        if self.missing {
            bar.max(text_width(NO_DATA, 0.8 * sizes.tick, false))
        } else {
            bar
        }
    }

    fn ticks(&self, count: usize) -> Vec<Tick> {
        round_ticks(self.scale.low(), self.scale.high(), count)
    }

    /// A level bar at the top of an area.
    pub(crate) fn draw_level(&self, canvas: &mut Canvas, area: Rect, sizes: &Sizes) {
        let thick = 0.95 * sizes.tick;
        let width = 0.62 * area.width();
        let left = area.centre().0 - 0.5 * width;
        let bar = Rect {
            left,
            right: left + width,
            top: area.top,
            bottom: area.top + thick,
        };
        self.stripes(canvas, |a, b| Rect {
            left: bar.left + a * width,
            right: bar.left + b * width,
            ..bar
        });
        let middle = bar.centre().1;
        self.ends(
            canvas,
            [
                (bar.left, bar.bottom),
                (bar.left, bar.top),
                (bar.left - thick, middle),
            ],
            [
                (bar.right, bar.top),
                (bar.right, bar.bottom),
                (bar.right + thick, middle),
            ],
        );
        canvas.outline(bar, INK, 0.4 * sizes.line);
        self.number_below(canvas, (&bar, width), sizes);
        let below = bar.bottom + 0.7 * sizes.gap + 2.2 * sizes.tick;
        canvas.text(
            self.unit,
            (bar.centre().0, below),
            sizes.label,
            Across::Middle,
            Along::Base,
            INK,
        );
        if self.missing {
            let left = area.left + 0.5 * sizes.tick;
            let right = left + 1.5 * thick;
            canvas.rect(Rect { left, right, ..bar }, MISSING);
            let (at, em) = ((left + 1.9 * thick, middle), 0.9 * sizes.tick);
            canvas.text(NO_DATA, at, em, Across::Start, Along::Middle, INK);
        }
    }

    /// An upright bar at the left of an area.
    pub(crate) fn draw_upright(&self, canvas: &mut Canvas, area: Rect, sizes: &Sizes) {
        let thick = 1.1 * sizes.tick;
        let key = if self.missing { 3.2 * sizes.tick } else { 0.0 };
        let height = (0.86 * area.height()).min(area.height() - 2.4 * thick - 2.0 * key);
        let top = area.centre().1 - 0.5 * height;
        let bar = Rect {
            left: area.left,
            right: area.left + thick,
            top,
            bottom: top + height,
        };
        self.stripes(canvas, |a, b| Rect {
            top: bar.bottom - b * height,
            bottom: bar.bottom - a * height,
            ..bar
        });
        let middle = bar.centre().0;
        self.ends(
            canvas,
            [
                (bar.left, bar.bottom),
                (bar.right, bar.bottom),
                (middle, bar.bottom + thick),
            ],
            [
                (bar.left, bar.top),
                (bar.right, bar.top),
                (middle, bar.top - thick),
            ],
        );
        canvas.outline(bar, INK, 0.4 * sizes.line);
        self.number_beside(canvas, (&bar, height), sizes);
        if self.missing {
            let top = bar.bottom + 1.5 * thick;
            let bottom = top + 0.8 * thick;
            canvas.rect(Rect { top, bottom, ..bar }, MISSING);
            let (at, em) = ((bar.left, top + 1.2 * thick), 0.8 * sizes.tick);
            canvas.text(NO_DATA, at, em, Across::Start, Along::Top, INK);
        }
        let right = area.left + self.width(sizes);
        canvas.upward(
            self.unit,
            (right - 0.35 * sizes.label, bar.centre().1),
            sizes.label,
            Across::Middle,
            Along::Base,
            INK,
        );
    }

    fn number_below(&self, canvas: &mut Canvas, (bar, width): (&Rect, f64), sizes: &Sizes) {
        for tick in self.ticks(8) {
            let x = bar.left + self.part(tick.at) * width;
            let mark = vec![(x, bar.bottom), (x, bar.bottom + 0.4 * sizes.gap)];
            canvas.line(mark, INK, 0.4 * sizes.line);
            let at = (x, bar.bottom + 0.7 * sizes.gap);
            canvas.text(&tick.label, at, sizes.tick, Across::Middle, Along::Top, INK);
        }
    }

    fn number_beside(&self, canvas: &mut Canvas, (bar, height): (&Rect, f64), sizes: &Sizes) {
        let room = (height / (2.2 * sizes.tick)) as usize;
        for tick in self.ticks(room.clamp(*UPRIGHT_TICKS.start(), *UPRIGHT_TICKS.end())) {
            let y = bar.bottom - self.part(tick.at) * height;
            let mark = vec![(bar.right, y), (bar.right + 0.4 * sizes.gap, y)];
            canvas.line(mark, INK, 0.4 * sizes.line);
            let at = (bar.right + 0.7 * sizes.gap, y);
            canvas.text(
                &tick.label,
                at,
                sizes.tick,
                Across::Start,
                Along::Middle,
                INK,
            );
        }
    }

    fn part(&self, value: f64) -> f64 {
        (value - self.scale.low()) / (self.scale.high() - self.scale.low())
    }

    fn stripes(&self, canvas: &mut Canvas, rectangle: impl Fn(f64, f64) -> Rect) {
        for k in 0..STEPS {
            let start = k as f64 / STEPS as f64;
            let value = self.scale.low()
                + (start + 0.5 / STEPS as f64) * (self.scale.high() - self.scale.low());
            // Each reaches to the end and the next covers it, so that no seams show.
            canvas.rect(
                rectangle(start, 1.0),
                self.scale.colour(value).expect("a limit is a number"),
            );
        }
    }

    /// Points at the ends that numbers lie beyond.
    fn ends(&self, canvas: &mut Canvas, low: [(f64, f64); 3], high: [(f64, f64); 3]) {
        for (beyond, corners, value) in [
            (self.beyond.0, low, self.scale.low()),
            (self.beyond.1, high, self.scale.high()),
        ] {
            if beyond {
                canvas.polygon(
                    corners.to_vec(),
                    self.scale.colour(value).expect("a limit is a number"),
                );
                canvas.line(vec![corners[0], corners[2], corners[1]], INK, 0.8);
            }
        }
    }
}
