"""A vote: its rules, its options, who voted, what was voted, the count.

Who voted (`Voter`) and what was voted (`Ballot`) are two tables without a common key,
time, order or person: nothing here joins them (docs/decisions: the secret ballot).
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from habaring.council.models import Decision
from habaring.council.words import DIMENSIONS
from habaring.participation.models.calls import Call, TakesPart
from habaring.participation.models.proposals import Proposal
from habaring.people.entitled.models import Register
from habaring.regions.models import Region
from habaring.shared.models import Upload


class BallotKind(models.TextChoices):
    """What a voter is asked."""

    APPROVAL = "approval", _("choose up to a number of projects")
    KNAPSACK = "knapsack", _("choose projects within the budget")
    RANKING = "ranking", _("rank projects, best first")
    POINTS = "points", _("share out points")


class VoteState(models.TextChoices):
    """Its life. Only an open vote takes ballots, only between its two moments."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published, not open yet")
    OPEN = "open", pgettext_lazy("vote", "open")
    CLOSED = "closed", _("closed, being counted")
    COUNTED = "counted", _("counted")
    CANCELLED = "cancelled", _("cancelled")


class Vote(models.Model):
    """A vote on the proposals of a call. From its first ballot on, the columns that say
    how it is counted cannot change: PostgreSQL refuses it. Rupiah are whole.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="votes")
    name = models.CharField(max_length=150)
    ballot = models.CharField(
        max_length=10, choices=BallotKind.choices, default=BallotKind.APPROVAL
    )
    most = models.PositiveSmallIntegerField(null=True, blank=True)  # choices, or ranks
    points = models.PositiveSmallIntegerField(null=True, blank=True)  # to share out
    budget = models.BigIntegerField()
    rule = models.CharField(max_length=14, default="equal-shares")  # counting.RuleName
    measure = models.CharField(max_length=12, default="cost")  # counting.Measure
    completion = models.CharField(max_length=24, default="add1-greedy")
    ties = models.JSONField(default=list)  # counting.Rule.ties, then Option.tie_rank
    beside = models.CharField(max_length=14, default="greedy")  # the rule shown beside
    minimum_votes = models.PositiveIntegerField(default=0)
    conflicts = models.JSONField(default=list)  # [["1", "4"], …] codes of options
    category_budgets = models.JSONField(default=dict)  # dimension → rupiah at most
    per_district = models.BooleanField(default=False)  # each district counts its own
    district_budgets = models.JSONField(default=dict)  # code of a district → rupiah
    votes_by = models.CharField(
        max_length=10, choices=TakesPart.choices, default=TakesPart.REGISTER
    )
    register = models.ForeignKey(  # the electorate, where votes_by asks for it
        Register, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    paper = models.BooleanField(default=False)  # sheets are taken in too
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=VoteState.choices, default=VoteState.DRAFT
    )
    tie_seed = models.CharField(max_length=64, blank=True)  # public: orders the options
    rules_sha256 = models.CharField(max_length=64, blank=True)  # of what was published
    locked_at = models.DateTimeField(null=True, blank=True)  # about the first ballot
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.TextField(blank=True)  # public
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["region", "-opens_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at")),
                name="vote_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(budget__gt=0), name="vote_budget_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancelled_reason=""),
                name="vote_cancelled_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(paper=True) | Q(votes_by="register"),
                name="vote_on_paper_needs_a_register",
            ),
            models.CheckConstraint(
                condition=~Q(votes_by="register")
                | Q(state="draft")
                | Q(register__isnull=False),
                name="vote_by_register_names_it",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Option(models.Model):
    """A project on the ballot, as it was when the ballot was made. `code` is its id in
    the published file; `tie_rank` its place in the order that breaks ties.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="options")
    code = models.CharField(max_length=10)
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="options"
    )
    title = models.CharField(max_length=150)
    cost = models.BigIntegerField()
    district = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    dimension_code = models.CharField(max_length=20, blank=True)
    tie_rank = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["vote", "id"]
        constraints = [
            models.UniqueConstraint(fields=["vote", "code"], name="option_code_once"),
            models.UniqueConstraint(
                fields=["vote", "proposal"], name="option_proposal_once"
            ),
            models.CheckConstraint(
                condition=Q(cost__gte=0), name="option_cost_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def dimension(self) -> str:
        """The name of its dimension, or nothing."""
        return DIMENSIONS.get(self.dimension_code, "")


class Channel(models.TextChoices):
    """How somebody voted."""

    SCREEN = "screen", _("on screen")
    PAPER = "paper", _("on paper")


class Voter(models.Model):
    """That somebody voted: once, on screen or on paper. `entry` is the id of an entry of
    the vote's register, `account` where the vote is by account. Neither when nor what.
    """

    pk = models.CompositePrimaryKey("region_id", "id")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    id = models.UUIDField(default=uuid4, editable=False)
    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="voters")
    entry = models.PositiveBigIntegerField(null=True, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    channel = models.CharField(max_length=6, choices=Channel.choices)
    district = models.CharField(max_length=13, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "vote", "entry"], name="voter_entry_once"
            ),
            models.UniqueConstraint(
                fields=["region", "vote", "account"], name="voter_account_once"
            ),
            models.CheckConstraint(
                condition=Q(entry__isnull=False, account__isnull=True)
                | Q(entry__isnull=True, account__isnull=False),
                name="voter_is_one_of_both",
            ),
        ]

    def __str__(self) -> str:
        return str(self.vote_id)


