"""The receiving side of the line a second time, written from docs/spec/line.md and docs/spec/record.md alone.

It shares nothing with the node: the standard library and `cryptography`. It takes frames, keeps lanes, gives receipts, answers
hellos and says its own, so that it can be called and can pull. It never queues a message.
"""

import base64
import hashlib
import json
import os
import re
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEYS = "application/vnd.openline.keys+json"
MESSAGE = "application/vnd.openline.message+json"
RECEIPT = "application/vnd.openline.receipt+json"
HELLO = "application/vnd.openline.hello+json"
NULL = bytes(32)
WORD = "[a-z][a-z0-9_.-]{0,59}"
TAG = "[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"
MARKERS = ("INSTRUCTION", "ADVICE", "WARNING", "INFORMATION", "QUESTION", "ANSWER", "REQUEST", "INTENTION")
PLACE = {"v", "line", "from", "to", "lane", "seq", "prev"}
REST = {"at", "type", "conv", "re", "precedence", "marker", "ex", "valid_until", "answer_by", "answers", "readback"}
REST |= {"tpl", "params", "text", "free"}
PERSON = {"who": str, "role": str, "at_us": int}
ALL, URGENT, SOON = (0, 1, 2), (0,), (0, 1)
# type: lanes, whose message `re` is, whether tpl is needed, slots
TYPES: dict[str, tuple[tuple[int, ...], str, bool, dict[str, Any]]] = {
    **dict.fromkeys(("zone.notice", "reservation.notice", "movement.notice"), (SOON, "may", True, {})),
    **dict.fromkeys(("warning.relay", "hazard.keep_clear"), (URGENT, "may", True, {})),
    **dict.fromkeys(("check", "status", "drill"), (ALL, "may", False, {})),
    "question": (SOON, "may", False, {}),
    "answer": (SOON, "theirs", False, {"answer": re.compile(WORD)}),
    "correction": (ALL, "own", False, {}),
    "withdrawal": (ALL, "own", False, {"why": str}),
    **dict.fromkeys(("seen", "understood"), (ALL, "theirs", False, PERSON)),
    "understood.result": (ALL, "theirs", False, {"result": re.compile("agrees|differs")}),
    "passed_on": (ALL, "theirs", False, {**PERSON, "unit": str, "how": str, "result": re.compile("passed|stopped")}),
    "acted": (ALL, "theirs", False, {**PERSON, "unit": str, "what": str}),
    "countersign": (ALL, "either", False, {**PERSON, "core": str, "result": re.compile("agrees|refuses")}),
    "keys": (URGENT, "null", False, {"manifest": str, "certificates": str}),
}


class Wrong(Exception):
    """Not as the page says; the first argument names the field."""


def need(condition: object, field: str) -> None:
    if not condition:
        raise Wrong(field)


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unb64(text: Any, field: str, length: int | None = None) -> bytes:
    need(isinstance(text, str) and text.isascii(), field)
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong(field) from None
    need(b64(data) == text and length in (None, len(data)), field)
    return data


