//! Every function of fields, walked by a table: a result belongs to the values and labels of its
//! arguments, not to the unit, the order or the seam they happen to come with; an empty field, a
//! single value, huge numbers, gaps and another type give a result or a report.
//!
//! A function of fields that is in no table is an error here, so that a new one is not forgotten.

use super::session;
use mcas::field::{Coordinate, Dimension, Field};
use mcas::script::Session;
use mcas::time::Time;
use mcas::units::Unit;
use rhai::Dynamic;
use std::collections::BTreeSet;

/// Calls of a field `f` (time, lat, lon) whose result is in its unit, with the changes of `f` that
/// change nothing in it: `n` north first, `t` time backwards, `s` longitudes from 0 to 360; and
/// `g` where a missing value stays the one that is missing.
const IN_ITS_UNIT: &[(&str, &str)] = &[
    ("f.mean()", "nts"),
    ("f.mean(\"time\")", "nts"),
    ("f.mean([\"lat\", \"lon\"])", "nts"),
    ("f.min()", "nts"),
    ("f.max(\"lon\")", "nts"),
    ("f.median(\"time\")", "nts"),
    ("f.quantile([0.1, 0.9], \"lat\")", "nts"),
    ("f.sd()", "nts"),
    ("f.sum(\"lon\")", "nts"),
    ("f.area_mean()", "nts"),
    ("f.weighted_mean(f.cell_areas())", "nts"),
    ("f.cumsum(\"time\")", "ns"),
    ("f.diff(\"time\")", "ns"),
    ("f.isel(#{ time: 1 })", "ns"),
    ("f[1]", "ns"),
    ("f.sel(#{ time: \"2016-02\" })", "nts"),
    ("f.sel(#{ lat: 10 })", "nts"),
    ("f.sel(#{ lat: -40..=40 })", "nts"),
    ("f.sel(#{ lat: [45, -45], lon: [0, 90] })", "nts"),
    ("f.sel(#{ lon: 80..=190 })", "nts"),
    ("f.transpose()", "ntsg"),
    ("f.roll(\"time\", 1)", "nsg"),
    (
        "f.rename(\"time\", \"date\").rename(\"date\", \"time\")",
        "nts",
    ),
    ("f.named(\"g\").with_attribute(\"source\", \"here\")", "nts"),
    ("f.fill_missing(2 * f)", "nts"),
    ("f.anomalies(\"month\")", "ntsg"),
    ("f.climatology(\"month\")", "nts"),
    ("f.detrend(\"time\")", "ntsg"),
    ("f.regress(\"time\").intercept", "ns"),
    ("f.interpolate(#{ lat: 12.5 })", "nts"),
    ("f.interpolate(#{ lon: 12.5 })", "nts"),
    ("f.interpolate(#{ time: date(\"2016-02-20\") })", "nts"),
    ("f.at_points(#{ lat: [10, -50], lon: [20, 100] })", "nts"),
    ("f.regrid(grid(\"30x30\"))", "nts"),
    ("f.rolling(\"time\", 2).mean()", "ns"),
    ("f.groupby(\"time.month\").mean()", "nts"),
    ("f.resample(\"month\").mean()", "ns"),
    ("f.where(f > f.mean())", "nts"),
    ("choose(f > f.mean(), f, 2 * f)", "nts"),
    ("f.clamp(f.quantile(0.2), f.quantile(0.8))", "ntsg"),
    ("stack([f, 2 * f], \"case\")", "nts"),
    (
        "concat([f.isel(#{ lat: 0..2 }), f.isel(#{ lat: 2..6 })], \"lat\")",
        "ts",
    ),
    ("f.to(\"ppb\")", "ntsg"),
    ("f.apply(\"time\", |x| x.max() - x.min())", "nts"),
    ("abs(f)", "ntsg"),
    ("-f + 3 * f - f / 2", "ntsg"),
    ("min(f, 2 * f)", "ntsg"),
    ("max(f, f.mean())", "ntsg"),
];

/// Calls whose result has no unit, or that of a label.
const WITHOUT_UNIT: &[(&str, &str)] = &[
    ("f.count(\"time\")", "nts"),
    ("f / f.mean()", "ntsg"),
    ("sqrt(f / f.mean())", "ntsg"),
    ("(f / f.mean()) ** 2", "ntsg"),
    ("f > f.median()", "nts"),
    ("f >= 2 * f", "nts"),
    ("f < f.median()", "nts"),
    ("f <= f", "nts"),
    ("f == f", "nts"),
    ("f.argmax(\"lat\")", "ts"),
    ("f.argmin(\"lon\")", "nt"),
    ("f.idxmax(\"lat\")", "nts"),
    ("f.idxmin(\"lat\")", "nts"),
    ("f.correlation(2 * f, \"time\")", "nts"),
    ("f.is_missing()", "nts"),
    ("f.cell_areas()", "nts"),
];

