"""Protected areas: geometry, rings, hours, versions, and what each party has said of them.

Takes: what a person or a counterpart declares, as fields, words, GeoJSON, KML or KMZ.
Gives: zones that are complete and do not contradict themselves, the Book of their versions and holders, files for others.
Never: a reading chosen silently where the words have two, a bare number, a status nobody sent a message for.
"""

from typing import TYPE_CHECKING, Any

from openline.zones.zone import Zone

if TYPE_CHECKING:
    from openline.zones.book import Book
    from openline.zones.geojson import zones_from_geojson, zones_to_geojson

__all__ = ["Book", "Zone", "zones_from_geojson", "zones_to_geojson"]


def __getattr__(name: str) -> Any:
    """The public nouns beside `Zone`, loaded when first asked for: geometry brings a third of a second of imports."""
    if name == "Book":
        from openline.zones import book

        return book.Book
    if name in ("zones_from_geojson", "zones_to_geojson"):
        from openline.zones import geojson

        return getattr(geojson, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
