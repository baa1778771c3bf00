//! A figure of every kind, of synthetic data.

use crate::field::{Dimension, Field};
use crate::grid::LatLonGrid;
use crate::plot::canvas::*;
use crate::plot::*;
use crate::time::Time;
use crate::units::Unit;
use ndarray::Array2;

pub const REGIONS: [&str; 11] = [
    "North American Boreal",
    "North American Temperate",
    "South American Tropical",
    "South American Temperate",
    "Northern Africa",
    "Southern Africa",
    "Eurasian Boreal",
    "Eurasian Temperate",
    "Tropical Asia",
    "Australia",
    "Europe",
];

pub fn square() -> Vec<Vec<(f64, f64)>> {
    vec![vec![
        (0.0, 0.0),
        (40.0, 0.0),
        (40.0, 40.0),
        (0.0, 40.0),
        (0.0, 0.0),
    ]]
}

/// Sources in the north, sinks in the south, one row missing.
pub fn map() -> Map {
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    let mut values =
        Array2::from_shape_fn((46, 72), |(j, _)| 100.0 * grid.lat()[j].to_radians().sin());
    values.row_mut(23).fill(f64::NAN);
    let sites = vec![
        MapPoint {
            lat: 50.0,
            lon: 200.0,
            value: -100.0,
        },
        MapPoint {
            lat: -30.0,
            lon: 20.0,
            value: f64::NAN,
        },
    ];
    let map = Map::new("Synthetic flux").values(grid.lat_edges(), grid.lon_edges(), values.view());
    map.unit("gC m-2 yr-1").coastlines(&square()).points(sites)
}

/// Eleven bands from west to east, each a region.
pub fn map_of_regions() -> Map {
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    let values = Array2::from_shape_fn((46, 72), |(_, i)| (i * REGIONS.len() / 72) as f64);
    let map = Map::new("Regions").values(grid.lat_edges(), grid.lon_edges(), values.view());
    map.coastlines(&square())
        .categories(&REGIONS.map(String::from))
}

pub fn lines() -> Lines {
    let times: Vec<Time> = (0..36)
        .map(|k| Time::from_date(2015 + k / 12, (k % 12 + 1) as i8, 1).unwrap())
        .collect();
    let y: Vec<f64> = (0..36)
        .map(|k| if k == 7 { f64::NAN } else { f64::from(k).sin() })
        .collect();
    let (low, high): (Vec<f64>, Vec<f64>) = y.iter().map(|v| (v - 0.2, v + 0.2)).unzip();
    let with = |name: &str| Series::over_time(name, &times, &y).band(&low, &high);
    [
        "Prior",
        "In situ only",
        "Satellite only",
        "All observations",
    ]
    .iter()
    .fold(Lines::new("A synthetic cycle"), |l, n| l.series(with(n)))
    .y_label("net flux", "PgC/yr")
}

/// One in each cell of a region 150 E to 150 W, as a selection from -180 to 180 may hold it.
pub fn pacific() -> Field {
    let lat = Dimension::numbers("lat", vec![-2.0, 2.0], Unit::none());
    let lon: Vec<f64> = (0..7)
        .map(|k| -180.0 + 5.0 * f64::from(k))
        .chain((0..6).map(|k| 150.0 + 5.0 * f64::from(k)))
        .collect();
    let lon = Dimension::numbers("lon", lon, Unit::none());
    let data = Array2::from_shape_fn((2, 13), |(_, i)| i as f64).into_dyn();
    Field::new("x", Unit::none(), vec![lat, lon], data).unwrap()
}

pub fn map_of_a_region() -> Map {
    Map::new("A region").field(&pacific()).unwrap()
}

pub fn factors() -> Lines {
    let series = |name: &str, by: f64| {
        let y: Vec<f64> = (0..9).map(|k| by * (0.7 * f64::from(k)).exp()).collect();
        let x: Vec<f64> = (0..9).map(f64::from).collect();
        let (low, high): (Vec<f64>, Vec<f64>) = y.iter().map(|v| (0.8 * v, 1.2 * v)).unzip();
        Series::new(name, &x, &y).band(&low, &high)
    };
    Lines::new("Factors")
        .series(series("a", 0.1))
        .series(series("b", 0.4))
        .logarithmic()
        .bands("one standard deviation")
        .y_label("factor", "")
}

pub fn bars() -> Bars {
    let bars = Bars::new("Fluxes by region (synthetic)", &REGIONS).y_label("net flux", "PgC/yr");
    (0..5).fold(bars, |b, n| {
        let values: Vec<f64> = (0..11).map(|k| f64::from(k * 7 % 11 - n) * 0.13).collect();
        b.series(BarSeries::new(&format!("product {n}"), &values).errors(&[0.1; 11]))
    })
}

