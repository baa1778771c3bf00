//! The quantities drivers read: how files name them, their unit, and the values an atmosphere can
//! have.

use crate::error::Error;

/// A quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// What it is, for messages.
    pub what: &'static str,
    /// Names of variables, tried in this order.
    pub names: &'static [&'static str],
    /// CF standard name, tried after them; empty for none.
    pub standard: &'static str,
    /// The unit values are given in.
    pub unit: &'static str,
    /// Other texts that files are known to have as the unit although values are in `unit`.
    pub mislabelled: &'static [&'static str],
    /// Least and greatest value, in `unit`.
    pub range: (f64, f64),
}

impl Quantity {
    /// The values an atmosphere can have, with their unit.
    pub fn span(&self) -> String {
        format!("{} to {} {}", self.range.0, self.range.1, self.unit)
            .trim_end_matches(" 1")
            .to_string()
    }

    /// The error of a value that is missing, or that no atmosphere has.
    pub fn refused(&self, value: f64) -> Error {
        let (what, got) = if value.is_nan() {
            ("missing", "no number".into())
        } else {
            ("out of range", value.to_string())
        };
        Error::new(format!("{} is {what}", self.what))
            .expected(self.span())
            .got(got)
    }
}

/// Eastward and northward wind \[m s-1\].
pub(crate) const WINDS: [Quantity; 2] = [
    Quantity {
        what: "the eastward wind",
        names: &["u", "U", "uwnd", "ua", "UGRD"],
        standard: "eastward_wind",
        unit: "m s-1",
        mislabelled: &[],
        range: (-200.0, 200.0),
    },
    Quantity {
        what: "the northward wind",
        names: &["v", "V", "vwnd", "va", "VGRD"],
        standard: "northward_wind",
        unit: "m s-1",
        mislabelled: &[],
        range: (-200.0, 200.0),
    },
];

/// Pressure at the ground \[Pa\].
pub(crate) const SURFACE_PRESSURE: Quantity = Quantity {
    what: "the surface pressure",
    names: &["ps", "PS", "sp", "pres"],
    standard: "surface_air_pressure",
    unit: "Pa",
    mislabelled: &[],
    range: (3.0e4, 1.2e5),
};

/// Air temperature \[K\]. Some files are labelled C and hold K; true degrees Celsius fall outside
/// the range.
pub(crate) const TEMPERATURE: Quantity = Quantity {
    what: "the temperature",
    names: &["t", "T", "air", "ta"],
    standard: "air_temperature",
    unit: "K",
    mislabelled: &["C", "degC", "degK"],
    range: (120.0, 400.0),
};

/// Specific humidity \[kg kg-1\]; interpolated fields overshoot a little below zero.
pub(crate) const SPECIFIC_HUMIDITY: Quantity = Quantity {
    what: "the specific humidity",
    names: &["q", "QV", "shum", "SHUM", "hus"],
    standard: "specific_humidity",
    unit: "1",
    mislabelled: &[],
    range: (-0.01, 0.1),
};

/// Height of the ground \[m\].
pub(crate) const SURFACE_HEIGHT: Quantity = Quantity {
    what: "the height of the ground",
    names: &["orog"],
    standard: "surface_altitude",
    unit: "m",
    mislabelled: &[],
    range: (-1500.0, 9000.0),
};

/// Height of the boundary layer above the ground \[m\].
pub(crate) const LAYER_HEIGHT: Quantity = Quantity {
    what: "the height of the boundary layer",
    names: &["blh", "hpbl", "pblh", "PBLH", "zmla"],
    standard: "atmosphere_boundary_layer_thickness",
    unit: "m",
    mislabelled: &[],
    range: (0.0, 1.2e4),
};

/// Convective updraft \[kg m-2 s-1\]; interpolated fields overshoot a little below zero.
pub(crate) const UPDRAFT: Quantity = Quantity {
    what: "the convective updraft",
    names: &["mumf", "avg_umf", "umf", "CMFMC"],
    standard: "atmosphere_updraft_convective_mass_flux",
    unit: "kg m-2 s-1",
    mislabelled: &[],
    range: (-0.1, 10.0),
};
