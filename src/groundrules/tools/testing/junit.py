"""Results as JUnit XML, which CI systems read."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from groundrules.display import safe
from groundrules.tools.testing.runner import CaseResult


def junit(results: Iterable[CaseResult]) -> str:
    """Return one test suite per tests file, one test case per case."""
    root = ElementTree.Element("testsuites", name="groundrules")
    suites: dict[str, list[CaseResult]] = {}
    for result in results:
        suites.setdefault(result.case.span.file.path, []).append(result)
    for path, cases in suites.items():
        failed = sum(not case.passed for case in cases)
        attributes = {"name": safe.plain(path), "tests": str(len(cases)), "failures": str(failed), "errors": "0"}
        suite = ElementTree.SubElement(root, "testsuite", attributes)
        for case in cases:
            _case(suite, path, case)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: ElementTree.Element, path: str, result: CaseResult) -> None:
    name = safe.plain(result.case.name)
    element = ElementTree.SubElement(
        suite,
        "testcase",
        name=name,
        classname=safe.plain(path),
        file=safe.plain(path),
        line=str(result.case.span.line),
        time=f"{result.seconds:.4f}",
    )
    if result.passed:
        return
    text = "\n".join(
        f"{path}:{failure.step.span.line}: {what.heading}\n  expected: {what.expected}\n  actual: {what.actual}"
        for failure in result.failures
        for what in failure.mismatches
    )
    message = result.problem or f"{len(result.failures)} step(s) came out otherwise"
    ElementTree.SubElement(element, "failure", message=safe.plain(message)).text = safe.plain(text)
