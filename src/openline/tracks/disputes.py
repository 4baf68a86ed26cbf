"""Where two voices speak of one mover: whether both can be right (R19).

Two reports of different voices agree when they are no farther apart than their accuracies and what the mover does in the time
between them allow. That time is never taken for less than what clocks of sources are known to. Where nobody knows the speed,
nothing can be said, and the class of the mover alone is asked.
"""

from math import isnan, nan
from typing import Final

import numpy as np

from openline.clock import NS_PER_S
from openline.kernels.geodesic import inverse
from openline.tracks.columns import DISPUTED, KINDS, NEVER_NS, Fixes, Floats, Ints
from openline.tracks.moves import TrackEvent
from openline.tracks.picture import Picture
from openline.tracks.reach import GAIN_MPS2
from openline.tracks.voices import Voice

CLOCKS_S: Final = 2.0  # as for reports from the future: receivers date the same position this much apart


def open_voices(picture: Picture, fixes: Fixes, slot: Ints, rows: Ints) -> None:
    """Begin to keep voices apart where a second one speaks of a mover."""
    columns = picture.columns
    changed = (columns.at_ns[slot] != NEVER_NS) & (columns.voice[slot] != fixes.voice[rows])
    for one in slot[changed].tolist():
        if one not in picture.voices:
            speed_mps = nan if columns.velocity_vague[one] else float(columns.speed_mps[one])
            place = float(columns.lat_deg[one]), float(columns.lon_deg[one])
            accuracy_m = _accuracy_m(picture, one, float(columns.accuracy_m[one]))
            said = Voice(int(columns.at_ns[one]), *place, accuracy_m, speed_mps)
            picture.voices[one] = {int(columns.voice[one]): said}


def disputes(picture: Picture, fixes: Fixes, slot: Ints, rows: Ints) -> tuple[Floats, Ints]:
    """For n pairs of a place and a report: how far (n,) another voice put it, where both cannot be right, else NaN; and the
    voice (n,).
    """
    apart_m, against = np.full(len(slot), np.nan), np.full(len(slot), -1, dtype=np.int64)
    if not picture.voices:
        return apart_m, against
    gap_ns = int(picture.rules.gap_s * NS_PER_S)
    pairs: list[tuple[int, int, float, Voice]] = []
    for k, (one, i) in enumerate(zip(slot.tolist(), rows.tolist(), strict=True)):
        said = picture.voices.get(one)
        if said is None:
            continue
        own, at = int(fixes.voice[i]), int(fixes.at_ns[i])
        if picture.columns.voice[one] == own:
            continue  # whose word the track is at goes on with it: it is the others that disagree
        for voice, other in said.items():
            if voice != own and abs(at - other.at_ns) <= gap_ns:
                tolerance_m = _tolerance_m(picture, fixes, (one, i), said.get(own), other)
                if not isnan(tolerance_m):
                    pairs.append((k, voice, tolerance_m, other))
    if not pairs:
        return apart_m, against
    which = np.array([rows[k] for k, *_ in pairs])
    there = np.array([(p[3].lat_deg, p[3].lon_deg) for p in pairs]).T
    distance_m, _, _ = inverse(fixes.lat_deg[which], fixes.lon_deg[which], there[0], there[1])
    for (k, voice, tolerance_m, _), metres in zip(pairs, distance_m.tolist(), strict=True):
        if metres > tolerance_m and not metres <= apart_m[k]:
            apart_m[k], against[k] = metres, voice
    return apart_m, against


def note_voices(picture: Picture, fixes: Fixes, slot: Ints, rows: Ints) -> None:
    """Keep what was said by voices, of movers of which more than one speaks; only one is left: there is nothing to keep."""
    gap_ns = int(picture.rules.gap_s * NS_PER_S)
    for one, i in zip(slot.tolist(), rows.tolist(), strict=True) if picture.voices else ():
        said = picture.voices.get(one)
        if said is None:
            continue
        own, at = int(fixes.voice[i]), int(fixes.at_ns[i])
        before = said.get(own)
        if before is not None and at <= before.at_ns:
            continue
        speed_mps = _speed_mps(picture, fixes, i, before)
        accuracy_m = _accuracy_m(picture, one, float(fixes.accuracy_m[i]))
        said[own] = Voice(at, float(fixes.lat_deg[i]), float(fixes.lon_deg[i]), accuracy_m, speed_mps)
        for voice in [v for v, other in said.items() if at - other.at_ns > gap_ns]:
            del said[voice]
        if len(said) == 1:
            del picture.voices[one]


def dispute(picture: Picture, slots: list[int], apart_m: float, voices: tuple[int, int], at_ns: int) -> list[TrackEvent]:
    """Two voices cannot both be right: mark every place of the id. Gives what there is to say, once while it lasts."""
    picture.columns.disputed_m[slots] = apart_m
    fresh = [picture.doubt(one, DISPUTED, at_ns) for one in slots]
    if not all(fresh):
        return []
    mover = picture.id_of.get(slots[0]) or picture.mover[slots[0]] or ""
    first, second = (_called(picture, voice) for voice in voices)
    says = f"{mover}: POSITION DISPUTED: {first} and {second} put it {apart_m / 1000:.2f} km apart"
    return [TrackEvent(mover, "disputed", at_ns, f"{says}, more than both can be wrong by; both are watched, as possible")]


def _called(picture: Picture, voice: int) -> str:
    source, kind = divmod(voice, len(KINDS))
    return picture.texts[source] + (f" ({KINDS[kind]})" if KINDS[kind] else "")


def _tolerance_m(picture: Picture, fixes: Fixes, pair: tuple[int, int], own: Voice | None, other: Voice) -> float:
    """How far apart two reports of different voices may be; NaN where no speed is known."""
    slot, i = pair
    speeds = (float(fixes.speed_mps[i]), other.speed_mps, nan if own is None else own.speed_mps)
    known = [speed for speed in speeds if not isnan(speed)]
    if not known:
        return nan
    seconds = abs(int(fixes.at_ns[i]) - other.at_ns) / NS_PER_S + CLOCKS_S
    speed_mps = 1.5 * max(known) + picture.rules.jump_margin_mps + GAIN_MPS2 * seconds
    return _accuracy_m(picture, slot, float(fixes.accuracy_m[i])) + other.accuracy_m + speed_mps * seconds


def _speed_mps(picture: Picture, fixes: Fixes, i: int, before: Voice | None) -> float:
    """As stated, else worked out from two reports of the same voice; NaN across a long gap."""
    stated_mps = float(fixes.speed_mps[i])
    if not isnan(stated_mps) or before is None:
        return stated_mps
    gap_s = (int(fixes.at_ns[i]) - before.at_ns) / NS_PER_S
    if gap_s > picture.rules.gap_s:
        return nan
    one = slice(i, i + 1)
    way_m, _, _ = inverse(np.array([before.lat_deg]), np.array([before.lon_deg]), fixes.lat_deg[one], fixes.lon_deg[one])
    return float(way_m[0]) / gap_s


def _accuracy_m(picture: Picture, slot: int, stated_m: float) -> float:
    if not isnan(stated_m):
        return stated_m
    return picture.rules.of_class(int(picture.columns.mover_class[slot])).accuracy_default_m
