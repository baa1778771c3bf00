//! What belongs to a posterior that can be published: factors finer than eco-regions, offsets of a
//! source, blocks of members with transports of their own, relaxed spreads, and regional tables.

use super::{run, session};

/// A world of two weeks on a coarse grid with a factor for every cell, and options of its runs.
const WORLD: &str = "let fine = factors::gridded(grid(\"30x30\"), #{ length_km: 2000, sd: 1.0 });
    let small = #{ grid: \"30x30\", step: 10800, spin_up_days: 0, reach_days: 7 };
    let world = world::built_in(small + #{ weeks: 2, groups: [1], factors: fine });
    let winds = meteorology::built_in(world.grid, #{ mixing: 0.7 });
    let other = transport::model(winds, #{ step: 10800 });
    let globe = localization::none(world.grid);
    let o = #{ members: 6, lag: 1, localization: globe, reach_days: #{ other: 7 } };
    let prior = world.priors[0];";

#[test]
fn a_run_with_fine_factors_offsets_and_blocks_goes_on_where_it_stood() {
    let _alone = super::alone();
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{WORLD}
             let offsets = bias::of(#{{ sd: 2.0 }});
             let all = o + #{{ bias: offsets, transports: [world.model, other], relax: 0.3 }};
             let whole = cycle::run(world, prior, all + #{{ checkpoint: \"kept\" }}).windows;
             let from = #{{ from: output(\"kept\"), window: 1 }};
             let again = cycle::run(world, prior, all + #{{ branch: from }}).windows;
             assert(digest(again[1].factors) == digest(whole[1].factors));
             assert(again[1].bias.land.mean == whole[1].bias.land.mean);
             let mean = read_netcdf(output(\"kept/results.nc\"), \"factors_mean\");
             assert(mean.shape == [2, fine.n_factors]);
             print(fine.factor_map(whole[1].factors.mean(\"member\")));"
        ),
    );
}

#[test]
fn regional_tables_tell_what_the_observations_did_and_how_regions_covary() {
    let _alone = super::alone();
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{WORLD}
             let cycle = cycle::run(world, prior, o);
             let product = #{{ name: \"both\", runs: [cycle] }};
             let rows = report::regions([product, report::truth(world)]);
             for row in rows.to_array() {{
                 if row.prior_spread == 0.0 {{ continue; }}
                 assert_near(row.reduction, 1.0 - row.spread / row.prior_spread, 1e-9);
                 assert(row.dfs <= 2.0 + 1e-9);
             }}
             let sum = 0.0;
             let pairs = covariance::between_regions([product]).to_array();
             for row in pairs {{ sum += row.covariance; }}
             let total = verification::by_region(product).sum(\"region\").sd(\"member\").value();
             assert_near(sqrt(sum), total, 1e-9 * total);"
        ),
    );
}

#[test]
fn no_relaxation_and_one_transport_change_nothing_and_full_relaxation_keeps_the_spread() {
    let _alone = super::alone();
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{WORLD}
             let one = o + #{{ lag: 0, weeks: 1 }};
             let first = |more| cycle::run(world, prior, one + more).windows[0];
             let plain = digest(first.call(#{{}}).factors);
             let same = first.call(#{{ relax: 0.0, transports: [world.model] }});
             assert(digest(same.factors) == plain);
             let kept = first.call(#{{ relax: 1.0 }});
             let wanted = kept.forecast_factors.sd(\"member\");
             let apart = kept.factors.sd(\"member\") - wanted;
             assert(apart.max().value() < 1e-9 && apart.min().value() > -1e-9);"
        ),
    );
}

#[test]
fn air_to_begin_with_may_be_that_of_another_product() {
    let _alone = super::alone();
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let o = #{ grid: \"30x30\", step: 10800, weeks: 1, spin_up_days: 3, reach_days: 7 };
         let right = world::built_in(o);
         let wrong = world::built_in(o + #{ initial: \"prior\" });
         let air = |w| w.initial.surface().to(\"ppm\");
         assert((air.call(wrong) - air.call(right)).max().value() > 0.001);
         assert(digest(wrong.true_initial) == digest(right.initial));
         assert(wrong.observations.len == right.observations.len);",
    );
}
