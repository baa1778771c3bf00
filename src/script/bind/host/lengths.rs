//! Functions of the language that make something as long as they are told, asked first whether it
//! fits into memory.

use crate::field::room_for;
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, attempt};
use rhai::plugin::*;
use rhai::{Array, Blob, Dynamic};

/// Values of eight bytes that an element of an array takes.
const ELEMENT: usize = size_of::<Dynamic>().div_ceil(8);

/// Binds them in place of the language's own.
pub(super) fn bind(rooms: &mut Rooms) {
    rooms.global(exported_module!(functions));
}

/// The length wanted, if it is more than there is and fits.
fn more(context: &NativeCallContext, len: i64, now: usize, each: usize) -> Fallible<Option<usize>> {
    let wanted = usize::try_from(len).unwrap_or(0);
    attempt(context, || match wanted > now {
        true => room_for(&[wanted.div_ceil(8), 8 * each]).map(|_| Some(wanted)),
        false => Ok(None),
    })
}

#[export_module]
mod functions {
    #[rhai_fn(name = "pad", return_raw)]
    pub fn pad_array(
        context: NativeCallContext,
        array: &mut Array,
        len: i64,
        item: Dynamic,
    ) -> Fallible<()> {
        if let Some(len) = more(&context, len, array.len(), ELEMENT)? {
            array.resize(len, item);
        }
        Ok(())
    }
    #[rhai_fn(name = "pad", return_raw)]
    pub fn pad_text(
        context: NativeCallContext,
        text: &mut ImmutableString,
        len: i64,
        character: char,
    ) -> Fallible<()> {
        let now = text.chars().count();
        if let Some(len) = more(&context, len, now, 1)? {
            text.make_mut().extend((now..len).map(|_| character));
        }
        Ok(())
    }
    #[rhai_fn(name = "pad", return_raw)]
    pub fn pad_with_text(
        context: NativeCallContext,
        text: &mut ImmutableString,
        len: i64,
        padding: &str,
    ) -> Fallible<()> {
        let now = text.chars().count();
        if let Some(len) = more(&context, len, now, 1)?
            && !padding.is_empty()
        {
            let more = padding.chars().cycle().take(len - now);
            text.make_mut().extend(more);
        }
        Ok(())
    }
    #[rhai_fn(name = "blob", return_raw)]
    pub fn blob_of_zeros(context: NativeCallContext, len: i64) -> Fallible<Blob> {
        blob_of(context, len, 0)
    }
    #[rhai_fn(name = "blob", return_raw)]
    pub fn blob_of(context: NativeCallContext, len: i64, value: i64) -> Fallible<Blob> {
        let len = more(&context, len, 0, 1)?.unwrap_or(0);
        Ok(vec![(value & 0xff) as u8; len])
    }
}
