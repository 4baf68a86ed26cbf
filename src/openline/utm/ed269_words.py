"""The words ED-269 has for what we say in our own: restrictions, height references, weekdays."""

from typing import Final

ASKS: Final = {
    "PROHIBITED": "stay out",
    "REQ_AUTHORISATION": "permission before entering",
    "CONDITIONAL": "enter only under the conditions stated",
    "NO_RESTRICTION": "no restriction",
}
"""What a restriction asks of those it applies to."""

SPELLINGS: Final = {"REQ_AUTHORIZATION": "REQ_AUTHORISATION"}
"""ED-318's spelling, met in ED-269 files."""

DATUMS: Final = {"AGL": "agl", "AMSL": "amsl", "WGS84": "wgs84"}
"""Height references read. WGS84 is ED-318's; ED-269 itself has the first two."""

DAYS: Final = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
