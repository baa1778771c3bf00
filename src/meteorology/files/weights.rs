//! Linear weights along one axis, from the centres of a file's cells to points or intervals of the
//! model's grid.

/// For each target, the source positions it draws on and their weights, which add up to one.
#[derive(Debug, Clone)]
pub struct Weights(Vec<Vec<(usize, f64)>>);

/// Centres along one axis, ascending; a period closes the axis.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Centres.
    pub centres: &'a [f64],
    /// Edges, one more than centres.
    pub edges: &'a [f64],
    /// 360 for longitudes.
    pub period: Option<f64>,
}

impl Line<'_> {
    /// The two centres around `x` and the weight of the second; the outermost centre alone beyond
    /// the ends.
    fn between(&self, x: f64) -> (usize, usize, f64) {
        let (c, n) = (self.centres, self.centres.len());
        let x = self.period.map_or(x, |p| c[0] + (x - c[0]).rem_euclid(p));
        let above = c.partition_point(|v| *v <= x);
        match (above, self.period) {
            (0, _) => (0, 0, 0.0),
            (a, Some(p)) if a == n => (n - 1, 0, (x - c[n - 1]) / (c[0] + p - c[n - 1])),
            (a, None) if a == n => (n - 1, n - 1, 0.0),
            (a, _) => (a - 1, a, (x - c[a - 1]) / (c[a] - c[a - 1])),
        }
    }

    /// The cell that holds `x`.
    fn cell(&self, x: f64) -> usize {
        let (e, n) = (self.edges, self.centres.len());
        let x = self.period.map_or(x, |p| e[0] + (x - e[0]).rem_euclid(p));
        e.partition_point(|v| *v <= x).clamp(1, n) - 1
    }

    /// Points within `a` to `b` where the source changes its course.
    fn breaks(&self, points: &[f64], a: f64, b: f64) -> Vec<f64> {
        let turns = self
            .period
            .map_or(vec![0.0], |p| vec![-2.0 * p, -p, 0.0, p, 2.0 * p]);
        let mut breaks: Vec<f64> = turns
            .iter()
            .flat_map(|t| points.iter().map(move |x| x + t))
            .filter(|x| *x > a && *x < b)
            .collect();
        breaks.extend([a, b]);
        breaks.sort_by(f64::total_cmp);
        breaks.dedup_by(|x, y| (*x - *y).abs() < 1e-9);
        breaks
    }
}

impl Weights {
    /// Linear interpolation to points.
    pub fn at_points(source: Line, targets: &[f64]) -> Self {
        Weights(
            targets
                .iter()
                .map(|x| {
                    let (low, high, w) = source.between(*x);
                    vec![(low, 1.0 - w), (high, w)]
                })
                .collect(),
        )
    }

    /// Means over the intervals between `edges`, in the measure `m`: of the source's cells, each of
    /// one value, where these are at least as fine, which conserves the integral; of the line
    /// through the centres of coarser ones.
    pub fn means(source: Line, edges: &[f64], m: impl Fn(f64) -> f64) -> Self {
        let span = |e: &[f64]| (e[e.len() - 1] - e[0]) / (e.len() - 1) as f64;
        let fine = span(source.edges) <= span(edges) * (1.0 + 1e-9);
        let mean = |a: f64, b: f64| {
            let mut row: Vec<(usize, f64)> = Vec::new();
            let mut add = |k: usize, w: f64| match row.iter_mut().find(|(j, _)| *j == k) {
                Some((_, sum)) => *sum += w,
                None => row.push((k, w)),
            };
            for piece in source
                .breaks(if fine { source.edges } else { source.centres }, a, b)
                .windows(2)
            {
                let (share, middle) = (
                    (m(piece[1]) - m(piece[0])) / (m(b) - m(a)),
                    0.5 * (piece[0] + piece[1]),
                );
                if fine {
                    add(source.cell(middle), share);
                } else {
                    let (low, high, w) = source.between(middle);
                    add(low, share * (1.0 - w));
                    add(high, share * w);
                }
            }
            row
        };
        Weights(edges.windows(2).map(|e| mean(e[0], e[1])).collect())
    }

    /// Number of targets.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// The sources of target `k` with their weights.
    pub fn of(&self, k: usize) -> &[(usize, f64)] {
        &self.0[k]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(weights: &Weights, k: usize, f: impl Fn(usize) -> f64) -> f64 {
        weights.of(k).iter().map(|(s, w)| w * f(*s)).sum()
    }

    #[test]
    fn a_linear_field_is_met_at_points_and_in_the_mean() {
        let (centres, edges) = ([0.0, 3.0, 4.0, 8.0], [-1.5, 1.5, 3.5, 6.0, 10.0]);
        let line = Line {
            centres: &centres,
            edges: &edges,
            period: None,
        };
        let points = Weights::at_points(line, &[1.0, 3.5, 9.0]);
        assert!(
            (value(&points, 0, |s| centres[s]) - 1.0).abs() < 1e-12
                && (value(&points, 1, |s| centres[s]) - 3.5).abs() < 1e-12
        );
        assert_eq!(value(&points, 2, |s| centres[s]), 8.0);
        let means = Weights::means(line, &[1.0, 2.0, 4.5, 5.0], |x| x);
        for (k, middle) in [1.5, 3.25, 4.75].into_iter().enumerate() {
            assert!((value(&means, k, |s| centres[s]) - middle).abs() < 1e-12);
        }
    }

    #[test]
    fn means_of_finer_cells_keep_the_integral_around_the_circle() {
        let edges: Vec<f64> = (0..=36).map(|i| -5.0 + 10.0 * f64::from(i)).collect();
        let centres: Vec<f64> = edges.windows(2).map(|e| 0.5 * (e[0] + e[1])).collect();
        let line = Line {
            centres: &centres,
            edges: &edges,
            period: Some(360.0),
        };
        let coarse: Vec<f64> = (0..=12).map(|i| -190.0 + 30.0 * f64::from(i)).collect();
        let weights = Weights::means(line, &coarse, |x| x);
        let f = |s: usize| ((s * 7) % 11) as f64;
        let total: f64 = (0..12).map(|k| 30.0 * value(&weights, k, f)).sum();
        assert!((total - (0..36).map(|s| 10.0 * f(s)).sum::<f64>()).abs() < 1e-9);
        // -190 to -160 is 170 to 200: the cells centred at 170 (half of it, 175), 180, 190 and 200.
        assert!(
            (value(&weights, 0, f) - (0.5 * f(17) + f(18) + f(19) + 0.5 * f(20)) / 3.0).abs()
                < 1e-12
        );
    }
}
