import ast
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reports.publication import verify
from surveys import evidence
from surveys.evidence import BallotRow, Criterion, SealFacts

VECTORS = Path(__file__).parent.parent.parent / "vectors"
NAMES = ("five", "five-v2", "campaign")
FIVE = json.loads((VECTORS / "five.json").read_text("utf-8"))
PRIVATE, PUBLIC = bytes.fromhex(FIVE["private_key"]), bytes.fromhex(FIVE["public_key"])
KEY = PUBLIC.hex()
# What the verifier says itself, and not an error that it ran into.
VIETNAMESE = r"[^\x00-\x7f]"
TWO_CRITERIA = (Criterion("attitude", frozenset({1})), Criterion("time", frozenset({1})))
WITH_OPTIONAL = (*TWO_CRITERIA, Criterion("online", frozenset({4, 5}), optional=True))


def vector(name):
    return {key: (VECTORS / name / file).read_bytes() for key, file in verify.FILES.items()}


# --- honest periods, and lies that are well signed


@dataclass(frozen=True)
class Cast:
    """A ballot to publish: its answers, on paper or not, and why it is void, if it is."""

    answers: dict
    paper: bool = False
    void: str = ""


def happy(n, **kind):
    return [Cast({"attitude": 1, "time": 1}, **kind) for _ in range(n)]


def period(
    casts, *, criteria=TWO_CRITERIA, lies=None, name="2026-11", version=1, previous=evidence.NO_SEAL, day=3
):
    """A period's files: all true and correctly signed, but for the seal lines that `lies` replaces."""
    rows, marks, receipts, valid = [], [], [], []
    for n, cast in enumerate(casts):
        id, x = sha256(f"{name} {n}".encode()).hexdigest()[:32], sha256(f"{n}".encode()).hexdigest()
        leaf = evidence.ballot_leaf(id=id, answers=cast.answers, period=name, office="HB", x=x)
        rows.append(BallotRow(leaf, id, cast.answers, x))
        marks += [(id, cast.void)] if cast.void else []
        receipts += [] if cast.paper else [evidence.digest(f"receipt {name} {n}")]
        valid += [] if cast.void else [cast.answers]
    satisfied = sum(evidence.satisfied(answers, criteria) for answers in valid)
    ballots = evidence.ballots_csv([criterion.code for criterion in criteria], rows)
    files = {
        "ballots": ballots,
        "receipts": evidence.receipts_csv(receipts),
        "voids": evidence.voids_csv(marks),
    }
    root = evidence.root(sorted(row.leaf for row in rows)).hex()
    facts = SealFacts(
        office="HB",
        period=name,
        version=version,
        reason="Nhập muộn" if version > 1 else "",
        criteria=criteria,
        issued=len(rows) + 3,
        cancelled=1,
        expired=2,
        returned=len(rows),
        paper=len(rows) - len(receipts),
        ballots=len(rows),
        void=len(rows) - len(valid),
        valid=len(valid),
        satisfied=satisfied,
        dissatisfied=len(valid) - satisfied,
        levels=Counter(answer for answers in valid for answer in answers.items() if answer[1] is not None),
        tree_size=len(rows),
        tree_root=root,
        audit_size=len(rows),
        audit_root=root,
        receipts_size=len(receipts),
        receipts_root=evidence.root([evidence.receipt_leaf(r) for r in sorted(receipts)]).hex(),
        voids_size=len(marks),
        voids_root=evidence.root([evidence.void_leaf(*mark) for mark in sorted(marks)]).hex(),
        sha256_ballots=sha256(files["ballots"]).hexdigest(),
        sha256_receipts=sha256(files["receipts"]).hexdigest(),
        sha256_voids=sha256(files["voids"]).hexdigest(),
        previous=previous,
        sealed_at=datetime(2026, 12, day, 9, tzinfo=timezone(timedelta(hours=7))),
    )
    return {**files, "seal": signed(evidence.seal_text(facts), lies or {})}


