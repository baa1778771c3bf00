//! Tests of selections.

use super::*;
use crate::observation::fixture::{point, series};
use crate::observation::{HoldOut, Joining, Observation};
use crate::time::Time;

fn of(rows: Vec<Observation>) -> Observations {
    Observations {
        sources: vec!["in_situ".into(), "satellite".into()],
        rows,
        ..Observations::default()
    }
}

/// A row at an hour of the day of a kind.
fn at(hour: f64, kind: &str, longitude: f64, altitude: f64) -> Observation {
    Observation {
        time: Time::from_seconds(1_430_006_400).plus(3600.0 * hour), // midnight of 2015-04-26
        kind: kind.into(),
        ..point(50.0, longitude, altitude)
    }
}

fn run(all: &Observations, steps: Vec<Arc<dyn Step>>) -> (Observations, Vec<String>) {
    let (chosen, warnings) = select(all, &steps).unwrap();
    (chosen, warnings.into_iter().map(|w| w.name).collect())
}

fn hours(from: f64, to: f64, scope: Scope) -> Arc<dyn Step> {
    Arc::new(Hours::new("hours", from, to, scope).unwrap())
}

#[test]
fn the_hours_are_those_of_local_solar_time() {
    let all = of(vec![
        at(12.0, "tower", 0.0, 100.0),
        at(11.9, "tower", 0.0, 100.0),
        at(1.0, "tower", 180.0, 100.0),
        at(16.0, "tower", 0.0, 100.0),
        at(3.0, "flask", 0.0, 100.0),
    ]);
    let (chosen, warnings) = run(&all, vec![hours(12.0, 16.0, Scope::of_kinds(&["tow*"]))]);
    let hours: Vec<f64> = chosen.rows.iter().map(local_solar_hour).collect();
    assert_eq!(hours, [12.0, 13.0, 3.0]);
    let stage = &chosen.funnel.stages()[0];
    assert_eq!((stage.before, stage.after), (5, 3));
    assert_eq!(stage.why, "local solar time of 4 of tow*");
    assert!(warnings.is_empty());
    let night = Hours::new("night", 22.0, 4.0, Scope::default()).unwrap();
    assert!(night.holds(23.0) && night.holds(0.0) && !night.holds(4.0));
    assert!(Hours::new("x", 3.0, 3.0, Scope::default()).is_err());
    assert!(Hours::new("x", f64::NAN, 3.0, Scope::default()).is_err());
}

#[test]
fn a_funnel_goes_on_and_steps_that_do_nothing_or_everything_are_warned_of() {
    let all = of(vec![
        at(12.0, "tower", 0.0, 100.0),
        at(13.0, "tower", 0.0, 2000.0),
    ]);
    let (first, _) = run(&all, vec![hours(12.0, 13.0, Scope::default())]);
    let (second, warnings) = run(&first, vec![hours(11.0, 14.0, Scope::default())]);
    assert_eq!(warnings, ["selection_step_without_effect"]);
    let (none, warnings) = run(
        &second,
        vec![hours(0.0, 1.0, Scope::default()), Arc::new(Stated)],
    );
    assert_eq!(warnings, ["selection_is_empty"]);
    let table = none.funnel.to_table().unwrap();
    assert_eq!(table.numbers("in").unwrap(), [2.0, 1.0, 1.0, 0.0]);
    assert_eq!(table.numbers("out").unwrap(), [1.0, 1.0, 0.0, 0.0]);
    assert!(none.funnel.to_string().contains("hours 0 to 1 h"));
}

#[test]
fn patterns_fit_as_they_should() {
    for (pattern, text, fits) in [
        ("tower*", "Tower-insitu", true),
        ("*insitu*", "tower-insitu", true),
        ("???", "...", true),
        (".??", "*..", false),
        (".*", ".X.", true),
        ("a*b*c", "axbybzc", true),
        ("a*b*c", "axbyc-", false),
        ("", "", true),
        ("*", "", true),
        ("mlo", "MLO", true),
    ] {
        assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
    }
}

