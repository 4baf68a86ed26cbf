"""What a desk may choose from on the line: translations and who approved them, and the ways to people outside the console."""

from collections.abc import Sequence
from typing import Any

from openline.flow import State
from openline.line.templates import pack
from openline.line.templates.sending import Approval
from openline.line.templates.template import Template
from openline.node.shown.lines import when


def offered(state: State) -> dict[str, Any]:
    """`translations` and `paths` of docs/api.md: the newest version of each template; paths as the settings name them."""
    return {
        "translations": [_translated(one, state.approvals) for one in pack.shipped().newest_of_each()],
        "paths": [
            {"name": one.name, "kind": one.kind, "to": one.to, "severities": list(one.severities), "quiet": one.quiet}
            for one in state.rules.escalation.paths
        ],
    }


def _translated(template: Template, approvals: Sequence[Approval]) -> dict[str, Any]:
    return {
        "id": template.id,
        "version": template.version,
        "source": template.source,
        "texts": {
            language: {
                "lines": [said.text, said.what_to_do],
                "choices": {of: dict(words) for of, words in template.words[language].choices.items()},
                "translator": said.translator,
                "approved": _approved(template, language, approvals),
            }
            for language, said in template.texts.items()
        },
    }


def _approved(template: Template, language: str, approvals: Sequence[Approval]) -> dict[str, Any] | None:
    """The newest approval of this very text."""
    found = [one for one in approvals if one.template_hash == template.hash and one.language == language]
    return {"reviewer": found[-1].reviewer, "at": when(found[-1].at_us)} if found else None
