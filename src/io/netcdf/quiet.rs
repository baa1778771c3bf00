//! Keeps HDF5 from printing its own error stack.
//!
//! libnetcdf, since 4.9.0, probes for attributes that most files lack and silences HDF5 only for
//! the thread that came first: every other thread would print pages that mean nothing. True
//! failures still reach the caller through libnetcdf's return codes.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};

/// `H5Eset_auto2(estack_id, func, client_data)`; identifiers are 64 bits wide since HDF5 1.10.
type SetAuto = unsafe extern "C" fn(i64, *const c_void, *mut c_void) -> c_int;

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, symbol: *const c_char) -> *mut c_void;
}

thread_local!(static DONE: Cell<bool> = const { Cell::new(false) });

/// Silences HDF5 on this thread, once; does nothing where the function is not found among the
/// loaded libraries.
pub(crate) fn hdf5() {
    if DONE.replace(true) {
        return;
    }
    if let Some(found) = symbol(c"H5Eset_auto2") {
        // SAFETY: the signature is HDF5's since 1.10, and a null function with the default stack
        // (0) is its documented way to turn automatic printing off.
        unsafe {
            std::mem::transmute::<*mut c_void, SetAuto>(found)(
                0,
                std::ptr::null(),
                std::ptr::null_mut(),
            );
        }
    }
}

/// A function among the loaded libraries.
pub(super) fn symbol(name: &CStr) -> Option<*mut c_void> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    // SAFETY: a null handle asks glibc for the default search order; the name is a C string.
    let found = unsafe { dlsym(std::ptr::null_mut(), name.as_ptr()) };
    (!found.is_null()).then_some(found)
}
