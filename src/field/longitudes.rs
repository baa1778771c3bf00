//! Longitudes on their circle: the order that goes eastward, across the seam too.

/// A gap between longitudes this many times as wide as the usual one parts two regions.
pub const APART: f64 = 1.9;

/// Positions in the order of their longitudes, eastward, beginning after the widest gap.
pub fn around(lon: &[f64]) -> Vec<usize> {
    let east = |k: &usize| lon[*k].rem_euclid(360.0);
    let mut order: Vec<usize> = (0..lon.len()).collect();
    order.sort_by(|a, b| east(a).total_cmp(&east(b)));
    let gap = |k: usize| {
        (east(&order[k]) - east(&order[(k + order.len() - 1) % order.len()])).rem_euclid(360.0)
    };
    let widest = (0..order.len()).fold(0, |w, k| if gap(k) > gap(w) + 1e-6 { k } else { w });
    order.rotate_left(widest);
    order
}

/// Whether longitudes go once around the globe without a gap.
pub(crate) fn whole_turn(lon: &[f64]) -> bool {
    let (order, n) = (around(lon), lon.len());
    let steps = (0..n).map(|k| (lon[order[(k + 1) % n]] - lon[order[k]]).rem_euclid(360.0));
    n > 2 && steps.fold(0.0, f64::max) < APART * 360.0 / n as f64
}

/// Longitudes that go eastward without a break: the positions of `lon` in that order, and their
/// longitudes, ascending from that of the first. Of a region across 180 or 0 degrees the order
/// begins in its west; a whole turn that ascends already keeps its order.
pub fn eastward(lon: &[f64]) -> (Vec<usize>, Vec<f64>) {
    let mut order = around(lon);
    let rises = lon.windows(2).all(|w| w[1] > w[0]);
    if rises && (whole_turn(lon) || order.windows(2).all(|w| w[1] > w[0])) {
        order = (0..lon.len()).collect();
        return (order, lon.to_vec());
    }
    let mut values: Vec<f64> = Vec::with_capacity(lon.len());
    for position in &order {
        let next = match values.last() {
            None => lon[*position],
            Some(last) => last + (lon[*position] - last).rem_euclid(360.0),
        };
        values.push(next);
    }
    (order, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longitudes_go_eastward_across_a_seam() {
        let (order, values) = eastward(&[0.0, 5.0, 350.0, 355.0]);
        assert_eq!(
            (order, values),
            (vec![2, 3, 0, 1], vec![350.0, 355.0, 360.0, 365.0])
        );
        let (order, values) = eastward(&[175.0, -180.0, -175.0]);
        assert_eq!((order, values), (vec![0, 1, 2], vec![175.0, 180.0, 185.0]));
        let globe = [0.0, 90.0, 180.0, 270.0];
        assert_eq!(eastward(&globe), (vec![0, 1, 2, 3], globe.to_vec()));
        let africa = [-20.0, 0.0, 20.0, 50.0];
        assert_eq!(eastward(&africa), (vec![0, 1, 2, 3], africa.to_vec()));
    }
}
