//! What a figure is made of before it is a file: polygons, lines, discs and text, in pixels from
//! the upper left corner.

use super::shared::Shared;
use super::style::Colour;
use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use std::sync::Once;

/// A place on the canvas \[pixels right and down from the upper left corner\].
pub type Point = (f64, f64);

/// A rectangle on the canvas \[pixels\].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

impl Rect {
    /// Width.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }
    /// Height.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }
    /// The middle.
    pub fn centre(&self) -> Point {
        (
            0.5 * (self.left + self.right),
            0.5 * (self.top + self.bottom),
        )
    }
    /// Smaller by these widths.
    pub fn inset(&self, left: f64, top: f64, right: f64, bottom: f64) -> Rect {
        Rect {
            left: self.left + left,
            top: self.top + top,
            right: self.right - right,
            bottom: self.bottom - bottom,
        }
    }
    /// Whether the other lies within, to half a pixel.
    pub fn contains(&self, other: &Rect) -> bool {
        other.left >= self.left - 0.5
            && other.right <= self.right + 0.5
            && other.top >= self.top - 0.5
            && other.bottom <= self.bottom + 0.5
    }
    /// Whether the two share more than an edge.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// Which point of a text is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Across {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// Which height of a line of text is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// The top of its capitals.
    Top,
    /// The middle of its capitals.
    Middle,
    /// Its baseline.
    Base,
}

/// A line of text: its size, colour, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    pub(super) text: String,
    /// On the baseline.
    pub(super) at: Point,
    pub(super) em: f64,
    pub(super) bold: bool,
    pub(super) across: Across,
    /// Reads upward instead of rightward.
    pub(super) upward: bool,
    pub(super) colour: Colour,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    Polygon(Vec<Point>, Colour, f64),
    Line(Vec<Point>, Colour, f64),
    Disc(Point, f64, Colour),
    Text(Text),
}

/// A picture being drawn.
#[derive(Debug, Clone)]
pub struct Canvas {
    pub(super) size: (u32, u32),
    pub(super) marks: Vec<Mark>,
    pub(super) shared: Shared,
}

/// Height of capitals in ems.
const CAPITALS: f64 = 0.73;
/// Depth of descenders in ems.
const DESCENT: f64 = 0.24;

impl Canvas {
    /// An empty white canvas of this width and height \[pixels\].
    pub fn new(size: (u32, u32)) -> Self {
        Canvas {
            size,
            marks: Vec::new(),
            shared: Shared::default(),
        }
    }
    /// The whole of it.
    pub fn area(&self) -> Rect {
        Rect {
            left: 0.0,
            top: 0.0,
            right: self.size.0.into(),
            bottom: self.size.1.into(),
        }
    }
    /// A filled polygon.
    pub fn polygon(&mut self, points: Vec<Point>, colour: Colour) {
        self.marks.push(Mark::Polygon(points, colour, 1.0));
    }
    /// A filled polygon, translucent; `opacity` from 0 to 1.
    pub fn veil(&mut self, points: Vec<Point>, colour: Colour, opacity: f64) {
        self.marks.push(Mark::Polygon(points, colour, opacity));
    }
    /// A filled rectangle.
    pub fn rect(&mut self, r: Rect, colour: Colour) {
        self.polygon(corners(&r), colour);
    }
    /// The outline of a rectangle.
    pub fn outline(&mut self, r: Rect, colour: Colour, width: f64) {
        let mut points = corners(&r);
        points.push(points[0]);
        self.line(points, colour, width);
    }
    /// A line through points.
    pub fn line(&mut self, points: Vec<Point>, colour: Colour, width: f64) {
        if points.len() > 1 {
            self.marks.push(Mark::Line(points, colour, width));
        }
    }
    /// A filled disc.
    pub fn disc(&mut self, centre: Point, radius: f64, colour: Colour) {
        self.marks.push(Mark::Disc(centre, radius, colour));
    }
    /// A line of text `em` pixels in size.
    pub fn text(
        &mut self,
        text: &str,
        (x, y): Point,
        em: f64,
        across: Across,
        along: Along,
        colour: Colour,
    ) {
        self.push_text(
            text,
            (x, y + below(along) * em),
            em,
            across,
            colour,
            false,
            false,
        );
    }
    /// A line of bold text.
    pub fn bold(
        &mut self,
        text: &str,
        (x, y): Point,
        em: f64,
        across: Across,
        along: Along,
        colour: Colour,
    ) {
        self.push_text(
            text,
            (x, y + below(along) * em),
            em,
            across,
            colour,
            true,
            false,
        );
    }
    /// A line of text that reads upward; `along` is measured rightward.
    pub fn upward(
        &mut self,
        text: &str,
        (x, y): Point,
        em: f64,
        across: Across,
        along: Along,
        colour: Colour,
    ) {
        self.push_text(
            text,
            (x + below(along) * em, y),
            em,
            across,
            colour,
            false,
            true,
        );
    }

