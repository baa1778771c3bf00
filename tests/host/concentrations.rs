//! Concentrations of any tracer.

use super::{run, session};

#[test]
fn a_compact_tracer_keeps_its_mass_in_single_precision_beside_any_other() {
    let (mut session, _folder) = session();
    run(
        &mut session,
        r#"
        let g = grid("6x7.5").with_levels([0.0, 0.0, 0.0, 0.0], [1.0, 0.6, 0.3, 0.001]);
        // Solid rotation around the axis in twelve days, through a wave.
        let psi = field(g.corners, |lat, lon| 2.5e8 * (-sin(lat * PI() / 180) + 0.2 * cos(lat * PI() / 180) ** 2.0 * sin(lon * PI() / 90)));
        let model = transport::model(meteorology::prescribed(g, |date| #{ streamfunction: psi }, #{ interval: "1 d" }), #{ step: "1 h" });
        let hill = field(g, |lat, lon| 0.95 * exp(-10.0 * (1.0 - cos(lat * PI() / 180) * cos(lon * PI() / 180))));
        let run = model.run(concentrations::from_fields(g, [0.0 * hill + 0.5, hill, 0.1 + hill]), (), "2016-01-01", "2016-01-07");
        assert(run.concentrations.member(1).max() < 0.9 * hill.max(), "it moves");
        assert(run.ledger.steps == 144 && run.ledger.imbalance < 144 * 2e-9, `${run.ledger.imbalance}`);
        "#,
    );
}
