//! Figures inside a terminal that shows pictures, by the protocols of kitty, iTerm2 and DEC's
//! sixel.

use super::render::rasterize;
use super::{Canvas, Figure};
use crate::error::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::fmt::Write;
use std::path::Path;

/// What a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pictures {
    /// kitty, Ghostty, WezTerm.
    Kitty,
    /// iTerm2, VS Code.
    Iterm,
    /// foot, mlterm, xterm where it is compiled in.
    Sixel,
    /// No pictures: the figure in characters.
    Text,
    /// No pictures: the path of the file.
    Path,
}

impl Pictures {
    /// What the terminal says of itself in its environment; `MCAS_PICTURES` (kitty, iterm, sixel,
    /// text or path) decides otherwise.
    pub fn of_terminal(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is = |name: &str| variable(name).unwrap_or_default().to_lowercase();
        match is("MCAS_PICTURES").as_str() {
            "kitty" => return Pictures::Kitty,
            "iterm" => return Pictures::Iterm,
            "sixel" => return Pictures::Sixel,
            "text" => return Pictures::Text,
            "path" => return Pictures::Path,
            _ => {}
        }
        let (term, program) = (is("TERM"), is("TERM_PROGRAM"));
        if variable("TMUX").is_some() || term.starts_with("screen") {
            return Pictures::Path; // multiplexers keep these sequences to themselves
        }
        if variable("KITTY_WINDOW_ID").is_some()
            || term.contains("kitty")
            || ["ghostty", "wezterm"].contains(&program.as_str())
        {
            Pictures::Kitty
        } else if ["iterm.app", "vscode", "mintty"].contains(&program.as_str()) {
            Pictures::Iterm
        } else if ["sixel", "foot", "mlterm", "yaft"]
            .iter()
            .any(|t| term.contains(t))
        {
            Pictures::Sixel
        } else {
            Pictures::Path
        }
    }
}

/// Most columns of a sixel picture \[pixels\].
const SIXEL_WIDTH: u32 = 800;

/// The characters that make a terminal show a figure that has been written to `png`; the path where
/// it shows no pictures.
///
/// # Errors
/// The file cannot be read.
pub fn inline(figure: &dyn Figure, png: &Path, how: Pictures) -> Result<String> {
    let bytes =
        || std::fs::read(png).map_err(|e| Error::new("the figure cannot be read back").got(e));
    match how {
        Pictures::Kitty => Ok(kitty(&bytes()?)),
        Pictures::Iterm => {
            let bytes = bytes()?;
            Ok(format!(
                "\x1b]1337;File=inline=1;size={}:{}\x07",
                bytes.len(),
                BASE64.encode(bytes)
            ))
        }
        Pictures::Sixel => {
            let (width, height) = figure.size();
            let small = SIXEL_WIDTH.min(width);
            let mut canvas = Canvas::new((
                small,
                (f64::from(height) * f64::from(small) / f64::from(width)).round() as u32,
            ));
            let area = canvas.area();
            figure.draw(&mut canvas, area)?;
            Ok(sixel(&rasterize(&canvas)?, small as usize))
        }
        Pictures::Text => super::as_text(figure, 100, true),
        Pictures::Path => Ok(png.display().to_string()),
    }
}

/// A PNG in pieces of at most 4096 characters.
fn kitty(png: &[u8]) -> String {
    let encoded = BASE64.encode(png);
    let pieces: Vec<&[u8]> = encoded.as_bytes().chunks(4096).collect();
    let mut text = String::new();
    for (k, piece) in pieces.iter().enumerate() {
        let head = if k == 0 { "a=T,f=100," } else { "" };
        let more = u8::from(k + 1 < pieces.len());
        let _ = write!(
            text,
            "\x1b_G{head}m={more};{}\x1b\\",
            String::from_utf8_lossy(piece)
        );
    }
    text
}

/// Levels of each colour; their cubes fill the 216 registers used.
const LEVELS: usize = 6;

