//! Axes: the frame numbers are drawn in, with its marks, labels, title and legend.

use super::canvas::{Across, Along, Canvas, Point, Rect, text_width, wrap};
pub(super) use super::shared::{Entry, Key};
use super::style::{Colour, GRID, INK, REFERENCE, Sizes};
use super::ticks::Tick;

/// One axis: its range, marks, and what it shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Axis {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<Tick>,
    pub label: String,
    /// The labels of the marks read upward.
    pub upward: bool,
}

impl Axis {
    /// Room the labels of a horizontal axis take below it.
    fn depth(&self, em: f64) -> f64 {
        let lines = || self.ticks.iter().map(|t| t.label.lines());
        if self.upward {
            lines()
                .flatten()
                .map(|l| text_width(l, em, false))
                .fold(0.0, f64::max)
        } else {
            lines().map(Iterator::count).max().unwrap_or(0) as f64 * LINE_HEIGHT * em
        }
    }
}

/// A drawn frame: from numbers to places on the canvas.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub inner: Rect,
    x: (f64, f64),
    y: (f64, f64),
}

const LINE_HEIGHT: f64 = 1.25;

/// Draws the title over an area and gives what is left of it, as much as of the titles beside it.
pub(super) fn title(canvas: &mut Canvas, area: Rect, text: &str, sizes: &Sizes) -> Rect {
    let area = area.inset(sizes.gap, sizes.gap, sizes.gap, sizes.gap);
    if text.is_empty() {
        return area;
    }
    // Bold is wider than what is measured for wrapping, and the corners are left to the letters of
    // panels.
    let lines = wrap(text, sizes.title * 1.07, area.width() - 5.0 * sizes.title);
    for (k, line) in lines.iter().enumerate() {
        let at = (
            area.centre().0,
            area.top + LINE_HEIGHT * sizes.title * k as f64,
        );
        canvas.bold(line, at, sizes.title, Across::Middle, Along::Top, INK);
    }
    canvas.shared.most_lines = canvas.shared.most_lines.max(lines.len());
    let room = lines.len().max(canvas.shared.lines);
    area.inset(
        0.0,
        LINE_HEIGHT * sizes.title * room as f64 + 0.3 * sizes.gap,
        0.0,
        0.0,
    )
}

/// Draws a legend in rows under the title, outside the data, and gives what is left; panels whose
/// legend stands elsewhere have none.
pub(super) fn legend(canvas: &mut Canvas, area: Rect, entries: &[Entry], sizes: &Sizes) -> Rect {
    let named: Vec<_> = entries.iter().filter(|(n, _, _)| !n.is_empty()).collect();
    if named.is_empty() {
        return area;
    }
    canvas.shared.legends.push(entries.to_vec());
    if canvas.shared.legend {
        return area;
    }
    let key = 1.5 * sizes.tick;
    let width = |name: &str| {
        key + 0.5 * sizes.tick + text_width(name, sizes.tick, false) + 1.6 * sizes.tick
    };
    let mut rows: Vec<Vec<&Entry>> = vec![vec![]];
    let mut filled = 0.0;
    for entry in named {
        if filled + width(&entry.0) > area.width() && filled > 0.0 {
            rows.push(vec![]);
            filled = 0.0;
        }
        filled += width(&entry.0);
        rows.last_mut().expect("there is a first row").push(entry);
    }
    let step = 1.45 * sizes.tick;
    for (k, row) in rows.iter().enumerate() {
        let total: f64 = row.iter().map(|e| width(&e.0)).sum::<f64>() - 1.6 * sizes.tick;
        let mut x = area.centre().0 - total / 2.0;
        let y = area.top + step * (k as f64 + 0.5);
        for (name, colour, shape) in row.iter().copied() {
            draw_key(canvas, (x, y), key, *colour, *shape, sizes);
            canvas.text(
                name,
                (x + key + 0.5 * sizes.tick, y),
                sizes.tick,
                Across::Start,
                Along::Middle,
                INK,
            );
            x += width(name);
        }
    }
    area.inset(0.0, step * rows.len() as f64 + 0.5 * sizes.gap, 0.0, 0.0)
}

/// What is said of bars or bands after these words; nothing where that is not known.
pub(super) fn said(words: &str, what: &str) -> String {
    if what.is_empty() {
        return String::new();
    }
    format!("{words}{what}")
}

