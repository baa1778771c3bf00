#!/usr/bin/env python3
"""Derives the compact data the program carries from the originals.

    python3 derive.py <folder of originals> [<folder to write>]

The originals and their terms are listed in CREDITS.md. Needs numpy and netCDF4. Everything written
is regridded, averaged, rounded or re-encoded; grids run south to north and from -180 east.
`ecosystems.csv` and `fires.csv` are written by hand and left alone.
"""
import csv
import datetime
import json
import math
import sys
from pathlib import Path

import netCDF4
import numpy as np

SOURCE = Path(sys.argv[1])
TARGET = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent
PRODUCTS = {"ct": "CT2019B", "cte": "CTE2020", "cams": "CAMSv20r1"}
YEARS = (2010, 2018)


def dataset(path):
    file = netCDF4.Dataset(SOURCE / path)
    file.set_auto_mask(False)
    return file


def significant(x, digits):
    size = np.floor(np.log10(np.maximum(np.abs(x), 1e-30)))
    unit = 10.0 ** (size - digits + 1)
    return np.where(x == 0, 0.0, np.round(x / unit) * unit)


def table(name, header, rows):
    with open(TARGET / name, "w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


# --- regions and fossil emissions -----------------------------------------------------------------


def at(grid, lat, lon):
    return grid[int(lat + 90), int(lon + 180)]


def regions():
    file = dataset("regions/carbontracker_regions.nc")
    assert file["lat"][0] == -89.5 and file["lon"][0] == -179.5
    ids = file["regions"][:].astype(np.uint8)
    transcom = file["transcom_regions"][:].astype(np.uint8)
    assert len(np.unique(ids[ids <= 209])) == 145 and len(np.unique(ids[(ids >= 210) & (ids < 240)])) == 30
    for name, lat, lon, region in [("Sahara", 23, 10, 5), ("Amazon", -5, -63, 3), ("Australia", -25, 134, 10), ("Kansas", 38, -99, 2)]:
        assert at(transcom, lat, lon) == region, f"{name} is not where it should be"
    names = [b"".join(row).decode().strip() for row in file["transcom_names"][:]]
    table("transcom.csv", ["id", "name"], enumerate(names, 1))
    table("oceans.csv", ["id", "transcom", "name"], oceans(ids, transcom, names))
    return ids, transcom


def oceans(ids, transcom, names):
    """A name for each of the 30 ocean regions: its basin and its belt, numbered from the west where several share both."""
    basins = {12: "North Pacific", 13: "West Pacific", 14: "East Pacific", 15: "South Pacific", 17: "North Atlantic", 18: "Atlantic",
              19: "South Atlantic", 20: "Southern Ocean", 21: "Indian", 22: "South Indian"}
    named = []
    for ocean in range(1, 31):
        rows, columns = np.where(ids == 209 + ocean)
        basin = int(transcom[rows[0], columns[0]])
        lat = float(np.mean(rows)) - 89.5
        belt = "tropics" if abs(lat) < 18 else "subtropics" if abs(lat) < 31 else "mid-latitudes" if abs(lat) < 47 else "subpolar"
        side = " north" if lat > 0 else " south" if belt == "tropics" else ""
        lon = np.degrees(np.angle(np.mean(np.exp(1j * np.radians(columns - 179.5))))) % 360
        name = f"{basins.get(basin, '')} {belt}{side}"
        name = {1: "Arctic Ocean", 2: "North Atlantic subpolar", 10: "Antarctic margin"}.get(ocean, name)
        named.append([ocean, basin, name, lon])
    for group in {n[2] for n in named}:
        same = sorted((n for n in named if n[2] == group), key=lambda n: n[3])
        for k, n in enumerate(same if len(same) > 1 else []):
            n[2] += f" {k + 1}"
    return [n[:3] for n in named]


def fossil():
    grid = np.loadtxt(SOURCE / "fluxes/gridcar.2013").reshape(180, 360)[::-1]
    assert at(grid, 51, -1) > 10 and at(grid, 39, 116) > 10, "London or Beijing emits nothing: the grid is turned"
    print(f"fossil 2013: {grid.sum() / 1000:.3f} PgC/yr")
    return significant(grid, 3).astype(np.float32)


# --- zonal fluxes ---------------------------------------------------------------------------------


def zonal(name):
    """Mean month of land and ocean flux, Pg C yr-1 in each one-degree band, (2, 12, 180)."""
    file = dataset(f"fluxes/zonal_fluxes_monthly_{name}.nc")
    dates = netCDF4.num2date(file["time"][:], file["time"].units)
    lat = file["lat"][:]
    edges = np.clip(np.concatenate([[-90], (lat[1:] + lat[:-1]) / 2, [90]]), -90, 90)
    bands = np.arange(-90, 91)
    overlap = np.clip(np.minimum(edges[1:, None], bands[None, 1:]) - np.maximum(edges[:-1, None], bands[None, :-1]), 0, None)
    chosen = np.array([YEARS[0] <= d.year <= YEARS[1] for d in dates])
    months = np.array([d.month for d in dates])
    both = []
    for variable in ("SFCO2_LND", "SFCO2_OCN"):
        flux = np.stack([file[variable][chosen & (months == m)].mean(axis=0) for m in range(1, 13)]).astype(float)
        both.append(flux @ overlap)
        native = (flux * np.diff(edges)).sum(axis=1).mean()
        total = both[-1].sum(axis=1).mean()
        assert abs(total - native) < 1e-9
        print(f"{name} {variable}: {total:.3f} PgC/yr, months {both[-1].sum(axis=1).round(1).tolist()}")
    land, ocean = (b.sum(axis=1).mean() for b in both)
    assert -3.5 < land < -1.0 and -3.5 < ocean < -1.4
    return np.round(np.stack(both), 5).astype(np.float32)


# --- sites ----------------------------------------------------------------------------------------

# Stations whose coordinates are interchanged or of the wrong sign in the list.
SWAPPED = {"CAFE", "HGC", "PUI"}
WEST = {"VTO", "IZA"}
# Programmes that do not measure CO2 in air at a fixed place, or measure cities.
LEFT_OUT = {"TCCON", "GEMINI", "LGHG", "LONDON", "COP26", "CRANFIELD", "UMAN", "GAUGE", "MONSOON", "ALE", "RHUL", "UCI", "TU"}
# City sites, second records of a place, places without CO2 in surface air, and one whose heights are in doubt.
NOT_WANTED = {"BTT", "IMP", "GST", "NEB", "NWB", "BWD", "LAC", "MWO", "TAO", "HNP", "KLM", "SIO", "STR", "HEI", "MSH", "KEY", "ASA",
              "MLF", "NWF", "EHL", "HAD", "TIL", "KVH", "CGR", "SPF", "STC", "DVV"}
# Sites of the NOAA aircraft programme (Sweeney et al. 2015, doi 10.1002/2014JD022591); some also have a surface record.
AIRCRAFT = {"AAO", "ACG", "BGI", "BNE", "CAR", "CMA", "CRV", "DND", "ESP", "ETL", "FTL", "FWI", "HAA", "HFM", "HIL", "LEF", "MRC", "NHA", "OIL",
            "PFA", "RTA", "SAN", "SCA", "SGP", "TGC", "THD", "ULB", "WBI"}
ALSO_SURFACE = {"CRV", "ESP", "ETL", "HFM", "LEF", "RTA", "SGP", "THD", "WBI"}
OBSERVATORIES = {"MLO", "BRW", "SPO", "SMO", "CGO"}
CONTINUOUS = {"AGAGE", "ICOS", "EC", "NIES", "DECC", "NIWA", "MPI", "ATTO", "FMI", "SAWS", "UEA", "UCAM", "UEXETER", "CNR", "PARIS"}
TALL = 50.0


def metres(text):
    try:
        return float(str(text).strip().rstrip("m").lstrip("?"))
    except ValueError:
        return None


def number(value):
    """A number, the middle of several, or none."""
    values = [v for v in map(metres, value if isinstance(value, list) else [value]) if v is not None]
    return sum(values) / len(values) if values else None


def entry(code, network, facts):
    lat, lon = number(facts.get("latitude")), number(facts.get("longitude"))
    if lat is None or lon is None:
        return None
    if code in SWAPPED:
        lat, lon = lon, lat
    if code in WEST:
        lon = -abs(lon)
    heights = facts.get("height") or []
    inlet = max((h for h in map(metres, [heights] if isinstance(heights, str) else heights) if h is not None and h < 500), default=10.0)
    ground = number(facts.get("height_station_masl")) or 0.0
    name = (facts.get("long_name") or code).split(", United")[0].removesuffix(", N/A").strip()
    return {"code": code, "name": name, "lat": lat, "lon": lon, "ground": ground, "inlet": inlet, "network": network}


def kinds(code, networks, best):
    found = []
    if code in AIRCRAFT:
        found.append("aircraft")
        if code not in ALSO_SURFACE:
            return found
    if best["inlet"] >= TALL and code not in OBSERVATORIES and networks & (CONTINUOUS | {"NOAA"}):
        found.append("tower")
    elif networks & CONTINUOUS or code in OBSERVATORIES:
        found.append("continuous")
    if "NOAA" in networks and ("tower" not in found) and (code in OBSERVATORIES or "continuous" not in found or best["lat"] < 25):
        found.append("flask")
    return found


def near(a, b):
    turn = abs((a["lon"] - b["lon"] + 180) % 360 - 180) * math.cos(math.radians(a["lat"]))
    return abs(a["lat"] - b["lat"]) < 0.15 and turn < 0.15


def sites():
    listed = json.loads((SOURCE / "insitu/openghg_site_info.json").read_text(encoding="utf-8"))
    chosen = []
    for code, networks in sorted(listed.items()):
        if code in NOT_WANTED or code.startswith(("INX", "GCI", "GOSAT", "TROPOMI")):
            continue
        kept = {n: e for n, f in networks.items() if n not in LEFT_OUT and (e := entry(code, n, f))}
        if not kept:
            continue
        best = max(kept.values(), key=lambda e: (e["inlet"], e["network"] == "NOAA"))
        for kind in kinds(code, set(kept), best):
            altitude = 0 if kind == "aircraft" else best["inlet"]
            row = {**best, "kind": kind, "altitude": round(best["ground"] + altitude, 1)}
            if not any(near(row, other) and other["kind"] == kind for other in chosen):
                chosen.append(row)
    table("sites.csv", ["code", "name", "latitude", "longitude", "altitude", "network", "kind"],
          [[r["code"], r["name"], round(r["lat"], 4), round(r["lon"], 4), r["altitude"], r["network"], r["kind"]] for r in chosen])
    columns = [e for code, networks in sorted(listed.items()) for n, f in networks.items() if n == "TCCON" and (e := entry(code, n, f))]
    columns = [c for k, c in enumerate(columns) if not any(near(c, later) for later in columns[k + 1:])]  # one instrument a place, the latest
    table("tccon.csv", ["code", "name", "latitude", "longitude", "altitude"],
          [[*tccon_name(r["name"]), round(r["lat"], 3), round(r["lon"], 3), round(r["ground"], 1)] for r in columns])
    counts = {k: sum(r["kind"] == k for r in chosen) for k in ("flask", "continuous", "tower", "aircraft")}
    print(f"{len(chosen)} records at {len({r['code'] for r in chosen})} sites: {counts}; {len(columns)} TCCON sites")


def tccon_name(name):
    code, *place = (part.strip() for part in name.split(","))
    return code, "Harwell, UK" if code == "harwell01" else ", ".join(place)


# --- kernels --------------------------------------------------------------------------------------


def zenith(lat, lon, seconds):
    when = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    day, hour = when.timetuple().tm_yday, when.hour + when.minute / 60 + lon / 15
    declination = math.radians(-23.44) * math.cos(2 * math.pi * (day + 10) / 365.25)
    angle, lat = math.radians(15 * (hour - 12)), math.radians(lat)
    return math.degrees(math.acos(math.sin(lat) * math.sin(declination) + math.cos(lat) * math.cos(declination) * math.cos(angle)))


def kernels():
    rows = []
    oco2 = dataset("satellite/oco2-spectrometer_oco2_20150131-336_co2-column.nc")
    p, h, a, prior = (oco2[v][0][::-1] for v in ("pressure_levels", "pressure_weights", "xco2_averaging_kernel", "co2_profile_apriori"))
    angle = zenith(float(oco2["lat"][0]), float(oco2["lon"][0]), float(oco2["time"][0]))
    column = float((h * prior).sum() / h.sum())
    rows += [["oco2", round(angle, 1), f"{p[j] / p[0]:.5f}", f"{a[j]:.4f}", f"{h[j] / h.sum():.5f}", f"{prior[j] - column:.2f}"] for j in range(20)]
    tccon = dataset("tccon/hw20230402_20230402.public.qc.nc")
    sun = tccon["solzen"][:]
    levels = np.linspace(1, 0.0001, 20)
    thickness = -np.diff(levels)
    weight = np.concatenate([[thickness[0] / 2], (thickness[1:] + thickness[:-1]) / 2, [thickness[-1] / 2]])
    weight /= weight.sum()
    for wanted in (sun.min(), 67.3, sun.max()):
        k = int(np.argmin(np.abs(sun - wanted)))
        p = tccon["prior_pressure"][k] / tccon["prior_pressure"][k][0]
        kernel = np.interp(levels, p[::-1], tccon["ak_xco2"][k][::-1])
        prior = np.interp(levels, p[::-1], tccon["prior_co2"][k][::-1])
        rows += [["tccon", round(float(sun[k]), 1), f"{levels[j]:.5f}", f"{kernel[j]:.4f}", f"{weight[j]:.5f}", f"{prior[j] - weight @ prior:.2f}"]
                 for j in range(20)]
    table("kernels.csv", ["instrument", "zenith", "sigma", "kernel", "weight", "prior_anomaly_ppm"], rows)


# --- coastline and published numbers --------------------------------------------------------------


def coastline():
    topology = json.loads((SOURCE / "maps/land-110m.json").read_text())
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]
    rings = []
    for shape in topology["objects"]["land"]["geometries"]:
        for polygon in shape["arcs"]:
            for ring in polygon:
                parts = [arcs[a] if a >= 0 else arcs[~a][::-1] for a in ring]
                rings.append(np.concatenate([parts[0]] + [p[1:] for p in parts[1:]]))
    points = np.clip(np.round(np.concatenate(rings) * 100), -18000, 18000).astype(np.int16)
    offsets = np.cumsum([0] + [len(r) for r in rings]).astype(np.int32)
    print(f"coastline: {len(rings)} rings, {len(points)} points")
    return points, offsets


