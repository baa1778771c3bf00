//! Reading: a part at once, or block by block into a reduction, one thread reading while another
//! adds up.

use super::dataset::Dataset;
use super::packing::Packing;
use super::part::Part;
use super::values::Block;
use crate::error::{Error, Result};
use crate::field::tally::{Shape, Tally, Weights};
use crate::field::{Dimension, Field, Plan, Reduction, room_for};
use ndarray::{ArrayD, IxDyn};
use std::ops::Range;
use std::sync::mpsc::sync_channel;

impl Dataset {
    /// Reads a part.
    ///
    /// # Errors
    /// Text instead of numbers, values the library cannot read.
    pub fn load(&self, part: &Part) -> Result<Field> {
        let lengths: Vec<usize> = part.axes.iter().map(|a| a.positions.len()).collect();
        let mut values = Vec::with_capacity(room_for(&lengths)?);
        self.stream(part, |_, block| values.extend_from_slice(block))?;
        if let Some(unit) = &part.instants {
            values
                .iter_mut()
                .for_each(|n| *n = unit.instant(*n).map_or(f64::NAN, |t| t.seconds() as f64));
        }
        let dimensions = part.dimensions();
        let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
        let data =
            ArrayD::from_shape_vec(IxDyn(&shape), values).expect("as many values as positions");
        let mut field = Field::new(&part.head.name, part.head.unit.clone(), dimensions, data)?;
        field.attributes = part.head.attributes.clone();
        Ok(field.with_taken_of(&part.head))
    }

    /// Reduces a part over the named dimensions, all of them when none is named, holding one block
    /// at a time. Weights multiply sums and means. Quantiles need all values of a line: the part is
    /// read whole.
    ///
    /// # Errors
    /// As [`Dataset::load`]; a dimension the part does not have, weights of another one.
    pub fn reduce(
        &self,
        part: &Part,
        how: Reduction,
        over: &[&str],
        weights: Option<&Field>,
    ) -> Result<Field> {
        let dimensions = part.dimensions();
        let plan = Plan::new(&part.head.name, &dimensions, over)?;
        if matches!(how, Reduction::Quantile(_)) || part.instants.is_some() {
            return self.load(part)?.reduce(how, over);
        }
        let laid = weights.map(|w| w.laid_out_for(&dimensions)).transpose()?;
        let stranger = |d: &&Dimension| !dimensions.iter().any(|e| e.name == d.name);
        if let Some(other) = weights.and_then(|w| w.dimensions().iter().find(stranger)) {
            return Err(Error::new(format!(
                "\"{}\" has no dimension \"{}\" that its weights have",
                part.head.name, other.name
            )));
        }
        let kept: Vec<usize> = (0..part.axes.len())
            .filter(|k| part.axes[*k].kept)
            .collect();
        let split = part
            .split_axis()
            .and_then(|axis| kept.iter().position(|k| *k == axis));
        let mut lengths: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
        let mut tally = Tally::new(how, plan.cells());
        self.stream(part, |rows, block| {
            let (mut base, mut first) = (0, 0);
            if let Some(axis) = split {
                lengths[axis] = rows.len();
                base = rows.start * plan.strides[axis];
                first = laid
                    .as_ref()
                    .map_or(0, |(_, strides)| rows.start * strides[axis]);
            }
            let weights = laid.as_ref().map(|(w, strides)| Weights {
                values: &w.as_slice().expect("laid out in standard order")[first..],
                strides,
            });
            let (lengths, strides) = (&lengths, &plan.strides);
            tally.add(block, Shape { lengths, strides }, weights, base);
        })?;
        let shape: Vec<usize> = plan.dimensions.iter().map(Dimension::len).collect();
        let data = ArrayD::from_shape_vec(IxDyn(&shape), tally.finish()).expect("a value per cell");
        let unit = match (how, weights) {
            (Reduction::Count, _) => crate::units::Unit::none(),
            (Reduction::Sum, Some(w)) => part.head.unit.times(&w.unit),
            _ => part.head.unit.clone(),
        };
        let mut field = Field::new(&part.head.name, unit, plan.dimensions, data)?;
        field.attributes = part.head.attributes.clone();
        Ok(field.with_taken_of(&part.head))
    }

