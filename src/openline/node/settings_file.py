"""Reading and checking the settings file: all of it, before anything starts, and every refusal says what would be right."""

import difflib
import math
import re
import tomllib
import zoneinfo
from pathlib import Path
from typing import Any, Final

import msgspec

from openline.errors import NOTHING, BadPath, BadSetting, Refused
from openline.feeds.registry import KINDS, decoder
from openline.line.card import url as card_url
from openline.node.rules_of import timers
from openline.node.settings import Feed, Listen, Settings
from openline.node.settings_paths import check_paths
from openline.node.settings_text import accepted
from openline.node.settings_text import toml as _toml
from openline.zones.position import read_position

FILE_BYTES_MAX: Final = 1_000_000
SETTINGS: Final = "openline.toml"
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
SENDS_TO_US: Final = ("ndjson", "arrow", "osmand")  # kinds that may come without `where`
_TOML_TYPES: Final = {"str": "the text", "int": "the number", "float": "the number", "array": "the list", "object": "the table"}
_TABLES: Final = {"node": "a table [node] with the key party", "feed": "tables under [[feed]], in two pairs of brackets"}
_SECRET: Final = re.compile(r"//[^/@]*@|[?&](key|token|password|secret|apikey|api_key)=", re.IGNORECASE)


def load(path: Path) -> Settings:
    """The settings in a file. Raises `BadSetting` for one that says something unusable, `BadPath` where no node is."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        remedy = f"Make one: openline init {path.parent}   or name the directory of a node with --node or OPENLINE_NODE."
        raise BadPath(f"There is no node in {path.parent}: {path} is not there.", remedy=remedy) from None
    except OSError as error:
        raise BadPath(f"The settings {path} cannot be read: {error.strerror}.") from None
    if len(data) > FILE_BYTES_MAX:
        raise _bad(str(path), f"{len(data)} bytes", f"at most {FILE_BYTES_MAX} bytes")
    remedy = f"Correct it in {path} and start again. docs/settings.md says what every key accepts."
    try:
        return parse(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadSetting(f"{path} is no text in UTF-8: byte {error.start} is none.", remedy=remedy) from None
    except BadSetting as wrong:
        raise BadSetting(wrong.message, remedy=remedy, **wrong.facts) from None


def parse(text: str) -> Settings:
    """The settings in a TOML text. Raises `BadSetting`."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadSetting(f"The settings are no TOML: {error}.", field="settings", accepted="a TOML file") from None
    _check_keys(table, Settings, "")
    _check_numbers(table, "")
    try:
        settings = msgspec.convert(_over(_defaults(), table), Settings)
    except msgspec.ValidationError as error:
        raise _from_msgspec(str(error), table) from None
    _check_listen(settings.listen)
    _check_feeds(settings)
    _check_line(settings)
    check_paths(settings)
    for key in ("local_zone", "counterpart_zone"):
        _check_zone(f"node.{key}", getattr(settings.node, key))
    _check_own(settings)
    return settings


def record_of(folder: Path, settings: Settings) -> Path:
    """The record of the node in this directory."""
    return beside(folder / SETTINGS, settings.record.path)


def beside(settings_path: Path, named: str) -> Path:
    """A file named in the settings: absolute, or relative to the settings file."""
    return settings_path.parent / named


def _check_line(settings: Settings) -> None:
    """The addresses that go on our card are such as a counterpart's node would take, and timers are in order."""
    try:
        timers(settings.line)
    except Refused as wrong:
        raise _bad(f"line.{wrong.field}", wrong.value, wrong.accepted) from None
    for index, one in enumerate(settings.line.urls):
        try:
            card_url(one, f"line.urls[{index}]")
        except Refused as wrong:
            raise _bad(wrong.field, one, wrong.accepted) from None


def is_loopback(host: str) -> bool:
    """Whether an address reaches this machine only."""
    return host in LOOPBACK


def _bad(field: str, value: object, wanted: str) -> BadSetting:
    shown = str(value)[:120]
    wrong = "nothing was given" if value in ("", NOTHING) else f"{shown} is not accepted"
    return BadSetting(f"{field}: {wrong}; accepted: {wanted}", field=field, value=shown, accepted=wanted)


def _check_keys(table: Any, kind: type[msgspec.Struct], where: str) -> None:
    """Refuse unknown keys, naming the nearest that exists. Wrong types are left to msgspec."""
    if not isinstance(table, dict):
        return
    known = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        path = f"{where}{key}"
        if key not in known:
            meant = _nearest(key, known, where)
            words = f"{', '.join(sorted(known))}{f' (did you mean {meant}?)' if meant else ''}"
            raise BadSetting(
                f"{path} is not a known key; accepted: {words}", field=path, value=key, accepted=words, meant=meant
            )
        inner = _struct_of(known[key])
        if inner is not None:
            for index, one in enumerate(value if isinstance(value, list) else [value]):
                _check_keys(one, inner, f"{path}[{index}]." if isinstance(value, list) else f"{path}.")


