//! Keeps HDF5 from printing its own error stack.
//!
//! libnetcdf, since 4.9.0, probes for attributes that most files lack and silences HDF5 only for
//! the thread that came first: every other thread would print pages that mean nothing. True
//! failures still reach the caller through libnetcdf's return codes.

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};

/// `H5Eset_auto2(estack_id, func, client_data)`; identifiers are 64 bits wide since HDF5 1.10.
type SetAuto = unsafe extern "C" fn(i64, *const c_void, *mut c_void) -> c_int;

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, symbol: *const c_char) -> *mut c_void;
}

thread_local!(static DONE: Cell<bool> = const { Cell::new(false) });

/// Silences HDF5 on this thread, once; does nothing where the function is not found among the
/// loaded libraries.
pub(crate) fn hdf5() {
    if !cfg!(target_os = "linux") || DONE.replace(true) {
        return;
    }
    // SAFETY: a null handle asks glibc for the default search order; the name is a C string; the
    // signature is HDF5's since 1.10, and a null function with the default stack (0) is its
    // documented way to turn automatic printing off.
    unsafe {
        let set_auto = dlsym(std::ptr::null_mut(), c"H5Eset_auto2".as_ptr());
        if !set_auto.is_null() {
            std::mem::transmute::<*mut c_void, SetAuto>(set_auto)(
                0,
                std::ptr::null(),
                std::ptr::null_mut(),
            );
        }
    }
}
