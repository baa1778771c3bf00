//! From a canvas to a PNG or SVG file.

use super::canvas::{Across, Canvas, LINE_EMS, Mark, Point, Text, font};
use super::style::Colour;
use crate::error::{Error, Result};
use crate::io::write_whole;
use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, RGBColor};
use std::fmt::Display;
use std::path::Path;

/// Bitmaps are drawn this many times larger and averaged, which smooths every edge.
const SUPERSAMPLING: usize = 3;
/// Units of an SVG file per pixel: its coordinates are whole numbers.
const SVG_UNITS: f64 = 10.0;

/// Writes the canvas in the format the extension names.
///
/// # Errors
/// Another extension than `png` or `svg`, a size of nothing or beyond 20000 pixels, a folder that
/// cannot be written to.
pub(super) fn save(canvas: &Canvas, path: &Path) -> Result<()> {
    let (width, height) = canvas.size;
    if !(16..=20_000).contains(&width) || !(16..=20_000).contains(&height) {
        return Err(Error::new("a figure of this size cannot be drawn")
            .expected("16 to 20000 pixels each way")
            .got(format!("{width} x {height}")));
    }
    match path
        .extension()
        .map(|e| e.to_string_lossy().to_lowercase())
        .as_deref()
    {
        Some("png") => write_whole(path, |temporary| png(canvas, temporary)),
        Some("svg") => write_whole(path, |temporary| {
            std::fs::write(temporary, svg(canvas)?).map_err(failed)
        }),
        other => Err(Error::new("figures are written as .png or .svg")
            .got(other.map_or("a name without an extension".into(), |e| format!(".{e}")))
            .at(format!("file \"{}\"", path.display()))
            .hint(format!("\"{}\"", path.with_extension("png").display()))),
    }
}

fn failed(cause: impl Display) -> Error {
    Error::new("the figure cannot be written").got(cause)
}

fn png(canvas: &Canvas, path: &Path) -> Result<()> {
    let (width, height) = canvas.size;
    let pixels = rasterize(canvas)?;
    let mut backend = BitMapBackend::new(path, (width, height));
    backend
        .blit_bitmap((0, 0), (width, height), &pixels)
        .map_err(failed)?;
    backend.present().map_err(failed)
}

/// The picture as rows of red, green, blue.
pub(super) fn rasterize(canvas: &Canvas) -> Result<Vec<u8>> {
    let (width, height) = canvas.size;
    let n = SUPERSAMPLING;
    let (w, h) = (width as usize * n, height as usize * n);
    let mut large = vec![255; 3 * w * h];
    {
        let mut backend = BitMapBackend::with_buffer(&mut large, (w as u32, h as u32));
        // The rasterizer puts the baseline half a size below the given point.
        let text = Setting {
            size: LINE_EMS,
            baseline: LINE_EMS / 2.0,
            round_joints: true,
        };
        replay(&mut backend, canvas, n as f64, text)?;
    }
    let mut small = Vec::with_capacity(3 * width as usize * height as usize);
    for y in 0..height as usize {
        for x in 0..width as usize {
            for c in 0..3 {
                let sum: usize = (0..n * n)
                    .map(|k| usize::from(large[3 * ((y * n + k / n) * w + x * n + k % n) + c]))
                    .sum();
                small.push(((sum + n * n / 2) / (n * n)) as u8);
            }
        }
    }
    Ok(small)
}

fn svg(canvas: &Canvas) -> Result<String> {
    let (width, height) = canvas.size;
    let (w, h) = (width * SVG_UNITS as u32, height * SVG_UNITS as u32);
    let mut document = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut document, (w, h));
        backend
            .draw_rect((0, 0), (w as i32, h as i32), &RGBColor(255, 255, 255), true)
            .map_err(failed)?;
        // The backend divides sizes by 1.24 and lowers the baseline by 0.76 em.
        replay(
            &mut backend,
            canvas,
            SVG_UNITS,
            Setting {
                size: 1.24,
                baseline: 0.76,
                round_joints: false,
            },
        )?;
        backend.present().map_err(failed)?;
    }
    Ok(document.replacen(
        &format!("width=\"{w}\" height=\"{h}\""),
        &format!("width=\"{width}\" height=\"{height}\""),
        1,
    ))
}

