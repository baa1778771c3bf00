//! Forecasts and the analysis of the model's state, as the cycle uses them.

mod analyse;
mod blocks;
mod window;

use crate::assimilation;
use crate::assimilation::{Span, forecast_in_blocks};
use crate::error::{Error, Result};
use crate::field::Field;
use crate::innovation::{outliers, rejected_table};
use crate::observation::{Observation, below_surface};
use crate::script::bind::concentrations::Concentrations;
use crate::script::bind::flux::Flux;
use crate::script::bind::network::Plan;
use crate::script::bind::observations::Observations;
use crate::script::bind::transport::ledger_map;
use crate::script::bridge::arrays::{field_of, matrix};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, Host, attempt, read};
use crate::time::Time;
use crate::transport::Transport;
use crate::units::Unit;
use ndarray::{Array2, Axis};
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// A forecast as a script holds it.
#[derive(Debug, Clone)]
pub struct Forecast {
    forecast: Arc<assimilation::Forecast>,
    concentrations: Concentrations,
    observations: Observations,
}

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a forecast of {} members with {} equivalents",
            self.concentrations.n_members(),
            self.observations.len()
        )
    }
}

kind!(Forecast, "Forecast", "a forecast");

impl Forecast {
    fn with_equivalents(&self, equivalents: &Field) -> Result<Self> {
        let given = equivalents.to_unit(&Unit::parse("mol mol-1")?)?;
        let shape = self.forecast.equivalents.shape();
        if given.shape() != shape {
            return Err(Error::new("the equivalents do not fit the forecast")
                .expected(format!("{shape:?} (observation, member)"))
                .got(format!("{:?}", given.shape())));
        }
        let values = matrix("the equivalents", &Dynamic::from(given))?;
        if let Some(bad) = values.iter().find(|v| !v.is_finite()) {
            return Err(Error::new("an equivalent is not a number").got(bad));
        }
        let forecast = assimilation::Forecast {
            equivalents: values,
            ..self.forecast.as_ref().clone()
        };
        Ok(Forecast {
            forecast: Arc::new(forecast),
            ..self.clone()
        })
    }
}

/// Binds forecasts and analyses.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Forecast>();
    rooms.global(exported_module!(functions));
    analyse::bind(rooms);
    blocks::bind(rooms);
    window::bind(rooms);
    rooms.options::<SpanOptions>();
}

options! {
    /// The span of a forecast.
    struct SpanOptions of "forecast(span)" {
        /// The date at which it starts.
        start: Time,
        /// The date at which the concentrations are kept for the next window.
        handover: Time,
        /// The date at which it ends.
        end: Time,
    }
}

fn span_from(map: Map) -> Result<Span> {
    let o = SpanOptions::read_as("the span of a forecast", map, None)?;
    Ok(Span {
        start: o.start,
        handover: o.handover,
        end: o.end,
    })
}

/// Runs all members under one transport, or blocks of them under several.
fn run(
    context: &NativeCallContext,
    transports: &[Arc<Transport>],
    state: Concentrations,
    flux: &Flux,
    factors: Dynamic,
    span: Map,
    rows: &[Observation],
) -> Result<assimilation::Forecast> {
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
    let span = span_from(span)?;
    let flux = (flux.model.as_ref(), factors.view());
    let forecast = forecast_in_blocks(transports, Arc::unwrap_or_clone(state), flux, span, rows)?;
    if let (Some(transport), false) = (transports.first(), rows.is_empty()) {
        let air = transport.meteorology().atmosphere(span.start)?;
        let deep = below_surface(rows, &air).into_iter();
        deep.for_each(|w| Host::of(context).warn(w));
    }
    Ok(forecast)
}

