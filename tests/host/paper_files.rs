//! Small synthetic files of every layout that the paper's configuration reads, July 2015.

use mcas::grid::LatLonGrid;
use mcas::observation::files::columns::write_synthetic_lite;
use mcas::time::{DAY, Time};
use std::path::Path;

const DAYS: usize = 16;

fn start() -> Time {
    "2015-07-01".parse().unwrap()
}

/// A NetCDF file in the making.
struct File(netcdf::FileMut);

impl File {
    fn new(folder: &Path, name: &str) -> Self {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        File(netcdf::create(path).unwrap())
    }

    /// A variable, whose dimensions are made where they are not there: (name, length).
    fn put(
        mut self,
        name: &str,
        unit: &str,
        dims: &[(&str, usize)],
        of: impl Fn(usize) -> f64,
    ) -> Self {
        for (dim, n) in dims {
            if self.0.dimension(dim).is_none() {
                self.0.add_dimension(dim, *n).unwrap();
            }
        }
        let names: Vec<&str> = dims.iter().map(|d| d.0).collect();
        let values: Vec<f64> = (0..dims.iter().map(|d| d.1).product()).map(of).collect();
        let mut variable = self.0.add_variable::<f64>(name, &names).unwrap();
        variable.put_values(&values, ..).unwrap();
        variable.put_attribute("units", unit).unwrap();
        self
    }

    /// What a variable says of itself.
    fn says(mut self, name: &str, key: &str, text: &str) -> Self {
        let mut variable = self.0.variable_mut(name).unwrap();
        variable.put_attribute(key, text).unwrap();
        self
    }

    /// Middles of boxes of so many degrees, from the south.
    fn on(self, step: f64) -> Self {
        let (n, m) = ((180.0 / step) as usize, (360.0 / step) as usize);
        self.put("lat", "degrees_north", &[("lat", n)], |j| {
            -90.0 + step * (j as f64 + 0.5)
        })
        .put("lon", "degrees_east", &[("lon", m)], |i| {
            -180.0 + step * (i as f64 + 0.5)
        })
    }

    /// A flux on that grid that is the same everywhere.
    fn flux(self, name: &str, unit: &str, along: (&str, usize), value: f64) -> Self {
        let of = |name: &str| self.0.dimension(name).unwrap().len();
        let (lat, lon) = (of("lat"), of("lon"));
        self.put(name, unit, &[along, ("lat", lat), ("lon", lon)], |_| value)
    }
}

/// All of them below a folder.
pub fn write(folder: &Path) {
    obspack(folder);
    for day in 0..DAYS {
        let path = folder.join(format!(
            "oco2/2015/oco2_LtCO2_1507{:02}_B11100Ar.nc4",
            day + 1
        ));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_synthetic_lite(&path, 400, start().plus(day as f64 * DAY), false).unwrap();
    }
    tccon(folder);
    first_group(folder);
    second_group(folder);
    carbontracker(folder);
    merra2(folder);
}

/// Hourly values of four sites, and flights of one.
fn obspack(folder: &Path) {
    let sites = [
        ("mlo_surface-insitu_1_allvalid", 19.54, -155.58, 3437.0),
        ("brw_surface-insitu_1_allvalid", 71.32, -156.61, 28.0),
        ("lef_tower-insitu_1_allvalid-396magl", 45.95, -90.27, 868.0),
        ("spo_surface-insitu_1_allvalid", -89.98, -24.8, 2820.0),
        ("car_aircraft-pfp_1_allvalid", 40.37, -104.3, 2000.0),
    ];
    for (name, lat, lon, altitude) in sites {
        let flights = name.contains("aircraft");
        let (n, hours) = if flights {
            (24 * DAYS / 3, 3)
        } else {
            (24 * DAYS, 1)
        };
        let all = [("obs", n)];
        let height = |k: usize| {
            if flights {
                altitude + 500.0 * (k % 8) as f64
            } else {
                altitude
            }
        };
        let time = |k: usize| start().seconds() as f64 + 3600.0 * (hours * k) as f64 + 1800.0;
        File::new(folder, &format!("obspack/data/nc/co2_{name}.nc"))
            .put("time", "seconds since 1970-01-01T00:00:00Z", &all, time)
            .says("time", "comment", "middle of the averaging interval")
            .put("value", "mol mol-1", &all, |k| {
                399e-6 + 2e-6 * (0.26 * k as f64).sin()
            })
            .put("latitude", "degrees_north", &all, |_| lat)
            .put("longitude", "degrees_east", &all, |_| lon)
            .put("altitude", "m", &all, height)
            .put("elevation", "m", &all, |_| altitude - 10.0)
            .put("intake_height", "m", &all, |k| height(k) - altitude + 10.0)
            .put("obs_flag", "1", &all, |_| 1.0);
    }
}

