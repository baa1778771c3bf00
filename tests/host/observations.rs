//! Observations of a table of measured data go wherever those of a network do.

use super::{session, value};

/// A table of synthetic measurements of a week: two towers hourly, flasks and columns.
const MEASURED: &str = r#"
let rows = [];
let start = date("2016-07-01");
for day in 0..8 {
    for hour in 0..24 {
        let time = start + day + hour / 24.0;
        for site in [["AAA", 10.0, 20.0, 30.0], ["AAA", 10.0, 20.0, 90.0], ["BBB", -20.0, -60.0, 60.0]] {
            rows.push(#{
                id: `${site[0]}-${day}-${hour}-${site[3]}`, site: site[0], kind: "tower", time: time, hours: 1.0, latitude: site[1],
                longitude: site[2], altitude: 200.0 + site[3], intake_height: site[3], co2: 400.0 + day, lab: if hour % 5 == 0 { "X" } else { "Y" },
                obs_flag: if hour == 13 && day == 2 { 0.0 } else { 1.0 },
            });
        }
    }
}
for day in 0..8 {
    rows.push(#{
        id: `flask-${day}`, site: "CCC", kind: "flask", time: start + day + 0.5, hours: 0.0, latitude: 60.0, longitude: 100.0, altitude: 50.0,
        intake_height: 5.0, co2: 401.0, lab: "X", obs_flag: data::missing(),
    });
}
rows.push(#{
    id: "bad", site: "CCC", kind: "flask", time: start, hours: 0.0, latitude: 95.0, longitude: 100.0, altitude: 50.0,
    intake_height: 5.0, co2: 401.0, lab: "X", obs_flag: 1.0,
});
let measured = observations::from_table(table(rows), #{
    value: ["co2", "ppm"], source: "in_situ", interval: ["hours", "h"], time_is: "start",
});
"#;

#[test]
fn a_table_of_measured_data_walks_every_way_of_observations() {
    let (mut s, _own) = session();
    let _ = value(&mut s, MEASURED);
    let text = r#"
assert(measured.len == 8 * 24 * 3 + 8 && measured.rejected_records().reason == ["no position on the globe"]);
assert(measured.attributes.names == ["hours", "intake_height", "lab", "obs_flag"] || measured.attributes.lab.len() == measured.len);

// Selected, with a funnel.
let chosen = measured.select([
    select::flags(#{ obs_flag: 1 }), select::highest_intake(), select::afternoon_mean(#{ from: 12, to: 16 }),
    |o| o.altitude > 0,
]);
assert(chosen.funnel.rows == 4);
assert(chosen.filter(|o| o.kind == "tower").len == 16);

// Errors, hold-out with its proof.
let stated = chosen.with_errors(#{ "tower*": 3.0, flask: "1.5 ppm" });
let parts = stated.hold_out(0.3, 4, #{ unit: "day" });
assert(parts.proof.contains("no unit is in both") && parts.units.units_in_both.sum() == 0);
assert(parts.kept.len + parts.held_out.len == stated.len);

// To files and back.
for name in ["measured.nc", "measured.csv"] {
    let again = observations::read(stated.write(name));
    assert(again.len == stated.len && again.site == stated.site && again.time == stated.time);
    assert_near(again.error.sum().value(), stated.error.sum().value(), 1e-15);
    assert(again.attributes.n_joined.sum() == stated.attributes.n_joined.sum());
}

// Super-observations that tell what they are made of.
let joined = stated.thinned(grid("30x30"), #{ hours: 24 });
let sum = joined.attributes.n_joined.sum();
assert(sum == stated.attributes.n_joined.sum());
assert(joined.made_of(0).len() == joined.attributes.n_joined.values()[0]);

// A cycle, its rejected, an explanation.
let world = world::built_in(#{ grid: "30x30", step: 10800, weeks: 1, groups: [1], spin_up_days: 0, reach_days: 7, start: "2016-07-01" });
world.observations = joined;
let run = cycle::run(world, world.priors[0], #{
    members: 5, sources: ["in_situ"], reach_days: #{ in_situ: 7 }, localization: localization::none(world.grid), keep: true, reject: 30,
});
let used = run.windows[0].kept.forecast.observations;
assert(used.len + run.windows[0].rejected.rows <= joined.len && used.len > 0);
let why = diagnostics::explain_observation(run.windows[0], 0);
assert(why.made_of == used.made_of(0));

// A forecast of the part held out, and its scores.
let span = #{ start: date("2016-07-01"), handover: date("2016-07-09"), end: date("2016-07-09") };
let f = world.model.forecast(world.initial, flux::truth(world.grid, #{}), [], span, stated.within(span.start, span.end));
let score = report::scored(f.equivalents_of("in_situ").isel(#{ member: 0 }), f.observations.value, f.observations);
assert(score.n == f.observations.len && score.rmse > 0);
true
"#;
    assert!(value(&mut s, text).as_bool().unwrap());
}

#[test]
fn what_is_not_stated_can_be_sampled_but_not_assimilated() {
    let (mut s, _own) = session();
    let _ = value(&mut s, MEASURED);
    let text = r#"
let refused = "";
let world = world::built_in(#{ grid: "30x30", step: 10800, weeks: 1, groups: [1], spin_up_days: 0, reach_days: 7, start: "2016-07-01" });
world.observations = measured;
try { cycle::run(world, world.priors[0], #{ members: 5, sources: ["in_situ"] }); } catch (e) { refused = `${e}`; }
refused
"#;
    let refused = value(&mut s, text).to_string();
    assert!(refused.contains("state no error"), "{refused}");
}
