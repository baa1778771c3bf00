//! Shared by drivers that read files: finding and checking variables, their axes and levels, and
//! the way from winds at centres to mass fluxes through the faces of the model's cells.

mod agreement;
mod axes;
mod clock;
mod constant;
mod faces;
mod levels;
mod order;
mod quantity;
mod search;
mod variable;
mod weights;

pub(crate) use agreement::{check_alike, refuse_uncovered};
pub use clock::Clock;
pub use constant::constant;
pub use faces::Faces;
pub use levels::FileLevels;
pub use quantity::Quantity;
pub(crate) use quantity::{
    LAYER_HEIGHT, SPECIFIC_HUMIDITY, SURFACE_HEIGHT, SURFACE_PRESSURE, TEMPERATURE, UPDRAFT, WINDS,
};
pub use variable::Variable;
