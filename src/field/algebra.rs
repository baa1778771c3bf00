//! Products and eigenvectors with dimensions matched by name.

use super::{Dimension, Field};
use crate::error::{Error, Result};
use crate::linalg::symmetric_eigen;
use crate::units::Unit;
use ndarray::{Array2, Ix2};

impl Field {
    /// Sum of products over the dimensions in `over` (over all shared ones when none is named). The
    /// result has the other dimensions of `self`, then those of `other`; units multiply.
    ///
    /// # Errors
    /// Nothing shared, or a dimension that both would keep.
    pub fn dot(&self, other: &Field, over: &[&str]) -> Result<Field> {
        let shared = self.shared_with(other);
        let summed: Vec<String> = if over.is_empty() {
            shared.clone()
        } else {
            over.iter().map(|s| s.to_string()).collect()
        };
        if summed.is_empty() {
            return Err(Error::new(format!(
                "\"{}\" and \"{}\" share no dimension",
                self.name, other.name
            ))
            .hint("a * b for the outer product"));
        }
        if let Some(common) = shared.iter().find(|n| !summed.contains(n)) {
            return Err(
                Error::new(format!("both fields would keep \"{common}\"")).hint(format!(
                    ".rename(\"{common}\", \"{common}_2\") on one of them"
                )),
            );
        }
        let (a, left) = self.folded(&summed, true)?;
        let (b, right) = other.folded(&summed, false)?;
        if a.ncols() != b.nrows() {
            return Err(
                Error::new(format!("the lengths of {} differ", summed.join(", ")))
                    .expected(a.ncols())
                    .got(b.nrows()),
            );
        }
        let dimensions: Vec<Dimension> = left.into_iter().chain(right).collect();
        let shape: Vec<usize> = dimensions.iter().map(Dimension::len).collect();
        let product = a.dot(&b).into_dyn().as_standard_layout().into_owned();
        let data = product
            .into_shape_with_order(shape)
            .expect("kept lengths multiply to the size of the product");
        let unit = self.unit.times(&other.unit);
        let product = Field::new(&self.name, unit, dimensions, data)?;
        Ok(product.with_taken_of(self).met_by(self).met_by(other))
    }

    /// Names of the dimensions that both have.
    fn shared_with(&self, other: &Field) -> Vec<String> {
        let theirs = other.dimensions();
        let mine = self.dimensions().iter();
        mine.filter(|d| theirs.iter().any(|e| e.name == d.name))
            .map(|d| d.name.clone())
            .collect()
    }

    /// As a matrix: kept dimensions by summed ones (`summed_last`), or the other way round.
    fn folded(
        &self,
        summed: &[String],
        summed_last: bool,
    ) -> Result<(Array2<f64>, Vec<Dimension>)> {
        let inner = summed
            .iter()
            .map(|n| self.axis(n))
            .collect::<Result<Vec<_>>>()?;
        let outer: Vec<usize> = (0..self.shape().len())
            .filter(|k| !inner.contains(k))
            .collect();
        let size = |axes: &[usize]| axes.iter().map(|k| self.shape()[*k]).product::<usize>();
        let (order, shape) = if summed_last {
            (
                [outer.clone(), inner.clone()].concat(),
                (size(&outer), size(&inner)),
            )
        } else {
            (
                [inner.clone(), outer.clone()].concat(),
                (size(&inner), size(&outer)),
            )
        };
        let view = self.data().view().permuted_axes(order);
        let matrix = view
            .as_standard_layout()
            .into_owned()
            .into_shape_with_order(shape)
            .expect("a contiguous array reshapes");
        Ok((
            matrix,
            outer
                .iter()
                .map(|k| self.dimensions()[*k].clone())
                .collect(),
        ))
    }

    /// The values of a field of two dimensions as a matrix.
    ///
    /// # Errors
    /// Another number of dimensions.
    pub fn matrix(&self) -> Result<Array2<f64>> {
        self.data()
            .view()
            .into_dimensionality::<Ix2>()
            .map(|m| m.to_owned())
            .map_err(|_| {
                Error::new(format!("\"{}\" is not a matrix", self.name))
                    .expected("two dimensions")
                    .got(format!("{}", self.shape().len()))
            })
    }

