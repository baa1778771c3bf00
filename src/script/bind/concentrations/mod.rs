//! The concentrations of all members as values.

pub(super) mod fields;
mod files;
mod profile;

use crate::ensemble;
use crate::error::{Error, Result};
use crate::field::{Dimension, Field, room_for};
use crate::grid::Grid;
use crate::script::bind::meteorology::Meteorology;
use crate::script::bridge::arrays::line_of;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::{kind, quantity};
use crate::script::{Fallible, attempt, read};
use crate::transport::global_mass;
use crate::units::Unit;
use ndarray::{Array1, Array2, Array3};
use rhai::Dynamic;
use rhai::plugin::*;
use std::sync::Arc;

/// The concentrations of all members as a script holds them.
pub type Concentrations = Arc<ensemble::Concentrations>;

kind!(Concentrations, "Concentrations", "concentrations");

/// Binds `concentrations::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Concentrations>();
    rooms.room("concentrations", exported_module!(concentrations));
    fields::bind(rooms);
    files::bind(rooms);
    profile::bind(rooms);
}

/// Mean and standard deviation over members need a walk over the state; the unit is that of the
/// state.
fn lat_lon(
    state: &ensemble::Concentrations,
    name: &str,
    of: impl Fn(usize, usize) -> f64,
) -> Result<Field> {
    let h = &state.grid().horizontal;
    let data = Array2::from_shape_fn((h.n_lat(), h.n_lon()), |(j, i)| of(j, i)).into_dyn();
    let field = Field::new(
        name,
        Unit::parse("mol mol-1")?,
        h.dimensions().to_vec(),
        data,
    )?;
    Ok(of_origin(state, field))
}

/// A field of concentrations, which says that it is synthetic where they are.
fn of_origin(state: &ensemble::Concentrations, field: Field) -> Field {
    if state.synthetic() {
        field.with_attribute("synthetic", "yes")
    } else {
        field
    }
}

