"""The one place that names the version; `pyproject.toml` is checked against it."""

__version__ = "0.1.0"
