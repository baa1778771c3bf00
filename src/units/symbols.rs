//! The table of units: symbols, their prefixes, and what whole phrases stand for.

use super::text::is_product;
use super::{AVOGADRO, BASES, MOLAR_MASS_CARBON, MOLAR_MASS_CO2};
use crate::time::{DAY, YEAR};

type Powers = [i32; BASES];

/// Symbols that hints and nearest names are taken from.
pub(super) const KNOWN: [&str; 27] = [
    "kg",
    "gC",
    "kgC",
    "PgC",
    "TgC",
    "GtC",
    "kgCO2",
    "GtCO2",
    "mol",
    "ppm",
    "ppb",
    "ppt",
    "m",
    "km",
    "s",
    "hour",
    "day",
    "week",
    "yr",
    "month",
    "K",
    "degC",
    "Pa",
    "hPa",
    "ha",
    "degrees_north",
    "degrees_east",
];

/// Degrees Celsius at 0 K, with the sign turned \[K\].
pub(super) const CELSIUS: f64 = 273.15;

/// The prefixes of symbols and of words, with what each may stand before.
const SHORT: [(&str, f64); 14] = [
    ("P", 1e15),
    ("T", 1e12),
    ("G", 1e9),
    ("M", 1e6),
    ("k", 1e3),
    ("h", 1e2),
    ("d", 1e-1),
    ("c", 1e-2),
    ("m", 1e-3),
    ("u", 1e-6),
    ("µ", 1e-6),
    ("μ", 1e-6),
    ("n", 1e-9),
    ("p", 1e-12),
];
const SHORT_BEFORE: [&str; 15] = [
    "g", "gC", "gCO2", "m", "s", "mol", "molC", "molCO2", "Pa", "J", "W", "Bq", "bar", "L", "Hz",
];
/// Tonnes come in thousands and more: `mt` would be a metric ton to some. `kt` alone may be a knot.
const TONNES: [&str; 3] = ["t", "tC", "tCO2"];
const LONG: [(&str, f64); 9] = [
    ("peta", 1e15),
    ("tera", 1e12),
    ("giga", 1e9),
    ("mega", 1e6),
    ("kilo", 1e3),
    ("hecto", 1e2),
    ("milli", 1e-3),
    ("micro", 1e-6),
    ("nano", 1e-9),
];
const LONG_BEFORE: [&str; 15] = [
    "gram", "grams", "meter", "meters", "metre", "metres", "second", "seconds", "pascal",
    "pascals", "mol", "mole", "moles", "tonnes", "bars",
];

/// Scale to SI and powers of the bases of a symbol, with or without a prefix; words in any case of
/// letters.
pub(super) fn symbol_of(symbol: &str) -> Option<(f64, Powers)> {
    let known = |s: &str| exact(s).or_else(|| prefixed(s));
    known(symbol).or_else(|| {
        let lower = symbol.to_lowercase();
        let word = symbol.chars().count() >= 3 && (lower.len() > 3 || lower.starts_with("pp"));
        let kilo = symbol.strip_prefix("Kg").map(|rest| format!("kg{rest}"));
        kilo.filter(|s| s != symbol)
            .or_else(|| word.then_some(lower).filter(|s| s != symbol))
            .and_then(|s| known(&s))
    })
}

fn prefixed(symbol: &str) -> Option<(f64, Powers)> {
    if symbol == "kt" {
        return None;
    }
    let split = |prefixes: &[(&str, f64)], before: &dyn Fn(&str, f64) -> bool| {
        prefixes.iter().find_map(|(prefix, factor)| {
            let rest = symbol.strip_prefix(prefix)?;
            let (scale, powers) = before(rest, *factor).then(|| exact(rest)).flatten()?;
            Some((scale * factor, powers))
        })
    };
    split(&SHORT, &|rest, factor| {
        SHORT_BEFORE.contains(&rest) || (factor >= 1e3 && TONNES.contains(&rest))
    })
    .or_else(|| split(&LONG, &|rest, _| LONG_BEFORE.contains(&rest)))
}

