//! Units on their own.

use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt, read};
use crate::units::{PETAGRAMS_PER_PPM, Unit};
use rhai::Dynamic;
use rhai::plugin::*;

/// Binds units.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Unit>();
    rooms.global(exported_module!(functions));
}

#[export_module]
mod functions {
    /// Converts a number from one unit to another.
    ///
    /// # Arguments
    /// - `value`: a number.
    /// - `from`, `to`: units, such as `"PgC/yr"`, `"kgC s-1"`, `"ppm"`.
    ///
    /// # Returns
    /// A number.
    ///
    /// # Errors
    /// An unknown unit, or units of different kinds.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(convert(1, "kgC m-2 s-1", "gC m-2 d-1"), 8.64e7, 1e-6);
    /// assert_near(convert(20, "degC", "K"), 293.15, 1e-9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn convert(
        context: NativeCallContext,
        value: Dynamic,
        from: &str,
        to: &str,
    ) -> Fallible<f64> {
        attempt(&context, || {
            let (factor, shift) = Unit::parse(from)?.conversion_to(&Unit::parse(to)?)?;
            Ok(read::<f64>("the value", &value)? * factor + shift)
        })
    }

    /// Carbon in the atmosphere per ppm of CO2: 2.124 PgC (Ballantyne et al. 2012).
    ///
    /// # Returns
    /// A number \[PgC ppm-1\].
    ///
    /// # Example
    /// ```rhai
    /// assert(petagrams_per_ppm() == 2.124);
    /// ```
    pub fn petagrams_per_ppm() -> f64 {
        PETAGRAMS_PER_PPM
    }
}
