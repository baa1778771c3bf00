//! Laws of the filter's algebra: equalities, limits and known cases.

#![allow(clippy::unwrap_used)]

mod applying;
mod explaining;
mod factors;
mod fallbacks;
mod hard_optimum;
mod innovations;
mod kalman;
mod letkf;
mod likelihood;
mod localizing;
mod lorenz96;
mod mass;
mod memory;
mod moderation;
mod optimum;
mod releasing;
mod support;
mod tracers;
mod updating;
