//! Concentrations of other models keep their mass on another grid.

use super::*;
use crate::ensemble::Concentrations;
use crate::field::{Dimension, Field};
use crate::grid::{Grid, HybridLevels, LatLonGrid};
use crate::io::netcdf::Writer;
use crate::units::Unit;
use ndarray::ArrayD;
use std::path::{Path, PathBuf};

fn field(
    name: &str,
    unit: &str,
    dimensions: Vec<Dimension>,
    of: impl Fn(&[usize]) -> f64,
) -> Field {
    let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
    let data = ArrayD::from_shape_fn(shape, |k| of(ndarray::Dimension::slice(&k)));
    Field::new(name, Unit::as_written(unit), dimensions, data).unwrap()
}

fn ground(j: usize, i: usize) -> f64 {
    950.0 + 2.0 * ((j * 7 + i * 3) % 25) as f64
}

/// A file of GEOS-Chem on 72 levels with surface pressure, upside down if it is said.
fn geos_chem(path: &Path, grid: &LatLonGrid, top_first: bool, unit: &str) {
    let levels = HybridLevels::geos_72();
    let order: Vec<usize> = if top_first {
        (0..72).rev().collect()
    } else {
        (0..72).collect()
    };
    let edge: Vec<usize> = if top_first {
        (0..73).rev().collect()
    } else {
        (0..73).collect()
    };
    let [lat, lon] = grid.dimensions();
    let scale = if unit == "ppmv dry" { 1e6 } else { 1.0 };
    let value = |k: &[usize]| scale * (4e-4 + 1e-6 * order[k[0]] as f64 * 0.1 + 1e-7 * k[1] as f64);
    let co2 = field(
        "SpeciesRst_CO2",
        unit,
        vec![Dimension::index("lev", 72), lat.clone(), lon.clone()],
        value,
    );
    let ps = field("PS", "hPa", vec![lat, lon], |k| ground(k[0], k[1]));
    let hyai = field("hyai", "hPa", vec![Dimension::index("ilev", 73)], |k| {
        0.01 * levels.a()[edge[k[0]]]
    });
    let hybi = field("hybi", "1", vec![Dimension::index("ilev", 73)], |k| {
        levels.b()[edge[k[0]]]
    });
    let all = [co2, ps, hyai, hybi];
    all.iter()
        .fold(Writer::new("synthetic"), |w, f| w.field(f))
        .save(path)
        .unwrap();
}

/// Mass of the tracer in air [Pa mol mol-1 m2] under the means of surface pressure.
fn mass(c: &Concentrations, ps: &ndarray::Array2<f64>) -> f64 {
    let grid = c.grid();
    let (levels, lats, lons) = grid.shape();
    let mut sum = 0.0;
    for k in 0..levels {
        for j in 0..lats {
            for i in 0..lons {
                let dp = grid.levels.thickness(k, ps[[j, i]]);
                sum += grid.horizontal.area(j) * dp * c.get(grid.cell(k, j, i), 0);
            }
        }
    }
    sum
}

#[test]
fn dry_mass_is_kept_from_72_levels_to_47_and_to_a_coarser_grid() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("GEOSChem.Restart.nc4");
    let fine = LatLonGrid::geos(10.0, 10.0).unwrap();
    let target = Grid::geos(30.0, 30.0).unwrap();
    let regrid = crate::grid::ConservativeRegrid::new(&fine, &target.horizontal);
    let ps =
        ndarray::Array2::from_shape_fn((fine.n_lat(), fine.n_lon()), |(j, i)| 100.0 * ground(j, i));
    let mut by_hand = 0.0;
    let levels = HybridLevels::geos_72();
    for k in 0..72 {
        for j in 0..fine.n_lat() {
            for i in 0..fine.n_lon() {
                let x = 4e-4 + 1e-7 * k as f64 + 1e-7 * j as f64;
                by_hand += fine.area(j) * levels.thickness(k, ps[[j, i]]) * x;
            }
        }
    }
    for (top_first, unit) in [(false, "mol mol-1 dry"), (true, "ppmv dry")] {
        geos_chem(&path, &fine, top_first, unit);
        let c = from_model(&target, &path, ModelFile::GeosChem, "CO2", None).unwrap();
        let regridded = mass(&c, &regrid.density(ps.view()));
        assert!(
            (regridded / by_hand - 1.0).abs() < 1e-9,
            "{regridded} {by_hand}"
        );
    }
    let other = from_model(&target, &path, ModelFile::GeosChem, "CH4", None)
        .unwrap_err()
        .to_string();
    assert!(
        other.contains("SpeciesRst_CH4") && other.contains("SpeciesRst_CO2"),
        "{other}"
    );
    geos_chem(&path, &fine, false, "furlongs");
    let unread = from_model(&target, &path, ModelFile::GeosChem, "CO2", None)
        .unwrap_err()
        .to_string();
    assert!(unread.contains("furlongs"), "{unread}");
}

