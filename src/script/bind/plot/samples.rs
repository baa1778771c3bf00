//! Boxplots and histograms of samples.

use crate::error::Result;
use crate::field::Field;
use crate::plot::labels::{CommonUnit, in_unit};
use crate::plot::{BoxSeries, Boxplot, Histogram};
use crate::script::bind::plot::series::{colour, series_of};
use crate::script::bind::plot::{Drawing, sized};
use crate::script::{Fallible, Options, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, Map, Module};

/// The functions.
pub(super) fn module() -> Module {
    exported_module!(functions)
}

fn boxplot_from(options: Map) -> Result<Drawing> {
    let mut o = Options::new("plot::boxplot", options);
    let mut unit = CommonUnit::from(&mut o, "unit")?;
    let (title, y_label, names) = (
        o.or("title", String::new())?,
        o.or("y_label", String::new())?,
        o.required::<Vec<String>>("categories")?,
    );
    let all = series_of(&mut o, "plot::boxplot")?;
    let text = format!(
        "boxplot \"{title}\" of {} series in {} categories",
        all.len(),
        names.len()
    );
    let plot = Boxplot::new(
        &title,
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let mut plot = all.into_iter().try_fold(plot, |plot, mut s| {
        let samples: Vec<Dynamic> = s.required("samples")?;
        let samples = samples
            .iter()
            .map(|v| unit.read("a sample of a series", v))
            .collect::<Result<_>>()?;
        let mut series = BoxSeries::new(&s.or("name", String::new())?, samples);
        if let Some(colour) = colour(&mut s)? {
            series = series.colour(colour);
        }
        s.finish().map(|()| plot.series(series))
    })?;
    if o.or("outliers", false)? {
        plot = plot.with_outliers();
    }
    let plot = sized(plot.y_label(&y_label, unit.text()), &mut o, Boxplot::sized)?;
    o.finish()?;
    Drawing::new(plot, text)
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

fn histogram_from(sample: &Dynamic, options: Map) -> Result<Drawing> {
    let mut o = Options::new("plot::histogram", options);
    let mut unit = CommonUnit::from(&mut o, "unit")?;
    let title = o.or("title", String::new())?;
    let values = sample_of(sample, &mut unit)?;
    let plot = match o.find::<Vec<f64>>("edges")? {
        Some(edges) => Histogram::of_counts(&title, &edges, &values),
        None => Histogram::new(&title, &values)?,
    };
    let text = format!("histogram \"{title}\" of {} bins", plot.counts().len());
    let mut plot = plot
        .x_label(&o.or("x_label", String::new())?, unit.text())
        .y_label(&o.or("y_label", "count".to_string())?);
    if let Some(height) = o.find("expected")? {
        plot = plot.expected(height);
    }
    let plot = sized(plot, &mut o, Histogram::sized)?;
    o.finish()?;
    Drawing::new(plot, text)
}

#[export_module]
mod functions {
    /// Boxes of samples, a group for each category, with the sample sizes: quartiles, whiskers to
    /// the last value within 1.5 interquartile ranges.
    ///
    /// # Arguments
    /// - `options`: `categories`: names; `series`: an array of `#{ name, samples, colour }`,
    ///   `samples` an array with an array or a field of one dimension for each category. Optional:
    ///   `title`, `y_label`, `unit`, `outliers`: false, `width`: 1200, `height`: 660 \[pixels\].
    ///
    /// # Returns
    /// A figure.
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
    pub fn boxplot(context: NativeCallContext, options: Map) -> Fallible<Drawing> {
        attempt(&context, || boxplot_from(options))
    }

    /// A histogram of a sample in bins of round width (Freedman & Diaconis 1981), or of counts.
    ///
    /// # Arguments
    /// - `sample`: an array, or a field of any shape; missing values are left out. With the option
    ///   `edges`: the counts between them.
    /// - `options`: optional. `title`, `x_label`, `unit`, `y_label`: `"count"`; `edges`: one more
    ///   than counts; `expected`: a level line at the height expected of every bin, as for ranks;
    ///   `width`: 1000, `height`: 620 \[pixels\].
    ///
    /// # Returns
    /// A figure.
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
    ) -> Fallible<Drawing> {
        attempt(&context, || histogram_from(&sample, options))
    }

    #[rhai_fn(name = "histogram", return_raw)]
    pub fn histogram_plain(context: NativeCallContext, sample: Dynamic) -> Fallible<Drawing> {
        attempt(&context, || histogram_from(&sample, Map::new()))
    }
}
