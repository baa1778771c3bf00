//! Points of air that lie below the model's surface, as in a valley that the grid does not have:
//! they sample its lowest level, which may be other air.

use super::Observation;
use crate::error::Warning;
use crate::meteorology::Atmosphere;

/// Less is within the lowest level, whose air is meant, and what a grid leaves of a coast or a hill
/// \[m\].
const DEEP: f64 = 100.0;

/// A warning if observations lie more than 100 m below the surface of this air.
pub fn below_surface(rows: &[Observation], air: &Atmosphere) -> Option<Warning> {
    let deep = rows.iter().filter_map(|o| {
        let depth = o.sampling.below_surface(o, air);
        (depth > DEEP).then_some((depth, o))
    });
    let deep: Vec<(f64, &Observation)> = deep.collect();
    let (depth, deepest) = deep.iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let said = format!(
        "{} of {} observations lie more than {DEEP:.0} m below the model's surface, the deepest by {depth:.0} m at {}: they sample the lowest level",
        deep.len(),
        rows.len(),
        deepest.location()
    );
    Some(Warning::new("below_surface", said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Point;
    use crate::observation::fixture::{atmosphere, point};
    use std::sync::Arc;

    #[test]
    fn points_deep_below_the_surface_are_counted_and_others_are_not() {
        let mut air = atmosphere();
        air.surface_height.fill(800.0);
        let at = |altitude| point(10.0, 20.0, altitude);
        let of = |p: Point| Observation {
            sampling: Arc::new(p),
            ..at(0.0)
        };
        let fine = vec![
            at(750.0),
            at(3000.0),
            of(Point::AboveGround(10.0)),
            of(Point::AtPressure(9e4)),
        ];
        assert!(below_surface(&fine, &air).is_none());
        let deep = [
            fine,
            vec![at(20.0), at(300.0), of(Point::AtPressure(1.1e5))],
        ]
        .concat();
        let warning = below_surface(&deep, &air).unwrap();
        assert_eq!(warning.name, "below_surface");
        assert!(
            warning.message.starts_with("3 of 7 observations")
                && warning.message.contains("by 780 m at site TST"),
            "{}",
            warning.message
        );
    }
}