def signed(text, lies=()):
    for key, value in dict(lies).items():
        text, n = re.subn(rf"^{key}: .*$", f"{key}: {value}", text, flags=re.M)
        assert n == 1
    return evidence.sign_note(text, "key", PRIVATE).encode()


def with_rows(files, name, change):
    """The files with one list changed by `change(rows)`, and digest, size and root of the list made to fit."""
    header, *rows = files[name].decode().splitlines()
    rows = change(rows)
    data = "".join(line + "\n" for line in (header, *rows)).encode()
    if name == "receipts":
        leaves = [evidence.receipt_leaf(row) for row in rows]
    elif name == "voids":
        leaves = [evidence.void_leaf(*row.split(",")) for row in rows]
    else:
        codes, leaves = header.split(",")[1:-1], []
        for row in rows:
            id, *cells, x = row.split(",")
            answers = dict(zip(codes, [int(cell) if cell else None for cell in cells], strict=True))
            leaves.append(evidence.ballot_leaf(id=id, answers=answers, period="2026-11", office="HB", x=x))
    tree = "tree" if name == "ballots" else name
    lies = {f"{tree}_size": len(rows), f"{tree}_root": evidence.root(leaves).hex()}
    lies[f"sha256_{name}"] = sha256(data).hexdigest()
    text = files["seal"].decode().split("\n\n")[0] + "\n"
    return {**files, name: data, "seal": signed(text, lies)}


def check(files):
    return verify.check_period(files, [PUBLIC])


@pytest.mark.parametrize("name", NAMES)
def test_the_published_vectors_hold(name):
    seal = check(vector(name))
    assert seal["code"] == json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["seal_code"]


def test_honest_periods_of_every_shape_hold():
    unhappy, none = Cast({"attitude": 1, "time": 0}), {"attitude": None, "time": None}
    voids = [
        Cast({"attitude": None, "time": 1}, paper=True, void="INCOMPLETE"),
        Cast(none, paper=True, void="MISSING"),
        Cast(none, paper=True, void="LATE"),
    ]
    damaged = Cast(none, void="DAMAGED")
    for casts in ([], happy(1), happy(2), [*happy(31), unhappy, *voids, damaged]):
        assert check(period(casts))["valid"] == sum(not cast.void for cast in casts)
    optional = [{"attitude": 1, "time": 1, "online": level} for level in (None, 5, 3)]
    assert check(period([Cast(answers) for answers in optional], criteria=WITH_OPTIONAL))["satisfied"] == 2


@pytest.mark.slow
def test_no_changed_byte_and_no_deleted_doubled_or_swapped_row_is_accepted():
    tried = 0
    for name in NAMES:
        files = vector(name)
        for key, data in files.items():
            # Each changed seal costs an Ed25519 verification in plain Python, so its bytes change one way only.
            masks = (0x01, 0x20, 0x80) if key != "seal" else (0x01,)
            for mutant in {*changed_bytes(data, masks), *changed_rows(data)} - {data}:
                tried += 1
                with pytest.raises(ValueError, match=VIETNAMESE):
                    check({**files, key: mutant})
    assert tried > 12_000


def changed_bytes(data, masks):
    for place in range(len(data)):
        for mask in masks:
            yield data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]


def changed_rows(data):
    lines = data.splitlines(keepends=True)
    yield from (data[:-1], data + b"\n", data.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + data, b"", data * 2)
    for n in range(len(lines)):
        yield b"".join(lines[:n] + lines[n + 1 :])
        yield b"".join(lines[:n] + lines[n : n + 1] + lines[n:])
        for other in range(n):
            swapped = list(lines)
            swapped[n], swapped[other] = swapped[other], swapped[n]
            yield b"".join(swapped)


@pytest.mark.parametrize("key", verify.FILES)
def test_a_missing_file_is_refused(key):
    files = vector("five")
    del files[key]
    with pytest.raises(ValueError, match=verify.FILES[key]):
        check(files)


