//! Tests of tables read as observations.

use super::*;
use crate::table::Column as Values;
use crate::time::Time;
use crate::units::Unit;

fn given(pairs: &[(&str, &str)]) -> Columns {
    let one = |(property, text): &(&str, &str)| {
        (property.to_string(), Given::Column(text.to_string(), None))
    };
    Columns {
        given: pairs.iter().map(one).collect(),
        operator: None,
    }
}

fn flasks() -> Table {
    let ppm = |v: &[f64]| Values::Numbers(v.to_vec(), Unit::parse("ppm").unwrap());
    Table::new()
        .with("station", Values::text(["MLO", "BRW", "SPO", "MLO", "XXX"]))
        .and_then(|t| {
            let day = |d: i64| Time::from_seconds(1_467_331_200 + 86_400 * d);
            t.with("time", Values::Times([2, 1, 0, 3, 4].map(day).to_vec()))
        })
        .and_then(|t| t.with("latitude", Values::numbers([19.5, 71.3, -90.0, 19.5, 95.0])))
        .and_then(|t| {
            t.with(
                "longitude",
                Values::numbers([-155.6, 203.4, 0.0, -155.6, 0.0]),
            )
        })
        .and_then(|t| {
            t.with(
                "altitude",
                Values::numbers([3397.0, 11.0, 2810.0, 3397.0, 0.0]),
            )
        })
        .and_then(|t| t.with("co2", ppm(&[404.0, 401.0, 399.0, f64::NAN, 400.0])))
        .and_then(|t| t.with("sd", ppm(&[0.5, 1.0, 0.0, 0.5, 0.5])))
        .and_then(|t| {
            t.with(
                "num",
                Values::numbers([2_016_070_112_345_678.0, 2.0, 3.0, 4.0, 5.0]),
            )
        })
        .unwrap()
}

const FLASKS: [(&str, &str); 5] = [
    ("site", "station"),
    ("value", "co2"),
    ("source", "in_situ"),
    ("kind", "flask"),
    ("id", "num"),
];

#[test]
fn rows_become_observations_in_order_of_time_and_bad_rows_are_counted() {
    let all = Observations::from_table(&flasks(), &given(&FLASKS)).unwrap();
    let sites: Vec<&str> = all.rows.iter().map(|o| &*o.site).collect();
    assert_eq!(sites, ["BRW", "MLO"]);
    let mlo = &all.rows[1];
    assert!((mlo.value - 404e-6).abs() < 1e-18 && (mlo.error - 0.5e-6).abs() < 1e-18);
    assert_eq!(
        (mlo.altitude, mlo.id.as_deref()),
        (3397.0, Some("2016070112345678"))
    );
    assert_eq!(
        (&*mlo.kind, mlo.unit),
        ("flask", 1_467_331_200 / 86_400 + 2)
    );
    assert!(Arc::ptr_eq(&all.rows[0].sampling, &mlo.sampling));
    let rejected = all.rejected.records().iter();
    let rejected: Vec<(usize, &str)> = rejected.map(|r| (r.row, &*r.reason)).collect();
    assert_eq!(
        rejected,
        [
            (2, "no positive stated error"),
            (3, "no value"),
            (4, "no position on the globe"),
        ]
    );
}

#[test]
fn a_column_that_is_missing_or_without_a_unit_is_refused() {
    let message = |pairs: &[(&str, &str)]| {
        let mut columns = given(&FLASKS);
        columns.given.extend(given(pairs).given);
        Observations::from_table(&flasks(), &columns)
            .unwrap_err()
            .to_string()
    };
    assert!(message(&[("value", "co3")]).contains("\"co2\""));
    assert!(message(&[("value", "altitude")]).contains("unit"));
    assert!(message(&[("latitud", "latitude")]).contains("\"latitude\""));
    assert!(message(&[("site", "statoin")]).contains("\"station\""));
    assert!(message(&[("time", "co2")]).contains("dates"));
    assert!(message(&[("operator", "colum")]).contains("\"column\""));
    assert!(
        message(&[("sd", "-1 ppm")]).contains("5 rows")
            || message(&[("sd", "-1 ppm")]).contains("no positive")
    );
}

#[test]
fn heights_above_ground_and_pressures_are_said_by_name() {
    let mut columns = given(&FLASKS);
    columns
        .given
        .extend(given(&[("pressure", "500 hPa")]).given);
    let at = Observations::from_table(&flasks(), &columns).unwrap();
    assert_eq!(
        at.rows[0].sampling.to_string(),
        "operator::point(#{ pressure: 50000.0 })"
    );
    assert_eq!(at.rows[0].altitude, 11.0);
    let table = flasks().select(&[
        "station",
        "time",
        "latitude",
        "longitude",
        "co2",
        "sd",
        "num",
    ]);
    let table = table.unwrap();
    let at = Observations::from_table(&table, &columns).unwrap();
    // 500 hPa lie at 5574 m in the standard atmosphere (ISO 2533, table).
    assert!(
        (at.rows[0].altitude - 5574.0).abs() < 2.0,
        "{}",
        at.rows[0].altitude
    );
    let none = Observations::from_table(&table, &given(&FLASKS)).unwrap_err();
    assert!(none.to_string().contains("no altitude"), "{none}");
}

