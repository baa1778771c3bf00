//! Every warning by its name, with the value it is about.

use super::{run, session, session_with};
use mcas::script::Session;

/// The messages of the warnings of one name.
fn of(session: &Session, name: &str) -> Vec<String> {
    session
        .warnings()
        .into_iter()
        .filter(|(w, _)| w.name == name)
        .map(|(w, _)| w.message)
        .collect()
}

fn only(session: &Session, name: &str) -> String {
    let warnings = of(session, name);
    assert_eq!(warnings.len(), 1, "{name}: {:?}", session.warnings());
    warnings.into_iter().next().unwrap()
}

const TWO: &str = "let i = innovation(#{ flask: #{ equivalents: [[1, 2, 3], [2, 2, 5]], values: [3, 4], sd: 0.5 } });";

#[test]
fn a_source_without_observations_in_a_window_is_named() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let plan = network::in_situ(\"2016-07-01\", \"2016-07-02\", #{});
         let values = [];
         values.pad(plan.len, 400e-6);
         let seen = network::observe(plan, field(\"co2\", values), #{});
         let o = cycle::defaults();
         o.sources = [\"in_situ\"];
         o.edges = [\"2016-07-01\", \"2016-08-01\", \"2016-09-01\"].map(|d| date(d));
         assert(cycle_windows::in_reach(seen, o, 0).len == plan.len);
         assert(cycle_windows::in_reach(seen, o, 1).len == 0);",
    );
    assert_eq!(
        only(&session, "no_observations"),
        "cycle: no in_situ observations from 2016-08-01 on"
    );
}

#[test]
fn a_factor_at_its_bound_is_named_with_its_value_and_place() {
    let (mut session, _folder) = session();
    let scheme =
        "inflation::maximum_likelihood(#{ theta: 1.0, mu: [0.5, 0.75], minimum_observations: 0 })";
    run(
        &mut session,
        &format!(
            "{TWO} let f = {scheme}.estimate(i, #{{ region: \"Africa\", window: 3 }}); assert(f.at_bound == [\"mu.flask\"]);"
        ),
    );
    assert_eq!(
        only(&session, "factor_at_bound"),
        "mu.flask is 0.5000, the end of its range (Africa, window 3)"
    );
}

#[test]
fn too_few_observations_say_how_many_and_what_is_used_instead() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{TWO} let scheme = inflation::maximum_likelihood();
             let f = scheme.estimate(i, #{{ pooled: #{{ theta: 2, mu: 3 }}, place: \"Africa\" }});
             assert(f.theta == 2.0 && f.mu.flask == 3.0);"
        ),
    );
    let said = of(&session, "few_observations");
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(
        said[1],
        "mu.flask has 2 observations of the 30 it needs; 3.0000 of the pooled estimate is used (Africa)"
    );
}

#[test]
fn a_collapsed_ensemble_is_named_with_its_spread() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let i = innovation(#{ flask: #{ equivalents: [[2, 2, 2], [3, 3, 3]], values: [3, 4], sd: 0.5 } });
         let f = inflation::maximum_likelihood(#{ minimum_observations: 0 }).estimate(i, #{ place: \"Africa\" });
         assert(f.theta == 1.0);",
    );
    let said = only(&session, "collapsed_ensemble");
    assert!(
        said.contains("0.0e0 of the error variance") && said.ends_with("(Africa)"),
        "{said}"
    );
}

#[test]
fn a_region_without_observations_is_named() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        &format!(
            "{TWO} let f = inflation::maximum_likelihood().estimate(i.subset([]), #{{ region: \"Africa\", window: 3 }});"
        ),
    );
    let said = of(&session, "no_observations");
    assert!(
        said.iter()
            .any(|m| m == "no source has observations; theta is 1 (Africa, window 3)"),
        "{said:?}"
    );
    assert!(
        said.iter()
            .any(|m| m.starts_with("mu.flask has 0 observations")),
        "{said:?}"
    );
}

#[test]
fn a_correlation_over_few_members_is_named() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let l = localization::regional(regions::seven(grid(\"4x5\")));
         l.select(\"Africa\", #{ latitude: [50], longitude: [0], equivalents: [[1, 2, 3]], factors: [[1, 2, 4]], factor_region: [\"Africa\"] });",
    );
    assert!(only(&session, "few_members").contains("3 members"));
}

#[test]
fn a_setting_without_effect_is_named_and_one_that_is_used_is_not() {
    let (mut session, _folder) = session_with(&[("weeks", "26"), ("seed", "3")]);
    run(&mut session, "let seed = setting(\"seed\", 1);");
    session.host().warn_of_unused_settings();
    assert_eq!(
        only(&session, "setting_not_used"),
        "--set weeks was given, but the script never asked for it"
    );
}

#[test]
fn a_region_map_with_a_cell_that_stands_alone_names_it() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let places = [[45, -45, 0], [0, 0, 180]];
         regions::from_points(grid(\"30x30\"), places[0], places[1], [\"North\", \"South\", \"Atoll\"], #{ reach_km: 13000 });
         let ring = [[-182, -2], [-178, -2], [-178, 2], [-182, 2]];
         let atoll = #{ type: \"Feature\", properties: #{ name: \"Atoll\" }, geometry: #{ type: \"Polygon\", coordinates: [ring] } };
         regions::from_geojson(grid(\"30x30\"), atoll, #{ rest: \"Sea\" });",
    );
    assert!(
        only(&session, "lone_cells").contains("1 lone cells, the first at 0 N -180 E of Atoll"),
        "{:?}",
        session.warnings()
    );
}

#[test]
fn members_that_agree_are_named_with_region_and_window() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        "let i = innovation(#{ flask: #{ equivalents: [[2, 2, 2], [3, 3, 3]], values: [3, 4], sd: 0.5 } });
         inflation::maximum_likelihood().estimate(i, #{ region: \"Africa\", window: 3 });",
    );
    assert!(only(&session, "collapsed_ensemble").ends_with("theta is 1 (Africa, window 3)"));
}
