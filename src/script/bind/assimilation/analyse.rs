//! The innovation of a forecast, and the update of concentrations and factors by matrices.

use crate::analysis;
use crate::analysis::apply;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::innovation::{Innovation, SharedMu};
use crate::observation::Observation;
use crate::script::bind::analysis::matrices_of;
use crate::script::bind::assimilation::{Forecast, functions::equivalents};
use crate::script::bind::concentrations::Concentrations;
use crate::script::bind::localization::Localization;
use crate::script::bridge::arrays::{field_of, matrix};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, FromScript, attempt, read};
use ndarray::Array2;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::sync::Arc;

/// Binds `innovation`, `context`, `analyse` and `analyse_factors`.
pub fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
    optional!(rooms, InnovationOptions: "innovation" = functions::innovation_token);
}

/// Which observations share a mu, as a script says it: a column's name, or a name for each
/// observation.
#[derive(Clone)]
enum By {
    Column(String),
    Names(Vec<String>),
}

impl FromScript for By {
    fn expected() -> String {
        "text, or an array of text".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        let names = || Vec::from_script(value).map(By::Names);
        String::from_script(value).map(By::Column).or_else(names)
    }
    fn shown(&self) -> String {
        match self {
            By::Column(name) => name.shown(),
            By::Names(names) => names.shown(),
        }
    }
}

options! {
    /// The innovation of a forecast.
    struct InnovationOptions of "innovation" {
        /// Errors of one satellite pass are correlated as exp(-dt / this); () for independent ones.
        correlation_seconds: Option<f64> ["s"],
        /// Which share a mu: "source", "site", "kind", or a name for each observation.
        by: By = By::Column("source".into()),
    }
}

fn shared_mu(by: By) -> Result<SharedMu> {
    match by {
        By::Column(name) => SharedMu::by(&name),
        By::Names(names) => Ok(SharedMu::Named(names)),
    }
}

fn one_per_region(l: &Localization, matrices: &[analysis::UpdateMatrices]) -> Result<()> {
    let n = l.scheme.regions().len();
    if matrices.len() == n {
        Ok(())
    } else {
        Err(Error::new("every region needs its update matrices")
            .expected(n)
            .got(matrices.len()))
    }
}