/// How a backend is used: the size of text it wants per em, how far below the given point it puts
/// the baseline \[em\], and whether the bends of lines are drawn for it, which the rasterizer would
/// draw as spikes.
#[derive(Clone, Copy)]
struct Setting {
    size: f64,
    baseline: f64,
    round_joints: bool,
}

fn replay<B: DrawingBackend>(
    backend: &mut B,
    canvas: &Canvas,
    scale: f64,
    setting: Setting,
) -> Result<()> {
    let pixel = |(x, y): Point| ((x * scale).round() as i32, (y * scale).round() as i32);
    for mark in &canvas.marks {
        match mark {
            Mark::Polygon(points, colour, opacity) => {
                let at: Vec<_> = points.iter().copied().map(pixel).collect();
                match upright(&at) {
                    Some((a, b)) => backend.draw_rect(a, b, &rgb(*colour).mix(*opacity), true),
                    None => backend.fill_polygon(at, &rgb(*colour).mix(*opacity)),
                }
                .map_err(failed)?;
            }
            Mark::Line(points, colour, width) => {
                let mut at: Vec<_> = points.iter().copied().map(pixel).collect();
                at.dedup();
                draw_line(
                    backend,
                    at,
                    rgb(*colour),
                    (width * scale).round().max(1.0) as u32,
                    setting.round_joints,
                )?;
            }
            Mark::Disc(centre, radius, colour) => backend
                .draw_circle(
                    pixel(*centre),
                    (radius * scale).round() as u32,
                    &rgb(*colour),
                    true,
                )
                .map_err(failed)?,
            Mark::Text(text) => draw_text(backend, text, scale, setting)?,
        }
    }
    Ok(())
}

fn draw_line<B: DrawingBackend>(
    backend: &mut B,
    points: Vec<Place>,
    colour: RGBColor,
    width: u32,
    round_joints: bool,
) -> Result<()> {
    let style = colour.stroke_width(width);
    if !round_joints {
        return if points.len() > 1 {
            backend.draw_path(points, &style).map_err(failed)
        } else {
            Ok(())
        };
    }
    for pair in points.windows(2) {
        backend
            .draw_path(pair.iter().copied(), &style)
            .map_err(failed)?;
    }
    let joints = points.iter().skip(1).take(points.len().saturating_sub(2));
    joints.copied().try_for_each(|p| {
        if width > 2 {
            backend
                .draw_circle(p, width / 2, &colour, true)
                .map_err(failed)
        } else {
            Ok(())
        }
    })
}

fn draw_text<B: DrawingBackend>(
    backend: &mut B,
    text: &Text,
    scale: f64,
    setting: Setting,
) -> Result<()> {
    let across = match text.across {
        Across::Start => HPos::Left,
        Across::Middle => HPos::Center,
        Across::End => HPos::Right,
    };
    let turn = if text.upward {
        FontTransform::Rotate270
    } else {
        FontTransform::None
    };
    let font = font(text.em * scale * setting.size, text.bold).transform(turn);
    let style = font
        .color(&rgb(text.colour))
        .pos(Pos::new(across, VPos::Top));
    let (x, y) = (text.at.0 * scale, text.at.1 * scale);
    let drop = setting.baseline * text.em * scale;
    let at = if text.upward {
        (x - drop, y)
    } else {
        (x, y - drop)
    };
    backend
        .draw_text(
            &text.text,
            &style,
            (at.0.round() as i32, at.1.round() as i32),
        )
        .map_err(failed)
}

fn rgb(colour: Colour) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}

type Place = (i32, i32);

/// The corners of a rectangle with level sides, which backends fill faster and without seams.
fn upright(points: &[Place]) -> Option<(Place, Place)> {
    let [a, b, c, d] = points else { return None };
    let level = a.1 == b.1 && c.1 == d.1 && b.0 == c.0 && a.0 == d.0;
    level.then(|| ((a.0.min(c.0), a.1.min(c.1)), (a.0.max(c.0), a.1.max(c.1))))
}
