//! Emissions through the boundary layer: where they go in a step, and that all of them arrive.

use mcas::constants::GRAVITY;
use mcas::ensemble::Concentrations;
use mcas::error::Result;
use mcas::flux::{FluxBasis, SurfaceFlux};
use mcas::grid::{Grid, HybridLevels, LatLonGrid};
use mcas::meteorology::{BuiltIn, BuiltInOptions, Conditions, Flow, Meteorology, Prescribed};
use mcas::time::{HOUR, Time};
use mcas::transport::{Ledger, Processes, Release, Transport, TransportOptions};
use mcas::units::{MOLAR_MASS_CARBON, MOLAR_MASS_DRY_AIR};
use ndarray::Array2;
use std::sync::Arc;

/// The same flux everywhere \[kg C m-2 s-1\].
struct Everywhere(usize);

const FLUX: f64 = 1e-8;

impl SurfaceFlux for Everywhere {
    fn n_factors(&self) -> usize {
        0
    }
    fn between(&self, _: Time, _: Time, basis: &mut FluxBasis) -> Result<()> {
        *basis = FluxBasis {
            fixed: vec![FLUX; self.0],
            first: vec![0; self.0 + 1],
            ..FluxBasis::default()
        };
        Ok(())
    }
}

/// Ten layers of 100 hPa in still air with a boundary layer of `depth` \[Pa\].
fn still(depth: f64, nonlocal: f64) -> Arc<dyn Meteorology> {
    let b = (0..=10).map(|k| 1.0 - 0.1 * f64::from(k)).collect();
    let levels = HybridLevels::new(vec![0.0; 11], b).unwrap();
    let grid = Arc::new(Grid {
        horizontal: LatLonGrid::geos(20.0, 30.0).unwrap(),
        levels,
    });
    let (_, n_lat, n_lon) = grid.shape();
    let flows = vec![Flow::Streamfunction(
        Array2::zeros((n_lat + 1, n_lon)).into_dyn(),
    )];
    let conditions = move |_: Time| {
        Ok(Conditions {
            flows: flows.clone(),
            boundary_layer: depth,
            nonlocal,
            ..Conditions::default()
        })
    };
    Arc::new(Prescribed::new(&grid, 1e5, 86_400.0, Box::new(conditions)).unwrap())
}

fn noon() -> Time {
    Time::from_date(2016, 7, 10).unwrap().plus(12.0 * HOUR)
}

/// What emission, and mixing where it is on, makes of clean air in some steps of an hour.
fn emit(
    met: &Arc<dyn Meteorology>,
    emission: Release,
    mixing: bool,
    steps: f64,
) -> Result<(Concentrations<f64>, Ledger)> {
    let processes = Processes {
        mixing,
        advection: false,
        convection: false,
        emission: true,
    };
    let options = TransportOptions {
        step: HOUR,
        emission,
        processes,
        ..TransportOptions::default()
    };
    let mut c = Concentrations::uniform(met.grid(), 1, 0.0)?;
    let flux = Everywhere(met.grid().horizontal.n_cells());
    let none = Array2::zeros((0, 1));
    let ledger = Transport::new(met.clone(), options)?.advance(
        &mut c,
        noon(),
        noon().plus(steps * HOUR),
        Some((&flux, none.view())),
        &mut (),
    )?;
    Ok((c, ledger))
}

#[test]
fn the_parts_of_a_flux_are_those_computed_by_hand() {
    // What an hour of the flux would add to a layer of 100 hPa if all of it stayed there.
    let total = FLUX * HOUR / (1e4 / GRAVITY) * MOLAR_MASS_DRY_AIR / MOLAR_MASS_CARBON;
    // A layer of 250 hPa: x = 0.4, 0.8 and 1 at the upper edges; N = 6.75 x (1 - x)^2 = 0.972,
    // 0.216, 0, of which 0.8.
    let cases: [(Release, &[f64]); 3] = [
        (Release::Surface, &[1.0, 0.0, 0.0, 0.0]),
        (Release::Mixed, &[0.4, 0.4, 0.2, 0.0]),
        (
            Release::NonLocal,
            &[1.0 - 0.8 * 0.972, 0.8 * (0.972 - 0.216), 0.8 * 0.216, 0.0],
        ),
    ];
    let met = still(2.5e4, 0.8);
    for (release, parts) in cases {
        let (c, ledger) = emit(&met, release, false, 1.0).unwrap();
        for (k, part) in parts.iter().enumerate() {
            for (j, i) in [(0, 0), (4, 7), (9, 11)] {
                let value = c.get(met.grid().cell(k, j, i), 0);
                assert!(
                    (value / total - part).abs() < 1e-12,
                    "{release} level {k}: {} {part}",
                    value / total
                );
            }
        }
        assert!(
            ledger.imbalance() < 1e-13,
            "{release}: {:e}",
            ledger.imbalance()
        );
    }
}

#[test]
fn a_layer_within_the_lowest_level_takes_all_of_it_there() {
    let of = |release| emit(&still(3e3, 1.0), release, false, 2.0).unwrap().0;
    let surface = of(Release::Surface);
    for release in [Release::Mixed, Release::NonLocal] {
        let c = of(release);
        assert!(
            (0..c.grid().n_cells())
                .all(|cell| (c.get(cell, 0) - surface.get(cell, 0)).abs() < 1e-20)
        );
    }
}

#[test]
fn a_meteorology_without_a_boundary_layer_is_refused_where_one_is_needed() {
    assert!(emit(&still(0.0, 0.0), Release::Surface, false, 1.0).is_ok());
    let error = emit(&still(0.0, 0.0), Release::Mixed, false, 1.0)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("no boundary layer") && error.contains("\"mixed\""),
        "{error}"
    );
}

#[test]
fn over_warm_land_the_eddies_of_the_layer_carry_more_than_diffusion_alone() {
    let grid = Grid::geos(6.0, 7.5).unwrap();
    let met: Arc<dyn Meteorology> =
        Arc::new(BuiltIn::new(&grid, None, BuiltInOptions::default()).unwrap());
    let [surface, nonlocal, mixed] =
        [Release::Surface, Release::NonLocal, Release::Mixed].map(|release| {
            let (c, ledger) = emit(&met, release, true, 4.0).unwrap();
            assert!(
                ledger.imbalance() < 1e-12,
                "{release}: {:e}",
                ledger.imbalance()
            );
            c
        });
    // The afternoon of the Sahara and the night of Australia, by the lowest level.
    let at = |c: &Concentrations<f64>, lat, lon| {
        c.get(
            grid.cell(
                0,
                grid.horizontal.row_of(lat),
                grid.horizontal.column_of(lon),
            ),
            0,
        )
    };
    let [a, b, m] = [&surface, &nonlocal, &mixed].map(|c| at(c, 24.0, 7.5));
    assert!(b < 0.95 * a && m < 0.95 * a, "{a:e} {b:e} {m:e}");
    let [a, b] = [&surface, &nonlocal].map(|c| at(c, -24.0, 135.0));
    assert!((b / a - 1.0).abs() < 0.02, "{a:e} {b:e}");
    let least = (0..grid.n_cells())
        .map(|cell| nonlocal.get(cell, 0))
        .fold(f64::MAX, f64::min);
    assert!(least > -1e-12, "{least:e}");
}
