"""The same kernels a second time, as plain Python."""

import importlib
import os
import sys
from typing import Any

import pytest

ROOM = "openline.kernels"


def _of_room():
    return {name: module for name, module in sys.modules.items() if name == ROOM or name.startswith(ROOM + ".")}


@pytest.fixture(scope="session")
def plain():
    """Import a kernel module with the compiler off: `plain("zones").ZoneIndex`."""
    openline: Any = importlib.import_module("openline")
    importlib.import_module(ROOM)
    compiled, room, before = _of_room(), openline.kernels, os.environ.get("OPENLINE_JIT")
    for name in compiled:
        del sys.modules[name]
    os.environ["OPENLINE_JIT"] = "off"
    try:
        importlib.import_module(ROOM + ".warm")
        uncompiled = _of_room()
    finally:
        for name in _of_room():
            del sys.modules[name]
        sys.modules.update(compiled)
        openline.kernels = room
        del os.environ["OPENLINE_JIT"]
        if before is not None:
            os.environ["OPENLINE_JIT"] = before
    return lambda name: uncompiled[f"{ROOM}.{name}"]