#[test]
fn observations_of_every_built_in_kind_go_to_a_table_and_back() {
    use crate::observation::fixture::point;
    let column = crate::observation::Column {
        pressure: vec![1e5, 5e4, 1.1e4],
        kernel: vec![1.0, 0.9, 1.0 / 3.0],
        prior: vec![4e-4, 3.9e-4, 3.85e-4],
        weight: vec![0.5, 0.3, 0.2],
        prior_column: 3.95e-4,
        ..Default::default()
    };
    let through = |sampling: Arc<dyn ObservationOperator>| Observation {
        sampling,
        block: 3,
        id: Some("a".into()),
        ..point(4.0, 5.0, 6.0)
    };
    let all = Observations {
        sources: vec!["mixed".into()],
        rows: vec![
            point(1.0, 2.0, 3.0),
            through(Arc::new(Point::AtPressure(5e4))),
            through(Arc::new(column)),
        ],
        ..Observations::default()
    };
    let text = all.to_full_table().unwrap().to_csv();
    let table = Table::from_csv(&text).unwrap();
    let back = Observations::from_table(&table, &Columns::default()).unwrap();
    for (a, b) in all.rows.iter().zip(&back.rows) {
        assert!((a.value - b.value).abs() < 1e-18 && (a.error - b.error).abs() < 1e-18);
        let b = Observation {
            value: a.value,
            error: a.error,
            ..b.clone()
        };
        assert_eq!(*a, b, "{text}");
    }
}

#[test]
fn other_columns_are_kept_and_a_missing_stated_error_waits() {
    let table = flasks().with("lab", Values::text(["a", "b", "c", "d", "e"]));
    let table = table.unwrap().rename("sd", "value_unc").unwrap();
    let all = Observations::from_table(&table, &given(&FLASKS)).unwrap();
    assert_eq!(all.attributes.names(), ["value_unc", "lab"]);
    assert_eq!(
        all.attribute("lab").unwrap(),
        &Values::text(["c", "b", "a"])
    );
    assert_eq!(all.without_error(), 3);
    let plan = Plan::from_table(&table, &given(&FLASKS)).unwrap();
    assert_eq!(plan.len(), 4); // a plan needs no value
}

fn hourly() -> Table {
    let at = |hour: i64| Time::from_seconds(1_467_331_200 + 3600 * hour);
    flasks()
        .with("until", Values::Times([3, 2, 0, 4, 5].map(at).to_vec()))
        .and_then(|t| t.with("time", Values::Times([1, 2, 3, 0, 4].map(at).to_vec())))
        .and_then(|t| t.rename("sd", "value_unc"))
        .unwrap()
}

#[test]
fn an_interval_is_read_as_it_is_declared_and_never_guessed() {
    let read = |more: &[(&str, &str)]| {
        let mut columns = given(&FLASKS);
        columns.given.extend(given(more).given);
        Observations::from_table(&hourly(), &columns)
    };
    let of_mlo = |more: &[(&str, &str)]| {
        let all = read(more).unwrap();
        let mlo = all.rows.iter().find(|o| &*o.site == "MLO").unwrap().clone();
        (mlo.time.hour(), mlo.begin().hour(), mlo.end().hour())
    };
    let hour = ("interval", "1 h");
    assert_eq!(of_mlo(&[hour, ("time_is", "start")]), (1.5, 1.0, 2.0));
    assert_eq!(of_mlo(&[hour, ("time_is", "middle")]), (1.0, 0.5, 1.5));
    assert_eq!(of_mlo(&[hour, ("time_is", "end")]), (0.5, 0.0, 1.0));
    assert_eq!(
        of_mlo(&[("interval", "0 h"), ("time_is", "end")]),
        (1.0, 1.0, 1.0)
    );
    let bounds = [("start", "time"), ("end", "until")];
    assert_eq!(of_mlo(&bounds), (2.0, 1.0, 3.0));
    let all = read(&bounds).unwrap(); // BRW from 2 to 2 is an instant; SPO ends before it starts
    let counts: Vec<_> = all
        .rejected
        .counts()
        .iter()
        .map(|(r, n)| (&**r, *n))
        .collect();
    let backwards = "an interval that does not end after it starts";
    assert!(counts.contains(&(backwards, 1)), "{counts:?}");
    let message = |more: &[(&str, &str)]| read(more).unwrap_err().to_string();
    assert!(message(&[hour]).contains("time_is: \"start\""));
    assert!(message(&[hour, ("time_is", "midle")]).contains("\"middle\""));
    assert!(message(&[("interval", "1"), ("time_is", "end")]).contains("needs a unit"));
    assert!(message(&[("start", "time")]).contains("no end"));
    assert!(message(&[("time_is", "start")]).contains("no interval"));
}

#[test]
fn intervals_and_attributes_go_to_a_table_and_back() {
    let mut columns = given(&FLASKS);
    columns
        .given
        .extend(given(&[("start", "time"), ("end", "until")]).given);
    let all = Observations::from_table(&hourly(), &columns).unwrap();
    let text = all.to_full_table().unwrap().to_csv();
    let table = Table::from_csv(&text).unwrap();
    let back = Observations::from_table(&table, &Columns::default()).unwrap();
    assert_eq!(back.attributes.names(), ["value_unc"]);
    let when = |all: &Observations| -> Vec<_> {
        let rows = all.rows.iter();
        rows.map(|o| (o.time, o.interval, o.error.is_nan()))
            .collect()
    };
    assert_eq!(when(&back), when(&all));
}
