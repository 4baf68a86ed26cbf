"""A standing condition of the picture: the noun alone; `flow.conditions` is its life."""

import msgspec


class Condition(msgspec.Struct, kw_only=True):
    """What stands against the picture. `count`: movers, or reports turned away. Goes when it is over and a person saw it."""

    id: str
    what: str
    since_ns: int
    said_ns: int  # when it was last recorded
    full_ns: int  # picture_full: when there was last no room
    before: int = 0  # picture_full: movers turned away before it began; disk: how full, 1 to 4
    count: int = 0
    says: str = ""
    movers: dict[str, None] = msgspec.field(default_factory=dict)  # in the order they joined; at most the movers of a picture
    over_ns: int | None = None
    acknowledged_by: str = ""
    acknowledged_ns: int | None = None
