"""What the tests of bundles share."""

import pytest

from tests.rooms.record.judged import TINY, resigned
from tests.rooms.record.made import bundle_of, filled


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small bundle of everything, with a verifier of one line so that a test can afford to change each byte."""
    with filled(tmp_path_factory.mktemp("record") / "record.db") as store:
        made = bundle_of(store)
    return resigned(made, {"verify.py": TINY})


@pytest.fixture(scope="session")
def partial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same with entries left out and an object withheld, so that every file has lines."""
    with filled(tmp_path_factory.mktemp("record") / "record.db") as store:
        made = bundle_of(store, keep=lambda one: one.index not in (2, 4), withhold=lambda one, place: one.kind == "node.init")
    return resigned(made, {"verify.py": TINY})
