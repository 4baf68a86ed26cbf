"""How far a mover can have come between two reports, and how far it would have come if it were too fast for its class.

Only speeds that were stated bound it, and only where both reports state one: a speed worked out from the way before says
nothing of the way after, when what stood still may have set off. Between two stated speeds it may have gained speed at up to
1 g and lost it again.
"""

from typing import Final

import numpy as np

from openline.tracks.columns import CLASS_INDEX, Fixes, Floats, Ints
from openline.tracks.picture import Picture

GAIN_MPS2: Final = 5.0  # mean speed gained for each second of the way: 1 g for the whole of it gives half of 9.81
TOO_FAST: Final = 2.0  # up to so many times the class maximum a way is unlikely and watched; beyond, it is no way at all


def reach(picture: Picture, fixes: Fixes, slot: Ints, rows: Ints, gap_s: Floats) -> tuple[Floats, Floats]:
    """(farthest a mover of this class can have come, farthest at `TOO_FAST` times its maximum), each (n,), metres.

    `gap_s` (n,) may be negative: of a report that is older than the track, how far back it can have been.
    """
    rules, columns = picture.rules, picture.columns
    seconds = np.abs(np.nan_to_num(gap_s))
    limit_mps, bound_mps = _speeds(picture, fixes, slot, rows, seconds)
    slack_m = rules.jump_floor_m + np.nan_to_num(fixes.accuracy_m[rows]) + np.nan_to_num(columns.accuracy_m[slot])
    return slack_m + np.minimum(bound_mps, limit_mps) * seconds, slack_m + np.minimum(bound_mps, TOO_FAST * limit_mps) * seconds


def farthest(picture: Picture, fixes: Fixes, slot: Ints, rows: Ints, gap_s: Floats) -> Floats:
    """The longest way (n,) a mover of this class can have gone since the track's fix, metres; positions taken as exact."""
    seconds = np.abs(np.nan_to_num(gap_s))
    limit_mps, bound_mps = _speeds(picture, fixes, slot, rows, seconds)
    longest: Floats = np.minimum(bound_mps, limit_mps) * seconds
    return longest


def _speeds(picture: Picture, fixes: Fixes, slot: Ints, rows: Ints, seconds: Floats) -> tuple[Floats, Floats]:
    """(the most its class can do, the most that stated speeds allow: infinite where either is not stated), each (n,)."""
    columns, rules = picture.columns, picture.rules
    class_max = np.array([rules.classes[word].speed_max_mps for word in CLASS_INDEX])
    limit_mps = class_max[columns.mover_class[slot]]
    before_mps = np.where(columns.speed_stated[slot], columns.speed_mps[slot], np.nan)
    stated_mps = np.maximum(fixes.speed_mps[rows], before_mps)  # NaN where either is not stated
    bound_mps = np.where(np.isnan(stated_mps), np.inf, 1.5 * stated_mps + rules.jump_margin_mps + GAIN_MPS2 * seconds)
    return limit_mps, bound_mps
