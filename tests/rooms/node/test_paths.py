"""Where messages to people may go, and the files that hold their addresses: refused without a word of what stands in them."""

import ipaddress
import socket
from pathlib import Path
from typing import Any

import pytest

from openline.errors import BadSetting
from openline.node import settings_file
from openline.node.line import apprising, paths
from openline.node.line.apprising import Apprised, apprised
from openline.node.line.egress import Closed, Wire, judge, networks
from openline.node.line.mail import mail
from openline.node.line.webhook import webhook
from openline.node.private_files import write_private
from tests.rooms.node.told_servers import NOWHERE, SECRET, hook, letter, send, served, web

# ── where it may go ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
        *("255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:c0a8:101::1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
        "2001:db8::1",
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(Closed):
        judge(ipaddress.ip_address(address), NOWHERE)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_a_public_address_is_not(address: str) -> None:
    judge(ipaddress.ip_address(address), NOWHERE)


def test_a_network_that_the_setting_names_may_be_reached_and_no_other() -> None:
    judge(ipaddress.ip_address("10.1.2.3"), networks(("10.1.0.0/16",), "reach"))
    with pytest.raises(Closed):
        judge(ipaddress.ip_address("10.2.0.1"), networks(("10.1.0.0/16",), "reach"))


def resolving(*addresses: str) -> Any:
    """A name server that says what a test wants."""

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (one, port)) for one in addresses]

    return resolve


@pytest.mark.parametrize("addresses", [("10.0.0.1",), ("8.8.8.8", "127.0.0.1"), ("127.0.0.1", "8.8.8.8")])
def test_a_name_with_any_address_that_is_not_public_is_refused_before_a_socket_is_opened(addresses: tuple[str, ...]) -> None:
    with pytest.raises(Closed):
        Wire(NOWHERE, 5.0, resolving(*addresses)).connect("hook.example", 443)


def test_refused_addresses_are_failures_for_good_and_nothing_reaches_them() -> None:
    with served(web()) as server:
        for way in (webhook(f"https://127.0.0.1:{server.port}/", "f"), hook(server.port), letter(server.port)):
            outcome = send(way, NOWHERE)
            assert outcome.state == "failed for good"
            assert "not public" in outcome.detail
        assert send(webhook(f"https://2130706433:{server.port}/", "f"), NOWHERE).state == "failed for good"
    assert server.calls == 0


def test_without_tls_only_a_network_that_the_setting_names_is_reached() -> None:
    wire = Wire(NOWHERE, 5.0, resolving("8.8.8.8"))
    with pytest.raises(Closed, match="without TLS"):
        wire.connect("hook.example", 80, secured=False)


# ── the files ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (webhook, ""),
        (webhook, f"ftp://h/{SECRET}"),
        (webhook, f"https://user:{SECRET}@h/"),
        (webhook, f"https:///{SECRET}"),
        (webhook, f"https://h:99999/{SECRET}"),
        (webhook, f"https://h/{SECRET}\nk\nmore"),
        (mail, ""),
        (mail, f"smtps://u:{SECRET}@h/"),
        (mail, f"smtps://u:{SECRET}@h/?from=a@b.example"),
        (mail, f"smtps://u:{SECRET}@h/?from=a@b.example&to=nobody"),
        (mail, f"smtps://u:{SECRET}@h/?from=a@b.example&to=c@d.example&tls=off"),
        (mail, f"smtps://u:{SECRET}@h/?from=a@b.example&to=c@d.example%0d%0aBcc:x@y.example"),
        (mail, f"smtp://u:{SECRET}@h/?from=a@b.example&to=c@d.example&tls=off"),
        (mail, f"http://u:{SECRET}@h/?from=a@b.example&to=c@d.example"),
        (apprised, ""),
        (apprised, f"json://h/{SECRET}"),
        (apprised, f"file:///{SECRET}"),
        (apprised, f"ntfys://{SECRET}@h/a, json://h/"),
        (apprised, f"ntfys://{SECRET}@h/a json://h/"),
    ],
)
def test_an_address_that_is_none_is_refused_without_showing_it(make: Any, text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        make(text, "path x: address_file")
    assert SECRET not in str(refused.value) + str(refused.value.facts) + refused.value.remedy


def test_a_way_shows_nothing_of_its_address() -> None:
    for way in (hook(1), letter(1, "smtps", "", user=f"node:{SECRET}@"), Apprised(f"ntfys://{SECRET}@h/a")):
        assert SECRET not in repr(way)
        assert SECRET not in repr(vars(way).get("_address", ""))


def settings_with(folder: Path, kind: str, text: str, mode: int = 0o600) -> Any:
    write_private(folder / "a.txt", text.encode())
    (folder / "a.txt").chmod(mode)
    path = f'[[path]]\nname = "a"\nkind = "{kind}"\nto = "duty officer"\naddress_file = "a.txt"\n'
    return settings_file.parse('[node]\nparty = "south.example"\n' + path)


def test_paths_are_read_with_their_files(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, "webhook", f"https://hook.example/{SECRET}\n")
    assert list(paths.load(settings, tmp_path / "openline.toml")) == ["a"]


def test_an_address_that_others_may_read_is_refused(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, "webhook", f"https://hook.example/{SECRET}\n", 0o644)
    with pytest.raises(BadSetting, match="may be read by others"):
        paths.load(settings, tmp_path / "openline.toml")


def test_without_the_package_a_path_of_kind_apprise_is_refused_in_words(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(apprising, "PACKAGE", "apprise_that_is_not_here")
    settings = settings_with(tmp_path, "apprise", f"ntfys://{SECRET}@ntfy.example/topic\n")
    with pytest.raises(BadSetting) as refused:
        paths.load(settings, tmp_path / "openline.toml")
    assert "not installed" in refused.value.message
    assert "smtp or webhook" in refused.value.remedy
