//! The cycle with schemes of one's own: closures that remember, regions of one's own, weights of
//! observations, the local filter.

use super::{run, session};

/// A world of one week on a coarse grid, and a run of it with options.
const WORLD: &str = "let world = world::built_in(#{ grid: \"30x30\", step: 10800, weeks: 2, groups: [1], spin_up_days: 0, reach_days: 7 });
    let halves = regions::from_function(world.grid, |lat, lon| if lat > 0 { \"North\" } else { \"South\" });
    let cycle_of = |more| {
        let o = #{ members: 6, reach_days: #{ in_situ: 7, satellite: 7 },
            localization: localization::regional(halves), inflation: inflation::none() };
        cycle::run(world, world.priors[0], o + more).windows
    };";

#[test]
fn closures_are_told_where_they_are_and_remember_by_region() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{WORLD}
             let inflate = |i, about| {{
                 about.memory.n = if \"n\" in about.memory {{ about.memory.n + 1 }} else {{ 1 }};
                 assert(about.members == 6 && about.start == world.start + 7 * about.window);
                 assert(about.region == \"all regions\" || about.pooled.theta > 1.0);
                 assert((about.last == ()) == (about.window == 0));
                 #{{ theta: 1.0 + 0.1 * about.memory.n }}
             }};
             let update = |i, f, about| {{
                 assert(about.memory.n == about.window + 1 && about.region in [\"North\", \"South\"]);
                 let m = analysis::etkf().matrices(i, f);
                 #{{ concentration: m.concentration, factor: m.factor }}
             }};
             let halved = localization::regional(halves);
             let north = localization::choosing(halved, |region, c, about| {{
                 assert(about.region == region);
                 about.memory.chosen = true;
                 c.base
             }});
             for round in 0..2 {{
                 let mine = #{{ inflation: inflate, update: update, localization: north }};
                 let windows = cycle_of.call(mine);
                 assert_near(windows[0].inflation.North.theta, 1.1, 1e-12);
                 assert_near(windows[1].inflation.South.theta, 1.2, 1e-12);
             }}"
        ),
    );
}

#[test]
fn a_map_of_ones_own_runs_and_a_tournament_compares_maps() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{WORLD}
             let windows = cycle_of.call(#{{ weeks: 1 }});
             assert(windows[0].inflation.keys() == [\"North\", \"South\", \"pooled\"]);
             let globe = localization::none(world.grid);
             let maps = #{{ halves: localization::regional(halves), globe: globe }};
             let result = tournament::run(maps, 2, |map, seed| {{
                 let w = cycle_of.call(#{{ weeks: 1, localization: map, seed: seed }})[0];
                 abs(w.factors.mean().value() - 1.0)
             }}, #{{}});
             assert(result.ranking.rows == 2);"
        ),
    );
}

#[test]
fn weights_of_one_change_nothing_and_weights_of_nothing_leave_the_forecast() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{WORLD}
             let of = |weight| {{
                 let weighed = localization::choosing(localization::regional(halves), |r, c| {{
                     #{{ observations: c.base, weights: c.base.map(|k| weight) }}
                 }});
                 cycle_of.call(#{{ weeks: 1, localization: weighed }})[0]
             }};
             let plain = cycle_of.call(#{{ weeks: 1 }})[0];
             assert((of.call(1.0).factors - plain.factors).abs().max() == 0.0);
             let nothing = of.call(0.0);
             assert((nothing.factors - nothing.forecast_factors).abs().max() < 1e-12);
             let half = of.call(0.5).factors;
             assert((half - plain.factors).abs().max() > 1e-6);"
        ),
    );
}

#[test]
fn a_local_filter_of_infinite_reach_is_the_cycle_without_localization() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{WORLD}
             let globe = localization::none(world.grid);
             let none = cycle_of.call(#{{ weeks: 1, localization: globe }})[0];
             let wide = analysis::letkf(localization::boxcar(1e6));
             let local = cycle_of.call(#{{ weeks: 1, update: wide }})[0];
             assert((none.factors - local.factors).abs().max() < 1e-9);
             assert(local.inflation.keys() == [\"pooled\"]);
             let narrow = analysis::letkf(localization::gaspari_cohn(1000));
             let near = cycle_of.call(#{{ weeks: 1, update: narrow }})[0];
             assert((none.factors - near.factors).abs().max() > 1e-3);"
        ),
    );
}

#[test]
fn a_smoother_updates_the_weeks_before_and_leaves_the_last_to_the_filter() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{WORLD}
             let remembering = #{{ factor_forecast: factors::autoregressive(#{{ weeks: 6 }}) }};
             let filter = cycle_of.call(remembering);
             let smoother = cycle_of.call(remembering + #{{ lag: 2 }});
             assert((filter[1].factors - smoother[1].factors).abs().max() == 0.0);
             assert((filter[0].factors - smoother[0].factors).abs().max() > 1e-3);
             let spread = |windows| windows[0].factors.sd(\"member\").mean();
             assert(spread.call(smoother) < spread.call(filter));"
        ),
    );
}

#[test]
fn without_memory_the_autoregressive_forecast_is_the_reset_and_weeks_ahead_have_their_own_factors()
{
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{WORLD}
             let of = |forecast| cycle_of.call(#{{ factor_forecast: forecast }})[1].factors;
             let forgetful = of.call(factors::autoregressive(#{{ rho: 0 }}));
             assert((forgetful - of.call(factors::reset())).abs().max() == 0.0);
             // Where observations reach no further than the step nothing lies ahead.
             let plain = cycle_of.call(#{{ weeks: 1 }})[0].factors;
             assert((cycle_of.call(#{{ weeks: 1, ahead: \"own\" }})[0].factors - plain).abs().max() == 0.0);
             let far = #{{ weeks: 1, step_days: 4, reach_days: #{{ in_situ: 7, satellite: 7 }} }};
             let own = cycle_of.call(far + #{{ ahead: \"own\" }})[0].factors;
             assert(own.shape == [175, 6] && (own - cycle_of.call(far)[0].factors).abs().max() > 1e-6);"
        ),
    );
}

#[test]
fn a_prior_of_modules_runs_through_the_cycle_and_is_saved() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{WORLD}
             let at = |value| field(world.grid, |lat, lon| value).with_unit(\"gC m-2 d-1\");
             let bio = #{{ regions: \"transcom\", diurnal: \"production\" }};
             let modules = [
                 flux::module_of(\"fossil\", at.call(0.05)),
                 flux::module_of(\"bio\", at.call(-0.02), bio),
                 flux::module_of(\"ocean\", at.call(-0.01)),
             ];
             let both = #{{ optimised: [\"bio\", \"ocean\"] }};
             let prior = flux::of_modules(world.grid, modules, both);
             world.priors = [#{{ name: \"modules\", flux: prior }}];
             world.draws = factors::draws(prior.covariance());
             let windows = cycle_of.call(#{{ weeks: 1, mass: analysis::uniform_closure() }});
             assert(windows[0].factors.shape == [41, 6]);
             let done = #{{ prior: world.priors[0], windows: windows }};
             let files = posterior::save(done, \"modules\", world.grid);
             assert(read_netcdf(files.factors, \"factor_mean\").shape == [41, 1]);
             assert(files.hemco_config.contains(\"CO2_NEE\"));"
        ),
    );
}
