//! Files on levels: the real climatologies.

use crate::support::{assert_laws, at, lender, real, run, wind_east};
use mcas::grid::Grid;
use mcas::io::netcdf::Dataset;
use mcas::meteorology::{LevelsFile, LevelsFileOptions, Meteorology};
use std::path::PathBuf;
use std::sync::Arc;

fn climatology(files: Vec<PathBuf>, months: Vec<usize>, grid: &Arc<Grid>) -> LevelsFile {
    LevelsFile::new(
        lender(grid),
        files,
        LevelsFileOptions {
            months,
            ..LevelsFileOptions::default()
        },
    )
    .unwrap()
}

/// The row and column of 2 x 2.5 degrees whose west face is at 11.25 west.
fn cell(lat: f64) -> (usize, usize) {
    let h = Grid::geos(2.0, 2.5).unwrap().horizontal.clone();
    (h.row_of(lat), h.column_of(-10.0))
}

#[test]
fn the_june_climatology_blows_as_another_tool_interpolates_it() {
    let Some(file) = real("NCEP_06_climo.nc") else {
        return;
    };
    let raw = Dataset::open(&file).unwrap().field("U").unwrap();
    assert!(
        (raw.data()[[0, 5, 50, 60].as_slice()] - 4.264_543_533).abs() < 1e-6,
        "500 hPa, 51.6 north, 168.75 east, by netCDF4 for Python"
    );
    let grid = Grid::geos(2.0, 2.5).unwrap();
    let met = climatology(vec![file], vec![6], &grid);
    assert!(
        met.to_string().contains("months: [6]")
            && met
                .to_string()
                .contains("built in: boundary layer, convection, height of the ground"),
        "{met}"
    );
    let f = met.forcing(at("2016-06-16")).unwrap();
    // Level, and means over the face at 40 north and 40 south computed in Python; the fix and the
    // mean over columns change tenths.
    for (k, north, south) in [
        (5, 0.498_77, 9.308_09),
        (20, 5.154_48, 20.188_55),
        (30, 11.201_04, 35.258_81),
    ] {
        for (lat, expected) in [(40.0, north), (-40.0, south)] {
            let (j, i) = cell(lat);
            let got = wind_east(&grid, &f, (k, j, i));
            assert!(
                (got - expected).abs() < 0.3,
                "level {k}, {lat}: {got} {expected}"
            );
        }
    }
}

#[test]
fn january_winds_without_surface_pressure_take_the_built_in_one_and_say_so() {
    let Some(file) = real("uvt_198801.nc") else {
        return;
    };
    let raw = |name: &str| {
        Dataset::open(&file).unwrap().field(name).unwrap().data()[[0, 3, 50, 60].as_slice()]
    };
    assert!(
        (raw("U") - 19.438_665_39).abs() < 1e-6
            && (raw("V") - 2.144_849_539).abs() < 1e-6
            && (raw("T") - 246.979_415_9).abs() < 1e-4
    );
    let grid = Grid::geos(2.0, 2.5).unwrap();
    let met = climatology(vec![file], vec![1], &grid);
    assert!(met.to_string().contains("surface pressure"), "{met}");
    let f = met.forcing(at("2016-01-16")).unwrap();
    for (k, north, south) in [
        (20, 14.293_03, 21.563_69),
        (30, 22.975_55, 37.300_99),
        (36, 10.752_60, 12.245_29),
    ] {
        for (lat, expected) in [(40.0, north), (-40.0, south)] {
            let (j, i) = cell(lat);
            let got = wind_east(&grid, &f, (k, j, i));
            assert!(
                (got - expected).abs() < 0.5,
                "level {k}, {lat}: {got} {expected}"
            );
        }
    }
}

#[test]
fn both_climatologies_together_go_around_the_year_and_keep_every_law() {
    let (Some(june), Some(january)) = (real("NCEP_06_climo.nc"), real("uvt_198801.nc")) else {
        return;
    };
    let grid = Grid::geos(10.0, 15.0).unwrap();
    let one = |file: &PathBuf, month: usize| climatology(vec![file.clone()], vec![month], &grid);
    for (met, time) in [
        (one(&june, 6), "2016-06-16"),
        (one(&january, 1), "2017-01-16"),
    ] {
        let met: Arc<dyn Meteorology> = Arc::new(met);
        let (c, ledger) = run(&met, at(time), at(time).plus(6.0 * 3600.0), 1800.0);
        assert_laws(&c, &ledger, 12.0);
    }
}
