//! What a meteorology looks like at an instant, beside what it was made of.

use crate::days::{synthetic, write_days};
use crate::support::{assert_uniform_in_single, at, lender};
use mcas::constants::EARTH_RADIUS;
use mcas::constants::GRAVITY;
use mcas::grid::Grid;
use mcas::meteorology::{Conditions, Flow, GeosChem, Meteorology, Prescribed, Snapshot};
use ndarray::{Array2, Array3, Axis};
use std::sync::Arc;

#[test]
fn winds_are_those_that_were_prescribed() {
    let grid = Grid::geos(6.0, 7.5).unwrap();
    let sines: Vec<f64> = grid
        .horizontal
        .lat_edges()
        .iter()
        .map(|lat| lat.to_radians().sin())
        .collect();
    let blows = move |_| {
        // Westerlies of 20 cos(lat), and 5 m/s from the south pole along 90 east across the
        // equator.
        let psi = Array2::from_shape_fn((32, 48), |(j, i)| {
            let lon = (-183.75 + 7.5 * i as f64).to_radians();
            -EARTH_RADIUS
                * (20.0 * sines[j] + 5.0 * (1.0 - sines[j] * sines[j]).max(0.0).sqrt() * lon.cos())
        });
        Ok(Conditions {
            flows: vec![Flow::Streamfunction(psi.into_dyn())],
            ..Conditions::default()
        })
    };
    let met = Prescribed::new(&grid, 1.0e5, 3600.0, Box::new(blows)).unwrap();
    let air = Snapshot::new(&met, at("2016-01-01T00:30")).unwrap();
    assert_eq!(air.interval, (at("2016-01-01"), at("2016-01-01T01:00")));
    let h = &grid.horizontal;
    for (j, i) in [(8, 5), (15, 36), (22, 20)] {
        let (lat, lon) = (h.lat()[j].to_radians(), h.lon()[i].to_radians());
        let (u, v) = (
            20.0 * lat.cos() - 5.0 * lat.sin() * lon.cos(),
            5.0 * lon.sin(),
        );
        for k in [0, 30] {
            assert!(
                (air.winds[0][[k, j, i]] - u).abs() < 0.1
                    && (air.winds[1][[k, j, i]] - v).abs() < 0.1,
                "row {j}, column {i}: {u} {v}"
            );
        }
    }
    assert!(
        air.winds
            .iter()
            .all(|w| w.iter().filter(|v| v.is_nan()).count() == 2 * 47 * 48),
        "polar rows and no other lack winds"
    );
    assert!(
        air.omega.iter().all(|w| w.abs() < 1e-12)
            && air.boundary_layer.is_none()
            && air.diffusivity.iter().all(|k| *k == 0.0)
    );
}

#[test]
fn air_goes_down_where_it_parts_at_the_ground() {
    let grid = Grid::geos(6.0, 7.5).unwrap();
    let (row, flux) = (15, 1.0e8);
    let blows = move |_| {
        let north = Array3::from_shape_fn((47, 32, 48), |(k, j, _)| match (k, j) {
            (0, 15) | (1, 16) => -flux,
            (0, 16) | (1, 15) => flux,
            _ => 0.0,
        });
        let flow = Flow::Fluxes(Array3::zeros((47, 31, 48)).into_dyn(), north.into_dyn());
        Ok(Conditions {
            flows: vec![flow],
            ..Conditions::default()
        })
    };
    let met: Arc<dyn Meteorology> =
        Arc::new(Prescribed::new(&grid, 1.0e5, 3600.0, Box::new(blows)).unwrap());
    let air = Snapshot::new(met.as_ref(), at("2016-01-01")).unwrap();
    // The lowest level loses 2 flux from each cell of the row, which comes from the level above it.
    let expected = 2.0 * flux * GRAVITY / grid.horizontal.area(row);
    assert!(
        (air.omega[[1, row, 7]] / expected - 1.0).abs() < 1e-9,
        "{} {expected}",
        air.omega[[1, row, 7]]
    );
    assert!(air.omega[[2, row, 7]].abs() < 1e-9 * expected && air.omega[[0, row, 7]] == 0.0);
    assert_uniform_in_single(&met, at("2016-01-01"), at("2016-01-01T12:00"), 1800.0);
}

#[test]
fn no_air_leaves_through_the_top_and_the_last_instant_is_seen_too() {
    let folder = tempfile::tempdir().unwrap();
    write_days(folder.path(), (6.0, 7.5), &synthetic);
    let grid = Grid::geos(12.0, 15.0).unwrap();
    let files = GeosChem::new(lender(&grid), folder.path()).unwrap();
    for (met, time) in [
        (&files as &dyn Meteorology, "2016-01-02T04:00"),
        (&lender(&grid), "2016-01-02T04:00"),
        (&files, "2016-01-03"),
    ] {
        let air = Snapshot::new(met, at(time)).unwrap();
        let strongest = air.omega.iter().fold(0.0, |a: f64, w| a.max(w.abs()));
        let leak = air
            .omega
            .index_axis(Axis(0), 47)
            .iter()
            .fold(0.0, |a: f64, w| a.max(w.abs()));
        assert!(
            (0.01..10.0).contains(&strongest) && leak < 1e-9 * strongest,
            "{met}: {leak:e} of {strongest}"
        );
    }
    assert_eq!(
        Snapshot::new(&files, at("2016-01-03")).unwrap().interval.1,
        at("2016-01-03")
    );
    assert!(
        Snapshot::new(&files, at("2016-01-04"))
            .unwrap_err()
            .to_string()
            .contains("ends before")
    );
    let height = Snapshot::new(&files, at("2016-01-02"))
        .unwrap()
        .boundary_layer
        .unwrap();
    assert!(
        height.iter().all(|h| (h - 800.0).abs() < 1e-9),
        "the files' own"
    );
}

#[test]
fn diffusivity_above_the_boundary_layer_is_the_weak_background() {
    let met = lender(&Grid::geos(12.0, 15.0).unwrap());
    let air = Snapshot::new(&met, at("2016-07-01T12:00")).unwrap();
    let layer = air.boundary_layer.as_ref().unwrap();
    assert!(layer.iter().all(|h| (200.0..2000.0).contains(h)));
    // 3 m2 s-1, falling to none at 14 km (boundary_layer.rs), over distances of the annual mean:
    // those of July are 5 % longer.
    for (k, j, i) in [(16, 8, 10), (20, 4, 3), (24, 12, 20)] {
        let z = 0.5 * (air.atmosphere.height[[k - 1, j, i]] + air.atmosphere.height[[k, j, i]])
            - air.atmosphere.surface_height[[j, i]];
        assert!(z > layer[[j, i]]);
        let expected = 3.0 * (1.0 - z / 14_000.0);
        assert!(
            (air.diffusivity[[k, j, i]] / expected - 1.0).abs() < 0.2,
            "{} {expected}",
            air.diffusivity[[k, j, i]]
        );
    }
}
