//! Figures in characters: fills as colours or shades, lines as braille dots, text as text.

use super::canvas::{Across, Canvas, Mark, Text};
use super::render::rasterize;
use super::{Figure, text_width};
use crate::error::Result;
use std::fmt::Write;

/// Dots of a character, across and down.
const DOTS: (usize, usize) = (2, 4);
/// Pixels the figure is drawn on for each dot.
const PIXELS: usize = 6;
/// Shades of a fill where there is no colour, light to dark.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

type Rgb = [u8; 3];
const PAPER: Rgb = [255, 255, 255];

/// A figure as `columns` characters across; `colour` sets it in the terminal's 24-bit colours.
///
/// # Errors
/// As the figure's own.
pub fn as_text(figure: &dyn Figure, columns: usize, colour: bool) -> Result<String> {
    let (width, height) = figure.size();
    let columns = columns.clamp(20, 400);
    let (cell_x, cell_y) = (DOTS.0 * PIXELS, DOTS.1 * PIXELS);
    let scale = (columns * cell_x) as f64 / f64::from(width);
    let rows = ((f64::from(height) * scale / cell_y as f64).ceil() as usize).max(4);
    // Drawn at the size of the sheet of characters; letters come out about a character wide at 100
    // columns.
    let mut canvas = Canvas::new(((columns * cell_x) as u32, (rows * cell_y) as u32));
    let area = canvas.area();
    figure.draw(&mut canvas, area)?;
    let (fills, strokes): (Vec<Mark>, Vec<Mark>) = canvas
        .marks
        .iter()
        .cloned()
        .partition(|m| matches!(m, Mark::Polygon(..)));
    let size = canvas.size;
    let layer = |marks: Vec<Mark>| {
        let mut canvas = Canvas::new(size);
        canvas.marks = marks;
        rasterize(&canvas)
    };
    let (texts, strokes): (Vec<Mark>, Vec<Mark>) = strokes
        .into_iter()
        .partition(|m| matches!(m, Mark::Text(_)));
    let (fills, strokes) = (layer(fills)?, layer(strokes)?);
    let mut sheet: Vec<Vec<Cell>> = (0..rows)
        .map(|y| {
            (0..columns)
                .map(|x| cell(&fills, &strokes, size.0 as usize, x, y))
                .collect()
        })
        .collect();
    for text in &texts {
        if let Mark::Text(t) = text {
            write_text(&mut sheet, t, (cell_x as f64, cell_y as f64));
        }
    }
    Ok(if colour {
        coloured(&sheet)
    } else {
        shaded(&sheet)
    })
}

/// One character: the colour behind, the dots drawn over it with theirs, or a letter.
#[derive(Debug, Clone, Copy)]
struct Cell {
    behind: Rgb,
    dots: u8,
    ink: Rgb,
    letter: Option<char>,
}

fn cell(fills: &[u8], strokes: &[u8], width: usize, x: usize, y: usize) -> Cell {
    let pixel = |layer: &[u8], px: usize, py: usize| -> Rgb {
        std::array::from_fn(|c| layer[3 * (py * width + px) + c])
    };
    let (left, top) = (x * DOTS.0 * PIXELS, y * DOTS.1 * PIXELS);
    let block = |left: usize, top: usize, w: usize, h: usize| {
        (0..w * h).map(move |k| (left + k % w, top + k / w))
    };
    let behind =
        mean(block(left, top, DOTS.0 * PIXELS, DOTS.1 * PIXELS).map(|(a, b)| pixel(fills, a, b)));
    let (mut dots, mut drawn) = (0u8, Vec::new());
    // The order of the bits of braille characters.
    for (bit, (dx, dy)) in [
        (0, 0),
        (0, 1),
        (0, 2),
        (1, 0),
        (1, 1),
        (1, 2),
        (0, 3),
        (1, 3),
    ]
    .into_iter()
    .enumerate()
    {
        let marked: Vec<Rgb> = block(left + dx * PIXELS, top + dy * PIXELS, PIXELS, PIXELS)
            .map(|(a, b)| pixel(strokes, a, b))
            .filter(|c| c.iter().map(|v| u32::from(*v)).sum::<u32>() < 480)
            .collect();
        if marked.len() >= 3 {
            dots |= 1 << bit;
            drawn.extend(marked);
        }
    }
    Cell {
        behind,
        dots,
        ink: mean(drawn.into_iter()),
        letter: None,
    }
}

