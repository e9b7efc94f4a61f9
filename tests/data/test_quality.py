"""The shipped packs on people's messages: what they find and what they leave alone.

`python -m bench.quality` prints the figures in docs/quality.md.
"""

from __future__ import annotations

import pytest
from bench.quality.__main__ import LEAST_RECALL, MOST_ALARMS, Findings, measure
from bench.quality.data import HALVES, LABELLED, STREAMS, Half, rows
from bench.quality.measure import PACKS

from groundrules.functions.texts import words
from groundrules.resources import shipped

SOURCES = [source for source in (*LABELLED, *STREAMS) if source.is_ordinary]

pytestmark = pytest.mark.skipif(
    not all(source.file.exists() for source in SOURCES), reason="the messages are not beside this checkout"
)


@pytest.fixture(scope="module")
def findings() -> Findings:
    return measure(SOURCES)


@pytest.mark.parametrize("half", HALVES)
def test_ordinary_messages_are_left_alone(findings: Findings, half: Half) -> None:
    assert sum(tallies[half].others for tallies in findings.ordinary.values()) > 2_500
    assert findings.alarm_rate(half) <= MOST_ALARMS


@pytest.mark.parametrize("half", HALVES)
def test_spam_is_found(findings: Findings, half: Half) -> None:
    assert findings.recall(half) >= LEAST_RECALL


def test_labels_are_for_scoring_only() -> None:
    assert all("meta" not in row.event for source in SOURCES for row in rows(source, 50))


@pytest.mark.parametrize("pack", PACKS)
def test_no_pack_reads_what_only_the_score_may(pack: str) -> None:
    written = (shipped("policies") / pack / "rulebook.yaml").read_text(encoding="utf-8")
    assert "text" in words(written)
    assert "meta" not in words(written)