/// A spectrum every three hours, on five levels.
fn tccon(folder: &Path) {
    let (n, level) = (8 * DAYS, 5);
    let (all, profiles) = ([("time", n)], [("time", n), ("prior_altitude", level)]);
    let kernels = [("time", n), ("ak_altitude", level)];
    let begin = start().seconds() as f64;
    File::new(folder, "tccon/pa20150701_20150716.public.qc.nc")
        .put("time", "seconds since 1970-01-01 00:00:00", &all, |k| {
            begin + 10_800.0 * k as f64
        })
        .put("lat", "degrees_north", &all, |_| 45.95)
        .put("long", "degrees_east", &all, |_| -90.27)
        .put("zobs", "km", &all, |_| 0.47)
        .put("pout", "hPa", &all, |_| 960.0)
        .put("solzen", "degrees", &all, |_| 40.0)
        .put("xco2", "ppm", &all, |k| 398.0 + 0.1 * (k % 7) as f64)
        .put("xco2_error", "ppm", &all, |_| 0.8)
        .put("prior_xco2", "ppm", &all, |_| 397.0)
        .put("prior_altitude", "km", &profiles[1..], |k| 4.0 * k as f64)
        .put("ak_altitude", "km", &kernels[1..], |k| 4.0 * k as f64)
        .put("ak_xco2", "1", &kernels, |_| 1.0)
        .put("prior_co2", "ppm", &profiles, |_| 397.0)
        .put("prior_h2o", "1", &profiles, |_| 0.0)
        .put("prior_pressure", "atm", &profiles, |k| {
            0.95 - 0.2 * (k % level) as f64
        })
        .put("integration_operator", "1", &profiles, |_| 0.2);
}

/// CDIAC, GFED4.1s and Ocean Inversion Fluxes.
fn first_group(folder: &Path) {
    let (cdiac, gfed) = (folder.join("priors/cdiac"), folder.join("priors/gfed4.1s"));
    for folder in [&cdiac, &gfed] {
        std::fs::create_dir_all(folder).unwrap();
    }
    let grid = LatLonGrid::regular(1.0, 1.0).unwrap();
    let rows = (0..180)
        .rev()
        .flat_map(|j| std::iter::repeat_n(grid.area(j) * 19e-12, 360));
    let text: String = rows.map(|v| format!("{v:.6E}\n")).collect();
    // The inventory ends before the run.
    std::fs::write(cdiac.join("gridcar.2014"), text).unwrap();
    let mut file = netcdf::create(gfed.join("GFED4.1s_2015.hdf5")).unwrap();
    file.add_dimension("y", 18).unwrap();
    file.add_dimension("x", 36).unwrap();
    let lat: Vec<f32> = (0..648).map(|k| 85.0 - 10.0 * (k / 36) as f32).collect();
    let mut variable = file.add_variable::<f32>("lat", &["y", "x"]).unwrap();
    variable.put_values(&lat, ..).unwrap();
    let parts = [
        ("emissions", &[("C", 0.3)][..]),
        ("biosphere", &[("NPP", 50.0), ("Rh", 45.0)]),
    ];
    for (month, (group, maps)) in (1..=12).flat_map(|m| parts.map(|p| (m, p))) {
        let mut group = file.add_group(&format!("{group}/{month:02}")).unwrap();
        for (name, value) in maps {
            let mut variable = group.add_variable::<f32>(name, &["y", "x"]).unwrap();
            variable.put_values(&[*value; 648], ..).unwrap();
        }
    }
    ocean(folder, "priors/oif/oif_climatology.nc");
}

/// ODIAC, GFED_CMS and pCO2-Clim.
fn second_group(folder: &Path) {
    File::new(folder, "priors/odiac/odiac2022_1x1d_2015.nc")
        .on(10.0)
        .flux("land", "gC/m2/d", ("month", 12), 0.05)
        .flux("intl_bunker", "gC/m2/d", ("month", 12), 0.002);
    for (name, unit, value) in [("fire", "gC m-2 d-1", 0.01), ("nee", "kgC m-2 s-1", -1e-9)] {
        let n = 8 * (DAYS + 1);
        File::new(folder, &format!("priors/gfed_cms/{name}_201507.nc"))
            .on(10.0)
            .put("time", "hours since 2015-07-01", &[("time", n)], |k| {
                3.0 * k as f64
            })
            .says("time", "long_name", "start of interval")
            .flux("flux", unit, ("time", n), value);
    }
    ocean(folder, "priors/pco2_clim/pco2_clim.nc");
}

/// Twelve months of any year at their middles, missing at 40 N and beyond.
fn ocean(folder: &Path, name: &str) {
    File::new(folder, name)
        .on(10.0)
        .put("time", "days since 2010-01-01", &[("time", 12)], |m| {
            15.0 + 30.4 * m as f64
        })
        .says("time", "long_name", "middle of the month")
        .put(
            "flux",
            "mol m-2 yr-1",
            &[("time", 12), ("lat", 18), ("lon", 36)],
            |k| {
                if k / 36 % 18 > 12 { f64::NAN } else { -0.3 }
            },
        );
}

