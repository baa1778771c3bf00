//! Figures in the terminal: as pictures where it shows them, as characters by choice, else as a
//! path.

use crate::error::{Error, Result};
use crate::plot;
use crate::plot::{Pictures, as_text, inline};
use crate::script::bind::plot::Figure;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, Host, attempt};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::io::IsTerminal;

/// Binds how figures are shown.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("plot", exported_module!(functions));
    optional!(rooms, AsTextOptions: "as_text" = functions::as_text_token);
}

options! {
    /// Options of a figure in characters.
    struct AsTextOptions of "plot::as_text" {
        /// Characters across.
        columns: usize = 100,
        /// Whether it is in the 24-bit colours of the terminal.
        colour: bool = false,
    }
}

/// Writes a figure that a session shows to `figure-N.png` in its output folder, and gives what to
/// print for it; nothing for another kind of value.
pub fn shown(host: &Host, value: &Dynamic) -> Option<Result<String>> {
    value
        .read_lock::<Figure>()
        .map(|figure| show_in(host, &figure))
}

fn show_in(host: &Host, figure: &Figure) -> Result<String> {
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
    plot::Figure::save(figure, &path)?;
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
    pub fn show(context: NativeCallContext, figure: &mut Figure) -> Fallible<()> {
        attempt(&context, || {
            let host = Host::of(&context);
            host.print(&show_in(&host, figure)?);
            Ok(())
        })
    }

    /// A figure in characters: lines as dots, fills as shades, text as text.
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
    pub fn as_text(
        context: NativeCallContext,
        figure: &mut Figure,
        options: Map,
    ) -> Fallible<String> {
        attempt(&context, || {
            let AsTextOptions { columns, colour } = AsTextOptions::read(&context, options)?;
            if !(20..=400).contains(&columns) {
                return Err(Error::new("a figure in characters does not fit")
                    .expected("20 to 400 columns")
                    .got(columns));
            }
            plot::as_text(figure, columns, colour)
        })
    }
}
