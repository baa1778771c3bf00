//! A meteorology that a script defines.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Dimension, Field};
use crate::grid::{Grid, LatLonGrid, at_points, surface_first};
use crate::meteorology::{Conditions, Flow, Prescribed};
use crate::script::bind::meteorology::Meteorology;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::{Fallible, ScriptFunction, attempt};
use crate::time::Time;
use crate::units::Unit;
use ndarray::ArrayD;
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, Map};
use std::sync::Arc;

/// Binds `meteorology::prescribed`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("meteorology", exported_module!(functions));
    optional!(rooms, PrescribedOptions: "meteorology::prescribed" = functions::prescribed_token);
    rooms.options::<PrescribedConditions>();
}

options! {
    /// Options of a meteorology that a script defines.
    struct PrescribedOptions of "meteorology::prescribed" {
        /// The length of the intervals for which the function is called.
        interval: f64 ["s"] = 600.0,
        /// The surface pressure, everywhere the same.
        surface_pressure: f64 ["Pa"] = 1e5,
        /// The date from which on surface pressure is not constant but follows the winds, whose
        /// convergence fills the columns.
        free_pressure: Option<Time>,
    }
}

options! {
    /// Winds and mixing of an interval, as the function of a script gives them.
    struct PrescribedConditions of "meteorology::prescribed(conditions)" {
        /// The streamfunction (lat + 1, lon) at the corners of cells.
        streamfunction: Option<Field> ["m2 s-1"],
        /// The eastward wind (lat, lon) at west faces.
        u: Option<Field> ["m s-1"],
        /// The northward wind (lat + 1, lon) at south faces.
        v: Option<Field> ["m s-1"],
        /// The eastward flux of air (lat, lon) through west faces.
        east: Option<Field> ["kg s-1"],
        /// The northward flux of air (lat + 1, lon) through south faces.
        north: Option<Field> ["kg s-1"],
        /// The depth of the boundary layer.
        boundary_layer: f64 ["Pa"] = 0.0,
        /// The greatest part of a surface flux that the eddies of the boundary layer carry.
        nonlocal: f64 = 0.0,
        /// The exchange of air at each level edge from the ground up.
        exchange: Vec<f64> ["kg m-2 s-1"] = Vec::new(),
        /// The convective updraft at each level edge from the ground up.
        updraft: Vec<f64> ["kg m-2 s-1"] = Vec::new(),
    }
}

/// Latitudes and longitudes at which a component is given.
fn horizontal(h: &LatLonGrid, name: &str) -> [Dimension; 2] {
    let [mut lat, mut lon] = h.dimensions();
    if name != "u" && name != "east" {
        lat.coordinate = Coordinate::Numbers(h.lat_edges().into(), Unit::none());
    }
    if name != "v" && name != "north" {
        lon.coordinate = Coordinate::Numbers(h.lon_edges()[..h.n_lon()].into(), Unit::none());
    }
    [lat, lon]
}

/// The numbers of a field in a unit, in the order of the grid; a field without a unit is taken to
/// be in it.
fn values_in(grid: &Grid, name: &str, field: &Field, unit: &str) -> Result<ArrayD<f64>> {
    let located = |e: Error| e.at(format!("the {name} of the meteorology"));
    let wanted = horizontal(&grid.horizontal, name);
    let shaped = field
        .shape()
        .iter()
        .rev()
        .take(2)
        .copied()
        .collect::<Vec<_>>()
        == [wanted[1].len(), wanted[0].len()];
    // A wrong shape has its own report where it is used.
    let mut field = match (shaped, at_points(field, &wanted)) {
        (_, Ok(placed)) => placed,
        (true, Err(e)) => return Err(located(e)),
        (false, Err(_)) => field.clone(),
    };
    if field.shape().len() == 3 && field.shape()[0] == grid.levels.len() {
        field = surface_first(&field, &grid.levels).map_err(located)?;
    }
    if field.unit.is_none() {
        return Ok(field.data().to_owned());
    }
    let wanted = Unit::parse(unit)?;
    let wrong = |_| {
        Error::new(format!("the {name} of the meteorology has a wrong unit"))
            .expected(format!("\"{unit}\", a unit that converts to it, or none"))
            .got(format!("\"{}\"", field.unit))
    };
    Ok(field.to_unit(&wanted).map_err(wrong)?.data().to_owned())
}