#[test]
fn the_highest_intake_and_one_laboratory_stay() {
    let mut rows = vec![at(12.0, "tower", 0.0, 27.0), at(12.0, "tower", 0.0, 207.0)];
    rows.push(at(13.0, "tower", 0.0, 207.5));
    rows.push(at(13.0, "aircraft", 0.0, 5000.0));
    let all = of(rows);
    let scope = Scope::of_kinds(&["tower"]);
    let (chosen, _) = run(&all, vec![Arc::new(HighestIntake(scope))]);
    assert_eq!(chosen.len(), 3);
    let stated = crate::table::Column::numbers([200.0, 20.0, 20.0, f64::NAN]);
    let with_heights = all.clone().with_attribute("intake_height", stated).unwrap();
    let (chosen, _) = run(
        &with_heights,
        vec![Arc::new(HighestIntake(Scope::of_kinds(&["tower"])))],
    );
    assert_eq!(chosen.rows[0].altitude, 27.0); // what the file says comes first
    let labs = crate::table::Column::text(["A", "B", "B", "C"]);
    let all = all.with_attribute("lab", labs).unwrap();
    let keep = |preferred: &[&str]| {
        let step = OneLaboratory {
            attribute: "lab".into(),
            preferred: preferred.iter().map(|p| p.to_string()).collect(),
            scope: Scope::default(),
        };
        run(&all, vec![Arc::new(step)])
            .0
            .attribute("lab")
            .unwrap()
            .clone()
    };
    assert_eq!(keep(&[]), crate::table::Column::text(["B", "B", "C"]));
    assert_eq!(keep(&["A*"]), crate::table::Column::text(["A", "C"]));
}

#[test]
fn flags_that_are_missing_are_bad_only_where_the_source_has_them() {
    let mut all = series("in_situ", &[0, 1, 2, 3]);
    all.sources.push("satellite".into());
    all.rows[3].source = 1;
    let flag = crate::table::Column::numbers([1.0, 0.0, f64::NAN, f64::NAN]);
    let all = all.with_attribute("obs_flag", flag).unwrap();
    let quality = crate::table::Column::text(["...", ".X.", "*..", ""]);
    let all = all.with_attribute("qcflag", quality).unwrap();
    let seconds = |step: Flags| {
        let chosen = run(&all, vec![Arc::new(step)]).0;
        chosen
            .rows
            .iter()
            .map(|o| o.time.seconds())
            .collect::<Vec<_>>()
    };
    assert_eq!(seconds(Flags::default()), [0, 3]);
    let one = |name: &str, flag: Flag| Flags(vec![(name.into(), vec![flag])]);
    assert_eq!(seconds(one("obs_flag", Flag::Number(1.0))), [0, 3]);
    assert_eq!(seconds(one("qcflag", Flag::Text("*..".into()))), [0, 2, 3]);
    let missing: Arc<dyn Step> = Arc::new(one("flag", Flag::Number(1.0)));
    assert!(
        select(&all, &[missing])
            .unwrap_err()
            .to_string()
            .contains("step flags flag")
    );
}

#[test]
fn lists_exclude_and_move_and_name_what_fits_nothing() {
    let mut all = series("in_situ", &[0, 10, 20]);
    for (o, site) in all.rows.iter_mut().zip(["MLO", "CGO", "MLO"]) {
        o.site = site.into();
    }
    let list = Table::from_csv("site,end\nM*,1970-01-01T00:00:15\nXXX,\n").unwrap();
    let (chosen, _) = run(&all, vec![Arc::new(Exclude(list))]);
    assert_eq!(
        chosen.rows.iter().map(|o| &*o.site).collect::<Vec<_>>(),
        ["CGO", "MLO"]
    );
    assert!(
        chosen.funnel.stages()[0]
            .why
            .ends_with("1 rows fit nothing: XXX")
    );
    let list = Table::from_csv("site,latitude,longitude,height\ncgo,,142,\nMLO,20,,40\n").unwrap();
    let (moved, _) = run(&all, vec![Arc::new(Moved(list))]);
    assert_eq!(
        (moved.rows[1].latitude, moved.rows[1].longitude),
        (0.0, 142.0)
    );
    assert_eq!(
        moved.rows[0].sampling.to_string(),
        "operator::point(#{ height: 40.0 })"
    );
    let wrong: Arc<dyn Step> = Arc::new(Moved(Table::from_csv("site\nMLO\n").unwrap()));
    assert!(select(&all, &[wrong]).is_err());
}

