//! Means and sums weighted by area, mass or anything else.

use crate::error::Result;
use crate::field::Field;
use crate::grid::{area_weights, cell_areas, layer_masses};
use crate::script::bind::field::given;
use crate::script::bridge::rooms::texts;
use crate::script::{Fallible, attempt};
use rhai::Dynamic;
use rhai::plugin::*;

/// The dimensions of the sphere that a field has.
fn horizontal(field: &Field) -> Vec<&'static str> {
    ["lat", "lon"]
        .into_iter()
        .filter(|n| field.dimension(n).is_ok())
        .collect()
}

/// Means with the weights of areas where latitude is reduced, and of masses along the level.
fn mass_mean_of(field: &Field, level: &str, with_area: bool) -> Result<Field> {
    let masses = layer_masses(field, level)?;
    if !with_area {
        return field.weighted_mean(&masses, &[level]);
    }
    field.weighted_mean(
        &masses.times(area_weights(field)?)?,
        &[&horizontal(field)[..], &[level]].concat(),
    )
}

#[export_module]
pub mod functions {
    /// Mean with weights, such as areas, matched by name.
    ///
    /// # Arguments
    /// - `weights`: a field.
    /// - `dims`: optional, a name or an array of names.
    ///
    /// # Returns
    /// A field; a single value without unit is a number.
    ///
    /// # Errors
    /// Weights that add up to zero, labels that do not match.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("4x5");
    /// let f = field(g, |lat, lon| if lat > 0 { 1 } else { -1 });
    /// assert_near(f.weighted_mean(g.areas()), 0, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn weighted_mean(
        context: NativeCallContext,
        field: &mut Field,
        weights: Field,
    ) -> Fallible<Dynamic> {
        attempt(&context, || field.weighted_mean(&weights, &[]).map(given))
    }
    #[rhai_fn(name = "weighted_mean", return_raw)]
    pub fn weighted_mean_over(
        context: NativeCallContext,
        field: &mut Field,
        weights: Field,
        dims: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let names = texts(&dims)?;
            field
                .weighted_mean(
                    &weights,
                    &names.iter().map(String::as_str).collect::<Vec<_>>(),
                )
                .map(given)
        })
    }

    /// Sum with weights, such as areas, matched by name; units multiply.
    ///
    /// # Arguments
    /// - `weights`: a field.
    /// - `dims`: optional, a name or an array of names.
    ///
    /// # Returns
    /// A field; a single value without unit is a number.
    ///
    /// # Errors
    /// Labels that do not match.
    ///
    /// # Example
    /// ```rhai
    /// let flux = field(grid("4x5"), |lat, lon| 1).with_unit("kgC m-2 s-1");
    /// assert_near(flux.weighted_sum(grid("4x5").areas()).to("PgC/yr").value(), 1.60961e10, 1e6);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn weighted_sum(
        context: NativeCallContext,
        field: &mut Field,
        weights: Field,
    ) -> Fallible<Dynamic> {
        attempt(&context, || field.weighted_sum(&weights, &[]).map(given))
    }
    #[rhai_fn(name = "weighted_sum", return_raw)]
    pub fn weighted_sum_over(
        context: NativeCallContext,
        field: &mut Field,
        weights: Field,
        dims: Dynamic,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            let names = texts(&dims)?;
            field
                .weighted_sum(
                    &weights,
                    &names.iter().map(String::as_str).collect::<Vec<_>>(),
                )
                .map(given)
        })
    }

    /// Mean over latitude and longitude, each cell by its area; cells end at their bounds where a
    /// grid or a file gives them, else halfway between the labels.
    ///
    /// # Returns
    /// A field of the other dimensions; a single value without unit is a number.
    ///
    /// # Errors
    /// No latitudes.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(grid("4x5"), |lat, lon| if lat > 0 { 3 } else { 1 });
    /// assert_near(f.area_mean(), 2, 1e-12);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn area_mean(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || {
            field
                .weighted_mean(&area_weights(field)?, &horizontal(field))
                .map(given)
        })
    }

    /// Integral over latitude and longitude: the sum of values times the areas of their cells.
    ///
    /// # Returns
    /// A field of the other dimensions, its unit times m2.
    ///
    /// # Errors
    /// No latitudes.
    ///
    /// # Example
    /// ```rhai
    /// let flux = field(grid("4x5"), |lat, lon| 1).with_unit("gC m-2 yr-1");
    /// assert_near(flux.area_sum().to("PgC/yr").value(), 0.51006, 1e-4);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn area_sum(context: NativeCallContext, field: &mut Field) -> Fallible<Dynamic> {
        attempt(&context, || {
            field
                .weighted_sum(&cell_areas(field)?, &horizontal(field))
                .map(given)
        })
    }

    /// The areas of a field's cells, found from its latitudes and longitudes.
    ///
    /// # Returns
    /// A field (lat) \[m2\], or (lat, lon) where the columns differ in width.
    ///
    /// # Errors
    /// No latitudes, or some beyond the poles; a single row or column without bounds.
    ///
    /// # Example
    /// ```rhai
    /// let f = field(grid("4x5"), |lat, lon| 1);
    /// assert_near(f.cell_areas()[10].value(), grid("4x5").areas()[[10, 0]].value(), 1);
    /// ```
    #[rhai_fn(name = "cell_areas", return_raw)]
    pub fn areas_of_cells(context: NativeCallContext, field: &mut Field) -> Fallible<Field> {
        attempt(&context, || cell_areas(field))
    }

    /// Mean over levels of pressure, each layer by the mass of its air; with latitudes over the
    /// whole atmosphere, on request.
    ///
    /// # Arguments
    /// - `level`: the dimension, whose numbers are pressures.
    /// - `everywhere`: optional, true for the mean over latitude and longitude too, by area.
    ///
    /// # Returns
    /// A field of the other dimensions; a single value without unit is a number.
    ///
    /// # Errors
    /// Levels that are not pressures.
    ///
    /// # Example
    /// ```rhai
    /// let f = field([400, 410, 420], #{ dims: ["level"], unit: "ppm" });
    /// let f = f.label("level", [900, 600, 100], "hPa");
    /// assert_near(f.mass_mean("level").value(), 410.476, 0.001);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn mass_mean(
        context: NativeCallContext,
        field: &mut Field,
        level: &str,
    ) -> Fallible<Dynamic> {
        attempt(&context, || mass_mean_of(field, level, false).map(given))
    }
    #[rhai_fn(name = "mass_mean", return_raw)]
    pub fn mass_mean_everywhere(
        context: NativeCallContext,
        field: &mut Field,
        level: &str,
        everywhere: bool,
    ) -> Fallible<Dynamic> {
        attempt(&context, || {
            mass_mean_of(field, level, everywhere).map(given)
        })
    }
}
