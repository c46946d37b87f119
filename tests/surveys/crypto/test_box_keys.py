"""The files of the box's pair of keys."""

import os
import stat
import tempfile
from datetime import date
from pathlib import Path

import pytest

from surveys.crypto import box_keys, envelopes
from surveys.crypto.box_keys import BoxKeyExposed, BoxKeyMissing
from surveys.crypto.envelopes import OpeningKeyMissing, Place

MADE, LATER, LAST = date(2026, 1, 5), date(2026, 7, 1), date(2026, 8, 15)
PLACE = Place("HB", "2026-10", bytes(16))


def sealed_to(public: bytes) -> bytes:
    return envelopes.seal(public=public, place=PLACE, body=b"{}", padded_bytes=64)


def test_a_pair_is_made_once_and_read_by_its_owner_alone(tmp_path):
    mixer = tmp_path / "mixer"
    public = box_keys.make_pair(mixer, on=MADE)
    assert box_keys.make_pair(mixer, on=LATER) == public
    assert stat.S_IMODE(mixer.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in mixer.iterdir()} == {0o600}
    assert box_keys.opener(mixer).open(sealed_to(public), place=PLACE) == b"{}"


def test_the_web_gets_the_public_key_and_no_other(tmp_path):
    web, mixer = tmp_path / "web", tmp_path / "mixer"
    box_keys.write_public_key(web, box_keys.make_pair(mixer, on=MADE))
    assert box_keys.public_key(web) == box_keys.public_key(mixer)
    private = box_keys.opening_key(mixer, box_keys.public_key(mixer))
    assert [path.name for path in web.iterdir()] == ["box-public.key"]
    assert private not in (web / "box-public.key").read_bytes()
    assert not box_keys.is_opening_key_readable(web)
    assert box_keys.is_opening_key_readable(mixer)
    assert not box_keys.is_opening_key_readable(tmp_path / "nowhere")


def test_after_a_rotation_both_pairs_open_and_the_register_says_since_when(tmp_path):
    first = box_keys.make_pair(tmp_path, on=MADE)
    second = box_keys.rotate(tmp_path, on=LATER)
    assert box_keys.public_key(tmp_path) == second != first
    opener = box_keys.opener(tmp_path)
    assert [opener.open(sealed_to(public), place=PLACE) for public in (first, second)] == [b"{}", b"{}"]
    assert [(line.public, line.since, line.until) for line in box_keys.registered(tmp_path)] == [
        (first, MADE, LATER),
        (second, LATER, None),
    ]


def test_a_former_opening_key_is_destroyed_once_its_backups_are_over_and_no_row_needs_it(tmp_path):
    first = box_keys.make_pair(tmp_path, on=MADE)
    box_keys.rotate(tmp_path, on=LATER)
    name = envelopes.key_id(first).hex()
    assert box_keys.destroy_former(tmp_path, before=LATER) == []
    assert box_keys.destroy_former(tmp_path, before=LAST, needed=[name]) == []
    assert box_keys.opener(tmp_path).open(sealed_to(first), place=PLACE) == b"{}"
    assert box_keys.destroy_former(tmp_path, before=LAST) == [name]
    with pytest.raises(OpeningKeyMissing):
        box_keys.opener(tmp_path).open(sealed_to(first), place=PLACE)
    assert box_keys.registered(tmp_path)[0].public == first


def test_a_restored_key_opens_again_and_comes_into_force_only_where_that_is_asked(tmp_path):
    burnt, fresh = tmp_path / "burnt", tmp_path / "fresh"
    old = box_keys.make_pair(burnt, on=MADE)
    private = box_keys.opening_key(burnt, old)
    present = box_keys.make_pair(fresh, on=LATER)
    box_keys.hold(fresh, private)
    assert box_keys.public_key(fresh) == present
    assert box_keys.opener(fresh).open(sealed_to(old), place=PLACE) == b"{}"
    box_keys.put_in_force(fresh, private, on=LAST)
    assert box_keys.public_key(fresh) == old
    assert [(line.public, line.until) for line in box_keys.registered(fresh)] == [
        (present, LAST),
        (old, None),
    ]


def test_a_missing_or_broken_key_file_is_told(tmp_path):
    with pytest.raises(BoxKeyMissing):
        box_keys.public_key(tmp_path)
    public = box_keys.make_pair(tmp_path, on=MADE)
    path = tmp_path / f"box-open-{envelopes.key_id(public).hex()}.key"
    for broken in (b"", path.read_bytes()[:31], path.read_bytes() + b"\n"):
        path.write_bytes(broken)
        with pytest.raises(BoxKeyMissing):
            box_keys.opener(tmp_path)
    path.unlink()
    with pytest.raises(BoxKeyMissing):
        box_keys.opener(tmp_path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_may_read_or_write_is_refused(tmp_path, mode):
    public = box_keys.make_pair(tmp_path, on=MADE)
    (tmp_path / f"box-open-{envelopes.key_id(public).hex()}.key").chmod(mode)
    with pytest.raises(BoxKeyExposed):
        box_keys.opener(tmp_path)


def test_a_key_in_a_directory_that_others_may_write_is_refused(tmp_path):
    box_keys.make_pair(tmp_path, on=MADE)
    tmp_path.chmod(0o777)
    with pytest.raises(BoxKeyExposed):
        box_keys.public_key(tmp_path)


def test_a_link_to_a_key_is_no_key(tmp_path):
    box_keys.make_pair(tmp_path / "mixer", on=MADE)
    web = tmp_path / "web"
    web.mkdir(mode=0o700)
    (web / "box-public.key").symlink_to(tmp_path / "mixer" / "box-public.key")
    with pytest.raises(BoxKeyMissing):
        box_keys.public_key(web)


@pytest.fixture
def open_folder():
    """A folder that another user of the system may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def read_as(user: int, directory: Path) -> str:
    """What another user of the system gets for the public key: its hex digits, or the refusal's name."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setresuid(user, user, user)
            told = box_keys.public_key(directory).hex()
        except (BoxKeyMissing, BoxKeyExposed) as refused:
            told = type(refused).__name__
        os.write(writer, told.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        return answer.read().decode()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may speak as somebody else")
def test_a_key_is_read_by_its_owner_in_a_directory_of_its_owner(open_folder):
    owner, stranger, third = 65534, 65533, 65532
    public = box_keys.make_pair(open_folder, on=MADE)
    for path in open_folder.iterdir():
        os.chown(path, owner, owner)
    assert read_as(owner, open_folder) == public.hex()
    assert read_as(stranger, open_folder) == "BoxKeyMissing"
    os.chown(open_folder, third, third)  # who may put another file in the key's place
    assert read_as(owner, open_folder) == "BoxKeyExposed"


def test_no_rotation_that_breaks_off_names_a_key_that_nobody_holds(tmp_path, monkeypatch):
    """Cut off at each wait for the disk in turn, as by a power cut, until one passes."""
    box_keys.make_pair(tmp_path, on=MADE)
    cuts = 0
    for allowed in range(100):
        waits = iter(range(allowed))

        def cut(descriptor, real=os.fsync, waits=waits):
            if next(waits, None) is None:
                raise InterruptedError
            real(descriptor)

        monkeypatch.setattr(os, "fsync", cut)
        try:
            box_keys.rotate(tmp_path, on=LATER)
        except InterruptedError:
            cuts += 1
        public = box_keys.public_key(tmp_path)
        assert box_keys.opener(tmp_path).open(sealed_to(public), place=PLACE) == b"{}"
        assert len({line.key_id for line in box_keys.registered(tmp_path) if not line.until}) == 1
        if cuts == allowed:
            break
    assert cuts > 4