/// Winds and mixing that a closure gave as a map.
fn conditions_from(grid: &Grid, map: Map) -> Result<Conditions> {
    let o = PrescribedConditions::read_as("the conditions of meteorology::prescribed", map, None)?;
    let field = |name: &str, field: Option<Field>, unit: &str| {
        field.map(|f| values_in(grid, name, &f, unit)).transpose()
    };
    let psi = field("streamfunction", o.streamfunction, "m2 s-1")?;
    let (u, v) = (field("u", o.u, "m s-1")?, field("v", o.v, "m s-1")?);
    let (east, north) = (
        field("east", o.east, "kg s-1")?,
        field("north", o.north, "kg s-1")?,
    );
    let pair = |name: &str, pair: (Option<ArrayD<f64>>, Option<ArrayD<f64>>)| match pair {
        (Some(east), Some(north)) => Ok(Some((east, north))),
        (None, None) => Ok(None),
        _ => Err(Error::new("a wind needs both of its components").expected(name)),
    };
    let winds = pair("u and v", (u, v))?.map(|(u, v)| Flow::Winds(u, v));
    let fluxes =
        pair("east and north", (east, north))?.map(|(east, north)| Flow::Fluxes(east, north));
    let flows: Vec<Flow> = psi
        .map(Flow::Streamfunction)
        .into_iter()
        .chain(winds)
        .chain(fluxes)
        .collect();
    if flows.is_empty() {
        return Err(Error::new("a prescribed meteorology needs winds")
            .expected("streamfunction, u and v, or east and north; several are added up"));
    }
    Ok(Conditions {
        flows,
        boundary_layer: o.boundary_layer,
        nonlocal: o.nonlocal,
        exchange: o.exchange,
        updraft: o.updraft,
    })
}

#[export_module]
mod functions {
    /// A meteorology that a function of the date gives: for idealised tests, and for winds from
    /// arrays. Surface pressure is uniform and constant, and winds that would change it are
    /// adjusted by the pressure fix, or it is free.
    ///
    /// # Arguments
    /// - `grid`: the model grid.
    /// - `conditions`: a function of the date in the middle of an interval that gives a map with
    ///   the winds: `streamfunction`, a field (lat + 1, lon) at the corners of cells \[m2 s-1\]; or
    ///   `u` (lat, lon) at west faces and `v` (lat + 1, lon) at south faces \[m s-1\]
    ///   (`grid.corners`, `grid.west_faces` and `grid.south_faces` are places for `field`); or
    ///   `east` and `north` there \[kg s-1\]; each may have levels before, from the ground up, and
    ///   several are added up, and a field without a unit is taken to be in that one. Air moves up
    ///   and down as the winds of the levels converge. Optional: `exchange` and `updraft`, numbers
    ///   for each level edge from the ground up \[kg m-2 s-1\]; `boundary_layer`: 0 Pa, its depth,
    ///   and `nonlocal`: 0, the greatest part of a surface flux that its eddies carry, both for the
    ///   option `emission` of `transport::model`.
    ///
    /// # Returns
    /// A meteorology.
    ///
    /// # Errors
    /// A pressure outside of 500 to 1100 hPa; when it is used, or by `check` before: fields of
    /// another shape or unit, numbers that are not finite, winds beyond 200 m/s, exchange or
    /// updraft below zero.
    ///
    /// # Example
    /// ```rhai
    /// // Solid-body rotation, 20 m/s at the equator.
    /// let g = grid("30x30");
    /// let psi = field(g.corners, |lat, lon| -6.371e6 * 20.0 * sin(lat * PI() / 180.0));
    /// let met = meteorology::prescribed(g, |date| #{ streamfunction: psi }, #{ interval: "1 h" });
    /// let run = transport::model(met, #{ step: "1 h" }).run(concentrations::uniform(g, 1, 400), (), "2016-07-01", "2016-07-02");
    /// assert(run.ledger.imbalance < 1e-9);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn prescribed(
        context: NativeCallContext,
        grid: Arc<Grid>,
        conditions: FnPtr,
        options: Map,
    ) -> Fallible<Meteorology> {
        attempt(&context, || {
            let conditions = ScriptFunction::new(&context, conditions);
            let o = PrescribedOptions::read(&context, options)?;
            let on = grid.clone();
            let at = move |time: Time| {
                let what = "the conditions of meteorology::prescribed";
                conditions_from(&on, conditions.call_for(what, (Dynamic::from(time),))?)
            };
            let met = Prescribed::new(&grid, o.surface_pressure, o.interval, Box::new(at))?;
            Ok(Meteorology(Arc::new(match o.free_pressure {
                Some(since) => met.with_free_pressure(since)?,
                None => met,
            })))
        })
    }
}
