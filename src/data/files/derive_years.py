#!/usr/bin/env python3
"""Derives the yearly part of the embedded fluxes from the originals.

    python3 derive_years.py <folder of originals> [<folder to write>]

Writes `years.npz`: of CarbonTracker CT2019B and CarbonTracker Europe CTE2020 the flux of every month of 2000 to 2018
in each one-degree band, land and ocean, in steps of 1e-4 Pg C yr-1; and the world's fossil CO2 of each year [Pg C yr-1].
The originals and their terms are listed in CREDITS.md. Needs numpy and netCDF4.
"""
import csv
import sys
from pathlib import Path

import netCDF4
import numpy as np

SOURCE = Path(sys.argv[1])
TARGET = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent
YEARS = range(2000, 2019)
STEP = 1e-4


def monthly(name):
    """Flux of every month, (year, land and ocean, month, one-degree band), in steps."""
    file = netCDF4.Dataset(SOURCE / f"fluxes/zonal_fluxes_monthly_{name}.nc")
    file.set_auto_mask(False)
    dates = netCDF4.num2date(file["time"][:], file["time"].units)
    lat = file["lat"][:]
    edges = np.clip(np.concatenate([[-90], (lat[1:] + lat[:-1]) / 2, [90]]), -90, 90)
    bands = np.arange(-90, 91)
    overlap = np.clip(np.minimum(edges[1:, None], bands[None, 1:]) - np.maximum(edges[:-1, None], bands[None, :-1]), 0, None)
    where = {(d.year, d.month): k for k, d in enumerate(dates)}
    rows = [[where[(year, month)] for month in range(1, 13)] for year in YEARS]
    flux = np.stack([[file[v][r].astype(float) @ overlap for v in ("SFCO2_LND", "SFCO2_OCN")] for r in rows])
    steps = np.round(flux / STEP)
    assert np.isfinite(flux).all() and np.abs(steps).max() < 32767
    for k, year in enumerate(YEARS):
        land, ocean = flux[k].sum(axis=2).mean(axis=1)
        kept = steps[k].sum(axis=2).mean(axis=1) * STEP
        assert abs(kept - [land, ocean]).max() < 2e-3
        print(f"{name} {year}: land {land:.3f}, ocean {ocean:.3f} PgC/yr")
    return steps.astype(np.int16)


def fossil():
    with open(SOURCE / "fluxes/gcb2019_global-carbon-budget.csv", encoding="utf-8") as f:
        totals = {int(row["Year"]): float(row["Fossil-Fuel-And-Industry"]) for row in csv.DictReader(f)}
    return np.array([totals[year] for year in YEARS])


np.savez_compressed(TARGET / "years.npz", years=np.array(YEARS, dtype=np.int16), fossil=fossil(), ct=monthly("CT2019B"), cte=monthly("CTE2020"))
