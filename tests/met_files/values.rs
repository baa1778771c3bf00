//! The real files hold what another tool finds in them: numbers of values and means by netCDF4
//! 1.7.5 and numpy, missing ones left out; rows of tables by Python.

use mcas::io::netcdf::Dataset;
use mcas::table::Table;
use std::path::{Path, PathBuf};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("MCAS_TEST_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: MCAS_TEST_DATA is not set, no real file is read");
    }
    folder
}

/// File, variable, number of values that are present, their mean.
const NETCDF: [(&str, &str, usize, f64); 21] = [
    (
        "regions/carbontracker_regions.nc",
        "regions",
        64_800,
        196.306_419_8,
    ),
    (
        "regions/carbontracker_regions.nc",
        "transcom_regions",
        64_800,
        15.095_262_35,
    ),
    (
        "regions/carbontracker_regions.nc",
        "land_ecosystems",
        15_290,
        7.480_117_724,
    ),
    (
        "regions/carbontracker_regions.nc",
        "ocean_regions",
        42_186,
        13.685_891_05,
    ),
    (
        "regions/carbontracker_regions.nc",
        "grid_cell_area",
        64_800,
        7.871_365_260e9,
    ),
    (
        "fluxes/zonal_fluxes_monthly_CT2019B.nc",
        "SFCO2_OCN",
        41_040,
        -0.015_439_451_83,
    ),
    (
        "fluxes/zonal_fluxes_monthly_CT2019B.nc",
        "SFCO2_FFF",
        41_040,
        0.048_555_453_85,
    ),
    (
        "fluxes/zonal_fluxes_monthly_CTE2020.nc",
        "SFCO2_LND",
        43_200,
        -0.011_507_420_08,
    ),
    (
        "fluxes/zonal_fluxes_monthly_CAMSv20r1.nc",
        "SFCO2",
        35_040,
        0.022_222_452_73,
    ),
    (
        "fluxes/zonal_fluxes_monthly_s99oc_v2020.nc",
        "SFCO2_LND",
        22_680,
        -0.009_340_683_778,
    ),
    ("tccon/ak_tables.nc", "xco2_aks", 765, 0.630_181_723_6),
    ("tccon/ak_tables.nc", "slant_xco2_bin", 15, 2_590.733_333),
    ("met/GEOSFP.ApBp.nc", "ap", 73, 62.127_708_5),
    ("met/speedy_summer_6h.nc", "ps", 557_568, 97_180.059_3),
    ("met/MERRA2.20160102.A1.2x25.nc3", "PBLH", 96, 642.682_985_6),
    (
        "met/MERRA2.20160102.A3cld.2x25.nc3",
        "OPTDEPTH",
        2304,
        0.906_013_566_4,
    ),
    (
        "met/MERRA2.20160102.A3dyn.2x25.nc3",
        "OMEGA",
        2304,
        -0.027_932_164_57,
    ),
    (
        "met/MERRA2.20160102.A3mstC.2x25.nc3",
        "DQRLSAN",
        2304,
        2.681_809_171e-9,
    ),
    (
        "met/MERRA2.20160102.A3mstE.2x25.nc3",
        "CMFMC",
        2336,
        0.000_753_591_261,
    ),
    (
        "met/MERRA2.20160103.A3dyn.2x25.nc3",
        "U",
        2304,
        41.688_888_48,
    ),
    (
        "met/MERRA2.20160103.I3.2x25.nc3",
        "QV",
        2304,
        0.001_127_512_614,
    ),
];

#[test]
fn netcdf_files_hold_the_values_of_another_tool() {
    let Some(folder) = folder() else { return };
    for (file, variable, n, mean) in NETCDF {
        let all = Dataset::open(folder.join(file)).unwrap();
        let values = all.all_numbers(variable).unwrap();
        let present: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
        let found = present.iter().sum::<f64>() / present.len() as f64;
        assert_eq!(present.len(), n, "{file} {variable}");
        let near = (found - mean).abs() <= 1e-9 * mean.abs().max(found.abs());
        assert!(near, "{file} {variable}: {found:e} {mean:e}");
    }
}

#[test]
fn tables_hold_the_rows_and_values_of_another_tool() {
    let Some(folder) = folder() else { return };
    let read = |name: &str| Table::read_csv(Path::new(&folder.join(name))).unwrap();
    let sum = |table: &Table, column: &str| -> f64 {
        let numbers = table.numbers(column).unwrap().iter();
        numbers.filter(|v| v.is_finite()).sum()
    };
    for (name, rows, column, total) in [
        (
            "geoschem/geos_hybrid_edges_47.csv",
            48,
            "ap_hPa",
            4_290.589_231_37,
        ),
        (
            "geoschem/geos_hybrid_edges_72.csv",
            73,
            "ap_hPa",
            4_535.322_712_8,
        ),
        ("insitu/ctracker_site_meta.csv", 200, "records", 6_504_788.0),
        ("insitu/site_altitudes.csv", 150, "altitude_masl", 80_316.0),
    ] {
        let table = read(name);
        assert_eq!(table.rows(), rows, "{name}");
        assert!(
            (sum(&table, column) - total).abs() < 1e-6 * total.abs(),
            "{name}"
        );
    }
    let keys = ["site".to_string(), "network".to_string()];
    let sites = Table::read_json(&folder.join("insitu/openghg_site_info.json"), &keys).unwrap();
    assert_eq!(sites.rows(), 469);
}
