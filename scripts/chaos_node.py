"""`chaos_node.py CLOCK openline-arguments…`: openline with its clock moved by the nanoseconds that the file CLOCK holds.

The file is eight bytes, little endian, signed; whoever writes it sets this process's clock. Only chaos and its tests use it.
"""

import mmap
import runpy
import struct
import sys
import time

_OFFSET = struct.Struct("<q")


def main() -> None:
    """Move the clock, then be openline."""
    with open(sys.argv[1], "rb") as file:
        held = mmap.mmap(file.fileno(), _OFFSET.size, access=mmap.ACCESS_READ)
    true_ns = time.time_ns
    time.time_ns = lambda: true_ns() + _OFFSET.unpack_from(held)[0]
    time.time = lambda: time.time_ns() / 1e9
    sys.argv = ["openline", *sys.argv[2:]]
    runpy.run_module("openline", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
