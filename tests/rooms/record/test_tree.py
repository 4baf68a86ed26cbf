"""record.tree: RFC 6962's own roots, and proofs that hold for what they prove and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.record import tree
from openline.record.tree import Frontier
from openline.seal import sha256

quick = settings(max_examples=200, deadline=None)

# The eight leaves and roots of the certificate-transparency reference implementation (merkle_tree_test).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(count: int) -> list[bytes]:
    return [tree.leaf_hash(b"%d" % i) for i in range(count)]


def root_by_the_book(hashes: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, written down as it stands there."""
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + root_by_the_book(hashes[:k]) + root_by_the_book(hashes[k:]))


def nodes_over(hashes: list[bytes]) -> tree.NodeOf:
    def node(level: int, index: int) -> bytes:
        assert (index + 1) << level <= len(hashes)  # only complete nodes are ever asked for
        return root_by_the_book(hashes[index << level : (index + 1) << level])

    return node


def test_the_empty_tree_has_the_root_of_nothing():
    assert Frontier().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("count", range(1, 9))
def test_the_roots_are_those_of_the_reference(count):
    hashes = [tree.leaf_hash(bytes.fromhex(text)) for text in LEAVES[:count]]
    assert tree.root_of(hashes).hex() == ROOTS[count - 1]


@pytest.mark.parametrize("count", range(40))
def test_the_frontier_grows_the_tree_of_the_book(count):
    assert tree.root_of(leaves(count)) == root_by_the_book(leaves(count))


@pytest.mark.parametrize("count", range(1, 40))
def test_the_nodes_a_frontier_gives_are_all_complete_nodes_of_the_tree(count):
    frontier, found = Frontier(), {}
    for leaf in leaves(count):
        found.update({(level, index): hashed for level, index, hashed in frontier.append(leaf)})
    wanted = {(level, index) for level in range(1, 7) for index in range(count >> level)}
    assert found.keys() == wanted
    node = nodes_over(leaves(count))
    assert all(node(level, index) == hashed for (level, index), hashed in found.items())


@quick
@given(st.data())
def test_a_frontier_grows_by_subtrees_as_by_leaves(data):
    size = data.draw(st.integers(1, 200))
    first = data.draw(st.integers(0, size))
    hashes = leaves(size)
    frontier = Frontier()
    for leaf in hashes[:first]:
        frontier.append(leaf)
    for level, index in tree.cover(first, size):
        frontier.append_subtree(level, nodes_over(hashes)(level, index))
    assert frontier.size == size
    assert frontier.root() == root_by_the_book(hashes)


@quick
@given(st.integers(0, 1 << 40), st.integers(0, 1 << 40))
def test_a_cover_is_exact_and_short(first, length):
    spans = [(index << level, (index + 1) << level) for level, index in tree.cover(first, first + length)]
    edges = [first, *(end for _, end in spans)]
    assert [begin for begin, _ in spans] == edges[:-1]
    assert edges[-1] == first + length
    assert len(spans) <= 2 * 42


@quick
@given(st.data())
def test_an_inclusion_proof_holds_for_its_leaf_and_place_only(data):
    size = data.draw(st.integers(1, 130))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    root = root_by_the_book(hashes)
    proof = tree.inclusion(index, size, nodes_over(hashes))
    assert tree.verify_inclusion(index, size, hashes[index], proof, root)
    assert tree.verify_inclusion(other, size, hashes[index], proof, root) == (other == index)
    assert tree.verify_inclusion(index, size, hashes[other], proof, root) == (other == index)
    assert not tree.verify_inclusion(index, size, hashes[index], [*proof, root], root)
    assert not tree.verify_inclusion(index, size, hashes[index], proof, hashes[index]) or size == 1


@quick
@given(st.data())
def test_a_changed_inclusion_proof_does_not_hold(data):
    size = data.draw(st.integers(2, 130))
    index = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    proof = tree.inclusion(index, size, nodes_over(hashes))
    place = data.draw(st.integers(0, len(proof) - 1))
    changed = [*proof[:place], sha256(proof[place]), *proof[place + 1 :]]
    assert not tree.verify_inclusion(index, size, hashes[index], changed, root_by_the_book(hashes))
    assert not tree.verify_inclusion(index, size, hashes[index], proof[:place], root_by_the_book(hashes))


@quick
@given(st.data())
def test_a_consistency_proof_holds_for_its_two_trees_only(data):
    size = data.draw(st.integers(0, 130))
    old = data.draw(st.integers(0, size))
    hashes = leaves(size)
    before, now = root_by_the_book(hashes[:old]), root_by_the_book(hashes)
    proof = tree.consistency(old, size, nodes_over(hashes))
    assert tree.verify_consistency(old, size, before, now, proof)
    assert not tree.verify_consistency(old, size, sha256(before), now, proof)
    if old:  # every tree begins with the empty one
        assert not tree.verify_consistency(old, size, before, sha256(now), proof)
    assert not tree.verify_consistency(old, size, before, now, [*proof, now])


@quick
@given(st.data())
def test_a_rewritten_past_has_no_consistency_proof(data):
    """The tree that was rewritten at one leaf cannot be shown to begin with the one a witness saw."""
    size = data.draw(st.integers(2, 100))
    old = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old - 1))
    hashes = leaves(size)
    seen = root_by_the_book(hashes[:old])
    hashes[changed] = sha256(hashes[changed])
    proof = tree.consistency(old, size, nodes_over(hashes))
    assert not tree.verify_consistency(old, size, seen, root_by_the_book(hashes), proof)


def test_proofs_are_those_of_the_reference():
    """certificate-transparency merkle_tree_test: PATH(5, 8) and PROOF(6, 8)."""
    hashes = [tree.leaf_hash(bytes.fromhex(text)) for text in LEAVES]
    path = [one.hex() for one in tree.inclusion(5, 8, nodes_over(hashes))]
    assert path == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    proof = [one.hex() for one in tree.consistency(6, 8, nodes_over(hashes))]
    assert proof == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 5), (5, 5)])
def test_an_entry_outside_the_tree_is_not_in_it(index, size):
    assert not tree.verify_inclusion(index, size, b"\0" * 32, [], b"\0" * 32)


def test_a_proof_of_short_hashes_does_not_hold():
    assert not tree.verify_inclusion(0, 2, b"\0" * 32, [b"\0" * 31], b"\0" * 32)
    assert not tree.verify_consistency(1, 2, b"\0" * 32, b"\0" * 32, [b"\0" * 31])
    assert not tree.verify_consistency(3, 2, b"\0" * 32, b"\0" * 32, [])
    assert not tree.verify_consistency(3, 5, b"\0" * 32, b"\0" * 32, [])
