"""The benchmarks' own machinery: what it takes for a result, and that it ends when the node has gone away."""

import asyncio
import importlib
from types import SimpleNamespace

import pytest

from scripts.bench import FIELDS, table, taken
from tests.house.tree import ROOT


@pytest.mark.parametrize("line", ["", "warm: 3 ms", "[]", '{"name": "warm"}', '{"name": "warm", "value": null, "unit": "ms"}'])
def test_what_has_no_name_value_and_unit_is_no_result(line):
    with pytest.raises(ValueError):
        taken(line)


def test_a_result_has_six_fields_and_nulls_where_there_is_no_peer():
    row = taken('{"name": "warm", "value": 3.0, "unit": "ms", "load_1min": 1.0}')
    assert tuple(row) == FIELDS
    assert row["ratio"] is None


def test_the_table_says_what_each_is_compared_with():
    row = {"name": "warm", "value": 3.0, "unit": "ms", "peer": "goal", "peer_value": 6.0, "ratio": 0.5}
    assert table([row]) == "warm          3.00 ms             0.50 x goal (6.00)"


def test_a_sender_whose_connection_is_closed_ends_the_run(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "bench")
    load = importlib.import_module("_load")

    async def run():
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
        node = SimpleNamespace(port=server.sockets[0].getsockname()[1])
        async with server, asyncio.timeout(20):
            await load.send_all(node, [(0.0, second, b"{}\n") for second in range(20)], 0, lambda *_: None)

    with pytest.raises(SystemExit, match="the node closed a sender's connection"):
        asyncio.run(run())
