"""The one place that names the versions; `pyproject.toml` and the changelog are checked against it.

The language has a version of its own, because rulebooks outlive releases: its first number changes when a rulebook that
was clean would decide otherwise or be refused, its second when rulebooks can say something new.
"""

__version__ = "0.2.0"
LANGUAGE = "1.1"
