"""Options that several commands share."""

from __future__ import annotations

import os

import click


def default_language() -> str:
    """zh where the environment's locale is Chinese, else en."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


LANGUAGE = click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    default=default_language,
    help="Language of reasons and summaries; by the locale if not given.",
)
