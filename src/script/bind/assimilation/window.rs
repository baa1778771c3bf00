//! The analyses of a run as a value: schemes that remember from window to window.

use crate::analysis::{Letkf, Update};
use crate::assimilation::{Analyses, RegionResult, TOGETHER, Window, WindowAnalysis};
use crate::error::{Error, Result};
use crate::field::Field;
use crate::inflation::Factors;
use crate::innovation::{Innovation, Memory};
use crate::script::bind::analysis::UpdateForm;
use crate::script::bind::assimilation::Forecast;
use crate::script::bind::flux::Flux;
use crate::script::bind::inflation::Inflation;
use crate::script::bind::localization::{Localization, using::regions_of};
use crate::script::bridge::arrays::{field_of, matrix};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::{describe, kind};
use crate::script::bridge::warnings::Spot;
use crate::script::{Fallible, FromScript, Host, attempt, read};
use crate::time::Time;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The analyses of a run as a script holds them.
#[derive(Debug, Clone)]
pub struct RunAnalyses {
    analyses: Arc<Mutex<Analyses>>,
    factor_region: Arc<Vec<usize>>,
    factor_locations: Arc<Vec<(f64, f64)>>,
}

impl fmt::Display for RunAnalyses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.analyses.try_lock() {
            Ok(analyses) => write!(f, "the analyses of {}", analyses.name()),
            Err(_) => f.write_str("the analyses of a run"),
        }
    }
}

kind!(RunAnalyses, "RunAnalyses", "the analyses of a run");

/// Binds `analysis::run`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<RunAnalyses>();
    rooms.room("analysis", exported_module!(functions));
    rooms.options::<RunOptions>();
    optional!(rooms, WindowOptions: "window" = functions::window_token);
}

impl FromScript for Update {
    fn expected() -> String {
        "an update form, or a local filter".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        let regional = || UpdateForm::from_script(value).map(|form| Update::Regional(form.0));
        Letkf::from_script(value)
            .map(Update::Local)
            .or_else(regional)
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        Some(
            Error::new("the update has the wrong type")
                .expected(Self::expected())
                .got(describe(value))
                .hint("analysis::form(...)"),
        )
    }
}

options! {
    /// What the analyses of a run are made of.
    struct RunOptions of "analysis::run" {
        /// The inflation scheme.
        inflation: Inflation,
        /// The localization.
        localization: Localization,
        /// An update form, or a local filter, which takes all observations together.
        update: Update,
        /// The flux whose factors are estimated; each belongs to the region with most of its area.
        flux: Flux,
        /// The name of the run, for messages.
        name: String = "run".into(),
        /// The seed of forms that need random numbers.
        seed: u64 = 1,
    }
}

options! {
    /// A window of a run.
    struct WindowOptions of "analysis::window" {
        /// The number of the window.
        number: usize = 0,
        /// The date at which the window starts, for functions of your own.
        start: Option<Time>,
    }
}

fn run_from(o: RunOptions) -> Result<RunAnalyses> {
    let (localization, update, flux) = (o.localization, o.update, o.flux);
    let regions = localization.scheme.regions();
    if let Some(name) = TOGETHER.iter().find(|t| regions.iter().any(|r| r == *t)) {
        return Err(Error::new("a region has the name of all regions together")
            .expected(format!("a name other than {}", TOGETHER.join(" and ")))
            .got(name)
            .hint(".renamed(...), of a region map"));
    }
    let factor_region = match &update {
        Update::Regional(_) => regions_of(&localization, &flux)?,
        Update::Local(_) => vec![],
    };
    let footprints = flux.model.footprints().unwrap_or_default();
    let run = Analyses::new(&o.name, o.seed, o.inflation.0, localization.scheme, update);
    Ok(RunAnalyses {
        analyses: Arc::new(Mutex::new(run)),
        factor_region: Arc::new(factor_region),
        factor_locations: Arc::new(footprints.into_iter().map(|f| f.location).collect()),
    })
}

