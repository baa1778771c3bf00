//! Units as they are read, and what converts to what.

use super::*;

fn factor(from: &str, to: &str) -> f64 {
    Unit::parse(from)
        .unwrap()
        .factor_to(&Unit::parse(to).unwrap())
        .unwrap()
}

#[test]
fn flux_units_convert_by_hand_computed_factors() {
    assert!((factor("kg C m-2 s-1", "gC m-2 d-1") / 8.64e7 - 1.0).abs() < 1e-15);
    assert!((factor("PgC/yr", "kgC s-1") / (1e12 / 31_556_952.0) - 1.0).abs() < 1e-15);
    assert!((factor("mol m-2 s-1", "gC m-2 s-1") - 12.011).abs() < 1e-12);
    assert!((factor("kgCO2 m-2 s-1", "kgC m-2 s-1") - 12.011 / 44.009).abs() < 1e-15);
    assert!((factor("mol mol-1", "ppm") - 1e6).abs() < 1e-6);
    assert_eq!(factor("hPa", "Pa"), 100.0);
    assert_eq!(factor("millibars", "hPa"), 1.0);
    assert!((factor("atoms cm-2 s-1", "mol m-2 s-1") * 6.022_140_76e19 - 1.0).abs() < 1e-15);
}

#[test]
fn carbon_and_air_and_concentrations_do_not_mix() {
    let ppm = Unit::parse("ppm").unwrap();
    assert!(!ppm.same_kind(&Unit::parse("PgC").unwrap()));
    assert!(
        Unit::parse("PgC")
            .unwrap()
            .factor_to(&Unit::parse("kg").unwrap())
            .is_err()
    );
}

#[test]
fn a_misspelt_unit_is_named_with_the_nearest_known_one() {
    let message = Unit::parse("ppmm").unwrap_err().to_string();
    assert!(
        message.contains("\"ppmm\"") && message.contains("\"ppm\""),
        "{message}"
    );
}

#[test]
fn a_flux_times_area_and_time_is_a_mass() {
    let flux = Unit::parse("kgC m-2 s-1").unwrap();
    let mass = flux
        .times(&Unit::parse("m2").unwrap())
        .times(&Unit::parse("s").unwrap());
    assert_eq!(mass.to_string(), "kgC");
    assert!((mass.factor_to(&Unit::parse("PgC").unwrap()).unwrap() - 1e-12).abs() < 1e-27);
}

/// What files and people write, and plainly: UDUNITS-2 for what it knows; the rest by hand.
const WRITTEN: [(&str, &str); 50] = [
    ("ppmv", "ppm"),
    ("ppmv dry", "ppm"),
    ("PPM", "ppm"),
    ("1e-6", "1e-6"),
    ("10^-6 mol mol-1", "ppm"),
    ("1.e-6 mol mol-1", "ppm"),
    ("parts per million", "ppm"),
    ("micromol mol-1", "ppm"),
    ("micromol mol-1 dry", "ppm"),
    ("µmol.mol-¹", "ppm"),
    ("nanomol mol-1", "ppb"),
    ("v/v", "mol mol-1"),
    ("mol mol-1 (dry air)", "mol mol-1"),
    ("GtC", "PgC"),
    ("Pg C yr-1", "PgC/yr"),
    ("MtC", "TgC"),
    ("MtCO2", "TgCO2"),
    ("GtCO2", "PgCO2"),
    ("tC", "MgC"),
    ("kg(C)/m2/s", "kgC m-2 s-1"),
    ("kg (C) m-2 s-1", "kgC m-2 s-1"),
    ("g-C m-2 day-1", "gC m-2 d-1"),
    ("KgC/m2/s", "kgC m-2 s-1"),
    ("umol CO2 m-2 s-1", "umol m-2 s-1"),
    ("micromol/(m2 s)", "umol m-2 s-1"),
    ("mol (m2 s)-1", "mol m-2 s-1"),
    ("kg m**-2 s**-1", "kg m-2 s-1"),
    ("ha", "1e4 m2"),
    ("week", "7 d"),
    ("Bq", "s-1"),
    ("atm", "101325 Pa"),
    ("millibars", "hPa"),
    ("Pascals", "Pa"),
    ("degrees_Kelvin", "K"),
    ("masl", "m"),
    ("meters above sea level (masl)", "m"),
    ("decimal degrees north (-90..90)", "degrees_north"),
    ("unitless", "1"),
    ("tonne C", "MgC"),
    ("Pg C yr$^{-1}$", "PgC/yr"),
    ("nmol mol-1", "ppb"),
    ("umol/mol", "ppm"),
    ("mol mol-1 dry", "mol mol-1"),
    ("ppm dry", "ppm"),
    ("vmr", "mol mol-1"),
    ("kg CO2 m-2 s-1", "kgCO2 m-2 s-1"),
    ("kg C/m2/s", "kgC m-2 s-1"),
    ("gC/m^2/month", "gC m-2 month-1"),
    ("mbar", "hPa"),
    ("m a.s.l.", "m"),
];

