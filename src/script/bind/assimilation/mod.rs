//! Forecasts and the analysis of the model's state, as the cycle uses them.

use crate::analysis::{UpdateMatrices, apply};
use crate::assimilation::{Forecast, Span, forecast};
use crate::error::{Error, Result};
use crate::field::Field;
use crate::innovation::{ErrorCovariance, Innovation, SourceData};
use crate::observation::Observation;
use crate::script::bind::analysis::matrices_of;
use crate::script::bind::concentrations::State;
use crate::script::bind::flux::Flux;
use crate::script::bind::localization::Localize;
use crate::script::bind::network::Planned;
use crate::script::bind::observations::Seen;
use crate::script::bind::transport::ledger_map;
use crate::script::bridge::arrays::{field_of, matrix};
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, Host, Options, attempt, read};
use crate::transport::Transport;
use crate::units::Unit;
use ndarray::{Array2, Axis};
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::fmt;
use std::sync::Arc;

/// A forecast as a script holds it.
#[derive(Debug, Clone)]
pub struct Forecasted {
    forecast: Arc<Forecast>,
    concentrations: State,
    seen: Seen,
}

impl fmt::Display for Forecasted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a forecast of {} members with {} equivalents",
            self.concentrations.n_members(),
            self.seen.len()
        )
    }
}

/// Binds forecasts and analyses.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Forecasted>("Forecast");
    rooms.global(exported_module!(functions));
}

fn span_from(map: Map) -> Result<Span> {
    let mut o = Options::new("the span of a forecast", map);
    let span = Span {
        start: o.required("start")?,
        handover: o.required("handover")?,
        end: o.required("end")?,
    };
    o.finish()?;
    Ok(span)
}

fn run(
    transport: &Transport,
    state: State,
    flux: &Flux,
    factors: Dynamic,
    span: Map,
    rows: &[Observation],
) -> Result<Forecast> {
    let none = factors.as_array_ref().is_ok_and(|a| a.is_empty());
    let factors = if none {
        Array2::zeros((0, state.n_members()))
    } else {
        matrix("the factors", &factors)?
    };
    if factors.nrows() != flux.model.n_factors() {
        let hint = if flux.model.n_factors() == 0 {
            "[] for a flux without factors"
        } else {
            "a field (factor, member) with a row for each of flux.n_factors"
        };
        let expected = format!("{} factors", flux.model.n_factors());
        return Err(Error::new("the factors do not fit the flux")
            .expected(expected)
            .got(factors.nrows())
            .hint(hint));
    }
    forecast(
        transport,
        Arc::unwrap_or_clone(state),
        (flux.model.as_ref(), factors.view()),
        span_from(span)?,
        rows,
    )
}

fn held(context: &NativeCallContext, mut forecast: Forecast, seen: Seen) -> Result<Forecasted> {
    forecast
        .ledger
        .warning()
        .into_iter()
        .for_each(|w| Host::of(context).warn(w));
    let grid = forecast.concentrations.grid().clone();
    let empty = crate::ensemble::Concentrations::uniform(&grid, 1, 0.0)?;
    let concentrations = Arc::new(std::mem::replace(&mut forecast.concentrations, empty));
    Ok(Forecasted {
        forecast: Arc::new(forecast),
        concentrations,
        seen,
    })
}

/// The observations' rows under the names that share a mu: by source, by another column, or by
/// names given for each.
fn grouped(f: &Forecasted, by: Option<Dynamic>) -> Result<Vec<(String, Vec<usize>)>> {
    let by = by.unwrap_or_else(|| "source".into());
    let column = if by.is_string() {
        by.to_string()
    } else {
        "given".to_string()
    };
    let name: Box<dyn Fn(usize) -> String> = match column.as_str() {
        "source" => Box::new(|r| f.seen.sources[f.seen.rows[r].source].clone()),
        "site" => Box::new(|r| f.seen.rows[r].site.to_string()),
        "kind" => Box::new(|r| f.seen.rows[r].kind.to_string()),
        "given" => {
            let names: Vec<String> = read("the names that share a mu", &by)?;
            if names.len() != f.seen.len() {
                return Err(Error::new("every observation needs a name")
                    .expected(f.seen.len())
                    .got(names.len()));
            }
            Box::new(move |r| names[r].clone())
        }
        other => {
            let unknown = Error::new(format!("observations cannot be grouped by \"{other}\""));
            return Err(unknown
                .expected("source, site, kind, or an array of text, one for each observation"));
        }
    };
    // A source without observations keeps its name, so that it counts as absent and not as unknown.
    let all = if column == "source" {
        f.seen.sources.clone()
    } else {
        vec![]
    };
    let mut groups: Vec<(String, Vec<usize>)> =
        all.into_iter().map(|name| (name, vec![])).collect();
    for r in 0..f.seen.len() {
        let name = name(r);
        match groups.iter_mut().find(|(n, _)| *n == name) {
            Some((_, rows)) => rows.push(r),
            None => groups.push((name, vec![r])),
        }
    }
    Ok(groups)
}

