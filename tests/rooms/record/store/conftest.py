"""What the tests of the store share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openline.record.store import Store
from tests.rooms.record.made import entropy, identity


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty record, open for writing."""
    with Store.create(tmp_path / "record.db", identity(), entropy=entropy()) as made:
        yield made
