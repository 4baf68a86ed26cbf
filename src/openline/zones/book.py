"""The Book: every version of every zone, keyed (issuer, serial, version), and who holds which (R3, R7, R8).

It computes only: no clock, no chance; the same calls in the same order give the same Book. `to_plain` and `from_plain` carry
it through JSON, with times as integer microseconds.

Rule 1  Versions of a zone only grow; a version that was missing may still come and takes its place in the history.
        Withdrawing is a version too.
Rule 2  A standing belongs to one version. A new version starts with its issuer's declaration and nothing else.
Rule 3  A party holds the newest version it has acknowledged. Until it acknowledges the latest it is listed as behind.
Rule 4  What is kept has limits; at one a new zone, version or standing is refused. Withdrawing a zone never is.
Rule 5  A zone is `agreed` only when every named party has said so, each with a message (R3).
"""

from bisect import insort
from typing import Any, Final

import msgspec

from openline.clock import NS_PER_US
from openline.errors import Refused
from openline.feeds.report import MOVER_CLASSES
from openline.zones.recorded import from_recorded, to_recorded
from openline.zones.zone import Circle, Corridor, Polygon, Shape, Standing, Zone

ZONES_MAX: Final = 100_000  # the size the geometry is measured at (docs/zones.md)
VERSIONS_MAX: Final = 10_000  # of one zone: a change every hour for over a year
STANDINGS_MAX: Final = 1_000  # of one version: parties times statuses
VERSIONS_ALL_MAX: Final = 200_000  # of all zones together
VERTICES_ALL_MAX: Final = 2_000_000  # of all shapes kept, about 250 MB; a version with the shape of the one before adds none
STANDINGS_ALL_MAX: Final = 200_000  # of all versions together

_ACKNOWLEDGES: Final = ("acknowledged", "agreed", "disputed")  # saying any of these, a party has read that version
_STATUSES: Final = ("declared", "notified", "received", *_ACKNOWLEDGES)

Key = tuple[str, int]
"""(issuer, serial)"""


class Holder(msgspec.Struct, frozen=True):
    """A party and the newest version it has acknowledged; version 0: told, but it has acknowledged none."""

    party: str
    version: int
    since_ns: int


class Behind(msgspec.Struct, frozen=True):
    """A party that has not acknowledged the latest version: "party B still on v3, 41 min" (R7)."""

    party: str
    version: int
    latest: int
    since_ns: int  # when the version it holds was superseded; for version 0, when it was first told


class Kept(msgspec.Struct, frozen=True):
    """One version as the Book keeps it: the zone, and when it was put here."""

    zone: Zone
    put_ns: int


class Gap(msgspec.Struct, frozen=True):
    """Serials (or, where `serial` is given, versions of that zone) of an issuer that never came: first to last inclusive."""

    issuer: str
    first: int
    last: int
    serial: int | None = None