/// The data of some rows: equivalents and values in ppm; independent errors, or correlated along a
/// block.
fn source_data(
    f: &Forecasted,
    name: &str,
    rows: Vec<usize>,
    correlation_seconds: Option<f64>,
) -> Result<SourceData> {
    let of = |g: &dyn Fn(&Observation) -> f64| {
        ndarray::Array1::from_iter(rows.iter().map(|r| g(&f.seen.rows[*r])))
    };
    let sd = of(&|o| o.error * 1e6).to_vec();
    let covariance = match correlation_seconds {
        None => ErrorCovariance::independent(&sd),
        Some(length) => {
            let blocks: Vec<u32> = rows.iter().map(|r| f.seen.rows[*r].block).collect();
            let time = |i: usize| f.seen.rows[rows[i]].time;
            ErrorCovariance::from_blocks(&sd, &blocks, |i, j| {
                (-time(i).since(time(j)).abs() / length).exp()
            })?
        }
    };
    let equivalents = f.forecast.equivalents.select(Axis(0), &rows) * 1e6;
    SourceData::new(
        name,
        equivalents.view(),
        of(&|o| o.value * 1e6).view(),
        covariance,
    )?
    .numbered(rows)
}

fn one_per_region(l: &Localize, matrices: &[UpdateMatrices]) -> Result<()> {
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
    /// Runs all members over a window and samples its observations on the way (Su et al. 2024, Eq.
    /// 2).
    ///
    /// # Arguments
    /// - `concentrations`: of all members at the start.
    /// - `flux`: the flux model.
    /// - `factors`: its factors (factor, member); `[]` for a flux without factors.
    /// - `span`: `#{ start, handover, end }`, dates; the concentrations at the hand-over are kept.
    /// - `observations`: observations, or a plan, between start and end.
    ///
    /// # Returns
    /// A forecast: `equivalents`, `concentrations`, `observations`, `ledger`, `innovation()`.
    ///
    /// # Errors
    /// A span out of order, observations outside of it, factors that do not fit.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let hours = #{ start: date("2016-07-01"), handover: date("2016-07-01T03:00"), end: date("2016-07-01T06:00") };
    /// let plan = network::in_situ(hours.start, hours.end, #{});
    /// let f = model.forecast(concentrations::uniform(g, 3, 400), flux::truth(g, #{}), [], hours, plan);
    /// assert(f.equivalents.shape == [plan.len, 3] && f.ledger.imbalance < 1e-6);
    /// ```
    #[rhai_fn(name = "forecast", return_raw)]
    pub fn forecast_observations(
        context: NativeCallContext,
        transport: &mut Arc<Transport>,
        concentrations: State,
        flux: Flux,
        factors: Dynamic,
        span: Map,
        observations: Seen,
    ) -> Fallible<Forecasted> {
        attempt(&context, || {
            held(
                &context,
                run(
                    transport,
                    concentrations,
                    &flux,
                    factors,
                    span,
                    &observations.rows,
                )?,
                observations,
            )
        })
    }

    #[rhai_fn(name = "forecast", return_raw)]
    pub fn forecast_plan(
        context: NativeCallContext,
        transport: &mut Arc<Transport>,
        concentrations: State,
        flux: Flux,
        factors: Dynamic,
        span: Map,
        plan: Planned,
    ) -> Fallible<Forecasted> {
        attempt(&context, || {
            let seen = plan.0.observations().clone();
            held(
                &context,
                run(
                    transport,
                    concentrations,
                    &flux,
                    factors,
                    span,
                    plan.0.rows(),
                )?,
                Arc::new(seen),
            )
        })
    }

    /// The model's equivalents of the observations (observation, member) \[mol mol-1\].
    #[rhai_fn(get = "equivalents", return_raw)]
    pub fn equivalents(f: &mut Forecasted) -> Fallible<Field> {
        let mut field = field_of(
            "equivalents",
            f.forecast.equivalents.clone(),
            ["observation", "member"],
            None,
        );
        field.unit = Unit::parse("mol mol-1")
            .map_err(|e| crate::script::bridge::errors::thrown(e, rhai::Position::NONE))?;
        Ok(field)
    }
    /// The equivalents of one source.
    ///
    /// # Arguments
    /// - `source`: its name.
    ///
    /// # Returns
    /// A field (observation, member) \[mol mol-1\], in the order of the source's observations.
    ///
    /// # Errors
    /// No such source.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let hours = #{ start: date("2016-07-01"), handover: date("2016-07-01T03:00"), end: date("2016-07-01T06:00") };
    /// let plan = network::in_situ(hours.start, hours.end, #{});
    /// let f = model.forecast(concentrations::uniform(g, 3, 400), flux::truth(g, #{}), [], hours, plan);
    /// assert_near(f.equivalents_of("in_situ").to("ppm").mean().value(), 400, 5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn equivalents_of(
        context: NativeCallContext,
        f: &mut Forecasted,
        source: &str,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let k = f.seen.source(source)?;
            let rows: Vec<usize> = (0..f.seen.len())
                .filter(|r| f.seen.rows[*r].source == k)
                .collect();
            let mut field = field_of(
                "equivalents",
                f.forecast.equivalents.select(Axis(0), &rows),
                ["observation", "member"],
                None,
            );
            field.unit = Unit::parse("mol mol-1")?;
            Ok(field)
        })
    }

    /// The concentrations at the hand-over.
    #[rhai_fn(get = "concentrations")]
    pub fn concentrations(f: &mut Forecasted) -> State {
        f.concentrations.clone()
    }
    /// The observations that were sampled.
    #[rhai_fn(get = "observations")]
    pub fn observations(f: &mut Forecasted) -> Seen {
        f.seen.clone()
    }
    /// Carbon before, emitted and after the span, mean over members \[PgC\], and the relative
    /// `imbalance`, the worst of any member.
    #[rhai_fn(get = "ledger")]
    pub fn ledger(f: &mut Forecasted) -> Map {
        ledger_map(&f.forecast.ledger)
    }

    /// The innovation of all observations of a forecast, by source; numbered as the observations
    /// are.
    ///
    /// # Arguments
    /// - `options`: optional. `correlation_seconds`: errors of one satellite pass are correlated as
    ///   exp(-dt / this); by default errors are independent. `by`: which observations share a mu:
    ///   `"source"`, `"site"`, `"kind"`, or an array of text, one for each observation, such as any
    ///   column made of them.
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
    /// let seen = network::observe(plan, 400e-6 * ones("obs", plan.len), #{});
    /// let f = model.forecast(concentrations::uniform(g, 3, 400), flux::truth(g, #{}), [], hours, seen);
    /// assert(f.innovation().counts.in_situ == seen.len);
    /// let north = f.context([], []).latitude.map(|lat| if lat > 0.0 { "north" } else { "south" });
    /// assert(f.innovation(#{ by: north }).n_obs == seen.len);
    /// ```
    #[rhai_fn(name = "innovation", return_raw)]
    pub fn innovation(context: NativeCallContext, f: &mut Forecasted) -> Fallible<Arc<Innovation>> {
        innovation_with(context, f, Map::new())
    }

    #[rhai_fn(name = "innovation", return_raw)]
    pub fn innovation_with(
        context: NativeCallContext,
        f: &mut Forecasted,
        options: Map,
    ) -> Fallible<Arc<Innovation>> {
        attempt(&context, || {
            let mut o = Options::new("innovation", options);
            let (length, by) = (
                o.find::<f64>("correlation_seconds")?,
                o.find::<Dynamic>("by")?,
            );
            o.finish()?;
            let sources = grouped(f, by)?
                .into_iter()
                .map(|(name, rows)| source_data(f, &name, rows, length))
                .collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(Innovation::new(
                f.concentrations.n_members(),
                sources,
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
        f: &mut Forecasted,
        factors: Dynamic,
        factor_regions: Array,
    ) -> Fallible<Map> {
        let list = |of: &dyn Fn(&Observation) -> f64| {
            Dynamic::from_array(f.seen.rows.iter().map(|o| Dynamic::from(of(o))).collect())
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
        localization: &mut Localize,
        matrices: Array,
        concentrations: State,
    ) -> Fallible<State> {
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
        localization: &mut Localize,
        matrices: Array,
        factors: Field,
        factor_regions: Array,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let matrices = matrices_of(&matrices)?;
            one_per_region(localization, &matrices)?;
            let region: Vec<usize> = localization.factor_region_numbers(&read::<Vec<String>>(
                "the factors' regions",
                &Dynamic::from_array(factor_regions),
            )?)?;
            let mut rows = matrix("the factors", &Dynamic::from(factors.clone()))?;
            if rows.nrows() != region.len() {
                return Err(Error::new("every factor needs a region")
                    .expected(rows.nrows())
                    .got(region.len()));
            }
            for (r, update) in matrices.iter().enumerate() {
                let own: Vec<usize> = (0..region.len()).filter(|k| region[*k] == r).collect();
                let analysed = update.apply_factor(&rows.select(Axis(0), &own))?;
                own.iter()
                    .zip(analysed.outer_iter())
                    .for_each(|(k, row)| rows.row_mut(*k).assign(&row));
            }
            Ok(field_of(
                "factors",
                rows,
                ["factor", "member"],
                Some(&factors),
            ))
        })
    }
}
