"""Why a line is down, in words."""

import asyncio
import os
import ssl
from pathlib import Path

import httpx2
import pytest

from openline.node.line import certificates
from openline.node.line.asking import Lost
from openline.node.line.caller import ANOTHER_NODE, NOT_PINNED, why_down


def behind(outer: Exception, cause: BaseException) -> Exception:
    """An error with another behind it, as a library raises it."""
    outer.__cause__ = cause
    return outer


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (
            ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1006)"),
            ANOTHER_NODE,
        ),
        (behind(OSError("x"), ssl.SSLCertVerificationError(1, "CERTIFICATE_VERIFY_FAILED")), ANOTHER_NODE),
        (behind(OSError("x"), ssl.SSLError(1, "[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca")), NOT_PINNED),
        (behind(OSError("x"), ConnectionRefusedError(111, "refused")), "Connection refused"),
        (Lost("its card names no address"), "its card names no address"),
    ],
)
def test_a_wrong_node_is_told_from_a_network_that_is_down(error: Exception, why: str) -> None:
    assert why_down(error) == why


def test_a_call_that_another_node_answers_says_so(tmp_path: Path) -> None:
    pairs = {}
    for name in ("own", "pinned", "impostor"):
        (tmp_path / name / "keys").mkdir(parents=True)
        certificates.make(tmp_path / name, f"{name}.example", os.urandom)
        pairs[name] = certificates.pair_of(tmp_path / name, "")

    async def call() -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pairs["impostor"].certificate, pairs["impostor"].key)
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
        async with server:
            port = server.sockets[0].getsockname()[1]
            verify = certificates.calling(pairs["own"], [pairs["pinned"].certificate.read_text()])
            async with httpx2.AsyncClient(verify=verify, trust_env=False) as client:
                try:
                    await client.get(f"https://127.0.0.1:{port}/")
                except httpx2.HTTPError as error:
                    return why_down(error)
        return "it was answered"

    assert asyncio.run(call()) == ANOTHER_NODE