/// Says in small type under the legend what bars, whiskers or bands are, and gives what is left.
pub(super) fn note(canvas: &mut Canvas, area: Rect, text: &str, sizes: &Sizes) -> Rect {
    if text.is_empty() {
        return area;
    }
    let em = 0.85 * sizes.tick;
    let lines = wrap(text, em, area.width());
    for (k, line) in lines.iter().enumerate() {
        let at = (
            area.centre().0,
            area.top + LINE_HEIGHT * em * (k as f64 + 0.5),
        );
        canvas.text(line, at, em, Across::Middle, Along::Middle, REFERENCE);
    }
    let height = LINE_HEIGHT * em * lines.len() as f64;
    area.inset(0.0, height + 0.5 * sizes.gap, 0.0, 0.0)
}

fn draw_key(
    canvas: &mut Canvas,
    (x, y): Point,
    width: f64,
    colour: Colour,
    shape: Key,
    sizes: &Sizes,
) {
    let half = 0.36 * sizes.tick;
    match shape {
        Key::Box => canvas.rect(
            Rect {
                left: x + 0.3 * width,
                right: x + width,
                top: y - half,
                bottom: y + half,
            },
            colour,
        ),
        Key::Line => canvas.line(vec![(x, y), (x + width, y)], colour, 1.2 * sizes.line),
        Key::Dot => canvas.disc((x + 0.7 * width, y), half, colour),
    }
}

impl Frame {
    /// Draws two axes in an area, with grid lines at the marks of the vertical one.
    pub fn draw(canvas: &mut Canvas, area: Rect, x: &Axis, y: &Axis, sizes: &Sizes) -> Frame {
        Frame::draw_with(canvas, area, (x, sizes), (y, sizes))
    }

    /// As [`Frame::draw`], with sizes of text of each axis' own.
    pub(crate) fn draw_with(
        canvas: &mut Canvas,
        area: Rect,
        x: (&Axis, &Sizes),
        y: (&Axis, &Sizes),
    ) -> Frame {
        let frame = Frame::place(area, x, y);
        frame.draw_vertical(canvas, area, y.0, y.1);
        frame.draw_horizontal(canvas, area, x.0, x.1);
        frame
    }

    fn place(area: Rect, (x, small): (&Axis, &Sizes), (y, sizes): (&Axis, &Sizes)) -> Frame {
        let label_space = |a: &Axis| {
            if a.label.is_empty() {
                0.0
            } else {
                1.5 * sizes.label
            }
        };
        let numbers = y
            .ticks
            .iter()
            .map(|t| text_width(&t.label, sizes.tick, false))
            .fold(0.0, f64::max);
        let last = x.ticks.last().map_or(0.0, |t| {
            t.label
                .lines()
                .map(|l| text_width(l, small.tick, false))
                .fold(0.0, f64::max)
        });
        let left = label_space(y) + numbers + 1.4 * sizes.gap;
        let bottom = label_space(x) + x.depth(small.tick) + 1.6 * sizes.gap;
        let inner = area.inset(
            left,
            0.5 * sizes.tick,
            (0.5 * last).min(2.5 * sizes.tick),
            bottom,
        );
        Frame {
            inner,
            x: (x.low, x.high),
            y: (y.low, y.high),
        }
    }

    fn draw_vertical(&self, canvas: &mut Canvas, area: Rect, y: &Axis, sizes: &Sizes) {
        let inner = self.inner;
        let thin = (0.5 * sizes.line).max(0.7);
        for tick in &y.ticks {
            let at = self.y(tick.at);
            canvas.line(vec![(inner.left, at), (inner.right, at)], GRID, thin);
            canvas.text(
                &tick.label,
                (inner.left - 0.9 * sizes.gap, at),
                sizes.tick,
                Across::End,
                Along::Middle,
                INK,
            );
        }
        if y.low < 0.0 && y.high > 0.0 {
            canvas.line(
                vec![(inner.left, self.y(0.0)), (inner.right, self.y(0.0))],
                REFERENCE,
                1.5 * thin,
            );
        }
        canvas.upward(
            &y.label,
            (area.left, inner.centre().1),
            sizes.label,
            Across::Middle,
            Along::Top,
            INK,
        );
    }

