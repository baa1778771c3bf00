//! Boxplots and histograms of samples.

use crate::error::Result;
use crate::field::Field;
use crate::plot::labels::{CommonUnit, in_unit};
use crate::plot::style::Colour;
use crate::plot::{BoxSeries, Boxplot, Histogram};
use crate::script::bind::plot::Figure;
use crate::script::bind::plot::options::{Across, Heading, Size, Upward};
use crate::script::bind::plot::values::{Columns, Values};
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map};

/// Binds `plot::boxplot` and `plot::histogram`.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.room("plot", exported_module!(functions));
    rooms.options::<BoxplotOptions>();
    optional!(rooms, HistogramOptions: "plot::histogram" = functions::histogram_token);
}

options! {
    /// A series of boxes.
    struct BoxplotSeries of "a series of plot::boxplot" {
        /// The sample of each category.
        samples: Vec<Values>,
        /// The name in the legend.
        name: String = String::new(),
        /// The colour; where not given the next of the palette.
        colour: Option<Colour>,
    }
}

options! {
    /// Options of a boxplot.
    struct BoxplotOptions of "plot::boxplot" with heading: Heading, upward: Upward, size: Size {
        /// The names of the categories.
        categories: Vec<String>,
        /// The series, each with a box in every category.
        series: Vec<BoxplotSeries>,
        /// Whether values beyond the whiskers are drawn.
        outliers: bool = false,
    }
}

options! {
    /// Options of a histogram.
    struct HistogramOptions of "plot::histogram"
        with heading: Heading, across: Across, upward: Upward, size: Size
    {
        /// The edges of the bins, one more than the counts that the sample then holds.
        edges: Option<Vec<f64>>,
        /// The height expected of every bin, as of ranks, where a level line is drawn.
        expected: Option<f64>,
    }
}

fn boxplot_from(o: &BoxplotOptions) -> Result<Figure> {
    let mut unit = CommonUnit(o.heading.unit.clone());
    let title = o.heading.title();
    let text = format!(
        "boxplot \"{title}\" of {} series in {} categories",
        o.series.len(),
        o.categories.len()
    );
    let names: Vec<&str> = o.categories.iter().map(String::as_str).collect();
    let mut plot = Boxplot::new(&title, &names);
    for s in &o.series {
        let samples = s.samples.iter();
        let samples = samples
            .map(|v| unit.read("a sample of a series", v))
            .collect::<Result<_>>()?;
        let mut series = BoxSeries::new(&s.name, samples);
        if let Some(colour) = s.colour {
            series = series.colour(colour);
        }
        plot = plot.series(series);
    }
    if o.outliers {
        plot = plot.with_outliers();
    }
    let plot = plot.y_label(o.upward.label(), unit.text());
    Figure::new(o.size.of(plot, Boxplot::sized)?, text)
}

/// All numbers of a sample: an array, or a field of any shape.
fn sample_of(value: &Dynamic, unit: &mut CommonUnit) -> Result<Vec<f64>> {
    let Some(field) = value.read_lock::<Field>() else {
        return read("the sample", value);
    };
    let (field, text) = in_unit(&field, unit.0.as_deref())?;
    unit.0 = Some(text).filter(|t| !t.is_empty());
    Ok(field.data().iter().copied().collect())
}

fn histogram_from(sample: &Dynamic, o: &HistogramOptions) -> Result<Figure> {
    let mut unit = CommonUnit(o.heading.unit.clone());
    let title = o.heading.title();
    let values = sample_of(sample, &mut unit)?;
    let plot = match &o.edges {
        Some(edges) => Histogram::of_counts(&title, edges, &values),
        None => Histogram::new(&title, &values)?,
    };
    let text = format!("histogram \"{title}\" of {} bins", plot.counts().len());
    let mut plot = plot
        .x_label(&o.across.x_label, unit.text())
        .y_label(o.upward.y_label.as_deref().unwrap_or("count"), "");
    if let Some(height) = o.expected {
        plot = plot.expected(height);
    }
    Figure::new(o.size.of(plot, Histogram::sized)?, text)
}

#[export_module]
mod functions {
    /// Boxes of samples, a group for each category, with the sample sizes: quartiles, whiskers to
    /// the last value within 1.5 interquartile ranges.
    ///
    /// # Returns
    /// A figure, 1200 by 660 pixels unless another size is given.
    ///
    /// # Errors
    /// Another number of samples than of categories, only missing values.
    ///
    /// # Example
    /// ```rhai
    /// let series = [#{ name: "made up", samples: [[1, 2, 3, 4, 9], [2, 2.5, 3]] }];
    /// plot::boxplot(#{ categories: ["North", "South"], unit: "ppm", series: series, outliers: true }).save(output("boxes.png"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn boxplot(context: NativeCallContext, options: Map) -> Fallible<Figure> {
        attempt(&context, || {
            boxplot_from(&BoxplotOptions::read(&context, options)?)
        })
    }

    /// A histogram of a sample in bins of round width (Freedman & Diaconis 1981), or of counts.
    ///
    /// # Arguments
    /// - `sample`: an array, or a field of any shape; missing values are left out. With the option
    ///   `edges`: the counts between them.
    ///
    /// # Returns
    /// A figure, 1000 by 620 pixels unless another size is given.
    ///
    /// # Errors
    /// No number in the sample, edges that do not fit.
    ///
    /// # Example
    /// ```rhai
    /// plot::histogram(grid("4x5").areas(), #{ title: "Cells", x_label: "area", unit: "km2" }).save(output("areas.png"));
    /// plot::histogram([9, 11, 10], #{ x_label: "rank", edges: [-0.5, 0.5, 1.5, 2.5], expected: 10 }).save(output("ranks.png"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn histogram(
        context: NativeCallContext,
        sample: Dynamic,
        options: Map,
    ) -> Fallible<Figure> {
        attempt(&context, || {
            histogram_from(&sample, &HistogramOptions::read(&context, options)?)
        })
    }
}
