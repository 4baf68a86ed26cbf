"""The Merkle tree of RFC 6962: hashes, a frontier that grows, proofs and their verification (RFC 9162 section 2.1).

A *node* is named (level, index): it covers the leaves [index << level, (index + 1) << level). Only complete nodes are ever
stored; the ragged right edge is folded when asked for. Nothing here touches the disk: callers pass `node(level, index)`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from openline.seal import HASH_BYTES, sha256

Node = tuple[int, int, bytes]
NodeOf = Callable[[int, int], bytes]

EMPTY_ROOT: Final = sha256(b"")  # RFC 6962 section 2.1: the hash of no leaves


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right)


def cover(first: int, end: int) -> list[tuple[int, int]]:
    """The fewest complete nodes (level, index), left to right, that cover exactly the leaves [first, end)."""
    assert 0 <= first <= end
    found: list[tuple[int, int]] = []
    while first < end:
        aligned = (first & -first).bit_length() - 1 if first else end.bit_length()
        level = min(aligned, (end - first).bit_length() - 1)
        found.append((level, first >> level))
        first += 1 << level
    return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over subtree hashes given left to right, largest first (the right edge of a tree)."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


class Frontier:
    """The right edge of a growing tree: one hash for each set bit of `size`, largest subtree first."""

    __slots__ = ("_edge", "size")

    def __init__(self, size: int = 0, edge: Iterable[bytes] = ()) -> None:
        self.size = size
        self._edge = list(edge)
        assert len(self._edge) == size.bit_count()

    def copy(self) -> "Frontier":
        """Another frontier with the same content."""
        return Frontier(self.size, self._edge)

    def append(self, leaf: bytes) -> list[Node]:
        """Add one leaf hash; gives the nodes above it that this leaf completes, lowest first."""
        return self.append_subtree(0, leaf)

    def append_subtree(self, level: int, subtree: bytes) -> list[Node]:
        """Add a complete subtree of 2**level leaves; `size` must be a multiple of that."""
        assert len(subtree) == HASH_BYTES
        assert self.size % (1 << level) == 0
        done: list[Node] = []
        index = self.size >> level
        while index & 1:
            subtree = node_hash(self._edge.pop(), subtree)
            level += 1
            index >>= 1
            done.append((level, index, subtree))
        self._edge.append(subtree)
        self.size = (index + 1) << level
        return done

    def root(self) -> bytes:
        """The root of the tree of `size` leaves."""
        return fold(self._edge)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def range_hash(first: int, end: int, node: NodeOf) -> bytes:
    """The hash of the subtree over [first, end), as RFC 6962's recursion would meet it."""
    return fold([node(level, index) for level, index in cover(first, end)])


# ── Proofs ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion(index: int, size: int, node: NodeOf) -> list[bytes]:
    """PATH(index, D[size]): the siblings from the leaf up (RFC 6962 section 2.1.1). ≤ 63 hashes."""
    assert 0 <= index < size
    first, end = 0, size
    path: list[bytes] = []
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(range_hash(middle, end, node))
            end = middle
        else:
            path.append(range_hash(first, middle, node))
            first = middle
    return path[::-1]


def consistency(old: int, size: int, node: NodeOf) -> list[bytes]:
    """PROOF(old, D[size]) (RFC 6962 section 2.1.2); empty when old is 0 or size."""
    assert 0 <= old <= size
    if old in (0, size):
        return []
    first, end, whole = 0, size, True
    path: list[bytes] = []
    while old < end:
        middle = first + _split(end - first)
        if old <= middle:
            path.append(range_hash(middle, end, node))
            end = middle
        else:
            path.append(range_hash(first, middle, node))
            first, whole = middle, False
    if not whole:
        path.append(range_hash(first, end, node))
    return path[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2: whether the leaf stands at `index` in the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0 or len(step) != HASH_BYTES:
            return False
        if node & 1 or node == last:
            found = node_hash(step, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 section 2.1.4.2: whether the tree of `size` leaves begins with the tree of `old` leaves."""
    if not 0 <= old <= size or any(len(step) != HASH_BYTES for step in proof):
        return False
    if old == size:
        return not proof and old_root == root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    was = now = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            was, now = node_hash(step, was), node_hash(step, now)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            now = node_hash(now, step)
        node, last = node >> 1, last >> 1
    return last == 0 and was == old_root and now == root