/// A field of twelve half months, six bands and eight columns around the globe; no two values are
/// alike.
fn field(months: usize, rows: usize, columns: usize) -> Field {
    let day = |k: usize| Time::from_seconds(1_451_606_400 + 86_400 * 15 * k as i64);
    let degrees = |name: &str| Unit::parse(name).unwrap();
    let south = |j: usize| -75.0 + 30.0 * j as f64;
    let east = |i: usize| -180.0 + 45.0 * i as f64;
    let dimensions = vec![
        Dimension::times((0..months).map(day).collect::<Vec<_>>()),
        Dimension::numbers(
            "lat",
            (0..rows).map(south).collect::<Vec<_>>(),
            degrees("degrees_north"),
        ),
        Dimension::numbers(
            "lon",
            (0..columns).map(east).collect::<Vec<_>>(),
            degrees("degrees_east"),
        ),
    ];
    let data = ndarray::ArrayD::from_shape_fn(vec![months, rows, columns], |k| {
        let x = (k[0] * 97 + k[1] * 31 + k[2] * 57) as f64;
        400.0 + 10.0 * (0.7 * x).sin() + 0.01 * x
    });
    let unit = Unit::parse("ppm").unwrap();
    Field::new("co2", unit, dimensions, data).unwrap()
}

fn backwards(f: &Field, dimension: &str) -> Field {
    let n = f.dimension(dimension).unwrap().len();
    f.take(dimension, &(0..n).rev().collect::<Vec<_>>())
        .unwrap()
}

/// The same with longitudes from 0 to 360, in that order.
fn from_greenwich(f: &Field) -> Field {
    let n = f.dimension("lon").unwrap().len();
    let order: Vec<usize> = (0..n).map(|k| (k + n / 2) % n).collect();
    let turned = f.take("lon", &order).unwrap();
    let Coordinate::Numbers(lon, unit) = turned.dimension("lon").unwrap().coordinate.clone() else {
        panic!("longitudes are numbers");
    };
    let lon: Vec<f64> = lon.iter().map(|x| x.rem_euclid(360.0)).collect();
    turned
        .labelled("lon", Coordinate::Numbers(lon.into(), unit))
        .unwrap()
}

/// Dimensions in the order of their names, labels ascending, longitudes from 0.
fn in_order(f: &Field) -> Field {
    let mut names: Vec<String> = f.dimensions().iter().map(|d| d.name.clone()).collect();
    names.sort();
    let mut f = f
        .transpose(&names.iter().map(String::as_str).collect::<Vec<_>>())
        .unwrap();
    for name in &names {
        let key: Vec<f64> = match &f.dimension(name).unwrap().coordinate {
            Coordinate::Numbers(v, _) if name == "lon" => {
                v.iter().map(|x| x.rem_euclid(360.0)).collect()
            }
            Coordinate::Numbers(v, _) => v.to_vec(),
            Coordinate::Times(v) => v.iter().map(|t| t.seconds() as f64).collect(),
            _ => continue,
        };
        let mut order: Vec<usize> = (0..key.len()).collect();
        order.sort_by(|a, b| key[*a].total_cmp(&key[*b]));
        f = f.take(name, &order).unwrap();
    }
    f
}

fn value(session: &mut Session, f: &Field, call: &str) -> Result<Field, String> {
    session.set("f", f.clone());
    let result = session.run("sweep", call).map_err(|e| session.report(&e))?;
    let number = |x: f64| Field::scalar("x", Unit::none(), x);
    let integer = |d: &Dynamic| d.as_int().ok().map(|i| number(i as f64));
    let one = result
        .as_float()
        .ok()
        .map(number)
        .or_else(|| integer(&result));
    let truth = result
        .as_bool()
        .ok()
        .map(|b| number(f64::from(u8::from(b))));
    one.or(truth)
        .or_else(|| result.try_cast::<Field>())
        .ok_or_else(|| "no field".to_string())
}

/// What differs between two results, in the unit of the first.
fn difference(a: &Field, b: &Field) -> Option<String> {
    let b = match b.to_unit(&a.unit) {
        Ok(b) => b,
        Err(e) => return Some(e.to_string()),
    };
    let (a, b) = (in_order(a), in_order(&b));
    if a.shape() != b.shape() {
        return Some(format!("shapes {:?} and {:?}", a.shape(), b.shape()));
    }
    let scale = a
        .data()
        .iter()
        .filter(|v| v.is_finite())
        .fold(0.0, |m: f64, v| m.max(v.abs()));
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-9 * scale || x.is_nan() && y.is_nan();
    let mut pairs = a.data().iter().zip(b.data());
    pairs
        .find(|(x, y)| !near(**x, **y))
        .map(|(x, y)| format!("{x} and {y}"))
}

fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    IN_ITS_UNIT.iter().chain(WITHOUT_UNIT)
}

#[test]
fn a_result_does_not_depend_on_unit_order_or_seam() {
    let (mut session, _own) = session();
    let f = field(12, 6, 8);
    let mol = f.to_unit(&Unit::parse("mol mol-1").unwrap()).unwrap();
    let changes = [
        ("n", backwards(&f, "lat")),
        ("t", backwards(&f, "time")),
        ("s", from_greenwich(&f)),
        ("", mol),
    ];
    let mut wrong = vec![];
    for (call, same) in all() {
        let plain = match value(&mut session, &f, call) {
            Ok(plain) => plain,
            Err(report) => {
                wrong.push(format!("{call}: {report}"));
                continue;
            }
        };
        for (change, changed) in changes.iter().filter(|(c, _)| same.contains(c)) {
            let other = value(&mut session, changed, call);
            let fault = other.map_or_else(Some, |other| difference(&plain, &other));
            wrong.extend(fault.map(|d| format!("{call}, change \"{change}\": {d}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_missing_value_stays_the_one_that_is_missing() {
    let (mut session, _own) = session();
    let mut gap = field(12, 6, 8);
    gap.put(&[3, 2, 1], f64::NAN).unwrap();
    for (call, _) in all().filter(|(_, same)| same.contains('g')) {
        let result = value(&mut session, &gap, call).unwrap();
        let missing = result.data().iter().filter(|v| v.is_nan()).count();
        assert_eq!(missing, 1, "{call}");
    }
}

#[test]
fn whatever_a_field_is_there_is_a_result_or_a_report() {
    let (mut session, _own) = session();
    let f = field(12, 6, 8);
    let mut gap = f.clone();
    gap.put(&[3, 2, 1], f64::NAN).unwrap();
    let strange = [
        ("empty", f.map(|v| v).take("time", &[]).unwrap()),
        ("one value", field(1, 1, 1)),
        ("huge", f.map(|v| v * 1e300)),
        ("a gap", gap),
        ("all missing", f.map(|_| f64::NAN)),
        ("times twice", f.take("time", &[0, 1, 1, 2]).unwrap()),
        ("no dimensions", Field::scalar("x", f.unit.clone(), 4.0)),
    ];
    let mut wrong = vec![];
    for (call, _) in all() {
        for (name, given) in &strange {
            match value(&mut session, given, call) {
                // A result of nothing but present values has no missing ones, but of a few.
                Ok(_) => {}
                Err(report) if report.contains("sweep:1:") || report.contains("no field") => {}
                Err(report) => wrong.push(format!("{call}, {name}: {report}")),
            }
        }
        session.set("f", "text".to_string());
        if let Err(e) = session.run("sweep", call) {
            let report = session.report(&e);
            if !report.contains("sweep:1:") {
                wrong.push(format!("{call}, text: {report}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Functions of fields that the tables leave out, and why.
const ELSEWHERE: &[&str] = &[
    // Names, labels and attributes, and the values as an array or a table.
    "attributes",
    "coord",
    "label",
    "labels",
    "value",
    "values",
    "with_unit",
    "print",
    "debug",
    "to_string",
    "to_debug",
    "table",
    "len",
    // Matrices, and functions of two fields or of other rooms, with laws of their own.
    "dot",
    "eigen",
    "matrix_power",
    "mass_mean",
    "area_sum",
    "weighted_sum",
    "along",
    "plot",
    "map",
    // One number after the other, which the operators and the square root stand for.
    "acos",
    "asin",
    "atan",
    "cosh",
    "exp",
    "ln",
    "log",
    "log10",
    "sin",
    "sinh",
    "cos",
    "tan",
    "tanh",
    "floor",
    "ceiling",
    "round",
    "sign",
    "is_nan",
    "pow",
    "!=",
    "%",
];

#[test]
fn every_function_of_fields_is_in_a_table() {
    let (session, _own) = session();
    let tables: Vec<&str> = all().map(|(call, _)| *call).collect();
    let named = |name: &str| {
        let operator = !name.starts_with(char::is_alphabetic);
        let written = if operator {
            name.to_string()
        } else {
            format!("{name}(")
        };
        tables.iter().any(|call| call.contains(&written))
    };
    let docs = session.docs();
    let missing: BTreeSet<&str> = docs
        .entries()
        .iter()
        .filter(|e| e.registered && !e.property && !e.name.contains("::"))
        .filter(|e| {
            e.parameters
                .first()
                .is_some_and(|(_, kind)| kind == "Field")
        })
        .map(|e| e.name.as_str())
        .filter(|name| !named(name) && !ELSEWHERE.contains(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?} have no law here");
}
