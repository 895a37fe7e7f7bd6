"""The hash tree over the ledger's records: RFC 9162, section 2.1 (the same hashing as RFC 6962), with SHA-256.

A leaf is the hash of a zero byte and the record, an inner node that of a one byte and its two children: so no node can
be passed off as a record. A tree of n leaves splits at the largest power of two below n, which is why appending never
changes what was there, and why two sizes of one log can be shown to agree.

Pure functions over 32-byte hashes; where the hashes are kept is the affair of `log`.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()  # of a log without any record

Subtree = Callable[[int, int], bytes]  # (start, end) -> root of the leaves start … end-1


def leaf_hash(record: bytes) -> bytes:
    """The leaf of a record."""
    return sha256(b"\0" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The parent of two nodes."""
    return sha256(b"\1" + left + right).digest()


class Frontier:
    """All that is needed of a tree to go on appending: its size, and the roots of its complete subtrees, largest first.

    There is one such root for each 1 in the size's binary digits, so it is a few hundred bytes for any log.

    Args:
        size: number of leaves. hashes: the roots, one after another, as `packed` gives them.

    Raises:
        ValueError: the hashes cannot be those of a tree of this size.
    """

    __slots__ = ("_roots", "size")

    def __init__(self, size: int = 0, hashes: bytes = b"") -> None:
        """See the class."""
        if size < 0 or len(hashes) != HASH_BYTES * size.bit_count():
            raise ValueError(f"{len(hashes)} bytes of hashes do not belong to a tree of {size} leaves.")
        self.size = size
        self._roots = [hashes[start : start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES)]

    def append(self, node: bytes, level: int = 0) -> list[bytes]:
        """Add a leaf, or the root of a complete subtree of 2 to the `level` leaves.

        Returns:
            The complete subtrees that end with it, by level from its own: itself, the pair it closes, and so on.

        Raises:
            ValueError: such a subtree cannot begin here.
        """
        before = self.size >> level
        if before << level != self.size:
            raise ValueError(f"No subtree of {1 << level} leaves begins at {self.size}.")
        closed, roots = [node], self._roots
        while before & 1:
            node = node_hash(roots.pop(), node)
            closed.append(node)
            before >>= 1
        roots.append(node)
        self.size += 1 << level
        return closed

    def copy(self) -> "Frontier":
        """Another one of the same tree."""
        return Frontier(self.size, self.packed())

    def root(self) -> bytes:
        """The root of the whole tree."""
        if not self._roots:
            return EMPTY_ROOT
        *others, root = self._roots
        for left in reversed(others):
            root = node_hash(left, root)
        return root

    def packed(self) -> bytes:
        """The roots as bytes, for `Frontier(size, packed)`."""
        return b"".join(self._roots)


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root of a power-of-two number of neighbouring nodes of one level."""
    while len(hashes) > 1:
        hashes = [sha256(b"\1" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def split(size: int) -> int:
    """Where a tree of `size` > 1 leaves splits: the largest power of two below it."""
    return 1 << (size - 1).bit_length() - 1


# Proofs ---------------------------------------------------------------------------------------------------------------


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes that lead from a leaf to the root of a tree (RFC 9162, 2.1.3.1), lowest first.

    Args:
        index: of the leaf, counted from 0.
        size: leaves of the tree.
        subtree: root of a range of leaves.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"A log of {size} records has no record {index}.")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    return path[::-1]


def consistency_proof(first: int, second: int, subtree: Subtree) -> list[bytes]:
    """The hashes that show a tree to begin with an earlier one (RFC 9162, 2.1.4.1); empty for equal sizes.

    Raises:
        ValueError: the first size is not between 1 and the second.
    """
    if not 0 < first <= second:
        raise ValueError(f"A log of {second} records cannot be shown to begin with one of {first}.")
    path, start, end, whole = [], 0, second, True
    while first != end:
        middle = start + split(end - start)
        if first <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start, whole = middle, False
    if not whole:
        path.append(subtree(start, end))
    return path[::-1]


def is_included(leaf: bytes, index: int, size: int, proof: Iterable[bytes], root: bytes) -> bool:
    """Whether a proof shows the leaf to be at this index of the tree with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last = index, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            leaf = node_hash(sibling, leaf)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            leaf = node_hash(leaf, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and leaf == root


def is_consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows the second tree to begin with the first (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first.bit_count() == 1 else list(proof)
    if not path:
        return False
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
