//! Priors made of modules keep the carbon of their data, and their factors scale their own flux.

use super::*;
use crate::flux::{Beyond, Calendar, FactorWindow, Prior, PriorFlux, Product, Series, Surface};
use crate::time::{DAY, YEAR};
use ndarray::Array2;

fn t(text: &str) -> Time {
    text.parse().unwrap()
}

fn one(name: &str, grid: LatLonGrid, of: impl Fn(f64, f64) -> f64) -> Series {
    let rows = grid.lat().to_vec();
    let map = rows
        .iter()
        .flat_map(|lat| {
            grid.lon()
                .iter()
                .map(|lon| of(*lat, *lon))
                .collect::<Vec<_>>()
        })
        .collect();
    Series::of_maps(name, grid, Calendar::Always, vec![map]).unwrap()
}

fn fine() -> LatLonGrid {
    LatLonGrid::regular(1.0, 1.0).unwrap()
}

fn prior(grid: &LatLonGrid) -> ModulePrior {
    let bio = one("bio", fine(), |lat, lon| {
        1e-8 * lat.to_radians().sin() * (0.1 * lon).cos()
    });
    let sea = one("ocean", LatLonGrid::geos(4.0, 5.0).unwrap(), |lat, _| {
        -1e-9 * (0.01 * lat).cos()
    });
    let fossil = one(
        "fossil",
        LatLonGrid::regular(0.5, 0.5).unwrap(),
        |lat, lon| {
            if lat > 30.0 && lon < 0.0 { 2e-9 } else { 0.0 }
        },
    );
    let eco = |s| FactorRegions::eco(s);
    let modules = vec![
        FluxModule::new("fossil", None, fossil).unwrap(),
        FluxModule::new("bio", None, bio)
            .unwrap()
            .with_factors(eco(Surface::Land), vec![0.5], 1000.0)
            .unwrap(),
        FluxModule::new("ocean", None, sea)
            .unwrap()
            .with_factors(eco(Surface::Ocean), vec![0.3], 2000.0)
            .unwrap(),
    ];
    ModulePrior::new(grid, modules, &["bio".into(), "ocean".into()]).unwrap()
}

fn total(grid: &LatLonGrid, basis: &FluxBasis, factors: &[f64]) -> f64 {
    let of = |cell: usize| {
        let terms = basis.first[cell]..basis.first[cell + 1];
        let scaled: f64 = terms
            .map(|k| basis.value[k] * factors[basis.factor[k]])
            .sum();
        grid.area(cell / grid.n_lon()) * (basis.fixed[cell] + scaled)
    };
    (0..grid.n_cells()).map(of).sum()
}

