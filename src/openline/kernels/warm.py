"""Every kernel called once with the kinds of argument it will get, so that none is compiled while movers are watched.

Frame    a small zone of each kind near 33° N 38° E, and a mover beside it.
Names    step = one question a node asks; its first call compiles all kernels below it that are not compiled yet.
Time     none.
Unknown  none.
Source   own.
Lemmas   warm_compiles_everything_the_index_uses
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from openline.kernels import crossing, distance, encounter, geodesic, paths, routes, simple, split
from openline.kernels._jit import JIT_OFF, compiled_count, is_kept
from openline.kernels.zones import ZoneIndex

Progress = Callable[[str, int, int], None]
"""Told the step that begins, how many are done, and of how many; at the end an empty name and done = of."""


@dataclass(frozen=True)
class _Circle:
    lat_deg: float = 33.5
    lon_deg: float = 38.5
    radius_m: float = 5_000.0


@dataclass(frozen=True)
class _Polygon:
    outer: tuple[tuple[float, float], ...] = ((33.0, 38.0), (33.0, 39.0), (34.0, 39.0), (34.0, 38.0))
    holes: tuple[tuple[tuple[float, float], ...], ...] = (((33.4, 38.4), (33.4, 38.6), (33.6, 38.5)),)


@dataclass(frozen=True)
class _Corridor:
    line: tuple[tuple[float, float], ...] = ((33.0, 38.0), (33.0, 38.1))
    half_width_m: float = 1_000.0


@dataclass(frozen=True)
class _Zone:
    id: str
    shape: Any
    edge_rule: str = "geodesic"
    rings: tuple[Any, ...] = ()
    lower: None = None
    upper: None = None


_ENTRIES: Final[tuple[Callable[..., Any], ...]] = (
    geodesic._inverse_rows,
    geodesic._direct_rows,
    split.split_line,
    split.line_pieces,
    split.ball_around,
    split.turning,
    simple.first_meeting,
    simple.first_outside,
    distance.zone_rows,
    distance.nearby_pairs,
    paths.path_rows,
    encounter._first_from,
    encounter._breach_rows,
    crossing._deepest_rows,
    crossing._fractions,
    routes._project_rows,
    routes._join_legs,
    routes._route_rows,
)


def _steps() -> list[tuple[str, Callable[[], object]]]:
    index = ZoneIndex()
    route: list[routes.Route] = []
    here = (33.5, 38.4)
    zones = (_Zone("circle", _Circle()), _Zone("polygon", _Polygon(), "lonlat"), _Zone("corridor", _Corridor()))

    def follow() -> None:
        route.append(routes.Route((33.0, 33.5), (38.0, 38.5)))
        index.along_route_s(1, route[0], *here, 10.0, 0.0, 600.0)

    return [
        ("distance on the Earth", lambda: geodesic.inverse(*here, 33.6, 38.4)),
        ("course and distance", lambda: geodesic.direct(*here, 90.0, 1_000.0)),
        ("taking in a zone", lambda: [index.add(zone) for zone in zones]),
        ("which zones are near", lambda: index.nearby(*here, 10_000.0)),
        ("distance to a boundary", lambda: index.signed_distance_m(0, *here)),
        ("what is inside", lambda: index.contains(*here, 100.0)),
        ("time to a ring", lambda: index.first_within_s((0, 1, 2), *here, 90.0, 10.0, 0.0, 600.0)),
        ("crossings between fixes", lambda: index.crossings((0, 1, 2), *here, 33.5, 38.6, 0.0)),
        ("time to breach", lambda: index.time_to_breach(*here, 100.0, 90.0, 10.0, 0.0, 600.0)),
        ("along a route", follow),
    ]


def warm(progress: Progress | None = None) -> None:
    """Compile or load every kernel. Some tens of seconds the first time after an installation, below one later."""
    steps = _steps()
    for done, (name, step) in enumerate(steps):
        if progress is not None:
            progress(name, done, len(steps))
        step()
    if progress is not None:
        progress("", len(steps), len(steps))


def is_warm() -> bool:
    """Whether every kernel is compiled in this process; true when the compiler is off, for nothing is left to wait for."""
    return JIT_OFF or all(compiled_count(function) > 0 for function in _ENTRIES)


def will_be_quick() -> bool:
    """Whether `warm` will find its machine code in the cache. A guess: another processor would make it compile after all."""
    return JIT_OFF or all(compiled_count(function) > 0 or is_kept(function) for function in _ENTRIES)