pub fn boxes() -> Boxplot {
    let boxes = Boxplot::new("Bias by region (synthetic)", &REGIONS)
        .y_label("bias", "ppm")
        .with_outliers();
    (0..3).fold(boxes, |b, n| {
        let sample = |k: usize| {
            (0..40 + 100 * k + n)
                .map(|q| (q as f64 * 0.618).fract().powi(5) * 3.0 - 1.0)
                .collect()
        };
        b.series(BoxSeries::new(
            &format!("product {n}"),
            (0..11).map(sample).collect(),
        ))
    })
}

pub fn scatter() -> Scatter {
    let x: Vec<f64> = (0..50).map(|k| 395.0 + 0.2 * f64::from(k)).collect();
    let y: Vec<f64> = x.iter().map(|v| v + (v * 3.0).sin()).collect();
    Scatter::new("Two estimates")
        .points(Points::new("sites", &x, &y))
        .x_label("observed", "ppm")
        .y_label("modelled", "ppm")
        .with_equality()
}

pub fn histogram() -> Histogram {
    let sample: Vec<f64> = (0..300).map(|k| f64::from(k).sin()).collect();
    Histogram::new("Innovations", &sample)
        .unwrap()
        .x_label("y − Hx", "ppm")
        .expected(12.0)
}

/// A field over two dimensions, a wave.
pub fn over(first: Dimension, second: Dimension) -> Field {
    let data = Array2::from_shape_fn((first.len(), second.len()), |(j, i)| {
        (0.3 * j as f64).sin() * (0.2 * i as f64).cos()
    });
    Field::new(
        "wave",
        Unit::parse("ppm").unwrap(),
        vec![first, second],
        data.into_dyn(),
    )
    .unwrap()
}

pub fn latitudes() -> Dimension {
    Dimension::numbers(
        "lat",
        LatLonGrid::geos(4.0, 5.0).unwrap().lat(),
        Unit::parse("degrees_north").unwrap(),
    )
}

pub fn zonal_section() -> Section {
    let levels: Vec<f64> = (0..30).map(|k| 1000.0 * 0.8f64.powi(k)).collect();
    Section::of_field(
        "A synthetic section",
        &over(
            latitudes(),
            Dimension::numbers("level", levels, Unit::parse("hPa").unwrap()),
        ),
        None,
    )
    .unwrap()
}

pub fn hovmoeller(other: Dimension) -> Section {
    let times: Vec<Time> = (0..90)
        .map(|k| {
            "2015-12-20"
                .parse::<Time>()
                .unwrap()
                .plus(86_400.0 * f64::from(k))
        })
        .collect();
    Section::of_field(
        "A synthetic wave",
        &over(Dimension::times(times), other),
        None,
    )
    .unwrap()
}

pub fn taylor(sign: f64) -> Taylor {
    let reference: Vec<f64> = (0..40).map(|k| (0.4 * f64::from(k)).sin()).collect();
    let product = |n: usize| -> Vec<f64> {
        reference
            .iter()
            .enumerate()
            .map(|(k, r)| sign * r + 0.3 * (n as f64) * (k as f64 * (1.7 + n as f64)).cos())
            .collect()
    };
    let named =
        |n: usize| TaylorPoint::new(&format!("product {n}"), &product(n), &reference).unwrap();
    (1..4).fold(
        Taylor::new("Synthetic products", "reference", &reference).unit("ppm"),
        |t, n| t.point(named(n)),
    )
}

pub fn every_figure() -> Vec<Box<dyn Figure>> {
    let maps = Panels::new("Two rows")
        .maps(vec![map(), map(), map()], None)
        .maps(
            vec![map(), map(), map()],
            Some(ColorScale::diverging(20.0).unwrap()),
        );
    let mixed = Panels::new("")
        .row(vec![Box::new(lines()), Box::new(bars())])
        .row(vec![Box::new(boxes()), Box::new(histogram())]);
    vec![
        Box::new(map()),
        Box::new(map().projection(Projection::PlateCarree)),
        Box::new(map_of_regions()),
        Box::new(lines()),
        Box::new(bars()),
        Box::new(boxes()),
        Box::new(scatter()),
        Box::new(histogram()),
        Box::new(map_of_a_region()),
        Box::new(factors()),
        Box::new(bars().whiskers("one standard deviation")),
        Box::new(scatter().with_regression()),
        Box::new(zonal_section()),
        Box::new(hovmoeller(Dimension::numbers(
            "lon",
            (0..72).map(|k| f64::from(5 * k)).collect::<Vec<_>>(),
            Unit::none(),
        ))),
        Box::new(hovmoeller(latitudes())),
        Box::new(hovmoeller(Dimension::labels(
            "region",
            REGIONS.map(String::from).to_vec(),
        ))),
        Box::new(taylor(1.0)),
        Box::new(taylor(-1.0)),
        Box::new(taylor(1.0).normalized()),
        Box::new(maps),
        Box::new(mixed),
    ]
}

pub fn drawn(figure: &dyn Figure) -> Canvas {
    let mut canvas = Canvas::new(figure.size());
    let area = canvas.area();
    figure.draw(&mut canvas, area).unwrap();
    canvas
}