@pytest.mark.parametrize(
    "lies",
    [
        {"issued": 37},
        {"issued": 36, "expired": 1},
        {"returned": 33, "issued": 37},
        {"paper": 1},
        {"ballots": 33},
        {"void": 3},
        {"valid": 31},
        {"satisfied": 32, "dissatisfied": 0},
        {"dissatisfied": 2},
        {"levels": "attitude/1=30 time/0=1 time/1=30"},
        {"levels": "time/0=1 time/1=29 attitude/1=30"},
        {"levels": ""},
        {"tree_size": 33},
        {"audit_size": 33},
        {"receipts_size": 31},
        {"voids_size": 1},
        {"tree_root": "0" * 64},
        {"receipts_root": "0" * 64},
        {"voids_root": "0" * 64},
        {"sha256_ballots": "0" * 64},
        {"criteria": "attitude=0;time=1"},
        {"criteria": "attitude=1;attitude=1"},
        {"criteria": "time=1;attitude=1"},
        {"criteria": "attitude=1"},
        {"criteria": "attitude=1,1;time=1"},
        {"criteria": "attitude=;time=1"},
        {"office": "HA-NOI"},
        {"period": "2026-12"},
        {"period": "2026-13"},
        {"version": 2},
        {"version": "01"},
        {"reason": "Vì sao"},
        {"version": 2, "reason": "vi\u0300 sao"},
        {"issued": "036"},
        {"issued": "+36"},
        {"issued": "36 "},
        {"issued": "\u0663\u0666"},
        {"sealed_at": "2026-12-03T02:00:00Z"},
        {"sealed_at": "2026-02-30T09:00:00+07:00"},
        {"sealed_at": "2027-02-29T09:00:00+07:00"},
        {"sealed_at": "2026-19-39T09:00:00+07:00"},
        {"sealed_at": "2026-12-00T09:00:00+07:00"},
        {"sealed_at": "2026-12-03T29:00:00+07:00"},
        {"sealed_at": "0000-12-03T09:00:00+07:00"},
    ],
    ids=str,
)
def test_a_well_signed_seal_that_says_something_false_is_refused(lies):
    honest = [*happy(29), Cast({"attitude": 1, "time": 0}), *happy(2, paper=True, void="TORN")]
    assert check(period(honest))["issued"] == 35
    with pytest.raises(ValueError, match=VIETNAMESE):
        check(period(honest, lies=lies))


@pytest.mark.parametrize(
    ("casts", "sentence"),
    [
        ([*happy(9), *happy(1, void="TORN")], "phiếu điện tử"),
        ([*happy(9), Cast({"attitude": 1, "time": 1}, paper=True, void="MISSING")], "có câu trả lời"),
        ([*happy(9), Cast({"attitude": 1, "time": 1}, void="DAMAGED")], "có câu trả lời"),
        ([*happy(9), Cast({"attitude": 1, "time": 0}, paper=True, void="LATE")], "có câu trả lời"),
    ],
)
def test_a_void_mark_that_nobody_may_set_is_refused(casts, sentence):
    with pytest.raises(ValueError, match=sentence):
        check(period(casts))


def test_a_valid_ballot_that_leaves_a_required_criterion_open_is_refused():
    answers = [{"attitude": 1, "time": 1}, {"attitude": 1, "time": None}]
    files = period(
        [Cast(a) for a in answers], criteria=(TWO_CRITERIA[0], Criterion("time", frozenset({1}), True))
    )
    check(files)
    text = files["seal"].decode().split("\n\n")[0] + "\n"
    with pytest.raises(ValueError, match="bỏ trống"):
        check({**files, "seal": signed(text, {"criteria": "attitude=1;time=1"})})


@pytest.mark.parametrize("name", ["ballots", "receipts", "voids"])
@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[1:],
        lambda rows: rows[:-1],
        lambda rows: [*rows, rows[-1]],
        lambda rows: [rows[0], *rows],
        lambda rows: rows[::-1],
        lambda rows: [rows[1], rows[0], *rows[2:]],
    ],
    ids=["first deleted", "last deleted", "last doubled", "first doubled", "reversed", "swapped"],
)
def test_a_list_re_sealed_with_a_row_deleted_doubled_or_swapped_is_refused(name, change):
    honest = period([*happy(29), *happy(3, paper=True, void="TORN")])
    check(with_rows(honest, name, lambda rows: rows))
    with pytest.raises(ValueError, match=VIETNAMESE):
        check(with_rows(honest, name, change))


