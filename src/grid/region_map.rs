//! A partition of the horizontal grid into named regions, checked when it is made.

use super::LatLonGrid;
use crate::error::{Error, Result, did_you_mean};
use ndarray::Array2;
use std::fmt;
use std::sync::Arc;

/// Every cell of a grid belongs to exactly one named region.
#[derive(Debug, Clone)]
pub struct RegionMap {
    grid: LatLonGrid,
    names: Vec<String>,
    region: Array2<usize>,
    finer: Option<Arc<(LatLonGrid, Array2<usize>)>>,
}

/// The same regions on the same grid.
impl PartialEq for RegionMap {
    fn eq(&self, other: &Self) -> bool {
        (&self.grid, &self.names, &self.region) == (&other.grid, &other.names, &other.region)
    }
}

impl RegionMap {
    /// From a region number per cell (lat x lon), each an index into `names`.
    ///
    /// # Errors
    /// A shape other than the grid's, a number outside `names` (a hole), or a name without a cell.
    pub fn new(grid: &LatLonGrid, names: Vec<String>, region: Array2<usize>) -> Result<Self> {
        if region.dim() != (grid.n_lat(), grid.n_lon()) {
            return Err(Error::new("a region map must have the shape of its grid")
                .expected(format!("{} x {}", grid.n_lat(), grid.n_lon()))
                .got(format!("{} x {}", region.nrows(), region.ncols())));
        }
        if let Some(((j, i), _)) = region.indexed_iter().find(|(_, r)| **r >= names.len()) {
            let holes = region.iter().filter(|r| **r >= names.len()).count();
            return Err(Error::new("the region map has holes")
                .expected("a region for every cell")
                .got(format!(
                    "{holes} cells without one, the first at {} N {} E",
                    grid.lat()[j],
                    grid.lon()[i]
                ))
                .hint("a last region that takes every other cell"));
        }
        if let Some(orphan) = (0..names.len()).find(|r| !region.iter().any(|x| x == r)) {
            return Err(
                Error::new(format!("region \"{}\" has no cells", names[orphan]))
                    .at(format!("a map of {} regions", names.len())),
            );
        }
        Ok(RegionMap {
            grid: grid.clone(),
            names,
            region,
            finer: None,
        })
    }

    /// The map with regions known on a finer grid, from which its own were made; locations then
    /// belong to regions by these.
    ///
    /// # Errors
    /// A shape other than that grid's, or a number outside the names.
    pub fn with_finer(mut self, grid: &LatLonGrid, region: Array2<usize>) -> Result<Self> {
        if region.dim() != (grid.n_lat(), grid.n_lon()) {
            return Err(Error::new("a region map must have the shape of its grid")
                .expected(format!("{} x {}", grid.n_lat(), grid.n_lon()))
                .got(format!("{} x {}", region.nrows(), region.ncols())));
        }
        if let Some(bad) = region.iter().find(|r| **r >= self.names.len()) {
            return Err(Error::new("there is no such region")
                .expected(format!("a number below {}", self.names.len()))
                .got(bad));
        }
        self.finer = Some(Arc::new((grid.clone(), region)));
        Ok(self)
    }

    /// The region of a location \[degrees\]: that of the cell it is in, on the finest grid known.
    pub fn region_at(&self, lat: f64, lon: f64) -> usize {
        let (grid, region) = match self.finer.as_deref() {
            Some((grid, region)) => (grid, region),
            None => (&self.grid, &self.region),
        };
        region[(grid.row_of(lat), grid.column_of(lon))]
    }

    /// From a function of (latitude, longitude, row, column) that names each cell's region, or says
    /// `None` for a hole. Regions are numbered in the order they are first met.
    ///
    /// # Errors
    /// What the function returns.
    pub fn from_function(
        grid: &LatLonGrid,
        mut name: impl FnMut(f64, f64, usize, usize) -> Result<Option<String>>,
    ) -> Result<Self> {
        let mut names: Vec<String> = Vec::new();
        let mut region = Array2::from_elem((grid.n_lat(), grid.n_lon()), usize::MAX);
        for ((j, i), slot) in region.indexed_iter_mut() {
            if let Some(region) = name(grid.lat()[j], grid.lon()[i], j, i)? {
                *slot = names.iter().position(|n| *n == region).unwrap_or_else(|| {
                    names.push(region);
                    names.len() - 1
                });
            }
        }
        RegionMap::new(grid, names, region)
    }

    /// One region called `name` for the whole globe.
    pub fn single(grid: &LatLonGrid, name: &str) -> Self {
        RegionMap {
            grid: grid.clone(),
            names: vec![name.to_string()],
            region: Array2::zeros((grid.n_lat(), grid.n_lon())),
            finer: None,
        }
    }

