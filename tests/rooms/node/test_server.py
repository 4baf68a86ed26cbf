"""The node on a real socket: what slow, greedy and rude connections get, files by ranges, TLS, and the port."""

import asyncio
import socket
import ssl
import threading
import time

import httpx2
import pytest

from openline.errors import BadSetting, PortTaken
from openline.node.doors import sockets, tls
from openline.node.doors.server import Web, bind
from openline.node.settings import Listen
from tests.rooms.node.doors import NDJSON_TOKEN, Doors, entropy, quick_limits, settings
from tests.rooms.node.living import living, read_all

HERE = Listen(port=0)


def doors(**more):
    return Doors(real_time=True, listen=more.pop("listen", HERE), **more)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    assets = tmp_path_factory.mktemp("assets")
    (assets / "app").mkdir()
    (assets / "index.html").write_text("<!doctype html><title>console</title>")
    (assets / "app" / "main-Ab3_x-9Z.js").write_text("export {}")
    basemap = tmp_path_factory.mktemp("basemap")
    (basemap / "world.pmtiles").write_bytes(bytes(range(256)) * 1_000)
    with living(doors(assets=assets, basemap=basemap)) as running:
        yield running


def test_a_person_signs_in_over_the_wire(node):
    with node.client("supervisor") as client:
        assert client.get("/api/v1/session").json()["role"] == "supervisor"


def test_the_console_is_served_and_always_asked_for_again(node):
    answer = httpx2.get(node.url)

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


def test_a_file_whose_name_holds_its_hash_is_kept_for_ever(node):
    assert "immutable" in httpx2.get(f"{node.url}/app/main-Ab3_x-9Z.js").headers["cache-control"]


def test_the_basemap_is_read_by_ranges(node):
    answer = httpx2.get(f"{node.url}/basemap/world.pmtiles", headers={"range": "bytes=256-260"})

    assert (answer.status_code, answer.content) == (206, bytes(range(5)))
    assert answer.headers["content-range"] == "bytes 256-260/256000"


