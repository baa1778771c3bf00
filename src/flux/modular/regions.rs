//! Where the factors of a module are: regions on 1 x 1 degree, which need not cover the globe.

use crate::data;
use crate::error::{Error, Result};
use crate::flux::{EcoRegions, Footprint, Surface, one_degree};
use crate::grid::RegionMap;
use ndarray::Array2;

/// A factor for each region.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorRegions {
    names: Vec<String>,
    /// The region of each 1 x 1 degree cell (180 lat x 360 lon).
    map: Array2<Option<usize>>,
}

impl FactorRegions {
    /// CarbonTracker's eco-regions of land or of sea: 145 or 30.
    pub fn eco(surface: Surface) -> Self {
        let eco = EcoRegions::carbontracker();
        let chosen: Vec<usize> = (0..eco.n_factors())
            .filter(|k| eco.factors()[*k].surface == surface)
            .collect();
        let number = |k: usize| chosen.iter().position(|c| *c == k);
        FactorRegions {
            names: chosen
                .iter()
                .map(|k| eco.factors()[*k].name.clone())
                .collect(),
            map: eco.map().mapv(|f| f.and_then(number)),
        }
    }

    /// The TransCom regions of land or of sea: 11 each.
    pub fn transcom(surface: Surface) -> Self {
        let chosen = match surface {
            Surface::Land => 1..=11,
            Surface::Ocean => 12..=22,
        };
        let number = |id: u8| {
            let id = usize::from(id);
            chosen.contains(&id).then(|| id - chosen.start())
        };
        let names = data::transcom().iter().filter(|t| chosen.contains(&t.id));
        FactorRegions {
            names: names.map(|t| t.name.clone()).collect(),
            map: data::world().transcom.mapv(number),
        }
    }

    /// The whole globe as one region.
    pub fn globe() -> Self {
        FactorRegions {
            names: vec!["globe".into()],
            map: Array2::from_elem((180, 360), Some(0)),
        }
    }

    /// The regions of a map of one's own, by the middles of 1 x 1 degree cells.
    ///
    /// # Errors
    /// A region without the middle of such a cell.
    pub fn of_map(regions: &RegionMap) -> Result<Self> {
        let grid = one_degree();
        let map = Array2::from_shape_fn((180, 360), |(j, i)| {
            Some(regions.region_at(grid.lat()[j], grid.lon()[i]))
        });
        let empty = (0..regions.names().len()).find(|r| !map.iter().any(|m| *m == Some(*r)));
        if let Some(r) = empty {
            return Err(
                Error::new("a region of factors is smaller than a cell of 1 x 1 degree")
                    .got(format!("\"{}\"", regions.names()[r])),
            );
        }
        Ok(FactorRegions {
            names: regions.names().to_vec(),
            map,
        })
    }

    /// Names of the regions, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }
    /// The region of each 1 x 1 degree cell (lat, lon), if it has one.
    pub fn map(&self) -> &Array2<Option<usize>> {
        &self.map
    }

    /// Where each factor is: its cells, and the direction of their mean position.
    pub fn footprints(&self) -> Vec<Footprint> {
        let (grid, n) = (one_degree(), self.names.len());
        let mut footprints = vec![Footprint::default(); n];
        let mut sums = vec![[0.0; 3]; n];
        for ((j, i), region) in self.map.indexed_iter() {
            let Some(r) = region else { continue };
            let (lat, lon, area) = (grid.lat()[j], grid.lon()[i], grid.area(j));
            footprints[*r].parts.push((lat, lon, area));
            let (phi, lambda) = (lat.to_radians(), lon.to_radians());
            let vector = [
                phi.cos() * lambda.cos(),
                phi.cos() * lambda.sin(),
                phi.sin(),
            ];
            sums[*r]
                .iter_mut()
                .zip(vector)
                .for_each(|(s, v)| *s += area * v);
        }
        for (footprint, [x, y, z]) in footprints.iter_mut().zip(sums) {
            footprint.location = (z.atan2(x.hypot(y)).to_degrees(), y.atan2(x).to_degrees());
        }
        footprints
    }
}
