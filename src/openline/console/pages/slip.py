"""A slip of paper with a guest link on it: the code to be photographed, for whom, of what, and until when. It stands alone."""

from collections.abc import Mapping
from typing import Any, Final

from openline.console.pages.html import fill
from openline.console.pages.words import say


def slip_page(made: Mapping[str, Any]) -> str:
    """A whole page, from what `notice.make` answered; nothing in it is fetched from anywhere."""
    about = " ".join(word for word in (made.get("unit"), made.get("zone_name")) if word)
    return fill(
        _SLIP,
        title=say("slip.title"),
        to=say("guest.to", to=str(made["to"])),
        about=about,
        code=str(made["link_qr"]),
        link=str(made["link"]),
        once=say("slip.once"),
        until=say("guest.valid", until=str(made["valid_until"])[:16].replace("T", " ") + " UTC"),
        disclaimer=say("disclaimer"),
    )


_SLIP: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 12pt sans-serif; max-width: 15cm; margin: 1cm auto; }}
img {{ width: 6cm; height: 6cm; }}
code {{ font-size: 10pt; overflow-wrap: anywhere; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p dir="auto"><b>{to}</b></p>
<p dir="auto">{about}</p>
<p><img src="{code}" alt="{link}"></p>
<p><code>{link}</code></p>
<p>{once}</p>
<p>{until}</p>
<p>{disclaimer}</p>
</body>
</html>
"""
