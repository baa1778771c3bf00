//! Meteorology from files: real ones, read and run (where MCAS_TEST_DATA names their folder), and
//! synthetic ones of the same layouts, right and wrong; and what all real files hold.

#![allow(clippy::unwrap_used)]

mod bad;
mod day;
mod days;
mod geos_chem;
mod hybrid;
mod layouts;
mod levels;
mod looks;
mod mixing;
mod speedy;
mod support;
mod values;
