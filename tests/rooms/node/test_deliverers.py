"""Ways of reaching a person, against real servers on loopback: what became of each try, and what is never said of it."""

import email
import json
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest

from openline import seal
from openline.node.line import apprising
from openline.node.line.apprising import SCHEMES, Apprised
from openline.node.line.deliverers import Outcome
from openline.node.line.egress import Wire
from openline.node.line.webhook import webhook
from tests.rooms.node.told_servers import HERE, MESSAGE, NOWHERE, SECRET, hook, letter, post_office, send, served, web


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A server's context for 127.0.0.1, and its certificate."""
    certificate_pem, key_pem = seal.self_signed(["127.0.0.1"], 0, 4 * 10**18, lambda count: b"\x11" * count)
    (folder / "c.pem").write_bytes(certificate_pem)
    (folder / "k.pem").write_bytes(key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "c.pem", folder / "k.pem")
    return context, certificate_pem.decode()


# ── a web address ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, "accepted"),
        (202, "accepted"),
        (204, "accepted"),
        (301, "failed for good"),
        (400, "failed for good"),
        (401, "failed for good"),
        (404, "failed for good"),
        (408, "failed for now"),
        (410, "failed for good"),
        (429, "failed for now"),
        (500, "failed for now"),
        (503, "failed for now"),
    ],
)
def test_the_status_of_a_web_address_is_what_became_of_it(status: int, state: str) -> None:
    answer = f"HTTP/1.1 {status} X {SECRET}\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".encode()
    with served(web(answer)) as server:
        outcome = send(hook(server.port))
    assert (outcome.state, server.calls) == (state, 1)
    assert str(status) in outcome.detail


def test_a_web_address_gets_the_message_its_key_and_a_signature() -> None:
    with served(web()) as server:
        assert send(hook(server.port, key="k3y")) == Outcome("accepted", "it answered 200")
    body = json.loads(server.bodies[0])
    assert (body["key"], body["subject"], body["text"]) == (MESSAGE.key, MESSAGE.subject, MESSAGE.text)
    assert f"Idempotency-Key: {MESSAGE.id}" in server.lines
    assert f"X-Openline-Signature: sha256={seal.hmac_sha256(b'k3y', server.bodies[0]).hex()}" in server.lines
    assert server.lines[0] == f"POST /hook?token={SECRET} HTTP/1.1"


def test_what_is_no_http_after_the_message_was_handed_over_is_unknown() -> None:
    with served(web(b"SSH-2.0-x\r\n")) as server:
        assert send(hook(server.port)).state == "unknown"


def test_no_answer_after_the_message_was_handed_over_is_unknown() -> None:
    with served(web(holds=True)) as server:
        assert send(hook(server.port), within_s=0.3) == Outcome("unknown", "no answer in time")


def test_nobody_there_is_a_failure_for_now() -> None:
    with served(web()) as server:
        pass
    assert send(hook(server.port)).state == "failed for now"


def test_a_call_can_be_cut_from_another_thread() -> None:
    with served(web(holds=True)) as server:
        wire = Wire(HERE, 60.0)
        outcomes: list[Outcome] = []
        thread = threading.Thread(target=lambda: outcomes.append(hook(server.port).send(MESSAGE, wire)))
        thread.start()
        assert server.begun.wait(10)
        wire.cut()
        thread.join(10)
        assert [one.state for one in outcomes] == ["unknown"]


def test_over_tls_the_certificate_is_checked(tmp_path: Path) -> None:
    context, pem = certificate(tmp_path)
    with served(web(), context) as server:
        way: Any = webhook(f"https://127.0.0.1:{server.port}/", "f")
        assert send(way) == Outcome("failed for good", "its certificate is not good")
        way._tls.load_verify_locations(cadata=pem)
        assert send(way).state == "accepted"


# ── mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answers", "state", "detail"),
    [
        ({}, "accepted", "250"),
        ({"": "421 4.3.2 busy"}, "failed for now", "421 4.3.2"),
        ({"": "554 5.7.1 no"}, "failed for good", "554 5.7.1"),
        ({"MAIL": "451 4.3.0 later"}, "failed for now", "451 4.3.0"),
        ({"MAIL": "550 5.7.1 not you"}, "failed for good", "550 5.7.1"),
        ({"RCPT": f"550 5.1.1 <duty@south.example> {SECRET}"}, "failed for good", "550 5.1.1"),
        ({"RCPT": "450 4.2.1 greylisted"}, "failed for now", "450 4.2.1"),
        ({"DATA": "452 4.3.1 full"}, "failed for now", "452 4.3.1"),
        ({".": "554 5.6.0 content"}, "failed for good", "554 5.6.0"),
        ({".": "451 4.7.0 later"}, "failed for now", "451 4.7.0"),
        ({"EHLO": "502 no", "HELO": "501 5.5.2 no"}, "failed for good", "501"),
    ],
)
def test_the_answers_of_a_mail_server_are_what_became_of_it(answers: dict[str, str], state: str, detail: str) -> None:
    with served(post_office(answers)) as server:
        outcome = send(letter(server.port))
    assert outcome.state == state
    assert detail in outcome.detail


def test_a_mail_says_what_is_to_be_said() -> None:
    with served(post_office()) as server:
        assert send(letter(server.port)).state == "accepted"
    got = email.message_from_bytes(
        server.bodies[0].removesuffix(b"\r\n.\r\n").replace(b"\r\n..", b"\r\n."), policy=email.policy.SMTP
    )
    assert got["Subject"] == MESSAGE.subject
    assert got["To"] == "duty@south.example"
    assert got["Importance"] == "high"
    assert got.get_content().replace("\r\n", "\n").rstrip("\n") == MESSAGE.text
    assert "EHLO south.example" in server.lines[0].upper().replace("SOUTH.EXAMPLE", "south.example")


