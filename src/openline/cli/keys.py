"""`openline keys …`: lists of keys are made here, with the root at hand; the running node takes them up and tells of them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from openline.cli.say import as_json as print_json
from openline.cli.say import note, out, table
from openline.errors import OutOfTurn, Refused
from openline.node import keys, renewing
from openline.node.rekeying import carried_out
from openline.node.renewing import Wanted

PUT_AWAY: Final = "The root key lies on this machine: put keys/root.pem away, and keep two copies elsewhere."


def list_keys(node: Path, as_json: bool) -> None:
    """The keys, and who knows them."""
    found = renewing.standing(node)
    if as_json:
        print_json(found)
        return
    where = "" if found["root_here"] else "; its file is not on this machine"
    out(f"{found['party']}: list {found['seq']}, signed by the root key {found['root'][:16]}…{where}")
    table(("key", "use", "", "file"), [(one["id"], one["use"], _state(one), one["file"]) for one in found["keys"]])
    if found["counterparts"]:
        rows = [(one["party"], "has it" if one["has"] else "NOT KNOWN to have it", one["why"]) for one in found["counterparts"]]
        table(("counterpart", f"list {found['seq']}", ""), rows)


def renew_key(node: Path, use: str, root: Path | None, why: str) -> None:
    """A new key beside the old."""
    _say_next(node, carried_out(node, Wanted(use=use, why=why), root), use)


def revoke_key(node: Path, key: str, root: Path | None, why: str, stolen: bool, retired: bool) -> None:
    """The end of one."""
    if stolen == retired:
        raise Refused("--stolen, --retired", "both" if stolen else None, "one of them: may somebody else have the key, or not")
    _say_next(node, carried_out(node, Wanted(end=(key,), stolen=stolen, why=why), root), key.partition("-")[0])


def replace_key(node: Path, use: str, root: Path | None, why: str, stolen: bool) -> None:
    """Both at once."""
    if use == "tls":
        message = "A certificate cannot be replaced at once: who does not know the new one could not connect to be told of it."
        remedy = "Instead: openline keys renew tls; then `keys use tls` and a start; then `keys revoke` for the old one."
        raise OutOfTurn(message, remedy=remedy)
    _, manifest, _ = keys.read_own(node)
    end = tuple(one.id for one in renewing.in_force(manifest, use)) if use in renewing.MADE_HERE else ()
    _say_next(node, carried_out(node, Wanted(use=use, end=end, stolen=stolen, why=why), root), use)


def use_key(node: Path, use: str, anyway: bool) -> None:
    """The newest certificate."""
    if use != "tls":
        raise Refused("use", use, "tls; new keys of the line and the witness are in use at once")
    out(f"{renewing.use_tls(node, anyway)} is shown from the next start on")
    note("Stop the node and start it again. Then end the old one: openline keys revoke tls-1 --retired --why …")


def _say_next(node: Path, says: dict[str, Any], use: str) -> None:
    """What was done, and what is to be done now."""
    if says["made"]:
        out(f"made {says['made']}; list {says['seq']} of this node's keys is in force here")
    if says["ended"]:
        counts = "counts for nothing after what was receipted" if says["stolen"] else "stays good for all that was sent"
        out(f"ended {', '.join(says['ended'])}: it {counts}")
    if use != "tls" and says["made"]:
        out("the running node signs with it from now on; it need not stop" if says["runs"] else "the next start signs with it")
    if not says["runs"]:
        out("the node does not run: start it; counterparts learn the new list before anything else is said")
    elif says["told"]:
        out("counterparts are being told; who cannot be reached now learns it at the next hello")
    else:
        out(f"counterparts learn it at the next hello, since now: {says['why_not']}")
    if says["ended"] and says["stolen"] and use == "line":
        out("what had no receipt goes out signed with the new key: the same messages, nothing is lost")
    note("Who has the list: openline keys list")
    if use == "tls" and says["made"]:
        note("When all have it: openline keys use tls")
    if (node / renewing.ROOT).is_file():
        note(PUT_AWAY)


def _state(one: dict[str, Any]) -> str:
    if one["revoked_s"] is not None:
        return f"revoked since {datetime.fromtimestamp(one['revoked_s'], UTC):%Y-%m-%d %H:%M:%SZ}"
    return "in force, in use" if one["in_use"] else "in force"
