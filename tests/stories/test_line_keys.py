"""A party changes its line key: told over the line, or asked for; nothing is lost on the way, and the old key ends."""

import os
from pathlib import Path

import msgspec

from openline import seal
from openline.node import keys
from openline.node.private_files import write_private
from openline.record.keys import KeyManifest, PublicKey, Revoked, line_hash, make_manifest, read_manifest
from tests.stories.two_nodes import SOUTH, Desk, Two, check, tell


def manifest_of(desk: Desk) -> bytes:
    return (desk.folder / keys.MANIFEST).read_bytes()


def next_manifest(desk: Desk, fresh: seal.Signer, revoked: tuple[Revoked, ...] = ()) -> bytes:
    """The manifest after the one in force, with a second line key."""
    before = manifest_of(desk)
    old = read_manifest(before)
    payload = seal.from_b64(msgspec.json.decode(before)["payload"], "manifest")
    known = any(one.pub == fresh.public for one in old.keys)
    rows = old.keys if known else (*old.keys, PublicKey(f"line-{old.seq + 1}", "line", "ed25519", fresh.public))
    made = KeyManifest(party=old.party, seq=old.seq + 1, not_before_us=0, keys=rows, prev=seal.sha256(payload), revoked=revoked)
    assert desk.node.keys.root is not None
    return make_manifest(made, desk.node.keys.root)


def keep(desk: Desk, manifest: bytes, signer: seal.Signer | None = None) -> None:
    """Put it in force here, the one before it aside, and the new key in its place."""
    older = desk.folder / "keys" / "manifests"
    older.mkdir(exist_ok=True)
    number = read_manifest(manifest_of(desk)).seq
    (older / f"{number}.json").write_bytes(manifest_of(desk))
    (desk.folder / keys.MANIFEST).unlink()
    write_private(desk.folder / keys.MANIFEST, manifest)
    if signer is not None:
        (desk.folder / "keys" / "line.pem").unlink()
        write_private(desk.folder / "keys" / "line.pem", signer.to_pem())


def test_a_new_line_key_is_told_over_the_line_taken_and_used_and_the_old_one_ends(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        south, north = two.both
        fresh = seal.Signer.generate(os.urandom)
        await two.heard(await south.send("check", check(1, two.clock)))
        second = next_manifest(south, fresh)
        await south.act("line.keys", "administrator", manifest=second.decode())
        await two.until(lambda: north.line().counterpart.manifest.seq == 2, "the north took it")
        await south.stop()
        keep(south, second, fresh)
        await south.start()
        await two.up()
        await two.heard(await south.send("check", check(2, two.clock)))
        newest = south.store.objects_of(south.entries("msg.out")[-1])[0]
        assert msgspec.json.decode(newest)["signatures"][0]["keyid"] == fresh.verifier.fingerprint

        lanes = tuple(out.next - 1 for out in south.line().lanes.out)
        gone = Revoked("line-1", 1, {line_hash(south.line().name): (lanes[0], lanes[1], lanes[2])})
        third = next_manifest(south, fresh, (gone,))
        await south.act("line.keys", "administrator", manifest=third.decode())
        await two.until(lambda: north.line().counterpart.manifest.seq == 3, "the north took the revocation")
        await two.heard(await south.send("check", check(3, two.clock)))
        said = [body for body in north.bodies("key") if body.get("what") == "manifest"]
        assert [body["seq"] for body in said] == [2, 3]
        assert not north.entries("fork")

    tell(tmp_path, story)


def test_manifests_that_were_missed_are_asked_for_after_a_hello(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        south, north = two.both
        fresh = seal.Signer.generate(os.urandom)
        await south.stop()
        keep(south, next_manifest(south, fresh))
        await south.start()
        await south.stop()
        keep(south, next_manifest(south, seal.Signer.generate(os.urandom)))
        await south.start()
        await two.until(lambda: north.line(SOUTH).counterpart.manifest.seq == 3, "the north asked for both")
        await two.heard(await south.send("check", check(1, two.clock)))

    tell(tmp_path, story)
