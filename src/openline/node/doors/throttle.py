"""How often one key (an address, a person) may do a thing: token buckets, and locks that grow with each failure.

Pure: moments are arguments, monotonic nanoseconds. Both tables are bounded; at the bound the entry unused for longest goes.
"""

from collections import OrderedDict
from typing import Final

from openline.clock import NS_PER_S

KEYS_MAX: Final = 10_000  # more addresses than one node ever serves; a flood of made-up keys only forgets other idle keys
LOCK_MAX_S: Final = 3_600.0


class Throttle:
    """A bucket for each key: `per_min` a minute on average, `burst` at once."""

    def __init__(self, per_min: float, burst: float) -> None:
        assert per_min > 0
        assert burst >= 1
        self._per_ns = per_min / 60 / NS_PER_S
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()  # key → (tokens, at)

    def take(self, key: str, now_ns: int) -> float:
        """Seconds until the key may go on; 0 means it went just now."""
        tokens, at_ns = self._buckets.get(key, (self._burst, now_ns))
        tokens = min(self._burst, tokens + max(0, now_ns - at_ns) * self._per_ns)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now_ns)
        self._buckets.move_to_end(key)
        if len(self._buckets) > KEYS_MAX:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self._per_ns / NS_PER_S


class Locks:
    """After `failures_max` failures in a row a key is locked for `lock_s`, then twice that, and so on up to an hour."""

    def __init__(self, failures_max: int, lock_s: float) -> None:
        self._failures_max = failures_max
        self._lock_s = lock_s
        self._failures: OrderedDict[str, tuple[int, int]] = OrderedDict()  # key → (failures, locked until)

    def wait_s(self, key: str, now_ns: int) -> float:
        """Seconds the key is still locked; 0 means it is not."""
        _, until_ns = self._failures.get(key, (0, now_ns))
        return max(0, until_ns - now_ns) / NS_PER_S

    def failed(self, key: str, now_ns: int) -> float:
        """Count one failure; the seconds the key is locked from now, 0 while it is not."""
        count = self._failures.get(key, (0, 0))[0] + 1
        over = count - self._failures_max
        lock_s = 0.0 if over < 0 else min(LOCK_MAX_S, self._lock_s * 2.0 ** min(over, 20))
        self._failures[key] = (count, now_ns + round(lock_s * NS_PER_S))
        self._failures.move_to_end(key)
        if len(self._failures) > KEYS_MAX:
            self._failures.popitem(last=False)
        return lock_s

    def succeeded(self, key: str) -> None:
        """Forget the key's failures."""
        self._failures.pop(key, None)
