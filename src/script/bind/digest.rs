//! Digests of values.

use crate::flux::FluxBasis;
use crate::script::bind::flux::Flux;
use crate::script::bind::observations::Observations;
use crate::script::bridge::rooms::Rooms;
use crate::script::session::show::show;
use crate::script::tools::digest;
use crate::script::tools::stored::Parts;
use crate::script::{Fallible, attempt, read};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Array, Dynamic};

/// Binds `digest`.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(digests));
}

/// The digest of a value: of its bits where it can be kept in a file, of its text otherwise.
fn digest_of(context: &NativeCallContext, value: &Dynamic) -> String {
    match Parts::of("the value", value) {
        Ok(parts) => digest::of_parts(parts.bytes(), parts.singles()),
        Err(_) => digest::of_text(&show(context, value)),
    }
}

#[export_module]
mod digests {
    /// The digest (SHA-256) of a value: the same for the same bits of numbers, text, dates, arrays,
    /// maps, fields, tables, factors, concentrations and observations; of anything else that of its
    /// text.
    ///
    /// # Arguments
    /// - `value`: anything.
    ///
    /// # Returns
    /// Text of 64 digits.
    ///
    /// # Example
    /// ```rhai
    /// assert(digest([0.1 + 0.2]) != digest([0.3]) && digest(#{ a: 1 }) == digest(#{ a: 1 }));
    /// ```
    #[rhai_fn(name = "digest")]
    pub fn digest_of_value(context: NativeCallContext, value: Dynamic) -> String {
        digest_of(&context, &value)
    }

    /// The digest of observations: all of their columns.
    #[rhai_fn(name = "digest", return_raw)]
    pub fn digest_of_observations(
        context: NativeCallContext,
        observations: Observations,
    ) -> Fallible<String> {
        attempt(&context, || {
            let table = Dynamic::from(observations.to_full_table()?);
            Ok(digest_of(&context, &table))
        })
    }

    /// The digest of a flux: of its means between dates, with and without factors.
    #[rhai_fn(name = "digest", return_raw)]
    pub fn digest_of_flux(
        context: NativeCallContext,
        flux: Flux,
        dates: Array,
    ) -> Fallible<String> {
        attempt(&context, || {
            let dates: Vec<Time> = read("the dates", &dates.into())?;
            let mut all = vec![];
            for pair in dates.windows(2) {
                let mut basis = FluxBasis::default();
                flux.model.between(pair[0], pair[1], &mut basis)?;
                all.push(digest::of_basis(&basis));
            }
            Ok(digest::of_text(&all.join(" ")))
        })
    }
}
