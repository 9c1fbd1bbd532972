"""Banks and QRIS services: who they are, their keys, what they called, what they owe."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from habaring.regions.models import Region


class PartnerKind(models.TextChoices):
    """How its payments come in."""

    VA = "va", _("virtual account")
    QRIS = "qris", _("QRIS")


class Partner(models.Model):
    """A bank or payment service of one region. `partner_id` is X-PARTNER-ID, `prefix`
    the partnerServiceId of its virtual accounts (8 digits). A QRIS service gives the
    merchant that stands in its codes: `merchant_pan` and `merchant_id` (NMID).
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=12)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=4, choices=PartnerKind.choices)
    partner_id = models.CharField(max_length=36)
    prefix = models.CharField(max_length=8, blank=True)
    merchant_pan = models.CharField(max_length=19, blank=True)
    merchant_id = models.CharField(max_length=15, blank=True)
    active = models.BooleanField(default=True)
    illustrative = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["region", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code"], name="partner_code_once"
            ),
            models.UniqueConstraint(fields=["partner_id"], name="partner_id_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def channel(self) -> str:
        """As in `Payment.channel`."""
        return f"{self.kind}:{self.code}"


class KeyUse(models.TextChoices):
    """What a key is for."""

    PUBLIC = "public", _("public key that verifies its signatures")
    SECRET = "secret", _("shared secret (HMAC)")
    OURS = "ours", _("our own private key towards it")


class PartnerKey(models.Model):
    """A key of a partner. Two may be valid at once while one is being changed for the
    next. Secrets and private keys are sealed.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="keys")
    use = models.CharField(max_length=6, choices=KeyUse.choices)
    sealed = models.BinaryField(null=True)  # of a secret or private key
    pem = models.TextField(blank=True)  # of a public key
    fingerprint = models.CharField(max_length=64)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["partner", "use", "-begins_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(pem="") | Q(sealed__isnull=False),
                name="partnerkey_holds_a_key",
            )
        ]

    def __str__(self) -> str:
        return self.fingerprint[:12]


class Token(models.Model):
    """An access token given to a partner (B2B): its hash, until when."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["expires_at"]

    def __str__(self) -> str:
        return self.sha256[:12]


class Call(models.Model):
    """A call of a partner: X-EXTERNAL-ID is taken once a day. It is transport only; what
    makes a payment happen once is the key of `Payment`. One is written with each payment,
    so it locks no row of another table.
    """

    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    partner = models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    day = models.DateField()
    external_id = models.CharField(max_length=36)
    service = models.CharField(max_length=2)
    body_sha256 = models.BinaryField(max_length=32)
    code = models.CharField(max_length=7)  # the response code that was answered
    reference = models.CharField(max_length=64, blank=True)  # of the money
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "day", "external_id"], name="call_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return self.external_id


class RefusedCalls(models.Model):
    """How often on a day calls in the name of a partner were refused, by answer. They
    are counted, not kept: whoever forges calls shall not fill the disk.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    code = models.CharField(max_length=7)
    times = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "day", "code"], name="refusedcalls_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.code}"


class Charge(models.Model):
    """An amount asked for at a moment: a QRIS code shown, a virtual account opened.

    Valid until the end of its day, as the amount may grow with interest. `reference` is
    what the partner sends back.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=25)
    bills = models.JSONField()  # [[bill id, amount], …]: several can be paid at once
    amount = models.BigIntegerField()
    content = models.TextField(blank=True)  # what the QR code holds
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "reference"], name="charge_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="charge_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.reference
