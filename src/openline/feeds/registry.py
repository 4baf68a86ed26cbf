"""Which decoder reads which kind of feed, and the options each one takes."""

from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar, get_args

import msgspec

from openline.errors import BadSetting, Refused
from openline.feeds.report import Refusal, Report

Options = TypeVar("Options")


class Decoder(Protocol):
    """State between two chunks of one feed. Pure, deterministic, picklable: the same bytes and moments give the same.

    `counted` says how many entries were passed over without being refused, by reason.
    """

    counted: dict[str, int]

    def receive(self, data: bytes, heard_ns: int) -> list[Report | Refusal]:
        """Take whatever arrived, in any cut. Whatever the bytes, this returns and never raises."""
        ...

    def finish(self, heard_ns: int) -> list[Report | Refusal]:
        """The stream has ended: what is left of it."""
        ...


def _readsb(source: str, options: dict[str, Any]) -> Decoder:
    from openline.feeds.readsb import ReadsbDecoder, ReadsbOptions

    return ReadsbDecoder(source, _options(source, options, ReadsbOptions))


def _sbs(source: str, options: dict[str, Any]) -> Decoder:
    from openline.feeds.sbs import SbsDecoder, SbsOptions

    return SbsDecoder(source, _options(source, options, SbsOptions))


def _ndjson(source: str, options: dict[str, Any]) -> Decoder:
    from openline.feeds.ndjson import NdjsonDecoder
    from openline.feeds.rows import RowOptions

    return NdjsonDecoder(source, _options(source, options, RowOptions))


def _csv(source: str, options: dict[str, Any]) -> Decoder:
    from openline.feeds.csv_text import CsvDecoder, CsvOptions

    return CsvDecoder(source, _options(source, options, CsvOptions))


def _trace(source: str, options: dict[str, Any]) -> Decoder:
    from openline.feeds.readsb import ReadsbOptions
    from openline.feeds.trace import TraceDecoder

    return TraceDecoder(source, _options(source, options, ReadsbOptions))


def _arrow(source: str, options: dict[str, Any]) -> Decoder:
    from openline.feeds.arrow import ArrowDecoder
    from openline.feeds.rows import RowOptions

    return ArrowDecoder(source, _options(source, options, RowOptions))


def _osmand(source: str, options: dict[str, Any]) -> Decoder:
    from openline.feeds.osmand import OsmandDecoder, OsmandOptions

    return OsmandDecoder(source, _options(source, options, OsmandOptions))


def _gpx(source: str, options: dict[str, Any]) -> Decoder:
    from openline.feeds.gpx import GpxDecoder, GpxOptions

    return GpxDecoder(source, _options(source, options, GpxOptions))


_MAKERS: Final[dict[str, Callable[[str, dict[str, Any]], Decoder]]] = {
    "readsb": _readsb,
    "readsb_trace": _trace,
    "sbs": _sbs,
    "ndjson": _ndjson,
    "csv": _csv,
    "arrow": _arrow,
    "osmand": _osmand,
    "gpx": _gpx,
}
"""Imported when a feed of the kind is first made: pyarrow alone takes 0.2 s."""

KINDS: Final[tuple[str, ...]] = tuple(_MAKERS)
LINE_KINDS: Final = ("sbs", "ndjson", "csv")
"""Kinds whose stream is lines; every other kind comes as framed documents (`framing`)."""


def decoder(kind: str, source: str, options: dict[str, Any] | None = None) -> Decoder:
    """A fresh decoder. Raises `BadSetting` when the kind or an option is not known: our settings file, not their bytes."""
    maker = _MAKERS.get(kind.replace("-", "_"))
    if maker is None:
        raise BadSetting(f"feed {source!r}: kind {kind!r} is not known; known: {', '.join(KINDS)}", field="kind", value=kind)
    try:
        return maker(source, options or {})
    except Refused as no:
        raise BadSetting(f"feed {source!r}: {no.message}", field=no.field, value=no.value, accepted=no.accepted) from None


def _options(source: str, options: dict[str, Any], shape: type[Options]) -> Options:
    try:
        return msgspec.convert(options, shape, strict=True)
    except (msgspec.ValidationError, ValueError) as why:
        what, accepted = _wrong_option(options, {one.name: one.type for one in msgspec.structs.fields(shape)}, str(why))  # type: ignore[arg-type]
        message = f"feed {source!r}: {what}; accepted: {accepted} (docs/feeds.md)"
        raise BadSetting(message, field="options", value=repr(options)[:120], accepted=accepted) from None


def _wrong_option(options: dict[str, Any], known: dict[str, Any], why: str) -> tuple[str, str]:
    """What is wrong with the options of a feed, and what would be accepted: the options, or the words one of them takes."""
    for name in options:
        if name not in known:
            return f"there is no option {name}", ", ".join(known)
    _, _, place = why.partition(" - at `$.")
    name = place.rstrip("`")
    words = [word for kind in (known.get(name), *get_args(known.get(name))) for word in get_args(kind) if isinstance(word, str)]
    if not words:
        return why, ", ".join(known)
    return f"option {name}: {options.get(name)!r} is not accepted", ", ".join(words)