def published():
    budget = [
        ("Fossil", "9.80 9.80 9.80 9.80 9.76"), ("NEE", "-3.49±0.84 -4.29±0.45 -3.99±0.60 -3.03 -"), ("Wildfire", "2.15 2.15 2.15 2.15 -"),
        ("Net land", "-1.34±0.84 -2.14±0.45 -1.84±0.60 -0.88 -1.82"), ("Ocean", "-3.17±0.41 -2.36±0.59 -2.74±0.49 -3.62 -2.66"),
        ("Global net", "5.29±0.95 5.30±0.66 5.22±0.73 5.30 5.28"), ("Growth", "5.20 5.20 5.20 5.20 5.20"), ("Imbalance", "0.09 0.10 0.02 0.10 0.08"),
    ]
    scores = [("Prior", "2.827 0.911 0.327 1.752 0.942 0.892"), ("CT2022", "2.656 0.916 0.100 1.530 0.947 0.497"),
              ("MCAS(in situ)", "2.498 0.924 0.202 1.549 0.946 0.571"), ("MCAS(Sat)", "2.702 0.909 -0.494 1.408 0.949 0.190"),
              ("MCAS(in situ&Sat)", "2.132 0.942 -0.004 1.385 0.950 0.111")]
    products = ["MCAS(in situ)", "MCAS(Sat)", "MCAS(in situ&Sat)", "CT2022", "GCP"]
    rows = []
    for quantity, values in budget:
        for product, text in zip(products, values.split()):
            mean, _, sd = text.partition("±")
            if mean != "-":
                rows.append(["Table 1", product, "", quantity, "PgC/yr", mean, sd])
    for product, values in scores:
        for (data, score), text in zip(((d, s) for d in ("obspack", "tccon") for s in ("RMSE", "CORR", "BIAS")), values.split()):
            rows.append(["Table 2", product, data, score, "" if score == "CORR" else "ppm", text, ""])
    table("published.csv", ["table", "product", "data", "quantity", "unit", "value", "sd"], rows)


