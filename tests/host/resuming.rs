//! The cycle from its checkpoints: gone on with, branched, and read for reports.

use super::{fails, run, session, value};

/// Four windows of a day on a coarse grid; `of` runs them with options.
pub(super) const CYCLE: &str = r#"
let g = grid("36x45");
let start = date("2016-06-01");
let model = transport::model(meteorology::built_in(g), #{ step: 10800, flux_interval: 10800 });
let plan = network::in_situ(start, start + 5, #{});
let initial = concentrations::uniform(g, 1, 400);
let seen = model.forecast(initial, flux::truth(g, #{}), [], #{ start: start, handover: start + 4, end: start + 5 }, plan);
let world = #{
    grid: g, model: model, draws: factors::draws(flux::factor_covariance(#{})), initial: initial,
    observations: network::observe(plan, seen.equivalents, #{}), start: start, weeks: 4,
};
let prior = #{ name: "group 1", flux: flux::prior(g, 1) };
let of = |more| {
    let o = #{ sources: ["in_situ"], members: 4, step_days: 1, reach_days: #{ in_situ: 1 }, localization: localization::none(g) };
    cycle::run(world, prior, o + more)
};
let bits = |windows| digest(windows.map(|w| [w.start, w.factors, w.inflation, w.counts, w.ledger, w.diagnostics]));
let remembering = |i, about| {
    about.memory.n = if "n" in about.memory { about.memory.n + 1 } else { 1 };
    #{ theta: 1.0 + 0.1 * about.memory.n }
};
"#;

#[test]
fn a_cycle_goes_on_with_memory_and_branches_with_another_scheme() {
    let _alone = super::alone();
    let (mut session, folder) = session();
    run(&mut session, CYCLE);
    run(
        &mut session,
        r#"let whole = of.call(#{ inflation: remembering });
        // Stopped: the states of the last windows are gone, as before they were written.
        let kept = of.call(#{ inflation: remembering, checkpoint: "a" });
        assert(bits.call(kept.windows) == bits.call(whole.windows));"#,
    );
    let states = folder.path().join("out/a");
    std::fs::remove_file(states.join("state_0003.mcas")).unwrap();
    std::fs::remove_file(states.join("window_0003.mcas")).unwrap();
    run(
        &mut session,
        r#"let kept = of.call(#{ inflation: remembering, checkpoint: "a" });
        assert(bits.call(kept.windows) == bits.call(whole.windows));
        assert(kept.windows[3].inflation.pooled.theta == whole.windows[3].inflation.pooled.theta);
        // A branch with the same scheme is the same run, with another it differs from there on.
        let same = of.call(#{ inflation: remembering, branch: #{ from: output("a"), window: 3 } });
        assert(bits.call(same.windows) == bits.call(whole.windows));
        let other = of.call(#{ inflation: inflation::none(), branch: #{ from: output("a"), window: 3 }, checkpoint: "b" });
        assert(bits.call(other.windows) != bits.call(whole.windows));
        assert(bits.call(other.windows.extract(0, 3)) == bits.call(whole.windows.extract(0, 3)));
        // Set side by side: the same before the branch, apart from there on.
        let side = experiment::compare(#{ a: output("a"), b: output("b") });
        let apart = side.filter(|r| r.run == "b").column("factors_apart");
        assert(side.rows == 8 && apart[2] == 0.0 && apart[3] > 0.0);
        // What a report reads back.
        let half = cycle::results(output("b"), prior);
        assert(bits.call(half.windows) == bits.call(other.windows));
        let spread = half.prior.flux.budget(half.windows).field("nee").sd("member").sum().value();
        assert(spread > 0.0);"#,
    );
    let printed = session.take_printed();
    assert!(
        printed.contains("cycle: going on after window 3"),
        "{printed}"
    );
    assert!(printed.contains("branching off from"), "{printed}");
}

#[test]
fn a_cycle_that_differs_or_cannot_be_kept_is_refused() {
    let (_alone, (mut session, _folder)) = (super::alone(), session());
    run(&mut session, CYCLE);
    run(&mut session, "of.call(#{ weeks: 1, checkpoint: \"a\" });");
    let said = fails(
        &mut session,
        "of.call(#{ weeks: 1, checkpoint: \"a\", members: 5 })",
    );
    assert!(said.contains("members is not what it was"), "{said}");
    assert!(said.contains("branch: #{ from:"), "{said}");
    let said = fails(
        &mut session,
        "of.call(#{ weeks: 1, checkpoint: \"c\", keep: true })",
    );
    assert!(said.contains("not kept in checkpoints"), "{said}");
    let said = fails(
        &mut session,
        "of.call(#{ branch: #{ from: output(\"a\"), window: 3 } })",
    );
    assert!(
        said.contains("no state is kept for a start at window 3"),
        "{said}"
    );
    let said = fails(
        &mut session,
        "of.call(#{ branch: #{ from: output(\"a\"), window: 1 }, members: 5 })",
    );
    assert!(
        said.contains("another ensemble") && said.contains("members: 4"),
        "{said}"
    );
    let said = fails(&mut session, "of.call(#{ branch: \"a\" })");
    assert!(
        said.contains("a branch needs the run it comes from"),
        "{said}"
    );
    let said = fails(
        &mut session,
        "of.call(#{ branch: #{ from: \"nowhere\", window: 1 } })",
    );
    assert!(said.contains("the folder holds no checkpoints"), "{said}");
    let refused = value(
        &mut session,
        "let c = |i, about| { about.memory.f = |x| x; #{ theta: 1.0 } }; try { of.call(#{ weeks: 1, inflation: c, checkpoint: \"d\" }); } catch (e) { e.what }",
    );
    assert!(
        refused
            .to_string()
            .contains("memories.Globe.f cannot be kept"),
        "{refused}"
    );
}

#[test]
fn a_smoother_goes_on_with_the_windows_in_its_lag() {
    let _alone = super::alone();
    let (mut session, folder) = session();
    run(&mut session, CYCLE);
    run(
        &mut session,
        "let kept = of.call(#{ lag: 2, checkpoint: \"a\" }); let whole = bits.call(kept.windows);",
    );
    for name in ["state_0003.mcas", "window_0003.mcas"] {
        std::fs::remove_file(folder.path().join("out/a").join(name)).unwrap();
    }
    run(
        &mut session,
        "assert(bits.call(of.call(#{ lag: 2, checkpoint: \"a\" }).windows) == whole);
        assert(bits.call(of.call(#{}).windows) != whole);",
    );
}
