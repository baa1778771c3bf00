//! Names and units as CF and UDUNITS have them.

use crate::units::Unit;

/// Letters, digits and underscores, as CF asks.
pub(super) fn safe_name(name: &str) -> String {
    let plain: String = name
        .trim()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '_'
            }
        })
        .collect();
    if plain.starts_with(|c: char| c.is_ascii_alphabetic()) {
        plain
    } else {
        format!("v_{plain}")
    }
}

/// What CF asks of a coordinate of this name.
pub(super) fn axis_attributes(name: &str, unit: &Unit) -> Vec<(&'static str, &'static str)> {
    let pressure = Unit::parse("Pa").is_ok_and(|pa| unit.same_kind(&pa));
    match name {
        "lat" => vec![
            ("standard_name", "latitude"),
            ("long_name", "latitude"),
            ("axis", "Y"),
        ],
        "lon" => vec![
            ("standard_name", "longitude"),
            ("long_name", "longitude"),
            ("axis", "X"),
        ],
        "level" | "lev" | "height" | "pressure" if pressure => vec![
            ("standard_name", "air_pressure"),
            ("axis", "Z"),
            ("positive", "down"),
        ],
        "level" | "lev" | "height" => vec![("axis", "Z"), ("positive", "up")],
        _ => vec![],
    }
}

/// A name as people write it: `nee_mean` is "nee mean".
pub(super) fn long_name(name: &str) -> String {
    name.replace('_', " ").trim().to_string()
}

/// A unit that UDUNITS reads, and what the mass in it is of, which UDUNITS has no place for.
pub(super) fn cf_unit(unit: &Unit) -> (String, Option<&'static str>) {
    let text = unit.to_string();
    let (mut words, mut substance): (Vec<String>, _) = (vec![], None);
    for word in text.split_whitespace() {
        let of_mass = words.last().is_some_and(|w: &String| is_mass(w));
        match word {
            "C" if of_mass => substance = Some(CARBON),
            "CO2" if of_mass => substance = Some(CARBON_DIOXIDE),
            _ => {
                let parts = word.split('/').map(|part| match without_substance(part) {
                    Some((mass, of)) => {
                        substance = Some(of);
                        mass
                    }
                    None => part.replace("wk", "week"),
                });
                words.push(parts.collect::<Vec<_>>().join("/"));
            }
        }
    }
    match words.is_empty() {
        true => ("1".into(), None),
        false => (words.join(" "), substance),
    }
}

const CARBON: &str = "carbon";
const CARBON_DIOXIDE: &str = "carbon dioxide";

/// `kgC-1` is `kg-1` of carbon.
fn without_substance(part: &str) -> Option<(String, &'static str)> {
    let power = part.find(['-', '^', '+']);
    let (name, power) = part.split_at(power.unwrap_or(part.len()));
    for (symbol, substance) in [("CO2", CARBON_DIOXIDE), ("C", CARBON)] {
        if let Some(mass) = name.strip_suffix(symbol).filter(|m| is_mass(m)) {
            return Some((format!("{mass}{power}"), substance));
        }
    }
    None
}

fn is_mass(name: &str) -> bool {
    name == "t"
        || name == "Mt"
        || name == "Gt"
        || name
            .strip_suffix('g')
            .is_some_and(|prefix| ["", "u", "m", "k", "M", "G", "T", "P", "E"].contains(&prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_of_udunits_and_carbon_is_said_apart() {
        let of = |text: &str| cf_unit(&Unit::parse(text).unwrap());
        for (text, written, substance) in [
            ("kgC m-2 s-1", "kg m-2 s-1", Some("carbon")),
            ("kg C m-2 s-1", "kg m-2 s-1", Some("carbon")),
            ("PgC/yr", "Pg/yr", Some("carbon")),
            ("kgCO2 m-2", "kg m-2", Some("carbon dioxide")),
            ("kg m-2", "kg m-2", None),
            ("ppm", "ppm", None),
            ("mol m-2 s-1", "mol m-2 s-1", None),
            ("", "1", None),
        ] {
            assert_eq!(of(text), (written.to_string(), substance), "{text}");
        }
        assert_eq!(long_name("nee_sd"), "nee sd");
    }
}
