//! The HDF5 library under the NetCDF library: its version, and what is known of it.

use super::quiet::symbol;
use std::ffi::c_int;

/// `H5get_libversion(majnum, minnum, relnum)`.
type GetVersion = unsafe extern "C" fn(*mut u32, *mut u32, *mut u32) -> c_int;

/// The first version in which the faults of readers of broken files that were reported up to 2024
/// are mended (release notes of HDF5 1.14.4).
const MENDED: (u32, u32, u32) = (1, 14, 4);

/// The version of the library that is loaded; nothing where it is not found.
pub fn hdf5_version() -> Option<(u32, u32, u32)> {
    let found = symbol(c"H5get_libversion")?;
    let mut version = (0, 0, 0);
    // SAFETY: the signature is HDF5's in all versions; the pointers are to numbers that live here.
    let failed = unsafe {
        std::mem::transmute::<*mut std::ffi::c_void, GetVersion>(found)(
            &mut version.0,
            &mut version.1,
            &mut version.2,
        )
    };
    (failed >= 0).then_some(version)
}

/// What is known against the version that is loaded.
pub fn known_faults() -> Option<String> {
    hdf5_version().and_then(faults_of)
}

fn faults_of(version: (u32, u32, u32)) -> Option<String> {
    let (major, minor, release) = version;
    (version < MENDED).then(|| {
        format!(
            "libhdf5 {major}.{minor}.{release} is known to crash or hang on broken files, \
             1.14.4 mends what was reported; --isolate reads in a process of its own"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_with_known_faults_are_named() {
        assert!(faults_of((1, 10, 8)).unwrap().contains("1.10.8"));
        assert_eq!(faults_of((1, 14, 4)), None);
        assert_eq!(faults_of((2, 0, 0)), None);
        assert!(hdf5_version().is_none_or(|v| v > (1, 8, 0)));
    }
}
