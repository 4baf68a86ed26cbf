"""Features as files hold them, and how they are read here."""

from typing import Any

import pytest

from openline.errors import Refused
from openline.zones import zones_from_geojson
from openline.zones.zone import Zone

SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]


def feature(geometry: Any, properties: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": "a", "geometry": geometry, "properties": properties, **more}


def point(**properties: Any) -> dict[str, Any]:
    return feature({"type": "Point", "coordinates": [38.618, 33.507]}, properties)


def polygon(lines: Any = SQUARE, **properties: Any) -> dict[str, Any]:
    return feature({"type": "Polygon", "coordinates": lines}, properties)


def one(*features: dict[str, Any]) -> Zone:
    return zones_from_geojson({"type": "FeatureCollection", "features": list(features)})[0]


def refused(*features: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        zones_from_geojson({"type": "FeatureCollection", "features": list(features)})
    return caught.value
