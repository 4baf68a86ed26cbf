"""What a liar shows and sends at the door: certificates, manifests, bombs and bytes that mean nothing."""

import contextlib
import os
from pathlib import Path

import httpx2
import msgspec
import pytest

from openline import seal
from openline.node.doors.tls import Pair
from openline.node.line import certificates
from openline.record.keys import Revoked, line_hash
from tests.stories.liar import LIAR, YEAR_NS, Liar
from tests.stories.liar_stage import Stage, tell
from tests.stories.two_nodes import check

BIDI = "turn \u202eback\u202c now"
DEEP = b'{"session":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def test_bombs_and_malformed_everything_are_refused_and_nothing_else(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        for body in (b"", b"{}", b"[]", b"null", DEEP, b'{"session":1}', b"\xff\xfe", b'{"session":"' + b"a" * 900_000 + b'"}'):
            for path in ("hello", "frames"):
                assert (await liar.post(path, body)).status_code in (400, 409), (path, body[:20])
        with contextlib.suppress(httpx2.HTTPError):  # it may hang up while ten megabytes are still coming
            assert (await liar.post("frames", b"x" * 10_000_000)).status_code == 413
        before = stage.desk.store.size
        good = liar.body(0)
        stranger = seal.Signer.generate(os.urandom)
        envelope = liar.signed(good)
        lies = [
            liar.signed(good, stranger),
            liar.signed(good, liar.signers["log"]),
            liar.signed(good, kind="application/vnd.openline.receipt+json"),
            liar.signed(good | {"to": "south.example", "line": "liar.example~south.example"}),
            liar.signed(good | {"from": "south.example", "line": "north.example~south.example"}),
            liar.signed(good | {"seq": 0}),
            liar.signed(good | {"lane": 3}),
            liar.signed(good | {"v": 2}),
            liar.signed({"v": 1}),
            envelope.replace('"payload"', '"Payload"'),
            envelope + " ",
            envelope[:-10],
            "\u202e",
            "{" * 50_000,
            "",
        ]
        answer = await liar.call(lies, [liar.receipt(1, 1, bytes(32)).replace("sig", "gis"), "x"])
        assert answer.status_code == 200
        assert len(answer.json()["refused"]) == len(lies) + 2
        assert answer.json()["next"] == {"0": 1, "1": 1, "2": 1}
        assert not [entry for entry in stage.desk.entries("msg.in", "receipt.in") if entry.index >= before]
        assert stage.desk.entries("refusal")
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_what_nobody_can_use_is_stored_receipted_as_refused_and_blocks_nothing(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        useless = [
            liar.says(0, type="nonsense"),
            liar.says(0, text={"en": "x" * 5_000}),
            liar.says(0, free=BIDI),
            liar.says(0, precedence="flash", text={"en": "word " * 300}),
            liar.says(0, type="warning.relay", tpl=None),
            liar.says(0, extra="key"),
            liar.says(0, params={"slot": {"deep": [1]}}),
            liar.says(0, conv="somebody.else/1"),
        ]
        answer = (await liar.call(useless)).json()
        assert answer["next"]["0"] == len(useless) + 1
        (frame,) = answer["receipts"]
        body = msgspec.json.decode(seal.from_b64(msgspec.json.decode(frame)["payload"], "receipt"))
        assert [one["seq"] for one in body["refused"]] == list(range(1, len(useless) + 1))
        shown = list(stage.line.talks.values())
        assert len(shown) == len(useless)
        assert {(one.conversation.type, bool(one.unused), one.chain) for one in shown} == {("unusable", True, None)}

        unknown = {"hash": seal.b64(b"t" * 32), "id": "nowhere.template", "ver": 1}
        await liar.call([liar.says(0, type="warning.relay", marker="WARNING", tpl=unknown, precedence="flash")])
        (talk,) = list(stage.line.talks.values())[len(useless) :]
        assert talk.checked is not None
        assert talk.checked.verdict != "same"
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_a_certificate_that_nobody_knows_and_that_of_another_open_nothing(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        stranger = Liar(tmp_path / "stranger", stage.desk, "stranger.example")
        async with liar.calling(stranger.pair) as liar.client:
            with pytest.raises(httpx2.HTTPError):
                await liar.call()
        rogue = Liar(tmp_path / "rogue", stage.desk, "rogue.example")
        await stage.desk.meet(rogue.card())
        await stage.known("rogue.example")
        async with liar.calling(rogue.pair) as liar.client:
            assert (await liar.call([liar.says(1)])).status_code == 409  # a session is its party's
            assert (await liar.post("hello", liar.hello())).status_code == 401
        assert stage.line.lanes.into[1].next == 1

    tell(tmp_path, story)


def test_a_certificate_that_two_counterparts_name_takes_no_line_from_its_owner(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        aaa = Liar(tmp_path / "aaa", stage.desk, "aaa.example")
        mine = msgspec.structs.replace(liar.rows[-1], id="tls-2")
        aaa.manifests = [aaa.manifest(1, rows=[*aaa.rows, mine])]
        await stage.desk.meet(aaa.card())
        await stage.known("aaa.example")
        await liar.greet()
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_an_expired_certificate_or_one_made_by_nobody_is_no_matter_of_dates_but_of_the_manifest(tmp_path: Path) -> None:
    """Whoever shows a certificate that is not in the manifest in force is nobody, whatever it says of itself."""

    async def story(stage: Stage) -> None:
        folder = tmp_path / "other"
        (folder / "keys").mkdir(parents=True)
        made, key = seal.self_signed((LIAR,), 0, YEAR_NS, os.urandom, common_name=LIAR, both_ends=True)
        (folder / certificates.CERTIFICATE).write_bytes(made)
        (folder / certificates.KEY).write_bytes(key)
        pair = Pair(folder / certificates.CERTIFICATE, folder / certificates.KEY)
        async with stage.liar.calling(pair) as stage.liar.client:
            for _ in range(3):
                with pytest.raises(httpx2.HTTPError):
                    await stage.liar.call()
        board = stage.desk.node.switchboard
        assert board is not None
        await stage.until(lambda: board.strangers.count == 3, "they are counted")

        def recorded() -> list[str]:
            return [str(one["value"]) for one in stage.desk.bodies("refusal") if one["field"] == "certificate"]

        await stage.until(recorded, "it is recorded")
        assert len(recorded()) == 1  # not more than once a minute
        assert board.strangers.news(float("inf")) in ("", "3 so far")

    tell(tmp_path, story)


def test_manifests_that_do_not_follow_are_refused_and_two_of_one_number_are_a_fork(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        prev = seal.sha256(seal.from_b64(msgspec.json.decode(liar.manifests[0])["payload"], "manifest"))

        def keys(manifest: bytes) -> str:
            params = {"manifest": manifest.decode(), "certificates": ""}
            more = {"answers": [], "text": {}, "marker": "INFORMATION"}
            return liar.says(0, type="keys", params=params, **more)

        await liar.call([keys(liar.manifest(3, prev))])
        await liar.call([keys(liar.manifest(2, b"p" * 32))])
        assert stage.line.counterpart.manifest.seq == 1
        assert stage.line.state == "fork"  # its root signed two that cannot both follow
        await liar.call([keys(liar.manifest(2, prev))])
        assert stage.line.counterpart.manifest.seq == 2
        await liar.call([keys(liar.manifest(2, prev, endpoints=("https://elsewhere.example",)))])
        assert "two key manifests of one number" in stage.line.why
        await liar.call([keys(liar.manifests[0])])
        assert stage.line.counterpart.manifest.seq == 2
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_a_revoked_key_signs_nothing_after_its_last_number(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        prev = seal.sha256(seal.from_b64(msgspec.json.decode(liar.manifests[0])["payload"], "manifest"))
        fresh = seal.Signer.generate(os.urandom)
        gone = Revoked("line-1", 1, {line_hash(stage.line.name): (1, 0, 0)})
        rows = [msgspec.structs.replace(liar.rows[2], id="line-2", pub=fresh.public), *liar.rows]
        newer = liar.manifest(2, prev, rows=rows, revoked=(gone,))
        params = {"manifest": newer.decode(), "certificates": ""}
        await liar.call([liar.says(0, type="keys", params=params, answers=[], text={}, marker="INFORMATION")])
        stolen = liar.signed(liar.body(0))
        answer = await liar.call([stolen])
        assert answer.json()["next"]["0"] == 2
        assert answer.json()["refused"][0]["field"] == "keyid"
        liar.signers["line"] = fresh
        liar.manifests.append(newer)
        await liar.greet()
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_every_word_of_a_counterpart_names_its_own_messages(tmp_path: Path) -> None:
    """`yours` shows a caller what it sent itself, and nothing else."""

    async def story(stage: Stage) -> None:
        liar = stage.liar
        sent = [liar.says(1) for _ in range(3)]
        await liar.call(sent)
        await stage.desk.send("check", check(1, stage.desk.clock))
        found = await liar.client.get("/line/v1/yours?lane=1&after=1")
        assert found.json()["frames"] == sent[1:]
        assert (await liar.client.get("/line/v1/yours?lane=9&after=0")).status_code == 400
        assert (await liar.client.get("/line/v1/yours?lane=1&after=x")).status_code == 400
        assert (await liar.client.get("/line/v1/keys?after=0")).json()["manifests"]
        assert (await liar.client.get("/line/v1/nothing")).status_code == 404
        codes = [(await liar.client.get("/line/v1/keys?after=0")).status_code for _ in range(40)]
        assert 429 in codes
        await stage.urgent_goes()

    tell(tmp_path, story)