    /// Hands over the values of a part in order, row-major, with their rows along the axis that is
    /// split.
    fn stream(&self, part: &Part, mut take: impl FnMut(Range<usize>, &[f64])) -> Result<()> {
        let variable = self.find(&part.variable)?;
        if part.is_empty() {
            return Ok(()); // a file without records yet
        }
        self.located(&part.variable, || {
            let packing = Packing::of(&variable);
            let ranges = part.ranges(&variable);
            let mut values = Vec::new();
            let mut give = |rows: Range<usize>, block: Block| {
                values.clear();
                block.unpack(&packing, &mut values);
                let ordered = part.in_order(&rows, std::mem::take(&mut values));
                take(rows, &ordered);
                values = ordered;
            };
            if let [one] = &ranges[..] {
                give(one.clone(), Block::read(&variable, part.extents(one))?);
                return Ok(());
            }
            std::thread::scope(|scope| {
                let (to, from) = sync_channel::<Result<(Range<usize>, Block)>>(2);
                let variable = &variable;
                scope.spawn(move || {
                    super::quiet::hdf5();
                    for rows in ranges {
                        let read = Block::read(variable, part.extents(&rows)).map(|b| (rows, b));
                        let over = read.is_err();
                        if to.send(read).is_err() || over {
                            return;
                        }
                    }
                });
                for read in from {
                    crate::progress::check_stop()?;
                    let (rows, block) = read?;
                    give(rows, block);
                }
                Ok(())
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Choice;
    use crate::units::Unit;

    /// A packed variable (time, lat, lon) of 40 x 30 x 700 values, some missing, and its values.
    fn written(folder: &std::path::Path) -> (Dataset, Field) {
        let path = folder.join("packed.nc");
        let mut file = netcdf::create(&path).unwrap();
        for (name, n) in [("time", 40), ("lat", 30), ("lon", 700)] {
            file.add_dimension(name, n).unwrap();
            let mut v = file.add_variable::<f64>(name, &[name]).unwrap();
            v.put_attribute(
                "units",
                if name == "time" {
                    "days since 2001-01-01"
                } else {
                    "1"
                },
            )
            .unwrap();
            v.put_values(&(0..n).map(|k| k as f64).collect::<Vec<_>>(), ..)
                .unwrap();
        }
        let mut v = file
            .add_variable::<i16>("t", &["time", "lat", "lon"])
            .unwrap();
        v.put_attribute("scale_factor", 0.5).unwrap();
        v.put_attribute("add_offset", 10.0).unwrap();
        v.put_attribute("valid_range", vec![0i16, 900]).unwrap();
        let stored: Vec<i16> = (0..40 * 30 * 700)
            .map(|k: i64| ((k * 7919) % 1001) as i16)
            .collect();
        v.put_values(&stored, ..).unwrap();
        file.close().unwrap();
        let dataset = Dataset::open(&path).unwrap();
        let field = dataset.field("t").unwrap();
        let expected = |s: &i16| {
            if *s > 900 {
                f64::NAN
            } else {
                f64::from(*s) * 0.5 + 10.0
            }
        };
        assert!(field.data().iter().zip(&stored).all(|(v, s)| v.to_bits()
            == expected(s).to_bits()
            || v.is_nan() && expected(s).is_nan()));
        (dataset, field)
    }

    fn near(a: &Field, b: &Field) -> bool {
        a.dimensions() == b.dimensions()
            && a.data()
                .iter()
                .zip(b.data())
                .all(|(x, y)| (x - y).abs() < 1e-9 * (1.0 + x.abs()))
    }

    #[test]
    fn a_reduction_by_blocks_is_that_of_the_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (dataset, field) = written(folder.path());
        let part = dataset.part("t").unwrap();
        let weights = field
            .at("time", 0)
            .unwrap()
            .at("lon", 0)
            .unwrap()
            .map(|v| if v.is_nan() { 1.0 } else { v });
        for over in [
            &["time"][..],
            &["lat", "lon"],
            &["time", "lon"],
            &["time", "lat", "lon"],
            &["lat"],
        ] {
            for how in [
                Reduction::Sum,
                Reduction::Mean,
                Reduction::StandardDeviation,
                Reduction::Min,
                Reduction::Max,
                Reduction::Count,
            ] {
                let streamed = dataset.reduce(&part, how, over, None).unwrap();
                assert!(
                    near(&streamed, &field.reduce(how, over).unwrap()),
                    "{how:?} over {over:?}"
                );
            }
            let streamed = dataset
                .reduce(&part, Reduction::Mean, over, Some(&weights))
                .unwrap();
            assert!(
                near(&streamed, &field.weighted_mean(&weights, over).unwrap()),
                "weighted over {over:?}"
            );
        }
        assert!(
            dataset
                .reduce(&part, Reduction::Mean, &["tim"], None)
                .unwrap_err()
                .to_string()
                .contains("\"time\"")
        );
    }

    #[test]
    fn any_selection_is_that_of_the_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (dataset, field) = written(folder.path());
        let part = dataset.part("t").unwrap();
        let choices = [
            ("time", Choice::Label("2001-02".into())),
            ("lat", Choice::Each(vec![20.0, 3.0, 4.0])),
            ("lon", Choice::Nearest(699.2)),
        ];
        let chosen = choices
            .iter()
            .fold(part.clone(), |p, (d, c)| p.sel(d, c).unwrap());
        let expected = choices
            .iter()
            .fold(field.clone(), |f, (d, c)| f.sel(d, c).unwrap());
        let same = |a: &Field, b: &Field| {
            a.dimensions() == b.dimensions() && a.to_string() == b.to_string()
        };
        assert!(same(&dataset.load(&chosen).unwrap(), &expected));
        let every_third: Vec<usize> = (0..40).step_by(3).collect();
        let strided = dataset
            .load(&part.at_positions("time", &every_third, true).unwrap())
            .unwrap();
        assert!(same(&strided, &field.take("time", &every_third).unwrap()));
        assert_eq!(part.head().unit, Unit::none());
        assert!(
            part.sel("lat", &Choice::Between(100.0, 200.0)).is_err()
                && part.at_positions("time", &[40], false).is_err()
        );
    }

    #[test]
    fn a_file_without_records_yet_is_empty_and_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("no_records.nc");
        let mut file = netcdf::create(&path).unwrap();
        file.add_unlimited_dimension("time").unwrap();
        file.add_dimension("lat", 2).unwrap();
        let mut time = file.add_variable::<f64>("time", &["time"]).unwrap();
        time.put_attribute("units", "days since 2000-01-01")
            .unwrap();
        file.add_variable::<f32>("x", &["time", "lat"]).unwrap();
        file.add_string_variable("site", &["time"]).unwrap();
        file.close().unwrap();
        let file = Dataset::open(&path).unwrap();
        assert_eq!(file.field("x").unwrap().shape(), [0, 2]);
        let part = file.part("x").unwrap();
        assert!(part.to_string().contains("time: 0"));
        let mean = file
            .reduce(&part, Reduction::Mean, &["time"], None)
            .unwrap();
        assert!(mean.shape() == [2] && mean.data().iter().all(|v| v.is_nan()));
        assert!(file.text("site").unwrap().is_empty() && file.times("time").unwrap().is_empty());
    }
}
