"""A moment in a named time zone, for people; never stored."""

import datetime as dt
from zoneinfo import ZoneInfo

from openline.clock import NS_PER_S


def local_text(at_ns: int, zone: ZoneInfo) -> str:
    """`2017-05-18 21:00 Amman (+03:00)`"""
    at = dt.datetime.fromtimestamp(at_ns // NS_PER_S, zone)
    offset = at.strftime("%z")
    return f"{at:%Y-%m-%d %H:%M} {zone.key.rpartition('/')[2].replace('_', ' ')} ({offset[:3]}:{offset[3:]})"
