"""The paths of the settings, each with its address file read: what can be told, and over what."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from openline.node.doors.senders import read_secret
from openline.node.line.apprising import apprised
from openline.node.line.deliverers import Deliverer
from openline.node.line.egress import Network, networks
from openline.node.line.mail import mail
from openline.node.line.webhook import webhook
from openline.node.settings import Settings
from openline.node.settings_file import beside

MADE_BY: Final[dict[str, Callable[[str, str], Deliverer]]] = {"smtp": mail, "webhook": webhook, "apprise": apprised}


class Way(msgspec.Struct, frozen=True):
    """One path, ready to be used. Its address is known to its deliverer only."""

    name: str
    deliverer: Deliverer
    reach: tuple[Network, ...]
    within_s: float


def load(settings: Settings, settings_path: Path) -> dict[str, Way]:
    """Every path by name. Raises `BadSetting`: a file that is missing or that others may read, an address that is none."""
    ways = {}
    for one in settings.path:
        field = f"path {one.name}: address_file"
        deliverer = MADE_BY[one.kind](read_secret(beside(settings_path, one.address_file), field), field)
        ways[one.name] = Way(one.name, deliverer, networks(one.reach, f"path {one.name}: reach"), one.within_s)
    return ways
