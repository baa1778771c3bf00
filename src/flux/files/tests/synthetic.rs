//! Small synthetic files of each layout.

use super::*;
use crate::constants::EARTH_RADIUS;
use crate::flux::MapStamp;
use crate::time::DAY;
use netcdf::{FileMut, GroupMut};

/// m2
pub(super) const SPHERE: f64 = 4.0 * std::f64::consts::PI * EARTH_RADIUS * EARTH_RADIUS;

/// A file with latitudes and longitudes of whole degrees apart, from the north if it is said.
pub(super) fn file(path: &Path, step: f64, north_first: bool) -> FileMut {
    let mut file = netcdf::create(path).unwrap();
    let (n, m) = ((180.0 / step) as usize, (360.0 / step) as usize);
    let lat =
        (0..n).map(|j| (-90.0 + step * (j as f64 + 0.5)) * if north_first { -1.0 } else { 1.0 });
    let lon = (0..m).map(|i| -180.0 + step * (i as f64 + 0.5));
    for (name, unit, values) in [
        ("lat", "degrees_north", lat.collect::<Vec<f64>>()),
        ("lon", "degrees_east", lon.collect()),
    ] {
        file.add_dimension(name, values.len()).unwrap();
        let mut v = file.add_variable::<f64>(name, &[name]).unwrap();
        v.put_values(&values, ..).unwrap();
        v.put_attribute("units", unit).unwrap();
    }
    file
}

/// Dates of a file, and what it says of them.
pub(super) fn dates(
    file: &mut FileMut,
    name: &str,
    unit: &str,
    values: &[f64],
    said: &[(&str, &str)],
) {
    file.add_dimension(name, values.len()).unwrap();
    let mut v = file.add_variable::<f64>(name, &[name]).unwrap();
    v.put_values(values, ..).unwrap();
    v.put_attribute("units", unit).unwrap();
    said.iter().for_each(|(key, text)| {
        v.put_attribute(key, *text).unwrap();
    });
}

/// A flux (along, lat, lon) that is `value` of its date and row everywhere.
pub(super) fn put(
    file: &mut FileMut,
    name: &str,
    along: &str,
    unit: &str,
    value: impl Fn(usize, usize) -> f64,
) {
    let length = |n: &str| file.dimension(n).unwrap().len();
    let (t, j, i) = (length(along), length("lat"), length("lon"));
    let values: Vec<f32> = (0..t * j * i)
        .map(|k| value(k / (j * i), k / i % j) as f32)
        .collect();
    let mut v = file
        .add_variable::<f32>(name, &[along, "lat", "lon"])
        .unwrap();
    v.put_values(&values, ..).unwrap();
    v.put_attribute("units", unit).unwrap();
}

fn carbontracker(path: &Path) {
    let mut f = file(path, 10.0, false);
    // 1.5, 4.5, ... h of 1 January 2015, in days since 2000-01-01.
    let middles: Vec<f64> = (0..8)
        .map(|k| 5479.0 + (3.0 * k as f64 + 1.5) / 24.0)
        .collect();
    dates(
        &mut f,
        "time",
        "days since 2000-01-01 00:00:00 UTC",
        &middles,
        &[],
    );
    for (k, name) in [
        "bio_flux_opt",
        "ocn_flux_opt",
        "fire_flux_imp",
        "fossil_flux_imp",
    ]
    .into_iter()
    .enumerate()
    {
        put(&mut f, name, "time", "mol m-2 s-1", |t, _| {
            (k + 1) as f64 * (t + 1) as f64 * 1e-8
        });
    }
}

#[test]
fn carbontracker_is_stamped_in_the_middle_of_three_hours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("CT2022.flux1x1.20150101.nc");
    carbontracker(&path);
    let read =
        |part| from_carbontracker(std::slice::from_ref(&path), part, SeriesReading::default());
    let bio = read(CarbonTrackerPart::Biosphere).unwrap();
    assert_eq!(
        bio.calendar().span().unwrap(),
        [t("2015-01-01"), t("2015-01-02")]
    );
    // 21:00 to 24:00 holds the eighth record, whole.
    let last = bio.emitted(t("2015-01-01T21:00"), t("2015-01-02")).unwrap();
    near(last, 8e-8 * 12.011e-3 * SPHERE * 10_800.0, 1e-6);
    let total = read(CarbonTrackerPart::Total).unwrap();
    near(
        total.emitted(t("2015-01-01"), t("2015-01-02")).unwrap(),
        36e-8 * 10.0 * 12.011e-3 * SPHERE * 10_800.0,
        1e-6,
    );
    assert!(
        bio.emitted(t("2015-01-01T21:00"), t("2015-01-02T01:00"))
            .is_err()
    );
}

