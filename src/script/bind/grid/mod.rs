//! Model grids and their faces.

mod faces;

use crate::error::Error;
use crate::field::Field;
use crate::grid::{Grid, HybridLevels, check_place, great_circle_km};
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt, read};
use crate::units::Unit;
use ndarray::Array2;
use rhai::Dynamic;
use rhai::plugin::*;
use std::sync::Arc;

kind!(Arc<Grid>, "Grid", "a grid");

/// Binds grids.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Arc<Grid>>();
    rooms.global(exported_module!(grids));
    faces::bind(rooms);
}

/// The grid of its steps, such as "2x2.5".
pub fn parse(text: &str) -> crate::error::Result<Arc<Grid>> {
    let steps: Vec<f64> = text
        .split(['x', 'X'])
        .filter_map(|t| t.trim().parse().ok())
        .collect();
    match steps[..] {
        [lat, lon] => Grid::geos(lat, lon),
        _ => Err(Error::new("the text names no grid")
            .expected("latitude step x longitude step in degrees")
            .got(format!("\"{text}\""))
            .hint("grid(\"4x5\")")),
    }
}

#[export_module]
mod grids {
    /// A model grid: cells of equal steps with half-size polar cells, and 47 levels.
    ///
    /// # Arguments
    /// - `lat_step`, `lon_step`: \[degrees\], or both as text: `"4x5"`, `"2x2.5"`.
    ///
    /// # Returns
    /// A grid.
    ///
    /// # Errors
    /// Steps that do not divide 180 and 360 degrees.
    ///
    /// # Example
    /// ```rhai
    /// assert(grid("4x5").n_lon == 72);
    /// assert(grid(2, 2.5).n_lat == 91);
    /// ```
    #[rhai_fn(name = "grid", return_raw)]
    pub fn grid_from_text(context: NativeCallContext, steps: &str) -> Fallible<Arc<Grid>> {
        attempt(&context, || parse(steps))
    }

    #[rhai_fn(return_raw)]
    pub fn grid(
        context: NativeCallContext,
        lat_step: Dynamic,
        lon_step: Dynamic,
    ) -> Fallible<Arc<Grid>> {
        attempt(&context, || {
            Grid::geos(
                read("the latitude step", &lat_step)?,
                read("the longitude step", &lon_step)?,
            )
        })
    }

    /// The same cells on other levels, such as those of an idealised test. Pressure at an edge
    /// is a + b times that at the surface.
    ///
    /// # Arguments
    /// - `a`, `b`: arrays of coefficients of the level edges from the ground up \[Pa\] and \[1\].
    ///
    /// # Returns
    /// A grid.
    ///
    /// # Errors
    /// Arrays of different lengths, pressure that does not fall from edge to edge.
    ///
    /// # Example
    /// ```rhai
    /// assert(grid("4x5").with_levels([0, 0, 0, 0], [1, 0.7, 0.4, 0]).n_levels == 3);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn with_levels(
        context: NativeCallContext,
        grid: &mut Arc<Grid>,
        a: Dynamic,
        b: Dynamic,
    ) -> Fallible<Arc<Grid>> {
        attempt(&context, || {
            let levels = HybridLevels::new(
                read("the coefficients a", &a)?,
                read("the coefficients b", &b)?,
            )?;
            Ok(Arc::new(Grid {
                horizontal: grid.horizontal.clone(),
                levels,
            }))
        })
    }

    /// Number of latitude rows.
    #[rhai_fn(get = "n_lat")]
    pub fn n_lat(grid: &mut Arc<Grid>) -> i64 {
        grid.horizontal.n_lat() as i64
    }

    /// Number of longitudes.
    #[rhai_fn(get = "n_lon")]
    pub fn n_lon(grid: &mut Arc<Grid>) -> i64 {
        grid.horizontal.n_lon() as i64
    }

    /// Number of levels.
    #[rhai_fn(get = "n_levels")]
    pub fn n_levels(grid: &mut Arc<Grid>) -> i64 {
        grid.levels.len() as i64
    }

    /// Areas of the cells.
    ///
    /// # Returns
    /// A field (lat, lon) \[m2\].
    ///
    /// # Errors
    /// None.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(grid("4x5").areas().sum().to("km2").value(), 5.1006e8, 1e5);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn areas(context: NativeCallContext, grid: &mut Arc<Grid>) -> Fallible<Field> {
        attempt(&context, || {
            let h = &grid.horizontal;
            let data = Array2::from_shape_fn((h.n_lat(), h.n_lon()), |(j, _)| h.area(j)).into_dyn();
            Field::new("area", Unit::parse("m2")?, h.dimensions().to_vec(), data)
        })
    }

    /// The cell that holds a point.
    ///
    /// # Arguments
    /// - `lat`, `lon`: \[degrees\].
    ///
    /// # Returns
    /// An array: its row and its column, from 0 in the south and at the western edge.
    ///
    /// # Errors
    /// A point that is not on the globe.
    ///
    /// # Example
    /// ```rhai
    /// assert(grid("4x5").cell(-90, 0) == [0, 36] && grid("4x5").cell(0, 360) == grid("4x5").cell(0, 0));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn cell(
        context: NativeCallContext,
        grid: &mut Arc<Grid>,
        lat: Dynamic,
        lon: Dynamic,
    ) -> Fallible<rhai::Array> {
        attempt(&context, || {
            let (lat, lon): (f64, f64) =
                (read("the latitude", &lat)?, read("the longitude", &lon)?);
            check_place(lat, lon)?;
            Ok(
                [grid.horizontal.row_of(lat), grid.horizontal.column_of(lon)]
                    .map(|k| Dynamic::from(k as i64))
                    .to_vec(),
            )
        })
    }

    /// Distance along the surface between two points.
    ///
    /// # Arguments
    /// - `lat1`, `lon1`, `lat2`, `lon2`: \[degrees\].
    ///
    /// # Returns
    /// A number \[km\].
    ///
    /// # Errors
    /// A point that is not on the globe.
    ///
    /// # Example
    /// ```rhai
    /// assert_near(distance_km(0, 0, 0, 90), 10007.5, 0.1);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn distance_km(
        context: NativeCallContext,
        lat1: Dynamic,
        lon1: Dynamic,
        lat2: Dynamic,
        lon2: Dynamic,
    ) -> Fallible<f64> {
        attempt(&context, || {
            let point = |lat: &Dynamic, lon: &Dynamic| {
                let (lat, lon) = (read("the latitude", lat)?, read("the longitude", lon)?);
                check_place(lat, lon).map(|()| (lat, lon))
            };
            Ok(great_circle_km(point(&lat1, &lon1)?, point(&lat2, &lon2)?))
        })
    }
}
