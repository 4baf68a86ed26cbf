"""Real ADS-B as a CSV that `openline audit` reads: the sample of the `traffic` package (Paris, 2021-10-07, three hours,
every second).

    python scripts/real_traffic.py OUT.csv

The package is a development dependency; its data was collected by the OpenSky Network and stays out of this repository.
"""

import csv
import gzip
import importlib.util
import json
import sys
from pathlib import Path

SAMPLE = "data/samples/collections/quickstart.json.gz"


def sample_path() -> Path:
    """Where the installed package keeps the sample. Raises FileNotFoundError with what to install."""
    spec = importlib.util.find_spec("traffic")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package traffic 2.13 is not installed: pip install --no-deps -r requirements/traffic.txt")
    return Path(spec.origin).parent / SAMPLE


def write_csv(target: Path) -> int:
    """Write the sample; the number of rows. Altitudes are barometric, speeds knots over ground; no accuracy is given."""
    with gzip.open(sample_path()) as file:
        rows = json.load(file)
    with target.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("id", "time", "lat", "lon", "altitude_ft", "datum", "speed_kt", "track_deg", "callsign", "class"))
        for row in rows:
            seconds, rest_ms = divmod(row["timestamp"], 1000)
            stamp = f"{_utc(seconds)}.{rest_ms:03d}Z"
            height = row["altitude"]
            writer.writerow(
                (
                    row["icao24"],
                    stamp,
                    row["latitude"],
                    row["longitude"],
                    "" if height is None else height,
                    "" if height is None else "baro",
                    _known(row["groundspeed"]),
                    _known(row["track"]),
                    row["callsign"] or "",
                    "aircraft",
                )
            )
    return len(rows)


def _known(value: float | None) -> float | str:
    return "" if value is None else value


def _utc(seconds: int) -> str:
    import datetime as dt

    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")


if __name__ == "__main__":
    sys.stdout.write(f"{write_csv(Path(sys.argv[1]))} rows\n")
