"""Posts and what they own as tables: templates, readers and exports."""

from collections.abc import Iterable, Sequence
from typing import Literal

from django.utils.translation import gettext_lazy as _

from habaring.posts.actions import Key, NewPost
from habaring.posts.models import Post
from habaring.posts.queries import Chart, Owned
from habaring.posts.states import WORDS, State
from habaring.posts.things import kinds
from habaring.regions.models import Department
from habaring.shared.refusal import Problem
from habaring.shared.tables import (
    Column,
    Row,
    Rows,
    TableKind,
    Value,
    register,
)

Form = Literal["csv", "xlsx"]
POST_CODE = r"^[a-z0-9._-]+$"

POSTS = register(
    TableKind(
        code="posts",
        title=_("Posts"),
        sheet=_("Posts"),
        columns=(
            Column(
                "code",
                _("Code of the post"),
                "code",
                required=True,
                pattern=POST_CODE,
                max_length=40,
                help=_("Small letters and digits, such as kabid-egov. It stays."),
            ),
            Column("name_id", _("Name (Indonesian)"), required=True, max_length=300),
            Column("name_en", _("Name (English)"), max_length=300),
            Column(
                "department",
                _("Code of the department"),
                max_length=40,
                help=_("What the department owns falls to the top post in it."),
            ),
            Column(
                "superior",
                _("Code of the superior post"),
                max_length=40,
                help=_("Empty: the secretariat."),
            ),
            Column("example", _("Example"), "yes_no"),
            Column("holder", _("Held by"), shown_only=True),
        ),
        key=("code",),
        help=_("One row a post, the superior before those below it or after."),
    )
)
OWNED = register(
    TableKind(
        code="owned-things",
        title=_("What is owned"),
        sheet=_("Owned"),
        columns=(
            Column("kind", _("Kind"), "code", required=True),
            Column("ref", _("Name of the thing"), required=True, max_length=100),
            Column("post", _("Code of the post"), required=True, max_length=40),
            Column("title", _("Title"), shown_only=True),
            Column("post_name", _("Name of the post"), shown_only=True),
            Column("department", _("Department"), shown_only=True),
            Column("due_on", _("Due on"), "date", shown_only=True),
            Column("updated_on", _("Brought up to date on"), "date", shown_only=True),
            Column("state", _("State"), shown_only=True),
            Column("example", _("Example"), "yes_no", shown_only=True),
        ),
        key=("kind", "ref"),
        help=_("Change the code of the post and send the file back to move things."),
    )
)


def post_rows(chart: Chart) -> list[dict[str, Value]]:
    """The open posts as rows of POSTS; who holds each is named for the reader."""
    rows: list[dict[str, Value]] = []
    for post in chart.posts.values():
        above, holder = chart.posts.get(post.superior_id or 0), chart.holder(post)
        rows.append(
            {
                "code": post.code,
                "name_id": post.name_id,
                "name_en": post.name_en,
                "department": post.department.code if post.department else None,
                "superior": above.code if above else None,
                "example": post.illustrative or None,
                "holder": holder.full_name if holder else None,
            }
        )
    return rows


def owned_rows(rows: Iterable[Owned]) -> list[dict[str, Value]]:
    """Owned things as rows of OWNED."""
    return [
        {
            "kind": row.thing.kind,
            "ref": row.thing.ref,
            "post": row.post.code,
            "title": row.thing.title,
            "post_name": row.post.name,
            "department": row.post.department.name if row.post.department else None,
            "due_on": row.thing.due_on,
            "updated_on": row.thing.updated_on,
            "state": str(WORDS[State(row.state)]),
            "example": row.thing.illustrative or None,
        }
        for row in rows
    ]


def posts_in(
    rows: Rows, *, chart: Chart, departments: Sequence[Department]
) -> list[tuple[NewPost, str]]:
    """The posts of a file, each with its superior's code; FileRefused with problems."""
    by_code = {row.code.lower(): row for row in departments}
    codes = {post.code for post in chart.posts.values()}
    codes |= {str(row["code"]).lower() for row in rows}
    problems: list[Problem] = []
    found: list[tuple[NewPost, str]] = []
    for row in rows:
        department = str(row.get("department") or "").lower()
        superior = str(row.get("superior") or "").lower()
        if department and department not in by_code:
            words = _("There is no department with this code.")
            problems.append(rows.problem(row, "department", words))
        if superior and superior not in codes:
            words = _("There is no post with this code, here or in the file.")
            problems.append(rows.problem(row, "superior", words))
        found.append((_post_from(row, by_code.get(department)), superior))
    if problems:
        raise rows.refused(problems)
    return found


def _post_from(row: Row, department: Department | None) -> NewPost:
    return NewPost(
        code=str(row["code"]).lower(),
        name_id=str(row["name_id"]),
        name_en=str(row.get("name_en") or ""),
        department=department,
        illustrative=bool(row.get("example")),
    )


def moves_in(
    rows: Rows, *, chart: Chart, there: Iterable[Key]
) -> dict[Post, list[Key]]:
    """What a file puts in whose charge; FileRefused with every problem."""
    by_code = {post.code: post for post in chart.posts.values()}
    known, codes = set(there), kinds()
    problems: list[Problem] = []
    found: dict[Post, list[Key]] = {}
    for row in rows:
        key = (str(row["kind"]), str(row["ref"]))
        post = by_code.get(str(row["post"]).lower())
        if key[0] not in codes:
            problems.append(rows.problem(row, "kind", _("There is no such kind.")))
        elif key not in known:
            words = _("There is nothing of this name in the region.")
            problems.append(rows.problem(row, "ref", words))
        if post is None:
            words = _("There is no open post with this code.")
            problems.append(rows.problem(row, "post", words))
        else:
            found.setdefault(post, []).append(key)
    if problems:
        raise rows.refused(problems)
    return found
