"""The templates a party has: those that came with Openline, and those it agreed on with others.

A pack is values, not files: `shipped` reads the package's own, as an import would; a node that has more reads them at its door.
A version once shipped stays, so that an old message can be written again.
"""

import importlib.resources
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from openline.errors import Refused
from openline.line.message import Template as Named
from openline.line.templates.template import Template, Words, read_template, read_words

TEMPLATES_MAX: Final = 500
HERE: Final = "openline.line.templates"
WORDS_FILE: Final = "words.toml"
NEVER_FILE: Final = "never.toml"


class Pack:
    """Templates by id and version. It does not change."""

    __slots__ = ("_by_key",)

    def __init__(self, templates: Iterable[Template]) -> None:
        self._by_key: Final[dict[tuple[str, int], Template]] = {}
        for template in templates:
            key = template.id, template.version
            if key in self._by_key and self._by_key[key].hash != template.hash:
                raise Refused("template", f"{template.id} version {template.version}", "one content a version")
            self._by_key[key] = template
        if len(self._by_key) > TEMPLATES_MAX:
            raise Refused("templates", len(self._by_key), f"at most {TEMPLATES_MAX}")

    def get(self, template_id: str, version: int) -> Template | None:
        """The template, or None where there is no such one here."""
        return self._by_key.get((template_id, version))

    def named(self, tpl: Named | None) -> Template | None:
        """The template that a message names, where this very one is here."""
        found = None if tpl is None else self.get(tpl.id, tpl.ver)
        return found if found is not None and tpl is not None and found.hash == tpl.hash else None

    def newest_of_each(self) -> tuple[Template, ...]:
        """What is offered for writing, in order of id."""
        return tuple(one for one in self if one is self.newest(one.id))

    def newest(self, template_id: str) -> Template | None:
        """The highest version of a template: what is offered for writing."""
        versions = [version for each, version in self._by_key if each == template_id]
        return self._by_key[template_id, max(versions)] if versions else None

    def of_type(self, kind: str) -> tuple[Template, ...]:
        """The newest templates that a message of this type may be written with, in order of id."""
        newest = (self.newest(each) for each in sorted({template.id for template in self}))
        return tuple(template for template in newest if template is not None and kind in template.types)

    def with_more(self, templates: Iterable[Template]) -> "Pack":
        """This pack and others. Raises `Refused` where they hold another content for a version that is here."""
        return Pack((*self, *templates))

    def __iter__(self) -> Iterator[Template]:
        return iter(self._by_key[key] for key in sorted(self._by_key))

    def __len__(self) -> int:
        return len(self._by_key)


@cache
def shipped_words() -> Mapping[str, Words]:
    """The words shared by the templates that came with Openline, by language."""
    return read_words(own_file(WORDS_FILE))


@cache
def shipped() -> Pack:
    """The templates that came with Openline."""
    names = (file.name for file in importlib.resources.files(HERE).iterdir())
    ours = sorted(name for name in names if name.endswith(".toml") and name not in (WORDS_FILE, NEVER_FILE))
    return Pack(read_template(own_file(name), shipped_words()) for name in ours)


def own_file(name: str) -> bytes:
    return importlib.resources.files(HERE).joinpath(name).read_bytes()