class Book:
    """All zones of one node. Mutable; every change goes through `put`, `withdraw` and `stand`."""

    def __init__(self) -> None:
        self._versions: dict[Key, list[Kept]] = {}
        self._keys: dict[str, Key] = {}
        self._last_serial: dict[str, int] = {}
        self._versions_count = self._vertices_count = self._standings_count = 0

    def put(self, zone: Zone, at_ns: int, message: str = "") -> Zone:
        """Keep a zone and return it as kept. Serial 0 and version 0 ask for the issuer's next.

        `message` names the entry or message that declares it. The same version with the same content again changes nothing.
        Raises `Refused` for another content under a version already kept, and for an id of another zone.
        """
        if not zone.issuer:
            raise Refused("zone.issuer", zone.issuer, "the party that issues the zone")
        serial = zone.serial or self._next_serial(zone)
        key = (zone.issuer, serial)
        kept = self._versions.get(key, [])
        version = zone.version or (kept[-1].zone.version + 1 if kept else 1)
        declared = Standing(zone.issuer, "declared", _micro(at_ns), message)
        fresh = _rounded(msgspec.structs.replace(zone, serial=serial, version=version, standings=(declared,)))
        if not fresh.id:
            fresh = msgspec.structs.replace(fresh, id=f"{zone.issuer}-{serial}")
        if (same := self._already(key, fresh)) is not None:
            return same
        fresh = self._shared(key, fresh)
        self._admit(key, fresh, kept)
        self._keep(key, Kept(fresh, _micro(at_ns)))
        return fresh

    def withdraw(self, zone_id: str, at_ns: int, message: str = "") -> Zone:
        """Put a version that says the zone is withdrawn; its holders are behind until they acknowledge that too."""
        latest = self.zone(zone_id)
        if latest.withdrawn:
            raise Refused("zone", zone_id, "a zone that is not withdrawn yet")
        return self.put(msgspec.structs.replace(latest, version=0, withdrawn=True), at_ns, message)

    def stand(self, zone_id: str, version: int, standing: Standing) -> Zone:
        """Add what one party said of one version, and return that version with it. Saying the same twice changes nothing."""
        kept, index = self._find(zone_id, version)
        if standing.status not in _STATUSES:
            raise Refused("standing.status", standing.status, "one of " + ", ".join(_STATUSES))
        if not standing.party:
            raise Refused("standing.party", standing.party, "the party that says it")
        if not standing.message:
            raise Refused("standing.message", standing.message, "the id of the message or entry that says it")
        zone = kept[index].zone
        standing = msgspec.structs.replace(standing, at_ns=_micro(standing.at_ns))
        if standing in zone.standings:
            return zone
        if len(zone.standings) >= STANDINGS_MAX:
            raise Refused("standing", f"{len(zone.standings)} standings", f"at most {STANDINGS_MAX} of one version")
        if self._standings_count >= STANDINGS_ALL_MAX:
            raise Refused(
                "standing", f"{self._standings_count} standings", f"at most {STANDINGS_ALL_MAX} of all zones together"
            )
        self._standings_count += 1
        zone = msgspec.structs.replace(zone, standings=(*zone.standings, standing))
        kept[index] = Kept(zone, kept[index].put_ns)
        return zone

    def zone(self, zone_id: str, version: int | None = None) -> Zone:
        """The latest version of a zone, or the one asked for. Raises `Refused` when it is not here."""
        kept, index = self._find(zone_id, version)
        return kept[index].zone

    def latest(self) -> list[Zone]:
        """The latest version of every zone, withdrawn ones included, by issuer and serial."""
        return [self._versions[key][-1].zone for key in sorted(self._versions)]

    def versions(self, zone_id: str) -> list[Kept]:
        """Every version of a zone kept here, oldest first."""
        return list(self._find(zone_id, None)[0])

    def holders(self, zone_id: str) -> list[Holder]:
        """Which version each party holds, and since when; parties told and silent are here with version 0."""
        found: dict[str, Holder] = {}
        for kept in self.versions(zone_id):
            zone = kept.zone
            for said in sorted(zone.standings, key=lambda one: one.at_ns):
                if said.party == zone.issuer:
                    continue
                before = found.get(said.party)
                if before is None:
                    before = found[said.party] = Holder(said.party, 0, said.at_ns)
                if said.status in _ACKNOWLEDGES and before.version < zone.version:
                    found[said.party] = Holder(said.party, zone.version, said.at_ns)
        return [found[party] for party in sorted(found)]

    def behind(self, zone_id: str) -> list[Behind]:
        """Every party that has not acknowledged the latest version, with the version it holds and since when that is old."""
        kept = self.versions(zone_id)
        latest = kept[-1].zone.version
        late = []
        for holder in self.holders(zone_id):
            if holder.version < latest:
                newer = next(one for one in kept if one.zone.version > holder.version)
                late.append(Behind(holder.party, holder.version, latest, newer.put_ns if holder.version else holder.since_ns))
        return late

    def gaps(self) -> list[Gap]:
        """Serials and versions each issuer must have used, since later ones came, that are not here (R8)."""
        serials: dict[str, list[int]] = {}
        for issuer, serial in sorted(self._versions):
            serials.setdefault(issuer, []).append(serial)
        found: list[Gap] = []
        for issuer, used in serials.items():
            found += [Gap(issuer, first, last) for first, last in _missing(used)]
            for serial in used:
                versions = [kept.zone.version for kept in self._versions[issuer, serial]]
                found += [Gap(issuer, first, last, serial) for first, last in _missing(versions)]
        return found

    def to_plain(self) -> list[dict[str, Any]]:
        """Everything kept as plain JSON, in a fixed order, times in integer microseconds."""
        return [to_recorded(kept) for key in sorted(self._versions) for kept in self._versions[key]]

    @classmethod
    def from_plain(cls, plain: Any) -> "Book":
        """The Book `to_plain` gave. Raises `Refused` for anything `to_plain` cannot have given."""
        book = cls()
        for kept in from_recorded(plain, list[Kept], "book"):
            zone = kept.zone
            key = (zone.issuer, zone.serial)
            if not (zone.id and zone.issuer and zone.serial >= 1 and zone.version >= 1):
                raise Refused("book", zone.id, "zones with an id, an issuer, a serial and a version")
            zone = book._shared(key, zone)
            book._admit(key, zone, book._versions.get(key, []))
            if book._already(key, zone) is not None:
                raise Refused("book", f"{zone.id} version {zone.version}", "each version once")
            book._keep(key, Kept(zone, kept.put_ns))
        return book

    def _keep(self, key: Key, kept: Kept) -> None:
        self._keys[kept.zone.id] = key
        self._last_serial[key[0]] = max(key[1], self._last_serial.get(key[0], 0))
        self._versions_count += 1
        self._vertices_count += self._fresh_vertices(key, kept.zone)
        self._standings_count += len(kept.zone.standings)
        insort(self._versions.setdefault(key, []), kept, key=lambda one: one.zone.version)

    def _shared(self, key: Key, zone: Zone) -> Zone:
        """The zone with the very shape of the version before, where it is the same: kept once, however many versions."""
        kept = self._versions.get(key)
        if not kept or zone.shape != kept[-1].zone.shape:
            return zone
        return msgspec.structs.replace(zone, shape=kept[-1].zone.shape)

    def _fresh_vertices(self, key: Key, zone: Zone) -> int:
        """Vertices that are not kept yet."""
        kept = self._versions.get(key)
        return 0 if kept and kept[-1].zone.shape is zone.shape else vertices_count(zone.shape)

    def _next_serial(self, zone: Zone) -> int:
        if zone.id in self._keys and self._keys[zone.id][0] == zone.issuer:
            return self._keys[zone.id][1]
        return self._last_serial.get(zone.issuer, 0) + 1

    def _find(self, zone_id: str, version: int | None) -> tuple[list[Kept], int]:
        kept = self._versions.get(self._keys.get(zone_id, ("", 0)), [])
        for index in range(len(kept) - 1, -1, -1):
            if version is None or kept[index].zone.version == version:
                return kept, index
        raise Refused("zone", zone_id if version is None else f"{zone_id} version {version}", "a zone of this node")

    def _already(self, key: Key, fresh: Zone) -> Zone | None:
        """The kept zone when `fresh` repeats it; two contents under one version are refused."""
        for kept in self._versions.get(key, []):
            if kept.zone.version == fresh.version:
                if msgspec.structs.replace(kept.zone, standings=()) != msgspec.structs.replace(fresh, standings=()):
                    raise Refused("zone.version", fresh.version, f"another version: {fresh.version} is kept with other content")
                return kept.zone
        return None

    def _admit(self, key: Key, fresh: Zone, kept: list[Kept]) -> None:
        """Raise `Refused` when `fresh` may not follow what is kept."""
        if self._keys.get(fresh.id, key) != key:
            raise Refused("zone.id", fresh.id, "an id no other zone has")
        if kept and fresh.id != kept[-1].zone.id:
            raise Refused("zone.id", fresh.id, f"the id this serial already has: {kept[-1].zone.id}")
        if fresh.serial < 1 or fresh.version < 1:
            raise Refused("zone.serial", [fresh.serial, fresh.version], "a serial and a version from 1")
        if not kept and len(self._versions) >= ZONES_MAX:
            raise Refused("zone", fresh.id, f"at most {ZONES_MAX} zones")
        fresh_vertices = self._fresh_vertices(key, fresh)
        if kept and fresh.withdrawn and not kept[-1].zone.withdrawn and not fresh_vertices:
            return
        if self._versions_count >= VERSIONS_ALL_MAX:
            raise Refused("zone", f"{self._versions_count} versions", f"at most {VERSIONS_ALL_MAX} of all zones together")
        vertices = self._vertices_count + fresh_vertices
        if vertices > VERTICES_ALL_MAX:
            raise Refused("zone.shape", f"{vertices} vertices", f"at most {VERTICES_ALL_MAX} in all versions of all zones")
        if len(kept) >= VERSIONS_MAX:
            raise Refused("zone.version", fresh.version, f"at most {VERSIONS_MAX} versions of one zone")