    /// Eigenvalues, ascending, and eigenvectors of a symmetric matrix, along the new dimension
    /// `mode`.
    ///
    /// # Errors
    /// Not a square matrix, or not symmetric to 1e-9 of its largest entry.
    pub fn eigen(&self) -> Result<(Field, Field)> {
        let matrix = self.symmetric_matrix()?;
        let (values, vectors) = symmetric_eigen(matrix.view())?;
        let mode = Dimension::index("mode", values.len());
        let along = self.dimensions()[0].clone();
        Ok((
            Field::new(
                "eigenvalues",
                self.unit.clone(),
                vec![mode.clone()],
                values.into_dyn(),
            )?
            .with_origin_of(self),
            Field::new(
                "eigenvectors",
                Unit::none(),
                vec![along, mode],
                vectors.into_dyn(),
            )?
            .with_origin_of(self),
        ))
    }

    /// A power of a symmetric matrix by its eigenvectors: -1 its inverse, 0.5 its symmetric square
    /// root.
    ///
    /// # Errors
    /// Not symmetric; a fractional or negative power of a matrix that is not positive definite.
    pub fn symmetric_power(&self, power: f64) -> Result<Field> {
        let matrix = self.symmetric_matrix()?;
        let (values, vectors) = symmetric_eigen(matrix.view())?;
        let raised = values.mapv(|v| v.powf(power));
        if let Some(k) = raised.iter().position(|v| !v.is_finite()) {
            return Err(
                Error::new(format!("the power {power} of this matrix does not exist"))
                    .expected("positive eigenvalues")
                    .got(values[k]),
            );
        }
        let data = (&vectors * &raised).dot(&vectors.t()).into_dyn();
        let unit = if self.unit.is_none() {
            Unit::none()
        } else {
            self.clone().to_power(power)?.unit
        };
        let power = Field::new(&self.name, unit, self.dimensions().to_vec(), data)?;
        Ok(power.with_origin_of(self))
    }

    fn symmetric_matrix(&self) -> Result<Array2<f64>> {
        let m = self.matrix()?;
        if m.nrows() != m.ncols() {
            return Err(
                Error::new(format!("\"{}\" is not a square matrix", self.name)).got(format!(
                    "{} x {}",
                    m.nrows(),
                    m.ncols()
                )),
            );
        }
        let largest = m.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
        match m
            .indexed_iter()
            .find(|((i, j), v)| (**v - m[[*j, *i]]).abs() > 1e-9 * largest)
        {
            Some(((i, j), v)) => Err(Error::new(format!("\"{}\" is not symmetric", self.name))
                .got(format!("{v} at ({i}, {j}) and {} at ({j}, {i})", m[[j, i]]))),
            None => Ok(m),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn matrix(data: Array2<f64>, names: [&str; 2]) -> Field {
        let dimensions = vec![
            Dimension::index(names[0], data.nrows()),
            Dimension::index(names[1], data.ncols()),
        ];
        Field::new("a", Unit::none(), dimensions, data.into_dyn()).unwrap()
    }

    #[test]
    fn a_product_sums_over_the_shared_name_wherever_it_stands() {
        let a = matrix(array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], ["x", "k"]);
        let b = matrix(array![[1.0, 0.0, 2.0], [0.0, 1.0, 3.0]], ["k", "y"]);
        let product = a.dot(&b, &[]).unwrap();
        assert_eq!(
            product.matrix().unwrap(),
            array![[1.0, 2.0, 8.0], [3.0, 4.0, 18.0], [5.0, 6.0, 28.0]]
        );
        assert_eq!(
            a.dot(&b.transpose(&["y", "k"]).unwrap(), &["k"]).unwrap(),
            product
        );
        assert!(
            a.dot(&a, &["k"])
                .unwrap_err()
                .to_string()
                .contains("rename")
        );
    }

    #[test]
    fn the_square_of_the_square_root_is_the_matrix() {
        let a = matrix(array![[2.0, 1.0], [1.0, 3.0]], ["i", "j"]);
        let root = a.symmetric_power(0.5).unwrap().matrix().unwrap();
        assert!(
            (root.dot(&root) - a.matrix().unwrap())
                .iter()
                .all(|e| e.abs() < 1e-14)
        );
        assert!(
            matrix(array![[1.0, 2.0], [0.0, 1.0]], ["i", "j"])
                .eigen()
                .is_err()
        );
        assert!(
            matrix(array![[-1.0, 0.0], [0.0, 1.0]], ["i", "j"])
                .symmetric_power(0.5)
                .is_err()
        );
    }
}
