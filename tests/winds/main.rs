//! Laws of the transport under winds that are prescribed: stronger than a step can take, and in
//! three dimensions.

mod deformation;
mod divergent;
mod strong;
mod support;
