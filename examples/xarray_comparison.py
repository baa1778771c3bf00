# The same analysis as examples/xarray_comparison.rhai, for xarray: python xarray_comparison.py FILE.nc
import sys
import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

t = xr.open_dataset(sys.argv[1])["t"].sel(lat=slice(-60, 60), time=slice("2001", "2010"))
mean = t.weighted(np.cos(np.deg2rad(t.lat))).mean(["lat", "lon"])
anomalies = mean.groupby("time.month") - mean.groupby("time.month").mean()
years = (anomalies.time - anomalies.time[0]) / np.timedelta64(1, "D") / 365.2425
trend = anomalies.assign_coords(time=years).polyfit("time", 1).polyfit_coefficients[0]
print(f"trend {float(trend):.4f} K/yr")
anomalies.plot()
plt.title("Anomalies between 60 S and 60 N")
plt.savefig("anomalies.png")
