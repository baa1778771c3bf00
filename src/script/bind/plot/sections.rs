//! Sections, Hovmoeller and Taylor diagrams.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::plot::labels::{CommonUnit, in_unit};
use crate::plot::{Section, Taylor, TaylorPoint};
use crate::script::bind::plot::series::{colour, series_of};
use crate::script::bind::plot::{Drawing, scale_from, sized, title_of};
use crate::script::{Fallible, Options, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map, Module};

/// The functions.
pub(super) fn module() -> Module {
    exported_module!(functions)
}

/// A section of a field with the options of the function called `name`.
pub(super) fn section_of(field: &Field, name: &str, options: Map) -> Result<Drawing> {
    let mut o = Options::new(name, options);
    let title = title_of(field, o.find("title")?);
    let (field, unit) = in_unit(field, o.find::<String>("unit")?.as_deref())?;
    let mut section =
        Section::of_field(&title, &field, o.find::<String>("across")?.as_deref())?.unit(&unit);
    if let Some(scale) = scale_from(&mut o)? {
        section = section.scale(scale);
    }
    let (across, up) = section.names();
    let text = format!("section \"{title}\" of {up} over {across}");
    let section = sized(section, &mut o, Section::sized)?;
    o.finish()?;
    Drawing::new(section, text)
}

fn hovmoeller_of(field: &Field, options: Map) -> Result<Drawing> {
    if field
        .dimensions()
        .iter()
        .any(|d| matches!(d.coordinate, Coordinate::Times(_)))
    {
        return section_of(field, "plot::hovmoeller", options);
    }
    let names: Vec<&str> = field.dimensions().iter().map(|d| d.name.as_str()).collect();
    Err(Error::new("a Hovmoeller diagram needs time")
        .expected("a dimension of dates and one other")
        .got(names.join(", "))
        .hint("plot::section(field)"))
}

fn taylor_from(options: Map) -> Result<Drawing> {
    let mut o = Options::new("plot::taylor", options);
    let mut unit = CommonUnit::from(&mut o, "unit")?;
    let (title, name) = (
        o.or("title", String::new())?,
        o.or("reference_name", "reference".to_string())?,
    );
    let reference = unit.read("the reference", &o.required::<Dynamic>("reference")?)?;
    let mut plot = Taylor::new(&title, &name, &reference);
    let all = series_of(&mut o, "plot::taylor")?;
    let text = format!("Taylor diagram \"{title}\" of {} products", all.len());
    for mut s in all {
        let name = s.or("name", String::new())?;
        let values = unit.read(
            &format!("the values of \"{name}\""),
            &s.required::<Dynamic>("values")?,
        )?;
        let point = TaylorPoint::new(&name, &values, &reference)?;
        let colour = colour(&mut s)?;
        s.finish()?;
        plot = plot.point(colour.map_or(point.clone(), |c| point.colour(c)));
    }
    plot = plot.unit(unit.text());
    if o.or("normalized", false)? {
        plot = plot.normalized();
    }
    let plot = sized(plot, &mut o, Taylor::sized)?;
    o.finish()?;
    Drawing::new(plot, text)
}

#[export_module]
mod functions {
    /// A section: a field of two dimensions in colours, such as latitude and pressure.
    ///
    /// Pressure, height and latitude stand upright, pressure on a logarithmic axis with the surface
    /// below (a dimension called pressure without a unit is taken to be in hPa).
    ///
    /// # Arguments
    /// - `field`: two dimensions; average or select the others away first.
    /// - `options`: optional. `title`: by default the field's name. `unit`: the values are
    ///   converted to it. `across`: the dimension that lies level. `limit`: blue, white and red
    ///   from -limit to limit, white at zero; or `range`: `[low, high]`, from dark to light; by
    ///   default fitted to the values. `width`: 1200, `height`: 730 \[pixels\].
    ///
    /// # Returns
    /// A figure.
    ///
    /// # Errors
    /// Another number of dimensions, a unit of another kind, only missing values.
    ///
    /// # Example
    /// ```rhai
    /// let places = #{ dims: ["pressure", "lat"], coords: #{ pressure: [1000, 500, 200, 100], lat: [-60, -30, 0, 30, 60] } };
    /// let wind = field(places, |p, lat| lat / 60.0 * ln(2000.0 / p)).named("wind");
    /// plot::section(wind, #{ title: "Made-up wind", across: "lat" }).save(output("section.png"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn section(context: NativeCallContext, field: Dynamic, options: Map) -> Fallible<Drawing> {
        attempt(&context, || {
            section_of(&read("the field", &field)?, "plot::section", options)
        })
    }

    #[rhai_fn(name = "section", return_raw)]
    pub fn section_plain(context: NativeCallContext, field: Dynamic) -> Fallible<Drawing> {
        attempt(&context, || {
            section_of(&read("the field", &field)?, "plot::section", Map::new())
        })
    }

    /// A Hovmoeller diagram: how a profile over longitude, latitude or regions changes in time.
    ///
    /// Latitudes and regions stand upright with time level; over longitudes time goes up.
    ///
    /// # Arguments
    /// - `field`: a dimension of dates and one other.
    /// - `options`: optional, as for `plot::section`: `title`, `unit`, `across`, `limit`, `range`,
    ///   `width`, `height`.
    ///
    /// # Returns
    /// A figure.
    ///
    /// # Errors
    /// No dimension of dates, more than two dimensions, only missing values.
    ///
    /// # Example
    /// ```rhai
    /// let days = [date("2016-07-01"), date("2016-07-02"), date("2016-07-03")];
    /// let wave = field(#{ dims: ["time", "lon"], coords: #{ time: days, lon: [-120, -60, 0, 60, 120] } }, |t, lon| sin(lon / 60.0));
    /// plot::hovmoeller(wave, #{ title: "A made-up wave" }).save(output("hovmoeller.png"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn hovmoeller(
        context: NativeCallContext,
        field: Dynamic,
        options: Map,
    ) -> Fallible<Drawing> {
        attempt(&context, || {
            hovmoeller_of(&read("the field", &field)?, options)
        })
    }

    #[rhai_fn(name = "hovmoeller", return_raw)]
    pub fn hovmoeller_plain(context: NativeCallContext, field: Dynamic) -> Fallible<Drawing> {
        attempt(&context, || {
            hovmoeller_of(&read("the field", &field)?, Map::new())
        })
    }

    /// A Taylor diagram (Taylor 2001): standard deviation, correlation and centred RMS error of
    /// products against a reference.
    ///
    /// # Arguments
    /// - `options`: `reference`: an array or a field of one dimension; `series`: an array of `#{
    ///   name, values, colour }` of the same length, pairs with a missing value are left out.
    ///   Optional: `title`, `reference_name`: `"reference"`; `unit`: fields are converted to it;
    ///   `normalized`: false, true divides by the standard deviation of the reference; `width`:
    ///   900, `height`: 820 \[pixels\].
    ///
    /// # Returns
    /// A figure.
    ///
    /// # Errors
    /// Lengths that differ, values that do not vary.
    ///
    /// # Example
    /// ```rhai
    /// let series = [#{ name: "good", values: [1.1, 2.0, 3.2, 2.1] }, #{ name: "flat", values: [1.9, 2.1, 2.2, 1.8] }];
    /// plot::taylor(#{ reference: [1, 2, 3, 2], unit: "ppm", series: series }).save(output("taylor.png"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn taylor(context: NativeCallContext, options: Map) -> Fallible<Drawing> {
        attempt(&context, || taylor_from(options))
    }
}
