//! Trace gases: decay is exact, sources are accounted for, a column of radon is that of the
//! equation.

use mcas::constants::GRAVITY;
use mcas::ensemble::Concentrations;
use mcas::flux::{Given, Maps, Tracer};
use mcas::grid::Grid;
use mcas::meteorology::{BuiltIn, BuiltInOptions, Conditions, Flow, Meteorology, Prescribed};
use mcas::time::{DAY, HOUR, Time};
use mcas::transport::{Transport, TransportOptions};
use mcas::units::{MOLAR_MASS_CARBON, MOLAR_MASS_DRY_AIR};
use ndarray::Array2;
use std::sync::Arc;

/// Molar mass of a gas that is none in particular [kg mol-1].
const MASS: f64 = 0.1;

fn start() -> Time {
    Time::from_date(2016, 1, 10).unwrap()
}

fn transport(met: Arc<dyn Meteorology>, step: f64) -> Transport {
    Transport::new(
        met,
        TransportOptions {
            step,
            flux_interval: step,
            ..TransportOptions::default()
        },
    )
    .unwrap()
}

fn built_in() -> Transport {
    transport(
        Arc::new(
            BuiltIn::new(
                &Grid::geos(10.0, 15.0).unwrap(),
                None,
                BuiltInOptions::default(),
            )
            .unwrap(),
        ),
        HOUR,
    )
}

/// A gas from the whole globe \[kg C m-2 s-1\].
fn gas(grid: &Grid, half_life: Option<f64>, flux: f64) -> Tracer {
    let map = vec![flux; grid.horizontal.n_cells()];
    Tracer::new(
        "gas",
        MASS,
        half_life,
        Arc::new(Given::new(&grid.horizontal, Maps::Constant(map)).unwrap()),
    )
    .unwrap()
}

#[test]
fn half_is_left_after_a_half_life_whatever_the_step_and_the_background() {
    let grid = Grid::geos(10.0, 15.0).unwrap();
    let tracer = gas(&grid, Some(DAY), 0.0);
    for (step, background) in [(HOUR, 0.0), (3.0 * HOUR, 4e-10)] {
        let mut c = Concentrations::<f64>::uniform(&grid, 1, background).unwrap();
        (0..grid.n_cells()).for_each(|cell| c.set(cell, 0, 8e-10));
        let run = transport(built_in().meteorology().clone(), step);
        let ledger = run
            .advance_tracers(
                std::slice::from_ref(&tracer),
                &mut c,
                start(),
                start().plus(2.0 * DAY),
                &mut (),
            )
            .unwrap();
        assert!((0..grid.n_cells()).all(|cell| (c.get(cell, 0) / 2e-10 - 1.0).abs() < 1e-12));
        assert!((ledger.decayed[0] / ledger.mass_before[0] - 0.75).abs() < 1e-12);
        assert!(ledger.imbalance() < 1e-12, "{:e}", ledger.imbalance());
    }
}

#[test]
fn what_was_emitted_is_in_the_air_or_has_decayed_and_a_steady_source_meets_its_decay() {
    let grid = Grid::geos(10.0, 15.0).unwrap();
    let half_life = 0.5 * DAY;
    let tracers = [
        gas(&grid, Some(half_life), 1e-9),
        gas(&grid, None, 1e-9),
        gas(&grid, Some(DAY), 0.0),
    ];
    let mut c = Concentrations::<f32>::uniform(&grid, 3, 0.0).unwrap();
    let ledger = built_in()
        .advance_tracers(&tracers, &mut c, start(), start().plus(10.0 * DAY), &mut ())
        .unwrap();
    for k in 0..3 {
        assert!(
            ledger.imbalance_of(k) < 1e-6,
            "{k}: {:e}",
            ledger.imbalance_of(k)
        );
    }
    assert_eq!(
        (ledger.decayed[1], ledger.emitted[2], ledger.mass_after[2]),
        (0.0, 0.0, 0.0)
    );
    // mass = source / rate (1 - (rate dt)^2 / 24) after twenty half-lives.
    let rate = std::f64::consts::LN_2 / half_life;
    let steady = ledger.emitted[0] / (10.0 * DAY) / rate * (1.0 - (rate * HOUR).powi(2) / 24.0);
    assert!(
        (ledger.mass_after[0] / steady - 1.0).abs() < 5e-6,
        "{}",
        ledger.mass_after[0] / steady - 1.0
    );
}

#[test]
fn a_tracer_beside_others_is_what_it_is_alone_and_carbon_is_what_the_transport_of_carbon_makes() {
    let grid = Grid::geos(10.0, 15.0).unwrap();
    let run = built_in();
    let (end, source) = (start().plus(DAY), gas(&grid, None, 3e-8).source);
    let tracers = [
        Tracer::sf6(&grid.horizontal),
        Tracer::radon(&grid.horizontal),
        gas(&grid, None, 3e-8),
    ];
    let mut together = Concentrations::<f32>::uniform(&grid, 3, 0.0).unwrap();
    run.advance_tracers(&tracers, &mut together, start(), end, &mut ())
        .unwrap();
    let same = |alone: &Concentrations<f32>, k: usize| {
        (0..grid.n_cells())
            .all(|cell| alone.get(cell, 0).to_bits() == together.get(cell, k).to_bits())
    };
    for (k, tracer) in tracers.iter().enumerate() {
        let mut alone = Concentrations::uniform(&grid, 1, 0.0).unwrap();
        run.advance_tracers(
            std::slice::from_ref(tracer),
            &mut alone,
            start(),
            end,
            &mut (),
        )
        .unwrap();
        assert!(same(&alone, k), "{tracer}");
    }
    let mut carbon = Concentrations::uniform(&grid, 1, 0.0).unwrap();
    run.advance(
        &mut carbon,
        start(),
        end,
        Some((source.as_ref(), Array2::zeros((0, 1)).view())),
        &mut (),
    )
    .unwrap();
    assert!(same(&carbon, 2));
}

