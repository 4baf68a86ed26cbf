"""A guest link that tells a last unit of a message of the line: what its page shows and asks, and the seal of its token.

Such a token is 128 random bits, of which the hash is the notice's id, and 128 bits of HMAC over that id, the conversation, the
unit and the moment it runs out: a link holds for one message, one unit and one time, and a part of it that was changed is seen.
"""

import json
from typing import Any, Final

from openline import seal
from openline.errors import NotThere, Refused
from openline.flow.comparing import template_of
from openline.flow.talk import Talk
from openline.line.guest_questions import questions
from openline.line.notice import Notice
from openline.node.doors.desk import Desk

PURPOSE: Final = "openline guest link 1"
SEAL_BYTES: Final = 16
SEAL_CHARS: Final = 22


def complete(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    """The body of `notice.make` for a message of the line, with what its page shows and asks. Raises `NotThere`, `Refused`."""
    talk = desk.talk(str(body.get("party")), str(body.get("talk")))
    if talk is None:
        raise NotThere(f"There is no message {str(body.get('talk'))[:80]!r} on a line with {str(body.get('party'))[:80]!r}.")
    template = template_of(talk)
    if talk.chain is None or template is None:
        raise Refused("talk", talk.id, "a notice or a warning whose template this node has: others are not passed on")
    texts = _texts(desk, talk)
    language = body.get("language") or next(iter(texts))
    if language not in texts:
        raise Refused("language", language, f"{', '.join(texts)}: others have no text that a recorded reviewer approved")
    return {
        **body,
        "zone_name": f"{talk.said['marker']} {talk.id}",
        "texts": texts,
        "language": language,
        "questions": questions(template, talk.said["params"], language),
    }


def _texts(desk: Desk, talk: Talk) -> dict[str, str]:
    """Texts as they came over the line, and those that our own template has with a recorded approval."""
    texts = dict(talk.said["text"])
    if talk.ours or (talk.checked is not None and talk.checked.verdict == "same"):
        named = talk.said["tpl"]
        try:
            ours = desk.preview(named.id, talk.said["params"], str(talk.conversation.precedence))["text"]
        except Refused:  # a newer template, which these slots do not fill
            return texts
        texts |= {language: text for language, text in ours.items() if language not in texts}
    return texts


def sealed(key: bytes, notice: Notice) -> str:
    """The second half of the token of a notice."""
    about = [notice.id, notice.party, notice.talk, notice.unit, notice.valid_until_ns]
    return seal.token(lambda n: seal.hmac_sha256(key, json.dumps(about).encode())[:n], SEAL_BYTES)


def is_sealed(key: bytes, notice: Notice, given: str) -> bool:
    """Whether the second half of a token is that of this notice; a notice of a zone has none."""
    wanted = sealed(key, notice) if notice.talk else ""
    return seal.same(given.encode("ascii"), wanted.encode("ascii"))