def test_a_range_beyond_the_end_is_416(node):
    assert httpx2.get(f"{node.url}/basemap/world.pmtiles", headers={"range": "bytes=999999-"}).status_code == 416


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/basemap/..%2f..%2fx", "/app/%00", "/" + "x" * 5_000]
)
def test_no_path_leaves_the_folder(node, path):
    with node.raw(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n".encode()) as one:
        assert b" 404 " in read_all(one).split(b"\r\n")[0]


def test_ten_megabytes_to_a_json_endpoint_are_refused(node):
    with node.client("operator") as client:
        answer = client.post("/api/v1/acts", content=b" " * 10_000_000, headers={"content-type": "application/json"})

        assert answer.status_code == 413


def test_ten_megabytes_of_rows_are_taken_whole(node):
    rows = b'{"id":"a","lat":33.5,"lon":38.6}\n' * 300_000
    headers = {"content-type": "application/x-ndjson", "authorization": f"Bearer {NDJSON_TOKEN}"}
    answer = httpx2.post(f"{node.url}/api/v1/reports", content=rows, headers=headers, timeout=30)

    assert answer.json()["accepted"] == 300_000


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET  /\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"x: " + b"y" * 100_000 + b"\r\n\r\n",
        b"POST /osmand HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: -1\r\n\r\n",
        b"POST /osmand HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_http_is_refused_and_the_next_request_is_served(node, data):
    with node.raw(data) as one:
        one.shutdown(1)
        assert read_all(one).split(b" ")[1:2] in ([b"400"], [b"403"], [])
    assert httpx2.get(f"{node.url}/healthz").status_code == 200


def test_a_request_that_says_no_host_is_refused(node):
    with node.raw(b"GET /healthz HTTP/1.0\r\n\r\n") as one:
        assert b" 403 " in read_all(one).split(b"\r\n")[0]


def cut_off(node):
    return node.doors.shell.counters.get("openline_connections_refused_total", reason="headers")


def test_headers_that_never_end_are_cut_off_and_delay_nobody():
    with living(doors(limits=quick_limits(header_s=2.0))) as node:
        slow = [node.raw(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx") for _ in range(20)] + [node.raw() for _ in range(20)]
        assert httpx2.get(f"{node.url}/healthz").status_code == 200
        assert cut_off(node) == 0  # it was answered while they all still held on
        assert [read_all(one) for one in slow] == [b""] * 40
        assert cut_off(node) == 40


def test_a_body_that_stalls_is_given_up():
    with living(doors(limits=quick_limits(body_s=0.3))) as node, node.client("operator") as client:
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        head = f"POST /api/v1/acts HTTP/1.1\r\nhost: 127.0.0.1:{node.port}\r\norigin: {node.url}\r\nx-openline: 1\r\n"
        head += f"cookie: {cookie}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
        with node.raw(head.encode()) as one:
            assert one.recv(65_536).startswith(b"HTTP/1.1 408 ")


def test_one_connection_too_many_is_told_so():
    with living(doors(limits=quick_limits(connections_max=5))) as node:
        held = [node.raw() for _ in range(6)]
        assert httpx2.get(f"{node.url}/healthz").status_code == 503
        for one in held:
            one.close()


def test_a_keep_alive_connection_may_idle_longer_than_headers_may_take():
    with living(doors(limits=quick_limits(header_s=0.2))) as node, httpx2.Client(base_url=node.url) as client:
        client.get("/healthz")
        with node.raw() as idle:
            assert read_all(idle) == b""  # cut off: more than header_s has passed
        assert client.get("/healthz").status_code == 200
        assert cut_off(node) == 1


def test_a_port_that_is_taken_is_named():
    with living(doors()) as node, pytest.raises(PortTaken, match=str(node.port)):
        bind("127.0.0.1", node.port)


def test_a_host_that_is_no_address_is_refused():
    with pytest.raises(BadSetting):
        bind("no.such.host.invalid.", 0)


def test_beyond_this_machine_there_is_no_plain_http():
    opened = Doors(listen=Listen(host="0.0.0.0", port=0))

    with pytest.raises(BadSetting):
        Web(opened.app, settings(listen=Listen(host="0.0.0.0", port=0)), None, opened.shell.counters)


def test_with_tls_the_certificate_is_ours_and_plain_http_gets_nothing(tmp_path):
    (tmp_path / "keys").mkdir()
    fingerprint = tls.make(tmp_path, ("127.0.0.1", "localhost"), time.time_ns(), entropy())
    listen = Listen(port=0, tls="self_signed")
    pair = tls.pair(listen, tmp_path / "openline.toml")
    with living(doors(listen=listen), pair) as node:
        context = ssl.create_default_context(cafile=str(tmp_path / tls.CERTIFICATE))
        assert httpx2.get(f"{node.url}/healthz", verify=context).status_code == 200
        with node.raw(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n") as plain:
            assert b"200" not in read_all(plain)
    assert len(fingerprint) == 64


def test_a_key_others_may_read_is_refused(tmp_path):
    (tmp_path / "keys").mkdir()
    tls.make(tmp_path, ("localhost",), time.time_ns(), entropy())
    (tmp_path / tls.KEY).chmod(0o644)

    with pytest.raises(BadSetting, match="chmod 600"):
        tls.pair(Listen(tls="self_signed"), tmp_path / "openline.toml")


def test_a_certificate_says_how_long_it_still_holds(tmp_path):
    (tmp_path / "keys").mkdir()
    tls.make(tmp_path, ("localhost",), time.time_ns(), entropy())

    assert tls.days_left(tmp_path / tls.CERTIFICATE, time.time_ns()) == pytest.approx(tls.DAYS, abs=0.01)


def test_a_file_that_is_no_certificate_says_so(tmp_path):
    (tmp_path / "x.pem").write_text("hello")

    with pytest.raises(BadSetting):
        tls.days_left(tmp_path / "x.pem", 0)


def test_the_machine_knows_its_own_addresses_without_asking_anybody():
    assert [address for address in tls.own_addresses() if address.startswith(("127.", "fe80", "::1", "0."))] == []


def test_a_certificate_carries_the_names_of_the_settings():
    assert "line.south.example" in tls.names_of(Listen(hosts=("line.south.example",)))


def places(node):
    """How many connections each address holds, as the server counts them."""
    return dict(node.web._config.http_protocol_class.held)


def test_one_address_holds_only_its_share_and_others_are_served():
    with living(doors(limits=quick_limits(connections_per_address_max=5))) as node:
        held = [node.raw(source="127.0.0.2") for _ in range(6)]
        assert read_all(held[5]).startswith(b"HTTP/1.1 503 ")
        assert httpx2.get(f"{node.url}/healthz").status_code == 200
        assert places(node)["127.0.0.2"] == 5
        for one in held:
            one.close()


def test_a_socket_gives_its_place_back_when_it_goes(monkeypatch):
    monkeypatch.setattr(sockets, "PING_S", 0.1)
    with living(doors()) as node:
        with node.browser("/ws/events") as socket:
            socket.recv(timeout=10)
            assert places(node) == {"127.0.0.1": 1}
        for _ in range(1_000):
            if not places(node):
                break
            node.there(asyncio.sleep, 0.005)
        assert places(node) == {}


@pytest.mark.parametrize("port", [-1, 65_536, 70_000, 2**31])
def test_a_port_that_is_none_is_refused_and_never_taken_modulo(port):
    with pytest.raises(BadSetting, match="0 to 65535"):
        bind("127.0.0.1", port)


class Held:
    """A request that stands in the middle of the application until it is given up."""

    def __init__(self, node) -> None:
        self.there = threading.Event()
        node.doors.desk.positions = self.positions

    async def positions(self, source, data):
        self.there.set()
        await asyncio.Event().wait()


def stopped_with(node, caplog, one: socket.socket) -> tuple[bytes, list[str]]:
    """Stop the server; what the waiting connection got, and what was said of it in the log."""
    with caplog.at_level("WARNING"):
        asyncio.run_coroutine_threadsafe(node.web.stop(), node.loop).result(4)  # 5 s is what it once took
        answer = read_all(one)
        node.there(asyncio.sleep, 0)
    return answer, [record.getMessage() for record in caplog.records if record.exc_info]


def test_stopping_with_a_request_under_way_is_quick_and_quiet(caplog):
    with living(doors()) as node:
        held = Held(node)
        one = socket.create_connection((node.host, node.port))
        token = f"authorization: bearer {NDJSON_TOKEN}"
        head = f"POST /api/v1/reports HTTP/1.1\r\nhost: 127.0.0.1\r\n{token}\r\ncontent-type: application/x-ndjson"
        one.sendall(f"{head}\r\ncontent-length: 3\r\n\r\n{{}}\n".encode())
        assert held.there.wait(10)
        answer, mistakes = stopped_with(node, caplog, one)

    assert mistakes == []
    assert b"500" not in answer


def test_stopping_while_a_body_is_still_coming_is_quick_and_quiet(caplog):
    with living(doors()) as node:
        one = socket.create_connection((node.host, node.port))
        token = f"authorization: bearer {NDJSON_TOKEN}"
        head = f"POST /api/v1/reports HTTP/1.1\r\nhost: 127.0.0.1\r\n{token}\r\ncontent-type: application/x-ndjson"
        one.sendall(f"{head}\r\ncontent-length: 300\r\nexpect: 100-continue\r\n\r\n".encode())
        assert one.recv(100).startswith(b"HTTP/1.1 100")
        _, mistakes = stopped_with(node, caplog, one)

    assert mistakes == []
