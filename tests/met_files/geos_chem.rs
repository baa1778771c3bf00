//! GEOS-Chem's files. The real sample holds a window of 2 x 2 cells, so that a run needs a globe
//! made from it: every column of the globe is the column of one window cell, with its eastward
//! wind; a northward wind that is everywhere the same cannot blow on a sphere and is left out.
//! Other global files here are synthetic.

use crate::days::{synthetic, write_days};
use crate::support::{assert_laws, assert_uniform_in_single, at, lender, real, run, wind_east};
use mcas::grid::Grid;
use mcas::io::netcdf::Dataset;
use mcas::meteorology::{GeosChem, Meteorology};
use mcas::time::DAY;
use std::path::Path;
use std::sync::Arc;

/// The columns of one window cell, read by the program itself: (variable, time, level), and days
/// for I3.
fn window(cell: (usize, usize)) -> Option<impl Fn(&str, [usize; 4]) -> f64> {
    let names = [
        ("PBLH", "A1"),
        ("USTAR", "A1"),
        ("HFLUX", "A1"),
        ("T2M", "A1"),
        ("U", "A3dyn"),
        ("DTRAIN", "A3dyn"),
        ("CMFMC", "A3mstE"),
        ("PS", "I3"),
        ("QV", "I3"),
        ("T", "I3"),
    ];
    let mut days = std::collections::HashMap::new();
    for (name, collection) in names {
        let fields: Vec<_> = [2, 3]
            .into_iter()
            .filter(|day| *day == 2 || collection == "I3")
            .map(|day| {
                Some(
                    Dataset::open(real(&format!("MERRA2.2016010{day}.{collection}.2x25.nc3"))?)
                        .unwrap()
                        .field(name)
                        .unwrap(),
                )
            })
            .collect::<Option<_>>()?;
        days.insert(name, fields);
    }
    Some(move |name: &str, [t, k, _, _]: [usize; 4]| {
        let Some(fields) = days.get(name) else {
            return 0.0;
        };
        let per_day = fields[0].shape()[0];
        let (field, t) = (&fields[t / per_day], t % per_day);
        if field.shape().len() == 3 {
            field.data()[[t, cell.0, cell.1].as_slice()]
        } else {
            field.data()[[t, k, cell.0, cell.1].as_slice()]
        }
    })
}

fn driver(folder: &Path, grid: &Arc<Grid>) -> GeosChem {
    GeosChem::new(lender(grid), folder).unwrap()
}

#[test]
fn the_real_window_is_read_as_another_tool_prints_it() {
    // Printed by netCDF4 for Python: (file, variable, time, level, lat, lon, value).
    let (Some(a), Some(b)) = (window((0, 0)), window((1, 1))) else {
        return;
    };
    let near = |x: f64, y: f64| assert!((x / y - 1.0).abs() < 1e-6, "{x} {y}");
    near(a("U", [0, 0, 0, 0]), -0.723_364_06);
    near(a("U", [0, 71, 0, 0]), 34.654_457);
    near(b("U", [0, 71, 0, 0]), 30.020_248_4);
    near(a("PS", [0, 0, 0, 0]), 99_399.734_375);
    near(b("PS", [0, 0, 0, 0]), 99_780.093_75);
    near(a("T", [0, 0, 0, 0]), 284.090_698);
    near(a("CMFMC", [0, 9, 0, 0]), 0.029_945_218_9);
    near(b("CMFMC", [0, 12, 0, 0]), 0.001_028_374_536);
    near(a("DTRAIN", [0, 10, 0, 0]), 0.006_424_821_4);
    near(a("PBLH", [2, 0, 0, 0]), 812.7007);
    near(b("USTAR", [1, 0, 0, 0]), 0.657_239_6);
}

