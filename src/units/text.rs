//! Units as they are written: products, quotients and powers of symbols.

use super::symbols::symbol_of;

/// The factors of a unit as they are written, each with its power: `kg C m-2 s-1`, `PgC/yr`,
/// `mol/(m2 s)`, `m s**-1`, `µmol·mol⁻¹`. A stroke divides by the next factor or group alone. The
/// element or gas that a mass is of is part of its symbol; that of moles and fractions is dropped.
///
/// # Returns
/// None for parentheses that do not match, or a power that is no whole number.
pub(super) fn factors(text: &str) -> Option<Vec<(String, i32)>> {
    let text = spaced(text);
    let mut words = text.split_whitespace().peekable();
    let powers = product(&mut words, 0)?;
    words.next().is_none().then(|| of_species(powers))
}

/// Whether a text is a product of known symbols.
pub(super) fn is_product(text: &str) -> bool {
    factors(text).is_some_and(|all| {
        let of_carbon = |s: &str| s == "C" || s == "CO2";
        all.iter()
            .all(|(s, _)| number_of(s).is_some() || of_carbon(s) || symbol_of(s).is_some())
    })
}

/// One word for each factor, stroke and parenthesis.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    // As in labels of figures: yr$^{-1}$.
    let text = text.replace("**", "^").replace("$^{", "").replace("}$", "");
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let number = before.is_ascii_digit() && rest.peek().is_some_and(char::is_ascii_digit);
        match c {
            '/' => out.push_str(" / "),
            '(' => out.push_str(" ( "),
            // A power stands right behind its group.
            ')' => out.push_str(" )"),
            '*' | '·' | '×' | '⋅' => out.push(' '),
            '.' if !number && !rest.peek().is_some_and(|c| "eE".contains(*c)) => out.push(' '),
            '⁻' => out.push('-'),
            '¹' => out.push('1'),
            '²' => out.push('2'),
            '³' => out.push('3'),
            '⁴' => out.push('4'),
            c => out.push(c),
        }
        before = c;
    }
    out
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn product(words: &mut Words, depth: usize) -> Option<Vec<(String, i32)>> {
    let (mut sign, mut powers) = (1, Vec::new());
    while let Some(word) = words.next_if(|w| !w.starts_with(')')) {
        match word {
            "/" => sign = -1,
            "(" if depth < 4 => {
                let inside = product(words, depth + 1)?;
                let end = words.next()?.strip_prefix(')')?;
                let end = end.trim_start_matches('^');
                let power = if end.is_empty() { 1 } else { end.parse().ok()? };
                powers.extend(inside.into_iter().map(|(s, p)| (s, p * sign * power)));
                sign = 1;
            }
            "(" => return None,
            word => {
                let (symbol, power) = split_power(word)?;
                powers.push((symbol.to_string(), power * sign));
                sign = 1;
            }
        }
    }
    Some(powers)
}

/// `m-2` -> (`m`, -2); `m^-2`, `m2` alike. A number is a factor by itself.
pub(super) fn split_power(word: &str) -> Option<(&str, i32)> {
    if number_of(word).is_some() {
        return Some((word, 1));
    }
    let digits = word.trim_end_matches(|c: char| c.is_ascii_digit());
    if digits.len() == word.len() || (word.ends_with("CO2") && digits.ends_with("CO")) {
        return Some((word, 1));
    }
    let symbol = digits.strip_suffix(['-', '+']).unwrap_or(digits);
    let power = word[symbol.len()..].parse().ok()?;
    Some((symbol.trim_end_matches('^'), power))
}

/// A number in a unit, such as `1e-9` or `10^-9`, which scales it.
pub(super) fn number_of(token: &str) -> Option<f64> {
    let number = match token.strip_prefix("10^") {
        Some(power) => 10f64.powi(power.parse().ok()?),
        None => token.parse().ok()?,
    };
    let written = token.starts_with(|c: char| c.is_ascii_digit());
    (written && number > 0.0 && number.is_finite()).then_some(number)
}

/// With `C` and `CO2` joined to the mass before them, and dropped behind moles and fractions.
fn of_species(factors: Vec<(String, i32)>) -> Vec<(String, i32)> {
    let mut out: Vec<(String, i32)> = Vec::with_capacity(factors.len());
    for (symbol, power) in factors {
        let species = symbol.trim_start_matches(['-', '_']);
        if !["C", "CO2"].contains(&species) {
            out.push(match symbol.rsplit_once(['-', '_']) {
                Some((mass, of)) if ["C", "CO2"].contains(&of) && mass != "deg" => {
                    (format!("{mass}{of}"), power)
                }
                _ => (symbol, power),
            });
            continue;
        }
        match out.last_mut() {
            Some((last, _)) if symbol_of(&format!("{last}{species}")).is_some() => {
                last.push_str(species);
            }
            // Moles of CO2 and of its carbon are the same number, and so are their fractions.
            Some((last, _)) if is_amount(last) => {}
            _ => out.push((symbol, power)),
        }
    }
    out
}

fn is_amount(symbol: &str) -> bool {
    symbol.starts_with("pp") || symbol_of(symbol).is_some_and(|(_, p)| p == [0, 0, 0, 0, 0, 1, 0])
}
