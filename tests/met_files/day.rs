//! A day of winds in a file, in which one thing at a time can be made wrong.

use crate::support::{Var, east, filled, lender, north, var, write_as};
use mcas::grid::Grid;
use mcas::meteorology::{LevelsFile, LevelsFileOptions};
use std::path::{Path, PathBuf};

/// A day of six-hourly winds on sigma levels, with changes.
pub struct File {
    pub hours: Vec<f64>,
    pub wind_unit: &'static str,
    pub lats: Vec<f64>,
    pub value: fn(&str, [usize; 4]) -> Option<f64>,
    pub without: &'static str,
    pub classic: bool,
    pub terms: &'static str,
}

impl Default for File {
    fn default() -> Self {
        let lats = (0..12).map(|j| -82.5 + 15.0 * f64::from(j)).collect();
        File {
            hours: vec![0.0, 6.0, 12.0, 18.0, 24.0],
            wind_unit: "m s-1",
            lats,
            value: |_, _| None,
            without: "",
            classic: false,
            terms: "",
        }
    }
}

impl File {
    fn axes<'a>(&self, levels: &'a [(&'a str, &'a str)]) -> Vec<Var<'a>> {
        let since = &[("units", "hours since 2016-01-01")];
        let lon = (0..24).map(|i| 15.0 * f64::from(i)).collect();
        vec![
            var("time", &["time"], since, self.hours.clone()),
            var("lev", &["lev"], levels, vec![0.2, 0.5, 0.9]),
            var("hyam", &["lev"], &[], vec![0.1, 0.1, 0.0]),
            var("hybi", &["edge"], &[], vec![0.0, 0.3, 0.7, 1.0]),
            north(&["lat"], self.lats.clone()),
            east(&["lon"], lon),
        ]
    }

    fn air<'a>(&self, unit: &'a [(&'a str, &'a str)]) -> Vec<Var<'a>> {
        let (n_time, n_lat) = (self.hours.len(), self.lats.len());
        let value =
            |name: &str, index: [usize; 4], usual: f64| (self.value)(name, index).unwrap_or(usual);
        let shape = [n_time, 3, n_lat, 24];
        let u = filled(shape, |p| {
            value("u", p, 10.0 * self.lats[p[2]].to_radians().cos())
        });
        let v = filled(shape, |p| value("v", p, 0.0));
        let ps = filled([n_time, 1, n_lat, 24], |p| value("ps", p, 1.0e5));
        vec![
            var("u", &["time", "lev", "lat", "lon"], unit, u),
            var("v", &["time", "lev", "lat", "lon"], unit, v),
            var("ps", &["time", "lat", "lon"], &[("units", "Pa")], ps),
        ]
    }

    pub fn write(&self, path: &Path) -> PathBuf {
        let sigma = [("standard_name", "atmosphere_sigma_coordinate")];
        let hybrid = [
            (
                "standard_name",
                "atmosphere_hybrid_sigma_pressure_coordinate",
            ),
            ("formula_terms", self.terms),
        ];
        let levels: &[(&str, &str)] = if self.terms.is_empty() {
            &sigma
        } else {
            &hybrid
        };
        let unit = [("units", self.wind_unit)];
        let all = self.axes(levels).into_iter().chain(self.air(&unit));
        let written: Vec<_> = all.filter(|v| v.name != self.without).collect();
        let format = if self.classic {
            netcdf::Options::_64BIT_OFFSET
        } else {
            netcdf::Options::NETCDF4
        };
        let dimensions = [
            ("time", self.hours.len()),
            ("lev", 3),
            ("edge", 4),
            ("lat", self.lats.len()),
            ("lon", 24),
        ];
        write_as(format, path, &dimensions, &written);
        path.to_path_buf()
    }
}

pub fn open(files: Vec<PathBuf>) -> mcas::error::Result<LevelsFile> {
    LevelsFile::new(
        lender(&Grid::geos(12.0, 15.0).unwrap()),
        files,
        LevelsFileOptions::default(),
    )
}

/// The error on opening the file, with all of `parts` in it.
pub fn refused(file: File, parts: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let message = open(vec![file.write(&folder.path().join("winds.nc"))])
        .unwrap_err()
        .to_string();
    for part in parts.iter().chain(&["winds.nc"]) {
        assert!(message.contains(part), "\"{part}\" is not in\n{message}");
    }
}
