//! Files that bring their own boundary layer and convection.

use crate::support::{Var, assert_laws, at, east, filled, lender, north, run, var, write};
use mcas::error::Result;
use mcas::grid::Grid;
use mcas::meteorology::{LevelsFile, LevelsFileOptions, Meteorology};
use std::path::Path;
use std::sync::Arc;

const LEVELS: [f64; 6] = [0.05, 0.2, 0.4, 0.6, 0.8, 0.97];
const AIR: [&str; 4] = ["time", "lev", "latitude", "longitude"];

/// The axes of 12 x 24 cells, six-hourly, with rotation and waves on them.
fn winds() -> Vec<Var<'static>> {
    let shape = [3, LEVELS.len(), 12, 24];
    let (lat, lon) = (
        |j: usize| -82.5 + 15.0 * j as f64,
        |i: usize| 15.0 * i as f64,
    );
    let since = &[("units", "hours since 2016-07-01")];
    let sigma = &[
        ("standard_name", "atmosphere_sigma_coordinate"),
        ("units", "1"),
    ];
    let wind = &[("units", "m s-1")];
    let u = filled(shape, |[_, _, j, _]| 15.0 * lat(j).to_radians().cos());
    let v = filled(shape, |[_, _, j, i]| {
        3.0 * lat(j).to_radians().cos() * (2.0 * lon(i).to_radians()).sin()
    });
    vec![
        var("time", &["time"], since, vec![0.0, 6.0, 12.0]),
        var("lev", &["lev"], sigma, LEVELS.to_vec()),
        north(&["latitude"], (0..12).map(lat).collect()),
        east(&["longitude"], (0..24).map(lon).collect()),
        var("u", &AIR, wind, u),
        var("v", &AIR, wind, v),
    ]
}

/// The winds with what `more` adds, opened.
fn met(folder: &Path, more: Vec<Var>) -> Result<LevelsFile> {
    let mut vars: Vec<Var> = winds();
    vars.extend(more);
    let path = folder.join("winds.nc");
    write(
        &path,
        &[
            ("time", 3),
            ("lev", LEVELS.len()),
            ("latitude", 12),
            ("longitude", 24),
        ],
        &vars,
    );
    LevelsFile::new(
        lender(&Grid::geos(10.0, 15.0).unwrap()),
        vec![path],
        LevelsFileOptions::default(),
    )
}

const GROUND: [&str; 3] = ["time", "latitude", "longitude"];

#[test]
fn boundary_layer_and_updrafts_of_a_file_stand_for_the_built_in_ones() {
    let folder = tempfile::tempdir().unwrap();
    let layer = filled([3, 1, 12, 24], |[t, _, _, _]| 1000.0 + 200.0 * t as f64);
    let updraft = filled([3, LEVELS.len(), 12, 24], |_| 0.02);
    let more = vec![
        var("blh", &GROUND, &[("units", "m")], layer),
        var("mumf", &AIR, &[("units", "kg m-2 s-1")], updraft),
    ];
    let met: Arc<dyn Meteorology> = Arc::new(met(folder.path(), more).unwrap());
    let text = met.to_string();
    assert!(
        text.contains("from the files: winds, boundary layer, convection;")
            && text.contains("built in: surface pressure"),
        "{text}"
    );
    // Intervals of three hours: the middle of the first is a quarter of the way to the second
    // record.
    let height = met.boundary_layer(at("2016-07-01T01:00")).unwrap().unwrap();
    assert!(height.iter().all(|h| (h - 1050.0).abs() < 1e-9), "{height}");
    let f = met.forcing(at("2016-07-01T01:00")).unwrap();
    // exp(-1050 / 8000) of a column lies above 1050 m; cold and warm air have other scale heights
    // than 8000 m.
    let parts = f
        .layer_depth
        .iter()
        .zip(&f.surface_pressure[0])
        .map(|(depth, ps)| depth / ps);
    let (least, most) = parts.fold((1.0f64, 0.0f64), |(a, b), p| (a.min(p), b.max(p)));
    assert!(least > 0.10 && most < 0.17, "{least} to {most}");
    let top = f.updraft.dim().0 - 1;
    assert!(
        f.updraft
            .indexed_iter()
            .all(|((k, _, _), u)| (u - if k == 0 || k == top { 0.0 } else { 0.02 }).abs() < 1e-12)
    );
    assert!(f.detrainment.iter().all(|d| *d >= 0.0) && f.detrainment.iter().any(|d| *d > 0.0));
    let (c, ledger) = run(&met, at("2016-07-01"), at("2016-07-01T06:00"), 1800.0);
    assert_laws(&c, &ledger, 12.0);
}

#[test]
fn what_a_file_lacks_stays_built_in_and_what_is_wrong_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let flat = |value: f64| filled([3, 1, 12, 24], move |_| value);
    let with = |unit: &str, value: f64| {
        met(
            folder.path(),
            vec![var("blh", &GROUND, &[("units", unit)], flat(value))],
        )
    };
    let text = with("m", 800.0).unwrap().to_string();
    assert!(
        text.contains("from the files: winds, boundary layer;")
            && text.contains("built in: convection"),
        "{text}"
    );
    for (unit, value, parts) in [
        ("K", 800.0, ["blh", "winds.nc", "\"K\""]),
        (
            "m",
            -3.0,
            ["boundary layer is out of range", "got -3", "blh"],
        ),
        ("km", 13.0, ["13000", "12000", "blh"]),
    ] {
        let message = with(unit, value).unwrap_err().to_string();
        for part in parts {
            assert!(message.contains(part), "\"{part}\" is not in\n{message}");
        }
    }
}
