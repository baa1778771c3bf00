//! Figures as values: what they share, panels, and saving. Maps, sections, series and samples have
//! files of their own.

mod along;
mod maps;
mod options;
mod samples;
mod sections;
mod series;
mod show;
mod values;

pub use show::shown as shown_figure;

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::plot;
use crate::plot::{Canvas, Panels, Rect};
use crate::script::bind::plot::options::{Scale, Size, title_of};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::kind;
use crate::script::{Fallible, Host, attempt, read};
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A figure as a script holds it. A map is kept as one, since maps can share a colour scale.
#[derive(Debug, Clone)]
pub struct Figure {
    figure: Arc<dyn plot::Figure>,
    map: Option<plot::Map>,
    text: String,
}

kind!(Figure, "Figure", "a figure such as plot::map(field)");

impl Figure {
    /// A figure with what it shows in words. It is drawn once without a file, so that data that
    /// cannot be drawn are reported where they were given.
    pub(super) fn new(figure: impl plot::Figure + 'static, text: String) -> Result<Self> {
        let mut canvas = Canvas::new(figure.size());
        let area = canvas.area();
        figure.draw(&mut canvas, area)?;
        Ok(Figure {
            figure: Arc::new(figure),
            map: None,
            text,
        })
    }

    /// A map with what it shows in words.
    pub(super) fn of_map(map: plot::Map, text: String) -> Result<Self> {
        Ok(Figure {
            map: Some(map.clone()),
            ..Figure::new(map, text)?
        })
    }

    /// Writes it and gives the path.
    pub(super) fn write(&self, path: &str) -> Result<String> {
        self.figure.save(Path::new(path))?;
        Ok(path.to_string())
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.figure.size();
        write!(f, "{}, {width} x {height} pixels", self.text)
    }
}

impl plot::Figure for Figure {
    fn size(&self) -> (u32, u32) {
        self.figure.size()
    }
    fn draw(&self, canvas: &mut Canvas, area: Rect) -> Result<()> {
        self.figure.draw(canvas, area)
    }
}

/// Binds `plot::`, figures, and the shortcut of fields.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Figure>();
    rooms.room("plot", exported_module!(functions));
    optional!(rooms, PanelsOptions: "plot::panels" = functions::panels_token);
    maps::bind(rooms);
    series::bind(rooms);
    samples::bind(rooms);
    sections::bind(rooms);
    show::bind(rooms);
}

options! {
    /// Options of figures in one.
    struct PanelsOptions of "plot::panels" with scale: Scale, size: Size {
        /// Whether rows that consist of maps have one colour scale each, with the bar beside the
        /// row; only then may `limit` or `range` be given.
        one_scale: bool = false,
        /// Whether the panels are lettered.
        letters: bool = true,
    }
}

/// The figure that suits the dimensions of a field.
fn of_field(field: &Field) -> Result<Figure> {
    let has = |name: &str| field.dimensions().iter().any(|d| d.name == name);
    match field.dimensions() {
        [d] if matches!(d.coordinate, Coordinate::Labels(_)) => series::bars_of(field),
        [_] => series::line_of(field),
        [_, _] if has("lat") && has("lon") => maps::map_of(
            field,
            &maps::MapOptions::read_as("plot::map", Map::new(), None)?,
        ),
        [_, _] => sections::section_of(
            field,
            &sections::SectionOptions::read_as("plot::section", Map::new(), None)?,
        ),
        other => {
            let names: Vec<&str> = other.iter().map(|d| d.name.as_str()).collect();
            Err(Error::new(format!(
                "\"{}\" is no single map, section or line",
                field.name
            ))
            .expected("one dimension, or two")
            .got(if names.is_empty() {
                "no dimension".to_string()
            } else {
                names.join(", ")
            })
            .hint(".mean(\"time\") or .isel(#{ time: 0 })"))
        }
    }
}

fn row_of(row: &Dynamic) -> Result<Vec<Figure>> {
    let one = |v: &Dynamic| read::<Figure>("a panel", v);
    match row.as_array_ref() {
        Ok(row) => row.iter().map(one).collect(),
        Err(_) => Ok(vec![one(row)?]),
    }
}

