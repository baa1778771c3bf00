//! Snapshots of a meteorology: its grid and dates, and the fields of an instant.

use crate::error::Result;
use crate::field::{Dimension, Field};
use crate::grid::Grid;
use crate::meteorology::Snapshot;
use crate::script::bind::meteorology::Meteorology;
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt, read};
use crate::time::Time;
use crate::units::Unit;
use ndarray::ArrayD;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::Arc;

/// Binds the properties of a meteorology and `at`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("meteorology", exported_module!(functions));
}

/// Values (lat, lon) or (level or edge, lat, lon) as a field.
fn field_on(grid: &Grid, name: &str, unit: &str, data: ArrayD<f64>) -> Result<Field> {
    let levels = grid.levels.len();
    let aloft = data
        .shape()
        .first()
        .filter(|_| data.ndim() == 3)
        .map(|n| Dimension::index(if *n == levels { "level" } else { "edge" }, *n));
    Field::new(
        name,
        Unit::parse(unit)?,
        aloft
            .into_iter()
            .chain(grid.horizontal.dimensions())
            .collect(),
        data,
    )
}

/// Fields of a snapshot with their names and units.
fn fields(air: Snapshot) -> Result<Map> {
    let grid = air.atmosphere.grid.clone();
    let field = |name: &str, unit: &str, data| field_on(&grid, name, unit, data);
    let Snapshot {
        interval,
        atmosphere,
        winds: [u, v],
        omega,
        diffusivity,
        updraft,
        detrainment,
        boundary_layer,
    } = air;
    let mut all = vec![
        field(
            "surface_pressure",
            "Pa",
            atmosphere.surface_pressure.into_dyn(),
        )?,
        field("surface_height", "m", atmosphere.surface_height.into_dyn())?,
        field("height", "m", atmosphere.height.into_dyn())?,
        field("u", "m s-1", u.into_dyn())?,
        field("v", "m s-1", v.into_dyn())?,
        field("omega", "Pa s-1", omega.into_dyn())?,
        field("diffusivity", "m2 s-1", diffusivity.into_dyn())?,
        field("updraft", "kg m-2 s-1", updraft.into_dyn())?,
        field("detrainment", "kg m-2 s-1", detrainment.into_dyn())?,
    ];
    all.extend(
        boundary_layer
            .map(|height| field("boundary_layer_height", "m", height.into_dyn()))
            .transpose()?,
    );
    let mut map: Map = all
        .into_iter()
        .map(|f| (f.name.as_str().into(), Dynamic::from(f)))
        .collect();
    map.insert(
        "interval".into(),
        vec![Dynamic::from(interval.0), Dynamic::from(interval.1)].into(),
    );
    Ok(map)
}

/// A date, or ().
fn date(time: Option<Time>) -> Dynamic {
    time.map_or(Dynamic::UNIT, Dynamic::from)
}

#[export_module]
mod functions {
    /// The grid of a meteorology.
    #[rhai_fn(get = "grid", global)]
    pub fn grid(meteorology: &mut Meteorology) -> Arc<Grid> {
        meteorology.0.grid().clone()
    }

    /// The first instant a meteorology holds, () where it has no beginning.
    #[rhai_fn(get = "start", global)]
    pub fn start(meteorology: &mut Meteorology) -> Dynamic {
        date(meteorology.0.span().0)
    }

    /// The last instant a meteorology holds, () where it has no end.
    #[rhai_fn(get = "end", global)]
    pub fn end(meteorology: &mut Meteorology) -> Dynamic {
        date(meteorology.0.span().1)
    }

    /// The winds, pressure and mixing of a date as fields, to look at and to draw: what drives the
    /// transport then.
    ///
    /// Winds are those of the mass fluxes after the pressure fix, in the middle of cells; they, the
    /// vertical motion and the mixing are means over the interval of the meteorology that holds the
    /// date. Level 0 and edge 0 are the lowest.
    ///
    /// # Arguments
    /// - `date`: a date.
    ///
    /// # Returns
    /// A map of fields. (lat, lon): `surface_pressure`, dry \[Pa\]; `surface_height` \[m\];
    /// `boundary_layer_height`, above the ground, not of a prescribed meteorology \[m\]. (level,
    /// lat, lon): `u`, `v` \[m s-1\], missing in polar rows, which are one cell; `height` above sea
    /// level \[m\]; `detrainment` \[kg m-2 s-1\]. (edge, lat, lon): `omega`, through the edges of
    /// levels, downward positive \[Pa s-1\]; `diffusivity` \[m2 s-1\]; `updraft` \[kg m-2 s-1\].
    /// And `interval`, its first and last instant.
    ///
    /// # Errors
    /// A date the meteorology does not cover; values that no atmosphere has.
    ///
    /// # Example
    /// ```rhai
    /// let air = meteorology::built_in(grid("10x15")).at("2016-01-15T12:00");
    /// let jet = air.u.mean("lon").sel(#{ lat: 25..=50 }).max();
    /// assert(jet.to("m s-1").value() > 25);                  // the westerlies of the northern winter
    /// plot::map(air.surface_pressure, #{ title: "Surface pressure, synthetic", unit: "hPa" }).save(output("pressure.png"));
    /// plot::section(air.u.mean("lon"), #{ title: "Zonal wind, synthetic", across: "lat" }).save(output("wind.png"));
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn at(
        context: NativeCallContext,
        meteorology: &mut Meteorology,
        date: Dynamic,
    ) -> Fallible<Map> {
        attempt(&context, || {
            fields(Snapshot::new(
                meteorology.0.as_ref(),
                read("the date", &date)?,
            )?)
        })
    }
}
