"""From text to tree: one function per form of the language, each for the whole of a fragment."""

from __future__ import annotations

from groundrules.diagnostics.source import Fragment
from groundrules.syntax import nodes


def parse_expression(fragment: Fragment) -> nodes.Parsed[nodes.Node]:
    """Parse a condition or a value. Raises SyntaxProblem."""
    raise NotImplementedError(fragment)


def parse_duration(fragment: Fragment) -> nodes.Parsed[nodes.Node]:
    """Parse `10m` (Duration) or a parameter's name (Name, Attribute). Raises SyntaxProblem."""
    raise NotImplementedError(fragment)


def parse_hours(fragment: Fragment) -> nodes.Parsed[nodes.Node]:
    """Parse `09:00-22:00` (ClockRange) or a parameter's name. Raises SyntaxProblem."""
    raise NotImplementedError(fragment)


def parse_once(fragment: Fragment) -> nodes.Parsed[nodes.OnceClause]:
    """Parse `actor, message within 90d` or `actor per day`. Raises SyntaxProblem."""
    raise NotImplementedError(fragment)


def parse_rate(fragment: Fragment) -> nodes.Parsed[nodes.RateClause]:
    """Parse `50 per day`. Raises SyntaxProblem."""
    raise NotImplementedError(fragment)


def parse_fade(fragment: Fragment) -> nodes.Parsed[nodes.FadeClause]:
    """Parse `1 every 30d`. Raises SyntaxProblem."""
    raise NotImplementedError(fragment)


def parse_keys(fragment: Fragment) -> nodes.Parsed[nodes.KeysClause]:
    """Parse `actor, channel`. Raises SyntaxProblem."""
    raise NotImplementedError(fragment)


def parse_at(fragment: Fragment) -> nodes.Parsed[nodes.AtClause]:
    """Parse `monday 09:00`, `last day 18:00`, `every 30m`. Raises SyntaxProblem."""
    raise NotImplementedError(fragment)


def parse_template(fragment: Fragment) -> nodes.Parsed[nodes.Template]:
    """Parse a message with `{expression}` holes. Raises SyntaxProblem."""
    raise NotImplementedError(fragment)