    #[allow(clippy::too_many_arguments)]
    fn push_text(
        &mut self,
        text: &str,
        at: Point,
        em: f64,
        across: Across,
        colour: Colour,
        bold: bool,
        upward: bool,
    ) {
        if !text.trim().is_empty() {
            self.marks.push(Mark::Text(Text {
                text: text.to_string(),
                at,
                em,
                bold,
                across,
                upward,
                colour,
            }));
        }
    }

    /// Every line of text with the rectangle it fills.
    pub fn texts(&self) -> Vec<(&str, Rect)> {
        let texts = self
            .marks
            .iter()
            .filter_map(|m| if let Mark::Text(t) = m { Some(t) } else { None });
        texts.map(|t| (t.text.as_str(), extent(t))).collect()
    }
}

fn corners(r: &Rect) -> Vec<Point> {
    vec![
        (r.left, r.top),
        (r.right, r.top),
        (r.right, r.bottom),
        (r.left, r.bottom),
    ]
}

fn below(along: Along) -> f64 {
    match along {
        Along::Top => CAPITALS,
        Along::Middle => CAPITALS / 2.0,
        Along::Base => 0.0,
    }
}

fn extent(t: &Text) -> Rect {
    let width = text_width(&t.text, t.em, t.bold);
    let start = match t.across {
        Across::Start => 0.0,
        Across::Middle => -width / 2.0,
        Across::End => -width,
    };
    let (x, y) = t.at;
    if t.upward {
        Rect {
            left: x - CAPITALS * t.em,
            right: x + DESCENT * t.em,
            top: y - start - width,
            bottom: y - start,
        }
    } else {
        Rect {
            left: x + start,
            right: x + start + width,
            top: y - CAPITALS * t.em,
            bottom: y + DESCENT * t.em,
        }
    }
}

/// The family every text is set in; viewers of SVG files without it take the next.
pub(super) const FAMILY: &str = "DejaVu Sans, Verdana, Arial, sans-serif";

/// A font of this size in the embedded family. `size` is ascent plus descent, as the rasterizer
/// counts.
pub(super) fn font(size: f64, bold: bool) -> FontDesc<'static> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        for (style, bytes) in [
            (FontStyle::Normal, dejavu::sans::regular()),
            (FontStyle::Bold, dejavu::sans::bold()),
        ] {
            assert!(
                register_font(FAMILY, style, bytes).is_ok(),
                "the embedded font is whole"
            );
        }
    });
    FontDesc::new(
        FontFamily::Name(FAMILY),
        size,
        if bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        },
    )
}

/// Ascent plus descent of the family in ems.
pub(super) const LINE_EMS: f64 = 1.164;

/// The width of a line of text \[pixels\] at a size of `em` pixels.
pub fn text_width(text: &str, em: f64, bold: bool) -> f64 {
    const MEASURED_AT: f64 = 1000.0;
    let ((left, _), (right, _)) = font(MEASURED_AT * LINE_EMS, bold)
        .layout_box(text)
        .unwrap_or_default();
    f64::from(right - left) * em / MEASURED_AT
}

/// Breaks a text at spaces into lines no wider than `width`; a longer word has a line of its own.
pub fn wrap(text: &str, em: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), em, false) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_text_is_wider_and_grows_with_its_size() {
        let (a, b) = (
            text_width("CO₂", 20.0, false),
            text_width("CO₂ flux", 20.0, false),
        );
        assert!(a > 20.0 && b > a);
        assert!((text_width("CO₂", 40.0, false) / a - 2.0).abs() < 1e-9);
    }

    #[test]
    fn wrapped_lines_fit_and_keep_every_word() {
        let lines = wrap("South American Temperate", 16.0, 120.0);
        assert!(lines.len() > 1 && lines.iter().all(|l| text_width(l, 16.0, false) <= 120.0));
        assert_eq!(lines.join(" "), "South American Temperate");
    }
}
