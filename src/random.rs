//! Random numbers that depend on (seed, stream, k) only: member k draws the same whatever the
//! number of members or threads.

use crate::progress::stop_here;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The seeds drawn with, for the record of a run.
static SEEDS: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());
/// Raised when they are forgotten.
static RUN: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The run and the seed noted last: most draws need no lock.
    static NOTED: Cell<Option<(usize, u64)>> = const { Cell::new(None) };
}

/// The generator: ChaCha with 8 rounds, counter based.
pub type Generator = ChaCha8Rng;

/// A generator for draw `k` of the named `stream` of a run with `seed`.
pub fn generator(seed: u64, stream: &str, k: u64) -> Generator {
    note(seed);
    stop_here();
    let mut key = [0u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    // FNV-1a of the name, so that streams are distinguished by their purpose.
    let name = stream.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
        (h ^ b as u64).wrapping_mul(0x0000_0100_0000_01b3)
    });
    key[8..16].copy_from_slice(&name.to_le_bytes());
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(k);
    rng
}

fn note(seed: u64) {
    let now = Some((RUN.load(Ordering::Relaxed), seed));
    if NOTED.replace(now) != now {
        let mut seeds = SEEDS.lock().unwrap_or_else(PoisonError::into_inner);
        seeds.insert(seed);
    }
}

/// The seeds that generators were made with since [`forget_seeds`], ascending.
pub fn seeds() -> Vec<u64> {
    let seeds = SEEDS.lock().unwrap_or_else(PoisonError::into_inner);
    seeds.iter().copied().collect()
}

/// Forgets the seeds: a run begins.
pub fn forget_seeds() {
    RUN.fetch_add(1, Ordering::Relaxed);
    SEEDS.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// `n` independent standard normal numbers.
pub fn normals(rng: &mut Generator, n: usize) -> Vec<f64> {
    let draw = |k| {
        if k % 4096 == 0 {
            stop_here();
        }
        StandardNormal.sample(rng)
    };
    (0..n).map(draw).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_depends_on_seed_stream_and_index_only() {
        let draw = |seed, stream, k| normals(&mut generator(seed, stream, k), 4);
        assert_eq!(draw(1, "factors", 3), draw(1, "factors", 3));
        assert_ne!(draw(1, "factors", 3), draw(2, "factors", 3));
        assert_ne!(draw(1, "factors", 3), draw(1, "noise", 3));
        assert_ne!(draw(1, "factors", 3), draw(1, "factors", 4));
    }
}
