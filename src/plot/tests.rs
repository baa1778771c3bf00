//! What must hold of every figure: the size asked for, something drawn, labels that neither touch
//! nor leave the picture, and errors instead of empty pictures.

mod refused;
mod samples;

use self::samples::*;
use super::style::{MISSING, WHITE};
use super::*;
use crate::field::{Dimension, Field};
use crate::grid::LatLonGrid;
use crate::units::Unit;
use ndarray::Array2;

#[test]
fn every_label_is_within_the_picture_and_touches_no_other() {
    for figure in every_figure() {
        let canvas = drawn(figure.as_ref());
        let texts = canvas.texts();
        assert!(texts.len() > 5);
        for (k, (text, extent)) in texts.iter().enumerate() {
            assert!(
                canvas.area().contains(extent),
                "\"{text}\" is cut: {extent:?}"
            );
            for (other, elsewhere) in &texts[..k] {
                assert!(
                    !extent.overlaps(elsewhere),
                    "\"{text}\" {extent:?} lies over \"{other}\" {elsewhere:?}"
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
    let extent = canvas.texts()[0].1;
    let pixels = render::rasterize(&canvas).unwrap();
    let dark: Vec<(f64, f64)> = (0..200 * 60)
        .filter(|k| pixels[3 * k] < 120)
        .map(|k| ((k % 200) as f64, (k / 200) as f64))
        .collect();
    assert!(dark.len() > 100);
    assert!(dark.iter().all(|(x, y)| *x >= extent.left - 2.0
        && *x <= extent.right + 2.0
        && *y >= extent.top - 3.0
        && *y <= extent.bottom + 2.0));
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
fn a_region_across_the_date_line_is_drawn_as_one_region() {
    let map = drawn(&Map::new("").field(&pacific()).unwrap().without_bar());
    let cells: Vec<&Vec<Point>> = map
        .marks
        .iter()
        .filter_map(|m| match m {
            canvas::Mark::Polygon(p, _, _) => Some(p),
            _ => None,
        })
        .collect();
    assert_eq!(cells.len(), 26, "each cell once");
    let wide = |p: &Vec<Point>| p[2].0 - p[0].0;
    assert!(cells.iter().all(|p| wide(p) < 100.0 && wide(p) > 60.0));
    let labels: Vec<&str> = map.texts().iter().map(|t| t.0).collect();
    assert!(
        labels.contains(&"180°") && labels.contains(&"150°W"),
        "{labels:?}"
    );
}

#[test]
fn a_section_across_the_date_line_is_marked_as_one_region() {
    let profile = pacific().at("lat", 0).unwrap();
    let levels = Dimension::numbers("height", vec![1.0, 2.0], Unit::parse("km").unwrap());
    let twice = ndarray::stack(
        ndarray::Axis(0),
        &[profile.data().view(), profile.data().view()],
    )
    .unwrap();
    let [lon] = profile.dimensions() else {
        panic!("one dimension")
    };
    let field = Field::new("x", Unit::none(), vec![levels, lon.clone()], twice).unwrap();
    let section = drawn(&Section::of_field("", &field, None).unwrap());
    let labels: Vec<&str> = section.texts().iter().map(|t| t.0).collect();
    assert!(
        labels.contains(&"180°") && !labels.contains(&"0°"),
        "{labels:?}"
    );
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
fn a_legend_that_all_panels_have_is_drawn_once() {
    let two = |second: Lines| {
        drawn(&Panels::new("").row(vec![Box::new(lines()), Box::new(second)]))
            .texts()
            .iter()
            .filter(|t| t.0 == "Satellite only")
            .count()
    };
    assert_eq!(two(lines()), 1);
    let more = lines().series(Series::over_time(
        "truth",
        &["2015-06-01".parse().unwrap()],
        &[1.0],
    ));
    assert_eq!(two(more), 2);
}

#[test]
fn panels_are_equal_where_one_title_wraps() {
    let long = || Box::new(Histogram::new(&"a long title ".repeat(9), &[1.0, 2.0]).unwrap());
    let short = || Box::new(Histogram::new("short", &[1.0, 2.0]).unwrap());
    let tops = |panels: Panels| {
        let canvas = drawn(&panels.without_letters());
        let texts = canvas.texts();
        let tops: Vec<f64> = texts
            .iter()
            .filter(|t| t.0.chars().all(|c| c.is_ascii_digit() || c == '.'))
            .map(|t| t.1.top)
            .collect();
        tops
    };
    let side_by_side = tops(Panels::new("").row(vec![long(), short()]));
    assert!(!side_by_side.is_empty() && side_by_side.len().is_multiple_of(2));
    let (left, right) = side_by_side.split_at(side_by_side.len() / 2);
    assert_eq!(left, right);
}

#[test]
fn a_logarithmic_axis_refuses_what_has_no_logarithm() {
    let series = Series::new("s", &[1.0, 2.0], &[1.0, 0.0]);
    let mut canvas = Canvas::new((600, 400));
    let area = canvas.area();
    let lines = Lines::new("l").series(series).logarithmic();
    let said = lines.draw(&mut canvas, area).unwrap_err().to_string();
    assert!(said.contains("positive"), "{said}");
}

#[test]
fn a_scale_shared_by_a_row_gives_equal_values_equal_colours() {
    let scale = ColorScale::diverging(50.0).unwrap();
    assert_eq!(map().shared(&scale).color_scale().unwrap(), scale);
    assert_eq!(scale.colour(0.0), Some(WHITE));
}