#[export_module]
mod functions {
    /// The innovation of all observations of a forecast, by source; numbered as the observations
    /// are.
    ///
    /// # Returns
    /// An innovation.
    ///
    /// # Errors
    /// Fewer than 3 members, equivalents that are not finite.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let hours = #{ start: date("2016-07-01"), handover: date("2016-07-01T03:00"), end: date("2016-07-01T06:00") };
    /// let plan = network::in_situ(hours.start, hours.end, #{});
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let f = model.forecast(concentrations::uniform(g, 3, 400), flux::truth(g, #{}), [], hours, observed);
    /// assert(f.innovation().counts.in_situ == observed.len);
    /// let north = f.context([], []).latitude.map(|lat| if lat > 0.0 { "north" } else { "south" });
    /// assert(f.innovation(#{ by: north }).n_obs == observed.len);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn innovation(
        context: NativeCallContext,
        f: &mut Forecast,
        options: Map,
    ) -> Fallible<Arc<Innovation>> {
        attempt(&context, || {
            let o = InnovationOptions::read(&context, options)?;
            Ok(Arc::new(Innovation::of_forecast(
                &f.observations,
                f.forecast.equivalents.view(),
                &shared_mu(o.by)?,
                o.correlation_seconds,
            )?))
        })
    }

    /// What a localization may look at to choose observations, for `select`.
    ///
    /// # Arguments
    /// - `factors`: (factor, member).
    /// - `factor_regions`: the name of the region each factor belongs to.
    ///
    /// # Returns
    /// A map: latitude, longitude, equivalents, factors, factor_region.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let hours = #{ start: date("2016-07-01"), handover: date("2016-07-01T03:00"), end: date("2016-07-01T06:00") };
    /// let plan = network::in_situ(hours.start, hours.end, #{});
    /// let f = model.forecast(concentrations::uniform(g, 3, 400), flux::truth(g, #{}), [], hours, plan);
    /// let context = f.context([], []);
    /// assert(context.latitude.len() == plan.len);
    /// ```
    #[rhai_fn(name = "context", return_raw)]
    pub fn selection_context(
        f: &mut Forecast,
        factors: Dynamic,
        factor_regions: Array,
    ) -> Fallible<Map> {
        let list = |of: &dyn Fn(&Observation) -> f64| {
            Dynamic::from_array(
                f.observations
                    .rows
                    .iter()
                    .map(|o| Dynamic::from(of(o)))
                    .collect(),
            )
        };
        let (latitude, longitude) = (list(&|o| o.latitude), list(&|o| o.longitude));
        Ok(Map::from_iter([
            ("latitude".into(), latitude),
            ("longitude".into(), longitude),
            ("equivalents".into(), Dynamic::from(equivalents(f)?)),
            ("factors".into(), factors),
            ("factor_region".into(), Dynamic::from_array(factor_regions)),
        ]))
    }

    /// The analysed concentrations: every region's update in one pass, blended where regions
    /// overlap (Su et al. 2024, Eq. 6).
    ///
    /// # Arguments
    /// - `matrices`: update matrices, one per region in order.
    /// - `concentrations`: of the forecast.
    ///
    /// # Returns
    /// Concentrations.
    ///
    /// # Errors
    /// Another number of matrices than regions, or of members.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let hours = #{ start: date("2016-07-01"), handover: date("2016-07-01T03:00"), end: date("2016-07-01T06:00") };
    /// let plan = network::in_situ(hours.start, hours.end, #{});
    /// let f = model.forecast(concentrations::uniform(g, 3, 400), flux::truth(g, #{}), [], hours, plan);
    /// let l = localization::regional(regions::from_function(g, |lat, lon| if lat > 0 { "North" } else { "South" }));
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3]], values: [3], sd: 0.5 } });
    /// let b = analysis::etkf().matrices(i, inflation::none().estimate(i));
    /// assert(l.analyse([b, b], f.concentrations).members == 3);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn analyse(
        context: NativeCallContext,
        localization: &mut Localization,
        matrices: Array,
        concentrations: Concentrations,
    ) -> Fallible<Concentrations> {
        attempt(&context, || {
            let matrices = matrices_of(&matrices)?;
            one_per_region(localization, &matrices)?;
            let mut state = Arc::unwrap_or_clone(concentrations);
            let weights: Vec<Array2<f64>> = (0..matrices.len())
                .map(|r| localization.scheme.weights(r).clone())
                .collect();
            apply(&mut state, &matrices, &weights)?;
            Ok(Arc::new(state))
        })
    }

    /// The analysed factors: each by the update of the region it belongs to.
    ///
    /// # Arguments
    /// - `matrices`: update matrices, one per region in order.
    /// - `factors`: (factor, member).
    /// - `factor_regions`: the name of the region each factor belongs to.
    ///
    /// # Returns
    /// A field (factor, member).
    ///
    /// # Errors
    /// Another number of matrices than regions; a factor of a region that is not there.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let l = localization::regional(regions::from_function(g, |lat, lon| if lat > 0 { "North" } else { "South" }));
    /// let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3]], values: [2], sd: 0.5 } });
    /// let b = analysis::etkf().matrices(i, inflation::none().estimate(i));
    /// let lambda = field("factors", [[1, 2, 3], [1, 1, 1]], #{ dims: ["factor", "member"] });
    /// assert_near(l.analyse_factors([b, b], lambda, ["North", "South"]).max("member")[1].value(), 1.0, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn analyse_factors(
        context: NativeCallContext,
        localization: &mut Localization,
        matrices: Array,
        factors: Field,
        factor_regions: Array,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let matrices = matrices_of(&matrices)?;
            one_per_region(localization, &matrices)?;
            let names = Dynamic::from_array(factor_regions);
            let names: Vec<String> = read("the factors' regions", &names)?;
            let region = localization.factor_region_numbers(&names)?;
            let rows = matrix("the factors", &Dynamic::from(factors.clone()))?;
            let analysed = crate::assimilation::analyse_factors(&matrices, &rows, &region)?;
            let names = ["factor", "member"];
            Ok(field_of("factors", analysed, names, Some(&factors)))
        })
    }
}