    /// A map of unions of this one's regions: each is named and lists its parts; regions not listed
    /// stay as they are, after the unions.
    ///
    /// # Errors
    /// A part that is no region, or in two unions; a name that is met twice.
    pub fn merged(&self, unions: &[(String, Vec<String>)]) -> Result<Self> {
        let mut to: Vec<Option<usize>> = vec![None; self.names.len()];
        for (u, (name, parts)) in unions.iter().enumerate() {
            for part in parts {
                let old = self
                    .number_of(part)
                    .map_err(|e| e.at(format!("the union \"{name}\"")))?;
                if to[old].replace(u).is_some() {
                    return Err(Error::new(format!("region \"{part}\" is in two unions"))
                        .at(format!("the union \"{name}\"")));
                }
            }
        }
        let mut names: Vec<String> = unions.iter().map(|(name, _)| name.clone()).collect();
        let number: Vec<usize> = to
            .iter()
            .zip(&self.names)
            .map(|(union, name)| {
                union.unwrap_or_else(|| {
                    names.push(name.clone());
                    names.len() - 1
                })
            })
            .collect();
        unique(&names)?;
        let merged = RegionMap::new(&self.grid, names, self.region.mapv(|r| number[r]))?;
        match self.finer.as_deref() {
            Some((grid, region)) => merged.with_finer(grid, region.mapv(|r| number[r])),
            None => Ok(merged),
        }
    }

    /// The map with regions under other names, as (old, new).
    ///
    /// # Errors
    /// An old name that is none; a new name that is met twice.
    pub fn renamed(&self, names: &[(String, String)]) -> Result<Self> {
        let mut renamed = self.names.clone();
        for (old, new) in names {
            renamed[self.number_of(old)?] = new.clone();
        }
        unique(&renamed)?;
        Ok(RegionMap {
            names: renamed,
            ..self.clone()
        })
    }

    fn number_of(&self, name: &str) -> Result<usize> {
        self.index_of(name).ok_or_else(|| {
            let error = Error::new(format!("there is no region \"{name}\""))
                .expected(format!("one of {}", self.names.join(", ")));
            match did_you_mean(name, self.names.iter().map(String::as_str)) {
                Some(near) => error.hint(format!("\"{near}\"")),
                None => error,
            }
        })
    }

    /// The grid the map is on.
    pub fn grid(&self) -> &LatLonGrid {
        &self.grid
    }
    /// Region names in order of their number.
    pub fn names(&self) -> &[String] {
        &self.names
    }
    /// Region number of each cell (lat x lon).
    pub fn regions(&self) -> &Array2<usize> {
        &self.region
    }
    /// The number of the region called `name`.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }
}

fn unique(names: &[String]) -> Result<()> {
    match names
        .iter()
        .enumerate()
        .find(|(k, name)| names[..*k].contains(name))
    {
        Some((_, twice)) => Err(
            Error::new(format!("two regions would be called \"{twice}\""))
                .hint("merged, to make one of them"),
        ),
        None => Ok(()),
    }
}

impl fmt::Display for RegionMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} regions on {}: {}",
            self.names.len(),
            self.grid,
            self.names.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_with_holes_is_refused_with_their_number_and_place() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let message =
            RegionMap::from_function(
                &grid,
                |lat, _, _, _| Ok((lat > 0.0).then(|| "North".into())),
            )
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("holes") && message.contains("1656 cells"),
            "{message}"
        );
        let complete = RegionMap::from_function(&grid, |lat, _, _, _| {
            Ok(Some(if lat > 0.0 { "North" } else { "South" }.into()))
        })
        .unwrap();
        assert_eq!(complete.names(), ["South", "North"]);
    }

    #[test]
    fn unions_come_first_and_keep_every_cell() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        let name = |lat: f64| {
            if lat > 40.0 {
                "North"
            } else if lat > -40.0 {
                "Tropics"
            } else {
                "South"
            }
        };
        let map =
            RegionMap::from_function(&grid, |lat, _, _, _| Ok(Some(name(lat).into()))).unwrap();
        let text = |names: &[&str]| names.iter().map(|n| n.to_string()).collect::<Vec<_>>();
        let merged = map
            .merged(&[("Poles".into(), text(&["North", "South"]))])
            .unwrap();
        assert_eq!(merged.names(), ["Poles", "Tropics"]);
        assert_eq!(
            (
                merged.regions()[[0, 0]],
                merged.regions()[[45, 0]],
                merged.regions()[[20, 0]]
            ),
            (0, 0, 1)
        );
        let renamed = map.renamed(&[("South".into(), "S".into())]).unwrap();
        assert_eq!(
            (renamed.names(), renamed.regions()),
            (&text(&["S", "Tropics", "North"])[..], map.regions())
        );
        let message = map
            .merged(&[("A".into(), text(&["North", "Suoth"]))])
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("\"South\"") && message.contains("union \"A\""),
            "{message}"
        );
        assert!(
            map.merged(&[
                ("A".into(), text(&["North"])),
                ("B".into(), text(&["North"]))
            ])
            .is_err()
        );
        assert!(map.merged(&[("Tropics".into(), text(&["North"]))]).is_err());
        assert!(map.renamed(&[("South".into(), "North".into())]).is_err());
    }
}
