"""Logs as one JSON object a line, on standard error, where systemd and containers expect them.

Nothing here holds a coordinate, a token or a password: requests are logged by endpoint (guard.py), and what people and movers
do is in the record and not in a log.
"""

import json
import logging
import sys
from typing import Final, TextIO

from openline.clock import NS_PER_S, to_rfc3339

LOGGERS: Final = ("openline", "uvicorn.error")


class Lines(logging.Formatter):
    """`{"time", "level", "logger", …}`; a message that is a JSON object already gives its keys."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        row: dict[str, object] = {
            "time": to_rfc3339(round(record.created * NS_PER_S)),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        message = record.getMessage()
        try:
            said = json.loads(message) if message.startswith("{") else None
        except ValueError:
            said = None
        row |= said if isinstance(said, dict) else {"message": message}
        if record.exc_info:
            row["trace"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=False)


def configure(requests: bool, stream: TextIO = sys.stderr) -> None:
    """Log warnings and mistakes; requests too where asked for. Call it once, from the command that serves."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.WARNING)
    logging.getLogger("openline.access").setLevel(logging.INFO if requests else logging.WARNING)
