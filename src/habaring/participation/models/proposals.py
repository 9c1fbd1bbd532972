"""Proposals, their authors and followers, lineage, technical check, public steps."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.council.models import Meeting
from habaring.participation.models.calls import Call
from habaring.regions.models import Department, Region


class Origin(models.TextChoices):
    """Who a proposal comes from: the first step of its thread."""

    CITIZEN = "citizen", _("a citizen")
    DEPARTMENT = "department", _("a department")
    COUNCIL = "council", _("the DPRD or the smart-city council")
    BUSINESS = "business", _("a business")
    COMMUNITY = "community", _("a community")
    MEETING = "meeting", pgettext_lazy("origin", "a meeting")


class ProposalState(models.TextChoices):
    """What the public sees of it."""

    DRAFT = "draft", _("draft")  # its author alone
    HELD = "held", _("waits for a moderator")
    PUBLIC = "public", _("public")
    MERGED = "merged", _("merged into another")
    SPLIT = "split", _("split into several")
    WITHDRAWN = "withdrawn", _("withdrawn by its author")
    HIDDEN = "hidden", _("hidden by a moderator")


OPEN_TO_ALL = (
    ProposalState.PUBLIC,
    ProposalState.MERGED,
    ProposalState.SPLIT,
    ProposalState.WITHDRAWN,
)
"""States whose page everyone can read; a hidden one's page says that, and why."""


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Questions asked of proposals."""

    def public(self) -> "ProposalQuerySet":
        return self.filter(state=ProposalState.PUBLIC)

    def open_to_all(self) -> "ProposalQuerySet":
        return self.filter(state__in=OPEN_TO_ALL)


class Proposal(models.Model):
    """An idea in a call. `number` counts within the region and never changes, nor does
    its address. Its text is plain; nobody's markup is kept.
    """

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="proposals"
    )
    number = models.PositiveIntegerField()
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="proposals")
    title = models.CharField(max_length=150)
    problem = models.TextField(blank=True)
    idea = models.TextField(blank=True)
    beneficiaries = models.CharField(max_length=300, blank=True)
    dimension_code = models.CharField(max_length=20, blank=True)
    place = models.ForeignKey(  # a village, a district, or the region
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    place_text = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True, blank=True)  # WGS 84 degrees
    longitude = models.FloatField(null=True, blank=True)
    rough_cost = models.BigIntegerField(null=True, blank=True)  # whole rupiah
    origin = models.CharField(
        max_length=12, choices=Origin.choices, default=Origin.CITIZEN
    )
    origin_text = models.CharField(
        max_length=200, blank=True
    )  # which meeting, business
    meeting = models.ForeignKey(  # where it was said, if that meeting is in council
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    author = models.ForeignKey(  # null: entered for somebody without an account
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    author_name = models.CharField(
        max_length=100, blank=True
    )  # as shown; empty: "warga"
    entered_by = models.ForeignKey(  # an officer, for a person without a telephone
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    on_paper = models.BooleanField(default=False)  # came on a sheet
    department = models.ForeignKey(  # whose matter it is
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=ProposalState.choices, default=ProposalState.DRAFT
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    illustrative = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["region", "-sent_at", "-id"]
        indexes = [
            models.Index(
                fields=["region", "call", "state"], name="proposal_call_state"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"], name="proposal_number_once_a_region"
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | ~Q(state="merged") & Q(merged_into__isnull=True),
                name="proposal_merged_into_something",
            ),
            models.CheckConstraint(
                condition=Q(rough_cost__isnull=True) | Q(rough_cost__gte=0),
                name="proposal_cost_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(sent_at__isnull=False),
                name="proposal_sent_when_not_a_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        """As people read it: U-0012."""
        return f"U-{self.number:04d}"


class ProposalWords(models.Model):
    """The words of a public proposal, for searching. A trigger keeps it; its rows hold
    nothing that is not public, so no wall stands here: behind one, PostgreSQL could not
    use the indexes (`@@` is not leakproof).
    """

    proposal = models.OneToOneField(
        Proposal, primary_key=True, on_delete=models.CASCADE, related_name="words"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=150)
    words = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex("words", name="proposal_public_words"),
            GinIndex(
                OpClass("title", name="gin_trgm_ops"), name="proposal_public_title"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Author(models.Model):
    """A co-author; accepts before being shown. The first author is the proposal's."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, related_name="coauthors"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=100, blank=True)  # as shown
    since = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    from_proposal = models.ForeignKey(  # came along when that one was merged or split
        Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "account"], name="author_once_a_proposal"
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.account_id}"


