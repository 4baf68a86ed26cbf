"""Views of what is not known: null, never a number."""

from math import nan

from openline.node.shown.views import archived_view
from openline.tracks.columns import NEVER_NS
from openline.tracks.picture import Archived

NOW_NS = 1_700_000_000_000_000_000


def archived(at_ns: int) -> Archived:
    return Archived("m", None, "unknown", nan, nan, at_ns, "s", 1)


def test_a_mover_that_was_never_located_has_no_age() -> None:
    view = archived_view(archived(NEVER_NS), NOW_NS)

    assert (view["age_s"], view["observed"], view["heard"], view["lat_deg"]) == (None, None, None, None)


def test_one_that_was_has_the_age_of_its_last_fix() -> None:
    assert archived_view(archived(NOW_NS - 90_000_000_000), NOW_NS)["age_s"] == 90.0
