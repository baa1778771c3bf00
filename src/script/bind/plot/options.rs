//! The options that figures share.

use crate::error::{Error, Result};
use crate::field::{Dimension, Field};
use crate::plot;
use crate::plot::ColorScale;
use crate::plot::labels::readable;
use crate::plot::style::{Colour, NAMES};
use crate::script::bridge::options::options;
use crate::script::bridge::value::FromScript;
use rhai::Dynamic;

options! {
    /// What stands over a figure, and the unit of what it shows.
    pub(super) struct Heading of "the heading of a figure" {
        /// The title; where not given the name of the field that is shown, if one is.
        title: Option<String>,
        /// The unit, which fields are converted to; beside values without a unit it is a label.
        unit: Option<String>,
    }
}

options! {
    /// The label across.
    pub(super) struct Across of "the label of the x axis" {
        /// The label of the level axis.
        x_label: String = String::new(),
    }
}

options! {
    /// The label upward.
    pub(super) struct Upward of "the label of the y axis" {
        /// The label of the upright axis.
        y_label: Option<String>,
    }
}

options! {
    /// How large a figure is.
    pub(super) struct Size of "the size of a figure" {
        /// The width; where not given that of this kind of figure.
        width: Option<usize> ["pixels"],
        /// The height; where not given that of this kind of figure.
        height: Option<usize> ["pixels"],
    }
}

options! {
    /// The colour scale of a field.
    pub(super) struct Scale of "the colour scale of a figure" {
        /// Blue, white and red from -limit to limit, white at zero.
        limit: Option<f64>,
        /// Colours from dark to light between two values; where neither is given they are fitted.
        range: Option<Range>,
    }
}

impl Upward {
    /// The label, or nothing.
    pub(super) fn label(&self) -> &str {
        self.y_label.as_deref().unwrap_or("")
    }
}

impl Heading {
    /// The title, or nothing.
    pub(super) fn title(&self) -> String {
        self.title.clone().unwrap_or_default()
    }
}

impl Size {
    /// The figure in this size.
    pub(super) fn of<F: plot::Figure>(
        &self,
        figure: F,
        with: impl FnOnce(F, u32, u32) -> F,
    ) -> Result<F> {
        let pixels = |name: &str, given: Option<usize>, usual: u32| match given {
            None => Ok(usual),
            Some(n) => u32::try_from(n)
                .ok()
                .filter(|n| (16..=20_000).contains(n))
                .ok_or_else(|| {
                    Error::new(format!("the {name} of a figure does not fit"))
                        .expected("16 to 20000 pixels")
                        .got(n)
                }),
        };
        let (width, height) = figure.size();
        let (width, height) = (
            pixels("width", self.width, width)?,
            pixels("height", self.height, height)?,
        );
        Ok(with(figure, width, height))
    }
}

impl Scale {
    /// The colours, where they are not fitted to the values.
    pub(super) fn colours(&self) -> Result<Option<ColorScale>> {
        match (self.limit, self.range) {
            (Some(_), Some(_)) => Err(Error::new(
                "a colour scale has either a limit, for both signs, or a range",
            )
            .got("both")),
            (Some(limit), None) => ColorScale::diverging(limit).map(Some),
            (None, Some(Range(low, high))) => ColorScale::sequential(low, high).map(Some),
            (None, None) => Ok(None),
        }
    }
}

/// What a field is called in a title, with the labels at which it was taken; synthetic data is
/// called so.
pub(super) fn title_of(field: &Field, title: Option<String>) -> String {
    let name_of_field = || {
        let name = match field.attributes.get("long_name") {
            Some(name) => name.clone(),
            None => readable(&field.name),
        };
        let taken = field.taken().iter().map(Dimension::described);
        std::iter::once(name)
            .chain(taken)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let title = title.unwrap_or_else(name_of_field);
    let shown =
        field.attributes.contains_key("synthetic") && !title.to_lowercase().contains("synthetic");
    if shown {
        format!("{title} (synthetic)").trim().to_string()
    } else {
        title
    }
}

/// A lower and a higher number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range(pub f64, pub f64);

impl FromScript for Range {
    fn expected() -> String {
        "a range [low, high]".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        match Vec::<f64>::from_script(value)?[..] {
            [low, high] if low < high && low.is_finite() && high.is_finite() => {
                Some(Range(low, high))
            }
            _ => None,
        }
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        let numbers = Vec::<f64>::from_script(value)?;
        Some(
            Error::new("a range must go from a lower to a higher number")
                .expected("[low, high]")
                .got(format!("{numbers:?}")),
        )
    }
}

impl FromScript for Colour {
    fn expected() -> String {
        format!("a colour: one of {}, or as #0072b2", NAMES.join(", "))
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        value.as_immutable_string_ref().ok()?.parse().ok()
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        value.as_immutable_string_ref().ok()?.parse::<Self>().err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Unit;

    #[test]
    fn synthetic_data_is_called_so() {
        let field = Field::scalar("nee", Unit::none(), 1.0).with_attribute("synthetic", "yes");
        assert_eq!(title_of(&field, None), "nee (synthetic)");
        assert_eq!(
            title_of(&field, Some("Synthetic NEE".into())),
            "Synthetic NEE"
        );
        assert_eq!(
            title_of(
                &Field::scalar("nee", Unit::none(), 1.0),
                Some(String::new())
            ),
            ""
        );
    }
}