def test_a_void_mark_on_a_ballot_that_does_not_exist_is_refused():
    honest = period([*happy(29), *happy(1, paper=True, void="TORN")])
    with pytest.raises(ValueError, match="không có thật"):
        check(with_rows(honest, "voids", lambda rows: ["0" * 32 + ",TORN"]))


def test_a_ballot_whose_id_occurs_twice_is_refused():
    def doubled(rows):
        id, *answers, x = rows[0].split(",")
        twin = ",".join([id, *answers, x[::-1]])
        return sorted([*rows, twin], key=leaf_of_row)

    with pytest.raises(ValueError, match="bị lặp"):
        check(with_rows(period(happy(30)), "ballots", doubled))


def leaf_of_row(row):
    id, attitude, time, x = row.split(",")
    answers = {"attitude": int(attitude), "time": int(time)}
    return evidence.ballot_leaf(id=id, answers=answers, period="2026-11", office="HB", x=x)


def test_a_criterion_that_occurs_twice_is_refused():
    files = period([Cast({"attitude": 1})], criteria=TWO_CRITERIA[:1])
    ballots = files["ballots"].replace(b"attitude", b"attitude,attitude").replace(b",1,", b",1,1,")
    lies = {"criteria": "attitude=1;attitude=1", "sha256_ballots": sha256(ballots).hexdigest()}
    text = files["seal"].decode().split("\n\n")[0] + "\n"
    for levels in ("attitude/1=1", "attitude/1=1 attitude/1=1"):
        with pytest.raises(ValueError, match=VIETNAMESE):
            check({**files, "ballots": ballots, "seal": signed(text, {**lies, "levels": levels})})


def test_a_list_without_its_last_line_feed_is_refused_however_well_it_is_sealed():
    files = period(happy(3))
    receipts = files["receipts"] + b"no line of its own"
    text = files["seal"].decode().split("\n\n")[0] + "\n"
    with pytest.raises(ValueError, match="sai mẫu"):
        check(
            {
                **files,
                "receipts": receipts,
                "seal": signed(text, {"sha256_receipts": sha256(receipts).hexdigest()}),
            }
        )


def test_the_audit_root_of_a_single_ballot_is_the_public_one():
    with pytest.raises(ValueError, match="kiểm toán"):
        check(period(happy(1), lies={"audit_root": "0" * 64}))


# --- signatures


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ],
)
def test_the_own_ed25519_agrees_with_rfc_8032(public, message, signature):
    public, message, signature = map(bytes.fromhex, (public, message, signature))
    assert verify.signature_holds(public, message, signature)
    assert not verify.signature_holds(public, message + b"\0", signature)


def test_the_own_ed25519_agrees_with_the_library_for_many_keys():
    for n in range(16):
        key = Ed25519PrivateKey.from_private_bytes(sha256(bytes([n])).digest())
        public, message = key.public_key().public_bytes_raw(), bytes([n]) * n
        signature = key.sign(message)
        assert verify.signature_holds(public, message, signature)
        s = int.from_bytes(signature[32:], "little")
        # Adding the order to S gives a second signature for the same text, unless it is looked for.
        assert not verify.signature_holds(
            public, message, signature[:32] + (s + verify.ORDER).to_bytes(32, "little")
        )


def test_a_key_that_is_no_point_or_is_written_beyond_the_field_is_refused():
    for encoded in (
        (2).to_bytes(32, "little"),
        (2**255 - 18).to_bytes(32, "little"),
        (1 + 2**255).to_bytes(32, "little"),
    ):
        with pytest.raises(ValueError, match="Ed25519"):
            verify.point(encoded)