/// Scale and powers of a symbol without a prefix.
fn exact(symbol: &str) -> Option<(f64, Powers)> {
    amount(symbol)
        .or_else(|| extent(symbol))
        .or_else(|| state(symbol))
}

const CARBON_IN_CO2: f64 = MOLAR_MASS_CARBON / MOLAR_MASS_CO2;

/// The places of the bases.
const KG: usize = 0;
const CARBON: usize = 1;
const METRE: usize = 2;
const SECOND: usize = 3;
const KELVIN: usize = 4;
const MOLE: usize = 5;
const DEGREE: usize = 6;

/// A power of one base alone.
fn of(base: usize, power: i32) -> Powers {
    let mut powers = [0; BASES];
    powers[base] = power;
    powers
}

/// How much: fractions, masses and moles.
#[rustfmt::skip]
fn amount(symbol: &str) -> Option<(f64, Powers)> {
    Some(match symbol {
        "1" => (1.0, [0; BASES]),
        "%" | "percent" => (0.01, [0; BASES]),
        "ppm" | "ppmv" => (1e-6, [0; BASES]),
        "ppb" | "ppbv" => (1e-9, [0; BASES]),
        "ppt" | "pptv" => (1e-12, [0; BASES]),
        "g" | "gram" | "grams" => (1e-3, of(KG, 1)),
        "t" | "tonne" | "tonnes" => (1e3, of(KG, 1)),
        "gC" => (1e-3, of(CARBON, 1)),
        "tC" | "tonneC" | "tonnesC" => (1e3, of(CARBON, 1)),
        "gCO2" => (1e-3 * CARBON_IN_CO2, of(CARBON, 1)),
        "tCO2" | "tonneCO2" | "tonnesCO2" => (1e3 * CARBON_IN_CO2, of(CARBON, 1)),
        "mol" | "mole" | "moles" | "molC" | "molCO2" => (1.0, of(MOLE, 1)),
        "atom" | "atoms" | "molecule" | "molecules" | "molec" => (1.0 / AVOGADRO, of(MOLE, 1)),
        _ => return None,
    })
}

/// Where and when: lengths, areas, volumes, times and angles.
#[rustfmt::skip]
fn extent(symbol: &str) -> Option<(f64, Powers)> {
    Some(match symbol {
        "m" | "meter" | "meters" | "metre" | "metres" | "masl" | "magl" => (1.0, of(METRE, 1)),
        "ft" | "foot" | "feet" => (0.3048, of(METRE, 1)),
        "ha" | "hectare" | "hectares" => (1e4, of(METRE, 2)),
        "L" | "l" | "liter" | "liters" | "litre" | "litres" => (1e-3, of(METRE, 3)),
        "s" | "sec" | "secs" | "second" | "seconds" => (1.0, of(SECOND, 1)),
        "min" | "mins" | "minute" | "minutes" => (60.0, of(SECOND, 1)),
        "h" | "hr" | "hrs" | "hour" | "hours" => (3600.0, of(SECOND, 1)),
        "d" | "day" | "days" => (DAY, of(SECOND, 1)),
        "week" | "weeks" => (7.0 * DAY, of(SECOND, 1)),
        "yr" | "yrs" | "y" | "a" | "year" | "years" => (YEAR, of(SECOND, 1)),
        "month" | "months" => (YEAR / 12.0, of(SECOND, 1)),
        "Hz" | "Bq" | "becquerel" | "becquerels" => (1.0, of(SECOND, -1)),
        "radian" | "radians" | "rad" => (180.0 / std::f64::consts::PI, of(DEGREE, 1)),
        "degree" | "degrees" | "degrees_north" | "degrees_east" | "degree_north"
        | "degree_east" | "deg" | "°" => (1.0, of(DEGREE, 1)),
        _ => return None,
    })
}

