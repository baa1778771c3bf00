//! Windows that dates bound: steps where these are equidistant, and months in which monthly
//! means are assimilated whole.

use super::resuming::CYCLE;
use super::{run, session};

/// Monthly means at four sites, January and February 2015. Synthetic.
const MONTHS: &str = r#"
let g = grid("36x45");
let edges = flux::months("2015-01-01", "2015-03-01");
let rows = [];
for s in [["mlo", 19.5, -155.6, 3397.0], ["brw", 71.3, -156.6, 11.0], ["lef", 45.9, -90.3, 868.0], ["smo", -14.2, -170.6, 42.0]] {
    for k in 0..2 { rows.push(#{ site: s[0], latitude: s[1], longitude: s[2], altitude: s[3], start: edges[k], end: edges[k + 1] }); }
}
let model = transport::model(meteorology::built_in(g), #{ step: 10800, flux_interval: 10800 });
let means = table(rows).with_column("value", rows.map(|r| 400.0), "ppm").with_column("sd", rows.map(|r| 0.5), "ppm");
let given = #{ initial: concentrations::uniform(g, 1, 400), priors: [#{ name: "group 1", flux: flux::prior(g, 1) }] };
let measured = |more| world::measured(model, observations::from_table(means, #{ source: "monthly" }), given + more);
let world = measured.call(#{ held_out: 0.0, end: edges[2] });
let of = |more| cycle::run(world, world.priors[0], #{ sources: ["monthly"], members: 4, edges: "month", localization: localization::none(g) } + more);
let bits = |windows| digest(windows.map(|w| [w.start, w.end, w.factors, w.inflation, w.counts, w.ledger]));
"#;

#[test]
fn edges_that_are_equidistant_are_steps_to_the_bit() {
    let _alone = super::alone();
    let (mut session, _folder) = session();
    run(&mut session, CYCLE);
    run(
        &mut session,
        r#"let daily = dates(start, start + 4.5, 1);
        let far = #{ weeks: 3, reach_days: #{ in_situ: 1.5 }, ahead: "own", reuse: false, mass: analysis::uniform_closure() };
        assert(daily.len() == 5);
        assert(bits.call(of.call(far + #{ edges: daily }).windows) == bits.call(of.call(far).windows));
        let lagged = #{ lag: 1, weeks: 2 };
        assert(bits.call(of.call(lagged + #{ edges: daily }).windows) == bits.call(of.call(lagged).windows));"#,
    );
}

#[test]
fn monthly_means_are_assimilated_whole_and_go_on_from_checkpoints() {
    let _alone = super::alone();
    let (mut session, folder) = session();
    run(&mut session, MONTHS);
    run(
        &mut session,
        r#"let kept = of.call(#{ lag: 1, checkpoint: "a" }).windows;
        assert(kept.map(|w| w.end - w.start) == [31.0, 28.0]);
        assert(kept.all(|w| w.counts.pooled.monthly == 4));
        let sd = |factors| factors.sd("member").mean().value();
        assert(kept.all(|w| sd.call(w.factors) < sd.call(w.forecast_factors)));
        let mean = read_netcdf(output("a/results.nc"), "factors_mean");
        assert(mean.shape[0] == 2 && mean.coord("time")[1] == date("2015-02-01"));
        let bounds = read_netcdf(output("a/results.nc"), "time_bnds").values();
        assert(28.0 * (bounds[0][1] - bounds[0][0]) == 31.0 * (bounds[1][1] - bounds[1][0]));"#,
    );
    let (warnings, cut) = (session.warnings(), ["interval_cut", "no_observations"]);
    assert!(
        warnings.iter().all(|(w, _)| !cut.contains(&&*w.name)),
        "{warnings:?}"
    );
    for name in ["state_0001.mcas", "window_0001.mcas"] {
        std::fs::remove_file(folder.path().join("out/a").join(name)).unwrap();
    }
    run(
        &mut session,
        r#"assert(bits.call(of.call(#{ lag: 1, checkpoint: "a" }).windows) == bits.call(kept));"#,
    );
}

#[test]
fn a_world_of_measured_means_holds_the_months_whole_and_sites_out() {
    let _alone = super::alone();
    let (mut session, _folder) = session();
    run(&mut session, MONTHS);
    run(
        &mut session,
        r#"assert(world.start == edges[0] && world.end == edges[2] && world.observations.len == 8);
        let sites = measured.call(#{ held_out: 0.4, unit: "site", seed: 3 });
        let held = sites.held_out.site;
        assert(sites.weeks == 8 && held.len() > 0 && sites.observations.site.all(|s| !(s in held)));"#,
    );
}
