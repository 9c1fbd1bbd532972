"""Personal data: why it is held, who looked, what was asked, what was deleted.

Source of the duties: UU 27/2022 (Pelindungan Data Pribadi), articles 5 to 13 (rights),
20 (legal bases), 31 (record of processing), 40 (withdrawal), 46 (breach).
"""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from habaring.shared.ids import uuid7
from habaring.shared.models import BilingualName

CLOCK = timedelta(hours=72)
"""3 × 24 hours: UU 27/2022, articles 30, 40 and 46."""


class LegalBasis(models.TextChoices):
    """The six bases of article 20 (2) of UU 27/2022."""

    CONSENT = "consent", _("consent")
    CONTRACT = "contract", _("agreement")
    LEGAL_DUTY = "legal_duty", _("duty by law")
    VITAL_INTEREST = "vital_interest", _("vital interest")
    PUBLIC_DUTY = "public_duty", _("public service duty")
    LEGITIMATE_INTEREST = "legitimate_interest", _("legitimate interest")


def _told(row: models.Model, field: str) -> str:
    """The words of a field in the reader's language."""
    english = str(getattr(row, f"{field}_en"))
    if get_language() == "en" and english:
        return english
    return str(getattr(row, f"{field}_id"))


class PurposeQuerySet(models.QuerySet["Purpose"]):
    """Questions asked of purposes."""

    def in_force(self) -> "PurposeQuerySet":
        return self.filter(replaced_at__isnull=True)


class Purpose(BilingualName):
    """One purpose of processing in one wording: a row of the record of processing."""

    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    data_id = models.TextField()  # what is held
    data_en = models.TextField()
    basis = models.CharField(max_length=30, choices=LegalBasis.choices)
    legal_reference = models.CharField(max_length=300)
    retention_id = models.TextField()
    retention_en = models.TextField()
    recipients_id = models.TextField()
    recipients_en = models.TextField()
    wording_id = models.TextField(blank=True)  # what one consents to
    wording_en = models.TextField(blank=True)
    cross_border = models.BooleanField(default=False)
    dpia_needed = models.BooleanField(default=False)  # impact assessment, art. 34
    order = models.PositiveSmallIntegerField(default=0)
    published_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[PurposeQuerySet] = PurposeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["order", "code", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="purpose_version_once"
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(replaced_at__isnull=True),
                name="purpose_in_force_once",
            ),
            models.CheckConstraint(
                condition=~Q(basis=LegalBasis.CONSENT) | ~Q(wording_id=""),
                name="purpose_of_consent_says_to_what",
            ),
        ]

    @property
    def data(self) -> str:
        return _told(self, "data")

    @property
    def retention(self) -> str:
        return _told(self, "retention")

    @property
    def recipients(self) -> str:
        return _told(self, "recipients")

    @property
    def wording(self) -> str:
        return _told(self, "wording")


class AgeingAction(models.TextChoices):
    """What happens to a row whose time is over."""

    DELETE = "delete", _("is deleted")
    PSEUDONYMISE = "pseudonymise", _("loses its name")


class RetentionRule(BilingualName):
    """How long one category is kept, counted from what, and what happens then."""

    code = models.CharField(max_length=40, primary_key=True)  # shared.retention.Ageing
    keep_hours = models.PositiveIntegerField()
    counted_from_id = models.CharField(max_length=200)
    counted_from_en = models.CharField(max_length=200)
    action = models.CharField(max_length=20, choices=AgeingAction.choices)
    legal_reference = models.CharField(max_length=300)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]

    @property
    def counted_from(self) -> str:
        return _told(self, "counted_from")

    @property
    def keep(self) -> timedelta:
        return timedelta(hours=self.keep_hours)


