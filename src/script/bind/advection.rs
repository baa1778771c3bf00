//! Advection schemes as values.

use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::transport::{Advection, Linear, Monotone, Smooth};
use rhai::plugin::*;

kind!(
    Advection,
    "Advection",
    "an advection scheme, such as advection::monotone()"
);

/// Binds `advection::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Advection>();
    rooms.room("advection", exported_module!(advection));
}

#[export_module]
mod advection {
    /// Piecewise parabolic advection that makes no new extremum (Lin 2004): the scheme of TPCORE,
    /// and the usual one.
    ///
    /// # Returns
    /// An advection scheme for `transport::model`.
    ///
    /// # Example
    /// ```rhai
    /// let t = transport::model(meteorology::built_in(grid("30x30")), #{ step: "1 h", advection: advection::monotone() });
    /// assert(`${t}`.contains("advection::monotone()"));
    /// ```
    pub fn monotone() -> Advection {
        Advection::Monotone(Monotone)
    }

    /// Piecewise parabolic advection that keeps smooth extrema, and lets no member leave the range
    /// that it has in a level (after Colella and Sekora 2008; Zhang and Shu 2010). Less diffusive
    /// than `advection::monotone()`, and slower; in columns and next to the poles it is that
    /// scheme.
    ///
    /// # Returns
    /// An advection scheme for `transport::model`.
    ///
    /// # Example
    /// ```rhai
    /// let t = transport::model(meteorology::built_in(grid("30x30")), #{ step: "1 h", advection: advection::smooth() });
    /// let run = t.run(concentrations::uniform(t.grid, 1, 400), (), "2016-07-01", "2016-07-01T03:00");
    /// assert(run.ledger.imbalance < 1e-8);
    /// ```
    pub fn smooth() -> Advection {
        Advection::Smooth(Smooth)
    }

    /// Piecewise parabolic advection without limiter: it makes new extrema, and is linear, so that
    /// what it makes of the sum of two tracers is the sum of what it makes of each, to rounding.
    ///
    /// # Returns
    /// An advection scheme for `transport::model`.
    ///
    /// # Example
    /// ```rhai
    /// print(transport::model(meteorology::built_in(grid("30x30")), #{ step: "1 h", advection: advection::linear() }));
    /// ```
    pub fn linear() -> Advection {
        Advection::Linear(Linear)
    }
}
