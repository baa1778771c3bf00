//! Steps by lists of sites, and by what else was measured nearby.

use super::Step;
use crate::observation::select::{Coincident, Exclude, Moved, Scope};
use crate::script::bind::observations::Observations;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, attempt};
use crate::table::Table;
use rhai::Map;
use rhai::plugin::*;
use std::sync::Arc;

/// Binds the steps by lists.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("select", exported_module!(functions));
    optional!(rooms, CoincidentOptions: "select::coincident" = functions::coincident_token);
}

options! {
    /// What is near.
    struct CoincidentOptions of "select::coincident" {
        /// Half the height of the box.
        latitude: f64 ["degrees"] = 2.5,
        /// Half its width.
        longitude: f64 ["degrees"] = 5.0,
        /// Half its length in time.
        hours: f64 ["h"] = 1.0,
        /// Patterns of kinds; all by default.
        kinds: Vec<String> = vec![],
    }
}

#[export_module]
mod functions {
    /// Leaves out what a row of a table describes.
    ///
    /// # Arguments
    /// - `list`: a table of patterns of `site`, `kind`, `source` or attributes, and dates `start`
    ///   and `end`; all of a row must fit, an empty cell says nothing.
    ///
    /// # Returns
    /// A step; the funnel names the rows that fit nothing.
    ///
    /// # Example
    /// ```rhai
    /// let urban = table([#{ site: "PAO", kind: "" }, #{ site: "*", kind: "ship*" }]);
    /// assert(select::exclude(urban).to_string() == "excluded");
    /// ```
    pub fn exclude(list: Table) -> Step {
        Step(Arc::new(Exclude(list)))
    }

    /// Samples sites elsewhere in the model: coastal flasks over the sea, intakes raised.
    ///
    /// # Arguments
    /// - `list`: a table of `site`, perhaps `kind`, as patterns, and the new `latitude`,
    ///   `longitude` \[degrees\], `altitude` \[m above sea level\] or `height` \[m above ground\];
    ///   a missing number stays as it is.
    ///
    /// # Returns
    /// A step.
    ///
    /// # Example
    /// ```rhai
    /// let moves = table([#{ site: "CGO", longitude: 142.0 }]);
    /// assert(select::moved(moves).to_string() == "moved sites");
    /// ```
    pub fn moved(list: Table) -> Step {
        Step(Arc::new(Moved(list)))
    }

    /// Keeps what lies near some of other observations in place and time, such as soundings near a
    /// spectrometer.
    ///
    /// # Arguments
    /// - `others`: observations.
    ///
    /// # Returns
    /// A step.
    ///
    /// # Errors
    /// A box that is not positive.
    ///
    /// # Example
    /// ```rhai
    /// let none = observations::merge([]);
    /// assert(select::coincident(none, #{ hours: 2 }).to_string() == "within 2.5 x 5 degrees and 2 h");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn coincident(
        context: NativeCallContext,
        others: Observations,
        options: Map,
    ) -> Fallible<Step> {
        attempt(&context, || {
            let o = CoincidentOptions::read(&context, options)?;
            let scope = Scope {
                kinds: o.kinds,
                ..Scope::default()
            };
            let size = (o.latitude, o.longitude);
            let step = Coincident::new(&others, size, o.hours * 3600.0, scope)?;
            Ok(Step(Arc::new(step)))
        })
    }
}