fn panels_from(title: &str, rows: &Array, o: &PanelsOptions) -> Result<Figure> {
    let (one_scale, scale) = (o.one_scale, o.scale.colours()?);
    let rows = rows
        .iter()
        .enumerate()
        .map(|(k, r)| row_of(r).map_err(|e| e.at(format!("row {k}"))))
        .collect::<Result<Vec<_>>>()?;
    let maps = |row: &Vec<Figure>| {
        row.iter()
            .map(|d| d.map.clone())
            .collect::<Option<Vec<_>>>()
            .filter(|_| one_scale)
    };
    if scale.is_some() && !one_scale {
        return Err(Error::new(
            "a colour scale for all panels needs one_scale: true",
        ));
    }
    if one_scale && !rows.iter().any(|r| maps(r).is_some()) {
        return Err(Error::new(
            "no row of panels consists of maps, which could share a colour scale",
        ));
    }
    let text = format!(
        "panels \"{title}\" of {} figures in {} rows",
        rows.iter().map(Vec::len).sum::<usize>(),
        rows.len()
    );
    let mut panels = rows
        .into_iter()
        .fold(Panels::new(title), |p, row| match maps(&row) {
            Some(maps) => p.maps(maps, scale.clone()),
            None => p.row(
                row.into_iter()
                    .map(|d| -> Box<dyn plot::Figure> { Box::new(d) })
                    .collect(),
            ),
        });
    if !o.letters {
        panels = panels.without_letters();
    }
    Figure::new(o.size.of(panels, Panels::sized)?, text)
}

