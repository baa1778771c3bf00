//! What the machine itself can do: memory bandwidth, arithmetic, memory held.

use crate::ensemble::Real;
use crate::error::Result;
use crate::transport::kernel::{Kernel, Processor, fma};
use rayon::prelude::*;
use std::hint::black_box;
use std::time::Instant;

/// The least time of some turns, after one that does not count.
pub(super) fn milliseconds(turns: usize, mut work: impl FnMut(usize) -> Result<()>) -> Result<f64> {
    let mut best = f64::MAX;
    for turn in 0..=turns {
        let begun = Instant::now();
        work(turn)?;
        if turn > 0 {
            best = best.min(1e3 * begun.elapsed().as_secs_f64());
        }
    }
    Ok(best)
}

/// Two numbers read and one written in each of 16 million places, best of five \[GB s-1\].
pub(super) fn bandwidth() -> f64 {
    let n = 1 << 24;
    let (mut a, b, c) = (vec![0f32; n], vec![1f32; n], vec![2f32; n]);
    let best = milliseconds(5, |_| {
        a.par_chunks_mut(1 << 16)
            .zip(b.par_chunks(1 << 16))
            .zip(c.par_chunks(1 << 16))
            .for_each(|((a, b), c)| {
                a.iter_mut()
                    .zip(b)
                    .zip(c)
                    .for_each(|((a, b), c)| *a = b + 3.0 * c);
            });
        black_box(&a);
        Ok(())
    });
    3e-6 * (n * size_of::<f32>()) as f64 / best.unwrap_or(f64::MAX)
}

/// Multiply-adds of numbers in registers, one task for each thread.
struct MultiplyAdds<'a, T> {
    numbers: &'a mut [T; 96],
    turns: usize,
}

impl<T: Real> Kernel for MultiplyAdds<'_, T> {
    #[inline(always)]
    fn run<const FMA: bool>(self) {
        let (factor, term) = (black_box(T::from_f64(0.5)), black_box(T::from_f64(1.0)));
        let mut numbers = *self.numbers;
        for _ in 0..self.turns {
            for x in &mut numbers {
                *x = fma::<T, FMA>(*x, factor, term);
            }
        }
        *self.numbers = numbers;
    }
}

/// Two operations for each multiply-add, best of five \[GFLOP s-1\].
pub(super) fn multiply_adds<T: Real>() -> f64 {
    let (processor, turns, threads) =
        (Processor::detect(), 2_000_000, rayon::current_num_threads());
    let best = milliseconds(5, |_| {
        (0..threads).into_par_iter().with_max_len(1).for_each(|_| {
            let mut numbers = [T::from_f64(2.0); 96];
            processor.run(MultiplyAdds {
                numbers: &mut numbers,
                turns,
            });
            black_box(numbers);
        });
        Ok(())
    });
    2e-6 * (96 * turns * threads) as f64 / best.unwrap_or(f64::MAX)
}

/// The most memory that the program held \[MB\], zero where the system does not report it.
pub fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .and_then(|l| l.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) * 1.024e-3
}

/// The processor time that the program has used, of all its threads \[s\]; zero where the system
/// does not report it.
pub(super) fn cpu_seconds() -> f64 {
    // proc(5): utime and stime are the 14th and 15th fields, counted behind the name in brackets.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind.split_whitespace().skip(11).take(2);
    ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0
}
