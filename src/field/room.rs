//! Whether an array fits into memory, asked before it is made: an allocation that fails, or that
//! the system ends the program for, leaves nothing to report.

use crate::error::{Error, Result};
use crate::limits::{may_hold, room};

/// Arrays of fewer values are not asked about.
const SMALL: usize = 1 << 25;

/// The number of values of an array of these lengths.
///
/// # Errors
/// It does not fit into the memory that is free.
pub fn room_for(lengths: &[usize]) -> Result<usize> {
    let values = lengths.iter().try_fold(1_usize, |n, l| n.checked_mul(*l));
    let bytes = values.and_then(|n| n.checked_mul(8));
    let fits = |bytes: usize| {
        bytes / 8 <= SMALL
            || (room().is_none_or(|free| (bytes as u64) < free)
                && Vec::<u8>::new().try_reserve_exact(bytes).is_ok())
    };
    values.map_or(Ok(()), may_hold)?;
    match (values, bytes) {
        (Some(n), Some(bytes)) if fits(bytes) => Ok(n),
        _ => {
            let shape: Vec<String> = lengths.iter().map(usize::to_string).collect();
            let needed = lengths.iter().map(|l| *l as f64).product::<f64>() * 8e-9;
            Err(Error::new("an array does not fit into memory")
                .expected(match room() {
                    Some(free) => format!("less than {:.1} GB, which are free", free as f64 * 1e-9),
                    None => "less than is free".to_string(),
                })
                .got(format!("{needed:.1} GB for {} values", shape.join(" x "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_larger_than_memory_is_refused_before_it_is_made() {
        assert_eq!(room_for(&[3, 4]).unwrap(), 12);
        for lengths in [
            vec![10_000_000_000_000],
            vec![usize::MAX, 2],
            vec![1 << 40, 1 << 40],
        ] {
            let message = room_for(&lengths).unwrap_err().to_string();
            assert!(message.contains("does not fit into memory"), "{message}");
        }
    }
}
