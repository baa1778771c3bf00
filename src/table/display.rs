//! How a table prints: fitted to the terminal, or as Markdown.

use super::{Cell, Column, Table};
use comfy_table::presets::{ASCII_MARKDOWN, UTF8_HORIZONTAL_ONLY};
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, TableStyle};
use std::fmt;

/// Most rows printed; the rest is counted.
const MOST: usize = 40;

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Number(x) => f.write_str(&short(*x)),
            Cell::Text(t) => f.write_str(t),
            Cell::Time(t) => write!(f, "{t}"),
        }
    }
}

/// Cells of a column: numbers with as many decimals as the one of them that needs most, so that
/// their points stand below each other; where they differ by more than five orders of magnitude
/// each for itself.
fn cells(column: &Column, rows: usize) -> Vec<String> {
    let each = || {
        (0..rows)
            .map(|k| column.cell(k).to_string())
            .collect::<Vec<_>>()
    };
    let Column::Numbers(values, _) = column else {
        return each();
    };
    let sizes = || values[..rows].iter().map(|x| x.abs()).filter(|x| *x > 0.0);
    let (least, most) = (
        sizes().fold(f64::INFINITY, f64::min),
        sizes().fold(0.0, f64::max),
    );
    let integers = values[..rows]
        .iter()
        .all(|x| x.is_nan() || x.fract() == 0.0);
    if integers || least < 1e-3 || most >= 1e6 || most / least > 1e5 {
        return each();
    }
    let decimals = |x: f64| {
        if x.is_finite() {
            short(x)
                .trim_end_matches('0')
                .split_once('.')
                .map_or(0, |(_, d)| d.len())
        } else {
            0
        }
    };
    let decimals = values[..rows]
        .iter()
        .map(|x| decimals(*x))
        .max()
        .unwrap_or(0);
    values[..rows]
        .iter()
        .map(|x| {
            if x.is_finite() {
                format!("{x:.decimals$}")
            } else {
                short(*x)
            }
        })
        .collect()
}

/// A number in five significant digits.
fn short(x: f64) -> String {
    if x.is_nan() {
        return "-".into();
    }
    if x.fract() == 0.0 && x.abs() < 1e9 {
        return format!("{x}");
    }
    if !(1e-3..1e6).contains(&x.abs()) {
        return format!("{x:.4e}");
    }
    let digits = (4 - x.abs().log10().floor() as i32).clamp(0, 7) as usize;
    format!("{x:.digits$}")
}

impl Table {
    fn drawn(&self, preset: TableStyle, most: usize) -> comfy_table::Table {
        let mut drawn = comfy_table::Table::new();
        drawn.load_style(preset);
        drawn.set_header(self.columns().iter().map(|(n, c)| match c {
            Column::Numbers(_, unit) if !unit.to_string().is_empty() => format!("{n} [{unit}]"),
            _ => n.clone(),
        }));
        let rows = self.rows().min(most);
        let columns: Vec<Vec<String>> =
            self.columns().iter().map(|(_, c)| cells(c, rows)).collect();
        for row in 0..rows {
            drawn.add_row(columns.iter().map(|c| &c[row]));
        }
        for (k, (_, column)) in self.columns().iter().enumerate() {
            if let (Column::Numbers(..), Some(c)) = (column, drawn.column_mut(k)) {
                c.set_cell_alignment(CellAlignment::Right);
            }
        }
        drawn
    }

    /// The whole table as Markdown.
    pub fn to_markdown(&self) -> String {
        self.drawn(ASCII_MARKDOWN, usize::MAX).to_string()
    }
}

/// How many columns, at least one, fit a width with a space on either side of each and another
/// between.
fn fitting(widths: &[u16], width: u16) -> usize {
    let ends = widths.iter().scan(0, |end, w| {
        *end += usize::from(*w) + 3;
        Some(*end)
    });
    ends.take_while(|end| *end <= usize::from(width) + 1)
        .count()
        .max(1)
}

/// The first few of many names.
fn some(names: &[&str]) -> String {
    if names.len() > 6 {
        format!("{}, ...", names[..5].join(", "))
    } else {
        names.join(", ")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.columns().is_empty() {
            return f.write_str("a table without columns");
        }
        let style = UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none());
        let mut drawn = self.drawn(style, MOST);
        let fitting = drawn.width().map_or(self.columns().len(), |width| {
            fitting(&drawn.column_max_content_widths(), width)
        });
        if fitting < self.columns().len() {
            let names = self.names();
            drawn = self
                .select(&names[..fitting])
                .map_err(|_| fmt::Error)?
                .drawn(style, MOST);
            drawn.set_content_arrangement(ContentArrangement::Dynamic);
        }
        let lines: Vec<String> = drawn
            .to_string()
            .lines()
            .map(|l| l.trim_end().to_string())
            .collect();
        f.write_str(&lines.join("\n"))?;
        if self.rows() > MOST {
            write!(f, "\n... {} rows in all", self.rows())?;
        }
        if fitting < self.columns().len() {
            write!(
                f,
                "\n... {} columns in all; also {}",
                self.columns().len(),
                some(&self.names()[fitting..])
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sites;
    use super::*;

    #[test]
    fn a_table_prints_units_and_marks_missing_numbers() {
        let text = sites().to_string();
        assert!(
            text.contains("co2 [ppm]") && text.contains("410") && text.contains(" -"),
            "{text}"
        );
        assert_eq!(
            sites().to_markdown().lines().next().unwrap(),
            "| site | co2 [ppm] |"
        );
    }

    #[test]
    fn the_points_of_a_column_stand_below_each_other() {
        assert_eq!(
            cells(&Column::numbers([387.2, 389.0, f64::NAN]), 3),
            ["387.2", "389.0", "-"]
        );
        assert_eq!(cells(&Column::numbers([2009.0, 12.0]), 2), ["2009", "12"]);
        assert_eq!(
            cells(&Column::numbers([1e-9, 400.5]), 2),
            ["1.0000e-9", "400.50"]
        );
    }

    #[test]
    fn as_many_columns_are_shown_as_fit() {
        assert_eq!(
            [
                fitting(&[10, 10, 10], 80),
                fitting(&[10, 10, 10], 26),
                fitting(&[90, 10], 80)
            ],
            [3, 2, 1]
        );
    }

    #[test]
    fn numbers_print_in_five_digits() {
        assert_eq!(
            [
                short(0.0012345678),
                short(123.45678),
                short(2e9),
                short(3.0),
                short(1e-9)
            ],
            ["0.0012346", "123.46", "2.0000e9", "3", "1.0000e-9"]
        );
    }
}
