"""The hash tree against the reference vectors of RFC 6962, against its plain definition, and against every forgery."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.ledger.proof.merkle import (
    EMPTY_ROOT,
    Frontier,
    complete_root,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    split,
)

# The leaves and roots with which the implementations of Certificate Transparency test each other.
RECORDS = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
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
# (leaf, size, proof) and (first, second, proof), likewise.
INCLUSION = [
    (0, 1, []),
    (0, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (5, 8, [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]  # fmt: skip
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (6, 8, [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 5, [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
]  # fmt: skip
LEAVES = [leaf_hash(record) for record in RECORDS]


def defined(leaves):
    """The root as RFC 9162 defines it, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    return sha256(b"\1" + defined(leaves[:middle]) + defined(leaves[middle:])).digest()


def subtree_of(leaves):
    return lambda start, end: defined(leaves[start:end])


def grown(leaves):
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier


def many(size):
    return [leaf_hash(str(number).encode()) for number in range(size)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_of_the_reference_vectors(size):
    assert grown(LEAVES[:size]).root().hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert Frontier().root() == EMPTY_ROOT == sha256(b"").digest()


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_inclusion_proofs_of_the_reference_vectors(index, size, proof):
    made = inclusion_proof(index, size, subtree_of(LEAVES))
    assert [one.hex() for one in made] == proof
    assert is_included(LEAVES[index], index, size, made, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("first", "second", "proof"), CONSISTENCY)
def test_consistency_proofs_of_the_reference_vectors(first, second, proof):
    made = consistency_proof(first, second, subtree_of(LEAVES))
    assert [one.hex() for one in made] == proof
    roots = bytes.fromhex(ROOTS[first - 1]), bytes.fromhex(ROOTS[second - 1])
    assert is_consistent(first, roots[0], second, roots[1], made)


def test_leaves_and_nodes_are_kept_apart():
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 65, 255, 256, 257, 300])
def test_growing_one_by_one_gives_the_defined_root_and_goes_on_from_what_was_packed(size):
    leaves = many(size)
    frontier = grown(leaves)
    assert frontier.root() == defined(leaves)
    again = Frontier(size, frontier.packed())
    for leaf in many(size + 5)[size:]:
        again.append(leaf)
    assert again.root() == defined(many(size + 5))


def test_appending_tells_which_subtrees_it_closed():
    frontier, leaves = Frontier(), many(8)
    closed = [frontier.append(leaf) for leaf in leaves]
    assert [len(one) for one in closed] == [1, 2, 1, 3, 1, 2, 1, 4]
    assert closed[7] == [leaves[7], defined(leaves[6:]), defined(leaves[4:]), defined(leaves)]


@pytest.mark.parametrize(("level", "count", "more"), [(0, 5, 0), (1, 3, 1), (3, 5, 6), (8, 3, 7)])
def test_complete_subtrees_can_be_added_whole(level, count, more):
    leaves, frontier, width = many((count << level) + more), Frontier(), 1 << level
    for start in range(0, count << level, width):
        frontier.append(complete_root(leaves[start : start + width]), level)
    other = frontier.copy()
    for leaf in leaves[count << level :]:
        other.append(leaf)
    assert (frontier.size, frontier.root()) == (count << level, defined(leaves[: count << level]))
    assert (other.size, other.root()) == (len(leaves), defined(leaves))


def test_a_subtree_cannot_begin_anywhere():
    with pytest.raises(ValueError, match="begins at 3"):
        grown(many(3)).append(many(1)[0], 1)


@pytest.mark.parametrize("size", [1, 2, 8, 256])
def test_a_complete_subtree_has_the_defined_root(size):
    assert complete_root(many(size)) == defined(many(size))


@pytest.mark.parametrize(("size", "hashes"), [(1, b""), (0, bytes(32)), (3, bytes(32)), (-1, b""), (1, bytes(33))])
def test_a_damaged_frontier_is_refused(size, hashes):
    with pytest.raises(ValueError, match="do not belong"):
        Frontier(size, hashes)


@pytest.mark.parametrize("size", range(1, 18))
def test_every_leaf_is_provable_and_at_its_own_place_only(size):
    leaves = many(size)
    root = defined(leaves)
    for index in range(size):
        proof = inclusion_proof(index, size, subtree_of(leaves))
        places = [place for place in range(size) if is_included(leaves[index], place, size, proof, root)]
        assert places == [index]


@pytest.mark.parametrize("second", range(1, 18))
def test_every_earlier_size_is_consistent_with_its_own_root_only(second):
    leaves = many(second)
    for first in range(1, second + 1):
        proof = consistency_proof(first, second, subtree_of(leaves))
        fitting = [
            size
            for size in range(1, second + 1)
            if is_consistent(first, defined(leaves[:size]), second, defined(leaves), proof)
        ]
        assert fitting == [first]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_forged_proof_passes(data):
    size = data.draw(st.integers(2, 40))
    leaves = many(size)
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    root, earlier = defined(leaves), defined(leaves[:first])
    forged = leaf_hash(b"forged")
    proof = inclusion_proof(index, size, subtree_of(leaves))
    assert not is_included(forged, index, size, proof, root)
    assert not is_included(leaves[index], index, size, proof, forged)
    path = consistency_proof(first, size, subtree_of(leaves))
    assert not is_consistent(first, forged, size, root, path)
    assert not is_consistent(first, earlier, size, forged, path)
    for right in (proof, path):
        wrong = altered(data, right, forged)
        if wrong is not None:
            assert not is_included(leaves[index], index, size, wrong, root) or right is path
            assert not is_consistent(first, earlier, size, root, wrong) or right is proof


def altered(data, proof, forged):
    """The proof with one hash changed, left out, added or moved; `None` where that changes nothing."""
    wrong, how = list(proof), data.draw(st.sampled_from(["change", "drop", "add", "swap"]))
    if how == "add":
        wrong.insert(data.draw(st.integers(0, len(wrong))), forged)
    elif not wrong:
        return None
    else:
        at = data.draw(st.integers(0, len(wrong) - 1))
        if how == "change":
            wrong[at] = forged
        elif how == "drop":
            del wrong[at]
        else:
            wrong[at - 1], wrong[at] = wrong[at], wrong[at - 1]
    return wrong if wrong != list(proof) else None


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_that_is_not_there_has_no_proof(index, size):
    with pytest.raises(ValueError, match="has no record"):
        inclusion_proof(index, size, subtree_of(many(3)))
    assert not is_included(many(1)[0], index, size, [], many(1)[0])


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3), (-1, 2)])
def test_sizes_that_cannot_be_compared_have_no_proof(first, second):
    with pytest.raises(ValueError, match="begin with"):
        consistency_proof(first, second, subtree_of(many(3)))
    assert not is_consistent(first, EMPTY_ROOT, second, EMPTY_ROOT, [])