def write(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read(data: bytes, field: str) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        need(len(found) == len(items) and all(key.isascii() for key in found), field)
        return found

    def no_float(text: str) -> Any:
        raise Wrong(field)

    try:
        value = json.loads(data.decode(), object_pairs_hook=pairs, parse_float=no_float, parse_constant=no_float)
        good = write(value) == data
    except (ValueError, RecursionError):
        raise Wrong(field) from None
    need(good and in_profile(value, 0), field)
    return value


def in_profile(value: Any, depth: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    small = isinstance(value, bool) or not isinstance(value, int) or abs(value) < 2**53
    return depth <= 16 and small and all(in_profile(one, depth + 1) for one in inner)


def pae(kind: str, payload: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def unwrap(data: bytes, kind: str, field: str) -> tuple[bytes, str, bytes]:
    """Payload, keyid and signature of an envelope with one signature; nothing is verified yet."""
    value = read(data, field)
    need(isinstance(value, dict) and set(value) == {"payload", "payloadType", "signatures"}, field)
    lines = value["signatures"]
    need(value["payloadType"] == kind and isinstance(lines, list) and len(lines) == 1, field)
    need(isinstance(lines[0], dict) and set(lines[0]) == {"keyid", "sig"} and isinstance(lines[0]["keyid"], str), field)
    return unb64(value["payload"], field), lines[0]["keyid"], unb64(lines[0]["sig"], field, 64)


def verify(public: bytes, kind: str, payload: bytes, signature: bytes, field: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, pae(kind, payload))
    except InvalidSignature:
        raise Wrong(field) from None


class Party:
    """Whose messages are taken: the keys of its manifest."""

    id, seq, root, hash = "", 0, b"", b""

    def __init__(self, card: bytes, own: str) -> None:
        body = read(card.rstrip(b"\r\n"), "card")
        self.own = own
        self.revoked: dict[str, Any] = {}
        self.put(body["manifest"].encode())
        need(body["party"] == self.id, "card.party")
        self.line = "~".join(sorted((own, self.id)))

    def put(self, envelope: bytes) -> None:
        payload, keyid, signature = unwrap(envelope, KEYS, "keys")
        body = read(payload, "keys")
        roots = [unb64(key["pub"], "keys.pub", 32) for key in body["keys"] if key["use"] == "root"]
        need([keyid] == [sha(root).hex() for root in roots], "keys.root")
        root = roots[0]
        verify(root, KEYS, payload, signature, "keys")
        revoked = {one["id"]: one["last_seq"] for one in body["revoked"]}
        if self.id:
            follows = body["seq"] == self.seq + 1 and body["prev"] == b64(self.hash)
            kept = all(revoked.get(name) == last for name, last in self.revoked.items())
            need((body["party"], root) == (self.id, self.root) and follows and kept, "keys.seq")
        self.id, self.root, self.seq, self.hash, self.revoked = body["party"], root, body["seq"], sha(payload), revoked
        lines = [key for key in body["keys"] if key["use"] == "line" and key["alg"] == "ed25519"]
        self.keys = {sha(unb64(key["pub"], "pub", 32)).hex(): (key["id"], unb64(key["pub"], "pub", 32)) for key in lines}

    def key(self, keyid: str, lane: int | None = None, seq: int = 0) -> bytes:
        """The line key in force for a number of a lane, or for a hello or receipt."""
        need(keyid in self.keys, "keyid")
        name, public = self.keys[keyid]
        if name in self.revoked:
            lanes = self.revoked[name].get(sha(self.line.encode()).hex(), {})
            need(lane is not None and seq <= lanes.get(str(lane), 0), "keyid")
        return public


def whole(value: Any, least: int = 0, most: int = 2**53 - 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def shaped(value: Any, shape: str) -> bool:
    return isinstance(value, str) and re.fullmatch(shape, value, re.ASCII) is not None


def text(value: Any, most: int, least: int = 0, straight: bool = False) -> bool:
    """A text without control characters, and, if asked for, without those that turn its direction."""
    if not isinstance(value, str) or not least <= len(value) <= most:
        return False
    control, turning = "[\x00-\x09\x0b-\x1f\x7f-\x9f]", "[\u202a-\u202e\u2066-\u2069]"
    return not re.search(control, value) and not (straight and re.search(turning, value))


def hashed(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=", value) is not None


def check_place(body: Any, party: Party) -> None:
    """What must be right before a message is stored."""
    need(isinstance(body, dict) and set(body) >= PLACE, "message")
    need(whole(body["v"], 1, 1), "v")
    need((body["from"], body["to"], body["line"]) == (party.id, party.own, party.line), "line")
    need(whole(body["lane"], 0, 2) and whole(body["seq"], 1) and hashed(body["prev"]), "place")


def words(value: Any) -> bool:
    good = isinstance(value, list) and len(value) <= 16 and all(shaped(one, WORD) for one in value)
    return good and len(set(value)) == len(value)


def check_rest(body: dict[str, Any]) -> None:
    """What must be right before a message is used."""
    need(set(body) == PLACE | REST, "keys")
    need(whole(body["at"]) and all(body[key] is None or whole(body[key]) for key in ("valid_until", "answer_by")), "at")
    need(shaped(body["type"], WORD) and body["type"] in TYPES, "type")
    need(shaped(body["conv"], f"({re.escape(body['from'])}|{re.escape(body['to'])})/[1-9][0-9]{{0,14}}"), "conv")
    need(body["precedence"] in ("flash", "immediate", "priority", "routine"), "precedence")
    need(body["marker"] in MARKERS and isinstance(body["ex"], bool), "marker")
    need(words(body["answers"]) and words(body["readback"]), "answers")
    need(text(body["free"], 2000, straight=True), "free")
    check_texts(body)
    check_type(body, *TYPES[body["type"]])


def check_texts(body: dict[str, Any]) -> None:
    slots, texts, tpl = body["params"], body["text"], body["tpl"]
    need(isinstance(slots, dict) and len(slots) <= 64 and all(shaped(name, WORD) for name in slots), "params")
    most = 65536 if body["type"] == "keys" else 4000
    need(all(text(one, most, straight=True) or whole(one, -(2**53) + 1) for one in slots.values()), "params")
    need(all(name in slots for name in body["readback"]), "readback")
    need(isinstance(texts, dict) and len(texts) <= 5, "text")
    need(all(shaped(tag, TAG) and text(one, 4000, 1) for tag, one in texts.items()), "text")
    if body["precedence"] in ("flash", "immediate"):
        need(all(len(one.split()) <= 200 for one in texts.values()), "text")
    if tpl is not None:
        need(isinstance(tpl, dict) and set(tpl) == {"hash", "id", "ver"} and hashed(tpl["hash"]), "tpl")
        need(shaped(tpl["id"], WORD) and whole(tpl["ver"], 1), "tpl")


def check_type(body: dict[str, Any], lanes: tuple[int, ...], whose: str, template: bool, slots: dict[str, Any]) -> None:
    need(body["lane"] in lanes, "lane")
    need(body["tpl"] is not None or not template, "tpl")
    need(body["type"] != "question" or body["answers"], "answers")
    need(body["type"] != "drill" or body["ex"], "ex")
    for name, kind in slots.items():
        value = body["params"].get(name)
        good = shaped(value, kind.pattern) if isinstance(kind, re.Pattern) else type(value) is kind
        need(good, f"params.{name}")
    ref = body["re"]
    if ref is None:
        need(whose in ("may", "null"), "re")
        return
    allowed = {"own": (body["from"],), "theirs": (body["to"],), "null": ()}.get(whose, (body["from"], body["to"]))
    need(isinstance(ref, dict) and set(ref) == {"from", "hash", "lane", "seq"} and hashed(ref["hash"]), "re")
    need(ref["from"] in allowed and whole(ref["seq"], 1) and whole(ref["lane"], 0, 2) and ref["lane"] == body["lane"], "re")


class Lane:
    def __init__(self) -> None:
        self.stored: list[bytes] = []  # envelopes
        self.hashes: list[bytes] = []
        self.refused: list[dict[str, Any]] = []
        self.held = False

    @property
    def mark(self) -> tuple[int, bytes]:
        return len(self.hashes), self.hashes[-1] if self.hashes else NULL


class Receiver:
    """One node that only receives. Everything in `lanes` and `forks` is durable when a method returns."""

    def __init__(
        self, own: str, seed: bytes, card: bytes, now_us: Callable[[], int], fresh: Callable[[int], bytes] = os.urandom
    ) -> None:
        self.own, self.now_us, self.fresh = own, now_us, fresh
        self.signer = Ed25519PrivateKey.from_private_bytes(seed)
        self.party = Party(card, own)
        self.lanes = [Lane(), Lane(), Lane()]
        self.forks: list[bytes] = []
        self.start()

    def start(self) -> None:
        self.boot, self.known, self.met, self.over = os.urandom(16), b"", [b""], {b""}
        self.asked = self.theirs = self.ours = b""
        self.owed: set[int] = set()  # lanes whose newest receipt is to be given

    def sign(self, kind: str, body: dict[str, Any]) -> str:
        payload = write({"v": 1, "line": self.party.line, "from": self.own, "to": self.party.id, **body})
        keyid = sha(self.signer.public_key().public_bytes_raw()).hex()
        line = {"keyid": keyid, "sig": b64(self.signer.sign(pae(kind, payload)))}
        return write({"payload": b64(payload), "payloadType": kind, "signatures": [line]}).decode()

    def hello(self, data: bytes) -> tuple[int, bytes]:
        taken = self.now_us()
        try:
            asked = self._read_hello(data, 16)
        except (Wrong, KeyError, TypeError) as wrong:
            return (409 if str(wrong) == "boot" else 400), b""
        session, boot = unb64(asked["session"], "session") + os.urandom(16), unb64(asked["boot"], "boot")
        self.theirs = session if asked["heard"] == b64(self.boot) else b""
        return 200, self._hello(boot, session, asked["t1"], taken, self.now_us(), asked["lanes"])

    def say_hello(self) -> bytes:
        self.asked = os.urandom(16)
        self.named = self.known
        return self._hello(self.known, self.asked, self.now_us())

    def heard_hello(self, data: bytes) -> None:
        session = unb64(self._read_hello(data, 32)["session"], "session")
        need(session[:16] == self.asked, "session")
        self.ours = session if self.named == self.known else b""

    def _hello(self, heard: bytes, session: bytes, t1: int, t2: Any = None, t3: Any = None, yours: Any = None) -> bytes:
        none = {"seq": 0, "hash": b64(NULL)}
        haves = [{"seq": lane.mark[0], "hash": b64(lane.mark[1])} for lane in self.lanes]
        lanes = {str(n): {"have": have, "sent": none, "upto": 0} for n, have in enumerate(haves)}
        body = {"session": b64(session), "boot": b64(self.boot), "heard": b64(heard) if heard else None, "lanes": lanes}
        more = {"keys_seq": 1, "yours": yours, "checkpoint": "", "witness": None, "t1": t1, "t2": t2, "t3": t3}
        return self.sign(HELLO, {**body, **more}).encode()

    def _read_hello(self, data: bytes, length: int) -> dict[str, Any]:
        payload, keyid, signature = unwrap(data, HELLO, "hello")
        verify(self.party.key(keyid), HELLO, payload, signature, "hello")
        body: dict[str, Any] = read(payload, "hello")
        need((body["from"], body["line"]) == (self.party.id, self.party.line), "line")
        unb64(body["session"], "session", length)
        boot = unb64(body["boot"], "boot", 16)
        need(boot not in self.over if length == 16 else self.known in (self.named, boot), "boot")
        if boot != self.known:
            self.theirs = self.ours = b""
            self.met += [] if boot in self.met else [boot]
        if body["heard"] == b64(self.boot):  # firm
            gone = self.met[: self.met.index(boot)] if length == 16 else self.met
            self.over, self.known = (self.over | {*gone, self.known}) - {boot}, boot
            for n, lane in enumerate(self.lanes):
                self._compare(lane, body["lanes"][str(n)]["sent"], (body["yours"] or {}).get(str(n)), data)
        self.owed = {n for n, lane in enumerate(self.lanes) if lane.stored}
        return body

    def _compare(self, lane: Lane, sent: dict[str, Any], yours: dict[str, Any] | None, data: bytes) -> None:
        had = 0 if yours is None else yours["have"]["seq"]
        other = sent["seq"] <= lane.mark[0] and [NULL, *lane.hashes][sent["seq"]] != unb64(sent["hash"], "hash", 32)
        lane.held = sent["seq"] < had or other or (lane.held and yours is None)
        if other:
            self.forks.append(data)

    def frames(self, body: bytes) -> tuple[int, bytes]:
        if len(body) > 2**20:
            return 413, b""
        try:
            asked = json.loads(body)
            if not self.theirs or asked["session"] != b64(self.theirs):
                return 409, b""
            refused = self._take_all(asked.get("frames", []))
        except (ValueError, KeyError, TypeError, RecursionError):
            return 400, b""
        lanes = {str(n): len(lane.hashes) + 1 for n, lane in enumerate(self.lanes)}
        return 200, write({"receipts": self._receipts(), "frames": [], "next": lanes, "refused": refused})

    def ask(self, pull: int = 200) -> bytes:
        return write({"session": b64(self.ours), "receipts": self._receipts(), "pull": pull})

    def take_answer(self, body: bytes) -> list[dict[str, Any]]:
        return self._take_all(json.loads(body).get("frames", []))

    def _receipts(self) -> list[str]:
        owed, self.owed = sorted(self.owed), set()
        return [self._receipt(n) for n in owed]

    def _receipt(self, n: int) -> str:
        upto, digest = self.lanes[n].mark
        refused = [one for one in self.lanes[n].refused if one["seq"] > upto - 1000][-200:]
        log = {"origin": f"{self.own}/openline/log/1", "size": sum(len(lane.stored) for lane in self.lanes)}
        body = {"lane": n, "upto": upto, "hash": b64(digest), "log": log, "refused": refused, "at": self.now_us()}
        return self.sign(RECEIPT, body)

    def _take_all(self, frames: list[str]) -> list[dict[str, Any]]:
        refused = []
        for one in frames[:200]:
            try:
                self.take(one.encode())
            except (Wrong, AttributeError, UnicodeEncodeError) as wrong:
                refused.append({"field": str(wrong), "accepted": "as docs/spec/line.md says", "lane": None, "seq": None})
        return refused

    def take(self, envelope: bytes) -> str:
        """What becomes of one envelope: Wrong where it is not to be stored."""
        payload, keyid, signature = unwrap(envelope, MESSAGE, "message")
        need(len(payload) <= 65536, "message")
        body = read(payload, "message")
        check_place(body, self.party)
        verify(self.party.key(keyid, body["lane"], body["seq"]), MESSAGE, payload, signature, "sig")
        lane, seq, digest = self.lanes[body["lane"]], body["seq"], sha(payload)
        if seq <= len(lane.hashes):
            if lane.hashes[seq - 1] != digest:
                self.forks.append(envelope)
                return "fork"
            self.owed.add(body["lane"])
            return "duplicate"
        if lane.held or seq > len(lane.hashes) + 1:
            return "gap"
        if body["prev"] != b64(lane.mark[1]):
            self.forks.append(envelope)
            return "fork"
        lane.stored.append(envelope)
        lane.hashes.append(digest)
        self.owed.add(body["lane"])
        try:
            check_rest(body)
            return "stored"
        except Wrong as wrong:
            lane.refused.append({"seq": seq, "why": str(wrong)})
            return "refused"