/// Rows of red, green, blue as sixels: bands of six rows, one pass over a band for each colour in
/// it.
fn sixel(pixels: &[u8], width: usize) -> String {
    let level = |v: u8| (usize::from(v) * (LEVELS - 1) + 127) / 255;
    let registers: Vec<usize> = pixels
        .chunks_exact(3)
        .map(|c| (level(c[0]) * LEVELS + level(c[1])) * LEVELS + level(c[2]))
        .collect();
    let height = registers.len() / width.max(1);
    let mut text = format!("\x1bPq\"1;1;{width};{height}");
    for k in 0..LEVELS.pow(3) {
        let percent = |v: usize| v * 100 / (LEVELS - 1);
        let _ = write!(
            text,
            "#{k};2;{};{};{}",
            percent(k / LEVELS / LEVELS),
            percent(k / LEVELS % LEVELS),
            percent(k % LEVELS)
        );
    }
    for top in (0..height).step_by(6) {
        let band = &registers[top * width..(top + 6).min(height) * width];
        let mut present: Vec<usize> = band.to_vec();
        present.sort_unstable();
        present.dedup();
        for colour in present {
            let _ = write!(text, "#{colour}");
            let column = |x: usize| {
                (0..band.len() / width)
                    .filter(|r| band[r * width + x] == colour)
                    .fold(0u8, |bits, r| bits | 1 << r)
            };
            let mut run = (column(0), 0);
            for bits in (0..width).map(column).chain([u8::MAX]) {
                if bits == run.0 {
                    run.1 += 1;
                } else {
                    let _ = write!(text, "!{}{}", run.1, char::from(63 + run.0));
                    run = (bits, 1);
                }
            }
            text.push('$');
        }
        text.push('-');
    }
    text + "\x1b\\"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_known_by_its_environment_and_the_variable_decides() {
        let of = |pairs: &[(&str, &str)]| {
            Pictures::of_terminal(|name| {
                pairs
                    .iter()
                    .find(|(k, _)| *k == name)
                    .map(|(_, v)| v.to_string())
            })
        };
        assert_eq!(of(&[("TERM", "xterm-kitty")]), Pictures::Kitty);
        assert_eq!(of(&[("TERM_PROGRAM", "iTerm.app")]), Pictures::Iterm);
        assert_eq!(of(&[("TERM", "foot")]), Pictures::Sixel);
        assert_eq!(of(&[("TERM", "xterm-256color")]), Pictures::Path);
        assert_eq!(
            of(&[("TERM", "xterm-kitty"), ("TMUX", "1")]),
            Pictures::Path
        );
        assert_eq!(
            of(&[("TERM", "xterm-kitty"), ("MCAS_PICTURES", "text")]),
            Pictures::Text
        );
    }

    #[test]
    fn pieces_for_kitty_are_small_and_whole() {
        let bytes: Vec<u8> = (0..10_000u32).map(|k| (k % 251) as u8).collect();
        let text = kitty(&bytes);
        let pieces: Vec<&str> = text
            .split("\x1b_G")
            .skip(1)
            .map(|p| p.split_once(';').unwrap().1.trim_end_matches("\x1b\\"))
            .collect();
        assert!(
            pieces.len() > 3
                && pieces.iter().all(|p| p.len() <= 4096)
                && text.matches("m=0").count() == 1
        );
        assert_eq!(BASE64.decode(pieces.concat()).unwrap(), bytes);
    }

    /// Paints sixels back: the reverse of the encoder, for pictures of whole bands.
    fn painted(text: &str, width: usize, height: usize) -> Vec<usize> {
        let mut registers = vec![usize::MAX; width * height];
        let body = &text
            [text.find("#215;2;100;100;100").unwrap() + "#215;2;100;100;100".len()..text.len() - 2];
        for (band, line) in body.split('-').filter(|l| !l.is_empty()).enumerate() {
            for pass in line.split('$').filter(|p| !p.is_empty()) {
                let mut runs = pass.trim_start_matches('#').split('!');
                let colour: usize = runs.next().unwrap().parse().unwrap();
                let mut x = 0;
                for run in runs {
                    let (count, bits) = run.split_at(run.len() - 1);
                    for _ in 0..count.parse::<usize>().unwrap() {
                        let bits = bits.as_bytes()[0] - 63;
                        (0..6)
                            .filter(|r| bits & (1 << r) != 0)
                            .for_each(|r| registers[(6 * band + r) * width + x] = colour);
                        x += 1;
                    }
                }
            }
        }
        registers
    }

    #[test]
    fn sixels_paint_the_picture_back() {
        let (width, height) = (5, 12);
        let pixels: Vec<u8> = (0..width * height)
            .flat_map(|k| [(k % 6 * 51) as u8, (k / 10 * 51) as u8, 255])
            .collect();
        let expected: Vec<usize> = pixels
            .chunks(3)
            .map(|c| (usize::from(c[0]) / 51 * 6 + usize::from(c[1]) / 51) * 6 + 5)
            .collect();
        assert_eq!(painted(&sixel(&pixels, width), width, height), expected);
    }
}
