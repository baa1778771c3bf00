//! Scores and budgets against values computed by hand or by numpy and scipy.

use crate::{run, session};

fn holds(script: &str) {
    let (mut session, _folder) = session();
    run(&mut session, script);
}

#[test]
fn scores_by_height_region_and_season_are_those_computed_by_hand() {
    holds(
        r#"
        // Departures of two products, of flights below and above 3000 m and a tower.
        let rows = [];
        for p in [["a", 1.0], ["b", 2.0]] {
            for r in [["x", "aircraft-pfp", "below 3000 m", "Africa", "DJF", 3.0], ["x", "aircraft-pfp", "above 3000 m", "Africa", "JJA", -1.0],
                      ["y", "aircraft-insitu", "above 3000 m", "Ocean", "JJA", 2.0], ["z", "tower", "below 3000 m", "Ocean", "DJF", 5.0]] {
                rows.push(#{
                    product: p[0], dataset: "in_situ", site: r[0], kind: r[1], height: r[2], region: r[3], season: r[4],
                    observed: 400.0, model: 400.0 + r[5] * p[1], departure: r[5] * p[1],
                });
            }
        }
        let d = table(rows);
        let one = |t, key, value, product| t.filter(|r| r[key] == value && r.product == product)[0];
        let flights = score::aircraft(d);
        assert(flights.rows == 4);
        let above = one.call(flights, "height", "above 3000 m", "b");
        // sqrt((2^2 + 4^2) / 2) and (-2 + 4) / 2.
        assert_near(above.rmse, sqrt(10.0), 1e-12);
        assert_near(above.bias, 1.0, 1e-12);
        assert(above.n == 2 && above.sites == 2 && one.call(flights, "height", "below 3000 m", "a").rmse == 3.0);
        // sqrt((3^2 + 1) / 2), sqrt((2^2 + 5^2) / 2); sqrt((3^2 + 5^2) / 2).
        assert_near(one.call(score::by(d, ["region"]), "region", "Africa", "a").rmse, sqrt(5.0), 1e-12);
        assert_near(one.call(score::by(d, ["region"]), "region", "Ocean", "a").rmse, sqrt(14.5), 1e-12);
        assert_near(one.call(score::by(d, ["season"]), "season", "DJF", "b").rmse, 2.0 * sqrt(17.0), 1e-12);
        assert_near(one.call(score::by(d, ["site"]), "site", "x", "a").bias, 1.0, 1e-12);
        // All: sqrt((9 + 1 + 4 + 25) / 4) of the first, and twice that of the second.
        assert_near(score::gains(d, "b")[0].gain, sqrt(39.0) / 2.0, 1e-12);
        "#,
    );
}

#[test]
fn intervals_draw_whole_sites() {
    holds(
        r#"
        // A hundred sites of three equal departures each: the mean of a hundred numbers, not of three hundred.
        let of_site = random::normal(5, "sites", 0, 100).values();
        let rows = [];
        for k in 0..100 {
            for j in 0..3 {
                rows.push(#{ product: "a", dataset: "d", site: `s${k}`, observed: 400.0, model: 400.0 + of_site[k], departure: of_site[k] });
            }
        }
        let s = score::by(table(rows), [], #{ samples: 2000 })[0];
        let expected = 2.0 * 1.96 * field(of_site).sd().value() / 10.0;
        assert_near((s.bias_high - s.bias_low) / expected, 1.0, 0.1);
        "#,
    );
}

#[test]
fn weights_of_an_average_are_those_of_numpy() {
    holds(
        r#"
        let a = [0.5, -0.5, 1.0, -1.0, 0.2, -0.2, 2.0, -2.0];
        let b = [1.5, 0.0, 0.5, -1.5, 0.5, -0.5, 0.5, -1.0];
        let d = table(#{ product: a.map(|x| "a") + b.map(|x| "b"), departure: a + b });
        let found = averaging::bayesian_weights(d, #{ tolerance: 1e-10 });
        // numpy: expectation and maximisation of w_k N(0, v) iterated until nothing changes.
        assert_near(found.weights[0], 0.32155476, 1e-6);
        assert_near(found.weights[1], 0.67844524, 1e-6);
        assert_near(found.sd, 0.75114793, 1e-6);
        "#,
    );
}

/// Products whose members scale all factors of a prior alike.
const SCALED: &str = r#"
    let g = grid("30x30");
    let prior = flux::prior(g, 1);
    let product = |name, parts| #{ name: name, runs: [#{ prior: #{ name: "group 1", flux: prior }, windows: [#{
        start: date("2015-01-01"), end: date("2016-01-01"),
        factors: prior.ones() + field(parts, #{ dims: ["member"] }),
    }] }] };
    let first = [-0.2, -0.1, 0.0, 0.1, 0.2];
    let second = [0.05, 0.2, 0.3, 0.45, 0.1, 0.25];
"#;

#[test]
fn differences_of_products_have_the_p_values_of_scipy() {
    holds(&format!(
        "{SCALED}{}",
        r#"
        // scipy: stats.ttest_ind(first, second, equal_var=False).pvalue, in every region, since its fluxes are scaled alike.
        for part in ["nee", "ocean"] {
            let t = budget::significance(product.call("a", first), product.call("b", second), part);
            for row in t.to_array() { assert_near(row.p_value, 0.03918579, 1e-6); }
        }
        "#
    ));
}

#[test]
fn a_budget_by_prior_has_the_spread_of_its_members() {
    holds(&format!(
        "{SCALED}{}",
        r#"
        let t = budget::by_prior(product.call("a", second))[0];
        let year = prior.budget([prior.window("2015-01-01", "2016-01-01")]);
        let nee = year.totals("nee")[0].value();
        // The mean of the parts is 0.225, their standard deviation by numpy (ddof 1) 0.14404860.
        assert_near(t.nee, nee * 1.225, 1e-9);
        assert_near(t.nee_sd, abs(nee) * 0.1440486029, 1e-9);
        assert_near(t.fossil, 9.8, 1e-6);
        assert(t.fossil_sd < 1e-9);
        "#
    ));
}

#[test]
fn budgets_follow_any_map_of_regions() {
    holds(
        r#"
        let g = grid("30x30");
        let even = flux::from_field(g, field(g, |lat, lon| if lat > 0.0 { 1.0 } else { 0.0 }).with_unit("gC m-2 d-1"));
        let halves = regions::from_function(g, |lat, lon| if lat > 0.0 { "North" } else { "South" });
        let t = budget::by_region([#{ name: "even", flux: even }], ["2016-07-01", "2016-08-01", "2017-07-01"], halves, g);
        assert(t.rows == 6);
        let north = t.filter(|r| r.region == "North");
        let area = (g.areas() * field(g, |lat, lon| if lat > 0.0 { 1.0 } else { 0.0 })).sum().value();
        for row in north.to_array() { assert_near(row.flux, area * 365.2425 / 1e15, 1e-6); }
        for row in t.filter(|r| r.region == "South").to_array() { assert(row.flux == 0.0); }
        "#,
    );
}
