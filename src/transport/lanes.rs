//! Members side by side: a cell's values are `[T; W]`, and a kernel is compiled for what the
//! processor can do.

use crate::ensemble::Real;

/// Columns whose shared coefficients are formed side by side.
pub(crate) const BATCH: usize = 8;
/// A number for each of them.
pub type ColumnBatch = [f64; BATCH];

/// `a * b + c`, in one instruction where `FMA` says there is one.
#[inline(always)]
pub fn fma<T: Real, const FMA: bool>(a: T, b: T, c: T) -> T {
    if FMA { a.fused(b, c) } else { a * b + c }
}

/// Asks for memory that will be needed soon.
#[inline(always)]
pub(crate) fn fetch_ahead<T>(memory: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of_val(memory)).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: the address lies inside of the slice; a prefetch reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(memory.as_ptr().cast::<i8>().add(line)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = memory;
}

/// Work compiled once for each kind of processor. Implement `run` with `#[inline(always)]`.
pub trait Kernel {
    /// Members that it treats side by side and their bytes; only the processors that gain from so
    /// many compile it ([`Processor::takes`]).
    const WIDTH: (usize, usize) = (0, 0);
    /// Does the work; `FMA`: fused multiply-add is one instruction.
    fn run<const FMA: bool>(self);
}

/// What the processor can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processor {
    /// What every processor of this kind can do.
    Baseline,
    /// 8 single-precision numbers at once, fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 16 at once.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Processor {
    /// The best this one can do.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let fma = std::arch::is_x86_feature_detected!("avx2")
                && std::arch::is_x86_feature_detected!("fma");
            if fma && std::arch::is_x86_feature_detected!("avx512f") {
                return Processor::Avx512;
            }
            if fma {
                return Processor::Avx2;
            }
        }
        Processor::Baseline
    }

    /// Whether kernels of so many members side by side, of so many bytes, are compiled for it: more
    /// does not pay, and takes long to compile.
    pub fn takes(self, (members, bytes): (usize, usize)) -> bool {
        match self {
            Processor::Baseline => members <= BASELINE_MEMBERS,
            #[cfg(target_arch = "x86_64")]
            Processor::Avx2 => bytes <= AVX2_BYTES,
            #[cfg(target_arch = "x86_64")]
            Processor::Avx512 => true,
        }
    }

    /// Runs a kernel with the instructions of this processor.
    ///
    /// # Panics
    /// The kernel is wider than the processor takes.
    pub fn run<K: Kernel>(self, kernel: K) {
        match self {
            Processor::Baseline => {
                if K::WIDTH.0 <= BASELINE_MEMBERS {
                    kernel.run::<{ cfg!(target_arch = "aarch64") }>();
                } else {
                    unreachable!("a kernel that was not compiled");
                }
            }
            #[cfg(target_arch = "x86_64")]
            Processor::Avx2 => {
                if K::WIDTH.1 <= AVX2_BYTES {
                    // SAFETY: `detect` found AVX2 and FMA.
                    unsafe { with_avx2(kernel) }
                } else {
                    unreachable!("a kernel that was not compiled");
                }
            }
            #[cfg(target_arch = "x86_64")]
            Processor::Avx512 => {
                // SAFETY: `detect` found AVX-512F, AVX2 and FMA.
                unsafe { with_avx512(kernel) }
            }
        }
    }
}

const BASELINE_MEMBERS: usize = 16;
#[cfg(target_arch = "x86_64")]
const AVX2_BYTES: usize = 256;

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn with_avx2<K: Kernel>(kernel: K) {
    kernel.run::<true>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
unsafe fn with_avx512<K: Kernel>(kernel: K) {
    kernel.run::<true>();
}
