"""Reading and writing files that strangers may have written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from groundrules import confined
from groundrules.resources import shipped


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a file in it, beside a file that is nobody's business."""
    folder = tmp_path / "home"
    (folder / "below").mkdir(parents=True)
    (folder / "a.txt").write_text("a", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return folder


def refused(path: Path) -> bool:
    try:
        confined.read(path, 100)
    except confined.OutsideError:
        return True
    return False


def test_what_is_inside_is_read_through_links_too(home: Path) -> None:
    (home / "below" / "link").symlink_to("../a.txt")
    with confined.inside(home):
        assert confined.read(home / "below" / ".." / "a.txt", 1) == b"a"
        assert confined.read(home / "below" / "link", 1) == b"a"
        assert confined.read(shipped("policies") / "chat" / "rulebook.yaml", 1 << 20)


def test_what_is_outside_is_not_whatever_leads_there(home: Path) -> None:
    (home / "link").symlink_to("../secret.txt")
    (home / "folder").symlink_to("..")
    (home / "chain").symlink_to("link")
    (home / "later").symlink_to("../not-there-yet")
    with confined.inside(home):
        for name in (
            "../secret.txt",
            "link",
            "folder/secret.txt",
            "chain",
            "later",
            "/etc/passwd",
            "/proc/self/environ",
        ):
            assert refused(home / name), name
        assert confined.files(home / "folder", "*.txt") == []


def test_a_file_on_its_own_stays_in_its_folder(home: Path) -> None:
    (home / "link").symlink_to("../secret.txt")
    (home / "below" / "link").symlink_to("../a.txt")
    assert confined.read(home / "a.txt", 1) == b"a"
    assert refused(home / "link")
    assert refused(home / "below" / "link")


def test_a_folder_whose_name_begins_alike_is_another(home: Path) -> None:
    beside = home.with_name("home-2")
    beside.mkdir()
    (beside / "b.txt").write_text("b", encoding="utf-8")
    with confined.inside(home):
        assert refused(home / ".." / "home-2" / "b.txt")


def test_roots_are_read_while_they_last(home: Path) -> None:
    with confined.inside(home):
        with confined.roots([home.parent]):
            assert confined.read(home.parent / "secret.txt", 100) == b"secret"
        assert refused(home.parent / "secret.txt")


def test_only_ordinary_files_of_a_bounded_size_are_read(home: Path) -> None:
    os.mkfifo(home / "pipe")
    with confined.inside(home):
        for name in ("pipe", "below"):
            with pytest.raises(OSError, match="not a regular file"):
                confined.read(home / name, 100)
        (home / "a.txt").write_bytes(b"a" * 101)
        with pytest.raises(OSError, match="larger than"):
            confined.read(home / "a.txt", 100)
    with confined.roots(["/dev"]), pytest.raises(OSError, match="not a regular file"):
        confined.read(Path("/dev/zero"), 100)


def test_writing_keeps_the_rights_of_a_file_and_leaves_nothing_beside_it(home: Path) -> None:
    (home / "a.txt").chmod(0o640)
    confined.replace(home / "a.txt", b"new")
    confined.replace(home / "b.txt", b"b")
    assert stat.S_IMODE((home / "a.txt").stat().st_mode) == 0o640
    assert {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()} == {
        "a.txt": b"new",
        "b.txt": b"b",
    }


def test_writing_follows_links_inside_only(home: Path) -> None:
    (home / "inside").symlink_to("a.txt")
    (home / "outside").symlink_to("../secret.txt")
    (home / "later").symlink_to("../new.txt")
    confined.replace(home / "inside", b"new")
    assert (home / "inside").is_symlink()
    assert (home / "a.txt").read_bytes() == b"new"
    for name in ("outside", "later"):
        with pytest.raises(confined.OutsideError):
            confined.replace(home / name, b"overwritten")
    assert (home.parent / "secret.txt").read_bytes() == b"secret"
    assert not (home.parent / "new.txt").exists()
