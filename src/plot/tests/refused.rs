//! Data that cannot be drawn and files that cannot be written are errors; odd data is drawn.

use super::samples::*;
use crate::field::Dimension;
use crate::plot::*;
use ndarray::Array2;

#[test]
fn data_that_cannot_be_drawn_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figure.png");
    let figures = maps().into_iter().chain(series()).chain(clouds());
    for (expected, figure) in figures {
        let message = figure.save(&path).unwrap_err().to_string();
        assert!(
            message.contains(expected) && message.contains("figure.png"),
            "{message}"
        );
    }
    assert!(!path.exists());
}

/// A figure that cannot be drawn, and a word of the reason.
type Refused = (&'static str, Box<dyn Figure>);

fn maps() -> Vec<Refused> {
    let missing = Array2::from_elem((2, 2), f64::NAN);
    let ones = Array2::from_elem((2, 2), 1.0);
    let edges = [0.0, 1.0, 2.0];
    vec![
        ("no data", Box::new(Map::new("m"))),
        (
            "missing",
            Box::new(Map::new("m").values(&edges, &edges, missing.view())),
        ),
        (
            "do not match",
            Box::new(Map::new("m").values(&edges[..2], &edges, ones.view())),
        ),
        (
            "not on the globe",
            Box::new(Map::new("m").values(&[0.0, 50.0, 100.0], &edges, ones.view())),
        ),
    ]
}

fn series() -> Vec<Refused> {
    vec![
        ("no series", Box::new(Lines::new("l"))),
        (
            "do not match",
            Box::new(Lines::new("l").series(Series::new("s", &[1.0], &[1.0, 2.0]))),
        ),
        (
            "missing",
            Box::new(Lines::new("l").series(Series::new("s", &[1.0], &[f64::NAN]))),
        ),
        ("must rise", Box::new(scatter_range())),
        (
            "do not match",
            Box::new(Bars::new("b", &["a"]).series(BarSeries::new("s", &[1.0, 2.0]))),
        ),
        ("no bars", Box::new(Bars::new("b", &["a"]))),
        (
            "missing",
            Box::new(Boxplot::new("b", &["a"]).series(BoxSeries::new("s", vec![vec![f64::NAN]]))),
        ),
        (
            "no data",
            Box::new(Boxplot::new("b", &["a"]).series(BoxSeries::new("s", vec![vec![]]))),
        ),
    ]
}

fn clouds() -> Vec<Refused> {
    vec![
        (
            "missing",
            Box::new(Scatter::new("s").points(Points::new("p", &[1.0], &[f64::NAN]))),
        ),
        (
            "must rise",
            Box::new(Histogram::of_counts("h", &[1.0, 0.0], &[1.0])),
        ),
        (
            "missing",
            Box::new(
                Section::of_field(
                    "s",
                    &over(latitudes(), Dimension::index("x", 2)).map(|_| f64::NAN),
                    None,
                )
                .unwrap(),
            ),
        ),
        ("no data", Box::new(Taylor::new("t", "r", &[1.0, 2.0]))),
        (
            "does not vary",
            Box::new(
                Taylor::new("t", "r", &[1.0, 1.0])
                    .point(TaylorPoint::new("p", &[1.0, 2.0], &[1.0, 2.0]).unwrap()),
            ),
        ),
        ("without panels", Box::new(Panels::new("p"))),
        (
            "no data",
            Box::new(Panels::new("p").maps(vec![Map::new("m")], None)),
        ),
    ]
}

fn scatter_range() -> Lines {
    Lines::new("l")
        .series(Series::new("s", &[1.0, 2.0], &[1.0, 2.0]))
        .y_range(2.0, 1.0)
}

#[test]
fn files_that_cannot_be_written_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["figure.jpg", "figure"] {
        let message = scatter()
            .save(&folder.path().join(name))
            .unwrap_err()
            .to_string();
        assert!(message.contains(".png or .svg"), "{message}");
    }
    std::fs::write(folder.path().join("plain"), "").unwrap();
    assert!(
        scatter()
            .save(&folder.path().join("plain/figure.png"))
            .unwrap_err()
            .to_string()
            .contains("folder")
    );
    assert!(
        scatter()
            .sized(0, 10)
            .save(&folder.path().join("figure.png"))
            .is_err()
    );
}

#[test]
fn odd_data_is_drawn_without_panic() {
    let constant = Lines::new("one value").series(Series::new("s", &[2.0], &[5.0]));
    drawn(&constant);
    drawn(&Lines::new("level").series(Series::new("s", &[0.0, 1.0], &[0.0, 0.0])));
    drawn(&Histogram::of_counts("empty bins", &[0.0, 1.0], &[0.0]));
    drawn(&Bars::new("zeros", &["a", "b"]).series(BarSeries::new("s", &[0.0, f64::NAN])));
    drawn(&Map::new("sites").points(vec![MapPoint {
        lat: 95.0,
        lon: 1e3,
        value: f64::NAN,
    }]));
    drawn(
        &Lines::new("clipped")
            .series(Series::new("s", &[0.0, 1.0, 2.0], &[0.0, 1e9, -1e9]))
            .y_range(-1.0, 1.0),
    );
    let huge: Vec<f64> = vec![1e300, -1e300, f64::INFINITY];
    drawn(&Lines::new("huge").series(Series::new("s", &[0.0, 1.0, 2.0], &huge)));
}
