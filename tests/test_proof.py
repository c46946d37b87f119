"""The table of proof: made by the runs, never typed, and never better than what was measured."""

from __future__ import annotations

import json
from threading import Thread

import pytest

from bench import proof

TEST = "tests/test_x.py::test_it_holds"


@pytest.fixture
def docs(tmp_path):
    (tmp_path / "proof.toml").write_text(
        f"""
        [[line]]
        key = "kill"
        part = "Durability"
        claim = "Nothing is lost | at all"
        evidence = "bench/kill.py"
        command = "make faults ARGS=kill"
        [[line]]
        key = "held"
        part = "Security"
        claim = "It holds"
        evidence = "{TEST}"
        [[line]]
        key = "open"
        part = "Security"
        claim = "Nobody looked"
        """,
        encoding="utf-8",
    )
    return tmp_path


def row(docs, claim: str) -> list[str]:
    """The cells of the row of one claim."""
    line = next(line for line in proof.render(docs).splitlines() if line.startswith(f"| {claim}"))
    return [cell.strip() for cell in line.replace("\\|", "¦").strip("|").split("|")]


def recorded(docs) -> dict:
    return json.loads((docs / "proof.json").read_text(encoding="utf-8"))


def test_the_table_of_this_repository_is_what_its_claims_and_runs_give():
    assert proof.missing_evidence() == []
    assert not proof.differs()


def test_a_recorded_figure_stands_in_the_table_with_its_day_and_machine(docs):
    proof.record("kill", figure="40 cycles, 0 lost", met=True, docs=docs)
    assert recorded(docs)["figures"]["kill"]["command"] == "make faults ARGS=kill"
    assert row(docs, "Nothing is lost")[1:3] == ["40 cycles, 0 lost", "met"]
    assert row(docs, "Nothing is lost")[-1] == f"{proof.today()}, {proof.machine()}"
    assert (docs / "proof.md").read_text(encoding="utf-8") == proof.render(docs)


def test_the_last_run_replaces_the_one_before_even_when_it_is_worse(docs):
    proof.record("kill", figure="0 lost", met=True, docs=docs)
    proof.record("kill", figure="3 lost", met=False, docs=docs)
    assert row(docs, "Nothing is lost")[1:3] == ["3 lost", "**missed**"]
    assert "3 claims: 0 met, 1 missed, 2 not measured." in proof.render(docs)


def test_a_figure_without_a_line_is_refused(docs):
    with pytest.raises(proof.UnknownLine):
        proof.record("nonsense", figure="1", met=True, docs=docs)


def test_a_claim_without_evidence_or_run_is_not_measured(docs):
    assert row(docs, "Nobody looked")[1:3] == ["not measured", "—"]
    assert row(docs, "It holds")[1:3] == ["not measured", "—"]


def test_only_named_tests_are_noted_each_with_its_engines(docs):
    proof.note_tests({TEST: True, "tests/test_y.py::test_other": True}, engine="sqlite", docs=docs)
    assert list(recorded(docs)["tests"]) == [TEST]
    assert row(docs, "It holds")[1:3] == ["1 test passes on SQLite", "met"]
    proof.note_tests({TEST: True}, engine="postgresql", docs=docs)
    assert row(docs, "It holds")[1] == "1 test passes on SQLite and PostgreSQL"


def test_a_test_that_fails_for_one_of_its_parameters_loses_its_note(docs):
    proof.note_tests({TEST: True}, engine="sqlite", docs=docs)
    proof.note_tests({f"{TEST}[a]": True, f"{TEST}[b-c]": False}, engine="sqlite", docs=docs)
    assert row(docs, "It holds")[1:3] == ["not measured", "—"]


def test_a_claim_with_a_test_and_a_program_needs_both(docs):
    line = proof.Line("both", "Security", "Both", (TEST, "bench/kill.py"))
    figure = {"figure": "0 lost", "met": True, "date": "2026-11-02", "machine": "2 cores"}
    only_test = {"figures": {}, "tests": {TEST: {"sqlite": "2026-11-01"}}}
    assert proof.state_of(line, only_test).met is None
    assert proof.state_of(line, {"figures": {"both": figure}, "tests": {}}).met is None
    state = proof.state_of(line, only_test | {"figures": {"both": figure}})
    assert (state.met, state.figure, state.date) == (True, "0 lost; 1 test passes on SQLite", "2026-11-01")


def test_evidence_that_is_not_there_is_named(docs, tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text("def test_something_else(): ...\n")
    assert proof.missing_evidence(docs, root=tmp_path) == ["bench/kill.py", TEST]
    (tmp_path / "tests" / "test_x.py").write_text("def test_it_holds(): ...\n")
    assert proof.missing_evidence(docs, root=tmp_path) == ["bench/kill.py"]


def test_two_claims_of_one_key_are_refused(docs):
    with (docs / "proof.toml").open("a") as toml:
        toml.write('[[line]]\nkey = "kill"\npart = "x"\nclaim = "y"\n')
    with pytest.raises(ValueError, match="kill"):
        proof.read_lines(docs)


def test_an_edited_table_is_found_out(docs):
    proof.record("kill", figure="3 lost", met=False, docs=docs)
    assert not proof.differs(docs)
    table = docs / "proof.md"
    table.write_text(table.read_text(encoding="utf-8").replace("3 lost", "0 lost"), encoding="utf-8")
    assert proof.differs(docs)


def test_runs_that_end_together_lose_nothing_of_each_other(docs):
    names = [f"tests/test_x.py::test_{number}" for number in range(20)]
    with (docs / "proof.toml").open("a") as toml:
        toml.write(f'[[line]]\nkey = "many"\npart = "x"\nclaim = "y"\nevidence = {json.dumps(names)}\n')
    threads = [
        Thread(target=proof.note_tests, args=({name: True},), kwargs={"engine": "sqlite", "docs": docs})
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(recorded(docs)["tests"]) == sorted(names)
