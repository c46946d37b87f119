"""Merkle trees and their proofs (RFC 9162, section 2.1, with SHA-256). Leaves are leaf hashes, 32 bytes each."""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of 00 and the data."""
    return sha256(b"\x00" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The tree head of leaf hashes in the order given, 32 bytes; of no leaves, the hash of nothing.

    Level by level, an odd last node moving up unchanged: the same tree as the RFC's recursive split.
    """
    level = list(leaves)
    while len(level) > 1:
        level = _parents(level)
    return level[0] if level else sha256().digest()


class GrowingTree:
    """A tree that only grows and tells its head at any size; both cost no more than the leaves, however often it is asked."""

    def __init__(self) -> None:
        self.size = 0
        self._full: list[bytes] = []  # heads of the complete subtrees, largest first, as the bits of `size`

    def add(self, leaf: bytes) -> None:
        self._full.append(leaf)
        size = self.size
        while size & 1:
            right = self._full.pop()
            self._full[-1] = _node(self._full[-1], right)
            size >>= 1
        self.size += 1

    def root(self) -> bytes:
        """The head of what was added, 32 bytes: the same as `root` of these leaves."""
        if not self._full:
            return sha256().digest()
        head = self._full[-1]
        for left in reversed(self._full[:-1]):
            head = _node(left, head)
        return head


class StandingTree:
    """A tree that is done and is asked for proofs often: 64 bytes a leaf, and a proof costs no more than its height."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        level = list(leaves)
        self.size = len(level)
        self._levels = [b"".join(level)]
        while len(level) > 1:
            level = _parents(level)
            self._levels.append(b"".join(level))

    def root(self) -> bytes:
        """The same as `root` of these leaves."""
        return self._levels[-1] or sha256().digest()

    def index(self, leaf: bytes) -> int:
        """The place of a leaf. Raises ValueError when it is none."""
        at = self._levels[0].index(leaf)
        while at % 32:
            at = self._levels[0].index(leaf, at + 1)
        return at // 32

    def inclusion_proof(self, index: int) -> list[bytes]:
        """The same as `inclusion_proof`. Raises IndexError when there is no such leaf."""
        if not 0 <= index < self.size:
            raise IndexError(f"no leaf {index} in a tree of {self.size}")
        proof = []
        for nodes in self._levels[:-1]:
            at = (index ^ 1) * 32
            if at < len(nodes):
                proof.append(nodes[at : at + 32])
            index >>= 1
        return proof


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings from leaf to root, bottom first. Raises IndexError when there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} in a tree of {len(leaves)}")
    proof, level = [], list(leaves)
    while len(level) > 1:
        if index ^ 1 < len(level):
            proof.append(level[index ^ 1])
        level, index = _parents(level), index >> 1
    return proof


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` leads from the leaf hash at `index` to the root of a tree of `size` leaves (2.1.3.2)."""
    if not 0 <= index < size or any(len(node) != 32 for node in (leaf, root, *proof)):
        return False
    node, last = leaf, size - 1
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = _node(sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = _node(node, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """The nodes that show the first `old_size` leaves to have stayed as they were (2.1.4.1).

    Raises IndexError unless 1 <= old_size <= number of leaves.
    """
    if not 0 < old_size <= len(leaves):
        raise IndexError(f"no earlier tree of {old_size} in a tree of {len(leaves)}")
    proof, start, end, old_root_is_known = [], 0, len(leaves), True
    while old_size != end:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if old_size <= middle:
            proof.append(root(leaves[middle:end]))
            end = middle
        else:
            proof.append(root(leaves[start:middle]))
            start, old_root_is_known = middle, False
    if not old_root_is_known:
        proof.append(root(leaves[start:end]))
    return proof[::-1]


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of `new_size` leaves begins with the tree of `old_size` (2.1.4.2). An empty old tree: no."""
    if not 0 < old_size <= new_size or any(len(node) != 32 for node in (old_root, new_root, *proof)):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    index, last = old_size - 1, new_size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = _node(sibling, old), _node(sibling, new)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new = _node(new, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _parents(level: list[bytes]) -> list[bytes]:
    pairs = [_node(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return pairs + level[-1:] if len(level) % 2 else pairs
