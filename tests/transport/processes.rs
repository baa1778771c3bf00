//! The processes of a column: each alone, and in parts of a step.

use super::support::*;
use mcas::ensemble::Concentrations;
use mcas::meteorology::Meteorology;
use mcas::time::{DAY, HOUR};
use mcas::transport::{Ledger, Processes, Transport, TransportOptions};
use ndarray::Array2;
use std::sync::Arc;

/// Air and account after three hours of some of the processes.
fn three_hours(met: &Arc<dyn Meteorology>, processes: Processes) -> (Concentrations<f32>, Ledger) {
    let grid = met.grid();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let factors = Array2::ones((1, 1));
    let mut c = blobs::<f32>(grid, &[2]);
    let t = Transport::new(
        met.clone(),
        TransportOptions {
            step: 1800.0,
            processes,
            ..TransportOptions::default()
        },
    )
    .unwrap();
    let ledger = t
        .advance(
            &mut c,
            start(),
            start().plus(3.0 * HOUR),
            Some((&flux, factors.view())),
            &mut (),
        )
        .unwrap();
    (c, ledger)
}

#[test]
fn a_process_that_is_switched_off_leaves_the_air_to_the_others() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let none = Processes {
        advection: false,
        emission: false,
        mixing: false,
        convection: false,
    };
    let run = |processes: Processes| three_hours(&met, processes);
    let (still, ledger) = run(none);
    assert_eq!(bits(&still), bits(&blobs::<f32>(&grid, &[2])));
    assert_eq!(ledger.emitted, [0.0]);
    let (emitted, ledger) = run(Processes {
        emission: true,
        ..none
    });
    assert!(ledger.emitted[0] > 0.0 && ledger.imbalance() < 1e-8);
    let level = grid.horizontal.n_cells();
    assert!(
        (level..grid.n_cells()).all(|cell| emitted.get(cell, 0) == still.get(cell, 0)),
        "without mixing it stays at the ground"
    );
    for one in [
        Processes {
            mixing: true,
            ..none
        },
        Processes {
            convection: true,
            ..none
        },
    ] {
        let (moved, ledger) = run(one);
        assert!(
            bits(&moved) != bits(&still) && ledger.imbalance() < 1e-8,
            "{one:?}"
        );
    }
}

#[test]
fn columns_in_parts_of_a_step_close_the_account_and_stay_near_short_steps() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let factors = Array2::ones((1, 1));
    let run = |step: f64, column_step: Option<f64>| {
        let mut c = Concentrations::<f32>::uniform(&grid, 1, 400.0 * PPM).unwrap();
        let t = Transport::new(
            met.clone(),
            TransportOptions {
                step,
                column_step,
                ..TransportOptions::default()
            },
        )
        .unwrap();
        let ledger = t
            .advance(
                &mut c,
                start(),
                start().plus(DAY),
                Some((&flux, factors.view())),
                &mut (),
            )
            .unwrap();
        assert!(ledger.imbalance() < 1e-7, "{:e}", ledger.imbalance());
        c
    };
    let (short, long, parts) = (
        run(600.0, None),
        run(1800.0, None),
        run(1800.0, Some(600.0)),
    );
    let surface = 0..grid.horizontal.n_cells();
    let apart = |c: &Concentrations| {
        surface
            .clone()
            .map(|cell| (c.get(cell, 0) - short.get(cell, 0)).powi(2))
            .sum::<f64>()
    };
    assert!(
        apart(&parts) < apart(&long),
        "{:e} {:e}",
        apart(&parts),
        apart(&long)
    );
}
