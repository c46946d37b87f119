import json
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from surveys import evidence
from surveys.evidence import BallotRow, CheckpointFacts, Criterion, EvidenceError, SealFacts

VECTORS = Path(__file__).parent.parent.parent / "vectors"
NAMES = ("five", "five-v2", "campaign")
REFERENCE_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.fixture(params=NAMES)
def vector(request):
    return load(request.param)


def load(name):
    found = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    found["name"] = name
    found["lines"] = dict(line.split(": ", 1) for line in found["seal_text"].splitlines()[1:])
    return found


def published(vector, file):
    return (VECTORS / vector["name"] / file).read_bytes()


def leaf_arguments(vector, ballot):
    lines = vector["lines"]
    return {key: ballot[key] for key in ("id", "answers", "x")} | {
        "period": lines["period"],
        "office": lines["office"],
    }


def criteria_of(vector):
    found = []
    for one in vector["lines"]["criteria"].split(";"):
        code, levels = one.split("=")
        found.append(Criterion(code.rstrip("?"), frozenset(map(int, levels.split(","))), code.endswith("?")))
    return tuple(found)


def facts_of(vector):
    """The vector's seal as facts, its counts typed from the text and its roots and digests computed."""
    lines = vector["lines"]
    numbers = {key: int(value) for key, value in lines.items() if value.isdigit() and len(value) < 16}
    leaves = {ballot["i"]: bytes.fromhex(ballot["leaf"]) for ballot in vector["ballots"]}
    receipts = sorted(ballot["receipt_hash"] for ballot in vector["ballots"] if ballot["receipt_hash"])
    voids = [row.split(",") for row in published(vector, "voids.csv").decode().splitlines()[1:]]
    levels = {}
    for cell in lines["levels"].split():
        answer, n = cell.split("=")
        code, level = answer.split("/")
        levels[code, int(level)] = int(n)
    return SealFacts(
        **numbers,
        office=lines["office"],
        period=lines["period"],
        reason=lines["reason"],
        criteria=criteria_of(vector),
        # In reverse: the order of the lines is the text's business, not the caller's.
        levels=dict(reversed(levels.items())),
        tree_root=evidence.root(sorted(leaves.values())).hex(),
        audit_root=evidence.root([leaves[i] for i in vector["audit_order"]]).hex(),
        receipts_root=evidence.root([evidence.receipt_leaf(r) for r in receipts]).hex(),
        voids_root=evidence.root([evidence.void_leaf(*void) for void in voids]).hex(),
        sha256_ballots=sha256(published(vector, "ballots.csv")).hexdigest(),
        sha256_receipts=sha256(published(vector, "receipts.csv")).hexdigest(),
        sha256_voids=sha256(published(vector, "voids.csv")).hexdigest(),
        previous=lines["previous"],
        sealed_at=datetime.fromisoformat(lines["sealed_at"]).astimezone(UTC),
    )


# --- leaves


def test_extra_x_and_leaf_of_every_ballot_are_those_of_the_vectors(vector):
    for ballot in vector["ballots"]:
        assert evidence.extra_text(**json.loads(ballot["extra"])) == ballot["extra"]
        assert evidence.x_of(bytes.fromhex(ballot["salt"]), ballot["extra"]) == ballot["x"]
        arguments = leaf_arguments(vector, ballot)
        assert evidence.ballot_data(**arguments) == ballot["leaf_data"].encode()
        assert evidence.ballot_leaf(**arguments).hex() == ballot["leaf"]


def test_extra_is_composed_text_with_sorted_reasons_whatever_comes_in():
    text = evidence.extra_text("Cho\u031b\u0300", "Q1", "", ["wait", "room"], {"idea": "a\u0301"})
    assert (
        text
        == '{"comment":"Chờ","counter":"Q1","procedure":"","reasons":["room","wait"],"texts":{"idea":"á"}}'
    )


def test_a_salt_of_another_length_is_refused():
    with pytest.raises(EvidenceError, match="salt"):
        evidence.x_of(bytes(31), "{}")


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "F3436F50B2F7F1613AD142DBCE1D2480"},
        {"x": "00"},
        {"answers": {"attitude": 100}},
        {"answers": {"attitude": -1}},
        {"answers": {"attitude": True}},
        {"answers": {"attitude": "1"}},
        {"answers": {"attitude": 1.0}},
        {"answers": {"Attitude": 1}},
    ],
)
def test_a_leaf_is_made_of_nothing_that_the_format_has_no_place_for(changed):
    arguments = leaf_arguments(load("five"), load("five")["ballots"][0]) | changed
    with pytest.raises(EvidenceError):
        evidence.ballot_leaf(**arguments)


# --- trees


