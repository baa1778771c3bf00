//! The layouts of reanalyses, in small synthetic files.

use crate::support::{Var, at, east, filled, lender, north, var, write};
use mcas::grid::Grid;
use mcas::meteorology::{Forcing, LevelsFile, LevelsFileOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What differs between layouts of the same winds.
struct Layout {
    names: [&'static str; 3],
    time: (&'static str, &'static str, f64),
    level: (
        &'static str,
        &'static [(&'static str, &'static str)],
        Vec<f64>,
    ),
    from_north: bool,
    first_lon: f64,
    pressure_unit: (&'static str, f64),
}

const SIGMA: [f64; 7] = [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98];
const STANDARD: &[(&str, &str)] = &[
    ("standard_name", "atmosphere_sigma_coordinate"),
    ("units", "1"),
];

/// Those of SPEEDY, NCEP and ERA5.
fn reanalyses() -> [Layout; 3] {
    let speedy = Layout {
        names: ["u", "v", "ps"],
        time: ("time", "hours since 1982-01-01 00:00:00", 1.0),
        level: ("lev", STANDARD, SIGMA.to_vec()),
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
            SIGMA.iter().rev().copied().collect(),
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
            SIGMA.iter().map(|s| 1000.0 * s).collect(),
        ),
        from_north: true,
        first_lon: -180.0,
        pressure_unit: ("Pa", 1.0),
    };
    [speedy, ncep, era5]
}

const N_TIME: usize = 3;
const N_LAT: usize = 12;
const N_LON: usize = 24;

/// Winds linear in ln p with waves, on 12 x 24 cells of 15 degrees, six-hourly: the same whatever
/// the layout.
impl Layout {
    fn lat(&self, j: usize) -> f64 {
        if self.from_north {
            82.5 - 15.0 * j as f64
        } else {
            -82.5 + 15.0 * j as f64
        }
    }
    fn lon(&self, i: usize) -> f64 {
        self.first_lon + 15.0 * i as f64
    }
    /// Sigma for all: pressure levels are under 1000 hPa.
    fn height(&self, k: usize) -> f64 {
        let level = self.level.2[k];
        -(if level > 1.0 { level / 1000.0 } else { level }).ln()
    }
    fn u(&self, [t, k, j, i]: [usize; 4]) -> f64 {
        (10.0 + 8.0 * self.height(k))
            * self.lat(j).to_radians().cos()
            * (1.0 + 0.2 * (self.lon(i).to_radians() + 0.1 * t as f64).cos())
    }
    fn v(&self, [t, k, j, i]: [usize; 4]) -> f64 {
        (2.0 + self.height(k))
            * self.lat(j).to_radians().cos()
            * (3.0 * self.lon(i).to_radians() + 0.1 * t as f64).sin()
    }
    fn ps(&self, [t, _, j, i]: [usize; 4]) -> f64 {
        1.0e5
            + 500.0
                * self.lat(j).to_radians().cos()
                * (2.0 * self.lon(i).to_radians() + 0.2 * t as f64).sin()
    }

    fn axes<'a>(&'a self, since: &'a [(&'a str, &'a str)]) -> Vec<Var<'a>> {
        let (time, level) = (&self.time, &self.level);
        let times = (0..N_TIME).map(|t| 6.0 * t as f64 * time.2).collect();
        let lat = (0..N_LAT).map(|j| self.lat(j)).collect();
        let lon = (0..N_LON).map(|i| self.lon(i)).collect();
        vec![
            var(time.0, std::slice::from_ref(&time.0), since, times),
            var(
                level.0,
                std::slice::from_ref(&level.0),
                level.1,
                level.2.clone(),
            ),
            north(&["latitude"], lat),
            east(&["longitude"], lon),
        ]
    }

    /// Eastward wind, northward wind and surface pressure.
    fn values<'a>(
        &self,
        air: &'a [&'a str; 4],
        ground: &'a [&'a str; 3],
        pressure: &'a [(&'a str, &'a str)],
    ) -> [Var<'a>; 3] {
        let shape = [N_TIME, self.level.2.len(), N_LAT, N_LON];
        let wind = &[("units", "m s**-1")];
        let [u, v] = [filled(shape, |p| self.u(p)), filled(shape, |p| self.v(p))];
        let ps = filled([N_TIME, 1, N_LAT, N_LON], |p| {
            self.ps(p) * self.pressure_unit.1
        });
        [
            var(self.names[0], air, wind, u),
            var(self.names[1], air, wind, v),
            var(self.names[2], ground, pressure, ps),
        ]
    }

    /// In one file, or each variable in its own.
    fn write(&self, path: &Path, split: bool) -> Vec<PathBuf> {
        let (time, level) = (self.time.0, self.level.0);
        let since = [("units", self.time.1)];
        let pressure = [("units", self.pressure_unit.0)];
        let air = [time, level, "latitude", "longitude"];
        let ground = [time, "latitude", "longitude"];
        let dims = [
            (time, N_TIME),
            (level, self.level.2.len()),
            ("latitude", N_LAT),
            ("longitude", N_LON),
        ];
        let values = self.values(&air, &ground, &pressure);
        let groups: Vec<Vec<Var>> = if split {
            values.into_iter().map(|v| vec![v]).collect()
        } else {
            vec![values.into_iter().collect()]
        };
        let mut written = Vec::new();
        for (n, group) in groups.into_iter().enumerate() {
            let mut vars = self.axes(&since);
            vars.extend(group);
            written.push(path.join(format!("{}{n}.nc", self.names[0])));
            write(&written[n], &dims, &vars);
        }
        written
    }
}

#[test]
fn the_layouts_of_reanalyses_give_the_same_winds() {
    let folder = tempfile::tempdir().unwrap();
    let [speedy, ncep, era5] = reanalyses();
    let grid = Grid::geos(12.0, 15.0).unwrap();
    let forcing = |name: &str, layout: &Layout, split: bool| -> Arc<Forcing> {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        let met = LevelsFile::new(
            lender(&grid),
            layout.write(&path, split),
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
