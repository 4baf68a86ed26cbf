"""What a guest notice says of a zone, and what it asks back: sentences, a thinned outline, questions with their right answers.

Pure. What comes out is written into the act `notice.make`, so the record holds what the person was shown and asked. Nobody can
pass by copying: the questions stand on a page without the notice, a length is typed with its unit, and each choice has others
beside it that are as plausible.
"""

from collections.abc import Sequence
from math import cos, floor, log10, radians
from typing import Any, Final
from zoneinfo import ZoneInfo

from openline.clock import NS_PER_S, from_unix_s, to_rfc3339
from openline.console.pages.words import say
from openline.line.notice import OUTLINE_POINTS_MAX, Choice, ChoiceQuestion, LengthQuestion, Question
from openline.node.local_time import local_text
from openline.units import M_PER_FT, M_PER_NMI, M_PER_STATUTE_MI
from openline.zones.zone import Circle, Corridor, Group, Limit, Point, Polygon, Ring, Shape, Zone

Line = tuple[Point, ...]

ASKS: Final[dict[str, str]] = {
    "stay out": "stay_out",
    "permission": "permission",
    "contact": "contact",
    "information": "information",
}
ASKS_CHARS_MAX: Final = 200  # of a zone's own words in a choice
RULES_SAID: Final = ("contact_by", "no_contact_no_entry")  # said in our words where the ring has none of its own
OTHERS_MAX: Final = 3
LINE_POINTS_MAX: Final = 200  # of each line of the sketch: more cannot be seen on a phone
LINES_MAX: Final = 5
M_PER_DEG: Final = 111_195.0  # of latitude on the mean sphere; "about" in the sentence, 10 % in the question
ACROSS_TOLERANCE: Final = 0.1
LAT_MAX_DEG: Final = 80.0  # nearer to a pole "from west to east" means little
_DAY_NS: Final = 86_400 * NS_PER_S


def words(zone: Zone, local: ZoneInfo) -> tuple[str, ...]:
    """The sentences the page shows, in order: what to do, where, until when; last the words it was declared in."""
    said = []
    if zone.asks in ASKS:
        said.append(say(f"notice.asks.{zone.asks}"))
    elif zone.asks:
        said.append(zone.asks)
    length = _length(zone.shape)
    if length is not None:
        said.append(_length_words(*length))
    middle = middle_of(zone.shape)
    said.append(say("notice.middle", dd=_dd(middle), dm=_dm(middle)))
    said += [_ring_words(ring, zone.shape) for ring in zone.rings if _named(ring)]
    if zone.lower is not None or zone.upper is not None:
        lower, upper = _limit(zone.lower, "notice.ground"), _limit(zone.upper, "notice.unlimited")
        said.append(say("notice.band", lower=lower, upper=upper))
    if zone.hours:
        said.append(say("notice.hours"))
    end_ns = zone.expires_ns
    said.append(say("notice.no_end") if end_ns is None else say("notice.until", until=_moment(end_ns, local)))
    if zone.declared.words:
        said.append(say("notice.words", words=zone.declared.words))
    return tuple(said)


def questions(zone: Zone, others: Sequence[Zone], now_ns: int, local: ZoneInfo) -> tuple[Question, ...]:
    """What is asked back: how far, which area, what to do, until when."""
    asked: list[Question] = []
    length = _length(zone.shape)
    if length is not None:
        field, length_m, tolerance = length
        asked.append(LengthQuestion(field, length_m, tolerance))
    asked.append(_place(zone, others))
    todo = _todo(zone, others)
    if zone.asks and len(todo.choices) > 1:
        asked.append(todo)
    asked.append(_until(zone.expires_ns, now_ns, local))
    return tuple(asked)


def outline(geometry: dict[str, Any]) -> tuple[Line, ...]:
    """The lines of a zone's GeoJSON outline as (lat, lon), thinned until a phone can draw them."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates") or []
    if kind == "MultiPolygon":
        rings = [ring for part in coordinates for ring in part]
    else:
        rings = coordinates if kind in ("Polygon", "MultiLineString") else [coordinates] if kind == "LineString" else []
    longest = sorted(rings, key=len, reverse=True)[:LINES_MAX]
    lines = tuple(_thinned(tuple((float(lat), float(lon)) for lon, lat, *_ in ring)) for ring in longest)
    assert sum(len(line) for line in lines) <= OUTLINE_POINTS_MAX
    return lines


def ring_lines(zone: Zone, outlines: Sequence[dict[str, Any]]) -> tuple[Line, ...]:
    """The lines of the rings that the words name, thinned alike; `outlines` is a Zone's `ring_outlines` of docs/api.md."""
    named = {ring.name for ring in zone.rings if _named(ring)}
    found = [line for one in outlines if one["name"] in named for line in outline(one.get("outline") or {})]
    return tuple(found[:LINES_MAX])


