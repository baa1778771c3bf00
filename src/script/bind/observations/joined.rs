//! Super-observations.

use crate::error::{Result, Warning};
use crate::grid::Grid;
use crate::observation::{Joining, SuperObservations, Thinning};
use crate::script::bind::observations::Observations;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::choice;
use crate::script::{Fallible, Host, attempt};
use rhai::Map;
use rhai::plugin::*;
use std::sync::Arc;

/// Binds the joining of observations.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("observations", exported_module!(functions));
    optional!(rooms, ThinnedOptions: "thinned" = functions::thinned_token);
}

/// What shares a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    Cell,
    Site,
}

choice!(Place, "what is joined", { "cell" => Place::Cell, "site" => Place::Site });

options! {
    /// How observations are joined to super-observations.
    pub struct ThinnedOptions of "observations::thinned" {
        /// The interval of time whose observations are joined.
        hours: f64 ["h"] = 1.0,
        /// A shorter interval that is joined before, as seconds of a satellite are.
        first: Option<f64> ["s"],
        /// What is joined in it: observations of a "cell" or of a "site".
        by: Place = Place::Cell,
        /// The correlation of the errors that are joined, 0 to 1.
        correlation: f64 = 0.0,
        /// The distance over which a further correlation falls to 1/e; none without it.
        length_km: Option<f64> ["km"],
        /// Whether weights are one over the square of the stated errors; else they are equal.
        weighted: bool = false,
        /// The error of representation, which a mean does not reduce.
        representation_ppm: f64 ["ppm"] = 0.0,
        /// The least error of the mean.
        floor_ppm: f64 ["ppm"] = 0.0,
        /// The least number joined; means of fewer are left out.
        minimum: usize = 1,
    }
}

impl ThinnedOptions {
    /// How observations are joined in the cells of a grid.
    ///
    /// # Errors
    /// Numbers out of range.
    pub fn thinning(&self, grid: &Grid) -> Result<Thinning> {
        let joining = Joining {
            correlation: self.correlation,
            length_km: self.length_km,
            weighted: self.weighted,
            representation: self.representation_ppm * 1e-6,
            floor: self.floor_ppm * 1e-6,
            minimum: self.minimum,
            over_interval: false,
        };
        let cells = match self.by {
            Place::Cell => Some(&grid.horizontal),
            Place::Site => None,
        };
        let thinning = Thinning::new(cells, self.hours * 3600.0, joining)?;
        match self.first {
            Some(first) => thinning.after(first),
            None => Ok(thinning),
        }
    }
}

/// Warns of what was there twice, and of what was left out.
pub fn warn_of_joined(context: &NativeCallContext, joined: &SuperObservations) {
    let host = Host::of(context);
    if joined.duplicates > 0 {
        let text = format!(
            "{} observations repeat others, and count once",
            joined.duplicates
        );
        host.warn(Warning::new("repeated_observations", text));
    }
    if joined.too_few > 0 {
        let text = format!("{} observations are too few to be joined", joined.too_few);
        host.warn(Warning::new("too_few_to_join", text));
    }
}

#[export_module]
mod functions {
    /// Joins observations of one source, kind, cell and interval of time to super-observations.
    ///
    /// Points are joined within 500 m of height, columns where their levels are of one kind; the
    /// operator of the mean is the mean of the operators. The variance of the mean is the sum of
    /// w_i w_j s_i s_j r_ij over the square of the sum of the weights w, with r = c + (1 - c)
    /// exp(-d / L) for the correlation c and the length L; the error of representation is added in
    /// quadrature after that. Observations that repeat others count once, and are warned of. What
    /// is joined in each is told by the attributes `n_joined` and `joined`.
    ///
    /// # Arguments
    /// - `grid`: whose cells to use.
    ///
    /// # Returns
    /// Observations.
    ///
    /// # Errors
    /// An interval of less than a second, a correlation outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// let plan = network::in_situ("2016-07-01", "2016-07-03", #{});
    /// let truth = [];
    /// truth.pad(plan.len, 400e-6);
    /// let observed = network::observe(plan, field("co2", truth), #{});
    /// let joined = observed.thinned(grid("4x5"), #{ hours: 6 });
    /// assert(joined.len < observed.len && joined.attributes.n_joined.sum() == observed.len);
    /// // Soundings of a second, then of ten seconds, with errors that are correlated along 20 km.
    /// let along = observed.thinned(grid("4x5"), #{ first: "1 s", hours: "10 s", length_km: 20, representation_ppm: 0.5 });
    /// assert(along.len <= observed.len);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn thinned(
        context: NativeCallContext,
        observations: &mut Observations,
        grid: Arc<crate::grid::Grid>,
        options: Map,
    ) -> Fallible<Observations> {
        attempt(&context, || {
            let o = ThinnedOptions::read(&context, options)?;
            let thinning = o.thinning(&grid)?;
            let joined = thinning.apply(observations)?;
            warn_of_joined(&context, &joined);
            Ok(Arc::new(joined.observations))
        })
    }
}
