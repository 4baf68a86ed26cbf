"""record.policy: C2SP tlog-policy, which log and how many witnesses make a checkpoint one to believe."""

import pytest

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record.note import Checkpoint, Key, cosign, parse_note, sign_checkpoint
from openline.record.policy import believe, parse_policy, plain_policy
from openline.record.tree import EMPTY_ROOT
from tests.rooms.record.made import LOG, ORIGIN

HEAD = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
LOG_KEY = Key(ORIGIN, seal.NOTE_ED25519, LOG.public)
SIGNERS = {name: seal.Signer(name.encode() * 32) for name in "BCR"}
VKEYS = {name: Key(f"{name}.example/w", seal.NOTE_COSIGNATURE, one.public).vkey for name, one in SIGNERS.items()}
LINES = f"log {LOG_KEY.vkey}\n" + "".join(f"witness {name} {vkey}\n" for name, vkey in VKEYS.items())


def signed_by(*names: str) -> bytes:
    lines = [cosign(HEAD.text, f"{name}.example/w", SIGNERS[name], 100 + i) for i, name in enumerate(names)]
    return (sign_checkpoint(HEAD, LOG) + "".join(lines)).encode()


@pytest.mark.parametrize(
    ("rest", "enough", "too_few"),
    [
        ("quorum none\n", "", None),
        ("quorum B\n", "B", "CR"),
        ("group G all B R\nquorum G\n", "BR", "BC"),
        ("group G any B R\nquorum G\n", "R", "C"),
        ("group G 2 B C R\nquorum G\n", "BC", "R"),
        ("group X any B C\ngroup G all X R\nquorum G\n", "CR", "BC"),
        ("# two of us\n\n \t quorum\tB \n", "B", "C"),
    ],
)
def test_a_quorum_is_met_or_not(rest, enough, too_few):
    policy = parse_policy((LINES + rest).encode())
    found = believe(parse_note(signed_by(*enough)), policy)
    assert found.checkpoint == HEAD
    assert [name for name, _ in found.witnesses] == sorted(enough)
    if too_few is not None:
        with pytest.raises(BadRecord, match="cosigned by"):
            believe(parse_note(signed_by(*too_few)), policy)


def test_a_checkpoint_of_no_listed_log_is_not_believed():
    other = Key(ORIGIN, seal.NOTE_ED25519, seal.Signer(b"o" * 32).public)
    with pytest.raises(BadRecord, match="none of the policy's logs"):
        believe(parse_note(signed_by()), parse_policy(plain_policy([other]).encode()))


def test_a_log_signs_for_its_own_origin_only():
    head = Checkpoint("b.example/log", 0, EMPTY_ROOT)
    text = sign_checkpoint(HEAD, LOG).split("\n\n")[1]
    line = f"{head.text}\n{text.split(' ')[0]} {ORIGIN} "
    line += seal.b64(LOG_KEY.key_id + LOG.sign(head.text.encode())) + "\n"
    with pytest.raises(BadRecord, match="none of the policy's logs"):
        believe(parse_note(line.encode()), parse_policy(plain_policy([LOG_KEY]).encode()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        LINES,
        LINES + "quorum B",
        LINES + "quorum D\n",
        LINES + "quorum B\nquorum B\n",
        LINES + "quorum\n",
        LINES + "quorum B C\n",
        LINES + "gather B\nquorum none\n",
        LINES + "group B any C\nquorum B\n",
        LINES + "group none any C\nquorum none\n",
        LINES + "group G any\nquorum B\n",
        LINES + "group G any D\nquorum B\n",
        LINES + "group G any G\nquorum B\n",
        LINES + "group G 0 B\nquorum G\n",
        LINES + "group G 3 B C\nquorum G\n",
        LINES + "group G ² B C\nquorum G\n",
        LINES + "group G any B B\nquorum G\n",
        LINES + "group G any B\ngroup H any B C\nquorum H\n",
        LINES + f"witness D {VKEYS['B']}\nquorum none\n",
        LINES + f"witness B {VKEYS['B']}\nquorum none\n",
        LINES + f"log {LOG_KEY.vkey}\nquorum none\n",
        LINES + f"log {VKEYS['B']}\nquorum none\n",
        LINES + f"witness D {LOG_KEY.vkey}\nquorum none\n",
        LINES + "log nonsense\nquorum none\n",
        LINES + "quorum none\r\n",
        LINES + "quorum none\x7f\n",
        LINES + "#\n" * 1000 + "quorum none\n",
    ],
)
def test_a_policy_nobody_would_write_is_refused(text):
    with pytest.raises(Refused):
        parse_policy(text.encode())


def test_a_policy_that_is_no_utf_8_or_too_long_is_refused():
    with pytest.raises(Refused):
        parse_policy(b"\xff\n")
    with pytest.raises(Refused):
        parse_policy(b"#" * 300_000)
