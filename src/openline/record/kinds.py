"""The one registry of entry kinds. A kind is only ever added; its name and meaning never change afterwards."""

from typing import Final

VERSION: Final = 2  # of this registry; raised when kinds are added

KINDS: Final[dict[str, str]] = {
    # the node's life
    "node.init": "The party, the log and its keys were made; the first entry of every log.",
    "node.start": "The node started; what it found on disk and which software it runs.",
    "node.stop": "The node was stopped on purpose; by whom and why.",
    "restart": "The node came up after a stop that nobody asked for.",
    "config": "Settings in force; the whole text is the object.",
    "key": "A key manifest came into force or a key was revoked.",
    "clock": "The clock was compared with a source: offset and its uncertainty, or that it is not synchronised.",
    "gap": "Between two moments something was not recorded or not watched; from when to when and why.",
    # inputs
    "act": "A person did something: the act's name and body.",
    "intake": "A feed's connection changed: connecting, up, down, off.",
    "track.segment": "The raw bytes of one feed for about a second, sealed.",
    "batch.segment": "Where the batches of inputs began and ended, and the node's time for each, sealed.",
    # the line
    "msg.in": "A message of a counterpart, stored before its receipt; the object is the envelope as it came.",
    "receipt.in": "A receipt of a counterpart; the object is the envelope as it came.",
    "hello.in": "A hello of a counterpart: what it says it has and has sent; the object is the envelope as it came.",
    "msg.out": "A message to a counterpart; the object is its envelope.",
    "receipt.out": "A receipt to a counterpart for everything in a lane up to a number; the object is its envelope.",
    "line": "A line became up, down, silent, forked, or was put back; why.",
    "conversation": "A message was stored, seen, read back, answered, passed on, acted on, withdrawn, or is overdue.",
    "custody": "A hop of a notice on its way to the last unit: who says so, and on what grounds.",
    "delivery": "A person was to be reached over a path: accepted, failed, or unknown.",
    # what the node concluded
    "finding": "The watch found something: approach, entry, inside, exit, conflict, silence.",
    "alarm": "An alarm changed its state.",
    "incident": "An incident opened, changed or closed.",
    "track.event": "A track was lost, returned, jumped, froze, was closed, or a limit was reached.",
    "feed.state": "A feed became up, late or down, with counts.",
    "mistake": "Openline itself failed on inputs: where in the code, and which inputs; what should have followed is missing.",
    "refusal": "Something from outside was refused: which field, what stood there, what would be accepted.",
    # what the party said
    "zone": "A version of a zone came into force, was withdrawn, or a party's standing to it changed.",
    "notice": "A notice was made, opened, read back, revoked or ran out.",
    "guest": "Somebody used a guest link.",
    # people
    "login": "A person logged in, out, or was refused.",
    "user": "A person's account was made, changed or locked.",
    # the record about itself
    "export": "A bundle left the node: scope, to whom, its manifest's hash.",
    "redaction": "Objects were erased with their salts; by whom and why. Their commitments stay.",
    "checkpoint.peer": "A counterpart's checkpoint was seen and checked against what it said before.",
    "cosign": "A witness signed our checkpoint, or we signed a counterpart's.",
    "log": "The log goes on under a new name since it was put back: its old name, where it stopped, what others hold of it.",
    "fork": "Two signed statements contradict each other; both are the objects.",
}
"""Kind → its meaning in one sentence."""