class Ballot(models.Model):
    """What was voted, by nobody known. `number` is public and names it in the published
    file; who changes it shows the second half of the receipt, kept as a keyed hash.
    `sealed` is the choice, readable by the count alone (`shared.sealing`).
    """

    pk = models.CompositePrimaryKey("region_id", "id")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    id = models.UUIDField(default=uuid4, editable=False)
    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="ballots")
    number = models.CharField(max_length=12)
    secret_hash = models.CharField(max_length=64, blank=True)  # empty: on paper
    sealed = models.BinaryField()
    channel = models.CharField(max_length=6, choices=Channel.choices)
    district = models.CharField(max_length=13, blank=True)
    batch = models.ForeignKey(
        "PaperBatch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    stirred = models.BigIntegerField(default=0)  # rewritten so that no order is left

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "vote", "number"], name="ballot_number_once"
            )
        ]

    def __str__(self) -> str:
        return self.number


class PaperBatch(models.Model):
    """Paper of a vote: sheets that were printed, or a spreadsheet of who voted on paper
    or of what the sheets say. `rows`: how many.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(
        max_length=8,
        choices=[
            ("sheets", _("printed sheets")),
            ("voters", _("voters")),
            ("ballots", _("ballots")),
        ],
    )
    upload = models.ForeignKey(
        Upload, null=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.CharField(max_length=150, blank=True)  # the polling place
    rows = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-recorded_at", "-id"]

    def __str__(self) -> str:
        return f"{self.vote_id} {self.kind} {self.rows}"


class Count(models.Model):
    """The published result of a vote, or of one district of it. Only appended.

    `ballots` is the Pabulib file as published, `record` the audit of the chosen rule as
    `habaring count --json` prints it, `beside` that of the other rule on the same
    ballots, `told` what explanation pages need beside it (spread, ladders).
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="counts")
    district = models.ForeignKey(  # null: the whole place
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ballots = models.BinaryField()
    ballots_sha256 = models.CharField(max_length=64)
    record = models.JSONField()
    record_sha256 = models.CharField(max_length=64)  # of the JSON file as published
    beside = models.JSONField(null=True)
    told = models.JSONField(default=dict)
    engine_version = models.CharField(max_length=20)
    voters = models.PositiveIntegerField()
    on_paper = models.PositiveIntegerField(default=0)
    illustrative = models.BooleanField(default=False)
    counted_at = models.DateTimeField()

    class Meta:
        ordering = ["vote", "district"]
        constraints = [
            models.UniqueConstraint(
                fields=["vote", "district"],
                nulls_distinct=False,
                name="count_once_a_district",
            )
        ]

    def __str__(self) -> str:
        return f"{self.vote_id} {self.district_id or ''}"


class Override(models.Model):
    """The council funds other projects than the count; both results stay public."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    count = models.OneToOneField(
        Count, on_delete=models.PROTECT, related_name="override"
    )
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    winners = models.JSONField()  # codes of options, in order
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="override_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.count_id}"