class Consent(models.Model):
    """A person's yes to one wording of a purpose, and when it was taken back."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=13, default="00")
    id = models.UUIDField(default=uuid7, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    wording_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=5)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["region_code", "account", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_in_force_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True)
                | Q(withdrawn_at__gte=F("given_at")),
                name="consent_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.purpose_id}"


class Identity(models.Model):
    """Who a person is by their identity card. The NIK lies here only sealed.

    `looks.look` opens it, and writes down who looked and why.
    """

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=13)
    id = models.UUIDField(default=uuid7, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    nik_sealed = models.BinaryField()
    nik_hash = models.CharField(max_length=64)
    nik_masked = models.CharField(max_length=16)  # 6202**********01
    key = models.CharField(max_length=64)  # the id of the key of both
    name_on_card = models.CharField(max_length=150)
    birth_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["region_code", "-recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["region_code", "nik_hash"], name="identity_nik_once_a_region"
            ),
            models.UniqueConstraint(
                fields=["region_code", "account"], name="identity_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.nik_masked

    @property
    def code(self) -> str:
        return str(self.id)

    @property
    def about(self) -> str:
        """What the seal is bound to."""
        return f"privacy.identity:{self.region_code}:{self.id}"


class LookReason(models.TextChoices):
    """Why somebody looked, in words that the person will read."""

    REQUEST = "request", _("to answer a request of that person")
    SERVICE = "service", _("to give a service that the person asked for")
    VERIFY = "verify", _("to check that the person is who they say")
    CONTACT = "contact", _("to reach the person about their own matter")
    AUDIT = "audit", _("for an examination ordered by the region")
    BREACH = "breach", _("to protect the person after a data breach")


class Look(models.Model):
    """Somebody saw personal data unmasked. Rows are only appended."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=13)
    id = models.UUIDField(default=uuid7, editable=False)
    subject = models.ForeignKey(  # null: somebody in a register, without an account
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ref = models.CharField(max_length=60, blank=True)  # the row of another domain
    kind = models.CharField(max_length=20)  # account, identity, …
    fields = models.JSONField(default=list)  # words of looks.FIELDS
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    reason_code = models.CharField(max_length=20, choices=LookReason.choices)
    reason = models.TextField()

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["subject", "-at"], name="look_subject_at"),
            models.Index(fields=["region_code", "-at"], name="look_region_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"


class RequestKind(models.TextChoices):
    """What a person may ask for: UU 27/2022, articles 5 to 13."""

    SEE = "see", _("see my data")
    CORRECT = "correct", _("correct my data")
    EXPORT = "export", _("get a copy of my data")
    ERASE = "erase", _("erase my data")
    OBJECT = "object", _("object to a use of my data")
    WITHDRAW = "withdraw", _("withdraw a consent")


class RequestState(models.TextChoices):
    """Where a request stands."""

    OPEN = "open", _("waits for an answer")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    CANCELLED = "cancelled", _("taken back")


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    """Questions asked of requests."""

    def waiting(self) -> "DataRequestQuerySet":
        return self.filter(state=RequestState.OPEN)

    def late(self, at: datetime) -> "DataRequestQuerySet":
        """Unanswered, and the 72 hours are over."""
        return self.waiting().filter(due_at__lt=at)


class DataRequest(models.Model):
    """What a person asked about their data; answered within 3 × 24 hours."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=13)
    id = models.UUIDField(default=uuid7, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=RequestKind.choices)
    wish = models.TextField(blank=True)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    entered_by = models.ForeignKey(  # set: the person came to the counter
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    proof = models.CharField(max_length=200, blank=True)  # how the counter knew them
    state = models.CharField(
        max_length=20, choices=RequestState.choices, default=RequestState.OPEN
    )
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(  # none: the platform did it by itself
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[DataRequestQuerySet] = DataRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(
                fields=["region_code", "state", "due_at"], name="request_region_due"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at=F("received_at") + CLOCK),
                name="request_due_after_72_hours",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | ~Q(state="open") & Q(answered_at__isnull=False) & ~Q(answer=""),
                name="request_answered_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def code(self) -> str:
        return str(self.id)


class ExportFile(models.Model):
    """A copy of one person's data, to be fetched by that person for 24 hours."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region_code = models.CharField(max_length=13, default="00")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return str(self.id)


class DeletionEntry(models.Model):
    """What was deleted by which rule: numbers and a hash, no personal data."""

    pk = models.CompositePrimaryKey("region_code", "id")
    region_code = models.CharField(max_length=13, default="00")
    id = models.UUIDField(default=uuid7, editable=False)
    category = models.CharField(max_length=40)
    action = models.CharField(max_length=20, choices=AgeingAction.choices)
    rows = models.PositiveIntegerField()
    before = models.DateTimeField(null=True, blank=True)  # none: a person asked for it
    at = models.DateTimeField()
    ids_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.category} {self.rows}"


class DormancyNotice(models.Model):
    """The letter that an unused account will be closed."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id}"


class Breach(models.Model):
    """A failure to protect personal data: UU 27/2022, article 46."""

    region_code = models.CharField(max_length=13)
    code = models.CharField(max_length=20)  # INS-2026-001
    title = models.CharField(max_length=200)
    discovered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    what = models.TextField()
    data_kinds = models.TextField()
    people_count = models.PositiveIntegerField(
        null=True, blank=True
    )  # none: unknown yet
    cause = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    notified_authority_at = models.DateTimeField(null=True, blank=True)
    notified_people_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    illustrative = models.BooleanField(default=False)

    class Meta:
        ordering = ["-discovered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["region_code", "code"], name="breach_code_once_a_region"
            ),
            models.CheckConstraint(
                condition=Q(due_at=F("discovered_at") + CLOCK),
                name="breach_due_after_72_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class BreachStep(models.TextChoices):
    """One step in dealing with a breach."""

    NOTE = "note", _("what was found out")
    MEASURE = "measure", _("what was done")
    AUTHORITY = "authority", _("the authority was told")
    PEOPLE = "people", _("the people were told")
    CLOSED = "closed", _("closed")


class BreachEntry(models.Model):
    """One line of a breach's history. Rows are only appended."""

    region_code = models.CharField(max_length=13)
    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="entries")
    step = models.CharField(max_length=20, choices=BreachStep.choices)
    text = models.TextField()
    happened_at = models.DateTimeField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["happened_at", "id"]

    def __str__(self) -> str:
        return f"{self.step} {self.happened_at:%Y-%m-%d %H:%M}"
