//! Laws of the local filter.

use crate::support::{Dense, close, innovation, normal, three_sources};
use mcas::analysis::{Draws, Etkf, Letkf, UpdateForm, apply};
use mcas::ensemble::{Concentrations, Real};
use mcas::grid::{Grid, chord_km};
use mcas::inflation::Factors;
use mcas::innovation::Innovation;
use mcas::localization::{Boxcar, GaspariCohn, Taper};
use ndarray::{Array2, LinalgScalar};
use std::sync::Arc;

fn tapered(half_width_km: f64) -> Letkf {
    Letkf::new(Arc::new(GaspariCohn::new(half_width_km).unwrap()))
}

fn locations(n: usize) -> Vec<(f64, f64)> {
    (0..n)
        .map(|i| {
            (
                ((i * 37) % 161) as f64 - 80.0,
                ((i * 101) % 360) as f64 - 180.0,
            )
        })
        .collect()
}

fn factors() -> Factors {
    Factors::given(
        1.7,
        ["in_situ", "oco2", "gosat"]
            .map(|n| (n.to_string(), 0.6))
            .to_vec(),
    )
    .unwrap()
}

fn state<T: Real>(grid: &Arc<Grid>, m: usize) -> Concentrations<T> {
    let mut c = Concentrations::uniform(grid, m, 4e-4).unwrap();
    (0..grid.n_cells()).for_each(|cell| {
        (0..m).for_each(|k| {
            c.set(
                cell,
                k,
                4e-4 + 1e-6 * ((cell * 31 + k * k * 17) % 101) as f64,
            )
        })
    });
    c
}

fn infinite<T: Real + LinalgScalar>(tolerance: f64) {
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let it = innovation(&three_sources(81));
    let (mut local, mut global) = (
        state::<T>(&grid, it.n_members()),
        state::<T>(&grid, it.n_members()),
    );
    for taper in [
        Arc::new(GaspariCohn::new(f64::INFINITY).unwrap()) as Arc<dyn Taper>,
        Arc::new(Boxcar::new(f64::INFINITY).unwrap()),
    ] {
        let update = Letkf::new(taper)
            .prepare(&it, &factors(), &locations(it.n_obs()))
            .unwrap();
        let matrices = Etkf.matrices(&it, &factors(), &Draws::new(1, "")).unwrap();
        update.apply(&mut local).unwrap();
        apply(
            &mut global,
            std::slice::from_ref(&matrices),
            &[Array2::ones((7, 12))],
        )
        .unwrap();
        for cell in 0..grid.n_cells() {
            assert!(
                (0..it.n_members())
                    .all(|k| (local.get(cell, k) - global.get(cell, k)).abs() < tolerance)
            );
        }
        let rows = normal(81, "factors", 4, it.n_members());
        close(
            &update.apply_factors(&rows, &locations(4)).unwrap(),
            &matrices.apply_factor(&rows).unwrap(),
            1e-11,
        );
    }
}

#[test]
fn infinite_width_is_the_global_filter() {
    infinite::<f64>(1e-15);
    infinite::<f32>(1e-10);
}

#[test]
fn observations_out_of_reach_change_nothing_and_near_ones_count_by_their_taper() {
    let m = 20;
    let source = Dense::new("a", 82, 6, m, 6);
    let it = innovation(std::slice::from_ref(&source));
    let f = Factors::none(&it);
    let at: Vec<(f64, f64)> = (0..6).map(|i| (0.0, 12.0 * i as f64)).collect();
    let update = tapered(1500.0).prepare(&it, &f, &at).unwrap();
    close(
        update.matrices_at((0.0, 180.0)).unwrap().concentration(),
        &Array2::eye(m),
        1e-14,
    );
    // The same by stating errors larger by one over the taper, and leaving out what is beyond.
    let rho: Vec<f64> = at
        .iter()
        .map(|p| mcas::localization::gaspari_cohn(chord_km(*p, (5.0, 3.0)), 1500.0))
        .collect();
    let near: Vec<usize> = (0..6).filter(|i| rho[*i] > 0.0).collect();
    assert!(near.len() > 1 && near.len() < 6, "{near:?}");
    let mut stated = source.rows(&near, "a");
    near.iter()
        .enumerate()
        .for_each(|(i, o)| stated.r[[i, i]] /= rho[*o]);
    let expected = Etkf
        .matrices(&innovation(&[stated]), &f, &Draws::new(1, ""))
        .unwrap();
    close(
        update.matrices_at((5.0, 3.0)).unwrap().concentration(),
        expected.concentration(),
        1e-11,
    );
}

#[test]
fn the_bits_of_the_local_filter_are_the_same_for_any_number_of_threads() {
    let grid = Grid::geos(30.0, 30.0).unwrap();
    let it = innovation(&three_sources(83));
    let update = tapered(2000.0)
        .prepare(&it, &factors(), &locations(it.n_obs()))
        .unwrap();
    let run = |threads: usize| {
        let mut c = state::<f32>(&grid, it.n_members());
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| update.apply(&mut c))
            .unwrap();
        c.blocks()
            .iter()
            .flat_map(|b| b.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>())
            .collect::<Vec<u32>>()
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn an_observation_without_a_place_is_refused_by_its_number() {
    let it: Innovation = innovation(&three_sources(84));
    let message = |locations: &[(f64, f64)]| {
        tapered(1000.0)
            .prepare(&it, &factors(), locations)
            .unwrap_err()
            .to_string()
    };
    assert!(message(&locations(40)).contains("source oco2"));
    let mut astray = locations(it.n_obs());
    astray[3].0 = f64::NAN;
    assert!(message(&astray).contains("observation 3"));
    assert_eq!(
        tapered(1000.0).to_string(),
        "analysis::letkf(localization::gaspari_cohn(1000.0))"
    );
}

#[test]
fn rows_of_a_state_are_inflated_by_theta_and_factors_are_not() {
    let it = innovation(&three_sources(91));
    let m = it.n_members();
    let rows = crate::support::normal(91, "rows", 4, m);
    let observed_at = locations(it.n_obs());
    let at: Vec<(f64, f64)> = (0..4).map(|k| (10.0 * k as f64, 20.0)).collect();
    let given = |theta: f64| {
        mcas::inflation::Factors::given(
            theta,
            it.sources()
                .iter()
                .map(|s| (s.name().to_string(), 1.0))
                .collect(),
        )
        .unwrap()
    };
    let alike = tapered(2000.0)
        .prepare(&it, &given(1.0), &observed_at)
        .unwrap();
    crate::support::close(
        &alike.apply_rows(&rows, &at).unwrap(),
        &alike.apply_factors(&rows, &at).unwrap(),
        1e-12,
    );
    // Out of reach nothing is left but the inflation of the anomalies.
    let far = tapered(1.0)
        .prepare(&it, &given(4.0), &vec![(-80.0, 0.0); it.n_obs()])
        .unwrap();
    let mean = crate::support::mean(&rows).insert_axis(ndarray::Axis(1));
    crate::support::close(
        &far.apply_rows(&rows, &at).unwrap(),
        &(crate::support::centred(&rows) * 2.0 + &mean),
        1e-12,
    );
    crate::support::close(&far.apply_factors(&rows, &at).unwrap(), &rows, 1e-12);
    assert!(
        alike
            .apply_rows(&rows, &at[..3])
            .unwrap_err()
            .to_string()
            .contains("expected 4, got 3")
    );
}
