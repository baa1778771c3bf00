//! What is written can be joined with the observations again.

use super::*;
use crate::io::netcdf::{Dataset, read};
use crate::observation::Observation;
use ndarray::array;

fn two() -> Observations {
    let one = |id: &str, day: f64, value: f64| Observation {
        site: "MLO".into(),
        kind: "flask".into(),
        time: "2015-01-01T12:00"
            .parse::<crate::time::Time>()
            .unwrap()
            .plus(day * 86_400.0),
        latitude: 19.5,
        longitude: -155.6,
        altitude: 3397.0,
        value,
        error: 1e-6,
        id: Some(id.into()),
        ..Observation::template()
    };
    let mut all = Observations::empty(&["in_situ"]);
    all.rows = vec![one("a~b~1", 0.0, 400e-6), one("a~b~2", 1.0, 401e-6)];
    all
}

#[test]
fn sampled_values_are_joined_by_obspack_id() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sampled.nc");
    let equivalents = array![[399e-6, 401e-6], [402e-6, 402e-6]];
    write_obspack(&two(), &equivalents, &path).unwrap();
    let file = Dataset::open(&path).unwrap();
    assert_eq!(file.text("obspack_id").unwrap(), ["a~b~1", "a~b~2"]);
    assert_eq!(file.times("time").unwrap()[1], two().rows[1].time);
    let co2 = read(&path, "CO2").unwrap();
    assert!((co2.data()[[0]] - 400e-6).abs() < 1e-18);
    assert!((read(&path, "CO2_sd").unwrap().data()[[0]] - 2f64.sqrt() * 1e-6).abs() < 1e-18);
    let mut none = two();
    none.rows[1].id = None;
    let message = write_obspack(&none, &equivalents, &path)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("no identifier") && message.contains("MLO"),
        "{message}"
    );
    none.rows[1].id = Some("a~b~1".into());
    assert!(write_obspack(&none, &equivalents, &path).is_err());
    assert!(write_obspack(&two(), &array![[1.0]], &path).is_err());
}

#[test]
fn departures_are_written_as_a_monitor_and_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("monitor.nc");
    let equivalents = array![[399e-6], [402e-6]];
    write_monitor(&two(), &equivalents, &path).unwrap();
    let file = Dataset::open(&path).unwrap();
    assert_eq!(file.text("metadata/station").unwrap(), ["MLO", "MLO"]);
    let incr = file.field("maindata/incr").unwrap();
    assert!((incr.data()[[0]] - 1.0).abs() < 1e-9 && (incr.data()[[1]] + 1.0).abs() < 1e-9);
    let table = departures(&two(), &equivalents).unwrap();
    assert!((table.numbers("departure").unwrap()[1] + 1.0).abs() < 1e-9);
}