#[export_module]
mod concentrations {
    /// Concentrations of all members, everywhere the same.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `members`: how many.
    /// - `ppm`: the mole fraction.
    ///
    /// # Returns
    /// Concentrations.
    ///
    /// # Errors
    /// No members.
    ///
    /// # Example
    /// ```rhai
    /// assert(concentrations::uniform(grid("4x5"), 3, 400).members == 3);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn uniform(
        context: NativeCallContext,
        grid: Arc<Grid>,
        members: i64,
        ppm: Dynamic,
    ) -> Fallible<Concentrations> {
        attempt(&context, || {
            let members = usize::try_from(members).map_err(|_| {
                Error::new("an ensemble needs members")
                    .expected("at least 1")
                    .got(members)
            })?;
            room_for(&[grid.n_cells(), members.div_ceil(2)])?;
            Ok(Arc::new(ensemble::Concentrations::uniform(
                &grid,
                members,
                quantity("the mole fraction", &ppm, "ppm")? * 1e-6,
            )?))
        })
    }

    /// Number of members.
    #[rhai_fn(get = "members", global)]
    pub fn members(state: &mut Concentrations) -> i64 {
        state.n_members() as i64
    }

    /// The first member many times over.
    ///
    /// # Arguments
    /// - `members`: how many.
    ///
    /// # Returns
    /// Concentrations.
    ///
    /// # Errors
    /// No members.
    ///
    /// # Example
    /// ```rhai
    /// assert(concentrations::uniform(grid("4x5"), 1, 400).repeat(5).members == 5);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn repeat(
        context: NativeCallContext,
        state: &mut Concentrations,
        members: i64,
    ) -> Fallible<Concentrations> {
        attempt(&context, || {
            let members = usize::try_from(members).map_err(|_| {
                Error::new("an ensemble needs members")
                    .expected("at least 1")
                    .got(members)
            })?;
            room_for(&[state.grid().n_cells(), members.div_ceil(2)])?;
            Ok(Arc::new(state.repeated(0, members)?))
        })
    }

    /// Mole fractions of one member.
    ///
    /// # Arguments
    /// - `member`: its number, from 0.
    ///
    /// # Returns
    /// A field (level, lat, lon) \[mol mol-1\], level 0 at the surface.
    ///
    /// # Errors
    /// No such member.
    ///
    /// # Example
    /// ```rhai
    /// assert(concentrations::uniform(grid("4x5"), 2, 400).member(1).shape[1] == 46);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn member(
        context: NativeCallContext,
        state: &mut Concentrations,
        member: i64,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let k = usize::try_from(member)
                .ok()
                .filter(|k| *k < state.n_members());
            let k = k.ok_or_else(|| {
                Error::new("there is no such member")
                    .expected(format!("0 to {}", state.n_members() - 1))
                    .got(member)
            })?;
            let (levels, lats, lons) = state.grid().shape();
            let data = Array3::from_shape_fn((levels, lats, lons), |(l, j, i)| {
                state.get(state.grid().cell(l, j, i), k)
            })
            .into_dyn();
            let [lat, lon] = state.grid().horizontal.dimensions();
            let field = Field::new(
                "co2",
                Unit::parse("mol mol-1")?,
                vec![Dimension::index("level", levels), lat, lon],
                data,
            )?;
            Ok(of_origin(state, field))
        })
    }

    /// Mean over the members in the lowest level.
    ///
    /// # Returns
    /// A field (lat, lon) \[mol mol-1\].
    ///
    /// # Example
    /// ```rhai
    /// assert_near(concentrations::uniform(grid("4x5"), 2, 400).surface().to("ppm").max().value(), 400, 1e-3);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn surface(context: NativeCallContext, state: &mut Concentrations) -> Fallible<Field> {
        attempt(&context, || {
            let m = state.n_members();
            lat_lon(state, "co2", |j, i| {
                (0..m)
                    .map(|k| state.get(state.grid().cell(0, j, i), k))
                    .sum::<f64>()
                    / m as f64
            })
        })
    }

    /// Mean over the members and, weighted by air under a surface pressure of 1000 hPa, over the
    /// column.
    ///
    /// # Returns
    /// A field (lat, lon) \[mol mol-1\].
    ///
    /// # Example
    /// ```rhai
    /// assert_near(concentrations::uniform(grid("4x5"), 2, 400).column_mean().to("ppm").max().value(), 400, 1e-3);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn column_mean(context: NativeCallContext, state: &mut Concentrations) -> Fallible<Field> {
        attempt(&context, || {
            let (m, levels) = (state.n_members(), &state.grid().levels);
            let weight: Vec<f64> = (0..levels.len())
                .map(|l| levels.thickness(l, 1e5))
                .collect();
            let total: f64 = weight.iter().sum();
            lat_lon(state, "xco2", |j, i| {
                let column = weight.iter().enumerate().map(|(l, w)| {
                    w * (0..m)
                        .map(|k| state.get(state.grid().cell(l, j, i), k))
                        .sum::<f64>()
                });
                column.sum::<f64>() / (total * m as f64)
            })
        })
    }

    /// Carbon in the air of each member.
    ///
    /// # Arguments
    /// - `meteorology`: whose surface pressure to use.
    /// - `time`: a date.
    ///
    /// # Returns
    /// A field (member) \[PgC\].
    ///
    /// # Errors
    /// A meteorology on another grid.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("4x5");
    /// let mass = concentrations::uniform(g, 2, 400).mass(meteorology::built_in(g), "2016-07-01");
    /// assert_near(mass[0].value() / 400, 2.12, 0.05); // PgC per ppm
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn mass(
        context: NativeCallContext,
        state: &mut Concentrations,
        meteorology: Meteorology,
        time: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let air = meteorology.0.atmosphere(read("the time", &time)?)?;
            if &air.grid != state.grid() {
                return Err(Error::new("the meteorology is on another grid")
                    .expected(state.grid())
                    .got(&air.grid));
            }
            let mut field = line_of(
                "mass",
                Array1::from(global_mass(state, &air.surface_pressure)) * 1e-12,
                "member",
            );
            field.unit = Unit::parse("PgC")?;
            Ok(field)
        })
    }
}