/// Temperature, pressure, energy, power and force.
#[rustfmt::skip]
fn state(symbol: &str) -> Option<(f64, Powers)> {
    Some(match symbol {
        "K" | "kelvin" | "kelvins" | "degK" | "degree_kelvin" | "degrees_kelvin" | "deg_K"
        | "degC" | "degree_Celsius" | "degrees_Celsius" | "degree_celsius" | "degrees_celsius"
        | "Celsius" | "celsius" | "deg_C" | "°C" => (1.0, of(KELVIN, 1)),
        "Pa" | "pascal" | "pascals" => (1.0, [1, 0, -1, -2, 0, 0, 0]),
        "hpa" => (100.0, [1, 0, -1, -2, 0, 0, 0]),
        "mb" | "mbar" | "millibar" | "millibars" => (100.0, [1, 0, -1, -2, 0, 0, 0]),
        "bar" | "bars" => (1e5, [1, 0, -1, -2, 0, 0, 0]),
        "atm" | "atmosphere" => (101_325.0, [1, 0, -1, -2, 0, 0, 0]),
        "J" | "joule" | "joules" => (1.0, [1, 0, 2, -2, 0, 0, 0]),
        "W" | "watt" | "watts" => (1.0, [1, 0, 2, -3, 0, 0, 0]),
        "N" | "newton" | "newtons" => (1.0, [1, 0, 1, -2, 0, 0, 0]),
        _ => return None,
    })
}

/// Whether a symbol is of degrees Celsius, which do not begin at zero.
pub(super) fn is_celsius(symbol: &str) -> bool {
    let lower = symbol.to_lowercase();
    ["degc", "deg_c", "°c"].contains(&lower.as_str()) || lower.ends_with("celsius")
}

/// What a whole text stands for, where it is a phrase and no product of symbols: as files and
/// people write it. Remarks that change no number, such as "dry" or "(masl)", are taken off first.
#[rustfmt::skip]
pub(super) fn phrase(text: &str) -> String {
    let plain = without_remarks(text.trim());
    let lower = plain.to_lowercase();
    match lower.as_str() {
        "" => "",
        "none" | "unitless" | "dimensionless" | "-" | "na" | "n/a" | "pure number" | "fraction"
        | "mask" | "flag" | "boolean" | "0-1" | "count" | "counts" | "number" => "1",
        "v/v" | "vmr" | "vol/vol" | "mole fraction" | "mole_fraction" | "volume mixing ratio"
        | "molar fraction" => "mol mol-1",
        "parts per million" | "parts_per_million" | "parts per million by volume" => "ppm",
        "parts per billion" | "parts_per_billion" | "parts per billion by volume" => "ppb",
        "parts per trillion" | "parts_per_trillion" | "parts per trillion by volume" => "ppt",
        "meters above sea level" | "metres above sea level" | "m asl" | "m a.s.l." | "m amsl"
        | "meters above ground level" | "metres above ground level" | "m agl" | "m a.g.l."
        | "meters above ground" | "metres above ground" => "m",
        "degrees north" | "degree north" | "degrees_n" | "degree_n" | "degreesn" | "degreen"
        | "decimal degrees north" | "deg north" | "decimal_degrees_north" => "degrees_north",
        "degrees east" | "degree east" | "degrees_e" | "degree_e" | "degreese" | "degreee"
        | "decimal degrees east" | "deg east" | "decimal_degrees_east" => "degrees_east",
        "decimal degrees" | "decimal_degrees" => "degrees",
        "degrees kelvin" | "degree kelvin" | "deg k" | "deg_k" | "degk" => "K",
        "degrees celsius" | "degree celsius" | "deg c" | "degrees c" | "degc" => "degC",
        _ => plain,
    }
    .to_string()
}

/// Without a remark in parentheses at the end, and without "dry" or "dry air".
fn without_remarks(text: &str) -> &str {
    let text = match text.rfind(" (") {
        // The group of "kg (C)" is no remark.
        Some(k) if text.ends_with(')') && !is_product(text) => text[..k].trim(),
        _ => text,
    };
    let dry = [" (dry air)", " dry air", " dry", "_dry"];
    dry.iter()
        .find_map(|d| text.strip_suffix(d))
        .unwrap_or(text)
        .trim()
}
