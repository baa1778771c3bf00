//! Sections, Hovmoeller and Taylor diagrams.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::plot::labels::{CommonUnit, in_unit};
use crate::plot::style::Colour;
use crate::plot::{Section, Taylor, TaylorPoint};
use crate::script::bind::plot::options::{Heading, Scale, Size};
use crate::script::bind::plot::values::{Columns, Values};
use crate::script::bind::plot::{Figure, title_of};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map};

/// Binds `plot::section`, `plot::hovmoeller` and `plot::taylor`.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("plot", exported_module!(functions));
    optional!(rooms, SectionOptions:
        "plot::section" = functions::section_token,
        "plot::hovmoeller" = functions::hovmoeller_token,
    );
    rooms.options::<TaylorOptions>();
}

options! {
    /// Options of a section.
    pub(super) struct SectionOptions of "plot::section", "plot::hovmoeller"
        with heading: Heading, scale: Scale, size: Size
    {
        /// The dimension that lies level.
        across: Option<String>,
    }
}

options! {
    /// A product in a Taylor diagram.
    struct TaylorSeries of "a series of plot::taylor" {
        /// The values, as many as the reference has; pairs with a missing value are left out.
        values: Values,
        /// The name in the legend.
        name: String = String::new(),
        /// The colour; where not given the next of the palette.
        colour: Option<Colour>,
    }
}

options! {
    /// Options of a Taylor diagram.
    struct TaylorOptions of "plot::taylor" with heading: Heading, size: Size {
        /// The values that the products are compared with.
        reference: Values,
        /// The products.
        series: Vec<TaylorSeries>,
        /// The name of the reference.
        reference_name: String = "reference".into(),
        /// Whether all is divided by the standard deviation of the reference.
        normalized: bool = false,
    }
}

/// A section of a field.
pub(super) fn section_of(field: &Field, o: &SectionOptions) -> Result<Figure> {
    let title = title_of(field, o.heading.title.clone());
    let (field, unit) = in_unit(field, o.heading.unit.as_deref())?;
    let mut section = Section::of_field(&title, &field, o.across.as_deref())?.unit(&unit);
    if let Some(scale) = o.scale.colours()? {
        section = section.scale(scale);
    }
    let (across, up) = section.names();
    let text = format!("section \"{title}\" of {up} over {across}");
    Figure::new(o.size.of(section, Section::sized)?, text)
}

fn hovmoeller_of(field: &Field, o: &SectionOptions) -> Result<Figure> {
    if field
        .dimensions()
        .iter()
        .any(|d| matches!(d.coordinate, Coordinate::Times(_)))
    {
        return section_of(field, o);
    }
    let names: Vec<&str> = field.dimensions().iter().map(|d| d.name.as_str()).collect();
    Err(Error::new("a Hovmoeller diagram needs time")
        .expected("a dimension of dates and one other")
        .got(names.join(", "))
        .hint("plot::section(field)"))
}

fn taylor_from(o: &TaylorOptions) -> Result<Figure> {
    let mut unit = CommonUnit(o.heading.unit.clone());
    let title = o.heading.title();
    let reference = unit.read("the reference", &o.reference)?;
    let mut plot = Taylor::new(&title, &o.reference_name, &reference);
    let text = format!("Taylor diagram \"{title}\" of {} products", o.series.len());
    for s in &o.series {
        let values = unit.read(&format!("the values of \"{}\"", s.name), &s.values)?;
        let mut point = TaylorPoint::new(&s.name, &values, &reference)?;
        if let Some(colour) = s.colour {
            point = point.colour(colour);
        }
        plot = plot.point(point);
    }
    plot = plot.unit(unit.text());
    if o.normalized {
        plot = plot.normalized();
    }
    Figure::new(o.size.of(plot, Taylor::sized)?, text)
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
    ///
    /// # Returns
    /// A figure, 1200 by 730 pixels unless another size is given.
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
    pub fn section(context: NativeCallContext, field: Dynamic, options: Map) -> Fallible<Figure> {
        attempt(&context, || {
            let field = read("the field", &field)?;
            section_of(&field, &SectionOptions::read(&context, options)?)
        })
    }

    /// A Hovmoeller diagram: how a profile over longitude, latitude or regions changes in time.
    ///
    /// Latitudes and regions stand upright with time level; over longitudes time goes up.
    ///
    /// # Arguments
    /// - `field`: a dimension of dates and one other.
    ///
    /// # Returns
    /// A figure, 1200 by 730 pixels unless another size is given.
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
    ) -> Fallible<Figure> {
        attempt(&context, || {
            let field = read("the field", &field)?;
            hovmoeller_of(&field, &SectionOptions::read(&context, options)?)
        })
    }

    /// A Taylor diagram (Taylor 2001): standard deviation, correlation and centred RMS error of
    /// products against a reference.
    ///
    /// # Returns
    /// A figure, 900 by 820 pixels unless another size is given.
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
    pub fn taylor(context: NativeCallContext, options: Map) -> Fallible<Figure> {
        attempt(&context, || {
            taylor_from(&TaylorOptions::read(&context, options)?)
        })
    }
}
