//! How large markers are, so that many do not hide each other.

use super::canvas::Point;

/// How much smaller the markers of `n` places are than those of a few: as much as keeps the share
/// of the paper they cover, down to a third.
pub(super) fn shrunk(n: usize) -> f64 {
    (150.0 / n.max(1) as f64).sqrt().clamp(1.0 / 3.0, 1.0)
}

/// How large each point is drawn, as parts of one alone, so that those less than `near` pixels
/// apart are rings around each other: the first the largest, the last the smallest.
pub(super) fn rings(points: &[Point], near: f64) -> Vec<f64> {
    let close = |a: &Point, b: &Point| (a.0 - b.0).hypot(a.1 - b.1) < near;
    let size = |k: usize| {
        let above = points[k + 1..].iter().filter(|p| close(p, &points[k]));
        let below = points[..k].iter().filter(|p| close(p, &points[k]));
        let (above, below) = (above.count() as f64, below.count() as f64);
        let all = above + below + 1.0;
        (1.0 + 0.3 * (all - 1.0)) * (above + 1.0) / all
    };
    (0..points.len()).map(size).collect()
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
    fn points_in_one_place_are_rings_around_each_other() {
        let sizes = rings(&[(0.0, 0.0), (50.0, 0.0), (1.0, 0.0)], 5.0);
        assert_eq!(sizes, [1.3, 1.0, 0.65]);
        let four = rings(&[(0.0, 0.0); 4], 5.0);
        assert!(four.windows(2).all(|w| w[0] - w[1] > 0.3), "{four:?}");
    }
}
