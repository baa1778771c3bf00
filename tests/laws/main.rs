//! Laws of the filter's algebra: equalities, limits and known cases.

mod applying;
mod factors;
mod innovations;
mod kalman;
mod likelihood;
mod localizing;
mod lorenz96;
mod support;
mod updating;