#[test]
fn a_globe_of_the_real_window_has_its_winds_and_updrafts_and_keeps_every_law() {
    let Some(column) = window((0, 0)) else { return };
    let folder = tempfile::tempdir().unwrap();
    write_days(folder.path(), (12.0, 22.5), &column);
    let grid = Grid::geos(12.0, 22.5).unwrap();
    let met = driver(folder.path(), &grid);
    let f = met.forcing(at("2016-01-02T01:00")).unwrap();
    assert_eq!((f.start, f.end), (at("2016-01-02"), at("2016-01-02T03:00")));
    // Means over lumped levels by dry mass, from the Python session: levels 0, 10, 38 (two lumped)
    // and 42 (four).
    for (k, u) in [
        (0, -0.723_364_06),
        (10, 7.695_923_8),
        (38, 32.160_739_0),
        (42, 102.403_549_4),
    ] {
        assert!(
            (wind_east(&grid, &f, (k, 7, 3)) - u).abs() < 1e-4,
            "{k}: {} {u}",
            wind_east(&grid, &f, (k, 7, 3))
        );
    }
    assert!(
        (f.updraft[[9, 0, 0]] - 0.029_945_218_9).abs() < 1e-9
            && (f.detrainment[[10, 4, 4]] - 0.006_424_821_4).abs() < 1e-9
    );
    // Friction 0.7369 and height 786.7 on the mean of three hours, no buoyancy: at z = h / 3
    // diffusivity is 34.3 m2 s-1.
    let strongest = f.exchange.iter().copied().fold(0.0, f64::max);
    assert!((0.1..1.0).contains(&strongest), "{strongest} kg m-2 s-1");
    assert!(
        met.adjustment(at("2016-01-02"))
            .unwrap()
            .iter()
            .all(|change| *change < 1e-9)
    );
    let met: Arc<dyn Meteorology> = Arc::new(met);
    let (c, ledger) = run(&met, at("2016-01-02"), at("2016-01-03"), 1800.0);
    assert_laws(&c, &ledger, 48.0);
}

#[test]
fn files_on_a_finer_grid_drive_a_coarse_model_and_keep_every_law() {
    let folder = tempfile::tempdir().unwrap();
    write_days(folder.path(), (6.0, 7.5), &synthetic);
    let met: Arc<dyn Meteorology> =
        Arc::new(driver(folder.path(), &Grid::geos(12.0, 15.0).unwrap()));
    let (c, ledger) = run(&met, at("2016-01-02"), at("2016-01-03"), 1800.0);
    assert_laws(&c, &ledger, 48.0);
    assert_uniform_in_single(&met, at("2016-01-02"), at("2016-01-03"), 1800.0);
    let mean = |t: &str| {
        let (a, h) = (met.atmosphere(at(t)).unwrap(), &met.grid().horizontal);
        let sum = |f: &dyn Fn(usize, usize) -> f64| {
            (0..h.n_lat())
                .flat_map(|j| (0..h.n_lon()).map(move |i| (j, i)))
                .map(|(j, i)| h.area(j) * f(j, i))
                .sum::<f64>()
        };
        assert!(a.height.iter().all(|z| z.is_finite()));
        sum(&|j, i| a.surface_pressure[[j, i]]) / sum(&|_, _| 1.0)
    };
    assert!(
        (mean("2016-01-02") - 98_305.0).abs() < 1e-6
            && (mean("2016-01-02T16:30") - 98_305.0).abs() < 1e-6,
        "dry air neither comes nor goes"
    );
}

#[test]
fn through_a_coarse_face_goes_what_goes_through_the_fine_faces_on_it() {
    // Zonal wind that depends on the row only: 12-degree faces hold 6-degree rows j - 1 (half), j,
    // j + 1 (half).
    let folder = tempfile::tempdir().unwrap();
    let u = |j: usize| 10.0 + ((j * 7) % 5) as f64;
    let value = move |name: &str, [t, k, j, i]: [usize; 4]| match name {
        "U" => u(j),
        "V" | "QV" => 0.0,
        "PS" => 98_000.0,
        _ => synthetic(name, [t, k, j, i]),
    };
    write_days(folder.path(), (6.0, 7.5), &value);
    let grid = Grid::geos(12.0, 15.0).unwrap();
    let f = driver(folder.path(), &grid)
        .forcing(at("2016-01-02"))
        .unwrap();
    for j in 1..15 {
        let expected = 0.25 * u(2 * j - 1) + 0.5 * u(2 * j) + 0.25 * u(2 * j + 1);
        assert!(
            (wind_east(&grid, &f, (20, j, 5)) - expected).abs() < 1e-9,
            "row {j}: {}",
            wind_east(&grid, &f, (20, j, 5))
        );
    }
}

