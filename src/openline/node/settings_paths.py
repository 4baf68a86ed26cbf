"""The paths to people and the steps of the escalation, as the settings file has them: checked against each other."""

from openline.errors import BadSetting
from openline.line.escalation import hours
from openline.node.line.egress import networks
from openline.node.settings import Settings


def check_paths(settings: Settings) -> None:
    """Raises `BadSetting` for a name used twice or by nobody, hours or networks that are none, and steps out of order."""
    names: list[str] = []
    for index, path in enumerate(settings.path):
        where = f"path[{index}]"
        if path.name in names:
            raise _bad(f"{where}.name", path.name, "a name no other path has")
        names.append(path.name)
        if path.quiet and hours(path.quiet) is None:
            raise _bad(f"{where}.quiet", path.quiet, "two times of day in UTC such as 22:00-06:00, or empty")
        networks(path.reach, f"{where}.reach")
    after_s = -1
    for index, step in enumerate(settings.escalation):
        where = f"escalation[{index}]"
        if step.after_s <= after_s:
            raise _bad(f"{where}.after_s", step.after_s, f"more than {after_s}, the step before it")
        after_s = step.after_s
        for name in step.paths:
            if name not in names:
                raise _bad(f"{where}.paths", name, ", ".join(names) or "the name of a [[path]]; there is none")


def _bad(field: str, value: object, wanted: str) -> BadSetting:
    shown = str(value)[:120]
    return BadSetting(f"{field}: {shown} is not accepted; accepted: {wanted}", field=field, value=shown, accepted=wanted)
