"""A trust policy (C2SP tlog-policy): which log keys and how many witnesses make a checkpoint one to believe.

log a.example/openline/log/1+9bd2…+AQ…
witness B b.example/openline/witness+1c0e…+BA…
quorum B
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record.note import Checkpoint, Key, Note, parse_checkpoint, parse_vkey, verified_by

POLICY_BYTES_MAX: Final = 256 * 1024
LINES_COUNT_MAX: Final = 1000
NONE: Final = "none"


class Policy(msgspec.Struct, frozen=True):
    """Log keys, witnesses by name, groups by name (how many of which members), and the name whose agreement counts."""

    logs: tuple[Key, ...]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, tuple[str, ...]]]
    quorum: str


class Believed(msgspec.Struct, frozen=True):
    """A checkpoint that meets a policy: the log key that signed it, and the witnesses with their times in s."""

    checkpoint: Checkpoint
    log: Key
    witnesses: tuple[tuple[str, int], ...]


def plain_policy(logs: Iterable[Key]) -> str:
    """The text of a policy that names log keys and asks for no witness."""
    return "".join(f"log {key.vkey}\n" for key in logs) + f"quorum {NONE}\n"


def parse_policy(data: bytes, field: str = "policy") -> Policy:
    """A policy out of its text. Raises `Refused` naming the line."""
    if len(data) > POLICY_BYTES_MAX:
        raise Refused(field, f"{len(data)} bytes", f"at most {POLICY_BYTES_MAX} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(field, data[:40], "UTF-8") from None
    if any((char < " " and char not in "\n\t") or char == "\x7f" for char in text) or not text.endswith("\n"):
        raise Refused(field, text[-40:], "lines that each end in a newline, without other control characters")
    logs: list[Key] = []
    policy = Policy((), {}, {}, "")
    for number, line in enumerate(text.split("\n")[:LINES_COUNT_MAX], 1):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if words and not words[0].startswith("#"):
            policy = _line(policy, logs, words, f"{field} line {number}")
    if text.count("\n") > LINES_COUNT_MAX or not policy.quorum:
        raise Refused(field, text[-40:], f"one quorum line within {LINES_COUNT_MAX} lines")
    return msgspec.structs.replace(policy, logs=tuple(logs))


def _line(policy: Policy, logs: list[Key], words: list[str], where: str) -> Policy:
    match words:
        case ["log", vkey, *rest] if len(rest) <= 1:
            _unlike(_of_kind(vkey, where, (seal.NOTE_ED25519, seal.NOTE_MLDSA44)), logs, where)
        case ["witness", name, vkey, *rest] if len(rest) <= 1:
            held = list(policy.witnesses.values())
            _unlike(_of_kind(vkey, where, (seal.NOTE_COSIGNATURE, seal.NOTE_MLDSA44)), held, where)
            policy.witnesses[_new(policy, name, where)] = held[-1]
        case ["group", name, threshold, *members] if members:
            _known(policy, members, where)
            _free(policy, members, where)
            policy.groups[_new(policy, name, where)] = (_threshold(threshold, len(members), where), tuple(members))
        case ["quorum", name] if not policy.quorum:
            if name != NONE:
                _known(policy, [name], where)
            return msgspec.structs.replace(policy, quorum=name)
        case _:
            raise Refused(where, " ".join(words), "log, witness, group or one quorum line, as in C2SP tlog-policy")
    return policy


def _of_kind(vkey: str, where: str, kinds: tuple[int, ...]) -> Key:
    key = parse_vkey(vkey, where)
    if key.kind not in kinds:
        raise Refused(where, vkey, f"a key of type {' or '.join(str(kind) for kind in kinds)}")
    return key


def _unlike(key: Key, held: list[Key], where: str) -> None:
    if any(key.public == other.public for other in held):
        raise Refused(where, key.vkey, "a key that no line before names")
    held.append(key)


def _new(policy: Policy, name: str, where: str) -> str:
    if name == NONE or name in policy.witnesses or name in policy.groups:
        raise Refused(where, name, "a name not used before")
    return name


def _known(policy: Policy, names: list[str], where: str) -> None:
    for name in names:
        if name not in policy.witnesses and name not in policy.groups:
            raise Refused(where, name, "a witness or group of a line before")


def _free(policy: Policy, names: list[str], where: str) -> None:
    taken = [one for _, members in policy.groups.values() for one in members]
    for place, name in enumerate(names):
        if name in taken or name in names[:place]:
            raise Refused(where, name, "each name in one group, once")


def _threshold(text: str, count: int, where: str) -> int:
    if text in ("all", "any"):
        return count if text == "all" else 1
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= count:
        raise Refused(where, text, f"all, any or a number from 1 to {count}")
    return int(text)


def believe(note: Note, policy: Policy) -> Believed:
    """The checkpoint of a note that meets the policy. Raises `BadRecord` or `Refused`."""
    signed = verified_by(note, [*policy.logs, *policy.witnesses.values()])
    head = parse_checkpoint(note.text)
    logs = [key for key, _ in signed if key in policy.logs and key.name == head.origin]
    if not logs:
        raise BadRecord("the checkpoint is signed by none of the policy's logs")
    times = {name: time_s for key, time_s in signed for name, witness in policy.witnesses.items() if witness == key}
    if policy.quorum != NONE and not _agreed(policy, policy.quorum, set(times)):
        raise BadRecord(f"the checkpoint is cosigned by {', '.join(sorted(times)) or 'nobody'}, which is not {policy.quorum}")
    return Believed(head, logs[0], tuple(sorted(times.items())))


def _agreed(policy: Policy, name: str, seen: set[str]) -> bool:
    if name in policy.witnesses:
        return name in seen
    least, members = policy.groups[name]
    return sum(_agreed(policy, member, seen) for member in members) >= least