#[test]
fn carbontracker_has_its_pressures_and_its_record_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("CT2022.molefrac_glb3x2_2015-01-01.nc");
    let grid = LatLonGrid::regular(10.0, 10.0).unwrap();
    let [lat, lon] = grid.dimensions();
    let times: Vec<crate::time::Time> = ["2015-01-01T01:30", "2015-01-01T04:30"]
        .iter()
        .map(|t| t.parse().unwrap())
        .collect();
    let time = Dimension::times(times);
    let level = |n| Dimension::index(if n == 3 { "level" } else { "boundary" }, n);
    let co2 = field(
        "co2",
        "micromol mol-1",
        vec![time.clone(), level(3), lat.clone(), lon.clone()],
        |k| 400.0 + 10.0 * k[0] as f64 - k[1] as f64,
    );
    let p = field("pressure", "Pa", vec![time, level(4), lat, lon], |k| {
        [1e5, 8e4, 3e4, 1.0][k[1]]
    });
    [co2, p]
        .iter()
        .fold(Writer::new("synthetic"), |w, f| w.field(f))
        .save(&path)
        .unwrap();
    let target = Grid::geos(30.0, 30.0).unwrap();
    let read = |time: Option<&str>| {
        let time = time.map(|t| t.parse().unwrap());
        from_model(&target, &path, ModelFile::CarbonTracker, "CO2", time)
    };
    let c = read(Some("2015-01-01T04:30")).unwrap();
    assert!((c.get(target.cell(0, 2, 3), 0) - 410e-6).abs() < 1e-11);
    assert!((c.get(target.cell(46, 2, 3), 0) - 408e-6).abs() < 1e-11);
    let asked = read(None).unwrap_err().to_string();
    assert!(asked.contains("2 records from 2015-01-01T01:30"), "{asked}");
    assert!(read(Some("2015-03-01")).is_err());
}

#[test]
fn the_real_restart_is_read_on_its_own_grid_to_its_own_digits() {
    let Some(folder) = std::env::var_os("MCAS_TEST_DATA") else {
        return eprintln!(
            "skipped: MCAS_TEST_DATA is not set, the restart of GEOS-Chem is not read"
        );
    };
    let path = PathBuf::from(folder).join("geoschem/GEOSChem.Restart.20180401_0000z.nc4");
    let grid = Grid::geos(2.0, 2.5).unwrap();
    let c = from_model(&grid, &path, ModelFile::GeosChem, "CH4", None).unwrap();
    // netCDF4: SpeciesRst_CH4[0, 0, 45, 72], [0, 10, 60, 100] and [0, 46, 90, 0].
    for (cell, value) in VALUES {
        let read_value = c.get(grid.cell(cell[0], cell[1], cell[2]), 0);
        assert!(
            (read_value / value - 1.0).abs() < 2e-6,
            "{cell:?}: {read_value} {value}"
        );
    }
    let refused = from_model(&grid, &path, ModelFile::GeosChem, "CO2", None).unwrap_err();
    assert!(refused.to_string().contains("SpeciesRst_CO2"), "{refused}");
}

const VALUES: [([usize; 3], f64); 3] = [
    ([0, 45, 72], 1.833059855e-06),
    ([10, 60, 100], 1.925971674e-06),
    ([46, 90, 0], 3.711864167e-07),
];
