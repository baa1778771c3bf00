//! Labelled arrays.
use super::Rooms;
use crate::field::Field;
/// Binds fields.
pub fn bind(rooms: &mut Rooms) {
    rooms.value::<Field>("Field");
}
