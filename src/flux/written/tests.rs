//! What is written is read again with its totals, and pleases a checker of the conventions.

use super::*;
use crate::flux::files::{CarbonTrackerPart, CfFlux, from_carbontracker, from_cf};
use crate::flux::{MapStamp, PriorFlux, Product, SeriesReading, SurfaceFlux, month_edges};
use crate::io::netcdf::{Dataset, read};
use crate::time::YEAR;
use std::path::PathBuf;
use std::process::Command;

fn t(text: &str) -> Time {
    text.parse().unwrap()
}

/// Three months of the built-in prior with two windows of three members.
fn case() -> (PriorFlux, Vec<FactorWindow>, Vec<Time>) {
    let prior = PriorFlux::new(&LatLonGrid::geos(4.0, 5.0).unwrap(), Product::group_1());
    let factors = Array2::from_shape_fn((175, 3), |(k, m)| 0.9 + 0.1 * ((k + m) % 3) as f64);
    let (start, middle, end) = (t("2015-01-01"), t("2015-02-10"), t("2015-04-01"));
    let windows = vec![
        FactorWindow {
            start,
            end: middle,
            factors: factors.clone(),
        },
        FactorWindow {
            start: middle,
            end,
            factors: 2.0 - factors,
        },
    ];
    (prior, windows, month_edges(start, end))
}

fn written(work: impl Fn(&Emitted, &Path)) -> (tempfile::TempDir, PathBuf, f64) {
    let (prior, windows, edges) = case();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fluxes.nc");
    work(
        &Emitted {
            prior: &prior,
            windows: &windows,
            edges: &edges,
        },
        &path,
    );
    let span = [edges[0], edges[3]];
    let budget = prior.budget(&windows, &span).unwrap();
    let rate = budget.totals(Module::Global).mean().unwrap();
    (folder, path, rate * 1e12 / YEAR * span[1].since(span[0]))
}

fn near(value: f64, wanted: f64) {
    assert!((value / wanted - 1.0).abs() < 1e-9, "{value} {wanted}");
}

#[test]
fn carbontrackers_layout_is_read_again_as_carbontrackers() {
    let (_folder, path, wanted) = written(|e, p| e.write_carbontracker(p).unwrap());
    let reading = SeriesReading::default();
    let series = from_carbontracker(
        std::slice::from_ref(&path),
        CarbonTrackerPart::Total,
        reading,
    )
    .unwrap();
    near(
        series.emitted(t("2015-01-01"), t("2015-04-01")).unwrap(),
        wanted,
    );
    let file = Dataset::open(&path).unwrap();
    assert_eq!(file.times("time").unwrap()[0], t("2015-01-16T12:00"));
    let components = read(&path, "date_components").unwrap();
    assert_eq!(
        components
            .data()
            .iter()
            .take(6)
            .copied()
            .collect::<Vec<_>>(),
        [2015., 1., 16., 12., 0., 0.]
    );
    // Its date_components are (time, component), which CF does not recommend.
    checked(&path, "lenient");
}

#[test]
fn hemcos_layout_is_read_again_and_its_lines_name_every_variable() {
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    let (_folder, path, wanted) = written(|e, p| {
        let lines = e.write_hemco(p, &grid).unwrap();
        assert!(
            lines.contains("CO2_NEE 2015-2015/1-12/1-31/0-23 R xy kg/m2/s CO2"),
            "{lines}"
        );
        assert_eq!(lines.lines().count(), 5);
    });
    let variables = ["CO2_NEE", "CO2_OCEAN", "CO2_FIRE", "CO2_FOSSIL"].map(String::from);
    let what = CfFlux {
        variables: variables.to_vec(),
        stamp: Some(MapStamp::Start),
        ..CfFlux::default()
    };
    let series = from_cf("all", std::slice::from_ref(&path), &what).unwrap();
    near(
        series.emitted(t("2015-01-01"), t("2015-04-01")).unwrap(),
        wanted,
    );
    let file = Dataset::open(&path).unwrap();
    assert_eq!(file.attribute(Some("CO2_NEE"), "units").unwrap(), "kg/m2/s");
    assert_eq!(file.attribute(None, "Conventions").unwrap(), "COARDS");
    assert_eq!(file.times("time").unwrap()[1], t("2015-02-01"));
}

#[test]
fn cf_fluxes_have_bounds_and_spread_and_factors_their_names() {
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    let (_folder, path, wanted) = written(|e, p| e.write_cf(p, &grid).unwrap());
    let what = CfFlux {
        variables: vec!["global".into()],
        ..CfFlux::default()
    };
    let series = from_cf("all", std::slice::from_ref(&path), &what).unwrap();
    near(
        series.emitted(t("2015-01-01"), t("2015-04-01")).unwrap(),
        wanted,
    );
    assert!(
        read(&path, "nee_sd")
            .unwrap()
            .data()
            .iter()
            .any(|v| *v > 0.0)
    );
    checked(&path, "strict");
    let (prior, windows, _) = case();
    write_factors(&prior, &windows, &path).unwrap();
    let mean = read(&path, "factor_mean").unwrap();
    assert_eq!(mean.shape(), [175, 2]);
    assert!((mean.data()[[0, 0]] - 1.0).abs() < 1e-12);
    assert_eq!(
        mean.dimension("factor").unwrap().coordinate.label(174),
        prior.factor_names()[174]
    );
    assert_eq!(prior.n_factors(), 175);
    checked(&path, "strict");
}

/// Asks xarray to read a file and compliance-checker what it thinks of it, where Python has them.
fn checked(path: &Path, criteria: &str) {
    let python = |program: &str| {
        Command::new("python3")
            .args(["-c", program])
            .arg(path)
            .output()
    };
    let has = |module: &str| python(&format!("import {module}")).is_ok_and(|o| o.status.success());
    if !has("xarray, netCDF4") {
        return eprintln!(
            "skipped: Python has no xarray, {} is not read with it",
            path.display()
        );
    }
    let program = "import sys, xarray\nd = xarray.open_dataset(sys.argv[1])\n\
                   assert d.time.dtype.kind == 'M' and d.time.attrs['bounds'] in d, d";
    let said = python(program).unwrap();
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    if !has("compliance_checker") {
        return eprintln!("skipped: Python has no compliance_checker, CF is not checked");
    }
    let program = "import sys, io, contextlib\n\
        from compliance_checker.runner import ComplianceChecker, CheckSuite\n\
        CheckSuite.load_all_available_checkers()\n\
        ok, bad = ComplianceChecker.run_checker(sys.argv[1], ['cf:1.8'], 2, sys.argv[2], output_filename='-', output_format='text')\n\
        sys.exit(0 if ok else 3)";
    let mut check = Command::new("python3");
    let said = check
        .args(["-c", program])
        .arg(path)
        .arg(criteria)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&said.stdout);
    assert!(
        said.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&said.stderr)
    );
}