/// What belongs to each factor of a flux, for the factors of several weeks.
fn repeated<T: Copy>(of_flux: &[T], n: usize) -> Vec<T> {
    match of_flux.len() {
        0 => vec![],
        k if n.is_multiple_of(k) => of_flux.iter().copied().cycle().take(n).collect(),
        _ => of_flux.to_vec(),
    }
}

fn result_map(result: RegionResult) -> Map {
    Map::from_iter([
        ("region".into(), result.region.into()),
        ("innovation".into(), Dynamic::from(result.innovation)),
        ("factors".into(), Dynamic::from(result.factors)),
    ])
}

/// The analysis as a map; warnings are given with run, region and window.
fn analysis_map(
    context: &NativeCallContext,
    analysis: WindowAnalysis,
    lambda: &Field,
    (name, number): (&str, usize),
) -> Map {
    let host = Host::of(context);
    let spot = |region: &str| Spot {
        region: region.to_string(),
        window: number,
    };
    for (region, w) in &analysis.warnings {
        let spot = spot(region);
        host.warn_at(w, &spot, &format!("{name}, {spot}"));
    }
    let all = analysis.regions.iter().chain([&analysis.pooled]);
    all.filter(|r| r.factors.at_floor())
        .for_each(|r| host.count_at("theta_at_floor", &spot(&r.region)));
    let names = ["factor", "member"];
    let factors = field_of("factors", analysis.factors, names, Some(lambda));
    let regions = analysis.regions.into_iter().map(|r| result_map(r).into());
    Map::from_iter([
        ("regions".into(), regions.collect::<Array>().into()),
        ("pooled".into(), result_map(analysis.pooled).into()),
        ("factors".into(), Dynamic::from(factors)),
        (
            "concentrations".into(),
            Dynamic::from(Arc::new(analysis.concentrations)),
        ),
    ])
}

/// What a function of a script has kept in a memory.
fn copied(memory: &Memory) -> Dynamic {
    memory
        .get_or(|| Dynamic::from_map(Map::new()).into_shared())
        .flatten()
}