#[test]
fn geos_fp_is_read_by_its_names_in_folders_of_months() {
    let folder = tempfile::tempdir().unwrap();
    write_days(folder.path(), (6.0, 7.5), &synthetic);
    let grid = Grid::geos(12.0, 15.0).unwrap();
    let merra = driver(folder.path(), &grid)
        .forcing(at("2016-01-02T03:00"))
        .unwrap();
    let month = folder.path().join("2016/01");
    std::fs::create_dir_all(&month).unwrap();
    for entry in std::fs::read_dir(folder.path())
        .unwrap()
        .map(Result::unwrap)
        .filter(|e| e.path().is_file())
    {
        let name = entry
            .file_name()
            .into_string()
            .unwrap()
            .replace("MERRA2", "GEOSFP")
            .replace("test.nc4", "2x25.nc");
        std::fs::rename(entry.path(), month.join(name)).unwrap();
    }
    let fp = driver(folder.path(), &grid)
        .forcing(at("2016-01-02T03:00"))
        .unwrap();
    assert!(
        merra.east == fp.east
            && merra.north == fp.north
            && merra.updraft == fp.updraft
            && merra.exchange == fp.exchange
    );
}

#[test]
fn a_folder_too_short_for_the_run_is_refused() {
    let grid = Grid::geos(12.0, 15.0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write_days(folder.path(), (12.0, 15.0), &synthetic);
    let met = driver(folder.path(), &grid);
    assert_eq!(met.span(), (Some(at("2016-01-02")), Some(at("2016-01-03"))));
    let late = met
        .covers(at("2016-01-02"), at("2016-01-02").plus(1.5 * DAY))
        .unwrap_err()
        .to_string();
    assert!(
        late.contains("ends before the run")
            && late.contains("\"U\"")
            && late.contains("A3dyn.test.nc4"),
        "{late}"
    );
    // Without the next day's first pressure the last three hours have no end.
    let [next, aside] =
        ["MERRA2.20160103.I3.test.nc4", "aside"].map(|name| folder.path().join(name));
    std::fs::rename(&next, &aside).unwrap();
    let short = driver(folder.path(), &grid);
    assert_eq!(
        short.span(),
        (Some(at("2016-01-02")), Some(at("2016-01-02T21:00")))
    );
    let late = short
        .covers(at("2016-01-02"), at("2016-01-03"))
        .unwrap_err()
        .to_string();
    assert!(
        late.contains("ends before the run")
            && late.contains("\"PS\"")
            && late.contains("MERRA2.20160102.I3.test.nc4"),
        "{late}"
    );
}

#[test]
fn a_folder_with_a_window_or_without_a_collection_is_refused() {
    let grid = Grid::geos(12.0, 15.0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write_days(folder.path(), (12.0, 15.0), &synthetic);
    std::fs::remove_file(folder.path().join("MERRA2.20160102.A1.test.nc4")).unwrap();
    let missing = GeosChem::new(lender(&grid), folder.path())
        .unwrap_err()
        .to_string();
    assert!(missing.contains("collection A1 is missing"), "{missing}");
    let Some(real) = real("MERRA2.20160102.I3.2x25.nc3") else {
        return;
    };
    let window = GeosChem::new(lender(&grid), real.parent().unwrap())
        .unwrap_err()
        .to_string();
    assert!(
        window.contains("do not go around the globe") && window.contains("[50.0, 52.0]"),
        "{window}"
    );
}