/// Mole fractions of the first day, and fluxes of every three hours.
fn carbontracker(folder: &Path) {
    let (days, levels) = (f64::from(5660), 25);
    let hours = |k: usize| days + (3.0 * k as f64 + 1.5) / 24.0;
    let shape = |levels| [("time", 8), ("level", levels), ("lat", 18), ("lon", 36)];
    File::new(folder, "initial/CT2022.molefrac_glb3x2_2015-07-01.nc")
        .on(10.0)
        .put(
            "time",
            "days since 2000-01-01 00:00:00",
            &[("time", 8)],
            hours,
        )
        .put("co2", "micromol mol-1", &shape(levels), |k| {
            398.0 - 0.01 * (k / 648 % levels) as f64
        })
        .put(
            "pressure",
            "Pa",
            &[
                ("time", 8),
                ("boundary", levels + 1),
                ("lat", 18),
                ("lon", 36),
            ],
            |k| 1e5 * (1.0 - (k / 648 % (levels + 1)) as f64 / (levels as f64 + 0.01)),
        );
    let n = 8 * DAYS;
    let mut file = File::new(folder, "carbontracker/CT2022.flux1x1.201507.nc")
        .on(10.0)
        .put(
            "time",
            "days since 2000-01-01 00:00:00",
            &[("time", n)],
            hours,
        );
    for (name, value) in [
        ("bio_flux_opt", -2e-8),
        ("ocn_flux_opt", -1e-8),
        ("fire_flux_imp", 1e-9),
        ("fossil_flux_imp", 5e-8),
    ] {
        file = file.flux(name, "mol m-2 s-1", ("time", n), value);
    }
}

/// Name, times a day, first minute, and variables with unit and number of levels.
type Collection<'a> = (&'a str, usize, f64, &'a [(&'a str, &'a str, usize)]);

/// Still but for a wind that turns with the earth, the same for all days.
fn merra2(folder: &Path) {
    let collections: [Collection; 4] = [
        (
            "A1",
            24,
            30.0,
            &[
                ("PBLH", "m", 0),
                ("USTAR", "m s-1", 0),
                ("HFLUX", "W m-2", 0),
                ("T2M", "K", 0),
            ],
        ),
        (
            "A3dyn",
            8,
            90.0,
            &[
                ("U", "m s-1", 72),
                ("V", "m s-1", 72),
                ("DTRAIN", "kg m-2 s-1", 72),
            ],
        ),
        ("A3mstE", 8, 90.0, &[("CMFMC", "kg m-2 s-1", 73)]),
        (
            "I3",
            8,
            0.0,
            &[("PS", "Pa", 0), ("QV", "kg kg-1", 72), ("T", "K", 72)],
        ),
    ];
    let grid = LatLonGrid::geos(22.5, 22.5).unwrap();
    let (lats, lons) = (("lat", grid.n_lat()), ("lon", grid.n_lon()));
    for day in 1..=DAYS + 1 {
        for (collection, n, first, variables) in collections {
            let name = format!("merra2/2015/07/MERRA2.201507{day:02}.{collection}.2x25.nc4");
            let since = format!("minutes since 2015-07-{day:02} 00:00:00.0");
            let minutes = |k: usize| first + 1440.0 / n as f64 * k as f64;
            let mut file = File::new(folder, &name)
                .put("time", &since, &[("time", n)], minutes)
                .put("lat", "degrees_north", &[lats], |j| grid.lat()[j])
                .put("lon", "degrees_east", &[lons], |i| grid.lon()[i]);
            for (name, unit, levels) in variables {
                let time = ("time", n);
                let deep = [time, ("lev", *levels), lats, lons];
                let flat = [time, lats, lons];
                let dims: &[(&str, usize)] = if *levels > 0 { &deep } else { &flat };
                file = file.put(name, unit, dims, |k| {
                    let (level, lat) = (
                        k / (lats.1 * lons.1) % (*levels).max(1),
                        grid.lat()[k / lons.1 % lats.1],
                    );
                    air(name, level, lat.to_radians().cos())
                });
            }
        }
    }
}

/// A value of the meteorology of a level and of the cosine of latitude.
fn air(name: &str, level: usize, cos: f64) -> f64 {
    match name {
        "U" => 10.0 * cos,
        "PS" => 98_000.0,
        "QV" => 0.01 * cos * (-(level as f64) / 10.0).exp(),
        "T" => 290.0 - 40.0 * (1.0 - cos) - 0.8 * level as f64,
        "PBLH" => 800.0,
        "USTAR" => 0.4,
        "HFLUX" => 50.0,
        "T2M" => 285.0,
        _ => 0.0,
    }
}
