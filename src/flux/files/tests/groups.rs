//! The groups of priors from folders of small synthetic files.

use super::synthetic::{SPHERE, dates, file, gfed, odiac, put};
use super::*;
use crate::flux::{Cycle, FluxBasis, Prior, SurfaceFlux};
use crate::grid::LatLonGrid;
use crate::time::DAY;

/// Half a gram of carbon a year and square metre everywhere, in Tg a cell.
fn cdiac(path: &Path) {
    let grid = LatLonGrid::regular(1.0, 1.0).unwrap();
    let rows = (0..180)
        .rev()
        .flat_map(|j| std::iter::repeat_n(grid.area(j) * 0.5e-12, 360));
    let text: String = rows.map(|v| format!("{v:.6E}\n")).collect();
    std::fs::write(path, text).unwrap();
}

/// Ocean by the months of any year, missing on land, at the middle of months.
fn ocean(path: &Path) {
    let mut f = file(path, 10.0, false);
    let middles: Vec<f64> = (0..12).map(|m| 15.0 + 30.4 * f64::from(m)).collect();
    let said = [("long_name", "middle of the month")];
    dates(&mut f, "time", "days since 2010-01-01", &middles, &said);
    put(&mut f, "flux", "time", "mol m-2 yr-1", |_, j| {
        if j > 12 { f64::NAN } else { -1.0 }
    });
}

/// Daily or 3-hourly maps of January and February 2015.
fn cms(path: &Path, unit: &str, hours: f64, value: f64) {
    let mut f = file(path, 10.0, false);
    let n = (59.0 * 24.0 / hours) as usize;
    let starts: Vec<f64> = (0..n).map(|k| hours * k as f64).collect();
    let said = [("long_name", "start of interval")];
    dates(&mut f, "time", "hours since 2015-01-01", &starts, &said);
    put(&mut f, "flux", "time", unit, |_, _| value);
}

fn options() -> GroupOptions {
    GroupOptions {
        sd: [0.5, 0.3],
        length_km: 2000.0,
        step: GfedStep::Month,
        cycle: Some(Cycle::of_production()),
        reading: SeriesReading {
            beyond: Beyond::Hold,
            ..SeriesReading::default()
        },
    }
}

fn folders(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    names
        .iter()
        .for_each(|n| std::fs::create_dir(folder.path().join(n)).unwrap());
    folder
}

/// What a prior emits in a week, by its budget and by its fluxes on the grid \[kg C\].
fn both_ways(prior: &crate::flux::ModulePrior) -> [f64; 2] {
    let (start, end) = (t("2015-01-28"), t("2015-02-04"));
    let windows = [crate::flux::FactorWindow::prior(
        start,
        end,
        prior.n_factors(),
    )];
    let budget = prior.budget(&windows, &[start, end]).unwrap();
    let mut basis = FluxBasis::default();
    prior.between(start, end, &mut basis).unwrap();
    let grid = prior.grid();
    let cell = |s: usize| {
        let terms: f64 = basis.value[basis.first[s]..basis.first[s + 1]].iter().sum();
        grid.area(s / grid.n_lon()) * (basis.fixed[s] + terms)
    };
    let rate: f64 = (0..grid.n_cells()).map(cell).sum();
    let yearly = budget.totals(crate::flux::Module::Global)[0];
    let seconds = end.since(start);
    [yearly * 1e12 / crate::time::YEAR * seconds, rate * seconds]
}

#[test]
fn the_first_group_of_priors_is_read_from_a_folder() {
    let folder = folders(&["cdiac", "gfed4.1s", "oif"]);
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    cdiac(&folder.path().join("cdiac/gridcar.2013"));
    gfed(&folder.path().join("gfed4.1s/GFED4.1s_2015.hdf5"));
    let missing = group_1_from(&grid, folder.path(), &options())
        .unwrap_err()
        .to_string();
    assert!(
        missing.contains("ocean: oif/*.nc") && !missing.contains("cdiac/gridcar"),
        "{missing}"
    );
    ocean(&folder.path().join("oif/oif_climatology.nc"));
    let prior = group_1_from(&grid, folder.path(), &options()).unwrap();
    assert_eq!(prior.n_factors(), 175);
    let [budget, on_grid] = both_ways(&prior);
    near(budget, on_grid, 1e-9);
    // A week: fossil 0.5 g a year; 31 g of fire and -10 g of land a month in the north; the sea.
    let (january, february) = (4.0 / 31.0, 3.0 / 28.0);
    let fossil = 0.5e-3 * 7.0 / 365.0 * SPHERE;
    let land = (31e-3 - 10e-3) * (january + february) * 0.5 * SPHERE;
    let sea_rows = 0.5 * (1.0 + 40f64.to_radians().sin());
    let sea = -12.011e-3 * 7.0 / 365.2425 * sea_rows * SPHERE;
    near(budget, fossil + land + sea, 1e-4);
}

#[test]
fn the_second_group_of_priors_is_read_from_a_folder() {
    let folder = folders(&["odiac", "gfed_cms", "pco2_clim"]);
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    odiac(&folder.path().join("odiac/odiac2022_1x1d_2015.nc"));
    cms(
        &folder.path().join("gfed_cms/fire_201501.nc"),
        "gC m-2 d-1",
        24.0,
        0.1,
    );
    cms(
        &folder.path().join("gfed_cms/nee_201501.nc"),
        "kgC m-2 s-1",
        3.0,
        -1e-9,
    );
    ocean(&folder.path().join("pco2_clim/pco2.nc"));
    let prior = group_2_from(&grid, folder.path(), &options()).unwrap();
    let [budget, on_grid] = both_ways(&prior);
    near(budget, on_grid, 1e-9);
    let fossil = (4.0 * 1e-3 + 3.0 * 2e-3) * 0.5 * SPHERE + 7.0 * 0.5e-3 * SPHERE;
    let land = (7.0 * 0.1e-3 - 7.0 * DAY * 1e-9) * SPHERE;
    let sea_rows = 0.5 * (1.0 + 40f64.to_radians().sin());
    let sea = -12.011e-3 * 7.0 / 365.2425 * sea_rows * SPHERE;
    near(budget, fossil + land + sea, 1e-4);
    assert!(prior.to_string().contains("\"land\""), "{prior}");
}
