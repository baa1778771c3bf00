//! Sets of factors: which a flux has, and the prior they are drawn from.

use crate::ensemble::FactorDraws;
use crate::field::Field;
use crate::flux::{FactorSet, Uncertainty, one_degree};
use crate::grid::Grid;
use crate::script::bind::flux::{Flux, PriorOptions};
use crate::script::bridge::arrays::vector;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::bridge::rooms::{Rooms, optional};
use crate::script::bridge::value::{choice, kind};
use crate::script::{Fallible, Host, attempt};
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Dynamic, Map};
use std::sync::Arc;

kind!(
    Arc<FactorSet>,
    "FactorSet",
    "a set of factors, such as factors::gridded(...)"
);

/// The surfaces that have factors.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Surfaces {
    Both,
    Land,
    Ocean,
}

choice!(Surfaces, "surfaces", {
    "both" => Surfaces::Both,
    "land" => Surfaces::Land,
    "ocean" => Surfaces::Ocean,
});

options! {
    /// The prior of fine factors.
    struct FineOptions of "factors::gridded", "factors::tiled" {
        /// The distance at which correlations have fallen to 1/e.
        length_km: f64 ["km"] = 500.0,
        /// The standard deviation, as a part of the flux.
        sd: f64 = 0.5,
        /// That of land where it is another.
        land: Option<f64>,
        /// That of the sea where it is another.
        ocean: Option<f64>,
        /// Which surfaces have factors: "both", "land" or "ocean".
        surfaces: Surfaces = Surfaces::Both,
    }
}

impl FineOptions {
    fn uncertainty(&self) -> Uncertainty {
        let sd = |stated: Option<f64>, without| {
            (self.surfaces != without).then(|| stated.unwrap_or(self.sd))
        };
        Uncertainty {
            land: sd(self.land, Surfaces::Ocean),
            ocean: sd(self.ocean, Surfaces::Land),
            length_km: self.length_km,
        }
    }
}

/// Binds sets of factors under `factors::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Arc<FactorSet>>();
    rooms.room("factors", exported_module!(functions));
    optional!(
        rooms,
        FineOptions: "factors::gridded" = functions::gridded_token,
        "factors::tiled" = functions::tiled_token,
    );
    optional!(rooms, PriorOptions: "factors::eco_regions" = functions::eco_regions_token);
}

