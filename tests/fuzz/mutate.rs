//! Changes to bytes, the same for the same number.

use mcas::random::generator;
use rand::RngExt;

/// Bytes that readers take for something else: ends, numbers at the edges of their types, marks.
const PIECES: [&[u8]; 14] = [
    b"\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"-9999999999999999999",
    b"1e400",
    b"nan",
    b"\n",
    b",,",
    b"\"",
    b"\xe9",
    b"\xef\xbb\xbf",
    b"[[[[[[[[",
    b"9999-12-31T23:59:60Z",
];

/// A sample changed at a few places for the `n`th time.
pub fn changed(sample: &[u8], target: &str, n: u64) -> Vec<u8> {
    let mut rng = generator(11, target, n);
    let mut bytes = sample.to_vec();
    // Most of what a reader decides by stands at the beginning.
    let span = [64, 256, 1024, usize::MAX][rng.random_range(0..4)];
    for _ in 0..[1, 1, 2, 4, 8][rng.random_range(0..5)] {
        if bytes.is_empty() {
            break;
        }
        let at = rng.random_range(0..bytes.len().min(span));
        let end = (at + rng.random_range(1..64)).min(bytes.len());
        match rng.random_range(0..8) {
            0 => bytes.truncate(at),
            1 | 2 => bytes[at] ^= 1 << rng.random_range(0..8),
            3 => bytes[at] = rng.random(),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                let piece = PIECES[rng.random_range(0..PIECES.len())];
                let end = (at + piece.len() * rng.random_range(0..2)).min(bytes.len());
                bytes.splice(at..end, piece.iter().copied());
            }
        }
    }
    bytes
}