def test_one_receiver_of_two_is_said_to_be_one() -> None:
    with served(post_office({"RCPT TO:<OTHER@SOUTH.EXAMPLE>": "550 5.1.1 no"})) as server:
        outcome = send(letter(server.port, to="duty@south.example,other@south.example"))
    assert outcome == Outcome("accepted", "the mail server answered 250, for 1 of 2 receivers")


def test_a_mail_server_that_took_the_mail_and_says_nothing_leaves_it_unknown() -> None:
    with served(post_office({".": "hold"})) as server:
        assert send(letter(server.port), within_s=0.5).state == "unknown"


def test_a_mail_server_that_says_nothing_before_it_took_anything_is_a_failure_for_now() -> None:
    def silent(way: Any, server: Any) -> None:
        server.release.wait(20)

    with served(silent) as server:
        assert send(letter(server.port), within_s=0.3) == Outcome("failed for now", "no answer in time")


def test_signing_in_needs_tls_and_a_refusal_shows_nothing(tmp_path: Path) -> None:
    context, pem = certificate(tmp_path)
    for answer, state in (("235 2.7.0 ok", "accepted"), (f"535 5.7.8 {SECRET}", "failed for good")):
        with served(post_office({"AUTH": answer}), context) as server:
            way: Any = letter(server.port, "smtps", "", user=f"node:{SECRET}@")
            way._context.load_verify_locations(cadata=pem)
            assert send(way).state == state
        assert any(line.startswith("AUTH PLAIN") for line in server.lines)


def test_starttls_is_taken_or_nothing_is_sent(tmp_path: Path) -> None:
    context, pem = certificate(tmp_path)
    with served(post_office(tls=context)) as server:
        way: Any = letter(server.port, more="")
        way._context.load_verify_locations(cadata=pem)
        assert send(way).state == "accepted"
    with served(post_office()) as server:
        outcome = send(letter(server.port, more=""))
    assert outcome.state == "failed for good"
    assert "STARTTLS" in outcome.detail
    assert not any(line.startswith("MAIL") for line in server.lines)


# ── Apprise ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def has_apprise() -> bool:
    return apprising.installed()


@pytest.mark.skipif(not has_apprise(), reason="the optional package apprise is not installed")
def test_a_service_that_apprise_knows_takes_a_message_over_loopback() -> None:
    """`json` is none of the allowed schemas: the test alone lets it in."""
    with served(web(holds=False)) as server:
        way = Apprised(f"json://127.0.0.1:{server.port}/{SECRET}")
        outcome = with_schemes(way, frozenset({"json"}))
        assert outcome == Outcome("accepted", "the service took it")
    assert MESSAGE.subject in server.bodies[0].decode()


@pytest.mark.skipif(not has_apprise(), reason="the optional package apprise is not installed")
@pytest.mark.parametrize(("answer", "state"), [(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "unknown"), (b"", "unknown")])
def test_what_fails_at_a_service_after_it_was_reached_is_unknown(answer: bytes, state: str) -> None:
    with served(web(answer)) as server:
        assert with_schemes(Apprised(f"json://127.0.0.1:{server.port}/{SECRET}"), frozenset({"json"})).state == state


@pytest.mark.skipif(not has_apprise(), reason="the optional package apprise is not installed")
def test_apprise_goes_nowhere_that_the_setting_does_not_name() -> None:
    with served(web()) as server:
        outcome = with_schemes(Apprised(f"json://127.0.0.1:{server.port}/{SECRET}"), frozenset({"json"}), NOWHERE)
    assert outcome.state == "failed for good"
    assert server.calls == 0


@pytest.mark.skipif(not has_apprise(), reason="the optional package apprise is not installed")
def test_a_schema_that_is_not_allowed_is_not_loaded_whatever_the_address_says() -> None:
    with served(web()) as server:
        outcome = send(Apprised(f"json://127.0.0.1:{server.port}/{SECRET}"))
    assert outcome == Outcome("failed for good", "Apprise does not take this address")
    assert server.calls == 0


@pytest.mark.skipif(not has_apprise(), reason="the optional package apprise is not installed")
def test_a_service_that_does_not_answer_is_ended_at_the_deadline() -> None:
    with served(web(holds=True)) as server:
        outcome = with_schemes(Apprised(f"json://127.0.0.1:{server.port}/{SECRET}"), frozenset({"json"}), within_s=4.0)
    assert outcome.state == "unknown"


def with_schemes(way: Apprised, schemes: frozenset[str], reach: Any = HERE, within_s: float = 30.0) -> Outcome:
    before = apprising.SCHEMES
    apprising.SCHEMES = schemes  # type: ignore[misc]
    try:
        return send(way, reach, within_s)
    finally:
        apprising.SCHEMES = before  # type: ignore[misc]


@pytest.mark.skipif(not has_apprise(), reason="the optional package apprise is not installed")
def test_every_schema_that_is_allowed_is_one_that_apprise_has() -> None:
    from apprise import NotificationManager

    manager: Any = NotificationManager
    assert set(manager().schemas(include_disabled=True)) >= SCHEMES


def test_no_schema_that_is_allowed_writes_files_starts_programs_or_goes_unencrypted() -> None:
    closed = {
        "file",
        "syslog",
        "rsyslog",
        "dbus",
        "gnome",
        "macosx",
        "windows",
        "json",
        "jsons",
        "form",
        "forms",
        "xml",
        "xmls",
    }
    assert not SCHEMES & (closed | {"mailto", "ntfy", "gotify", "mqtt", "mqtts", "apprise", "apprises", "growl", "snmp"})