def _named(ring: Ring) -> bool:
    """A ring the person is told of: it says something, or asks for contact."""
    return bool(ring.says) or ring.rule in RULES_SAID


def _ring_words(ring: Ring, shape: Shape) -> str:
    """What a ring asks, and how far it is from the boundary; from the middle as well, where every part of it is equally far."""
    says = ring.says or say(f"notice.rule.{ring.rule}")
    if ring.offset_m == 0.0:
        return say("notice.ring_edge", says=says)
    middle = ""
    if isinstance(shape, Circle) and shape.radius_m + ring.offset_m > 0.0:
        middle = say("notice.ring_middle", far=_far(shape.radius_m + ring.offset_m))
    key = "notice.ring_out" if ring.offset_m > 0.0 else "notice.ring_in"
    return say(key, name=ring.name, far=_far(abs(ring.offset_m)), middle=middle, says=says)


def _far(length_m: float) -> str:
    """A distance as a driver reads it: 10 km (6.21 miles), 350 metres."""
    if length_m < 1_000:
        return say("notice.far_small", m=_three(length_m))
    return say("notice.far", km=_three(length_m / 1_000), statute_mi=_three(length_m / M_PER_STATUTE_MI))


def _thinned(line: Line) -> Line:
    """Every so many points; the last one stays, so that a closed line is closed."""
    step = -(-len(line) // (LINE_POINTS_MAX - 1))
    return line if step <= 1 else (*line[:-1:step], line[-1])


def _length(shape: Shape) -> tuple[str, float, float] | None:
    """The field, length and tolerance of the length a notice of this shape speaks of; None where there is none worth asking."""
    if isinstance(shape, Circle):
        return "distance", shape.radius_m, 0.02
    if isinstance(shape, Corridor):
        return "width", shape.half_width_m, 0.02
    south, north, west, east = _box(_points(shape))
    if max(abs(south), abs(north)) > LAT_MAX_DEG or east - west > 180 or east == west:
        return None
    return "across", (east - west) * M_PER_DEG * cos(radians((south + north) / 2)), ACROSS_TOLERANCE


def _length_words(field: str, length_m: float, _tolerance: float) -> str:
    key = {"distance": "circle", "width": "corridor", "across": "across"}[field]
    if length_m < 1_000:
        return say(f"notice.{key}_small", m=_three(length_m), ft=_three(length_m / M_PER_FT))
    km, statute_mi, nmi = length_m / 1_000, length_m / M_PER_STATUTE_MI, length_m / M_PER_NMI
    return say(f"notice.{key}", km=_three(km), statute_mi=_three(statute_mi), nmi=_three(nmi))


def _place(zone: Zone, others: Sequence[Zone]) -> ChoiceQuestion:
    """Which area: among the names of other zones; among coordinates where those are too few, or a name gives a number away."""
    names = {other.name: other.id for other in others if other.id != zone.id and other.name != zone.name and other.name}
    if zone.name and not any(one.isdigit() for one in zone.name) and len(names) >= 2:
        picked = sorted(names)[:OTHERS_MAX]
        choices = [Choice(zone.id, zone.name), *(Choice(names[name], name) for name in picked)]
        ordered = sorted(choices, key=lambda one: one.says)
        return ChoiceQuestion("place", zone.id, (*ordered, Choice("none", say("choice.none"))))
    lat, lon = middle_of(zone.shape)
    right = _dd((lat, lon))
    # A square of four, so that no corner stands out by what it shares with the others.
    lats, lons = (lat, lat - 1 if lat > 0 else lat + 1), (lon, (lon + 181) % 360 - 180)
    texts = {right, *(_dd((one_lat, one_lon)) for one_lat in lats for one_lon in lons)}
    return ChoiceQuestion("middle", right, tuple(Choice(text, text) for text in sorted(texts)))


def _todo(zone: Zone, others: Sequence[Zone]) -> ChoiceQuestion:
    """What to do: among the usual requests, or the zone's own words among other zones' and the requests they do not mention."""
    usual = [Choice(one, say(f"choice.{one}")) for one in ASKS.values()]
    if zone.asks in ASKS:
        return ChoiceQuestion("asks", ASKS[zone.asks], tuple(usual))
    cut = zone.asks[:ASKS_CHARS_MAX]
    theirs = {other.asks[:ASKS_CHARS_MAX]: other.id for other in others if other.asks not in ("", *ASKS)}
    wrong = [Choice(f"as_of_{theirs[asks]}", asks) for asks in sorted(theirs) if asks != cut][:OTHERS_MAX]
    wrong += [choice for word, choice in zip(ASKS, usual, strict=True) if word not in zone.asks.lower()]
    own = Choice("as_said", cut)
    return ChoiceQuestion("asks", own.id, tuple(sorted((own, *wrong), key=lambda one: one.says)))


def _until(end_ns: int | None, now_ns: int, local: ZoneInfo) -> ChoiceQuestion:
    """Until when: the right moment (or none) among a day earlier, a day later and a few hours off."""
    notice = Choice("further_notice", say("choice.further_notice"))
    near_ns = end_ns if end_ns is not None else from_unix_s((now_ns // NS_PER_S // 3_600 + 6) * 3_600)
    shifts_ns = (0, _DAY_NS, 3 * 3_600 * NS_PER_S) if end_ns is None else (0, _DAY_NS, -3 * 3_600 * NS_PER_S)
    moments = sorted(near_ns + shift_ns for shift_ns in shifts_ns)
    choices = tuple(Choice(to_rfc3339(one, 0), _moment(one, local)) for one in moments)
    right = notice.id if end_ns is None else to_rfc3339(end_ns, 0)
    return ChoiceQuestion("until", right, (*choices, notice))


def _moment(at_ns: int, local: ZoneInfo) -> str:
    utc = to_rfc3339(at_ns, 0)[:16].replace("T", " ") + " UTC"
    return utc if local.key == "UTC" else f"{utc} ({local_text(at_ns, local)})"


def _limit(limit: Limit | None, open_key: str) -> str:
    if limit is None:
        return say(open_key)
    return f"FL {limit.value:g}" if limit.unit == "fl" else f"{limit.value:g} {limit.unit} {limit.datum.upper()}"


def _points(shape: Shape) -> list[Point]:
    if isinstance(shape, Polygon):
        return list(shape.outer)
    if isinstance(shape, Corridor):
        return list(shape.line)
    if isinstance(shape, Group):
        return [point for part in shape.parts for point in _points(part)]
    return [(shape.lat_deg, shape.lon_deg)]


def _box(points: list[Point]) -> tuple[float, float, float, float]:
    """South, north, west, east; longitudes unrolled from the first point, so that 179 and -179 are neighbours."""
    first = points[0][1]
    lons = [lon - 360 * round((lon - first) / 360) for _, lon in points]
    lats = [lat for lat, _ in points]
    return min(lats), max(lats), min(lons), max(lons)


def middle_of(shape: Shape) -> Point:
    """The centre of a circle, else the middle of the box around the shape."""
    south, north, west, east = _box(_points(shape))
    lon = (west + east) / 2
    return (south + north) / 2, lon - 360 * round(lon / 360)


def _dd(point: Point) -> str:
    lat, lon = point
    return f"{abs(lat):.3f}° {'N' if lat >= 0 else 'S'}, {abs(lon):.3f}° {'E' if lon >= 0 else 'W'}"


def _dm(point: Point) -> str:
    return ", ".join(_one_dm(*pair) for pair in ((point[0], "NS"), (point[1], "EW")))


def _one_dm(value: float, signs: str) -> str:
    hundredths = round(abs(value) * 6_000)  # of a minute: 18 m
    return f"{hundredths // 6_000}° {hundredths % 6_000 / 100:05.2f}′ {signs[0] if value >= 0 else signs[1]}"


def _three(value: float) -> str:
    """Three significant digits, without an exponent."""
    digits = max(0, 2 - floor(log10(value)))
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
