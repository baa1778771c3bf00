//! How large markers are, so that many do not hide each other.

use super::canvas::Point;

/// How much smaller the markers of `n` places are than those of a few: as much as keeps the share
/// of the paper they cover, down to a third.
pub(super) fn shrunk(n: usize) -> f64 {
    (150.0 / n.max(1) as f64).sqrt().clamp(1.0 / 3.0, 1.0)
}

/// How much smaller a point is drawn than the first, so that those below it, less than `near`
/// pixels away, show around it.
pub(super) fn uncovering(at: Point, below: &[Point], near: f64) -> f64 {
    let covered = below
        .iter()
        .filter(|b| (b.0 - at.0).hypot(b.1 - at.1) < near)
        .count();
    0.68f64.powi(covered as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_markers_are_smaller_than_few() {
        assert_eq!(shrunk(1), 1.0);
        assert_eq!(shrunk(150), 1.0);
        assert!((shrunk(600) - 0.5).abs() < 1e-12);
        assert_eq!(shrunk(1_000_000), 1.0 / 3.0);
    }

    #[test]
    fn points_in_one_place_are_drawn_within_each_other() {
        let below = [(0.0, 0.0), (1.0, 0.0), (50.0, 0.0)];
        assert_eq!(uncovering((0.5, 0.0), &below[..0], 5.0), 1.0);
        assert_eq!(uncovering((0.5, 0.0), &below[..1], 5.0), 0.68);
        assert_eq!(uncovering((0.5, 0.0), &below, 5.0), 0.68 * 0.68);
    }
}
