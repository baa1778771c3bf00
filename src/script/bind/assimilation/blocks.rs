//! Transports of blocks of members as a value.

use crate::assimilation::grid_of_blocks;
use crate::error::Result;
use crate::grid::Grid;
use crate::script::bind::assimilation::{Forecast, held, run};
use crate::script::bind::concentrations::Concentrations;
use crate::script::bind::flux::Flux;
use crate::script::bind::observations::Observations;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt, read};
use crate::transport::Transport;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::fmt;
use std::sync::Arc;

/// A transport for each block of members.
#[derive(Debug, Clone)]
pub struct TransportBlocks(Arc<Vec<Arc<Transport>>>);

impl fmt::Display for TransportBlocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        write!(f, "blocks of members with: {}", all.join("; "))
    }
}

kind!(
    TransportBlocks,
    "TransportBlocks",
    "transports of blocks of members, such as transport::blocks([model, another])"
);

/// Binds `transport::blocks`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<TransportBlocks>();
    rooms.room("transport", exported_module!(functions));
}

fn blocks_of(models: &Array) -> Result<TransportBlocks> {
    let models: Vec<Arc<Transport>> = models
        .iter()
        .map(|m| read("a transport", m))
        .collect::<Result<_>>()?;
    grid_of_blocks(&models)?;
    Ok(TransportBlocks(Arc::new(models)))
}

#[export_module]
mod functions {
    /// Transports of blocks of members: members 1 to m / n follow the first, and so on, so that
    /// winds and mixing differ between the members as those of the model differ from the air's.
    /// The ensemble then has the error of the transport in it. A forecast costs that of all
    /// members once, and the winds once for each block.
    ///
    /// # Arguments
    /// - `models`: an array of transports on one grid.
    ///
    /// # Returns
    /// A value whose `forecast` is that of a transport, as `cycle::run` has it with the option
    /// `transports`.
    ///
    /// # Errors
    /// No transports, or transports on different grids.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let models = [0.8, 1.2].map(|mixing| transport::model(meteorology::built_in(g, #{ mixing: mixing }), #{ step: "3 h" }));
    /// let hours = #{ start: date("2016-07-01"), handover: date("2016-07-01T12:00"), end: date("2016-07-01T12:00") };
    /// let plan = network::in_situ(hours.start, hours.end, #{});
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let prior = flux::prior(g, 1);
    /// let ones = ones(["factor", "member"], [175, 4]);
    /// let f = transport::blocks(models).forecast(concentrations::uniform(g, 4, 400), prior, ones, hours, observed);
    /// let e = f.equivalents;
    /// assert(e.isel(#{ member: 0 }).values() == e.isel(#{ member: 1 }).values() && e.isel(#{ member: 0 }).values() != e.isel(#{ member: 2 }).values());
    /// ```
    #[rhai_fn(return_raw)]
    pub fn blocks(context: NativeCallContext, models: Array) -> Fallible<TransportBlocks> {
        attempt(&context, || blocks_of(&models))
    }

    /// The grid of the transports.
    #[rhai_fn(get = "grid", global)]
    pub fn grid_of_blocks(blocks: &mut TransportBlocks) -> Arc<Grid> {
        blocks.0[0].meteorology().grid().clone()
    }

    /// Runs blocks of members over a window, each under its transport, and samples observations.
    ///
    /// # Arguments
    /// - `concentrations`, `flux`, `factors`, `span`, `observations`: as of `model.forecast`.
    ///
    /// # Returns
    /// A forecast of all members.
    ///
    /// # Errors
    /// Those of `model.forecast`, with the block; fewer members than transports.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let hours = #{ start: date("2016-07-01"), handover: date("2016-07-01T03:00"), end: date("2016-07-01T03:00") };
    /// let plan = network::in_situ(hours.start, hours.end, #{});
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let air = concentrations::uniform(g, 4, 400);
    /// let f = transport::blocks([model, model]).forecast(air, flux::truth(g, #{}), [], hours, observed);
    /// assert(f.equivalents.shape == [plan.len, 4]);
    /// ```
    #[rhai_fn(global, name = "forecast", return_raw)]
    pub fn forecast_in_blocks(
        context: NativeCallContext,
        blocks: &mut TransportBlocks,
        concentrations: Concentrations,
        flux: Flux,
        factors: Dynamic,
        span: Map,
        observations: Observations,
    ) -> Fallible<Forecast> {
        attempt(&context, || {
            let rows = &observations.rows;
            let forecast = run(
                &context,
                &blocks.0,
                concentrations,
                &flux,
                factors,
                span,
                rows,
            )?;
            held(&context, forecast, observations)
        })
    }
}
