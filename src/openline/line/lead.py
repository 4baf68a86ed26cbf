"""How much notice a notice gave: the time between saying it and its beginning, less what the counterpart needs to pass it on.

Below zero the counterpart could not have acted in time whatever it did (Il-20, 2018: under a minute of notice, R92). Computed
once, when the notice is queued, and kept with it: "notice given: 0 min 48 s". Under the agreed minimum it needs a reason (R13).
"""

import msgspec

from openline.errors import Refused
from openline.line.precedence import US_PER_S

REASON_CHARS_MAX = 500


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """`given_us` is when it was said, `starts_us` when what it announces begins; `notice_s` and `usable_s` may be below zero.

    `earliest_us` is the first moment at which the counterpart could have acted on it.
    """

    given_us: int
    starts_us: int
    notice_s: int
    handling_s: int
    usable_s: int
    minimum_s: int
    earliest_us: int
    reason: str = ""

    @property
    def below_minimum(self) -> bool:
        """Whether less notice was given than was agreed."""
        return self.notice_s < self.minimum_s

    @property
    def too_late(self) -> bool:
        """Whether the counterpart could not have acted before it began."""
        return self.usable_s < 0


def lead(given_us: int, starts_us: int, handling_s: int, minimum_s: int, reason: str = "") -> Lead:
    """The lead of a notice. `handling_s` is how long the counterpart says it needs; both figures are of the agreement.

    Seconds are cut off downwards, so that notice is never told longer than it was. Raises `Refused` for negative figures.
    """
    for field, value in (("handling_s", handling_s), ("minimum_s", minimum_s)):
        if value < 0:
            raise Refused(field, value, "0 seconds or more")
    if len(reason) > REASON_CHARS_MAX:
        raise Refused("reason", f"{len(reason)} characters", f"at most {REASON_CHARS_MAX} characters")
    notice_s = (starts_us - given_us) // US_PER_S
    return Lead(
        given_us=given_us,
        starts_us=starts_us,
        notice_s=notice_s,
        handling_s=handling_s,
        usable_s=notice_s - handling_s,
        minimum_s=minimum_s,
        earliest_us=given_us + handling_s * US_PER_S,
        reason=reason.strip(),
    )


def check_reason(lead: Lead) -> None:
    """Raises `Refused` for a lead below the minimum that gives no reason. What was not said in time is still said."""
    if lead.below_minimum and not lead.reason:
        raise Refused("reason", lead.reason, f"why only {spoken(lead.notice_s)} of notice; agreed are {spoken(lead.minimum_s)}")


def sentence(lead: Lead) -> str:
    """As the send screen and the record say it."""
    said = f"notice given: {spoken(lead.notice_s)}"
    if lead.below_minimum:
        said += f"; below minimum ({spoken(lead.minimum_s)})"
    if lead.too_late:
        said += f"; the counterpart needs {spoken(lead.handling_s)} to pass it on and could not have acted before it began"
    return said


def spoken(time_s: int) -> str:
    """0 min 48 s; 3 h 5 min; -2 min 10 s for what began before."""
    minutes, seconds = divmod(abs(time_s), 60)
    sign = "-" if time_s < 0 else ""
    if minutes >= 60:
        return f"{sign}{minutes // 60} h {minutes % 60} min"
    return f"{sign}{minutes} min {seconds} s"
