"""Make the record and the bundle of a release, once, when it is released: `python -m tests.rooms.record.vectors 0.1`.

They are never made again: each later release must open the one and verify the other.
"""

import sys
from pathlib import Path

from openline.record.entry import NewEntry
from openline.record.store import Operator
from openline.record.store.folder import write_zip
from openline.record.store.people import put_operator
from tests.rooms.record.made import ANN, T0_US, filled, order

FOLDER = Path(__file__).parents[2] / "vectors" / "record"


def main(version: str) -> None:
    """Write `record-VERSION.db` and `bundle-VERSION.zip`; never over an old one."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"record-{version}.db"
    ann = Operator(ANN.who, ANN.role, "$argon2id$v=19$m=65536,t=3,p=4$AAAA$AAAA", T0_US, T0_US)
    with filled(path) as store:
        entry = NewEntry(kind="user", at_us=T0_US, actor=ANN, x={"name": ann.name})
        store.commit([entry], also=lambda connection: put_operator(connection, ann))
        write_zip(FOLDER / f"bundle-{version}.zip", store.bundle(order()))
    path.with_name(path.name + ".lock").unlink()
    path.chmod(0o644)


if __name__ == "__main__":
    main(sys.argv[1])