#[export_module]
mod functions {
    /// The analyses of a run, window by window: factors of inflation from all observations together
    /// and region by region, and the update of concentrations and factors. What the schemes
    /// remember goes from window to window; a new run remembers nothing.
    ///
    /// # Returns
    /// Analyses, with `window(forecast, innovation, factors, options)`.
    ///
    /// # Errors
    /// Something that is no scheme; a flux whose factors have no location.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let run = analysis::run(#{
    ///     inflation: inflation::none(), localization: localization::none(g), update: analysis::etkf(), flux: flux::prior(g, 1),
    /// });
    /// assert(kind(run) == "RunAnalyses");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn run(context: NativeCallContext, options: Map) -> Fallible<RunAnalyses> {
        attempt(&context, || run_from(RunOptions::read(&context, options)?))
    }

    /// What a run remembers from window to window: the last factors of inflation of each region,
    /// and the memories of functions of your own.
    ///
    /// # Returns
    /// A map: last, memories, each by region.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let run = analysis::run(#{
    ///     inflation: inflation::none(), localization: localization::none(g), update: analysis::etkf(), flux: flux::prior(g, 1),
    /// });
    /// assert(run.remembered == #{ last: #{}, memories: #{} });
    /// ```
    #[rhai_fn(get = "remembered", global)]
    pub fn remembered(run: &mut RunAnalyses) -> Map {
        let analyses = run.analyses.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, memories) = analyses.remembered();
        let last = last
            .iter()
            .map(|(k, v)| (k.into(), Dynamic::from(v.clone())));
        let memories_of = memories.iter().map(|(k, m)| (k.into(), copied(m)));
        Map::from_iter([
            ("last".into(), last.collect::<Map>().into()),
            ("memories".into(), memories_of.collect::<Map>().into()),
        ])
    }

    /// Takes up what another run of the same schemes remembered.
    ///
    /// # Arguments
    /// - `remembered`: a map, of the property `remembered`.
    ///
    /// # Errors
    /// Another map.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let made = || analysis::run(#{
    ///     inflation: inflation::none(), localization: localization::none(g), update: analysis::etkf(), flux: flux::prior(g, 1),
    /// });
    /// let run = made.call();
    /// run.remember(made.call().remembered);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn remember(
        context: NativeCallContext,
        run: &mut RunAnalyses,
        remembered: Map,
    ) -> Fallible<()> {
        attempt(&context, || {
            let part = |name: &str| {
                let value = remembered.get(name).cloned().unwrap_or_default();
                read::<Map>(&format!("\"{name}\" of what a run remembers"), &value)
            };
            let mut last = BTreeMap::new();
            for (region, factors) in part("last")? {
                let factors = factors.try_cast::<Factors>().ok_or_else(|| {
                    Error::new("a run remembers factors of inflation by region").got(&region)
                })?;
                last.insert(region.to_string(), factors);
            }
            let memories = part("memories")?.into_iter().map(|(region, value)| {
                let memory = Memory::default();
                memory.set(value.into_shared());
                (region.to_string(), memory)
            });
            let mut analyses = run.analyses.lock().unwrap_or_else(PoisonError::into_inner);
            analyses.remember(last, memories.collect());
            Ok(())
        })
    }

    /// Analyses the next window of a run.
    ///
    /// # Arguments
    /// - `forecast`: of the window.
    /// - `innovation`: of all its observations.
    /// - `factors`: of the forecast (factor, member); of several weeks one week's after the other.
    ///
    /// # Returns
    /// A map: concentrations and factors, analysed; pooled, and regions, an array in the order of
    /// the localization (empty for a local filter): each `#{ region, innovation, factors }`.
    ///
    /// # Errors
    /// Whatever a scheme refuses, with the region and window.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let hours = #{ start: date("2016-07-01"), handover: date("2016-07-01T03:00"), end: date("2016-07-01T06:00") };
    /// let plan = network::in_situ(hours.start, hours.end, #{});
    /// let observed = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let prior = flux::prior(g, 1);
    /// let lambda = 1.0 + factors::draws(flux::factor_covariance(#{})).perturbations(8, 1, "week 1");
    /// let f = model.forecast(concentrations::uniform(g, 8, 400), prior, lambda, hours, observed);
    /// let run = analysis::run(#{
    ///     inflation: inflation::none(), localization: localization::none(g), update: analysis::etkf(), flux: prior,
    /// });
    /// let analysis = run.window(f, f.innovation(), lambda);
    /// assert(analysis.factors.shape == [175, 8] && analysis.regions.len() == 1);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn window(
        context: NativeCallContext,
        run: &mut RunAnalyses,
        forecast: Forecast,
        innovation: Arc<Innovation>,
        factors: Field,
        options: Map,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let o = WindowOptions::read(&context, options)?;
            let number = o.number;
            let lambda = matrix("the factors", &Dynamic::from(factors.clone()))?;
            let factor_region = repeated(&run.factor_region, lambda.nrows());
            let factor_locations = repeated(&run.factor_locations, lambda.nrows());
            let mut analyses = run.analyses.try_lock().map_err(|_| {
                Error::new("a window of this run is being analysed already")
                    .hint("analysis::run(...), for a run of its own")
            })?;
            let analysis = analyses.window(Window {
                number,
                start: o.start,
                innovation: &innovation,
                observations: &forecast.observations,
                equivalents: forecast.forecast.equivalents.view(),
                concentrations: Arc::unwrap_or_clone(forecast.concentrations.clone()),
                factors: &matrix("the factors", &Dynamic::from(factors.clone()))?,
                factor_region: &factor_region,
                factor_locations: &factor_locations,
            })?;
            let name = analyses.name().to_string();
            Ok(analysis_map(&context, analysis, &factors, (&name, number)))
        })
    }
}
