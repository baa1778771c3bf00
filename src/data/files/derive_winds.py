#!/usr/bin/env python3
"""Derives winds.npz, the climatological winds, temperature and surface of the built-in meteorology.

    python3 derive_winds.py FOLDER        FOLDER holds the two originals

Originals (64 x 128 Gaussian cells), not shipped:
  NCEP_06_climo.nc   June climatology of the NCEP/NCAR reanalysis: U, V, T, Z3 on 17 levels, PS, PSL
  uvt_198801.nc      January 1988 means of the same analyses (NCAR Climate Analysis Section): U, V, T on 14 levels

Credit: NCEP/NCAR reanalysis (Kalnay et al. 1996, Bull. Am. Meteorol. Soc. 77, 437-471), NOAA/NCEP and NCAR.

Written (points from the south pole and from -180 degrees east, level 0 lowest, season 0 January and 1 June):
  lat, lon [degrees]; pressure [Pa]
  wind (season, component, level, lat, lon) int16, times wind_scale [m s-1]; component 0 eastward, 1 northward
  temperature_lat, temperature_lon [degrees]; temperature (season, level, lat, lon) int16, times
  temperature_scale plus temperature_offset [K]
  surface_pressure (lat, lon) int16, times surface_pressure_scale plus surface_pressure_offset [Pa], moist
  surface_height (lat, lon) int16 [m]: where the June mean surface pressure lies on the June mean heights
"""
import os
import sys

import netCDF4
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def axis(first, step, count):
    return first + step * np.arange(count, dtype=float)


def interpolate(field, lat, lon, to_lat, to_lon):
    """Bilinear, periodic in longitude, the outermost row kept beyond it."""
    order = np.argsort(lon)
    lon, field = lon[order], field[..., order]
    lon = np.concatenate([lon[-1:] - 360, lon, lon[:1] + 360])
    field = np.concatenate([field[..., -1:], field, field[..., :1]], axis=-1)
    turned = (to_lon - lon[0]) % 360 + lon[0]
    i = np.clip(np.searchsorted(lon, turned, side="right") - 1, 0, len(lon) - 2)
    u = (turned - lon[i]) / (lon[i + 1] - lon[i])
    field = field[..., i] * (1 - u) + field[..., i + 1] * u
    j = np.clip(np.searchsorted(lat, to_lat, side="right") - 1, 0, len(lat) - 2)
    v = np.clip((to_lat - lat[j]) / (lat[j + 1] - lat[j]), 0, 1)[:, None]
    return field[..., j, :] * (1 - v) + field[..., j + 1, :] * v


def smooth(field, passes):
    """1-2-1 in both directions; the surface of the originals carries spectral ripples."""
    for _ in range(passes):
        field = (np.roll(field, 1, 1) + 2 * field + np.roll(field, -1, 1)) / 4
        padded = np.concatenate([field[:1], field, field[-1:]])
        field = (padded[:-2] + 2 * field + padded[2:]) / 4
    return field


def read(path, names):
    with netCDF4.Dataset(path) as data:
        axes = {k: np.asarray(data[k][:], float) for k in ("lat", "lon", "lev")}
        fields = {k: np.ma.filled(data[k][0].astype(float), np.nan) for k in names}
    if any(np.isnan(f).any() for f in fields.values()):
        sys.exit(f"{path}: missing values")
    down = np.argsort(-axes["lev"])
    axes["lev"] = axes["lev"][down]
    return axes, {k: f[down] if f.ndim == 3 else f for k, f in fields.items()}


def height_of_surface(z, lev, ps):
    """Height where the pressure is ps: linear in ln p, the lowest layer continued downward."""
    x, out = np.log(lev), np.empty_like(ps)
    for j, i in np.ndindex(ps.shape):
        k = int(np.clip(np.searchsorted(-x, -np.log(ps[j, i])) - 1, 0, len(x) - 2))
        w = (np.log(ps[j, i]) - x[k]) / (x[k + 1] - x[k])
        out[j, i] = z[k, j, i] * (1 - w) + z[k + 1, j, i] * w
    return out


def quantise(values, step, offset=0.0):
    return np.round((values - offset) / step).astype(np.int16)


def main(folder):
    january, cold = read(os.path.join(folder, "uvt_198801.nc"), ["U", "V", "T"])
    june, warm = read(os.path.join(folder, "NCEP_06_climo.nc"), ["U", "V", "T", "Z3", "PS", "PSL"])
    lev = january["lev"]
    keep = [int(np.flatnonzero(june["lev"] == p)[0]) for p in lev]
    lat, lon = axis(-90, 4, 46), axis(-180, 5, 72)
    coarse_lat, coarse_lon = axis(-90, 6, 31), axis(-180, 10, 36)
    on = lambda a, f, la=lat, lo=lon: interpolate(f, a["lat"], a["lon"], la, lo)
    winds = [[on(january, cold[c]), on(june, warm[c][keep])] for c in ("U", "V")]
    wind = np.stack([np.stack(c) for c in winds], axis=1)
    warmth = np.stack([on(january, cold["T"], coarse_lat, coarse_lon), on(june, warm["T"][keep], coarse_lat, coarse_lon)])
    ps = smooth(warm["PS"], 1)
    height = np.maximum(smooth(height_of_surface(warm["Z3"], june["lev"], ps), 1), 0)
    # Over the open sea the height is zero: where surface and sea-level pressure agree to 5 hPa.
    height = np.where(np.abs(ps - warm["PSL"]) < 5, np.minimum(height, 50), height)
    np.savez_compressed(
        os.path.join(HERE, "winds.npz"),
        lat=lat, lon=lon, pressure=lev * 100.0,
        wind=quantise(wind, 0.1), wind_scale=np.float64(0.1),
        temperature_lat=coarse_lat, temperature_lon=coarse_lon,
        temperature=quantise(warmth, 0.2, 250.0), temperature_scale=np.float64(0.2), temperature_offset=np.float64(250.0),
        surface_pressure=quantise(on(june, ps) * 100.0, 10.0, 80000.0),
        surface_pressure_scale=np.float64(10.0), surface_pressure_offset=np.float64(80000.0),
        surface_height=quantise(on(june, height), 1.0),
    )


if __name__ == "__main__":
    main(sys.argv[1])
