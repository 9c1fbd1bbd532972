"""The master plan of the demo: RPJMD, sections, and an issued edition."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from habaring.assessment.models import IndexEdition
from habaring.masterplan import actions, sets
from habaring.regions.models import Region


def write(region: Region, facts: Mapping[str, Any], *, at: datetime) -> None:
    """Record the RPJMDs and the written sections, real and illustrative, of the set."""
    actions.load_set(toml=sets.shipped(), region=None, by=None, at=at)
    for plan in facts["development_plans"]:
        missions = tuple(
            (int(n), text, english) for n, text, english in plan["missions"]
        )
        new = actions.NewDevelopmentPlan(**{**plan, "missions": missions})
        actions.record_development_plan(region=region, new=new, by=None, at=at)
    for key, section in facts["sections"].items():
        actions.write_section(
            region=region,
            key=key,
            text=section["text"],
            illustrative=section["illustrative"],
            by=None,
            at=at,
        )


def issue(
    region: Region,
    title: str,
    *,
    index: IndexEdition | None,
    at: datetime,
    say: Callable[[str], None],
) -> None:
    """Issue the edition and set its books."""
    template = actions.load_set(toml=sets.shipped(), region=None, by=None, at=at)
    edition = actions.issue_edition(
        issue=actions.Issue(
            region=region, template=template, title=title, index_edition=index
        ),
        by=None,
        at=at,
    )
    say("books as PDF, DOCX and HTML")
    actions.set_files(edition=edition, at=at)