fn held(
    context: &NativeCallContext,
    mut forecast: assimilation::Forecast,
    observations: Observations,
) -> Result<Forecast> {
    forecast
        .ledger
        .warning()
        .into_iter()
        .for_each(|w| Host::of(context).warn(w));
    let grid = forecast.concentrations.grid().clone();
    let empty = crate::ensemble::Concentrations::uniform(&grid, 1, 0.0)?;
    let concentrations = Arc::new(std::mem::replace(&mut forecast.concentrations, empty));
    Ok(Forecast {
        forecast: Arc::new(forecast),
        concentrations,
        observations,
    })
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
        concentrations: Concentrations,
        flux: Flux,
        factors: Dynamic,
        span: Map,
        observations: Observations,
    ) -> Fallible<Forecast> {
        attempt(&context, || {
            let (one, rows) = (std::slice::from_ref(transport), &observations.rows);
            let forecast = run(&context, one, concentrations, &flux, factors, span, rows)?;
            held(&context, forecast, observations)
        })
    }

    #[rhai_fn(name = "forecast", return_raw)]
    pub fn forecast_plan(
        context: NativeCallContext,
        transport: &mut Arc<Transport>,
        concentrations: Concentrations,
        flux: Flux,
        factors: Dynamic,
        span: Map,
        plan: Plan,
    ) -> Fallible<Forecast> {
        attempt(&context, || {
            let observations = plan.0.observations().clone();
            let (one, rows) = (std::slice::from_ref(transport), plan.0.rows());
            let forecast = run(&context, one, concentrations, &flux, factors, span, rows)?;
            held(&context, forecast, Arc::new(observations))
        })
    }

    /// The model's equivalents of the observations (observation, member) \[mol mol-1\].
    #[rhai_fn(get = "equivalents", return_raw)]
    pub fn equivalents(f: &mut Forecast) -> Fallible<Field> {
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
    /// The forecast with other equivalents of its observations, such as those with an offset that
    /// differs from member to member, which an analysis then estimates.
    ///
    /// # Arguments
    /// - `equivalents`: (observation, member) \[mol mol-1\], or any unit of mole fraction.
    ///
    /// # Returns
    /// A forecast.
    ///
    /// # Errors
    /// Other numbers of observations or members, a unit that is no mole fraction, numbers that are
    /// not finite.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let hours = #{ start: date("2016-07-01"), handover: date("2016-07-01T03:00"), end: date("2016-07-01T06:00") };
    /// let plan = network::in_situ(hours.start, hours.end, #{});
    /// let f = model.forecast(concentrations::uniform(g, 3, 400), flux::truth(g, #{}), [], hours, plan);
    /// let raised = f.with_equivalents(f.equivalents * 1.01);
    /// assert_near((raised.equivalents / f.equivalents).mean().value(), 1.01, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn with_equivalents(
        context: NativeCallContext,
        f: &mut Forecast,
        equivalents: Field,
    ) -> Fallible<Forecast> {
        attempt(&context, || f.with_equivalents(&equivalents))
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
        f: &mut Forecast,
        source: &str,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let k = f.observations.source(source)?;
            let rows: Vec<usize> = (0..f.observations.len())
                .filter(|r| f.observations.rows[*r].source == k)
                .collect();
            let mut field = field_of(
                "equivalents",
                f.forecast.equivalents.select(Axis(0), &rows),
                ["observation", "member"],
                None,
            );
            field.unit = Unit::parse("mol mol-1")?;
            if f.concentrations.synthetic() {
                field = field.with_attribute("synthetic", "yes");
            }
            Ok(field)
        })
    }

    /// The forecast without observations whose departure is too large: those where |y - mean Hx| >
    /// n sqrt(HPH' + R), with the spread of the members and the stated error as they are, before
    /// inflation.
    ///
    /// # Arguments
    /// - `n_sd`: n, usually 3.
    ///
    /// # Returns
    /// A map: `forecast`, with what is kept; `rejected`, a table of what is not: source, site,
    /// kind, time, latitude, longitude, altitude, value, error, departure, expected \[ppm\], ratio.
    ///
    /// # Errors
    /// A number that is not positive, observations that state no error.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let model = transport::model(meteorology::built_in(g), #{ step: "3 h" });
    /// let hours = #{ start: date("2016-07-01"), handover: date("2016-07-01T03:00"), end: date("2016-07-01T06:00") };
    /// let plan = network::in_situ(hours.start, hours.end, #{});
    /// let observed = network::observe(plan, 450e-6 * ones("obs", plan.len), #{});
    /// let f = model.forecast(concentrations::uniform(g, 3, 400), flux::truth(g, #{}), [], hours, observed);
    /// let screened = f.screened(3);
    /// assert(screened.rejected.rows == plan.len && screened.forecast.observations.len == 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn screened(context: NativeCallContext, f: &mut Forecast, n_sd: Dynamic) -> Fallible<Map> {
        attempt(&context, || {
            let n_sd = read("the number of standard deviations", &n_sd)?;
            let outlying = outliers(&f.observations, f.forecast.equivalents.view(), n_sd)?;
            let table = rejected_table(&f.observations, &outlying)?;
            let out: BTreeSet<usize> = outlying.iter().map(|o| o.row).collect();
            let rows = f.observations.positions(|k| !out.contains(&k));
            let forecast = assimilation::Forecast {
                equivalents: f.forecast.equivalents.select(Axis(0), &rows),
                ..f.forecast.as_ref().clone()
            };
            let forecast = Forecast {
                forecast: Arc::new(forecast),
                observations: Arc::new(f.observations.take(&rows)),
                ..f.clone()
            };
            Ok(Map::from_iter([
                ("forecast".into(), Dynamic::from(forecast)),
                ("rejected".into(), Dynamic::from(table)),
            ]))
        })
    }

    /// The concentrations at the hand-over.
    #[rhai_fn(get = "concentrations")]
    pub fn concentrations(f: &mut Forecast) -> Concentrations {
        f.concentrations.clone()
    }
    /// The observations that were sampled.
    #[rhai_fn(get = "observations")]
    pub fn observations(f: &mut Forecast) -> Observations {
        f.observations.clone()
    }
    /// Carbon before, emitted and after the span, mean over members \[PgC\], and the relative
    /// `imbalance`, the worst of any member.
    #[rhai_fn(get = "ledger")]
    pub fn ledger(f: &mut Forecast) -> Map {
        ledger_map(&f.forecast.ledger)
    }
}
