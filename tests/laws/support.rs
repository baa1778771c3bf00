//! Random but reproducible innovations, together with the dense matrices they stand for.

use mcas::innovation::{CovarianceBlock, ErrorCovariance, Innovation, SourceData};
use mcas::linalg::PositiveDefinite;
use mcas::random;
use ndarray::{Array1, Array2, Axis, s};

/// A matrix of independent standard normal numbers.
pub fn normal(seed: u64, stream: &str, rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_vec(
        (rows, columns),
        random::normals(&mut random::generator(seed, stream, 0), rows * columns),
    )
    .unwrap()
}

/// A vector of independent standard normal numbers.
pub fn normals(seed: u64, stream: &str, n: usize) -> Array1<f64> {
    Array1::from(random::normals(&mut random::generator(seed, stream, 1), n))
}

pub fn mean(x: &Array2<f64>) -> Array1<f64> {
    x.mean_axis(Axis(1)).unwrap()
}

pub fn centred(x: &Array2<f64>) -> Array2<f64> {
    x - &mean(x).insert_axis(Axis(1))
}

/// Sample covariance over the columns.
pub fn covariance(x: &Array2<f64>) -> Array2<f64> {
    let a = centred(x);
    a.dot(&a.t()) / (x.ncols() - 1) as f64
}

pub fn largest(x: impl IntoIterator<Item = f64>) -> f64 {
    x.into_iter().fold(0.0, |a, v| a.max(v.abs()))
}

#[track_caller]
pub fn close(a: &Array2<f64>, b: &Array2<f64>, tolerance: f64) {
    assert_eq!(a.dim(), b.dim());
    let apart = largest(a - b);
    assert!(
        apart <= tolerance,
        "{apart:e} apart, more than {tolerance:e}"
    );
}

/// One source in full.
#[derive(Clone)]
pub struct Dense {
    pub name: String,
    pub equivalents: Array2<f64>,
    pub values: Array1<f64>,
    pub r: Array2<f64>,
    pub blocks: bool,
}

impl Dense {
    /// A source of `p` observations whose equivalents have rank `rank` at most and share their
    /// signals with other sources of the same seed.
    pub fn new(name: &str, seed: u64, p: usize, m: usize, rank: usize) -> Self {
        let operator = normal(seed, name, p, rank);
        let equivalents = operator.dot(&normal(seed, "signals", rank, m)) + 3.0;
        let values = operator.dot(&normals(seed, "truth", rank))
            + normals(seed, &format!("errors of {name}"), p)
            + 3.0;
        let r = Array2::from_diag(&normals(seed, &format!("R of {name}"), p).mapv(|x| 0.5 + x * x));
        Dense {
            name: name.into(),
            equivalents,
            values,
            r,
            blocks: false,
        }
    }
    /// With errors correlated in runs of three.
    pub fn correlated(mut self) -> Self {
        let sd = self.r.diag().mapv(f64::sqrt);
        self.r = Array2::from_shape_fn(self.r.dim(), |(i, j)| {
            if i / 3 == j / 3 {
                sd[i] * sd[j] * (-(i.abs_diff(j) as f64)).exp()
            } else {
                0.0
            }
        });
        self.blocks = true;
        self
    }
    pub fn n_obs(&self) -> usize {
        self.values.len()
    }
    /// The rows in another order, or some of them.
    pub fn rows(&self, rows: &[usize], name: &str) -> Self {
        Dense {
            name: name.into(),
            equivalents: self.equivalents.select(Axis(0), rows),
            values: self.values.select(Axis(0), rows),
            r: self.r.select(Axis(0), rows).select(Axis(1), rows),
            blocks: self.blocks,
        }
    }
    pub fn data(&self) -> SourceData {
        let p = self.n_obs();
        let covariance = if self.blocks {
            let runs = (0..p).collect::<Vec<_>>();
            let block = |rows: &[usize]| CovarianceBlock {
                rows: rows.to_vec(),
                covariance: self.r.select(Axis(0), rows).select(Axis(1), rows),
            };
            ErrorCovariance::Blocks(runs.chunks(3).map(block).collect())
        } else {
            ErrorCovariance::Diagonal(self.r.diag().to_owned())
        };
        SourceData::new(
            &self.name,
            self.equivalents.view(),
            self.values.view(),
            covariance,
        )
        .unwrap()
    }
}

pub fn innovation(sources: &[Dense]) -> Innovation {
    Innovation::new(
        sources[0].equivalents.ncols(),
        sources.iter().map(Dense::data).collect(),
    )
    .unwrap()
}

/// The likelihood by the book, `ln det S + d' S^-1 d` with S in full (p x p).
pub fn direct_likelihood(sources: &[Dense], theta: f64, mu: &[f64]) -> f64 {
    let p: usize = sources.iter().map(Dense::n_obs).sum();
    let m = sources[0].equivalents.ncols();
    let (mut y, mut d, mut r) = (
        Array2::zeros((p, m)),
        Array1::zeros(p),
        Array2::zeros((p, p)),
    );
    let mut at = 0;
    for (source, mu) in sources.iter().zip(mu).filter(|(s, _)| s.n_obs() > 0) {
        let end = at + source.n_obs();
        y.slice_mut(s![at..end, ..])
            .assign(&centred(&source.equivalents));
        d.slice_mut(s![at..end])
            .assign(&(&source.values - &mean(&source.equivalents)));
        r.slice_mut(s![at..end, at..end]).assign(&(&source.r * *mu));
        at = end;
    }
    let covariance = PositiveDefinite::new(y.dot(&y.t()) * (theta / (m - 1) as f64) + r).unwrap();
    covariance.log_det() + d.dot(&covariance.solve(&d).unwrap())
}

/// Three sources, one with correlated errors, more observations than members.
pub fn three_sources(seed: u64) -> Vec<Dense> {
    vec![
        Dense::new("in_situ", seed, 33, 20, 8),
        Dense::new("oco2", seed, 40, 20, 8).correlated(),
        Dense::new("gosat", seed, 36, 20, 8),
    ]
}

/// Nelder and Mead's simplex, restarted until it stands.
pub fn simplex(f: impl Fn(&[f64]) -> f64, start: Vec<f64>) -> Vec<f64> {
    let n = start.len();
    let mut best = start;
    for restart in 0..6 {
        let size = 0.5 * 0.1f64.powi(restart);
        let mut points: Vec<(f64, Vec<f64>)> = (0..=n)
            .map(|i| {
                let mut x = best.clone();
                if i > 0 {
                    x[i - 1] += size;
                }
                (f(&x), x)
            })
            .collect();
        for _ in 0..400 {
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let centre: Vec<f64> = (0..n)
                .map(|j| points[..n].iter().map(|p| p.1[j]).sum::<f64>() / n as f64)
                .collect();
            let along = |t: f64| -> (f64, Vec<f64>) {
                let x: Vec<f64> = (0..n)
                    .map(|j| centre[j] + t * (points[n].1[j] - centre[j]))
                    .collect();
                (f(&x), x)
            };
            let reflected = along(-1.0);
            let new = if reflected.0 < points[0].0 {
                let far = along(-2.0);
                if far.0 < reflected.0 { far } else { reflected }
            } else if reflected.0 < points[n - 1].0 {
                reflected
            } else {
                along(0.5)
            };
            if new.0 < points[n].0 {
                points[n] = new;
            } else {
                let first = points[0].1.clone();
                for p in &mut points[1..] {
                    p.1 = p.1.iter().zip(&first).map(|(x, b)| 0.5 * (x + b)).collect();
                    p.0 = f(&p.1);
                }
            }
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        best = points[0].1.clone();
    }
    best
}