def test_hashes_are_those_of_the_transparency_reference():
    assert evidence.root([]).hex() == sha256(b"").hexdigest()
    l123456 = "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert evidence.leaf_hash(b"L123456").hex() == l123456
    n123_n456 = "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    assert evidence.root([b"N123", b"N456"]).hex() == n123_n456


def test_roots_of_the_reference_leaves_are_the_published_ones_at_every_size():
    leaves = [evidence.leaf_hash(bytes.fromhex(leaf)) for leaf in REFERENCE_LEAVES]
    assert [evidence.root(leaves[:size]).hex() for size in range(1, 9)] == REFERENCE_ROOTS


def test_trees_and_proofs_are_those_of_the_vectors(vector):
    leaves = {ballot["i"]: bytes.fromhex(ballot["leaf"]) for ballot in vector["ballots"]}
    public = sorted(leaves.values())
    assert public == [leaves[i] for i in vector["public_order"]]
    assert evidence.root(public).hex() == vector["tree_root"]
    for index, proof in vector["inclusion"].items():
        assert [node.hex() for node in evidence.inclusion_proof(public, int(index))] == proof
    audit = [leaves[i] for i in vector["audit_order"]]
    assert [evidence.root(audit[: n + 1]).hex() for n in range(len(audit))] == vector["audit_roots"]


def test_the_corrected_audit_tree_continues_the_sealed_one():
    old, new = load("five"), load("five-v2")
    leaves = {ballot["i"]: bytes.fromhex(ballot["leaf"]) for ballot in new["ballots"]}
    proof = evidence.consistency_proof([leaves[i] for i in new["audit_order"]], 5)
    roots = bytes.fromhex(old["audit_roots"][-1]), bytes.fromhex(new["audit_roots"][-1])
    assert evidence.verify_consistency(5, 6, *roots, proof)


def test_a_standing_tree_gives_the_root_and_proofs_of_its_leaves():
    for size in range(41):
        leaves = [evidence.leaf_hash(bytes([number])) for number in range(size)]
        tree = evidence.StandingTree(leaves)
        assert (tree.size, tree.root()) == (size, evidence.root(leaves))
        for index in range(size):
            assert tree.inclusion_proof(index) == evidence.inclusion_proof(leaves, index)
        with pytest.raises(IndexError):
            tree.inclusion_proof(size)


def test_every_inclusion_proof_up_to_forty_leaves_verifies_only_where_it_belongs():
    for size in range(1, 41):
        leaves = [evidence.leaf_hash(bytes([n])) for n in range(size)]
        root = evidence.root(leaves)
        assert root == slow_root(leaves)
        for index, leaf in enumerate(leaves):
            proof = evidence.inclusion_proof(leaves, index)
            assert evidence.verify_inclusion(leaf, index, size, proof, root)
            assert not any(
                evidence.verify_inclusion(leaf, other, size, proof, root)
                for other in range(-1, size + 1)
                if other != index
            )
            assert not evidence.verify_inclusion(leaf, index, size, [*proof, root], root)
            assert not evidence.verify_inclusion(leaf, index, size, proof, leaf[::-1])
            if proof:
                assert not evidence.verify_inclusion(leaf, index, size, proof[:-1], root)
                assert not evidence.verify_inclusion(leaf, index, size, [proof[0][:31], *proof[1:]], root)


def test_every_consistency_proof_up_to_forty_leaves_verifies_and_no_damaged_one_does():
    for size in range(1, 41):
        leaves = [evidence.leaf_hash(bytes([n])) for n in range(size)]
        root = evidence.root(leaves)
        for old_size in range(1, size + 1):
            old_root = evidence.root(leaves[:old_size])
            proof = evidence.consistency_proof(leaves, old_size)
            assert evidence.verify_consistency(old_size, size, old_root, root, proof)
            assert not evidence.verify_consistency(old_size, size, old_root[::-1], root, proof)
            assert not evidence.verify_consistency(old_size, size, old_root, root[::-1], proof)
            assert not evidence.verify_consistency(old_size, size, old_root, root, [*proof, root])
            for place in range(len(proof)):
                assert not evidence.verify_consistency(
                    old_size, size, old_root, root, proof[:place] + proof[place + 1 :]
                )


def test_proofs_of_leaves_and_trees_that_do_not_exist_are_refused():
    leaves = [bytes(32), bytes(32)]
    for index in (-1, 2):
        with pytest.raises(IndexError):
            evidence.inclusion_proof(leaves, index)
    for old_size in (0, 3):
        with pytest.raises(IndexError):
            evidence.consistency_proof(leaves, old_size)
    assert not evidence.verify_consistency(0, 2, evidence.root([]), evidence.root(leaves), [])


