//! Figures in the terminal: as pictures where it shows them, as characters by choice, else as a
//! path.

use crate::error::{Error, Result};
use crate::plot::{Figure, Pictures, as_text, inline};
use crate::script::bind::plot::Drawing;
use crate::script::{Fallible, Host, Options, attempt};
use rhai::plugin::*;
use rhai::{Dynamic, Map, Module};
use std::io::IsTerminal;

/// The functions.
pub(super) fn module() -> Module {
    exported_module!(functions)
}

/// Writes a figure that a session shows to `figure-N.png` in its output folder, and gives what to
/// print for it; nothing for another kind of value.
pub fn shown(host: &Host, value: &Dynamic) -> Option<Result<String>> {
    value
        .read_lock::<Drawing>()
        .map(|figure| show_in(host, &figure))
}

fn show_in(host: &Host, figure: &Drawing) -> Result<String> {
    let visible = host.lock().printed.is_none() && std::io::stdout().is_terminal();
    let how = if visible || std::env::var_os("MCAS_PICTURES").is_some() {
        Pictures::of_terminal(|name| std::env::var(name).ok())
    } else {
        Pictures::Path
    };
    if how == Pictures::Text {
        return as_text(figure, 100, visible);
    }
    let taken = |n: &usize| {
        !host
            .lock()
            .written
            .iter()
            .any(|p| p.ends_with(format!("figure-{n}.png")))
    };
    let number = (1..).find(taken).unwrap_or(1);
    let path = host.output(&format!("figure-{number}.png"))?;
    figure.save(&path)?;
    inline(figure, &path, how)
}

#[export_module]
mod functions {
    /// Shows a figure: as a picture in a terminal that can (kitty, iTerm2, sixel), else as the path
    /// of its file, which is `figure-1.png`, `figure-2.png`, ... in the output folder.
    ///
    /// The environment variable `MCAS_PICTURES` (kitty, iterm, sixel, text or path) decides
    /// otherwise.
    ///
    /// # Arguments
    /// - `figure`: such as a map.
    ///
    /// # Errors
    /// The folder cannot be written to.
    ///
    /// # Example
    /// ```rhai
    /// plot::map(regions::land(grid("4x5")), #{ title: "Land" }).show();
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn show(context: NativeCallContext, figure: &mut Drawing) -> Fallible<()> {
        attempt(&context, || {
            let host = Host::of(&context);
            host.print(&show_in(&host, figure)?);
            Ok(())
        })
    }

    /// A figure in characters: lines as dots, fills as shades, text as text.
    ///
    /// # Arguments
    /// - `options`: optional. `columns`: 100, characters across; `colour`: false, true sets it in
    ///   the terminal's 24-bit colours.
    ///
    /// # Returns
    /// Text of several lines.
    ///
    /// # Errors
    /// A width that no terminal has.
    ///
    /// # Example
    /// ```rhai
    /// let figure = plot::lines(#{ title: "Up", series: [#{ x: [1, 2], y: [1, 2] }] });
    /// assert(figure.as_text().contains("Up"));
    /// ```
    #[rhai_fn(global, name = "as_text", return_raw)]
    pub fn as_text_plain(context: NativeCallContext, figure: &mut Drawing) -> Fallible<String> {
        attempt(&context, || as_text(figure, 100, false))
    }

    #[rhai_fn(global, name = "as_text", return_raw)]
    pub fn as_text_with(
        context: NativeCallContext,
        figure: &mut Drawing,
        options: Map,
    ) -> Fallible<String> {
        attempt(&context, || {
            let mut o = Options::new("as_text", options);
            let (columns, colour) = (o.or("columns", 100usize)?, o.or("colour", false)?);
            o.finish()?;
            if !(20..=400).contains(&columns) {
                return Err(Error::new("a figure in characters does not fit")
                    .expected("20 to 400 columns")
                    .got(columns));
            }
            as_text(figure, columns, colour)
        })
    }
}
