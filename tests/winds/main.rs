//! Laws of the transport under winds that are prescribed: stronger than a step can take, and in
//! three dimensions.

#![allow(clippy::unwrap_used)]

mod deformation;
mod divergent;
mod strong;
mod support;
