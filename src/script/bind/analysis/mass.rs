//! Closures of the carbon of an analysis as values.

use crate::analysis::MassClosure;
use crate::field::Field;
use crate::script::bind::concentrations::Concentrations;
use crate::script::bind::meteorology::Meteorology;
use crate::script::bridge::arrays::{line_of, vector};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, Host, attempt, read};
use crate::units::Unit;
use ndarray::Array1;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::Arc;

kind!(MassClosure, "MassClosure", "a closure of mass");

/// Binds `analysis::uniform_closure` and `analysis::increment_closure`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<MassClosure>();
    rooms.room("analysis", exported_module!(functions));
}

#[export_module]
mod functions {
    /// Closes the carbon of an analysis by the same mole fraction everywhere.
    ///
    /// # Returns
    /// A closure of mass, with `close(analysis, forecast, flux_change, meteorology, time)`.
    ///
    /// # Example
    /// ```rhai
    /// print(analysis::uniform_closure());
    /// ```
    pub fn uniform_closure() -> MassClosure {
        MassClosure::Uniform
    }

    /// Closes the carbon of an analysis in proportion to the size of the increment.
    ///
    /// # Returns
    /// A closure of mass, with `close(analysis, forecast, flux_change, meteorology, time)`.
    ///
    /// # Example
    /// ```rhai
    /// print(analysis::increment_closure());
    /// ```
    pub fn increment_closure() -> MassClosure {
        MassClosure::ByIncrement
    }

    /// Gives every member the forecast's carbon plus what the analysed factors emit beyond the
    /// forecast's.
    ///
    /// # Arguments
    /// - `analysis`, `forecast`: concentrations after and before the update.
    /// - `flux_change`: what each member's analysed factors emit beyond its forecast's (member)
    ///   \[PgC\].
    /// - `meteorology`, `time`: whose surface pressure to use, and when.
    ///
    /// # Returns
    /// A map: concentrations; `added`, the carbon added to each member \[PgC\]; `analysed` and
    /// `wanted`, its carbon before and after.
    ///
    /// # Errors
    /// States that do not belong together; another number of changes than members.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let air = concentrations::uniform(g, 3, 400);
    /// let closed = analysis::uniform_closure().close(air, air, [0.1, 0, -0.1], meteorology::built_in(g), "2016-01-01");
    /// assert_near(closed.added[0].value(), 0.1, 1e-6);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn close(
        context: NativeCallContext,
        closure: &mut MassClosure,
        analysis: Concentrations,
        forecast: Concentrations,
        flux_change: Dynamic,
        meteorology: Meteorology,
        time: Dynamic,
    ) -> Fallible<Map> {
        let (state, correction) = attempt(&context, || {
            let change = match flux_change.read_lock::<Field>() {
                Some(field) if !field.unit.is_none() => {
                    Dynamic::from(field.to_unit(&Unit::parse("PgC")?)?)
                }
                _ => flux_change.clone(),
            };
            let change = vector("the change of flux", &change, forecast.n_members())? * 1e12;
            let air = meteorology.0.atmosphere(read("the time", &time)?)?;
            let mut state = Arc::unwrap_or_clone(analysis);
            let correction = closure.apply(
                &mut state,
                &forecast,
                &change.to_vec(),
                &air.surface_pressure,
            )?;
            Ok((state, correction))
        })?;
        correction
            .warnings
            .iter()
            .for_each(|w| Host::of(&context).warn(w.clone()));
        attempt(&context, || {
            let carbon = |name: &str, values: &[f64]| {
                let mut field = line_of(name, Array1::from(values.to_vec()) * 1e-12, "member");
                field.unit = Unit::parse("PgC")?;
                Ok(Dynamic::from(field))
            };
            Ok(Map::from_iter([
                ("concentrations".into(), Dynamic::from(Arc::new(state))),
                ("added".into(), carbon("added", &correction.added())?),
                ("analysed".into(), carbon("analysed", &correction.analysed)?),
                ("wanted".into(), carbon("wanted", &correction.wanted)?),
            ]))
        })
    }
}
