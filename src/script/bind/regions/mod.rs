//! Region maps.

mod built_in;
mod files;

use crate::error::Error;
use crate::field::Field;
use crate::grid::{Grid, MapCheck, RegionMap, check_place, on_grid};
use crate::script::bridge::arrays::matrix;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, ScriptFunction, attempt, read};
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr, Map};
use std::sync::Arc;

kind!(Arc<RegionMap>, "RegionMap", "a region map");

/// Binds `regions::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Arc<RegionMap>>();
    rooms.room("regions", exported_module!(regions));
    built_in::bind(rooms);
    files::bind(rooms);
}

/// The region map of a function of (lat, lon) or of (lat, lon, land).
fn map_from(
    grid: &Grid,
    name: &ScriptFunction,
    land: Option<&Field>,
) -> crate::error::Result<Arc<RegionMap>> {
    let h = &grid.horizontal;
    let land = land.map(|l| on_grid(l, h)).transpose()?;
    if let Some(land) = land
        .as_ref()
        .filter(|l| l.shape() != [h.n_lat(), h.n_lon()])
    {
        return Err(Error::new("the land fraction is not on the grid")
            .expected(format!("{} x {}", h.n_lat(), h.n_lon()))
            .got(format!("{:?}", land.shape())));
    }
    let map = RegionMap::from_function(h, |lat, lon, j, i| {
        let answer = match &land {
            Some(land) => name.call((lat, lon, land.data()[[j, i]] >= 0.5))?,
            None => name.call((lat, lon))?,
        };
        read::<Option<String>>("the name of a region", &answer)
            .map_err(|e| e.at(format!("cell {lat} N {lon} E")))
    })?;
    Ok(Arc::new(map))
}

