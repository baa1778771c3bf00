//! What must hold of every figure: the size asked for, something drawn, labels that neither touch
//! nor leave the picture, and errors instead of empty pictures.

use super::style::{MISSING, WHITE};
use super::*;
use crate::field::{Dimension, Field};
use crate::grid::LatLonGrid;
use crate::time::Time;
use crate::units::Unit;
use ndarray::Array2;

const REGIONS: [&str; 11] = [
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

fn square() -> Vec<Vec<(f64, f64)>> {
    vec![vec![
        (0.0, 0.0),
        (40.0, 0.0),
        (40.0, 40.0),
        (0.0, 40.0),
        (0.0, 0.0),
    ]]
}

/// Sources in the north, sinks in the south, one row missing.
fn map() -> Map {
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

fn lines() -> Lines {
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

fn bars() -> Bars {
    let bars = Bars::new("Fluxes by region (synthetic)", &REGIONS).y_label("net flux", "PgC/yr");
    (0..5).fold(bars, |b, n| {
        let values: Vec<f64> = (0..11).map(|k| f64::from(k * 7 % 11 - n) * 0.13).collect();
        b.series(BarSeries::new(&format!("product {n}"), &values).errors(&[0.1; 11]))
    })
}

fn boxes() -> Boxplot {
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

fn scatter() -> Scatter {
    let x: Vec<f64> = (0..50).map(|k| 395.0 + 0.2 * f64::from(k)).collect();
    let y: Vec<f64> = x.iter().map(|v| v + (v * 3.0).sin()).collect();
    Scatter::new("Two estimates")
        .points(Points::new("sites", &x, &y))
        .x_label("observed", "ppm")
        .y_label("modelled", "ppm")
        .with_equality()
}

fn histogram() -> Histogram {
    let sample: Vec<f64> = (0..300).map(|k| f64::from(k).sin()).collect();
    Histogram::new("Innovations", &sample)
        .unwrap()
        .x_label("y − Hx", "ppm")
        .expected(12.0)
}

/// A field over two dimensions, a wave.
fn over(first: Dimension, second: Dimension) -> Field {
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

fn latitudes() -> Dimension {
    Dimension::numbers(
        "lat",
        LatLonGrid::geos(4.0, 5.0).unwrap().lat(),
        Unit::parse("degrees_north").unwrap(),
    )
}

fn zonal_section() -> Section {
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

fn hovmoeller(other: Dimension) -> Section {
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

fn taylor(sign: f64) -> Taylor {
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

fn every_figure() -> Vec<Box<dyn Figure>> {
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
        Box::new(lines()),
        Box::new(bars()),
        Box::new(boxes()),
        Box::new(scatter()),
        Box::new(histogram()),
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

fn drawn(figure: &dyn Figure) -> Canvas {
    let mut canvas = Canvas::new(figure.size());
    let area = canvas.area();
    figure.draw(&mut canvas, area).unwrap();
    canvas
}

#[test]
fn every_label_is_within_the_picture_and_touches_no_other() {
    for figure in every_figure() {
        let canvas = drawn(figure.as_ref());
        let texts = canvas.texts();
        assert!(texts.len() > 5);
        for (k, (text, place)) in texts.iter().enumerate() {
            assert!(
                canvas.area().contains(place),
                "\"{text}\" is cut: {place:?}"
            );
            for (other, elsewhere) in &texts[..k] {
                assert!(
                    !place.overlaps(elsewhere),
                    "\"{text}\" {place:?} lies over \"{other}\" {elsewhere:?}"
                );
            }
        }
    }
}

#[test]
fn a_png_has_the_size_asked_for_and_is_not_uniform() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figures/map.PNG");
    map().sized(640, 400).save(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), number(20)), (640, 400));
    for figure in every_figure() {
        let pixels = render::rasterize(&drawn(figure.as_ref())).unwrap();
        let paper = pixels.chunks(3).filter(|p| *p == [255, 255, 255]).count();
        assert!(paper > 0 && paper < pixels.len() / 3 * 99 / 100);
    }
}

#[test]
fn text_is_drawn_in_both_formats() {
    let mut canvas = Canvas::new((200, 60));
    canvas.text(
        "gC m⁻² yr⁻¹",
        (100.0, 30.0),
        20.0,
        Across::Middle,
        Along::Middle,
        style::INK,
    );
    let place = canvas.texts()[0].1;
    let pixels = render::rasterize(&canvas).unwrap();
    let dark: Vec<(f64, f64)> = (0..200 * 60)
        .filter(|k| pixels[3 * k] < 120)
        .map(|k| ((k % 200) as f64, (k / 200) as f64))
        .collect();
    assert!(dark.len() > 100);
    assert!(dark.iter().all(|(x, y)| *x >= place.left - 2.0
        && *x <= place.right + 2.0
        && *y >= place.top - 3.0
        && *y <= place.bottom + 2.0));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines.svg");
    lines().save(&path).unwrap();
    let svg = std::fs::read_to_string(&path).unwrap();
    assert!(
        svg.contains("width=\"1200\" height=\"620\"")
            && svg.contains("All observations")
            && svg.contains("net flux [PgC/yr]")
    );
}

#[test]
fn a_map_has_north_up_sources_red_sinks_blue_and_missing_cells_grey() {
    let map = map()
        .points(vec![])
        .projection(Projection::PlateCarree)
        .without_bar()
        .sized(800, 400);
    let pixels = render::rasterize(&drawn(&map)).unwrap();
    // A column away from grid lines and the coast.
    let column: Vec<&[u8]> = (0..400)
        .map(|y| &pixels[3 * (y * 800 + 262)..][..3])
        .collect();
    let first = |like: &dyn Fn(&[u8]) -> bool| column.iter().position(|p| like(p)).unwrap();
    let (red, blue) = (
        first(&|p| p[0] > 150 && p[2] < 80),
        first(&|p| p[2] > 90 && p[0] < 40),
    );
    let grey = first(&|p| p == [MISSING.0, MISSING.1, MISSING.2]);
    assert!(red < grey && grey < blue, "{red} {grey} {blue}");
}

#[test]
fn a_section_has_its_surface_at_the_bottom_and_north_at_the_right() {
    let pressures = Dimension::numbers("level", vec![1000.0, 100.0], Unit::parse("hPa").unwrap());
    let latitude = Dimension::numbers(
        "lat",
        vec![-45.0, 45.0],
        Unit::parse("degrees_north").unwrap(),
    );
    let data = ndarray::array![[0.0, 1.0], [0.0, 0.0]].into_dyn();
    let field = Field::new("x", Unit::none(), vec![pressures, latitude], data).unwrap();
    let canvas = drawn(&Section::of_field("", &field, None).unwrap());
    let highest = ColorScale::fitted([0.0, 1.0]).unwrap().colour(1.0).unwrap();
    let mut boxes = canvas.marks.iter().filter_map(|m| match m {
        canvas::Mark::Polygon(p, c, _) if *c == highest && p[1].0 - p[0].0 > 100.0 => {
            Some(p.clone())
        }
        _ => None,
    });
    let cell = boxes.next_back().unwrap();
    assert!(cell[0].0 > 600.0 && cell[0].1 > 250.0, "{cell:?}");
}

#[test]
fn a_field_on_the_model_grid_fills_the_globe() {
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    let [lat, lon] = grid.dimensions();
    let values = Array2::from_shape_fn((46, 72), |(j, i)| (j + i) as f64).into_dyn();
    let field = Field::new("co2", Unit::parse("ppm").unwrap(), vec![lat, lon], values).unwrap();
    let ours = drawn(&Map::new("").field(&field).unwrap());
    let given = field.data().view().into_dimensionality().unwrap();
    let exact = drawn(
        &Map::new("")
            .values(grid.lat_edges(), grid.lon_edges(), given)
            .unit("ppm"),
    );
    assert_eq!(ours.marks, exact.marks);
    assert!(
        Map::new("")
            .field(&Field::scalar("x", Unit::none(), 1.0))
            .is_err()
    );
}

#[test]
fn a_scale_shared_by_a_row_gives_equal_values_equal_colours() {
    let scale = ColorScale::diverging(50.0).unwrap();
    assert_eq!(map().shared(&scale).color_scale().unwrap(), scale);
    assert_eq!(scale.colour(0.0), Some(WHITE));
}

#[test]
fn data_that_cannot_be_drawn_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figure.png");
    let missing = Array2::from_elem((2, 2), f64::NAN);
    let whole = Array2::from_elem((2, 2), 1.0);
    let edges = [0.0, 1.0, 2.0];
    let figures: Vec<(&str, Box<dyn Figure>)> = vec![
        ("no data", Box::new(Map::new("m"))),
        (
            "missing",
            Box::new(Map::new("m").values(&edges, &edges, missing.view())),
        ),
        (
            "do not match",
            Box::new(Map::new("m").values(&edges[..2], &edges, whole.view())),
        ),
        (
            "not on the globe",
            Box::new(Map::new("m").values(&[0.0, 50.0, 100.0], &edges, whole.view())),
        ),
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
            "nothing to colour",
            Box::new(Panels::new("p").maps(vec![Map::new("m")], None)),
        ),
    ];
    for (expected, figure) in figures {
        let message = figure.save(&path).unwrap_err().to_string();
        assert!(
            message.contains(expected) && message.contains("figure.png"),
            "{message}"
        );
    }
    assert!(!path.exists());
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
