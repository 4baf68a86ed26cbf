"""The compiler, and the only place that knows it.

`jit` compiles a free function on numbers and arrays: no Python objects inside, no fast-math (it would let NaN count as safe),
the lock released, the machine code cached. With `OPENLINE_JIT=off` in the environment the very same source runs as plain
Python: slow, and the oracle every kernel is compared with.

Where the machine code is kept: below `NUMBA_CACHE_DIR` when it is set (the node sets it before the first import), else beside
this file, else in the user's cache folder; if none of them can be written the kernels compile afresh at each start.
Numba itself notices a change only in the file of the function it cached, not in the kernels that function calls; so the
folder's name carries a checksum over a kernel file and every kernel file it imports.
"""

import os
import re
import zlib
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

JIT_OFF: Final = os.environ.get("OPENLINE_JIT", "").lower() in ("off", "0", "no")

if not JIT_OFF:
    import numba

    _numba: Any = numba

F = TypeVar("F", bound=Callable[..., Any])

_HERE: Final = os.path.dirname(os.path.abspath(__file__))
_IMPORTS: Final = re.compile(r"^from openline\.kernels\.(\w+) import", re.MULTILINE)
_CHECKSUMS: dict[str, int] = {}


def _source(name: str) -> str:
    """The text of one kernel file, or nothing where the sources were not shipped."""
    try:
        with open(os.path.join(_HERE, name + ".py"), encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def _checksum(name: str) -> int:
    """CRC-32 over a kernel file and, through them, all kernel files it imports."""
    if name not in _CHECKSUMS:
        text = _source(name)
        _CHECKSUMS[name] = 0  # an import of itself, by whatever way, adds nothing
        below = [_checksum(other) for other in sorted(set(_IMPORTS.findall(text)))]
        _CHECKSUMS[name] = zlib.crc32(repr((text, below)).encode())
    return _CHECKSUMS[name]


def _cache_folder(module: str) -> str:
    """Where the machine code of one kernel file is kept."""
    name = module.rpartition(".")[2]
    base = os.environ.get("NUMBA_CACHE_DIR") or os.path.join(_HERE, "__pycache__")
    return os.path.join(base, f"{name}-{_checksum(name):08x}")


def jit(function: F) -> F:
    """Compile `function` at its first call with each kind of argument, and keep the machine code for the next start."""
    if JIT_OFF:
        return function
    wrap: Callable[..., Any] = _numba.jit
    kept = _numba.config.CACHE_DIR
    _numba.config.CACHE_DIR = _cache_folder(function.__module__)  # read once, while the function is being wrapped
    options = {"nopython": True, "nogil": True, "fastmath": False, "error_model": "numpy"}
    try:
        return cast(F, wrap(cache=True, **options)(function))
    except RuntimeError:  # "no locator available": nowhere to write
        return cast(F, wrap(cache=False, **options)(function))
    finally:
        _numba.config.CACHE_DIR = kept


def compiled_count(function: Callable[..., Any]) -> int:
    """How many compiled forms of a kernel this process holds; 0 before its first call, and always when the compiler is off."""
    return len(getattr(function, "signatures", ()))


def is_kept(function: Callable[..., Any]) -> bool:
    """Whether machine code of a kernel's present source lies in the cache folder: then its first call takes milliseconds."""
    folder = getattr(getattr(function, "stats", None), "cache_path", None)
    if folder is None:
        return False
    start = f"{function.__module__.rpartition('.')[2]}.{function.__name__}-"
    try:
        return any(name.startswith(start) and name.endswith(".nbi") for name in os.listdir(folder))
    except OSError:
        return False