class ProposalFollow(models.Model):
    """Somebody who wants to hear what becomes of it; `supports` counts in public.

    `hears` is off for supporters who want no letters, and for authors who stopped them.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, related_name="followers"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    supports = models.BooleanField(default=False)
    hears = models.BooleanField(default=True)
    since = models.DateTimeField()
    from_proposal = models.ForeignKey(
        Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "account"], name="proposal_followed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.account_id}"


class Photo(models.Model):
    """A picture of a proposal, kept without its place data (`shared.uploads`)."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, related_name="photos"
    )
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    caption = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Lineage(models.Model):
    """One proposal went into, or came out of, another. Rows are only appended: a wrong
    merge is taken back by a row of kind "undo" between the same two (`ancestry`).
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    older = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="became")
    newer = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="came_from"
    )
    kind = models.CharField(
        max_length=8,
        choices=[
            ("merge", _("merged")),
            ("split", _("split")),
            ("undo", _("merge taken back")),
        ],
    )
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["older", "newer", "at"], name="lineage_once_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(older=models.F("newer")), name="lineage_of_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.older_id} → {self.newer_id}"


class Check(models.Model):
    """A department's technical check. The newest decided one counts; a refusal, like a
    yes, is read by everyone with its reason.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="checks"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField(null=True, blank=True)
    verdict = models.CharField(
        max_length=12,
        blank=True,  # not yet
        choices=[("feasible", _("feasible")), ("not_feasible", _("not feasible"))],
    )
    cost = models.BigIntegerField(null=True, blank=True)  # whole rupiah
    legal_ground = models.CharField(max_length=300, blank=True)
    subactivity_code = models.CharField(max_length=20, blank=True)  # domain.md 3.2
    reason = models.TextField(blank=True)  # public
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["proposal", "-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", decided_at__isnull=True)
                | ~Q(verdict="") & Q(decided_at__isnull=False) & ~Q(reason=""),
                name="check_decided_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="feasible") | Q(cost__isnull=False, cost__gte=0),
                name="check_feasible_with_a_cost",
            ),
            models.UniqueConstraint(
                fields=["proposal", "department"],
                condition=Q(verdict=""),
                name="check_open_once_a_department",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.verdict}"


class StepKind(models.TextChoices):
    """What happened to a proposal, in the order in which it usually does."""

    SENT = "sent", _("Sent in")
    PUBLISHED = "published", _("Published")
    CHANGED = "changed", _("Changed by its authors")
    MERGED = "merged", _("Merged")
    UNMERGED = "unmerged", _("Merge taken back")
    SPLIT = "split", _("Split")
    PASSED_ON = "passed_on", _("Passed on to the next call")
    CHECK_ASKED = "check_asked", _("Sent to a department for its technical check")
    CHECKED = "checked", _("Checked by a department")
    ON_BALLOT = "on_ballot", _("On the ballot")
    COUNTED = "counted", _("Votes counted")
    OVERRIDDEN = "overridden", _("Result changed by the council")
    CANDIDATE = "candidate", _("Candidate programme")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    HIDDEN = "hidden", _("Hidden by a moderator")
    SHOWN = "shown", _("Shown again")


class Step(models.Model):
    """A public step of a proposal: what its followers are told, once. Only appended."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="steps"
    )
    kind = models.CharField(max_length=12, choices=StepKind.choices)
    text = models.TextField(blank=True)  # public; a person's words, so one language
    details = models.JSONField(
        default=dict
    )  # what a page says in the reader's language
    path = models.CharField(max_length=300, blank=True)  # where more is read
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["proposal", "at"], name="step_proposal_at")]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.kind}"


class Told(models.Model):
    """Whom a step was told: nobody hears of it twice, whichever way they came to it."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="told")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["step", "account"], name="step_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.account_id}"