def slow_root(leaves):
    """The RFC's own recursive definition (RFC 9162, section 2.1.1)."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256().digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + slow_root(leaves[:split]) + slow_root(leaves[split:])).digest()


# --- files, seal, checkpoint


def test_seal_text_and_code_are_those_of_the_vectors(vector):
    text = evidence.seal_text(facts_of(vector))
    assert text == vector["seal_text"]
    assert evidence.seal_code(text) == vector["seal_code"]
    assert evidence.digest(text).startswith(vector["seal_code"])


def test_the_three_files_are_those_of_the_vectors_whatever_order_the_rows_come_in(vector):
    rows = [BallotRow(bytes.fromhex(b["leaf"]), b["id"], b["answers"], b["x"]) for b in vector["ballots"]]
    codes = [criterion.code for criterion in criteria_of(vector)]
    rows.sort(key=lambda row: row.id)
    assert evidence.ballots_csv(codes, rows) == published(vector, "ballots.csv")
    receipts = [ballot["receipt_hash"] for ballot in vector["ballots"] if ballot["receipt_hash"]]
    assert evidence.receipts_csv(receipts) == published(vector, "receipts.csv")
    voids = [tuple(row.split(",")) for row in published(vector, "voids.csv").decode().splitlines()[1:]]
    assert evidence.voids_csv(voids) == published(vector, "voids.csv")


def test_a_receipt_or_a_void_mark_is_never_published_twice():
    with pytest.raises(EvidenceError):
        evidence.receipts_csv(["a" * 64, "a" * 64])
    with pytest.raises(EvidenceError):
        evidence.voids_csv([("a" * 32, "TORN"), ("a" * 32, "TORN")])


@pytest.mark.parametrize(
    "changed",
    [
        {"issued": 8},
        {"returned": 6, "expired": 0},
        {"paper": 2},
        {"valid": 5},
        {"satisfied": 4},
        {"tree_size": 4},
        {"audit_size": 6},
        {"levels": {("attitude", 1): 4, ("time", 1): 3}},
        {"levels": {("attitude", 1): 4, ("time", 1): 5}},
    ],
)
def test_counts_that_do_not_add_up_are_named_and_never_become_a_seal(changed):
    facts = replace(facts_of(load("five")), **changed)
    assert evidence.broken_identities(facts)
    with pytest.raises(EvidenceError, match="add up"):
        evidence.seal_text(facts)


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": "sửa"},
        {"version": 2},
        {"version": 2, "reason": "hai\ndòng"},
        {"version": 2, "reason": "hai\u2028dòng"},
        {"version": 2, "reason": "a\u0301"},
        {"version": 2, "reason": " sửa"},
        {"version": 2, "reason": "x" * 201},
        {"version": 0},
        {"office": "hb"},
        {"office": "HB\nissued: 1"},
        {"period": "2026-13"},
        {"period": "2026-Q5"},
        {"cancelled": -1, "issued": 5},
        {"tree_root": "ab"},
        {"previous": "G" * 64},
        {"sealed_at": datetime(2026, 12, 3, 9, 0)},
        {"criteria": (Criterion("attitude", frozenset()), Criterion("time", frozenset({1})))},
        {"criteria": (Criterion("attitude", frozenset({100})), Criterion("time", frozenset({1})))},
        {"criteria": (Criterion("attitude", frozenset({1})),) * 2},
        {"criteria": ()},
        {"criteria": (Criterion("attitude", frozenset({1})),)},
    ],
)
def test_a_malformed_seal_is_refused(changed):
    with pytest.raises(EvidenceError):
        evidence.seal_text(replace(facts_of(load("five")), **changed))


def test_a_period_may_be_a_month_a_quarter_or_a_campaign():
    for period in ("2026-01", "2026-12", "2026-Q4", "khao-sat-2023"):
        assert f"\nperiod: {period}\n" in evidence.seal_text(replace(facts_of(load("five")), period=period))


def test_a_checkpoint_has_its_lines_in_order():
    facts = CheckpointFacts(
        office="HB",
        period="2026-11",
        batch=2,
        audit_size=5,
        audit_root="a" * 64,
        receipts_size=4,
        receipts_root="b" * 64,
        voids_size=1,
        voids_root="c" * 64,
        previous=evidence.NO_SEAL,
        date=date(2026, 11, 24),
    )
    assert evidence.checkpoint_text(facts) == (
        f"kbnn-checkpoint-v1\noffice: HB\nperiod: 2026-11\nbatch: 2\naudit_size: 5\naudit_root: {'a' * 64}\n"
        f"receipts_size: 4\nreceipts_root: {'b' * 64}\nvoids_size: 1\nvoids_root: {'c' * 64}\n"
        f"previous: {'0' * 64}\ndate: 2026-11-24\n"
    )
    with pytest.raises(EvidenceError):
        evidence.checkpoint_text(replace(facts, audit_size=-1))


# --- the rule


ATTITUDE, TIME = Criterion("attitude", frozenset({1})), Criterion("time", frozenset({1}))
ONLINE = Criterion("online", frozenset({4, 5}), optional=True)


@pytest.mark.parametrize(
    ("answers", "happy"),
    [
        ({"attitude": 1, "time": 1, "online": 4}, True),
        ({"attitude": 1, "time": 1, "online": None}, True),
        ({"attitude": 1, "time": 1}, True),
        ({"attitude": 1, "time": 0, "online": 5}, False),
        ({"attitude": 1, "time": 1, "online": 3}, False),
        ({"attitude": None, "time": None, "online": None}, False),
        ({}, False),
    ],
)
def test_satisfied_means_every_answered_criterion_and_at_least_one(answers, happy):
    assert evidence.satisfied(answers, [ATTITUDE, TIME, ONLINE]) is happy


def test_only_an_optional_criterion_may_stay_open():
    criteria = [ATTITUDE, TIME, ONLINE]
    assert evidence.complete({"attitude": 0, "time": 0, "online": None}, criteria)
    assert not evidence.complete({"attitude": None, "time": 0, "online": 5}, criteria)


# --- signed notes


def keys(vector):
    return vector["key_name"], bytes.fromhex(vector["private_key"]), bytes.fromhex(vector["public_key"])


def test_signed_seals_are_those_of_the_vectors_and_open_again(vector):
    name, private, public = keys(vector)
    note = evidence.sign_note(vector["seal_text"], name, private)
    assert note.encode() == published(vector, "seal.txt")
    assert evidence.open_note(note, {name: public}) == vector["seal_text"]


def test_after_a_rotation_both_keys_sign_and_both_must_verify():
    name, private, public = keys(load("five"))
    note = evidence.cosign_note(evidence.sign_note("một\nhai\n", "old", bytes(32)), name, private)
    old = evidence.sign_note("x\n", "old", bytes(32))
    old_public = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert evidence.open_note(note, {"old": old_public, name: public}) == "một\nhai\n"
    for known in ({"old": old_public}, {name: public}, {"old": public, name: public}, {}):
        with pytest.raises(EvidenceError):
            evidence.open_note(note, known)
    with pytest.raises(EvidenceError, match="already"):
        evidence.cosign_note(old, "old", private)


def test_a_note_with_any_byte_of_text_or_signature_changed_does_not_open():
    vector = load("five")
    name, private, public = keys(vector)
    note = evidence.sign_note(vector["seal_text"], name, private).encode()
    for place in range(len(note)):
        for mask in (1, 32, 128):
            changed = bytearray(note)
            changed[place] ^= mask
            # A byte that is no UTF-8 never becomes text at all, and counts as refused.
            with pytest.raises((EvidenceError, UnicodeDecodeError)):
                evidence.open_note(changed.decode(), {name: public})


def test_a_note_is_strict_about_its_signature_lines():
    name, private, public = keys(load("five"))
    note = evidence.sign_note("một\n", name, private)
    line = note.split("\n\n")[1]
    refused = [
        note + line,  # a name twice
        note[:-1],  # the last line not ended
        note + "\n",
        note.replace("\n\n", "\n\n\n"),
        note.split("\n\n")[0] + "\n",  # not signed
        note.replace("— ", "- "),
        note.replace("\n\n", "\r\n\r\n"),
        note.replace(line, line.replace("=", "")),
        note.replace(line, line[:-3] + following(line[-3]) + line[-2:]),  # the same bytes, spelled otherwise
    ]
    for changed in refused:
        with pytest.raises(EvidenceError):
            evidence.open_note(changed, {name: public})


def following(character):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return alphabet[alphabet.index(character) + 1]


@pytest.mark.parametrize("text", ["", "\n", "không kết thúc dòng", "hai\n\nđoạn\n", "\nmột\n", "một\r\n"])
def test_text_that_a_note_could_not_give_back_is_not_signed(text):
    with pytest.raises(EvidenceError):
        evidence.sign_note(text, "key", bytes(32))


@pytest.mark.parametrize("name", ["", "two words", "plus+", "tên"])
def test_a_key_name_that_a_note_could_not_give_back_does_not_sign(name):
    with pytest.raises(EvidenceError):
        evidence.sign_note("một\n", name, bytes(32))


def test_the_criteria_that_a_seal_states_read_back_as_they_were():
    criteria = (ATTITUDE, TIME, ONLINE)
    assert evidence.stated_criteria(";".join(map(str, criteria))) == criteria