#[export_module]
mod functions {
    /// Several figures in one, in rows, lettered (a), (b), ...
    ///
    /// # Arguments
    /// - `title`: over all of them; may be empty.
    /// - `rows`: an array with an array of figures for each row.
    ///
    /// # Returns
    /// A figure.
    ///
    /// # Errors
    /// A row without figures; sharing a scale among maps of different units, or with scales of
    /// their own that differ.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("4x5");
    /// let a = plot::map(regions::land(g), #{ title: "Land" });
    /// let b = plot::map(regions::land(grid("2x2.5")), #{ title: "Land, finer" });
    /// let both = plot::panels("Two grids", [[a, b]], #{ one_scale: true });
    /// both.save(output("two_grids.png"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn panels(
        context: NativeCallContext,
        title: &str,
        rows: Array,
        options: Map,
    ) -> Fallible<Figure> {
        attempt(&context, || {
            panels_from(title, &rows, &PanelsOptions::read(&context, options)?)
        })
    }

    /// Writes a figure to a file, whole or not at all.
    ///
    /// # Arguments
    /// - `path`: ends in `.png` or `.svg`; inside the run's output folder unless it is absolute.
    ///
    /// # Returns
    /// The path.
    ///
    /// # Errors
    /// Another ending, or a folder that cannot be written to.
    ///
    /// # Example
    /// ```rhai
    /// let figure = plot::map(regions::land(grid("4x5")), #{ title: "Land" });
    /// assert(figure.save(output("land.svg")).ends_with("land.svg"));
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn save(context: NativeCallContext, figure: &mut Figure, path: &str) -> Fallible<String> {
        attempt(&context, || {
            let path = Host::of(&context).writable(path)?;
            figure.write(&path.display().to_string())
        })
    }

    /// Draws a field in the figure that suits it: a map of dimensions lat and lon, a section of any
    /// other two, bars of named places, a line of any other single dimension. A prompt shows it.
    ///
    /// # Arguments
    /// - `path`: optional, ends in `.png` or `.svg`: the figure is written there.
    ///
    /// # Returns
    /// A figure, or the path written.
    ///
    /// # Errors
    /// Other dimensions, only missing values, a file that cannot be written.
    ///
    /// # Example
    /// ```rhai
    /// let areas = grid("4x5").areas();
    /// areas.plot(output("areas.png"));
    /// areas.plot().save(output("again.svg"));
    /// ```
    #[rhai_fn(global, name = "plot", return_raw)]
    pub fn plot_shown(context: NativeCallContext, field: Dynamic) -> Fallible<Figure> {
        attempt(&context, || of_field(&read("the field", &field)?))
    }
    #[rhai_fn(global, return_raw)]
    pub fn plot(context: NativeCallContext, field: Dynamic, path: &str) -> Fallible<String> {
        attempt(&context, || {
            let figure = of_field(&read("the field", &field)?)?;
            let path = Host::of(&context).writable(path)?;
            figure.write(&path.display().to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::script::Session;
    use crate::script::session::Start;

    /// What a script ends with, or its report.
    fn run(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let start = Start {
            output: folder.path().to_path_buf(),
            collect: true,
            ..Start::default()
        };
        let mut session = Session::new(start).unwrap();
        match session.run("test", text) {
            Ok(value) => session.show(&value),
            Err(e) => session.report(&e),
        }
    }

    #[test]
    fn a_figure_says_what_it_shows() {
        let shown = run(
            "plot::map(regions::land(grid(\"4x5\")), #{ title: \"Land\", width: 600, height: 400 })",
        );
        assert_eq!(shown, "map \"Land\" of 46 x 72 cells, 600 x 400 pixels");
    }

    #[test]
    fn maps_of_different_units_share_no_scale() {
        let said = run(
            "let g = grid(\"4x5\"); plot::panels(\"\", [[plot::map(g.areas()), plot::map(regions::land(g))]], #{ one_scale: true })",
        );
        assert!(
            said.contains("different units") && said.contains("m2"),
            "{said}"
        );
    }

    #[test]
    fn what_cannot_be_drawn_is_said_where_it_was_given() {
        let cases = [
            (
                "plot::map(grid(\"4x5\").areas(), #{ unit: \"ppm\" })",
                "do not convert",
            ),
            ("plot::map(grid(\"4x5\").areas(), #{ limits: 2 })", "limit"),
            (
                "plot::map(grid(\"4x5\").areas(), #{ projection: \"robinsn\" })",
                "robinson",
            ),
            (
                "plot::map(#{ points: [#{ lat: 95, lon: 0 }] })",
                "not on the globe",
            ),
            ("plot::lines(#{ series: [#{ y: [1, 2] }] })", "needs \"x\""),
            (
                "plot::lines(#{ series: [#{ x: [1], y: [1, 2] }] })",
                "do not match",
            ),
            (
                "plot::lines(#{ series: [#{ x: [1, 2], y: [1, 2], low: [0, 1] }] })",
                "both \"low\" and \"high\"",
            ),
            ("plot::bars(#{ series: [#{ values: [1] }] })", "categories"),
            (
                "plot::bars(#{ categories: [\"a\"], series: [#{ values: [1], colour: \"mauve\" }] })",
                "names no colour",
            ),
            (
                "field([[[1.0]]], #{ dims: [\"a\", \"b\", \"c\"] }).plot(output(\"a.png\"))",
                "one dimension, or two",
            ),
        ];
        for (text, expected) in cases {
            let said = run(text);
            assert!(
                said.contains(expected) && said.contains("test:1"),
                "{text}: {said}"
            );
        }
    }

    #[test]
    fn what_made_up_winds_carry_stays_synthetic() {
        let said = run(
            "let g = grid(\"10x15\");
             let m = transport::model(meteorology::built_in(g), #{ step: 10800 });
             let c = concentrations::uniform(g, 1, 400);
             let plain = `${plot::map(c.surface())}`;
             let after = m.run(c, (), \"2016-07-01\", \"2016-07-01 06:00\").concentrations.repeat(2);
             `${plain} / ${plot::map(after.surface())}`",
        );
        let (before, after) = said.split_once(" / ").unwrap_or_else(|| panic!("{said}"));
        assert!(
            !before.contains("synthetic") && after.contains("(synthetic)"),
            "{said}"
        );
    }
}