#[test]
fn carbon_is_that_of_the_data_on_any_model_grid_and_in_budget_and_maps() {
    let (start, end) = (t("2015-01-01"), t("2016-01-01"));
    for grid in [
        LatLonGrid::geos(4.0, 5.0).unwrap(),
        LatLonGrid::geos(2.0, 2.5).unwrap(),
    ] {
        let prior = prior(&grid);
        let wanted: f64 = prior
            .modules()
            .map(|m| m.series.emitted(start, end).unwrap() / (365.0 * DAY))
            .sum();
        let mut basis = FluxBasis::default();
        prior.between(start, end, &mut basis).unwrap();
        let carbon = total(&grid, &basis, &vec![1.0; prior.n_factors()]);
        assert!((carbon / wanted - 1.0).abs() < 1e-10, "{carbon} {wanted}");
        let factors = Array2::from_shape_fn((prior.n_factors(), 3), |(k, m)| {
            1.0 + 0.1 * ((k + m) % 7) as f64
        });
        let windows = [FactorWindow {
            start,
            end,
            factors: factors.clone(),
        }];
        let budget = prior.budget(&windows, &[start, end]).unwrap();
        let maps = prior
            .maps(&windows, Module::Global, &[start, end], &grid)
            .unwrap();
        let map: f64 = maps
            .mean
            .data()
            .iter()
            .enumerate()
            .map(|(k, v)| v * grid.area(k / grid.n_lon()))
            .sum();
        let totals = budget.totals(Module::Global);
        for m in 0..3 {
            let by_hand = total(&grid, &basis, &factors.column(m).to_vec()) * YEAR / 1e12;
            assert!(
                (totals[m] / by_hand - 1.0).abs() < 1e-9,
                "{} {by_hand}",
                totals[m]
            );
        }
        assert!((map * YEAR / 1e12 / totals.mean().unwrap() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn a_factor_scales_its_own_region_and_module_only() {
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    let prior = prior(&grid);
    let (start, end) = (t("2015-01-01"), t("2015-01-08"));
    assert_eq!(
        (prior.n_factors(), prior.factors()[0].module.as_str()),
        (175, "bio")
    );
    let ones = Array2::ones((175, 1));
    let mut twice = ones.clone();
    twice[[150, 0]] = 2.0;
    let of = |factors| {
        let windows = [FactorWindow {
            start,
            end,
            factors,
        }];
        prior.budget(&windows, &[start, end]).unwrap()
    };
    let (before, after) = (of(ones), of(twice));
    for module in [Module::Nee, Module::Fossil, Module::Wildfire] {
        assert_eq!(before.totals(module), after.totals(module));
    }
    let changed = |b: &Budget| b.by_region(Module::Ocean);
    let differ = changed(&before)
        .iter()
        .zip(changed(&after))
        .filter(|(a, b)| (a.mean - b.mean).abs() > 1e-12)
        .count();
    assert!((1..=3).contains(&differ), "{differ}");
}

use crate::flux::Budget;

#[test]
fn the_covariance_has_blocks_of_modules_and_places_lie_within_them() {
    let prior = prior(&LatLonGrid::geos(4.0, 5.0).unwrap());
    let p = prior.covariance().unwrap();
    assert!((p[[0, 0]] - 0.25).abs() < 1e-15 && (p[[174, 174]] - 0.09).abs() < 1e-15);
    assert_eq!(p[[0, 174]], 0.0);
    crate::linalg::cholesky(p.view()).unwrap();
    let footprints = prior.footprints().unwrap();
    let eco_regions = crate::flux::EcoRegions::carbontracker().footprints();
    assert!(
        footprints
            .iter()
            .zip(&eco_regions)
            .all(|(a, b)| (a.location.0 - b.location.0).abs() < 1e-9)
    );
}

#[test]
fn modules_of_the_built_in_prior_give_its_fluxes() {
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    let built_in = PriorFlux::new(&grid, Product::group_1());
    let months = |map: &ndarray::Array3<f64>| {
        let maps = map
            .outer_iter()
            .map(|m| m.iter().copied().collect())
            .collect();
        Series::of_maps("m", fine(), Calendar::Months, maps).unwrap()
    };
    let with = |name: &str, series, surface, sd| {
        FluxModule::new(name, None, series)
            .unwrap()
            .with_factors(FactorRegions::eco(surface), vec![sd], 2000.0)
            .unwrap()
    };
    let modules = vec![
        with("nee", months(&built_in.modules().nee), Surface::Land, 0.5)
            .with_cycle(Some(Cycle::of_production())),
        with(
            "ocean",
            months(&built_in.modules().ocean),
            Surface::Ocean,
            0.3,
        ),
    ];
    let optimised = ["nee".to_string(), "ocean".to_string()];
    let prior = ModulePrior::new(&grid, modules, &optimised).unwrap();
    let (mut a, mut b) = (FluxBasis::default(), FluxBasis::default());
    let (start, end) = (t("2015-06-30T22:00"), t("2015-07-01T04:00"));
    built_in.between(start, end, &mut a).unwrap();
    prior.between(start, end, &mut b).unwrap();
    let size = a.value.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    assert_eq!((&a.first, &a.factor), (&b.first, &b.factor));
    assert!(
        a.value
            .iter()
            .zip(&b.value)
            .all(|(x, y)| (x - y).abs() < 1e-12 * size)
    );
}

#[test]
fn a_prior_that_cannot_be_made_is_refused_by_name() {
    let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
    let series = || one("x", fine(), |_, _| 1e-9);
    let refused = |modules, optimised: &[&str]| {
        let optimised: Vec<String> = optimised.iter().map(ToString::to_string).collect();
        ModulePrior::new(&grid, modules, &optimised)
            .unwrap_err()
            .to_string()
    };
    let fossil = || FluxModule::new("fossil", None, series()).unwrap();
    assert!(refused(vec![fossil(), fossil()], &[]).contains("one name"));
    assert!(refused(vec![fossil()], &["fosil"]).contains("\"fossil\""));
    assert!(refused(vec![fossil()], &["fossil"]).contains("no regions"));
    assert!(refused(vec![], &[]).contains("no modules"));
    let unsaid = FluxModule::new("q", None, series())
        .unwrap_err()
        .to_string();
    assert!(unsaid.contains("of: \"nee\""), "{unsaid}");
    assert!(FluxModule::new("q", Some(Module::Global), series()).is_err());
}

#[test]
fn a_year_that_is_missing_is_refused_before_the_run() {
    let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
    let held = vec![[t("2013-01-01"), t("2014-01-01")]];
    let calendar = Calendar::intervals(held, Beyond::Refuse).unwrap();
    let maps = vec![vec![1e-9; grid.n_cells()]];
    let series = Series::of_maps("f", grid.clone(), calendar, maps).unwrap();
    let module = |s: Series| FluxModule::new("fossil", None, s).unwrap();
    let prior = ModulePrior::new(&grid, vec![module(series.clone())], &[]).unwrap();
    let message = prior
        .covers(t("2015-01-01"), t("2015-02-01"))
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("module \"fossil\"") && message.contains("2014-01-01"),
        "{message}"
    );
    let held = ModulePrior::new(&grid, vec![module(series.beyond(Beyond::Hold))], &[]).unwrap();
    held.covers(t("2015-01-01"), t("2015-02-01")).unwrap();
}
