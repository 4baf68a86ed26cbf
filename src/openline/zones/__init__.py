"""Protected areas: geometry, rings, hours, versions, and what each party has said of them.

Takes: what a person or a counterpart declares, as fields, words, GeoJSON, KML or KMZ.
Gives: zones that are complete and do not contradict themselves, the Book of their versions and holders, files for others.
Never: a reading chosen silently where the words have two, a bare number, a status nobody sent a message for.
"""

from openline.zones.book import Book
from openline.zones.geojson import zones_from_geojson, zones_to_geojson
from openline.zones.zone import Zone

__all__ = ["Book", "Zone", "zones_from_geojson", "zones_to_geojson"]