#[export_module]
mod regions {
    /// A region map from a function that names the region of each cell.
    ///
    /// # Arguments
    /// - `grid`: the grid.
    /// - `land`: optional, the land fraction (lat, lon); the function then gets a third argument,
    ///   true over land.
    /// - `name`: a function of (lat, lon) or (lat, lon, land), \[degrees\], that gives the region's
    ///   name.
    ///
    /// # Returns
    /// A region map; regions are numbered in the order they are met from the south pole.
    ///
    /// # Errors
    /// A cell without a region, with the number of such cells and the first place; an answer that
    /// is not text.
    ///
    /// # Example
    /// ```rhai
    /// let map = regions::from_function(grid("4x5"), |lat, lon| if lat > 0 { "North" } else { "South" });
    /// assert(map.names == ["South", "North"]);
    /// assert(map.at(45, 10) == "North");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_function(
        context: NativeCallContext,
        grid: Arc<Grid>,
        name: FnPtr,
    ) -> Fallible<Arc<RegionMap>> {
        attempt(&context, || {
            map_from(&grid, &ScriptFunction::new(&context, name), None)
        })
    }

    #[rhai_fn(name = "from_function", return_raw)]
    pub fn from_function_with_land(
        context: NativeCallContext,
        grid: Arc<Grid>,
        land: Field,
        name: FnPtr,
    ) -> Fallible<Arc<RegionMap>> {
        attempt(&context, || {
            map_from(&grid, &ScriptFunction::new(&context, name), Some(&land))
        })
    }

    /// One region for the whole globe.
    ///
    /// # Arguments
    /// - `grid`: the grid.
    /// - `name`: of the region.
    ///
    /// # Returns
    /// A region map.
    ///
    /// # Example
    /// ```rhai
    /// assert(regions::single(grid("4x5"), "Globe").names == ["Globe"]);
    /// ```
    pub fn single(grid: Arc<Grid>, name: &str) -> Arc<RegionMap> {
        Arc::new(RegionMap::single(&grid.horizontal, name))
    }

    /// A map of unions of another's regions; those in no union stay, after the unions.
    ///
    /// # Arguments
    /// - `unions`: a map from the name of a union to an array of its parts.
    ///
    /// # Returns
    /// A region map.
    ///
    /// # Errors
    /// A part that is no region or in two unions; two regions of one name.
    ///
    /// # Example
    /// ```rhai
    /// let map = regions::from_function(grid("4x5"), |lat, lon| if lat > 40 { "N" } else if lat > -40 { "T" } else { "S" });
    /// assert(map.merged(#{ Poles: ["N", "S"] }).names == ["Poles", "T"]);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn merged(
        context: NativeCallContext,
        map: &mut Arc<RegionMap>,
        unions: Map,
    ) -> Fallible<Arc<RegionMap>> {
        attempt(&context, || {
            let unions = unions.iter().map(|(name, parts)| {
                Ok((
                    name.to_string(),
                    read(&format!("the parts of {name}"), parts)?,
                ))
            });
            Ok(Arc::new(map.merged(
                &unions.collect::<crate::error::Result<Vec<_>>>()?,
            )?))
        })
    }

    /// The map with regions under other names.
    ///
    /// # Arguments
    /// - `names`: a map from old names to new ones.
    ///
    /// # Returns
    /// A region map.
    ///
    /// # Errors
    /// A name that is none; two regions of one name.
    ///
    /// # Example
    /// ```rhai
    /// assert(regions::single(grid("4x5"), "Globe").renamed(#{ Globe: "Earth" }).names == ["Earth"]);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn renamed(
        context: NativeCallContext,
        map: &mut Arc<RegionMap>,
        names: Map,
    ) -> Fallible<Arc<RegionMap>> {
        attempt(&context, || {
            let names = names.iter().map(|(old, new)| {
                Ok((
                    old.to_string(),
                    read(&format!("the new name of {old}"), new)?,
                ))
            });
            Ok(Arc::new(map.renamed(
                &names.collect::<crate::error::Result<Vec<_>>>()?,
            )?))
        })
    }

    /// A region map from masks that cover every cell exactly once.
    ///
    /// # Arguments
    /// - `grid`: the grid.
    /// - `masks`: a map from the name of a region to a field (lat, lon), above 0 inside.
    ///
    /// # Returns
    /// A region map.
    ///
    /// # Errors
    /// Holes, overlaps or empty regions, with their number and the first place.
    ///
    /// # Example
    /// ```rhai
    /// let map = regions::from_function(grid("4x5"), |lat, lon| if lat > 0 { "North" } else { "South" });
    /// let north = map.field();
    /// assert(regions::from_masks(grid("4x5"), #{ N: north, S: 1 - north }).at(45, 0) == "N");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn from_masks(
        context: NativeCallContext,
        grid: Arc<Grid>,
        masks: Map,
    ) -> Fallible<Arc<RegionMap>> {
        attempt(&context, || {
            let mask = |v: &Dynamic| {
                let ordered = match v.read_lock::<Field>() {
                    Some(field) => Dynamic::from(on_grid(&field, &grid.horizontal)?),
                    None => v.clone(),
                };
                Ok(matrix("a mask", &ordered)?.mapv(|x| x > 0.0))
            };
            let masks = masks
                .iter()
                .map(|(name, v)| {
                    let made = mask(v).map_err(|e: Error| e.at(format!("region {name}")))?;
                    Ok((name.to_string(), made))
                })
                .collect::<crate::error::Result<Vec<_>>>()?;
            Ok(Arc::new(RegionMap::from_masks(&grid.horizontal, &masks)?))
        })
    }

    /// What there is to know of a map before a run, such as lone cells.
    ///
    /// # Returns
    /// Text.
    ///
    /// # Example
    /// ```rhai
    /// assert(regions::single(grid("4x5"), "Globe").check() == "every cell in exactly one region");
    /// ```
    #[rhai_fn(global)]
    pub fn check(map: &mut Arc<RegionMap>) -> String {
        MapCheck::of_map(map).to_string()
    }

    /// Names of the regions in order of their number.
    #[rhai_fn(get = "names", global)]
    pub fn names(map: &mut Arc<RegionMap>) -> Dynamic {
        Dynamic::from_array(
            map.names()
                .iter()
                .map(|n| Dynamic::from(n.clone()))
                .collect(),
        )
    }

    /// The region a point lies in.
    ///
    /// # Arguments
    /// - `lat`, `lon`: \[degrees\].
    ///
    /// # Returns
    /// The region's name.
    ///
    /// # Errors
    /// A point that is not on the globe.
    ///
    /// # Example
    /// ```rhai
    /// assert(regions::single(grid("4x5"), "Globe").at(45, 10) == "Globe");
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn at(
        context: NativeCallContext,
        map: &mut Arc<RegionMap>,
        lat: Dynamic,
        lon: Dynamic,
    ) -> Fallible<String> {
        attempt(&context, || {
            let (lat, lon) = (read("the latitude", &lat)?, read("the longitude", &lon)?);
            check_place(lat, lon)?;
            let (row, column) = (map.grid().row_of(lat), map.grid().column_of(lon));
            Ok(map.names()[map.regions()[[row, column]]].clone())
        })
    }

    /// The map as a field of region numbers.
    ///
    /// # Returns
    /// A field (lat, lon) of whole numbers from 0.
    ///
    /// # Errors
    /// None.
    ///
    /// # Example
    /// ```rhai
    /// assert(regions::single(grid("4x5"), "Globe").field().max() == 0.0);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn field(context: NativeCallContext, map: &mut Arc<RegionMap>) -> Fallible<Field> {
        attempt(&context, || {
            let data = map.regions().mapv(|r| r as f64).into_dyn();
            Field::new(
                "region",
                Unit::none(),
                map.grid().dimensions().to_vec(),
                data,
            )
        })
    }
}
