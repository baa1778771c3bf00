//! The winds of a general circulation model, January and July: they close no mass, and their global
//! mean pressure drifts.

use crate::support::{assert_laws, assert_uniform_in_single, at, lender, real, run, wind_east};
use mcas::grid::Grid;
use mcas::io::netcdf::Dataset;
use mcas::meteorology::{LevelsFile, LevelsFileOptions, Meteorology};
use std::sync::Arc;

fn speedy(season: &str, grid: &Arc<Grid>, options: LevelsFileOptions) -> Option<LevelsFile> {
    let file = real(&format!("speedy_{season}_6h.nc"))?;
    Some(LevelsFile::new(lender(grid), vec![file], options).unwrap())
}

const SEASONS: [(&str, &str, f64, [f64; 4]); 2] = [
    // Winds of the first two records at levels 0, 12, 20, 30 through the face at 3.75 west,
    // averaged along it, by netCDF4 and NumPy; weights 3/4 and 1/4 for the first three of six
    // hours.
    (
        "winter",
        "1982-01-01",
        40.0,
        [11.75126, 14.05979, 16.71819, 28.93731],
    ),
    (
        "summer",
        "1982-07-01",
        -40.0,
        [3.97957, 6.18991, 10.39098, 16.57663],
    ),
];

#[test]
fn packed_winds_are_read_as_another_tool_prints_them() {
    let Some(file) = real("speedy_winter_6h.nc") else {
        return;
    };
    let file = Dataset::open(file).unwrap();
    let value = |name: &str, index: &[usize]| file.field(name).unwrap().data()[index];
    assert!(
        (value("u", &[7, 3, 30, 60]) - 12.25).abs() < 1e-9
            && (value("v", &[7, 3, 30, 60]) + 13.25).abs() < 1e-9
    );
    assert_eq!(value("ps", &[7, 30, 60]), 102_694.0);
}

#[test]
fn two_months_drive_the_model_and_the_fix_changes_the_winds_by_little() {
    let grid = Grid::geos(2.0, 2.5).unwrap();
    for (season, start, lat, winds) in SEASONS {
        let Some(met) = speedy(season, &grid, LevelsFileOptions::default()) else {
            return;
        };
        let text = met.to_string();
        assert!(
            text.contains("built in: boundary layer, convection; dry air: surface pressure scaled"),
            "{text}"
        );
        let f = met.forcing(at(start)).unwrap();
        let (j, i) = (grid.horizontal.row_of(lat), grid.horizontal.column_of(-2.5));
        for (k, expected) in [0, 12, 20, 30].into_iter().zip(winds) {
            let got = wind_east(&grid, &f, (k, j, i));
            assert!(
                (got - expected).abs() < 0.3,
                "{season} level {k}: {got} {expected}"
            );
        }
        for day in [0.0, 10.0, 20.0, 29.9] {
            let [u, v] = met.adjustment(at(start).plus(day * 86_400.0)).unwrap();
            eprintln!("{season}, day {day}: the fix changes u by {u:.3} and v by {v:.3} m/s rms");
            assert!(
                (0.01..0.2).contains(&u) && (0.01..0.2).contains(&v),
                "{season} day {day}: {u} {v}"
            );
        }
        met.covers(at(start), at(start).plus(30.0 * 86_400.0))
            .unwrap();
        assert!(
            met.covers(at(start), at(start).plus(31.0 * 86_400.0))
                .unwrap_err()
                .to_string()
                .contains("ends before the run")
        );
        let met: Arc<dyn Meteorology> = Arc::new(met);
        let (c, ledger) = run(&met, at(start), at(start).plus(4.0 * 3600.0), 1800.0);
        assert_laws(&c, &ledger, 8.0);
    }
}

#[test]
fn a_day_at_another_date_closes_mass_although_the_pressure_of_the_file_drifts() {
    let grid = Grid::geos(10.0, 15.0).unwrap();
    let options = LevelsFileOptions {
        start: Some(at("2016-07-01")),
        ..LevelsFileOptions::default()
    };
    let Some(met) = speedy("summer", &grid, options) else {
        return;
    };
    assert!(met.to_string().contains("start: \"2016-07-01\""));
    let met: Arc<dyn Meteorology> = Arc::new(met);
    let (c, ledger) = run(&met, at("2016-07-10"), at("2016-07-12"), 1800.0);
    assert_laws(&c, &ledger, 96.0);
    assert_uniform_in_single(&met, at("2016-07-10"), at("2016-07-11"), 1800.0);
}

#[test]
fn reading_ahead_changes_no_bit() {
    let grid = Grid::geos(10.0, 15.0).unwrap();
    let met = || speedy("winter", &grid, LevelsFileOptions::default());
    let (Some(in_order), Some(backwards)) = (met(), met()) else {
        return;
    };
    let hours: Vec<f64> = (0..8).map(|k| 3.0 * f64::from(k)).collect();
    let ask = |met: &LevelsFile, h: &f64| met.forcing(at("1982-01-05").plus(h * 3600.0)).unwrap();
    let mut behind: Vec<_> = hours.iter().rev().map(|h| ask(&backwards, h)).collect();
    behind.reverse();
    for (h, other) in hours.iter().zip(behind) {
        let one = ask(&in_order, h);
        assert!(
            one.east == other.east
                && one.north == other.north
                && one.surface_pressure == other.surface_pressure,
            "hour {h}"
        );
    }
}