def global_budget():
    """Means of the Global Carbon Budget over decades; emissions less sinks less growth is the imbalance."""
    rows = list(csv.DictReader(open(SOURCE / "fluxes/gcb2019_global-carbon-budget.csv", encoding="utf-8")))
    names = ["Fossil-Fuel-And-Industry", "Land-Use-Change-Emissions", "Atmospheric-Growth", "Ocean-Sink", "Land-Sink", "Budget-Imbalance"]
    periods = [(y, y + 9) for y in range(1960, 2000, 10)] + [(2000, 2009), (2009, 2018), (2018, 2018)]
    out = []
    for first, last in periods:
        means = [np.mean([float(r[n]) for r in rows if first <= int(r["Year"]) <= last]) for n in names]
        fossil, land_use, growth, ocean, land, imbalance = means
        assert abs(fossil + land_use - growth - ocean - land - imbalance) < 0.01
        out.append([f"{first}-{last}" if last > first else first] + [f"{m:.2f}" for m in means])
    table("global_budget.csv", ["period", "fossil", "land_use", "growth", "ocean", "land", "imbalance"], out)


def mauna_loa():
    """Monthly means of ten years at Mauna Loa, to 0.1 ppm."""
    file = open(SOURCE / "insitu/co2_mlo_surface-insitu_1_ccgg_MonthlyData.txt", encoding="utf-8")
    lines = [line.split() for line in file if not line.startswith("#")]
    column = {name: k for k, name in enumerate(lines[0])}
    rows = [[int(r[column["year"]]), int(r[column["month"]]), float(r[column["value"]])] for r in lines[1:]]
    rows = [r for r in rows if 2009 <= r[0] <= 2018]
    assert len(rows) == 120 and all(380 < r[2] < 415 for r in rows)
    table("mauna_loa.csv", ["year", "month", "co2"], [[y, m, f"{v:.1f}"] for y, m, v in rows])


def main():
    ids, transcom = regions()
    points, offsets = coastline()
    arrays = {f"zonal_{key}": zonal(name) for key, name in PRODUCTS.items()}
    np.savez_compressed(TARGET / "world.npz", eco_regions=ids, transcom=transcom, fossil=fossil(), **arrays)
    np.savez_compressed(TARGET / "coastline.npz", points=points, offsets=offsets)
    sites()
    kernels()
    published()
    global_budget()
    mauna_loa()


main()