def _nearest(key: str, known: dict[str, Any], where: str) -> str:
    """The key somebody probably meant: a similar one here, or the same one in another section; empty where nothing is near."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if near and difflib.get_close_matches(key, near, cutoff=0.7):
        return f"{where}{near[0]}"
    for section in msgspec.structs.fields(Settings):
        inner = _struct_of(section.type)
        if inner is not None and key in inner.__struct_fields__:
            return f"{section.name}.{key}"
    return f"{where}{near[0]}" if near else ""


def _struct_of(kind: Any) -> type[msgspec.Struct] | None:
    for one in (kind, *getattr(kind, "__args__", ())):
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            return one
    return None


def _check_numbers(value: Any, path: str) -> None:
    """NaN passes every comparison msgspec makes, so it is refused here; so are infinities."""
    if isinstance(value, float) and not math.isfinite(value):
        raise _bad(path, value, "a finite number")
    if isinstance(value, dict):
        for key, one in value.items():
            _check_numbers(one, f"{path}.{key}" if path else key)
    if isinstance(value, list):
        for index, one in enumerate(value):
            _check_numbers(one, f"{path}[{index}]")


def _defaults() -> dict[str, Any]:
    """The sections with their defaults as plain tables, so that a file may give one key of a table and keep the others."""
    tables: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        if isinstance(field.default, msgspec.Struct):
            tables[field.name] = msgspec.to_builtins(field.default)
    return tables


def _over(under: Any, over: Any) -> Any:
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return {key: _over(under[key], over[key]) if key in under and key in over else over.get(key, under.get(key))
            for key in {**under, **over}}  # fmt: skip


def _from_msgspec(message: str, table: dict[str, Any]) -> BadSetting:
    """`Expected `int` <= 65535 - at `$.listen.port`` → the field, the value that stands there, what is accepted."""
    says, _, place = message.partition(" - at `$")
    field = place.rstrip("`").lstrip(".") or "settings"
    missing = re.search(r"missing required field `(\w+)`", says)
    if missing:
        name = f"{field}.{missing.group(1)}" if place else missing.group(1)
        words = accepted(name) or _TABLES.get(name, "a table")
        return BadSetting(f"{name} is missing; accepted: {words}", field=name, value="", accepted=words)
    value: Any = table
    for step in re.findall(r"[^.\[\]]+", field):
        value = value[int(step)] if isinstance(value, list) else value.get(step) if isinstance(value, dict) else value
    words = accepted(field) or _TABLES.get(field.partition("[")[0], says.removeprefix("Expected ").replace("`", ""))
    typed = re.match(r"Expected `([^`]+)`, got `(\w+)`", says)
    if typed is None:
        return _bad(field, value, words)
    return _bad(field, f"{_TOML_TYPES.get(typed[2], typed[2])} {_toml(value)}", _typed_words(typed[1], words))


def _typed_words(kind: str, words: str) -> str:
    """What is accepted, with the type it has to be of: a text in quotes, a number without."""
    if kind.startswith(("int", "float")):
        return f"{words}, a{' whole' if kind.startswith('int') else ''} number without quotes"
    return f"{words}, in quotes" if kind.startswith("str") else words


def _check_listen(listen: Listen) -> None:
    if listen.tls == "off" and not is_loopback(listen.host):
        raise _bad("listen.host", listen.host, '127.0.0.1 while listen.tls = "off"; or set listen.tls = "self_signed"')
    if listen.tls == "files":
        for key in ("certificate_file", "key_file"):
            if not getattr(listen, key):
                raise _bad(f"listen.{key}", "nothing", 'a PEM file, because listen.tls = "files"')
    for index, host in enumerate(listen.hosts):
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", host):
            raise _bad(f"listen.hosts[{index}]", host, "a host name without port, such as line.south.example")


def _check_feeds(settings: Settings) -> None:
    seen: set[str] = set()
    for index, feed in enumerate(settings.feed):
        where = f"feed[{index}]"
        if feed.name in seen:
            raise _bad(f"{where}.name", feed.name, "a name no other feed has")
        seen.add(feed.name)
        _check_format(where, feed)
        if _SECRET.search(feed.where):
            raise _bad(f"{where}.where", "an address with a secret in it", "an address without user, password or key")
        if not feed.where and feed.kind not in SENDS_TO_US:
            raise _bad(f"{where}.where", "nothing", f"a URL, tcp://host:port or a file for kind {feed.kind}")
        if not feed.where and not feed.token_file:
            raise _bad(f"{where}.token_file", "nothing", "a file with the sender's token, because `where` is empty")


def _check_format(where: str, feed: Feed) -> None:
    if feed.kind.replace("-", "_") not in KINDS:
        raise _bad(f"{where}.kind", feed.kind, ", ".join(KINDS))
    try:
        decoder(feed.kind, feed.name, feed.options)
    except BadSetting as error:
        field, shown = f"{where}.options", str(feed.options)[:120]
        raise BadSetting(
            f"{field}: {error.message}", field=field, value=shown, accepted=error.facts.get("accepted", "")
        ) from None


def _check_own(settings: Settings) -> None:
    for index, text in enumerate(settings.node.own_positions):
        try:
            read_position(text).one()
        except Refused as why:
            raise _bad(f"node.own_positions[{index}]", text, why.accepted or "one position") from None


def _check_zone(field: str, name: str) -> None:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise _bad(field, name, "a time zone by its IANA name, such as Asia/Amman or UTC") from None
