"""What goes out after a key was revoked: each envelope as it was signed, or the same payload signed again."""

import pytest

from openline import seal
from openline.line import receipt as receipts
from openline.line.lanes import Lanes
from openline.line.message import PAYLOAD_TYPE
from openline.node.line.signing import Signing
from openline.record.envelope import signed_by, unwrap, wrap
from openline.record.keys import KeyManifest, PublicKey, Revoked, line_hash

OLD, NEW, ROOT = (seal.Signer(bytes([number]) * 32) for number in (1, 2, 3))
LINE = "north.example~south.example"


def signing(*revoked: Revoked) -> Signing:
    rows = [("root-1", "root", ROOT), ("line-1", "line", OLD), ("line-2", "line", NEW)]
    keys = tuple(PublicKey(name, use, "ed25519", one.public) for name, use, one in rows)
    return Signing(NEW, KeyManifest(party="south.example", seq=2, not_before_us=0, keys=keys, revoked=revoked))


def sent() -> list[bytes]:
    """Two messages in lane 1 as the old key signed them."""
    out = Lanes("south.example", "north.example").out[1]
    said = {"type": "drill", "conv": "south.example/1", "marker": "INFORMATION", "ex": True}
    return [wrap(PAYLOAD_TYPE, out.queue(at_us=at, **said), [OLD]) for at in (1, 2)]


STOLEN = Revoked("line-1", 1, {line_hash(LINE): (0, 1, 0)})


def test_what_is_within_the_last_number_goes_out_as_it_was():
    first, _ = sent()
    assert signing(STOLEN).good(first) == first


def test_what_comes_after_it_goes_out_with_a_good_signature_of_the_key_in_use():
    _, second = sent()
    assert signed_by(unwrap(signing(STOLEN).good(second), PAYLOAD_TYPE, "frame"), [NEW.public], "frame") == [NEW.public]


def test_its_payload_is_the_same():
    _, second = sent()
    assert unwrap(signing(STOLEN).good(second), PAYLOAD_TYPE, "frame").payload == unwrap(second, PAYLOAD_TYPE, "frame").payload


def test_what_was_signed_again_stays_as_it_is():
    _, second = sent()
    once = signing(STOLEN).good(second)
    assert signing(STOLEN).good(once) == once


@pytest.mark.parametrize("revoked", [(), (Revoked("line-3", 1, {}),)])
def test_a_key_that_is_not_revoked_stays_good(revoked: tuple[Revoked, ...]):
    first, second = sent()
    assert signing(*revoked).all_good([first, second]) == [first, second]


def test_a_receipt_of_a_revoked_key_is_signed_again():
    receipt = receipts.Receipt(
        from_="south.example",
        to="north.example",
        lane=1,
        upto=1,
        hash=b"h" * 32,
        origin="south.example/openline/log/1",
        size=9,
        at_us=1,
    )
    made = wrap(receipts.PAYLOAD_TYPE, receipts.write_receipt(receipt), [OLD])
    again = unwrap(signing(STOLEN).good(made), receipts.PAYLOAD_TYPE, "receipt")
    assert signed_by(again, [NEW.public], "receipt") == [NEW.public]
