//! Errors as values: what a caught one says.

use crate::error::Error;
use crate::script::Host;
use crate::script::bridge::rooms::Rooms;
use crate::script::help::docs;
use crate::script::report::caught::{caught, position_of};
use rhai::Dynamic;
use rhai::plugin::*;

/// Binds errors and `caught`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Error>();
    rooms.global(exported_module!(functions));
}

#[export_module]
mod functions {
    /// What an error says went wrong.
    ///
    /// # Returns
    /// Text.
    ///
    /// # Example
    /// ```rhai
    /// try { date("July"); } catch (e) { assert(e.what == "the text is not a date"); }
    /// ```
    #[rhai_fn(get = "what")]
    pub fn what(error: &mut Error) -> String {
        error.report().what.clone()
    }

    /// What an error suggests to try; empty when nothing.
    ///
    /// # Returns
    /// Text.
    ///
    /// # Example
    /// ```rhai
    /// try { date("July"); } catch (e) { assert(e.hint.contains("2016-07-01")); }
    /// ```
    #[rhai_fn(get = "hint")]
    pub fn hint(error: &mut Error) -> String {
        error.report().hint.clone().unwrap_or_default()
    }

    /// The line on which a caught error of the language was raised; of other errors it is not
    /// known.
    ///
    /// # Returns
    /// A whole number, or ().
    ///
    /// # Example
    /// ```rhai
    /// try { [1, 2][7]; } catch (e) { assert(e.line == 1); }
    /// ```
    #[rhai_fn(get = "line")]
    pub fn line(context: NativeCallContext, error: &mut Error) -> Dynamic {
        let location =
            position_of(error).and_then(|at| Host::of(&context).lock().sources.location(at));
        location.map_or(Dynamic::UNIT, |p| (p.line as i64).into())
    }

    /// A caught error as it can be asked for its parts; `catch` does this by itself.
    ///
    /// # Arguments
    /// - `error`: what `catch` was given.
    ///
    /// # Returns
    /// An error with `what`, `hint` and `line`; anything else that was thrown as it is.
    ///
    /// # Example
    /// ```rhai
    /// try { [1, 2][7]; } catch (e) { assert(e.what == "index beyond the end of the array"); }
    /// try { throw 5; } catch (e) { assert(caught(e) == 5); }
    /// ```
    #[rhai_fn(name = "caught")]
    pub fn caught_error(context: NativeCallContext, error: Dynamic) -> Dynamic {
        caught(&error, &docs::of(&Host::of(&context)))
    }
}
