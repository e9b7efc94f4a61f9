"""The ways of running a rulebook, each from its folder or plan to decisions, event by event.

The last answer is what the end of the input causes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from click.testing import CliRunner

from groundrules.cli.main import cli
from groundrules.decisions import Decision
from groundrules.engine.engine import Engine
from groundrules.engine.plan_file import compile_plan, read, write
from groundrules.plan import ir
from groundrules.reference import Interpreter
from strategies.running import from_elsewhere

Answers = list[list[Decision]]
Way = Callable[[Path, ir.Plan, list[bytes]], Answers]


def reference(folder: Path, plan: ir.Plan, lines: list[bytes]) -> Answers:
    """The executable specification."""
    interpreter = Interpreter(plan)
    return [*(interpreter.feed(line) for line in lines), interpreter.finish()]


def engine(folder: Path, plan: ir.Plan, lines: list[bytes]) -> Answers:
    """The compiled engine."""
    running = Engine(plan)
    return [*(running.feed(line) for line in lines), running.finish()]


def without_index(folder: Path, plan: ir.Plan, lines: list[bytes]) -> Answers:
    """The compiled engine, every rule asked about every event."""
    running = Engine(plan, indexed=False)
    return [*(running.feed(line) for line in lines), running.finish()]


def restarted(folder: Path, plan: ir.Plan, lines: list[bytes]) -> Answers:
    """The engine, brought back from a snapshot before every event."""
    running, answers = Engine(plan), []
    for line in lines:
        running = Engine.restore(plan, running.snapshot())
        answers.append(running.feed(line))
    return [*answers, Engine.restore(plan, running.snapshot()).finish()]


def plan_file(folder: Path, plan: ir.Plan, lines: list[bytes]) -> Answers:
    """The engine on a plan file, its index chosen by the very events."""
    running = Engine(read(write(compile_plan(plan, lines), b"key"), b"key"))
    return [*(running.feed(line) for line in lines), running.finish()]


def plan_from_elsewhere(folder: Path, plan: ir.Plan, lines: list[bytes]) -> Answers:
    """The engine on the plan as somebody else would have written it to a file."""
    return engine(folder, from_elsewhere(plan), lines)


def reference_from_elsewhere(folder: Path, plan: ir.Plan, lines: list[bytes]) -> Answers:
    """The specification, likewise."""
    return reference(folder, from_elsewhere(plan), lines)


def command_line(folder: Path, plan: ir.Plan, lines: list[bytes]) -> Answers:
    """`groundrules run --all`; the line numbers that it adds to rejections are taken off."""
    events = folder / "events.jsonl"
    events.write_bytes(b"".join(line + b"\n" for line in lines))
    result = CliRunner().invoke(cli, ["run", str(folder), str(events), "--all", "--quiet"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    decisions = [msgspec.json.decode(line, type=Decision) for line in result.stdout_bytes.splitlines()]
    return [[without_line(decision) for decision in decisions]]


def without_line(decision: Decision) -> Decision:
    if decision.rejected is None:
        return decision
    return msgspec.structs.replace(decision, rejected=msgspec.structs.replace(decision.rejected, line=None))


WAYS: dict[str, Way] = {
    "reference": reference,
    "engine": engine,
    "engine, restarted": restarted,
    "plan file": plan_file,
    "plan from elsewhere": plan_from_elsewhere,
    "reference, plan from elsewhere": reference_from_elsewhere,
    "without index": without_index,
    "command line": command_line,
}