#[test]
fn one_thread_gives_the_bits_of_two_with_decay() {
    let grid = Grid::geos(10.0, 15.0).unwrap();
    let run = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| {
                let mut c = Concentrations::<f32>::uniform(&grid, 1, 0.0).unwrap();
                let radon = [Tracer::radon(&grid.horizontal)];
                let ledger = built_in()
                    .advance_tracers(&radon, &mut c, start(), start().plus(6.0 * HOUR), &mut ())
                    .unwrap();
                (
                    c.blocks()[0]
                        .values
                        .iter()
                        .map(|v| v.to_bits())
                        .collect::<Vec<_>>(),
                    ledger,
                )
            })
    };
    assert_eq!(run(1), run(2));
}

/// Mole fractions of a column (level) after 25 half-lives of emission and constant diffusion.
fn radon_column(grid: &Arc<Grid>, diffusion: f64, dt: f64, flux: f64, half_life: f64) -> Vec<f64> {
    let (levels, ps) = (&grid.levels, 1e5);
    let air = |k: usize| levels.thickness(k, ps) / GRAVITY;
    let n = levels.len();
    // Exchange between the middles of layers: diffusion in mass coordinates [kg2 m-4 s-1] over the
    // mass between them.
    let exchange: Vec<f64> = (0..=n)
        .map(|k| {
            if k == 0 || k == n {
                0.0
            } else {
                diffusion / (0.5 * (air(k - 1) + air(k)))
            }
        })
        .collect();
    let (_, n_lat, n_lon) = grid.shape();
    let conditions = move |_: Time| {
        Ok(Conditions {
            flows: vec![Flow::Streamfunction(
                Array2::zeros((n_lat + 1, n_lon)).into_dyn(),
            )],
            exchange: exchange.clone(),
            ..Conditions::default()
        })
    };
    let met: Arc<dyn Meteorology> =
        Arc::new(Prescribed::new(grid, ps, 86_400.0, Box::new(conditions)).unwrap());
    let mut c = Concentrations::<f64>::uniform(grid, 1, 0.0).unwrap();
    let end = start().plus(25.0 * half_life);
    let tracer = gas(grid, Some(half_life), flux * MOLAR_MASS_CARBON);
    transport(met, dt)
        .advance_tracers(&[tracer], &mut c, start(), end, &mut ())
        .unwrap();
    (0..n).map(|k| c.get(grid.cell(k, 3, 2), 0)).collect()
}

#[test]
fn a_steady_column_of_radon_is_that_of_constant_diffusion() {
    // D q'' = rate q in mass coordinates m, -D q'(0) = flux, q'(M) = 0: q = flux / sqrt(D rate)
    // cosh((M - m) / L) / sinh(M / L).
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let (half_life, flux, length): (f64, f64, f64) = (4.0 * DAY, 1.66e-20, 2500.0);
    let rate = std::f64::consts::LN_2 / half_life;
    let diffusion = rate * length * length;
    let column_mass = (1e5 - grid.levels.edge(grid.levels.len(), 1e5)) / GRAVITY;
    let error = |dt: f64| {
        let column = radon_column(&grid, diffusion, dt, flux, half_life);
        let mut below = 0.0;
        let mut worst: f64 = 0.0;
        for (k, got) in column.iter().enumerate().take(25) {
            let air = grid.levels.thickness(k, 1e5) / GRAVITY;
            // The mean of the solution over the layer.
            let (a, b) = (
                (column_mass - below) / length,
                (column_mass - below - air) / length,
            );
            let mean = (a.sinh() - b.sinh()) * length / air / (column_mass / length).sinh();
            let exact = flux * MOLAR_MASS_DRY_AIR / (diffusion * rate).sqrt() * mean;
            worst = worst.max((got / exact - 1.0).abs());
            below += air;
        }
        worst
    };
    let (coarse, fine) = (error(6.0 * HOUR), error(2.0 * HOUR));
    eprintln!("radon column against constant diffusion: {coarse:.4} at 6 h, {fine:.4} at 2 h");
    assert!(fine < 0.01 && fine < 0.5 * coarse, "{coarse} {fine}");
}

#[test]
fn tracers_that_do_not_fit_and_loss_rates_that_are_none_are_refused() {
    let grid = Grid::geos(10.0, 15.0).unwrap();
    let mut two = Concentrations::<f32>::uniform(&grid, 2, 0.0).unwrap();
    let run = built_in();
    let one = [Tracer::sf6(&grid.horizontal)];
    let text = run
        .advance_tracers(&one, &mut two, start(), start().plus(HOUR), &mut ())
        .unwrap_err()
        .to_string();
    assert!(text.contains("every tracer needs a member"), "{text}");
    assert!(
        run.with_decay(vec![0.0, -1e-6])
            .unwrap_err()
            .to_string()
            .contains("member 1")
    );
    let decaying = run.with_decay(vec![1e-6]).unwrap();
    let text = decaying
        .advance(&mut two, start(), start().plus(HOUR), None, &mut ())
        .unwrap_err()
        .to_string();
    assert!(text.contains("every member needs its loss rate"), "{text}");
}
