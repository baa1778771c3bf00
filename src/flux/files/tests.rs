//! Every reader against small files of its layout, and the real files against other tools.

use super::*;
use crate::flux::{Beyond, SeriesReading};
use crate::time::Time;

fn t(text: &str) -> Time {
    text.parse().unwrap()
}

fn real(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("MCAS_TEST_DATA").map(|folder| Path::new(&folder).join(name));
    if path.is_none() {
        eprintln!("skipped: MCAS_TEST_DATA is not set, {name} is not read");
    }
    path
}

fn near(value: f64, wanted: f64, within: f64) {
    assert!((value / wanted - 1.0).abs() < within, "{value} {wanted}");
}

mod groups;
mod synthetic;

#[test]
fn the_readers_find_the_files_that_a_path_stands_for() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["gridcar.2013", "gridcar.2012", "notes.txt"] {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    let files = |path: &str| {
        let files = files_of(&folder.path().join(path), "gridcar.YYYY", |n| {
            n.starts_with("gridcar.")
        });
        files.map(|f| f.iter().map(|p| file_name(p)).collect::<Vec<_>>())
    };
    assert_eq!(files("").unwrap(), ["gridcar.2012", "gridcar.2013"]);
    assert_eq!(files("*.2013").unwrap(), ["gridcar.2013"]);
    assert_eq!(files("gridcar.2012").unwrap().len(), 1);
    assert!(
        files("*.2019")
            .unwrap_err()
            .to_string()
            .contains("no file fits")
    );
    assert!(
        files("nowhere")
            .unwrap_err()
            .to_string()
            .contains("no such file or folder")
    );
    assert_eq!(year_of(Path::new("odiac2022_1x1d_2015.nc")).unwrap(), 2015);
    assert_eq!(
        year_of(Path::new("CT2019B.flux1x1.20150101.nc")).unwrap_or(0),
        2019
    );
    assert!(year_of(Path::new("gridcar.Z")).is_err());
}

#[test]
fn cdiac_of_2013_is_the_total_that_its_readme_sums_up_to() {
    let Some(path) = real("fluxes/gridcar.2013") else {
        return;
    };
    let series = from_cdiac(&[path], Beyond::Refuse).unwrap();
    // numpy: np.loadtxt("gridcar.2013").sum() is 9233.627816979 Tg C.
    let mass = series.emitted(t("2013-01-01"), t("2014-01-01")).unwrap();
    near(mass, 9233.627816979e9, 1e-9);
    let map = series.mean(t("2013-06-01"), t("2013-06-02")).unwrap();
    // numpy: loadtxt(...).reshape(180, 360)[::-1][129, 296], 39.5 N, 116.5 E: Beijing.
    let (row, column) = (129, 296);
    let teragrams = map[row * 360 + column] * series.grid().area(row) * 365.0 * 86_400.0 * 1e-9;
    near(teragrams, 38.52962, 1e-9);
    assert!(series.mean(t("2013-12-31"), t("2014-01-02")).is_err());
}

#[test]
fn wombat_of_2015_has_the_total_of_its_own_areas() {
    let Some(path) = real("fluxes/wombat_v1_control_total_co2_flux_2x25_monthly.nc") else {
        return;
    };
    let what = |molar_mass| CfFlux {
        reading: SeriesReading {
            molar_mass,
            ..SeriesReading::default()
        },
        ..CfFlux::default()
    };
    let refused = from_cf("wombat", std::slice::from_ref(&path), &what(None))
        .unwrap_err()
        .to_string();
    assert!(refused.contains("molar mass"), "{refused}");
    // Its time says "first day of month".
    let series = from_cf("wombat", &[path], &what(Some(44.009e-3))).unwrap();
    let mass = series.emitted(t("2015-01-01"), t("2016-01-01")).unwrap();
    // numpy: the sum over months of co2_flux * area * seconds * 12.011 / 44.009.
    near(mass, 7_937_129_498_930.788, 1e-9);
    near(mass, 7.93e12, 1e-3);
}

#[test]
fn tables_of_the_carbon_budget_are_read_with_their_units() {
    let Some(path) = real("fluxes/gcb2019_global-carbon-budget.csv") else {
        return;
    };
    let table = from_gcp(&path).unwrap();
    let row = table
        .numbers("year")
        .unwrap()
        .iter()
        .position(|y| *y == 2015.0)
        .unwrap();
    // pandas: read_csv(...).set_index("Year").loc[2015].
    for (name, value) in [("fossil", 9.618), ("ocean_sink", 2.640), ("growth", 6.326)] {
        near(table.numbers(name).unwrap()[row], value, 1e-9);
    }
    let by_category = from_gcp(&path.with_file_name("gcb2019_fossil-fuel-cement.csv")).unwrap();
    assert_eq!(by_category.numbers("value").unwrap()[0], 2417.0);
    let unit = match by_category.column("value").unwrap() {
        crate::table::Column::Numbers(_, unit) => unit.to_string(),
        _ => String::new(),
    };
    assert_eq!(unit, "TgC/yr");
}
