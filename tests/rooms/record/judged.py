"""Both verifiers side by side, and bundles a dishonest exporter with the line key could make."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from openline import seal
from openline.record import bundle, standalone_verify
from openline.record.entry import canonical
from openline.record.envelope import unwrap, wrap
from openline.record.verify import verify_bundle
from tests.rooms.record.made import (
    LINE,
    InMemory,
)

TINY = b"# the verifier\n"
"""A verifier of one line, so that a test can afford to change each byte of a bundle."""

Found = tuple[str, int | None, int | None]
"""File, offset, entry."""


def ours(files: Mapping[str, bytes]) -> Found | None:
    fault = verify_bundle(files, ordered=True).fault
    return None if fault is None else (fault.file, fault.offset, fault.index)


def theirs(files: Mapping[str, bytes]) -> Found | None:
    """What the stand-alone verifier says; in the same process, which is a hundred times faster."""
    try:
        standalone_verify.Check(InMemory(files), None, None).run()  # type: ignore[arg-type]
    except standalone_verify.Bad as bad:
        return bad.file, bad.offset, bad.index
    return None


def agreed(files: Mapping[str, bytes]) -> Found | None:
    """What both say; they must say the same."""
    found = ours(files)
    assert theirs(files) == found
    return found


def resigned(files: Mapping[str, bytes], changes: Mapping[str, bytes | None], signer: seal.Signer = LINE) -> dict[str, bytes]:
    """The bundle with other files (None: without), listed and signed again: what a dishonest exporter could make."""
    made = {name: data for name, data in {**files, **changes}.items() if data is not None and name != bundle.MANIFEST}
    body = json.loads(unwrap(files[bundle.MANIFEST], bundle.PAYLOAD_TYPE, "m").payload)
    body["files"] = [{"n": len(d), "name": n, "sha256": seal.b64(seal.sha256(d))} for n, d in made.items()]
    return {**made, bundle.MANIFEST: wrap(bundle.PAYLOAD_TYPE, canonical(body), [signer])}


def said(files: Mapping[str, bytes], changes: Mapping[str, object]) -> dict[str, bytes]:
    """The bundle whose manifest says something else, signed by the right key."""
    body = json.loads(unwrap(files[bundle.MANIFEST], bundle.PAYLOAD_TYPE, "m").payload)
    return {**files, bundle.MANIFEST: wrap(bundle.PAYLOAD_TYPE, canonical({**body, **changes}), [LINE])}


def lines(files: Mapping[str, bytes], name: str) -> list[bytes]:
    return files[name].splitlines(keepends=True)


ENTRIES, LEAVES, OBJECTS = "entries/000000000000.jsonl", "leaves/000000000000", "objects/000000.jsonl"


def with_entries(files: Mapping[str, bytes], headers: list[bytes], **more: bytes) -> dict[str, bytes]:
    """Other headers with fitting leaves."""
    leaves = b"".join(seal.sha256(b"\0" + header[:-1]) for header in headers)
    return resigned(files, {ENTRIES: b"".join(headers), LEAVES: leaves, **more})


def mangled(value: Any, place: int, other: Any) -> Any:
    """The JSON value with `other` at its `place`-th node, counted depth first and round."""
    nodes = list(_nodes(value, ()))
    path = nodes[place % len(nodes)]
    return _put(value, path, other)


def _nodes(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from _nodes(inner, (*path, key))


def _put(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    if isinstance(value, dict):
        return {key: _put(inner, path[1:], other) if key == path[0] else inner for key, inner in value.items()}
    return [_put(inner, path[1:], other) if place == path[0] else inner for place, inner in enumerate(value)]
