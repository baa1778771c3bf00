//! The library without a script: one window of the built-in twin world, from the forecast of an
//! ensemble to its analysis.
//!
//! `cargo run --release --example library`

use mcas::analysis::{Etkf, Update};
use mcas::assimilation::{Analyses, Forecast, Span, Window, forecast};
use mcas::data;
use mcas::ensemble::{Concentrations, FactorDraws, about, centred};
use mcas::error::Result;
use mcas::flux::{FactorPrior, PriorFlux, Product, SurfaceFlux, Truth, TruthOptions};
use mcas::grid::Grid;
use mcas::inflation::MaximumLikelihood;
use mcas::innovation::{Innovation, SharedMu};
use mcas::localization::Global;
use mcas::meteorology::{BuiltIn, BuiltInOptions};
use mcas::observation::networks::InSitu;
use mcas::observation::{Observations, TwinErrors};
use mcas::time::Time;
use mcas::transport::{Transport, TransportOptions};
use ndarray::{Array1, Array2, Axis};
use std::sync::Arc;

const MEMBERS: usize = 16;

/// Runs it; called by the tests too.
pub fn main() -> Result<()> {
    let grid = Grid::geos(10.0, 15.0)?;
    let model = model(&grid)?;
    let start: Time = "2016-07-01".parse()?;
    let end = start.plus(3.0 * 86_400.0);
    let span = Span {
        start,
        handover: end,
        end,
    };

    let observations = truth(&model, &grid, span)?;
    let prior = PriorFlux::new(&grid.horizontal, Product::group_1());
    let (factors, ahead) = ahead(&model, &grid, span, &prior, &observations)?;

    // Analysis: theta and mu by maximum likelihood, one region, a square root update.
    let equivalents = ahead.equivalents.view();
    let innovation = Innovation::of_forecast(&observations, equivalents, &SharedMu::Source, None)?;
    let mut run = Analyses::new(
        "one window",
        1,
        Arc::new(MaximumLikelihood::new()),
        Arc::new(Global::new(&grid.horizontal)),
        Update::Regional(Arc::new(Etkf)),
    );
    let analysis = run.window(Window {
        number: 0,
        start: Some(start),
        innovation: &innovation,
        observations: &observations,
        equivalents,
        concentrations: ahead.concentrations,
        factors: &factors,
        factor_region: &vec![0; prior.n_factors()],
        factor_locations: &[],
    })?;
    let spread = |f: &Array2<f64>| f.std_axis(Axis(1), 1.0).sum();
    let (before, after) = (spread(&factors), spread(&analysis.factors));
    println!(
        "{} observations, {:?}\nspread of the factors {before:.2} before, {after:.2} after",
        observations.len(),
        analysis.pooled.factors
    );
    assert!(after < before);
    Ok(())
}

/// Transport by the built-in winds, in steps of three hours.
fn model(grid: &Arc<Grid>) -> Result<Transport> {
    let winds = BuiltIn::new(grid, None, BuiltInOptions::default())?;
    let options = TransportOptions {
        step: 10_800.0,
        ..TransportOptions::default()
    };
    Transport::new(Arc::new(winds), options)
}

/// The truth has another flux, and instruments report it with errors.
fn truth(model: &Transport, grid: &Arc<Grid>, span: Span) -> Result<Observations> {
    let truth = Truth::new(&grid.horizontal, Product::truth(), TruthOptions::default())?;
    let plan = InSitu::default().plan(data::sites(), span.start, span.end)?;
    let air = Concentrations::uniform(grid, 1, 400e-6)?;
    let none = Array2::zeros((0, 1));
    let true_air = forecast(model, air, (&truth, none.view()), span, plan.rows())?;
    let values: Vec<f64> = true_air.equivalents.iter().copied().collect();
    TwinErrors::default().observe(&plan, &values)
}

/// The factors of the members' eco-regions, in which they differ, and the forecast with them.
fn ahead(
    model: &Transport,
    grid: &Arc<Grid>,
    span: Span,
    prior: &PriorFlux,
    observations: &Observations,
) -> Result<(Array2<f64>, Forecast)> {
    let draws = FactorDraws::new(&FactorPrior::default().covariance(prior.regions()))?;
    let perturbations = centred(&draws.perturbations(MEMBERS, 1, "factors")?);
    let factors = about(Array1::ones(prior.n_factors()).view(), &perturbations);
    let members = Concentrations::uniform(grid, MEMBERS, 400e-6)?;
    let rows = &observations.rows;
    let ahead = forecast(model, members, (prior, factors.view()), span, rows)?;
    Ok((factors, ahead))
}