#[test]
fn a_month_of_carbontracker_alone_is_its_month() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("CT2022.flux1x1-monthly.201502.nc");
    let mut f = file(&path, 10.0, false);
    // 15 February 2015, of a release whose dimension is date.
    dates(&mut f, "date", "days since 2000-01-01", &[5524.0], &[]);
    put(&mut f, "bio_flux_opt", "date", "mol m-2 s-1", |_, _| 1e-8);
    f.close().unwrap();
    let part = CarbonTrackerPart::Biosphere;
    let bio =
        from_carbontracker(std::slice::from_ref(&path), part, SeriesReading::default()).unwrap();
    assert_eq!(
        bio.calendar().span().unwrap(),
        [t("2015-02-01"), t("2015-03-01")]
    );
    let sea = from_carbontracker(&[path], CarbonTrackerPart::Ocean, SeriesReading::default());
    assert!(sea.unwrap_err().to_string().contains("ocn_flux_opt"));
}

/// Months from 2015 on, with COARDS dates at their start.
fn hemco(path: &Path, months: usize, said: &[(&str, &str)]) {
    let mut f = file(path, 10.0, false);
    let starts = [0.0, 31.0, 59.0, 90.0].map(|d| 24.0 * d);
    dates(
        &mut f,
        "time",
        "hours since 2015-01-01 00:00:00",
        &starts[..months],
        said,
    );
    put(&mut f, "CO2_SRCE", "time", "kg/m2/s", |t, _| {
        (t + 1) as f64 * 1e-9
    });
}

#[test]
fn hemco_has_kilograms_of_co2_at_the_start_of_months() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hemco.nc");
    hemco(&path, 3, &[]);
    let what = |molar_mass, stamp| CfFlux {
        reading: SeriesReading {
            molar_mass,
            ..SeriesReading::default()
        },
        stamp,
        ..CfFlux::default()
    };
    let read = |what: &CfFlux| from_cf("hemco", std::slice::from_ref(&path), what);
    let series = read(&what(Some(44.009e-3), Some(MapStamp::Start))).unwrap();
    // Days across the end of January: half of each.
    let mass = series.emitted(t("2015-01-31"), t("2015-02-02")).unwrap();
    near(mass, 1.5e-9 * 12.011 / 44.009 * SPHERE * 2.0 * DAY, 1e-6);
    let asked = read(&what(Some(44.009e-3), None)).unwrap_err().to_string();
    assert!(
        asked.contains("time: \"start\"") && asked.contains("hemco.nc"),
        "{asked}"
    );
    assert!(
        read(&what(None, None))
            .unwrap_err()
            .to_string()
            .contains("molar mass")
    );
}

#[test]
fn north_first_rows_missing_cells_and_wrong_areas_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flux.nc");
    let mut f = file(&path, 10.0, true);
    dates(
        &mut f,
        "month",
        "1",
        &(1..=12).map(f64::from).collect::<Vec<_>>(),
        &[],
    );
    put(&mut f, "flux", "month", "gC m-2 d-1", |_, j| {
        if j < 9 { 1.0 } else { f64::NAN }
    });
    f.close().unwrap();
    let series = from_cf("f", std::slice::from_ref(&path), &CfFlux::default()).unwrap();
    assert_eq!(series.warnings()[0].name, "missing_flux");
    let map = series.map(0).unwrap();
    assert!(map[0] == 0.0 && map[17 * 36] > 0.0);
    drop(series);
    let mut f = netcdf::append(&path).unwrap();
    let mut v = f.add_variable::<f64>("area", &["lat", "lon"]).unwrap();
    v.put_values(&vec![-1.0; 18 * 36], ..).unwrap();
    v.put_attribute("units", "m2").unwrap();
    f.close().unwrap();
    let wrong = from_cf("f", &[path], &CfFlux::default())
        .unwrap_err()
        .to_string();
    assert!(
        wrong.contains("area of a cell") && wrong.contains("-1.0000e0"),
        "{wrong}"
    );
}

/// A map (y, x) in groups that are made where they are not there.
fn put_in(at: &mut GroupMut, path: &[&str], values: &[f32]) {
    match path {
        [group, rest @ ..] if !rest.is_empty() => {
            if at.group(group).is_none() {
                at.add_group(group).unwrap();
            }
            put_in(&mut at.group_mut(group).unwrap(), rest, values);
        }
        [name, ..] => at
            .add_variable::<f32>(name, &["y", "x"])
            .unwrap()
            .put_values(values, ..)
            .unwrap(),
        [] => {}
    }
}