def test_every_signature_line_needs_a_given_key_and_no_name_signs_twice():
    files, old = period(happy(1)), sha256(b"old").digest()
    old_public = Ed25519PrivateKey.from_private_bytes(old).public_key().public_bytes_raw()
    both = {**files, "seal": evidence.cosign_note(files["seal"].decode(), "old", old).encode()}
    assert verify.check_period(both, [old_public, PUBLIC])["names"] == "key, old"
    for keys in ([PUBLIC], [old_public], []):
        with pytest.raises(ValueError, match="không thuộc khóa"):
            verify.check_period(both, keys)
    _, line = files["seal"].split(b"\n\n")
    with pytest.raises(ValueError, match="không đúng"):
        check({**files, "seal": period(happy(2))["seal"].split(b"\n\n")[0] + b"\n\n" + line})
    with pytest.raises(ValueError, match="hai lần"):
        check({**files, "seal": files["seal"] + line})
    # The last character before "=" carries two spare bits: the same bytes, spelled otherwise.
    respelled = line[:-3] + bytes([line[-3] + 1]) + line[-2:]
    with pytest.raises(ValueError, match="sai mẫu"):
        check({**files, "seal": files["seal"].replace(line, respelled)})


# --- the chain


def chain(*shapes):
    """Seals' facts one after another: (name, version, number of ballots)."""
    seals, previous = [], evidence.NO_SEAL
    for day, (name, version, n) in enumerate(shapes, start=3):
        seals.append(check(period(happy(n), name=name, version=version, previous=previous, day=day)))
        previous = seals[-1]["digest"]
    return seals


MONTHS = [("2026-09", 1, 5), ("2026-10", 1, 4), ("2026-09", 2, 6), ("2026-11", 1, 5)]


def test_a_chain_holds_in_any_order_and_says_where_it_begins():
    seals = chain(*MONTHS)
    assert "không thiếu" in verify.check_chain(seals[::-1])
    assert "không thiếu" in verify.check_chain([*seals, seals[2]])
    assert seals[0]["code"] in verify.check_chain(seals[1:])


def test_a_chain_with_a_seal_missing_in_the_middle_is_refused():
    seals = chain(*MONTHS)
    for n in (1, 2):
        with pytest.raises(ValueError, match="bị đứt"):
            verify.check_chain(seals[:n] + seals[n + 1 :])


def test_two_seals_after_the_same_one_are_a_fork_and_refused():
    first = chain(*MONTHS[:1])
    fork = [
        check(period(happy(n), name=name, previous=first[0]["digest"], day=4))
        for n, name in ((4, "2026-10"), (4, "2026-11"))
    ]
    with pytest.raises(ValueError, match="cùng một niêm phong trước"):
        verify.check_chain(first + fork)


def test_two_different_seals_for_one_version_are_refused():
    first = chain(*MONTHS[:1])
    other = check(period(happy(4), name="2026-09", previous=first[0]["digest"], day=4))
    with pytest.raises(ValueError, match="cùng một bản"):
        verify.check_chain([*first, other])


def test_a_correction_that_loses_a_row_is_refused():
    with pytest.raises(ValueError, match="bỏ bớt"):
        verify.check_chain(chain(("2026-09", 1, 5), ("2026-09", 2, 4)))


def test_a_seal_dated_before_the_one_it_follows_is_refused():
    first = check(period(happy(2), name="2026-09", day=9))
    second = check(period(happy(2), name="2026-10", previous=first["digest"], day=8))
    with pytest.raises(ValueError, match="thời gian"):
        verify.check_chain([first, second])


def test_a_small_period_is_one_signed_line_and_a_link_of_the_chain():
    first, hidden, last = chain(("2026-09", 1, 31), ("2026-10", 1, 2), ("2026-11", 1, 31))
    text = evidence.small_seal_text("HB", "2026-10", hidden["code"])
    small = check({"seal": signed(text)})
    assert "không thiếu" in verify.check_chain([first, small, last])
    with pytest.raises(ValueError, match="bị đứt"):
        verify.check_chain([first, last])
    with pytest.raises(ValueError, match="một dòng"):
        check({"seal": signed(text), "receipts": b"r\n"})


# --- the command


