//! Files on hybrid levels, synthetic.

use crate::support::{Var, at, east, filled, lender, north, var, wind_east, write};
use mcas::grid::Grid;
use mcas::meteorology::{LevelsFile, LevelsFileOptions};
use std::path::Path;

// Hybrid layers whose a and b add up to these sigmas under 1000 hPa.
const SIGMA: [f64; 5] = [0.05, 0.2, 0.5, 0.8, 0.97];
const B: [f64; 5] = [0.0, 0.05, 0.4, 0.78, 0.97];

fn lat(j: usize) -> f64 {
    -82.5 + 15.0 * j as f64
}

fn axes() -> Vec<Var<'static>> {
    let levels = (1..=5).map(f64::from).collect();
    let a = (0..5).map(|k| 1.0e5 * (SIGMA[k] - B[k])).collect();
    let since = &[("units", "hours since 2016-01-01")];
    vec![
        var("time", &["time"], since, vec![0.0, 6.0]),
        var("hybrid", &["hybrid"], &[("units", "1")], levels),
        var("hyam", &["hybrid"], &[("units", "Pa")], a),
        var("hybm", &["hybrid"], &[("units", "1")], B.to_vec()),
        north(&["lat"], (0..12).map(lat).collect()),
        east(&["lon"], (0..24).map(|i| 15.0 * i as f64).collect()),
    ]
}

/// Eastward wind linear in ln p, on 12 x 24 cells of 15 degrees.
fn write_hybrid(path: &Path) {
    let air = &["time", "hybrid", "lat", "lon"];
    let wind = &[("units", "m/s")];
    let u = filled([2, 5, 12, 24], |[_, k, j, _]| {
        -10.0 * SIGMA[k].ln() * lat(j).to_radians().cos()
    });
    let v = filled([2, 5, 12, 24], |_| 0.0);
    let ps = filled([2, 1, 12, 24], |_| 1.0e5);
    let mut all = axes();
    all.extend([
        var("ua", air, wind, u),
        var("va", air, wind, v),
        var("ps", &["time", "lat", "lon"], &[("units", "Pa")], ps),
    ]);
    let dimensions = [("time", 2), ("hybrid", 5), ("lat", 12), ("lon", 24)];
    write(path, &dimensions, &all);
}

#[test]
fn hybrid_levels_are_pressures_of_their_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hybrid.nc");
    write_hybrid(&path);
    let grid = Grid::geos(12.0, 15.0).unwrap();
    let met = LevelsFile::new(lender(&grid), vec![path], LevelsFileOptions::default()).unwrap();
    let f = met.forcing(at("2016-01-01")).unwrap();
    let k = 20; // about 0.55 of the surface pressure, where u is, but for the cosine, -10 ln p / p0
    let expected = -10.0 * (grid.levels.middle(k, 1.0e5) / 1.0e5).ln();
    // The row from the equator to 12 north, under the line through cos 7.5 (level to the south) and
    // cos 22.5 degrees.
    let (j, near, far) = (8, 7.5f64.to_radians().cos(), 22.5f64.to_radians().cos());
    let band = (7.5 * near + 4.5 * (near + 0.15 * (far - near))) / 12.0;
    let got = wind_east(&grid, &f, (k, j, 3));
    assert!(
        (got / (expected * band) - 1.0).abs() < 1e-9,
        "{got} {}",
        expected * band
    );
}
