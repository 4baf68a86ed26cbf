"""Feeds that come to us: which token is whose, and how their bytes are framed for the feed's decoder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from openline import seal
from openline.errors import BadSetting, NotAllowed, Refused
from openline.feeds.framing import frame, whole_lines
from openline.node.settings import Feed, Settings
from openline.node.settings_file import beside

TOKEN_CHARS_MIN: Final = 16  # `openline init` makes 43
NDJSON: Final = "application/x-ndjson"
ARROW: Final = "application/vnd.apache.arrow.stream"
MEDIA: Final[dict[str, str]] = {"ndjson": NDJSON, "arrow": ARROW}


class Senders:
    """The feeds without `where`, by the hash of their token; the tokens themselves are forgotten."""

    def __init__(self, feeds: Mapping[str, Feed], tokens: Mapping[str, str]) -> None:
        self._feeds = dict(feeds)
        self._by_hash = {seal.sha256(token.encode()): name for name, token in tokens.items()}

    def of_token(self, token: str, kinds: tuple[str, ...]) -> Feed:
        """The feed a token speaks for. Raises `NotAllowed` for no token of a feed of these kinds."""
        name = self._by_hash.get(seal.sha256(token.encode("utf-8", "surrogatepass")))
        feed = self._feeds.get(name or "")
        if feed is None or feed.kind not in kinds:
            raise NotAllowed(
                "This token is not one of a feed here.", field="token", accepted="the token of the feed's token_file"
            )
        return feed

    def of_name(self, name: str, kinds: tuple[str, ...]) -> Feed:
        """A feed by name, for a person who is signed in. Raises `Refused`."""
        feed = self._feeds.get(name)
        if feed is None or feed.kind not in kinds:
            known = sorted(one.name for one in self._feeds.values() if one.kind in kinds)
            raise Refused(
                "source", name, ", ".join(known) if known else "a feed of the settings without `where`; there is none"
            )
        return feed


def load(settings: Settings, settings_path: Path) -> Senders:
    """Read the token files. Raises `BadSetting` for one that is missing, too short, shared, or readable by others."""
    feeds = {feed.name: feed for feed in settings.feed if not feed.where}
    tokens: dict[str, str] = {}
    for name, feed in feeds.items():
        token = read_secret(beside(settings_path, feed.token_file), f"feed {name}: token_file")
        if len(token) < TOKEN_CHARS_MIN:
            remedy = f"openssl rand -base64 32 > {feed.token_file}   makes one, and its sender needs the same."
            message = f"feed {name}: the token has {len(token)} characters; accepted: {TOKEN_CHARS_MIN} or more"
            raise BadSetting(message, remedy=remedy)
        if token in tokens.values():
            raise BadSetting(f"feed {name}: its token is another feed's too; give each its own", field="token_file")
        tokens[name] = token
    return Senders(feeds, tokens)


def read_secret(path: Path, field: str) -> str:
    """One secret out of a file that only its owner may read. Raises `BadSetting`."""
    try:
        mode = path.stat().st_mode & 0o077
        text = path.read_text("utf-8").strip()
    except OSError as error:
        remedy = f"Make {path}, readable by its owner only (chmod 600), or name another file."
        raise BadSetting(f"{field}: {path} cannot be read: {error.strerror}", remedy=remedy, field=field) from None
    except UnicodeDecodeError:
        remedy = "The file holds one line of text and nothing else."
        raise BadSetting(f"{field}: {path} is no text in UTF-8", remedy=remedy, field=field) from None
    if mode:
        raise BadSetting(f"{field}: {path} may be read by others", remedy=f"Run: chmod 600 {path}", field=field)
    return text


def framed(feed: Feed, body: bytes) -> bytes:
    """One whole body as the feed's decoder wants it, closed so that the next begins on its own."""
    return whole_lines(body) if feed.kind == "ndjson" else frame(body)