#[test]
fn units_are_read_as_files_and_people_write_them() {
    for (written, plain) in WRITTEN {
        let factor = factor(written, plain);
        assert!((factor - 1.0).abs() < 1e-12, "{written}: {factor} {plain}");
    }
    assert_eq!(Unit::parse("ppmv dry").unwrap().to_string(), "ppmv dry");
}

#[test]
fn a_unit_that_is_not_understood_is_kept_and_converts_to_nothing() {
    let unread = Unit::as_written("furlongs mol-1");
    assert_eq!(unread.to_string(), "furlongs mol-1");
    assert_eq!(unread.factor_to(&unread).unwrap(), 1.0);
    for other in ["ppm", "mol mol-1", "1", ""] {
        let other = Unit::parse(other).unwrap();
        assert!(unread.factor_to(&other).is_err() && other.factor_to(&unread).is_err());
    }
    let product = unread.times(&Unit::parse("m").unwrap());
    assert!(product.is_unread() && !product.is_none());
    assert!(unread.over(&unread).is_none() && unread.square_root().is_err());
}

#[test]
fn a_fraction_of_mass_is_no_fraction_of_moles() {
    let unit = |text: &str| Unit::parse(text).unwrap();
    for mass in ["kg kg-1", "g/kg", "mg kg-1"] {
        assert!(unit(mass).factor_to(&unit("ppm")).is_err());
        assert!(unit("mol mol-1").factor_to(&unit(mass)).is_err());
    }
    assert!((factor("g kg-1", "kg kg-1") - 1e-3).abs() < 1e-18);
    assert_eq!(factor("1", "mol mol-1"), 1.0);
}

#[test]
fn no_unit_meets_only_no_unit() {
    let unit = |text: &str| Unit::parse(text).unwrap();
    for with in ["ppm", "mol mol-1", "%", "K", "kg kg-1"] {
        let wrong = unit("").conversion_beside(&unit(with)).unwrap_err();
        assert!(wrong.to_string().contains("with_unit"), "{wrong}");
        assert!(unit(with).conversion_beside(&unit("")).is_err());
    }
    assert_eq!(unit("1").conversion_beside(&unit("")).unwrap(), (1.0, 0.0));
    assert_eq!(unit("ppm").conversion_beside(&unit("ppb")).unwrap().1, 0.0);
}

#[test]
fn degrees_celsius_begin_at_273_15_kelvin_and_their_differences_are_kelvin() {
    let [celsius, kelvin] = ["degC", "K"].map(|u| Unit::parse(u).unwrap());
    assert_eq!(celsius.conversion_to(&kelvin).unwrap(), (1.0, 273.15));
    assert_eq!(kelvin.conversion_to(&celsius).unwrap(), (1.0, -273.15));
    assert!(celsius.factor_to(&kelvin).is_err());
    assert_eq!(celsius.of_difference(), kelvin);
    assert_eq!(factor("W m-2 degC-1", "W m-2 K-1"), 1.0);
}
