"""`groundrules calendar COUNTRY YEARS…`: a rulebook of working days and holidays to use."""

from __future__ import annotations

from datetime import date

import click

from groundrules.cli.help import Command
from groundrules.cli.language import say
from groundrules.cli.options import LANGUAGE
from groundrules.cli.printing import print_page, wanted, write_page
from groundrules.cli.usage import no_such

_YEARS = click.IntRange(1970, 2100)


@click.command("calendar", cls=Command)
@click.argument("country", required=False)
@click.argument("years", nargs=-1, type=_YEARS)
@click.option("--list", "listing", is_flag=True, help="List the codes of countries and their parts.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True), help="Write it to this file.")
@LANGUAGE
def command(country: str | None, years: tuple[int, ...], listing: bool, output: str | None, lang: str) -> None:
    """Write a rulebook of the working days of COUNTRY in YEARS (by default this year and the next).

    COUNTRY is an ISO 3166 code, such as CN, or that of a region, DE-BY. Worked weekends, as in China, are included.
    Use the rulebook as `use: [./calendar-cn]`: a condition reads `calendar_cn.workday` and `calendar_cn.day_off`. Write
    it again when another year's holidays are announced.
    """
    with wanted("calendar"):
        from groundrules.tools import calendars
    if country is None and not listing:
        raise click.UsageError(say("country_or_list"))
    if country is None or listing:
        print_page("\n".join(calendars.places()) + "\n")
        return
    chosen = tuple(sorted(set(years))) or (date.today().year, date.today().year + 1)
    try:
        days = calendars.work_calendar(country, chosen, lang)
    except calendars.UnknownCountryError:
        raise click.UsageError(no_such("country", country.upper(), calendars.places())) from None
    page = calendars.rulebook(
        days, f"groundrules calendar {days.place} {' '.join(map(str, chosen))} --lang {lang}", lang
    )
    write_page(page, output)
