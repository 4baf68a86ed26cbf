"""Signing in without JavaScript."""

from typing import Final

from openline.console.pages.html import Html, document, fill
from openline.console.pages.words import say


def page(refusal: str) -> str:
    """The form; above it, why the last try was refused."""
    said = fill('<p class="bad" role="alert">{refusal}</p>', refusal=refusal) if refusal else Html("")
    body = fill(
        _BODY,
        title=say("sign_in"),
        refusal=said,
        name=say("name"),
        password=say("password"),
        why=say("login.why"),
        disclaimer=say("disclaimer"),
    )
    return document(say("sign_in"), body)


_BODY: Final = """<main>
<h1>Openline: {title}</h1>
{refusal}
<form method="post" action="/login" autocomplete="on">
<label>{name} <input type="text" name="name" required maxlength="100" autocomplete="username"></label>
<label>{password} <input type="password" name="password" required maxlength="256" autocomplete="current-password"></label>
<button>{title}</button>
</form>
<p class="quiet">{why}</p>
<p class="rule">{disclaimer}</p>
</main>"""