    fn draw_horizontal(&self, canvas: &mut Canvas, area: Rect, x: &Axis, sizes: &Sizes) {
        let inner = self.inner;
        let thin = (0.5 * sizes.line).max(0.7);
        for tick in &x.ticks {
            let at = self.x(tick.at);
            canvas.line(
                vec![(at, inner.bottom), (at, inner.bottom + 0.5 * sizes.gap)],
                INK,
                thin,
            );
            let count = tick.label.lines().count() as f64;
            for (k, line) in tick.label.lines().enumerate() {
                let step = LINE_HEIGHT * sizes.tick;
                if x.upward {
                    let across = at + step * (k as f64 - 0.5 * (count - 1.0));
                    canvas.upward(
                        line,
                        (across, inner.bottom + sizes.gap),
                        sizes.tick,
                        Across::End,
                        Along::Middle,
                        INK,
                    );
                } else {
                    let top = inner.bottom + 1.4 * sizes.gap + step * k as f64;
                    canvas.text(line, (at, top), sizes.tick, Across::Middle, Along::Top, INK);
                }
            }
        }
        canvas.line(
            vec![
                (inner.left, inner.top),
                (inner.left, inner.bottom),
                (inner.right, inner.bottom),
            ],
            INK,
            thin,
        );
        canvas.text(
            &x.label,
            (inner.centre().0, area.bottom - 0.3 * sizes.label),
            sizes.label,
            Across::Middle,
            Along::Base,
            INK,
        );
    }

    /// Where a number of the horizontal axis lies.
    pub fn x(&self, value: f64) -> f64 {
        self.inner.left + (value - self.x.0) / (self.x.1 - self.x.0) * self.inner.width()
    }
    /// Where a number of the vertical axis lies.
    pub fn y(&self, value: f64) -> f64 {
        self.inner.bottom - (value - self.y.0) / (self.y.1 - self.y.0) * self.inner.height()
    }
    /// Where a pair of numbers lies.
    pub fn at(&self, x: f64, y: f64) -> Point {
        (self.x(x), self.y(y))
    }
}

/// The part of a segment within a rectangle (Liang & Barsky 1984).
pub(super) fn clip(a: Point, b: Point, r: &Rect) -> Option<(Point, Point)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (p, q) in [
        (-dx, a.0 - r.left),
        (dx, r.right - a.0),
        (-dy, a.1 - r.top),
        (dy, r.bottom - a.1),
    ] {
        if p == 0.0 {
            if q < 0.0 {
                return None;
            }
        } else if p < 0.0 {
            enter = enter.max(q / p);
        } else {
            leave = leave.min(q / p);
        }
    }
    let point = |t: f64| (a.0 + t * dx, a.1 + t * dy);
    (enter < leave).then(|| (point(enter), point(leave)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_cut_at_the_edges_of_the_rectangle() {
        let r = Rect {
            left: 0.0,
            top: 0.0,
            right: 10.0,
            bottom: 10.0,
        };
        assert_eq!(
            clip((-5.0, 5.0), (15.0, 5.0), &r),
            Some(((0.0, 5.0), (10.0, 5.0)))
        );
        assert_eq!(
            clip((1.0, 1.0), (2.0, 2.0), &r),
            Some(((1.0, 1.0), (2.0, 2.0)))
        );
        assert_eq!(clip((-5.0, -1.0), (15.0, -1.0), &r), None);
    }

    #[test]
    fn numbers_rise_upward_on_a_frame() {
        let mut canvas = Canvas::new((800, 400));
        let axis = Axis {
            low: 0.0,
            high: 2.0,
            ..Axis::default()
        };
        let frame = Frame::draw(
            &mut canvas,
            Rect {
                left: 0.0,
                top: 0.0,
                right: 800.0,
                bottom: 400.0,
            },
            &axis,
            &axis,
            &Sizes::of(800.0, 800.0),
        );
        assert!(frame.y(2.0) < frame.y(0.0) && frame.x(2.0) > frame.x(0.0));
        let ((x, y), middle) = (frame.at(1.0, 1.0), frame.inner.centre());
        assert!((x - middle.0).abs() < 1e-9 && (y - middle.1).abs() < 1e-9);
    }
}