#[test]
fn an_afternoon_becomes_one_mean_and_its_error_stays() {
    let mut rows: Vec<Observation> = (0..24)
        .map(|h| at(f64::from(h), "tower", 0.0, 100.0))
        .collect();
    for (k, o) in rows.iter_mut().enumerate() {
        (o.value, o.error) = ((400.0 + k as f64) * 1e-6, 3e-6);
    }
    rows.push(at(5.0, "flask", 0.0, 10.0));
    let step = Averaged {
        over: Over::Day(Hours::new("afternoon", 12.0, 16.0, Scope::default()).unwrap()),
        joining: Joining {
            correlation: 1.0,
            over_interval: true,
            ..Joining::default()
        },
        scope: Scope::of_kinds(&["tower"]),
    };
    let (chosen, _) = run(&of(rows), vec![Arc::new(step)]);
    assert_eq!(chosen.len(), 2);
    let mean = &chosen.rows[1];
    assert!((mean.value * 1e6 - 413.5).abs() < 1e-9 && (mean.error * 1e6 - 3.0).abs() < 1e-9);
    assert_eq!((mean.begin().hour(), mean.end().hour()), (12.0, 15.0));
    assert_eq!(chosen.funnel.stages()[0].why, "24 of tower in 1 means");
    assert_eq!(chosen.attributes.numbers("n_joined").unwrap()[1], 4.0);
    let parts = HoldOut::new(0.5, 1).unwrap().split(&chosen).unwrap();
    assert_eq!(parts.kept.len() + parts.held_out.len(), 2);
}

#[test]
fn a_flight_becomes_layers_each_time_it_passes_through_them() {
    // Up through two layers and down again, a value each minute.
    let heights = [200.0, 800.0, 1200.0, 1900.0, 1500.0, 900.0, 100.0];
    let one = |(k, z): (usize, &f64)| at(k as f64 / 60.0, "aircraft", 0.0, *z);
    let all = of(heights.iter().enumerate().map(one).collect());
    let layers = |longest| -> Arc<dyn Step> {
        Arc::new(Layers {
            thickness: 1000.0,
            longest,
            joining: Joining::default(),
            scope: Scope::of_kinds(&["aircraft*"]),
        })
    };
    let (chosen, _) = run(&all, vec![layers(1800.0)]);
    let means: Vec<f64> = chosen.rows.iter().map(|o| o.altitude.round()).collect();
    assert_eq!(means, [500.0, 1533.0, 500.0]);
    assert_eq!(run(&all, vec![layers(90.0)]).0.len(), 4); // the middle layer takes three minutes
    assert!(select(&all, &[layers(0.0)]).is_err());
}

#[test]
fn coincidence_is_a_box_in_place_and_time_across_the_date_line() {
    let others = of(vec![at(12.0, "tccon", 179.0, 0.0)]);
    let all = of(vec![
        at(11.0, "land", -178.0, 0.0),
        at(13.1, "land", -178.0, 0.0),
        at(12.0, "land", 173.0, 0.0),
    ]);
    let step = Coincident::new(&others, (2.5, 5.0), 3600.0, Scope::default()).unwrap();
    let (chosen, _) = run(&all, vec![Arc::new(step)]);
    assert_eq!(chosen.rows.len(), 1);
    assert_eq!(chosen.rows[0].longitude, -178.0);
    assert!(Coincident::new(&others, (0.0, 5.0), 3600.0, Scope::default()).is_err());
}