def write(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for key, data in files.items():
        (folder / verify.FILES[key]).write_bytes(data)


def test_an_office_folder_is_checked_with_all_its_versions(tmp_path, capsys):
    for name, folder in (("five", "HB/2026-11/v1"), ("five-v2", "HB/2026-11/v2"), ("five-v2", "HB/2026-11")):
        write(tmp_path / folder, vector(name))
    assert verify.main([str(tmp_path), KEY.upper(), "7d1s mpvh 3bq2 w8xk"]) == 0
    said = capsys.readouterr().out
    assert said.count("79c0f6457e42238d") == 2
    assert said.count("Biên nhận 7D1SMPVH3BQ2W8XK nằm trong") == 3
    assert "audit_root" in said
    assert said.endswith("ĐẠT\n")


def test_several_folders_are_one_chain(capsys):
    assert verify.main([str(VECTORS / "five"), str(VECTORS / "five-v2"), KEY]) == 0
    assert verify.main([str(VECTORS), KEY]) == 1
    assert "cùng một niêm phong trước" in capsys.readouterr().out


def test_a_receipt_that_is_in_none_of_the_periods_fails(capsys):
    assert verify.main([str(VECTORS / "five"), KEY, "7D1S-MPVH-3BQ2-W8X0"]) == 1
    assert "KHÔNG ĐẠT. biên nhận 7D1SMPVH3BQ2W8X0" in capsys.readouterr().out


def test_what_is_wrong_is_said_with_the_folder_where_it_is(tmp_path, capsys):
    write(tmp_path / "five", {**vector("five"), "voids": b"id,reason\n"})
    assert verify.main([str(tmp_path), KEY]) == 1
    said = capsys.readouterr().out
    assert said == f"KHÔNG ĐẠT. {tmp_path / 'five'}: voids.csv khác tệp đã niêm phong\n"


def test_a_folder_with_lists_but_no_seal_fails(tmp_path, capsys):
    write(tmp_path / "a", vector("five"))
    write(tmp_path / "b", {"receipts": b"r\n"})
    assert verify.main([str(tmp_path), KEY]) == 1
    assert "b: seal.txt" in capsys.readouterr().out


def test_an_empty_folder_fails(tmp_path, capsys):
    assert verify.main([str(tmp_path), KEY]) == 1
    assert "không thấy kỳ nào" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [[], [KEY], [str(VECTORS)], [str(VECTORS), "ab"], [str(VECTORS), KEY, "a", "b"], ["no-such-folder", KEY]],
    ids=["nothing", "no folder", "no key", "short key", "two receipts", "folder missing"],
)
def test_a_wrong_call_gets_the_usage_and_never_success(arguments, capsys):
    assert verify.main(arguments) == 2
    assert "Cách dùng" in capsys.readouterr().out


def test_the_file_runs_alone_and_says_its_result_by_its_exit_status(tmp_path):
    alone = tmp_path / "verify.py"
    alone.write_bytes(Path(verify.__file__).read_bytes())
    command = [sys.executable, "-I", "-W", "error", str(alone), str(VECTORS / "campaign")]
    good = subprocess.run(
        [*command, KEY], capture_output=True, env={"PYTHONIOENCODING": "ascii"}, check=False
    )
    assert (good.returncode, good.stderr) == (0, b"")
    assert good.stdout.decode().rstrip().endswith("\nĐẠT")
    bad = subprocess.run([*command, "0" * 64], capture_output=True, check=False)
    assert bad.returncode == 1
    assert b"Traceback" not in bad.stderr


def test_the_file_is_short_plain_python_3_8_without_network_or_third_parties():
    source = Path(verify.__file__).read_text("utf-8")
    assert len(source.splitlines()) <= 200
    tree = ast.parse(source, feature_version=(3, 8))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in imports if isinstance(node, ast.ImportFrom)}
    local = {
        "base64",
        "calendar",
        "collections",
        "functools",
        "hashlib",
        "json",
        "pathlib",
        "re",
        "sys",
        "unicodedata",
    }
    assert names == local
