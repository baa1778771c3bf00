//! Laws of the transport: what must hold whatever the winds.

#![allow(clippy::unwrap_used)]

mod conservation;
mod members;
mod processes;
mod schemes;
mod support;
