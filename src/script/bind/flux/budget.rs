//! Totals and maps of fluxes.

use crate::error::Result;
use crate::field::Field;
use crate::flux::{Budget, BudgetLine, Module, mean_maps, month_edges};
use crate::grid::Grid;
use crate::script::bind::flux::{Flux, windows_from};
use crate::script::bridge::arrays::line_of;
use crate::script::bridge::rooms::Rooms;
use crate::script::bridge::value::kind;
use crate::script::{Fallible, attempt, read};
use crate::time::Time;
use crate::units::Unit;
use rhai::plugin::*;
use rhai::{Array, Dynamic, Map};
use std::sync::Arc;

kind!(Arc<Budget>, "Budget", "a budget of fluxes");

/// Binds budgets and maps of `flux::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.kind::<Arc<Budget>>();
    rooms.room("flux", exported_module!(functions));
}

fn times(edges: &Dynamic) -> Result<Vec<Time>> {
    read("the edges of the periods", edges)
}

fn maps_of(lines: Vec<BudgetLine>) -> Array {
    let map = |l: BudgetLine| {
        Map::from_iter([
            ("name".into(), Dynamic::from(l.name)),
            ("mean".into(), l.mean.into()),
            ("sd".into(), l.sd.into()),
        ])
    };
    lines.into_iter().map(|l| map(l).into()).collect()
}

#[export_module]
mod functions {
    /// Totals of a flux with the factors of its windows, per period, TransCom region and member.
    ///
    /// # Arguments
    /// - `windows`: an array of `#{ start, end, factors }` without gaps.
    /// - `edges`: optional, dates that bound the periods; by default the whole of the windows is
    ///   one period.
    ///
    /// # Returns
    /// A budget: `lines()`, `by_region(module)`, `totals(module)`, `field(module)`.
    ///
    /// # Errors
    /// Windows with gaps, periods outside of them.
    ///
    /// # Example
    /// ```rhai
    /// let prior = flux::prior(grid("4x5"), 1);
    /// let b = prior.budget([prior.window("2015-01-01", "2016-01-01")]);
    /// assert_near(b.totals("fossil")[0].value(), 9.80, 1e-9); // PgC/yr
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn budget(
        context: NativeCallContext,
        flux: &mut Flux,
        windows: Dynamic,
    ) -> Fallible<Arc<Budget>> {
        attempt(&context, || {
            let windows = windows_from(&windows)?;
            let edges: Vec<Time> = windows
                .first()
                .map(|w| w.start)
                .into_iter()
                .chain(windows.last().map(|w| w.end))
                .collect();
            Ok(Arc::new(flux.prior()?.budget(&windows, &edges)?))
        })
    }

    #[rhai_fn(global, name = "budget", return_raw)]
    pub fn budget_of_periods(
        context: NativeCallContext,
        flux: &mut Flux,
        windows: Dynamic,
        edges: Dynamic,
    ) -> Fallible<Arc<Budget>> {
        attempt(&context, || {
            let windows = windows_from(&windows)?;
            Ok(Arc::new(flux.prior()?.budget(&windows, &times(&edges)?)?))
        })
    }

    /// The mean over periods of any flux without factors, as maps.
    ///
    /// # Arguments
    /// - `edges`: dates that bound the periods.
    /// - `grid`: the model grid that the flux was made for.
    ///
    /// # Returns
    /// A field (time, lat, lon) [kgC m-2 s-1]; time is each period's start.
    ///
    /// # Errors
    /// A flux with factors or on another grid, edges that do not rise, a period for which the flux
    /// is not given.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("30x30");
    /// let fossil = flux::from_field(g, field(g, |lat, lon| 1.0).with_unit("gC m-2 d-1"));
    /// let total = fossil.mean(["2016-07-01", "2016-07-02"], g).area_sum().to("PgC/yr");
    /// assert_near(total[0].value(), 186.3, 0.1); // 1 g a day from 5.1e14 m2
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn mean(
        context: NativeCallContext,
        flux: Flux,
        edges: Dynamic,
        grid: Arc<Grid>,
    ) -> Fallible<Field> {
        attempt(&context, || {
            mean_maps(flux.model.as_ref(), &times(&edges)?, &grid.horizontal)
        })
    }

