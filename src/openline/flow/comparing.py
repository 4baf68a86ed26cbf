"""A read-back compared, at whichever end: from what was said, what was read, and the smaller of both ends' tolerances.

Either end has all of it, so either computes it and neither takes the other's word: nothing is confirmed unless both agree.
"""

from typing import Any, Final, Literal

from openline.flow.talk import Talk
from openline.kernels.geodesic import inverse
from openline.line import readback
from openline.line.templates import pack
from openline.line.templates.template import Template

NO_TEMPLATE: Final = "this node does not have the template of the message: it cannot compare the read-back itself"


def compared(talk: Talk, tolerance_m: int, params: dict[str, Any] | None = None) -> readback.Result | None:
    """The newest read-back of a talk against its message, `params` being the other end's result; None without its template."""
    template = template_of(talk)
    if template is None:
        return None
    most_m = readback.tolerance(tolerance_m, talk.read_back, params or {})
    said = talk.said["params"]
    return readback.compare(template, said, talk.conversation.readback, talk.read_back, between_m, most_m)


def weigh(talk: Talk, params: dict[str, Any], tolerance_m: int) -> Literal["agrees", "differs"]:
    """The counterpart's result held against our own, `agrees` only where both do; what is against it is in `talk.against`."""
    talk.result = compared(talk, tolerance_m, params)
    talk.against = NO_TEMPLATE if talk.result is None else readback.against(talk.result, params)
    agree = readback.confirms(params) and talk.result is not None and talk.result.outcome == "agrees"
    return "agrees" if agree else "differs"


def template_of(talk: Talk) -> Template | None:
    """Our own copy of the template its text was written with."""
    return pack.shipped().named(talk.said.get("tpl"))


def between_m(lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float) -> float:
    """Metres along the WGS-84 geodesic."""
    return float(inverse([lat1_deg], [lon1_deg], [lat2_deg], [lon2_deg])[0][0])
