//! Random numbers that depend on (seed, stream, k) only: member k draws the same whatever the
//! number of members or threads.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

/// The generator: ChaCha with 8 rounds, counter based.
pub type Generator = ChaCha8Rng;

/// A generator for draw `k` of the named `stream` of a run with `seed`.
pub fn generator(seed: u64, stream: &str, k: u64) -> Generator {
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

/// `n` independent standard normal numbers.
pub fn normals(rng: &mut Generator, n: usize) -> Vec<f64> {
    (0..n).map(|_| StandardNormal.sample(rng)).collect()
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
