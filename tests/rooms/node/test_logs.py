"""Logs are lines of JSON, whatever is logged."""

import io
import json
import logging

import pytest

from openline.node import logs


@pytest.fixture
def written():
    loggers = [logging.getLogger(name) for name in (*logs.LOGGERS, "openline.access")]
    kept = [(one, one.handlers, one.propagate, one.level) for one in loggers]
    stream = io.StringIO()
    yield stream
    for logger, handlers, propagate, level in kept:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_object(written):
    logs.configure(requests=True, stream=written)
    logging.getLogger("openline.access").info("%s", '{"endpoint": "state", "status": 200}')

    assert lines(written)[0]["endpoint"] == "state"


def test_requests_are_logged_only_where_asked_for(written):
    logs.configure(requests=False, stream=written)
    logging.getLogger("openline.access").info("%s", '{"endpoint": "state"}')

    assert written.getvalue() == ""


def test_a_mistake_is_one_line_with_its_trace(written):
    logs.configure(requests=False, stream=written)
    try:
        raise ValueError("first\nsecond")
    except ValueError as error:
        logging.getLogger("openline.web").error("a mistake in %s", "x\ny", exc_info=error)

    assert len(lines(written)) == 1
    assert "ValueError" in lines(written)[0]["trace"]


@pytest.mark.parametrize("message", ["{", "{}", "[1]", "plain", '{"level": "x"}', "{\n}"])
def test_any_message_is_a_line(written, message):
    logs.configure(requests=False, stream=written)
    logging.getLogger("openline.web").warning("%s", message)

    assert len(lines(written)) == 1
