//! Days of synthetic files in GEOS-Chem's layout.

use crate::support::{Var, east, filled, north, var, write};
use mcas::grid::LatLonGrid;
use std::path::Path;

/// A value at (time, level, lat, lon) of a variable.
type Value<'a> = &'a dyn Fn(&str, [usize; 4]) -> f64;

/// Name, unit, levels.
type Variable = (&'static str, &'static str, usize);

/// Name, records a day, the first and the minutes between them, variables.
type Collection = (&'static str, usize, f64, f64, &'static [Variable]);

const COLLECTIONS: [Collection; 4] = [
    (
        "A1",
        24,
        30.0,
        60.0,
        &[
            ("PBLH", "m", 0),
            ("USTAR", "m s-1", 0),
            ("HFLUX", "W m-2", 0),
            ("T2M", "K", 0),
        ],
    ),
    (
        "A3dyn",
        8,
        90.0,
        180.0,
        &[
            ("U", "m s-1", 72),
            ("V", "m s-1", 72),
            ("DTRAIN", "kg m-2 s-1", 72),
        ],
    ),
    ("A3mstE", 8, 90.0, 180.0, &[("CMFMC", "kg m-2 s-2", 73)]),
    (
        "I3",
        8,
        0.0,
        180.0,
        &[("PS", "Pa", 0), ("QV", "kg kg-1", 72), ("T", "K", 72)],
    ),
];

/// Writes one day of all collections, and I3 of the next, on a grid of `step` degrees of latitude,
/// in GEOS-Chem's layout.
pub fn write_days(folder: &Path, (lat_step, lon_step): (f64, f64), value: Value) {
    let grid = LatLonGrid::geos(lat_step, lon_step).unwrap();
    for collection in COLLECTIONS {
        for day in 2..=(if collection.0 == "I3" { 3 } else { 2 }) {
            write_day(folder, &grid, (collection, day), value);
        }
    }
}

/// Writes one day of January of a collection.
fn write_day(
    folder: &Path,
    grid: &LatLonGrid,
    ((collection, n, first, step, variables), day): (Collection, usize),
    value: Value,
) {
    let (n_lat, n_lon) = (grid.n_lat(), grid.n_lon());
    let levels = variables.iter().map(|v| v.2).max().unwrap().max(1);
    let dimensions = [("time", n), ("lev", levels), ("lat", n_lat), ("lon", n_lon)];
    let since = format!("minutes since 2016-01-0{day} 00:00:00.0");
    let time = [("units", since.as_str()), ("calendar", "gregorian")];
    let minutes = (0..n).map(|t| first + step * t as f64).collect();
    let numbers = (1..=levels).map(|k| k as f64).collect();
    let mut vars: Vec<Var> = vec![
        var("time", &["time"], &time, minutes),
        var("lev", &["lev"], &[("units", "1")], numbers),
        north(&["lat"], grid.lat().to_vec()),
        east(&["lon"], grid.lon().to_vec()),
    ];
    let units: Vec<[(&str, &str); 1]> = variables.iter().map(|v| [("units", v.1)]).collect();
    for ((name, _, deep), unit) in variables.iter().zip(&units) {
        let dims: &[&str] = if *deep > 0 {
            &["time", "lev", "lat", "lon"]
        } else {
            &["time", "lat", "lon"]
        };
        let shift = if day == 3 { 8 } else { 0 };
        let values = filled([n, (*deep).max(1), n_lat, n_lon], |[t, k, j, i]| {
            value(name, [t + shift, k, j, i])
        });
        vars.push(var(name, dims, unit, values));
    }
    let name = format!("MERRA2.2016010{day}.{collection}.test.nc4");
    write(&folder.join(name), &dimensions, &vars);
}

/// Winds that turn with the earth faster, with waves in both components, and pressure that goes up
/// and down: synthetic.
pub fn synthetic(name: &str, [t, k, j, i]: [usize; 4]) -> f64 {
    let (lat, lon) = ((j as f64 - 15.0) * 6.0, i as f64 * 7.5 - 180.0);
    let (cos, wave) = (
        lat.to_radians().cos(),
        (3.0 * lon.to_radians() + 0.3 * t as f64).sin(),
    );
    match name {
        "U" => 20.0 * cos + 8.0 * wave * cos,
        "V" => 5.0 * cos * wave * (0.1 * k as f64).cos(),
        "PS" => 98_000.0 + 800.0 * wave * cos + 5.0 * t as f64,
        "QV" => 0.01 * cos * (-(k as f64) / 10.0).exp(),
        "T" => 290.0 - 40.0 * (1.0 - cos) - 0.8 * k as f64,
        "DTRAIN" => {
            if (4..20).contains(&k) {
                0.001
            } else {
                0.0
            }
        }
        "CMFMC" => {
            if (1..20).contains(&k) {
                0.002 * (20 - k) as f64
            } else {
                0.0
            }
        }
        "PBLH" => 800.0,
        "USTAR" => 0.4,
        "HFLUX" => 50.0,
        _ => 285.0,
    }
}
