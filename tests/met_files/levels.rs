//! Files on levels: the real climatologies, and the layouts of reanalyses in small synthetic files.

use crate::support::{assert_laws, at, filled, lender, real, run, var, wind_east, write};
use mcas::grid::Grid;
use mcas::io::netcdf::Dataset;
use mcas::meteorology::{Forcing, LevelsFile, LevelsFileOptions, Meteorology};
use std::path::{Path, PathBuf};
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
fn place(lat: f64) -> (usize, usize) {
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
            let (j, i) = place(lat);
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
            let (j, i) = place(lat);
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

/// What differs between layouts of the same winds.
struct Layout<'a> {
    names: [&'a str; 3],
    time: (&'a str, &'a str, f64),
    level: (&'a str, &'a [(&'a str, &'a str)], Vec<f64>),
    from_north: bool,
    first_lon: f64,
    pressure_unit: (&'a str, f64),
}

/// Winds linear in ln p with waves, on 12 x 24 cells of 15 degrees, six-hourly: the same whatever
/// the layout.
fn write_layout(path: &Path, l: &Layout, split: bool) -> Vec<PathBuf> {
    let (n_lat, n_lon, n_time, n_lev) = (12, 24, 3, l.level.2.len());
    let lat = |j: usize| {
        if l.from_north {
            82.5 - 15.0 * j as f64
        } else {
            -82.5 + 15.0 * j as f64
        }
    };
    let lon = |i: usize| l.first_lon + 15.0 * i as f64;
    let (time, since, per_hour) = l.time;
    let shape = [n_time, n_lev, n_lat, n_lon];
    let ps = |[t, _, j, i]: [usize; 4]| {
        1.0e5
            + 500.0 * lat(j).to_radians().cos() * (2.0 * lon(i).to_radians() + 0.2 * t as f64).sin()
    };
    // Sigma for all: pressure levels are under 1000 hPa.
    let height = |k: usize| {
        -(if l.level.2[k] > 1.0 {
            l.level.2[k] / 1000.0
        } else {
            l.level.2[k]
        })
        .ln()
    };
    let u = |[t, k, j, i]: [usize; 4]| {
        (10.0 + 8.0 * height(k))
            * lat(j).to_radians().cos()
            * (1.0 + 0.2 * (lon(i).to_radians() + 0.1 * t as f64).cos())
    };
    let v = |[t, k, j, i]: [usize; 4]| {
        (2.0 + height(k))
            * lat(j).to_radians().cos()
            * (3.0 * lon(i).to_radians() + 0.1 * t as f64).sin()
    };
    let dims = [
        (time, n_time),
        (l.level.0, n_lev),
        ("latitude", n_lat),
        ("longitude", n_lon),
    ];
    let (air, ground) = (
        [time, l.level.0, "latitude", "longitude"],
        [time, "latitude", "longitude"],
    );
    let axes = || {
        vec![
            var(
                time,
                std::slice::from_ref(&air[0]),
                &[("units", "")],
                (0..n_time).map(|t| 6.0 * t as f64 * per_hour).collect(),
            ),
            var(
                l.level.0,
                std::slice::from_ref(&air[1]),
                l.level.1,
                l.level.2.clone(),
            ),
            var(
                "latitude",
                &["latitude"],
                &[("units", "degrees_north")],
                (0..n_lat).map(lat).collect(),
            ),
            var(
                "longitude",
                &["longitude"],
                &[("units", "degrees_east")],
                (0..n_lon).map(lon).collect(),
            ),
        ]
    };
    let since = [("units", since)];
    let pressure = [("units", l.pressure_unit.0)];
    let wind = [("units", "m s**-1")];
    let values = |which: usize| match which {
        0 => var(l.names[0], &air, &wind, filled(shape, u)),
        1 => var(l.names[1], &air, &wind, filled(shape, v)),
        _ => var(
            l.names[2],
            &ground,
            &pressure,
            filled([n_time, 1, n_lat, n_lon], |p| ps(p) * l.pressure_unit.1),
        ),
    };
    let groups: Vec<Vec<usize>> = if split {
        vec![vec![0], vec![1], vec![2]]
    } else {
        vec![vec![0, 1, 2]]
    };
    let mut written = Vec::new();
    for (n, group) in groups.iter().enumerate() {
        let mut vars = axes();
        vars[0].attributes = &since;
        vars.extend(group.iter().map(|which| values(*which)));
        written.push(path.join(format!("{}{n}.nc", l.names[0])));
        write(&written[n], &dims, &vars);
    }
    written
}

#[test]
fn the_layouts_of_reanalyses_give_the_same_winds() {
    let folder = tempfile::tempdir().unwrap();
    let sigma = vec![0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98];
    let standard = [
        ("standard_name", "atmosphere_sigma_coordinate"),
        ("units", "1"),
    ];
    let speedy = Layout {
        names: ["u", "v", "ps"],
        time: ("time", "hours since 1982-01-01 00:00:00", 1.0),
        level: ("lev", &standard, sigma.clone()),
        from_north: false,
        first_lon: 0.0,
        pressure_unit: ("Pa", 1.0),
    };
    let ncep = Layout {
        names: ["uwnd", "vwnd", "pres"],
        time: ("time", "days since 1982-01-01", 1.0 / 24.0),
        level: (
            "level",
            &[("units", "sigma_level")],
            sigma.iter().rev().copied().collect(),
        ),
        from_north: true,
        first_lon: 0.0,
        pressure_unit: ("millibar", 0.01),
    };
    let era5 = Layout {
        names: ["u", "v", "sp"],
        time: ("valid_time", "seconds since 1982-01-01", 3600.0),
        level: (
            "pressure_level",
            &[("units", "hPa")],
            sigma.iter().map(|s| 1000.0 * s).collect(),
        ),
        from_north: true,
        first_lon: -180.0,
        pressure_unit: ("Pa", 1.0),
    };
    let grid = Grid::geos(12.0, 15.0).unwrap();
    let forcing = |name: &str, layout: &Layout, split: bool| -> Arc<Forcing> {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        let met = LevelsFile::new(
            lender(&grid),
            write_layout(&path, layout, split),
            LevelsFileOptions::default(),
        )
        .unwrap();
        met.forcing(at("1982-01-01T07:00")).unwrap()
    };
    let (one, two, three) = (
        forcing("speedy", &speedy, false),
        forcing("ncep", &ncep, true),
        forcing("era5", &era5, true),
    );
    assert_eq!(
        (one.start, one.end),
        (at("1982-01-01T06:00"), at("1982-01-01T09:00"))
    );
    let largest = one.east.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    let apart = |f: &Forcing| {
        (&one.east - &f.east)
            .iter()
            .chain(&(&one.north - &f.north))
            .fold(0.0, |a: f64, b| a.max(b.abs()))
            / largest
    };
    assert!(apart(&two) < 1e-9, "{}", apart(&two));
    // Pressure surfaces are not sigma surfaces: half a percent of pressure is half a percent of a
    // scale height of shear.
    assert!(apart(&three) < 0.01, "{}", apart(&three));
}

#[test]
fn hybrid_levels_are_pressures_of_their_column() {
    let folder = tempfile::tempdir().unwrap();
    let levels: Vec<f64> = (1..=5).map(f64::from).collect();
    // In hybrid layers whose a and b add up to these sigmas under 1000 hPa.
    let sigma = [0.05, 0.2, 0.5, 0.8, 0.97];
    let b = [0.0, 0.05, 0.4, 0.78, 0.97];
    let shape = [2, 5, 12, 24];
    let lat = |j: usize| -82.5 + 15.0 * j as f64;
    let axes = [
        var(
            "time",
            &["time"],
            &[("units", "hours since 2016-01-01")],
            vec![0.0, 6.0],
        ),
        var("hybrid", &["hybrid"], &[("units", "1")], levels),
        var(
            "hyam",
            &["hybrid"],
            &[("units", "Pa")],
            (0..5).map(|k| 1.0e5 * (sigma[k] - b[k])).collect(),
        ),
        var("hybm", &["hybrid"], &[("units", "1")], b.to_vec()),
        var(
            "lat",
            &["lat"],
            &[("units", "degrees_north")],
            (0..12).map(lat).collect(),
        ),
        var(
            "lon",
            &["lon"],
            &[("units", "degrees_east")],
            (0..24).map(|i| 15.0 * i as f64).collect(),
        ),
        var(
            "ua",
            &["time", "hybrid", "lat", "lon"],
            &[("units", "m/s")],
            filled(shape, |[_, k, j, _]| {
                -10.0 * sigma[k].ln() * lat(j).to_radians().cos()
            }),
        ),
        var(
            "va",
            &["time", "hybrid", "lat", "lon"],
            &[("units", "m/s")],
            filled(shape, |_| 0.0),
        ),
        var(
            "ps",
            &["time", "lat", "lon"],
            &[("units", "Pa")],
            filled([2, 1, 12, 24], |_| 1.0e5),
        ),
    ];
    let path = folder.path().join("hybrid.nc");
    write(
        &path,
        &[("time", 2), ("hybrid", 5), ("lat", 12), ("lon", 24)],
        &axes,
    );
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
