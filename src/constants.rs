//! Constants of the Earth and of measurement that more than one room needs. Molar masses are with
//! the units, lengths of time with the instants.

/// Standard acceleration of gravity \[m s-2\] (CGPM 1901).
pub const GRAVITY: f64 = 9.80665;
/// Radius of the sphere that stands for the Earth \[m\], its mean radius (IUGG) to 1 km.
pub const EARTH_RADIUS: f64 = 6.371e6;
/// Gas constant of dry air \[J kg-1 K-1\] (WMO).
pub const GAS_CONSTANT_DRY_AIR: f64 = 287.05;
/// Days in the mean year of the Gregorian calendar.
pub const DAYS_PER_YEAR: f64 = 365.2425;
/// One part per million \[mol mol-1\].
pub const PPM: f64 = 1e-6;
