//! Members side by side: a cell's values are `[T; W]`, and a kernel is compiled for what the processor can do.

use crate::ensemble::Real;

/// Columns whose shared coefficients are formed side by side.
pub const ABREAST: usize = 8;
/// A number for each of them.
pub type Abreast = [f64; ABREAST];

/// `a * b + c`, in one instruction where `FMA` says there is one.
#[inline(always)]
pub fn fma<T: Real, const FMA: bool>(a: T, b: T, c: T) -> T {
    if FMA { a.fused(b, c) } else { a * b + c }
}

/// Work compiled once for each kind of processor. Implement `run` with `#[inline(always)]`.
pub trait Kernel {
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
            let fma = std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma");
            if fma && std::arch::is_x86_feature_detected!("avx512f") {
                return Processor::Avx512;
            }
            if fma {
                return Processor::Avx2;
            }
        }
        Processor::Baseline
    }

    /// Runs a kernel with the instructions of this processor.
    pub fn run<K: Kernel>(self, kernel: K) {
        match self {
            Processor::Baseline => kernel.run::<{ cfg!(target_arch = "aarch64") }>(),
            // SAFETY: `detect` found these features.
            #[cfg(target_arch = "x86_64")]
            Processor::Avx2 => unsafe { with_avx2(kernel) },
            #[cfg(target_arch = "x86_64")]
            Processor::Avx512 => unsafe { with_avx512(kernel) },
        }
    }
}

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
