"""Movers that did not move: for looking at a zone again when the zone changed around them."""

import numpy as np

from openline.tracks.ageing import age, uncertainty
from openline.tracks.columns import CLASS_INDEX, LAST_KNOWN, NEVER_NS, WHERE, Ints
from openline.tracks.moves import Moves
from openline.tracks.moving import BY_HEADING
from openline.tracks.picture import Picture


def standing_moves(picture: Picture, slots: Ints, now_ns: int) -> Moves:
    """Moves without a fix before: each mover where it was last, at the moment something changed around it."""
    columns, rules = picture.columns, picture.rules
    slots = slots[columns.at_ns[slots] != NEVER_NS]
    nan = np.full(len(slots), np.nan)
    by_class = columns.mover_class[slots]
    stated = ~np.isnan(columns.accuracy_m[slots])
    assumed_m = np.array([rules.classes[word].accuracy_default_m for word in CLASS_INDEX])[by_class]
    horizon_s = np.array([rules.classes[word].horizon_s for word in CLASS_INDEX])[by_class]
    # Not heard of lately: it may be anywhere it can have got to, and nothing about it is certain.
    stale = (age(picture, slots, now_ns) > rules.gap_s) | (columns.state[slots] == LAST_KNOWN)
    accuracy_m = np.where(stated, columns.accuracy_m[slots], assumed_m)
    accuracy_m = np.where(stale, np.maximum(accuracy_m, uncertainty(picture, slots, now_ns)), accuracy_m)
    never_ns = np.full(len(slots), NEVER_NS, dtype=np.int64)
    return Moves(
        slots,
        nan,
        nan,
        never_ns,
        np.full((len(slots), 4), np.nan),
        columns.lat_deg[slots],
        columns.lon_deg[slots],
        np.full(len(slots), now_ns, dtype=np.int64),
        columns.altitude_m[slots],
        nan,
        np.zeros(len(slots)),
        accuracy_m,
        stated,
        np.nan_to_num(columns.vertical_accuracy_m[slots]),
        columns.speed_mps[slots],
        columns.track_deg[slots],
        columns.vertical_mps[slots],
        horizon_s,
        BY_HEADING[by_class],
        stale | ((columns.doubts[slots] & WHERE) != 0),
        by_class.astype(np.int64),
        columns.velocity_vague[slots],
        columns.climb_derived[slots],
        np.zeros(len(slots)),
        np.zeros(len(slots), dtype=np.bool_),
    )