#[export_module]
mod functions {
    /// The 175 eco-regions of CarbonTracker as factors, the paper's: 11 TransCom land regions by 19
    /// ecosystems as far as they have cells, and 30 ocean regions.
    ///
    /// # Returns
    /// A set of factors.
    ///
    /// # Errors
    /// A value that is not positive.
    ///
    /// # Example
    /// ```rhai
    /// assert(factors::eco_regions(#{ land_sd: 0.5 }).n_factors == 175);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn eco_regions(context: NativeCallContext, options: Map) -> Fallible<Arc<FactorSet>> {
        attempt(&context, || {
            let prior = PriorOptions::read(&context, options)?.prior()?;
            Ok(Arc::new(FactorSet::eco_regions(prior)?))
        })
    }

    /// A factor for the land and one for the sea of every cell of a grid that has such a flux,
    /// correlated over the sphere as exp(-distance / length), land and sea independent.
    ///
    /// Analyses take time and memory in proportion to the number of factors; a draw keeps n_lat^2
    /// n_lon / 2 numbers, 5 MB on 2 x 2.5 degrees. With thousands of factors a test of correlation
    /// between factors and observations costs more than the analysis, and chance passes it:
    /// `localization::regional(regions, #{ correlation: () })`.
    ///
    /// # Arguments
    /// - `grid`: whose cells; it need not be the model's. A cell of 1 x 1 degree belongs to the one
    ///   its centre lies in.
    ///
    /// # Returns
    /// A set of factors; a warning of cells without flux.
    ///
    /// # Errors
    /// A standard deviation that is not positive, a length that is not one on the sphere.
    ///
    /// # Example
    /// ```rhai
    /// let fine = factors::gridded(grid("10x10"), #{ length_km: 800, sd: 0.5, ocean: 0.3 });
    /// assert(fine.draws.perturbations(4, 1, "week 1").shape == [fine.n_factors, 4]);
    /// let land = factors::gridded(grid("10x10"), #{ surfaces: "land" });
    /// assert(land.n_factors < fine.n_factors);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn gridded(
        context: NativeCallContext,
        grid: Arc<Grid>,
        options: Map,
    ) -> Fallible<Arc<FactorSet>> {
        attempt(&context, || {
            let o = FineOptions::read(&context, options)?;
            let set = FactorSet::gridded(&grid.horizontal, o.uncertainty())?;
            let warning = set.without_flux(&grid.horizontal);
            warning.into_iter().for_each(|w| Host::of(&context).warn(w));
            Ok(Arc::new(set))
        })
    }

    /// A factor for every part of an eco-region in a cell of a grid, its tiles; correlated with the
    /// distance of their centres, land and sea independent.
    ///
    /// # Arguments
    /// - `grid`: whose cells are the tiles, such as `grid("10x15")`.
    ///
    /// # Returns
    /// A set of factors.
    ///
    /// # Errors
    /// As for `gridded`; more than 4000 tiles.
    ///
    /// # Example
    /// ```rhai
    /// assert(factors::tiled(grid("30x30"), #{ length_km: 1000, sd: 0.5 }).n_factors > 175);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn tiled(
        context: NativeCallContext,
        grid: Arc<Grid>,
        options: Map,
    ) -> Fallible<Arc<FactorSet>> {
        attempt(&context, || {
            let o = FineOptions::read(&context, options)?;
            let set = FactorSet::tiled(&grid.horizontal, o.uncertainty())?;
            Ok(Arc::new(set))
        })
    }

    /// Factors and, added to them, a smaller residual of finer ones, which represents what one
    /// factor for a region cannot within it: the flux is F (factor + residual - 1).
    ///
    /// # Arguments
    /// - `parent`: a set, such as `factors::eco_regions(...)`.
    /// - `residual`: a set of smaller standard deviation, such as `factors::gridded(...)`.
    ///
    /// # Returns
    /// A set of factors: the parent's, then the residual's, the mean of all of them 1.
    ///
    /// # Errors
    /// A residual whose standard deviation is not below its parent's.
    ///
    /// # Example
    /// ```rhai
    /// let residual = factors::gridded(grid("30x30"), #{ length_km: 1500, sd: 0.2 });
    /// let both = factors::with_residual(factors::eco_regions(#{ land_sd: 0.5, ocean_sd: 0.3 }), residual);
    /// assert(both.n_factors == 175 + residual.n_factors);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn with_residual(
        context: NativeCallContext,
        parent: Arc<FactorSet>,
        residual: Arc<FactorSet>,
    ) -> Fallible<Arc<FactorSet>> {
        attempt(&context, || Ok(Arc::new(parent.with_residual(&residual)?)))
    }

    /// Number of factors of a set.
    #[rhai_fn(get = "n_factors", global)]
    pub fn n_factors(set: &mut Arc<FactorSet>) -> i64 {
        set.n_factors() as i64
    }

    /// The distribution that the perturbations of a set are drawn from.
    #[rhai_fn(get = "draws", global)]
    pub fn draws_of(set: &mut Arc<FactorSet>) -> Arc<FactorDraws> {
        Arc::new(set.draws().clone())
    }

    /// The map of factors: by what the flux of every place is scaled.
    ///
    /// # Arguments
    /// - `factors`: one number for each factor, such as `window.factors.mean("member")`.
    ///
    /// # Returns
    /// A field (lat, lon) on 1 x 1 degree, missing where nothing is scaled, to print, plot and
    /// write.
    ///
    /// # Errors
    /// Another number of factors.
    ///
    /// # Example
    /// ```rhai
    /// let set = factors::gridded(grid("30x30"), #{ length_km: 1500, sd: 0.3 });
    /// let drawn = 1.0 + set.draws.perturbations(1, 1, "a look").isel(#{ member: 0 });
    /// let map = set.factor_map(drawn);
    /// plot::map(map, #{ title: "factors" }).save(output("factors.png"));
    /// write_netcdf(output("factors.nc"), "Factors", [map]);
    /// assert(map.shape == [180, 360]);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn factor_map(
        context: NativeCallContext,
        set: &mut Arc<FactorSet>,
        factors: Dynamic,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let factors = vector("the factors", &factors, set.n_factors())?;
            let map = set.map(factors.view())?;
            let dimensions = one_degree().dimensions().to_vec();
            Field::new("factor", Unit::none(), dimensions, map.into_dyn())
        })
    }

    /// A prior flux with the factors of a set in place of its own.
    ///
    /// # Arguments
    /// - `set`: of factors.
    ///
    /// # Returns
    /// A flux.
    ///
    /// # Errors
    /// A flux without factors of its own.
    ///
    /// # Example
    /// ```rhai
    /// let set = factors::gridded(grid("30x30"), #{ length_km: 1500, sd: 0.3 });
    /// assert(flux::prior(grid("30x30"), 1).scaled_by(set).n_factors == set.n_factors);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn scaled_by(
        context: NativeCallContext,
        flux: &mut Flux,
        set: Arc<FactorSet>,
    ) -> Fallible<Flux> {
        attempt(&context, || flux.scaled_by(&set))
    }
}
