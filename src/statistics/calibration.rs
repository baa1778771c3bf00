//! Consistency of stated errors and spread with the departures: chi-square, rank histogram,
//! continuous ranked probability score.

use super::finite;
use crate::error::{Error, Result};
use crate::random;
use ndarray::ArrayView2;
use rand::RngExt;

/// Mean square of departures over their expected standard deviations (same unit): one where those
/// are right.
///
/// # Errors
/// No departures, unequal lengths, a number that is not finite, or a standard deviation that is not
/// positive.
pub fn chi_square(departures: &[f64], sd: &[f64]) -> Result<f64> {
    if departures.len() != sd.len() || departures.is_empty() {
        let got = format!("{} and {}", departures.len(), sd.len());
        return Err(
            Error::new("chi-square needs departures and a standard deviation for each").got(got),
        );
    }
    finite("the departures", departures)?;
    finite("the standard deviations", sd)?;
    if let Some(row) = sd.iter().position(|s| *s <= 0.0) {
        return Err(Error::new("a standard deviation must be positive")
            .got(sd[row])
            .at(format!("row {row}")));
    }
    Ok(departures
        .iter()
        .zip(sd)
        .map(|(d, s)| (d / s).powi(2))
        .sum::<f64>()
        / sd.len() as f64)
}

/// How often an observation has rank 0..=m among the m members (n x m): flat for a calibrated
/// ensemble whose members include the observation error. Ties are broken at random from `seed`.
///
/// # Errors
/// Unequal lengths, or a number that is not finite.
pub fn rank_histogram(members: ArrayView2<f64>, observed: &[f64], seed: u64) -> Result<Vec<usize>> {
    check(members, observed)?;
    let mut counts = vec![0; members.ncols() + 1];
    for (row, (values, y)) in members.outer_iter().zip(observed).enumerate() {
        let below = values.iter().filter(|x| *x < y).count();
        let ties = values.iter().filter(|x| *x == y).count();
        let extra = if ties > 0 {
            random::generator(seed, "rank histogram", row as u64).random_range(0..=ties)
        } else {
            0
        };
        counts[below + extra] += 1;
    }
    Ok(counts)
}

/// CRPS of one ensemble against one observation, `mean |x_i - y| - mean |x_i - x_j| / 2`
/// (Gneiting and Raftery 2007), in the unit of the values; 0 is perfect.
pub fn crps(members: &[f64], observed: f64) -> f64 {
    let m = members.len() as f64;
    let mut sorted = members.to_vec();
    sorted.sort_by(f64::total_cmp);
    let distance = sorted.iter().map(|x| (x - observed).abs()).sum::<f64>() / m;
    // sum over i < j of x_j - x_i, from the sorted values
    let spread: f64 = sorted
        .iter()
        .enumerate()
        .map(|(i, x)| (2.0 * i as f64 + 1.0 - m) * x)
        .sum();
    distance - spread / (m * m)
}

/// Mean CRPS over observations; members n x m.
///
/// # Errors
/// Unequal lengths, no rows, or a number that is not finite.
pub fn mean_crps(members: ArrayView2<f64>, observed: &[f64]) -> Result<f64> {
    check(members, observed)?;
    Ok(members
        .outer_iter()
        .zip(observed)
        .map(|(row, y)| crps(&row.to_vec(), *y))
        .sum::<f64>()
        / observed.len() as f64)
}

fn check(members: ArrayView2<f64>, observed: &[f64]) -> Result<()> {
    if members.nrows() != observed.len() || members.is_empty() {
        let got = format!(
            "{} rows of {} members and {} observations",
            members.nrows(),
            members.ncols(),
            observed.len()
        );
        return Err(Error::new("every observation needs its members").got(got));
    }
    finite("the observations", observed)?;
    members
        .outer_iter()
        .enumerate()
        .try_for_each(|(row, values)| {
            finite("the members", &values.to_vec()).map_err(|e| e.at(format!("observation {row}")))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn chi_square_is_the_mean_square_of_standardized_departures() {
        assert_eq!(chi_square(&[2.0, -3.0], &[1.0, 3.0]).unwrap(), 2.5);
        assert!(chi_square(&[1.0], &[0.0]).is_err() && chi_square(&[], &[]).is_err());
    }

    #[test]
    fn the_crps_of_hand_computed_cases() {
        assert_eq!(crps(&[3.0], 1.0), 2.0);
        // mean |x - y| = 1, pairs (0, 2) twice of four: 1/2 * 2 * 2/4 = 1/2
        assert_eq!(crps(&[2.0, 0.0], 1.0), 0.5);
        assert_eq!(
            mean_crps(array![[2.0, 0.0], [1.0, 1.0]].view(), &[1.0, 1.0]).unwrap(),
            0.25
        );
    }

    #[test]
    fn an_observation_drawn_like_the_members_has_every_rank_alike() {
        let draws = random::normals(&mut random::generator(1, "ranks", 0), 8000 * 5);
        let all = Array2::from_shape_vec((8000, 5), draws).unwrap();
        let counts =
            rank_histogram(all.slice(ndarray::s![.., 1..]), &all.column(0).to_vec(), 1).unwrap();
        assert!(counts.iter().all(|c| c.abs_diff(1600) < 150), "{counts:?}");
        let ties = rank_histogram(Array2::zeros((3000, 2)).view(), &vec![0.0; 3000], 1).unwrap();
        assert!(ties.iter().all(|c| c.abs_diff(1000) < 120), "{ties:?}");
    }
}
