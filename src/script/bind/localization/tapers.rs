//! Tapers by distance as values.

use crate::constants::EARTH_RADIUS;
use crate::error::Result;
use crate::localization;
use crate::localization::{Boxcar, GaspariCohn, Tabulated, TaperProduct, gaspari_cohn};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::{kind, quantity};
use crate::script::{Fallible, ScriptFunction, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr};
use std::fmt;
use std::sync::Arc;

/// Distance between the points at which a function is tabulated.
const STEP_KM: f64 = 10.0;

/// A taper as a script holds it.
#[derive(Debug, Clone)]
pub struct Taper(pub Arc<dyn localization::Taper>);

impl fmt::Display for Taper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

kind!(Taper, "Taper", "a taper");

/// Binds tapers under `localization::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Taper>();
    rooms.room("localization", exported_module!(functions));
}

#[export_module]
mod functions {
    /// A taper that is 1 inside a radius and 0 outside, for `analysis::letkf`.
    ///
    /// # Arguments
    /// - `radius_km`: \[km\].
    ///
    /// # Returns
    /// A taper.
    ///
    /// # Errors
    /// A radius that is not positive.
    ///
    /// # Example
    /// ```rhai
    /// let t = localization::boxcar(1000);
    /// assert(t.weight(900) == 1.0 && t.weight(1100) == 0.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn boxcar(context: NativeCallContext, radius_km: Dynamic) -> Fallible<Taper> {
        attempt(&context, || {
            Ok(Taper(Arc::new(Boxcar::new(quantity(
                "the radius",
                &radius_km,
                "km",
            )?)?)))
        })
    }

    #[rhai_fn(name = "gaspari_cohn", return_raw)]
    pub fn taper_value(context: NativeCallContext, half_width_km: Dynamic) -> Fallible<Taper> {
        attempt(&context, || {
            Ok(Taper(Arc::new(GaspariCohn::new(quantity(
                "the half width",
                &half_width_km,
                "km",
            )?)?)))
        })
    }

    #[rhai_fn(name = "product")]
    pub fn taper_product(first: Taper, second: Taper) -> Taper {
        Taper(Arc::new(TaperProduct(first.0, second.0)))
    }

    /// A taper from a function of your own. It is tabulated once, every 10 km, so that it costs
    /// nothing per column.
    ///
    /// # Arguments
    /// - `weight`: a function of the distance \[km\], a chord through the Earth, that gives a
    ///   number from 0 to 1.
    ///
    /// # Returns
    /// A taper.
    ///
    /// # Errors
    /// A weight outside of 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// let t = localization::taper(|d| exp(-1.0 * (d / 1000.0) ** 2));
    /// assert_near(t.weight(1000), exp(-1), 1e-4);
    /// ```
    #[rhai_fn(name = "taper", return_raw)]
    pub fn from_function(context: NativeCallContext, weight: FnPtr) -> Fallible<Taper> {
        let function = ScriptFunction::new(&context, weight);
        attempt(&context, || {
            let steps = (2e-3 * EARTH_RADIUS / STEP_KM).ceil() as usize;
            let weights = (0..=steps)
                .map(|k| function.call_for::<f64>("the weight of a taper", (k as f64 * STEP_KM,)));
            Ok(Taper(Arc::new(Tabulated::new(
                STEP_KM,
                weights.collect::<Result<_>>()?,
            )?)))
        })
    }

    /// The weight of a taper at a distance.
    ///
    /// # Arguments
    /// - `distance_km`: \[km\].
    ///
    /// # Returns
    /// A number from 0 to 1.
    ///
    /// # Errors
    /// Something that is no distance.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(localization::gaspari_cohn(1000).weight(1000), 5.0 / 24.0, 1e-12);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn weight(
        context: NativeCallContext,
        taper: &mut Taper,
        distance_km: Dynamic,
    ) -> Fallible<f64> {
        attempt(&context, || {
            Ok(taper
                .0
                .weight(quantity("the distance", &distance_km, "km")?))
        })
    }

    /// The taper of Gaspari and Cohn (1999): 1 at distance 0, 0 from twice the half width on.
    ///
    /// # Arguments
    /// - `distance`, `half_width`: in one unit; or the half width \[km\] alone, for a taper as a
    ///   value.
    ///
    /// # Returns
    /// A number from 0 to 1, or a taper.
    ///
    /// # Errors
    /// Arguments that are not numbers.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(localization::gaspari_cohn(1000, 1000), 5.0 / 24.0, 1e-12);
    /// ```
    #[rhai_fn(name = "gaspari_cohn", return_raw)]
    pub fn taper(
        context: NativeCallContext,
        distance: Dynamic,
        half_width: Dynamic,
    ) -> Fallible<f64> {
        attempt(&context, || {
            Ok(gaspari_cohn(
                read("the distance", &distance)?,
                read("the half width", &half_width)?,
            ))
        })
    }
}