/// 10 x 10 degrees in place of 0.25, rows from the north: 31 g a month north of the equator.
pub(super) fn gfed(path: &Path) {
    let mut f = netcdf::create(path).unwrap();
    f.add_dimension("y", 18).unwrap();
    f.add_dimension("x", 36).unwrap();
    let lat: Vec<f32> = (0..648).map(|k| 85.0 - 10.0 * (k / 36) as f32).collect();
    f.add_variable::<f32>("lat", &["y", "x"])
        .unwrap()
        .put_values(&lat, ..)
        .unwrap();
    let north = |v: f32| {
        (0..648)
            .map(|k| if k < 324 { v } else { 0.0 })
            .collect::<Vec<f32>>()
    };
    let put = |f: &mut FileMut, name: &str, values: &[f32]| {
        let path: Vec<&str> = name.split('/').collect();
        put_in(&mut f.root_mut().unwrap(), &path, values);
    };
    for month in 1..=12 {
        put(&mut f, &format!("emissions/{month:02}/C"), &north(31.0));
        put(&mut f, &format!("biosphere/{month:02}/NPP"), &north(50.0));
        put(&mut f, &format!("biosphere/{month:02}/Rh"), &north(40.0));
    }
    for day in 1..=31 {
        let share = if day == 31 { 1.0 } else { 0.0 };
        put(
            &mut f,
            &format!("emissions/01/daily_fraction/day_{day}"),
            &north(share),
        );
    }
    for k in 0..8 {
        let share = if k == 5 { 1.0 } else { 0.0 };
        let name = format!("emissions/01/diurnal_cycle/UTC_{}-{}h", 3 * k, 3 * k + 3);
        put(&mut f, &name, &north(share));
    }
}

#[test]
fn gfed_is_turned_and_each_month_is_as_long_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("GFED4.1s_2015.hdf5");
    gfed(&path);
    let read = |part, step| from_gfed(std::slice::from_ref(&path), part, step, Beyond::Refuse);
    let fire = read(GfedPart::Fire, GfedStep::Month).unwrap();
    // 12 x 31 g on half the sphere, whatever the lengths of months.
    let year = fire.emitted(t("2015-01-01"), t("2016-01-01")).unwrap();
    near(year, 12.0 * 31e-3 * 0.5 * SPHERE, 1e-6);
    let february = fire.map(1).unwrap();
    assert!(february[0] == 0.0 && february[17 * 36] > 0.0);
    near(february[17 * 36], 31e-3 / (28.0 * DAY), 1e-6);
    let land = read(GfedPart::Land, GfedStep::Month).unwrap();
    near(
        land.emitted(t("2015-03-01"), t("2015-04-01")).unwrap(),
        -10e-3 * 0.5 * SPHERE,
        1e-6,
    );
    let hours = read(GfedPart::Fire, GfedStep::ThreeHours).unwrap();
    let burst = hours
        .emitted(t("2015-01-31T15:00"), t("2015-01-31T18:00"))
        .unwrap();
    near(burst, 31e-3 * 0.5 * SPHERE, 1e-6);
    assert_eq!(
        hours
            .emitted(t("2015-01-01"), t("2015-01-31T15:00"))
            .unwrap(),
        0.0
    );
    assert!(read(GfedPart::Land, GfedStep::Day).is_err());
}

pub(super) fn odiac(path: &Path) {
    let mut f = file(path, 10.0, true);
    f.add_dimension("month", 12).unwrap();
    put(&mut f, "land", "month", "gC/m2/d", |m, j| {
        if j < 9 { (m + 1) as f64 } else { 0.0 }
    });
    put(&mut f, "intl_bunker", "month", "gC/m2/d", |_, _| 0.5);
}

#[test]
fn odiac_adds_bunkers_to_land_and_is_turned() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odiac2022_1x1d_2015.nc");
    odiac(&path);
    let read = |bunkers| from_odiac(std::slice::from_ref(&path), bunkers, None, Beyond::Refuse);
    let both = read(true).unwrap();
    near(
        both.emitted(t("2015-02-01"), t("2015-03-01")).unwrap(),
        28.0 * (2e-3 * 0.5 + 0.5e-3) * SPHERE,
        1e-6,
    );
    let land = read(false).unwrap().map(0).unwrap();
    assert!(land[0] == 0.0 && land[17 * 36] > 0.0);
}

#[test]
fn cdiac_text_that_is_broken_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gridcar.2013");
    let refused = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        from_cdiac(std::slice::from_ref(&path), Beyond::Refuse)
            .unwrap_err()
            .to_string()
    };
    assert!(refused(b"1.0\n2.0\n").contains("64800 numbers"));
    assert!(refused(b"1.0\n-2.0\n").contains("line 2"));
    assert!(refused(b"1.0\nx\n").contains("\"x\""));
    assert!(refused(&[0x1f, 0x9d, 0, 1]).contains("compressed"));
    assert!(refused(b"").contains("got 0"));
}