fn mean(colours: impl Iterator<Item = Rgb>) -> Rgb {
    let (mut sum, mut n) = ([0u32; 3], 0);
    for c in colours {
        (0..3).for_each(|k| sum[k] += u32::from(c[k]));
        n += 1;
    }
    if n == 0 {
        PAPER
    } else {
        sum.map(|s| (s / n) as u8)
    }
}

fn write_text(sheet: &mut [Vec<Cell>], text: &Text, (cell_x, cell_y): (f64, f64)) {
    let letters: Vec<char> = text.text.chars().collect();
    let n = letters.len() as isize;
    let (x, y) = text.at;
    let from = match text.across {
        Across::Start => 0,
        Across::Middle => -n / 2,
        Across::End => -n,
    };
    let ink = [text.colour.0, text.colour.1, text.colour.2];
    for (k, letter) in (0..n).zip(letters) {
        // What reads upward is set letter under letter about its middle.
        let (column, row) = if text.upward {
            let middle = match text.across {
                Across::Start => y - 0.5 * text_width(&text.text, text.em, text.bold),
                Across::Middle => y,
                Across::End => y + 0.5 * text_width(&text.text, text.em, text.bold),
            };
            (
                ((x - 0.3 * text.em) / cell_x) as isize,
                (middle / cell_y) as isize - n / 2 + k,
            )
        } else {
            (
                (x / cell_x).round() as isize + from + k,
                ((y - 0.35 * text.em) / cell_y) as isize,
            )
        };
        let position = usize::try_from(row)
            .ok()
            .and_then(|r| sheet.get_mut(r))
            .zip(usize::try_from(column).ok());
        if let Some(cell) = position.and_then(|(line, c)| line.get_mut(c)) {
            (cell.letter, cell.ink, cell.dots) = (Some(letter), ink, 0);
        }
    }
}

fn coloured(sheet: &[Vec<Cell>]) -> String {
    let mut text = String::new();
    for line in sheet {
        let mut last = None;
        for c in line {
            if last != Some((c.behind, c.ink)) {
                let ([r, g, b], [x, y, z]) = (c.behind, c.ink);
                let _ = write!(text, "\x1b[48;2;{r};{g};{b}m\x1b[38;2;{x};{y};{z}m");
                last = Some((c.behind, c.ink));
            }
            text.push(
                c.letter
                    .unwrap_or(if c.dots == 0 { ' ' } else { braille(c.dots) }),
            );
        }
        text.push_str("\x1b[0m\n");
    }
    text
}

fn shaded(sheet: &[Vec<Cell>]) -> String {
    let dark = |c: &Cell| 1.0 - c.behind.iter().map(|v| f64::from(*v)).sum::<f64>() / 765.0;
    let shade = |c: &Cell| SHADES[((dark(c) * 6.0) as usize).min(SHADES.len() - 1)];
    let character = |c: &Cell| {
        c.letter.unwrap_or(if c.dots == 0 {
            shade(c)
        } else {
            braille(c.dots)
        })
    };
    sheet
        .iter()
        .map(|line| {
            line.iter()
                .map(character)
                .collect::<String>()
                .trim_end()
                .to_string()
                + "\n"
        })
        .collect()
}

fn braille(dots: u8) -> char {
    char::from_u32(0x2800 + u32::from(dots)).unwrap_or('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::{Lines, Series};

    #[test]
    fn a_rising_line_rises_in_characters_and_its_title_can_be_read() {
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let text = as_text(
            &Lines::new("A rising line").series(Series::new("", &x, &x)),
            80,
            false,
        )
        .unwrap();
        assert!(text.contains("A rising line"), "{text}");
        let rows: Vec<&str> = text.lines().collect();
        assert!(rows.iter().all(|r| r.chars().count() <= 80));
        let (upper, lower) = (rows[rows.len() / 3], rows[2 * rows.len() / 3]);
        // Grid lines are faint and leave no dots.
        let last = |line: &str| {
            line.chars()
                .enumerate()
                .filter(|(_, c)| ('\u{2801}'..='\u{28ff}').contains(c))
                .map(|(k, _)| k)
                .last()
        };
        assert!(last(upper) > last(lower), "{text}");
    }

    #[test]
    fn colours_end_with_every_line() {
        let text = as_text(
            &Lines::new("").series(Series::new("", &[0.0, 1.0], &[0.0, 1.0])),
            60,
            true,
        )
        .unwrap();
        assert!(text.lines().all(|l| l.ends_with("\x1b[0m")));
    }
}