    /// Starts of the months between two dates, with both dates themselves: edges for monthly
    /// periods.
    ///
    /// # Arguments
    /// - `start`, `end`: dates.
    ///
    /// # Returns
    /// An array of dates.
    ///
    /// # Errors
    /// Something that is not a date.
    ///
    /// # Example
    /// ```rhai
    /// assert(flux::months("2015-01-01", "2015-03-15").len() == 4);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn months(context: NativeCallContext, start: Dynamic, end: Dynamic) -> Fallible<Array> {
        attempt(&context, || {
            Ok(
                month_edges(read("the start", &start)?, read("the end", &end)?)
                    .into_iter()
                    .map(Dynamic::from)
                    .collect(),
            )
        })
    }

    /// Each member's total over the whole time.
    ///
    /// # Arguments
    /// - `module`: `nee`, `wildfire`, `net_land`, `ocean`, `fossil` or `global`.
    ///
    /// # Returns
    /// A field (member) \[PgC/yr\].
    ///
    /// # Errors
    /// An unknown module.
    ///
    /// # Example
    /// ```rhai
    /// let prior = flux::prior(grid("4x5"), 1);
    /// let b = prior.budget([prior.window("2015-01-01", "2016-01-01")]);
    /// let parts = b.totals("net_land") + b.totals("ocean") + b.totals("fossil");
    /// assert_near(b.totals("global")[0].value(), parts[0].value(), 1e-9);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn totals(
        context: NativeCallContext,
        budget: &mut Arc<Budget>,
        module: &str,
    ) -> Fallible<Field> {
        attempt(&context, || {
            let mut field = line_of(module, budget.totals(module.parse::<Module>()?), "member");
            field.unit = Unit::parse("PgC/yr")?;
            Ok(field)
        })
    }

    /// Mean and standard deviation of a module in each TransCom region over the whole time.
    ///
    /// # Arguments
    /// - `module`: as for `totals`.
    ///
    /// # Returns
    /// An array of `#{ name, mean, sd }` \[PgC/yr\].
    ///
    /// # Errors
    /// An unknown module.
    ///
    /// # Example
    /// ```rhai
    /// let prior = flux::prior(grid("4x5"), 1);
    /// assert(prior.budget([prior.window("2015-01-01", "2016-01-01")]).by_region("ocean").len() >= 22);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn by_region(
        context: NativeCallContext,
        budget: &mut Arc<Budget>,
        module: &str,
    ) -> Fallible<Array> {
        attempt(&context, || {
            Ok(maps_of(budget.by_region(module.parse::<Module>()?)))
        })
    }

    /// Mean and standard deviation of every module over the whole time.
    ///
    /// # Returns
    /// An array of `#{ name, mean, sd }` \[PgC/yr\]: NEE, wildfire, net land, ocean, fossil and the
    /// global total.
    ///
    /// # Example
    /// ```rhai
    /// let prior = flux::prior(grid("4x5"), 1);
    /// let lines = prior.budget([prior.window("2015-01-01", "2016-01-01")]).lines();
    /// assert(lines.filter(|l| l.name == "fossil")[0].sd == 0.0);
    /// ```
    #[rhai_fn(global, name = "lines")]
    pub fn lines_of_budget(budget: &mut Arc<Budget>) -> Array {
        maps_of(budget.lines())
    }

    /// A module's totals per period, TransCom region and member.
    ///
    /// # Arguments
    /// - `module`: as for `totals`.
    ///
    /// # Returns
    /// A field (time, region, member) \[PgC/yr\]; time is each period's start.
    ///
    /// # Errors
    /// An unknown module.
    ///
    /// # Example
    /// ```rhai
    /// let prior = flux::prior(grid("4x5"), 1);
    /// let b = prior.budget([prior.window("2015-01-01", "2016-01-01")], flux::months("2015-01-01", "2016-01-01"));
    /// assert(b.field("nee").shape[0] == 12);
    /// ```
    #[rhai_fn(global, name = "field", return_raw)]
    pub fn budget_field(
        context: NativeCallContext,
        budget: &mut Arc<Budget>,
        module: &str,
    ) -> Fallible<Field> {
        attempt(&context, || budget.field(module.parse::<Module>()?))
    }

    /// Maps of a module with the factors of windows, averaged over periods.
    ///
    /// # Arguments
    /// - `windows`: an array of `#{ start, end, factors }`.
    /// - `module`: `nee`, `wildfire`, `net_land`, `ocean`, `fossil` or `global`.
    /// - `edges`: dates that bound the periods.
    /// - `grid`: the grid of the maps.
    ///
    /// # Returns
    /// `#{ mean, spread }`, fields (time, lat, lon) \[kgC m-2 s-1\]; the spread is the standard
    /// deviation over members.
    ///
    /// # Errors
    /// Windows with gaps, periods outside of them, an unknown module.
    ///
    /// # Example
    /// ```rhai
    /// let g = grid("4x5");
    /// let prior = flux::prior(g, 1);
    /// let july = ["2016-07-01", "2016-08-01"];
    /// let m = prior.maps([prior.window("2016-07-01", "2016-08-01")], "ocean", july, g);
    /// assert(m.mean.shape == [1, 46, 72]);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn maps(
        context: NativeCallContext,
        flux: &mut Flux,
        windows: Dynamic,
        module: &str,
        edges: Dynamic,
        grid: Arc<Grid>,
    ) -> Fallible<Map> {
        attempt(&context, || {
            let maps = flux.prior()?.maps(
                &windows_from(&windows)?,
                module.parse::<Module>()?,
                &times(&edges)?,
                &grid.horizontal,
            )?;
            Ok(Map::from_iter([
                ("mean".into(), Dynamic::from(maps.mean)),
                ("spread".into(), Dynamic::from(maps.spread)),
            ]))
        })
    }
}
