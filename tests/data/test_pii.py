"""Labelled texts through the `privacy` pack: what it finds, what it cannot, and what it leaves alone in real chats."""

from __future__ import annotations

import pytest
from bench import pii

pytestmark = pytest.mark.skipif(not pii.LABELLED.exists(), reason="the labelled texts are not beside this checkout")


@pytest.fixture(scope="module")
def labels() -> pii.Labels:
    return pii.labelled()


def test_every_label_of_a_supported_form_is_struck_out(labels: pii.Labels) -> None:
    assert [one for one in labels.missed if one[0] in pii.SUPPORTED] == []
    assert {label: labels.found[label] for label in ("EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD")} == {
        "EMAIL_ADDRESS": 2,
        "PHONE_NUMBER": 10,
        "CREDIT_CARD": 10,
    }


def test_what_is_missed_is_of_a_form_that_is_said_to_be_unsupported(labels: pii.Labels) -> None:
    assert {label for label, _ in labels.missed} <= pii.UNSUPPORTED.keys()


def test_nothing_else_is_struck_out(labels: pii.Labels) -> None:
    assert labels.unlabelled == []


@pytest.mark.parametrize("chat", pii.CHATS, ids=lambda path: path.stem)
def test_code_times_and_hashes_are_left_alone(chat: pii.Path) -> None:
    fired = list(pii.fired_in(chat))
    wrong = [one for one in fired if one[0] in ("phones", "cards", "china-ids", "secrets")]
    assert len({id for _, id, _ in fired}) <= pii.messages_of(chat) / 1000
    assert len(wrong) <= 2, wrong
