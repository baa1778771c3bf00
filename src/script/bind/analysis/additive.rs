//! Additive inflation as a value.

use crate::analysis::Additive;
use crate::field::Field;
use crate::script::bind::analysis::{DrawsOptions, analysed};
use crate::script::bind::concentrations::Concentrations;
use crate::script::bridge::arrays::{beside, matrix};
use crate::script::bridge::options::OptionTable;
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::Arc;

kind!(Additive, "Additive", "additive inflation");

/// Binds `analysis::additive`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Additive>();
    rooms.room("analysis", exported_module!(functions));
    optional!(rooms, DrawsOptions:
        "add" = functions::add_rows_token,
        "add" = functions::add_concentrations_token,
    );
}

#[export_module]
mod functions {
    /// Additive inflation: fresh spread drawn from a pool of perturbations, centred so that the
    /// mean stays.
    ///
    /// # Arguments
    /// - `scale`: standard deviation added, over that of the pool.
    ///
    /// # Returns
    /// Additive inflation, with `add(state, pool, options)`.
    ///
    /// # Errors
    /// A negative scale.
    ///
    /// # Example
    /// ```rhai
    /// let x = field("x", [[1, 1, 1, 1]], #{ dims: ["state", "member"] });
    /// let wider = analysis::additive(0.5).add(x, [[-1, 1]], #{ seed: 1, stream: "week 1" });
    /// assert_near(wider.mean("member").value(), 1.0, 1e-12);
    /// assert(wider.max() > 1.0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn additive(context: NativeCallContext, scale: Dynamic) -> Fallible<Additive> {
        attempt(&context, || Additive::new(read("the scale", &scale)?))
    }

    /// Adds perturbations of a pool to every member.
    ///
    /// # Arguments
    /// - `state`: concentrations, or a field of two dimensions, the last of them the member.
    /// - `pool`: concentrations, or a matrix (state, perturbation), whose members' departures from
    ///   their mean are drawn from.
    ///
    /// # Returns
    /// What the state was.
    ///
    /// # Errors
    /// Another grid or number of rows; a pool of fewer than two.
    ///
    /// # Example
    /// ```rhai
    /// let air = concentrations::uniform(grid("30x30"), 4, 400);
    /// assert(analysis::additive(0.1).add(air, concentrations::uniform(grid("30x30"), 2, 401), #{ seed: 1 }).members == 4);
    /// ```
    #[rhai_fn(name = "add", global, return_raw)]
    pub fn add_rows(
        context: NativeCallContext,
        additive: &mut Additive,
        state: Field,
        pool: Dynamic,
        options: Map,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let draws = DrawsOptions::read(&context, options)?.draws();
            let pool = matrix("the pool", &beside(Some(&state.unit), "the pool", &pool)?)?;
            analysed(&state, |rows| additive.apply_rows(rows, &pool, &draws))
        })
    }

    #[rhai_fn(name = "add", global, return_raw)]
    pub fn add_concentrations(
        context: NativeCallContext,
        additive: &mut Additive,
        state: Concentrations,
        pool: Concentrations,
        options: Map,
    ) -> Fallible<Concentrations> {
        attempt(&context, || {
            let mut state = Arc::unwrap_or_clone(state);
            additive.apply(
                &mut state,
                &pool,
                &DrawsOptions::read(&context, options)?.draws(),
            )?;
            Ok(Arc::new(state))
        })
    }
}
