"""Working days of a country, written as a rulebook: what it says about days, and that the shipped one is still true."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("holidays")

from groundrules.cli.main import cli
from groundrules.frontend import check_path
from groundrules.resources import shipped
from groundrules.tools.calendars import UnknownCountryError, places, work_calendar


def lists(path: Path) -> dict[str, list[str]]:
    result = check_path(path)
    assert result.checked is not None
    assert [str(found.code) for found in result.diagnostics] == []
    declared = result.checked.instances[0].book.lists
    return {str(each.name.value): [str(item.value) for item in each.items] for each in declared}


def test_the_shipped_days_are_those_of_the_library() -> None:
    days = work_calendar("CN", [2024, 2025, 2026], "zh")
    assert lists(shipped("policies") / "calendar-cn") == {
        "days_off": [str(day) for day in days.days_off],
        "worked": [str(day) for day in days.worked],
    }


@pytest.mark.parametrize(
    ("day", "free", "worked"),
    [
        ("2026-02-17", True, False),
        ("2026-02-23", True, False),
        ("2026-02-28", False, True),
        ("2026-03-02", False, False),
    ],
)
def test_china_shifts_weekends(day: str, free: bool, worked: bool) -> None:
    calendar = work_calendar("cn", [2026], "zh")
    assert (date.fromisoformat(day) in calendar.days_off, date.fromisoformat(day) in calendar.worked) == (free, worked)


def test_weekends_and_parts_of_a_country_are_its_own() -> None:
    assert work_calendar("SA", [2026], "en").weekend == {4, 5}
    assert set(work_calendar("DE", [2026], "en").days_off) < set(work_calendar("DE-BY", [2026], "en").days_off)
    assert {"CN", "DE-BY"} <= set(places())


@pytest.mark.parametrize("code", ["XX", "DE-ZZ", "", "../x", "China"])
def test_codes_that_are_none_are_refused(code: str) -> None:
    with pytest.raises(UnknownCountryError):
        work_calendar(code, [2026], "en")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_the_command_writes_is_a_clean_rulebook(lang: str, tmp_path: Path) -> None:
    written = tmp_path / "calendar-sa" / "rulebook.yaml"
    result = CliRunner().invoke(cli, ["calendar", "SA", "2026", "2025", "--lang", lang, "-o", str(written)])
    assert (result.exit_code, result.output) == (0, "")
    assert min(lists(written.parent)["days_off"]) < "2026"
    assert 'weekday(now) not in ["friday", "saturday"]' in written.read_text(encoding="utf-8")


def test_a_wrong_code_has_the_nearest_beside_it() -> None:
    result = CliRunner().invoke(cli, ["calendar", "DE-BX", "2026"])
    assert result.exit_code == 2
    assert "there is no country `DE-BX`; did you mean" in result.output
