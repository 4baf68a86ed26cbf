"""The settings as text: the commented file `openline init` writes, and the reference page, both made from the structs."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from msgspec import inspect

from openline.node.settings import ClassRules, Escalation, Feed, Path, Settings, Timing

REPEATED: Final[dict[str, type[msgspec.Struct]]] = {"feed": Feed, "path": Path, "escalation": Escalation}
"""Tables that may stand any number of times."""

_HEAD = """\
# Openline: the settings of this node. Every key that is commented out has the value shown.
# All keys and their bounds: docs/settings.md. After a change, start the node again. A key that is not known is refused.
"""

_PAGE = """\
# Settings

One TOML file, `openline.toml`, in the node's directory. `openline init` writes it with every key and its default. It is checked
whole before the node starts: an unknown key, a wrong type or a value out of bounds is refused with the key, the value and what
would be accepted, and nothing starts. File names are relative to the file. Secrets never stand in it: a key ending in `_file`
names a file that holds the secret and that only the node's user may read.

This page is made from `src/openline/node/settings.py`; a test holds the two equal.
"""


def default_text(given: dict[str, dict[str, Any]], feeds: Sequence[dict[str, Any]] = ()) -> str:
    """A commented settings file: keys in `given` (section → key → value) are set, all others stand commented out."""
    parts = [_HEAD]
    for name, kind, default in _sections():
        if name in REPEATED:
            parts.append(_example(name))
            given_here = feeds if kind is Feed else ()
            parts += ["\n[[feed]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in one.items()) for one in given_here]
            continue
        parts.append(f"\n# {_sentence(kind)}\n[{name}]\n" + "".join(_lines(kind, default, given.get(name, {}))))
        for inner, rules in _tables(default):
            first = inner == next(_tables(default))[0]
            parts.append(f"\n#[{name}.{inner}]\n" + "".join(_lines(type(rules), rules, {}, bare=not first)))
    return "".join(parts)


def reference() -> str:
    """The text of docs/settings.md."""
    parts = [_PAGE]
    for name, kind, default in _sections():
        title = f"[[{name}]]" if name in REPEATED else f"[{name}]"
        parts.append(f"\n## `{title}`\n\n{_sentence(kind)}\n\n{_table(kind, default)}")
        tables = list(_tables(default))
        if tables:
            inside = type(tables[0][1])
            title = f"`[{name}.{tables[0][0]}]` and the other {'classes' if inside is ClassRules else 'precedences'}"
            parts.append(f"\n### {title}\n\n{_sentence(inside)}\n\n{_class_table(tables)}")
    return "".join(parts)


def accepted(path: str) -> str:
    """What one key accepts, in words, for `listen.port` or `feed[3].kind`; empty where there is no such key."""
    steps = [step.partition("[")[0] for step in path.split(".")]
    for name, kind, default in _sections():
        if name != steps[0] or len(steps) < 2:
            continue
        inner = dict(_tables(default)).get(steps[1]) if len(steps) == 3 else None
        inside = kind if inner is None else type(inner)
        return {key: words for key, _, _, words, _ in _keys(inside, None)}.get(steps[-1], "")
    return ""


def _sections() -> Iterator[tuple[str, type[msgspec.Struct], msgspec.Struct | None]]:
    for field in inspect.type_info(Settings).fields:  # type: ignore[attr-defined]
        if isinstance(field.type, inspect.StructType):
            yield field.name, field.type.cls, None if field.default is msgspec.NODEFAULT else field.default
        else:
            yield field.name, REPEATED[field.name], None


def _sentence(kind: type[msgspec.Struct]) -> str:
    return (kind.__doc__ or "").split("\n")[0]


def _tables(section: msgspec.Struct | None) -> Iterator[tuple[str, msgspec.Struct]]:
    for name in section.__struct_fields__ if section is not None else ():
        value = getattr(section, name)
        if isinstance(value, ClassRules | Timing):
            yield name, value


def _keys(kind: type[msgspec.Struct], default: msgspec.Struct | None) -> Iterator[tuple[str, str, Any, str, bool]]:
    """Each key: name, description, default (None: no default), accepted, needed."""
    for field in inspect.type_info(kind).fields:  # type: ignore[attr-defined]
        if isinstance(field.type, inspect.StructType):
            continue
        says, accepted = _told(field.type)
        value = getattr(default, field.name) if default is not None else field.default
        if value is msgspec.NODEFAULT and field.default_factory is not msgspec.NODEFAULT:
            value = field.default_factory()
        needed = value is msgspec.NODEFAULT
        yield field.name, says, None if needed else value, accepted, needed


def _told(kind: inspect.Type) -> tuple[str, str]:
    """The description and the bounds of a key, in words."""
    if isinstance(kind, inspect.UnionType):
        return _told(kind.types[0])
    assert isinstance(kind, inspect.Metadata), "every key is documented"
    says = (kind.extra_json_schema or {}).get("description", "")
    inner = kind.type
    if kind.extra:
        return says, str(kind.extra["accepted"])
    if isinstance(inner, inspect.LiteralType):
        return says, ", ".join(f'"{value}"' for value in inner.values)
    if isinstance(inner, inspect.IntType | inspect.FloatType):
        return says, f"{inner.ge:,} to {inner.le:,}".replace(",", " ")
    if isinstance(inner, inspect.BoolType):
        return says, "true, false"
    if isinstance(inner, inspect.VarTupleType):
        return says, f"a list of at most {inner.max_length} texts"
    if isinstance(inner, inspect.DictType):
        return says, f"a table of at most {inner.max_length} keys"
    assert isinstance(inner, inspect.StrType)
    if inner.pattern is not None:
        return says, "small letters, digits, `.`, `-`" + ("" if "_" not in inner.pattern else ", `_`")
    return says, f"text of at most {inner.max_length} characters" if inner.max_length else "text"


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    if isinstance(value, float):
        return f"{value:g}" if value == int(value) and abs(value) < 1e6 else repr(value)
    return "{}" if value == {} else json.dumps(value, ensure_ascii=False)


def _lines(kind: type[msgspec.Struct], default: Any, given: dict[str, Any], bare: bool = False) -> Iterator[str]:
    for name, says, value, accepted, needed in _keys(kind, default):
        if not bare:
            yield f"# {says} Accepted: {accepted}.\n"
        if name in given:
            yield f"{name} = {toml(given[name])}\n"
        elif value is not None:
            yield f"#{name} = {toml(value)}\n"
        else:
            yield f"#{name} =" + ("  # needed\n" if needed else "\n")


def _example(name: str) -> str:
    """A table that may stand any number of times, commented out."""
    lines = "".join("#" + line if line.startswith("# ") else line for line in _lines(REPEATED[name], None, {}))
    return f"\n# {_sentence(REPEATED[name])}\n#[[{name}]]\n" + lines.replace("##", "#")


def _table(kind: type[msgspec.Struct], default: msgspec.Struct | None) -> str:
    rows = ["| key | default | accepted | what it does |\n|---|---|---|---|\n"]
    for name, says, value, accepted, needed in _keys(kind, default):
        shown = "needed" if needed else "left out" if value is None else f"`{toml(value)}`"
        rows.append(f"| `{name}` | {shown} | {accepted} | {says} |\n")
    return "".join(rows)


def _class_table(tables: list[tuple[str, msgspec.Struct]]) -> str:
    names = [name for name, _ in tables]
    rows = ["| key | " + " | ".join(names) + " | accepted | what it does |\n|---" + "|---" * (len(names) + 2) + "|\n"]
    for key, says, _, accepted, _ in _keys(type(tables[0][1]), None):
        values = " | ".join(f"`{toml(getattr(rules, key))}`" for _, rules in tables)
        rows.append(f"| `{key}` | {values} | {accepted} | {says} |\n")
    return "".join(rows)


if __name__ == "__main__":
    print(reference(), end="")
