# The same analysis as examples/xarray_comparison.rhai, for xarray: python xarray_comparison.py FILE.nc
import sys
import numpy as np
import xarray as xr

t = xr.open_dataset(sys.argv[1])["t"]
weights = np.cos(np.deg2rad(t.lat))
world = t.weighted(weights).mean(["lat", "lon"])
cycle = world.groupby("time.month").mean()
anomalies = world.groupby("time.month") - cycle
tropics = t.sel(lat=slice(-23.5, 23.5), time=slice("2003", "2004")).mean("time")
years = (anomalies.time - anomalies.time[0]) / np.timedelta64(1, "D") / 365.2425
trend = anomalies.assign_coords(time=years).polyfit("time", 1).polyfit_coefficients[0]
print(f"cycle {float(cycle.max() - cycle.min()):.3f} K, trend {float(trend):.4f} K/yr, tropics {float(tropics.mean()):.2f} K")
