"""Who may read the counts: programs on the node's own machine, and people who are signed in."""

import asyncio

import httpx2
import pytest

from tests.rooms.node.doors import Doors


def asked(address: str, url: str, **headers: str) -> int:
    """The status of GET /metrics from an address, by a name."""

    async def ask() -> int:
        over = httpx2.ASGITransport(app=Doors().app, client=(address, 50_000))
        async with httpx2.AsyncClient(transport=over, base_url=url) as client:
            return (await client.get("/metrics", headers=headers)).status_code

    return asyncio.run(ask())


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("url", ["http://127.0.0.1:8470", "http://[::1]:8470", "http://localhost"])
def test_a_program_on_the_machine_itself_may_read_them(address: str, url: str) -> None:
    assert asked(address, url) == 200


@pytest.mark.parametrize("address", ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "127.0.0.1.example", "local"])
def test_anybody_else_has_to_sign_in(address: str) -> None:
    assert asked(address, "http://127.0.0.1:8470") == 401


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_a_proxy_on_the_machine_is_not_the_machine(header: str) -> None:
    assert asked("127.0.0.1", "http://127.0.0.1:8470", **{header: "192.0.2.7"}) == 401
    assert asked("127.0.0.1", "http://testserver") == 401


def test_whoever_is_signed_in_may_read_them_from_anywhere() -> None:
    assert Doors().sign_in("viewer").get("/metrics").status_code == 200
