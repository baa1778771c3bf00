//! Meteorology from files: real ones, read and run (where MCAS_TEST_DATA names their folder), and
//! synthetic ones of the same layouts, right and wrong.

mod bad;
mod geos_chem;
mod levels;
mod looks;
mod mixing;
mod speedy;
mod support;