def named_parties(zone: Zone) -> list[str]:
    """The parties a zone names beside its issuer: those it applies to (not mover classes), and those with a standing."""
    named = {word for word in zone.applies_to if word not in MOVER_CLASSES} | {said.party for said in zone.standings}
    return sorted(named - {zone.issuer})


def shown_status(zone: Zone) -> str:
    """What may be shown: `disputed` if any named party's last word is that, `agreed` only if all agreed, else `declared`."""
    last = {said.party: said for said in sorted(zone.standings, key=lambda one: one.at_ns)}
    words = [last.get(party) for party in named_parties(zone)]
    if any(said is not None and said.status == "disputed" for said in words):
        return "disputed"
    if words and all(said is not None and said.status == "agreed" and said.message for said in words):
        return "agreed"
    return "declared"


def vertices_count(shape: Shape) -> int:
    """How many places a shape is made of."""
    if isinstance(shape, Polygon):
        return len(shape.outer) + sum(len(hole) for hole in shape.holes)
    if isinstance(shape, Corridor):
        return len(shape.line)
    return 1 if isinstance(shape, Circle) else sum(vertices_count(part) for part in shape.parts)


def _missing(numbers: list[int]) -> list[tuple[int, int]]:
    """The runs from 1 to the greatest of `numbers` (ascending) that are not in it."""
    return [(low + 1, high - 1) for low, high in zip([0, *numbers], numbers, strict=False) if high - low > 1]


def _micro(instant_ns: int) -> int:
    """The instant floored to the microsecond, the finest a recorded byte carries."""
    return instant_ns // NS_PER_US * NS_PER_US


def _rounded(zone: Zone) -> Zone:
    """The zone with its times as fine as the record keeps them."""
    times = {name: getattr(zone, name) for name in ("effective_ns", "expires_ns", "review_ns")}
    return msgspec.structs.replace(zone, **{name: None if at is None else _micro(at) for name, at in times.items()})
