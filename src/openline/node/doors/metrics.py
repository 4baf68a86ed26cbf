"""What the doors count, as Prometheus text. Labels are from closed lists: never a name, an address, a token or a place."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

HELP: Final[dict[str, str]] = {
    "openline_http_requests_total": "Requests answered, by endpoint and status.",
    "openline_http_seconds_total": "Seconds spent answering, by endpoint.",
    "openline_refusals_total": "Refusals given at the doors, by error code.",
    "openline_logins_total": "Attempts to sign in, by outcome.",
    "openline_guest_total": "Requests for guest pages, by outcome.",
    "openline_socket_frames_total": "Frames sent to browsers, by socket and type.",
    "openline_socket_resyncs_total": "Browsers told to fetch the state again, by socket.",
    "openline_sockets": "Browser sockets open now, by socket.",
    "openline_sessions": "People signed in now.",
    "openline_connections_refused_total": "Connections closed at the door, by reason.",
}

Labels = tuple[tuple[str, str], ...]


class Counters:
    """Counts since the node started; a value may also be set, for what goes up and down."""

    def __init__(self) -> None:
        self._values: Counter[tuple[str, Labels]] = Counter()

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Count `amount` more."""
        assert name in HELP
        self._values[name, tuple(sorted(labels.items()))] += amount  # type: ignore[assignment]

    def set(self, name: str, value: float, **labels: str) -> None:
        """What there is now."""
        assert name in HELP
        self._values[name, tuple(sorted(labels.items()))] = value  # type: ignore[assignment]

    def get(self, name: str, **labels: str) -> float:
        """The value; 0 where nothing was counted."""
        return self._values[name, tuple(sorted(labels.items()))]

    def text(self) -> str:
        """Prometheus text format 0.0.4."""
        return "".join(self._lines())

    def _lines(self) -> Iterable[str]:
        for name in sorted({name for name, _ in self._values}):
            kind = "counter" if name.endswith("_total") else "gauge"
            yield f"# HELP {name} {HELP[name]}\n# TYPE {name} {kind}\n"
            for (one, labels), value in sorted(self._values.items()):
                if one == name:
                    inside = ",".join(f'{key}="{_quoted(text)}"' for key, text in labels)
                    yield f"{name}{{{inside}}} {value:.15g}\n" if inside else f"{name} {value:.15g}\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
