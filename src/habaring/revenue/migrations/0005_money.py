"""Payments, the ledger, and the comparison with what the bank says."""

from django.db import migrations, models
from django.db.models.functions import Now

from habaring.revenue.migrations._columns import key, person, region, to
from habaring.shared.at_once import AtOnce

TABLES = [
    migrations.CreateModel(
        "Payment",
        [
            (
                "pk",
                models.CompositePrimaryKey(
                    "region",
                    "channel",
                    "reference",
                    blank=True,
                    editable=False,
                    primary_key=True,
                    serialize=False,
                ),
            ),
            (
                "serial",
                models.BigIntegerField(
                    db_default=models.Func(
                        models.Value("revenue_payment_serial"),
                        function="nextval",
                        output_field=models.BigIntegerField(),
                    ),
                    editable=False,
                ),
            ),
            ("bill", models.BigIntegerField(null=True)),
            ("amount", models.BigIntegerField()),
            ("paid_at", models.DateTimeField()),
            ("received_at", models.DateTimeField()),
            ("day", models.DateField()),
            ("by", models.BigIntegerField(null=True)),
            region(db_index=False, db_constraint=False),
            ("channel", models.CharField(max_length=20)),
            ("reference", models.CharField(max_length=64)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("posted", "posted"),
                        ("reversed", "reversed"),
                        ("never", "reversed before it arrived"),
                    ],
                    default="posted",
                    max_length=8,
                ),
            ),
            ("body_sha256", models.BinaryField(max_length=32)),
            ("reversed_at", models.DateTimeField(null=True)),
            ("late_ppm", models.IntegerField(null=True)),
            ("late_rounding", models.SmallIntegerField(null=True)),
            ("interest", models.BigIntegerField(null=True)),
            ("surplus", models.BigIntegerField(null=True)),
        ],
        {
            "ordering": ["region", "serial"],
            "indexes": [
                models.Index(fields=["region", "bill"], name="payment_of_bill"),
                models.Index(
                    fields=["region", "day", "channel"], name="payment_of_day"
                ),
                models.Index(fields=["region", "serial"], name="payment_by_serial"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("amount__gt", 0), ("state", "never"), _connector="OR"
                    ),
                    name="payment_amount_positive",
                )
            ],
        },
    ),
    migrations.CreateModel(
        "Posting",
        [
            (
                "pk",
                models.CompositePrimaryKey(
                    "region",
                    "id",
                    blank=True,
                    editable=False,
                    primary_key=True,
                    serialize=False,
                ),
            ),
            (
                "id",
                models.BigIntegerField(
                    db_default=models.Func(
                        models.Value("revenue_posting_number"),
                        function="nextval",
                        output_field=models.BigIntegerField(),
                    ),
                    editable=False,
                ),
            ),
            ("amount", models.BigIntegerField()),
            ("recorded_at", models.DateTimeField()),
            ("day", models.DateField()),
            region(db_index=False, db_constraint=False),
            (
                "debit",
                models.CharField(
                    choices=[
                        ("1.1.1", "cash at the regional treasury (RKUD)"),
                        ("1.1.2", "money on its way from a channel"),
                        ("1.1.3", "money in the hands of village collectors"),
                        ("1.1.4", "taxes receivable"),
                        ("2.1.1", "paid too much, owed to taxpayers"),
                        ("2.1.2", "received for no bill that is known"),
                        ("7.1.1", "tax revenue"),
                        ("7.1.2", "late interest"),
                        ("7.1.3", "opsen shared by the province"),
                        ("7.1.4", "fines"),
                        ("8.1.1", "reductions and corrections"),
                        ("8.1.2", "taxes written off"),
                        ("8.1.3", "interest paid to taxpayers"),
                    ],
                    max_length=5,
                ),
            ),
            (
                "credit",
                models.CharField(
                    choices=[
                        ("1.1.1", "cash at the regional treasury (RKUD)"),
                        ("1.1.2", "money on its way from a channel"),
                        ("1.1.3", "money in the hands of village collectors"),
                        ("1.1.4", "taxes receivable"),
                        ("2.1.1", "paid too much, owed to taxpayers"),
                        ("2.1.2", "received for no bill that is known"),
                        ("7.1.1", "tax revenue"),
                        ("7.1.2", "late interest"),
                        ("7.1.3", "opsen shared by the province"),
                        ("7.1.4", "fines"),
                        ("8.1.1", "reductions and corrections"),
                        ("8.1.2", "taxes written off"),
                        ("8.1.3", "interest paid to taxpayers"),
                    ],
                    max_length=5,
                ),
            ),
            ("tax", models.CharField(blank=True, max_length=12)),
            (
                "source",
                models.CharField(
                    choices=[
                        ("issue", "bills issued"),
                        ("bill", "a bill issued or changed"),
                        ("payment", "a payment"),
                        ("reversal", "a reversed payment"),
                        ("settlement", "a channel's settlement"),
                        ("deposit", "a collector's deposit"),
                        ("case", "a decision on a case"),
                        ("repair", "a repair by two people"),
                        ("opsen", "an opsen credit advice"),
                    ],
                    max_length=10,
                ),
            ),
            ("source_key", models.CharField(max_length=90)),
        ],
        {
            "ordering": ["region", "id"],
            "indexes": [
                models.Index(fields=["region", "day"], name="posting_of_day"),
                models.Index(
                    condition=models.Q(("source", "payment"), _negated=True),
                    fields=["region", "source", "source_key"],
                    name="posting_of",
                ),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("amount__gt", 0)),
                    name="posting_amount_positive",
                ),
                models.CheckConstraint(
                    condition=models.Q(("debit", models.F("credit")), _negated=True),
                    name="posting_between_two_accounts",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "DayClose",
        [
            key(),
            ("day", models.DateField()),
            ("totals", models.JSONField()),
            ("received", models.BigIntegerField()),
            ("payments", models.PositiveIntegerField()),
            ("note", models.TextField(blank=True)),
            ("closed_at", models.DateTimeField()),
            person("closed_by", null=True),
            region(),
            ("checklist", models.JSONField(default=list)),
        ],
        {
            "ordering": ["region", "-day"],
            "constraints": [
                models.UniqueConstraint(fields=("region", "day"), name="dayclose_once")
            ],
        },
    ),
    migrations.CreateModel(
        "ReceiptKey",
        [
            key(),
            ("key", models.CharField(max_length=63, unique=True)),
            ("public", models.CharField(max_length=64)),
            ("recorded_at", models.DateTimeField(db_default=Now())),
        ],
        {"ordering": ["recorded_at", "key"]},
    ),
    migrations.CreateModel(
        "CashUp",
        [
            key(),
            ("day", models.DateField()),
            ("expected", models.BigIntegerField()),
            ("counted", models.BigIntegerField()),
            ("payments", models.PositiveIntegerField()),
            ("reason", models.CharField(blank=True, max_length=300)),
            ("recorded_at", models.DateTimeField()),
            person("cashier"),
            person("recorded_by", null=True),
            region(),
        ],
        {
            "ordering": ["region", "-day", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "cashier", "day"), name="cashup_once_a_day"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("expected", models.F("counted")),
                        models.Q(("reason", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="cashup_difference_is_explained",
                ),
                models.CheckConstraint(
                    condition=models.Q(("counted__gte", 0)),
                    name="cashup_counted_not_negative",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "Statement",
        [
            key(),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("settlement", "settlement of a channel"),
                        ("cash", "statement of the regional treasury's account (RKUD)"),
                        ("opsen", "credit advice of opsen from the province"),
                    ],
                    max_length=10,
                ),
            ),
            ("day", models.DateField()),
            ("name", models.CharField(max_length=200)),
            ("sha256", models.CharField(max_length=64)),
            ("lines_counted", models.PositiveIntegerField()),
            ("total", models.BigIntegerField()),
            ("matched_at", models.DateTimeField(blank=True, null=True)),
            ("illustrative", models.BooleanField(default=False)),
            ("recorded_at", models.DateTimeField()),
            to("partner", "revenue.partner", blank=True, null=True),
            person("recorded_by", null=True),
            region(),
            ("counts", models.JSONField(default=dict)),
            ("settles", models.JSONField(default=list)),
            ("repeated", models.PositiveIntegerField(default=0)),
        ],
        {
            "ordering": ["-day", "-id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "sha256"), name="statement_once"
                )
            ],
        },
    ),
    migrations.CreateModel(
        "StatementLine",
        [
            key(),
            ("line", models.PositiveIntegerField()),
            ("channel", models.CharField(max_length=20)),
            ("reference", models.CharField(max_length=64)),
            ("number", models.CharField(blank=True, max_length=30)),
            ("tax", models.CharField(blank=True, max_length=12)),
            ("amount", models.BigIntegerField()),
            ("paid_at", models.DateTimeField()),
            region(db_index=False),
            to(
                "statement",
                "revenue.statement",
                on_delete=models.CASCADE,
                related_name="lines",
            ),
        ],
        {
            "ordering": ["statement", "line"],
            "indexes": [
                models.Index(
                    fields=["region", "channel", "reference"], name="line_of_payment"
                )
            ],
            "constraints": [
                models.UniqueConstraint(
                    fields=("statement", "line"), name="statementline_once"
                )
            ],
        },
    ),
    migrations.CreateModel(
        "Finding",
        [
            key(),
            ("day", models.DateField()),
            (
                "outcome",
                models.CharField(
                    choices=[
                        ("match", "matches"),
                        ("amount_diff", "another amount"),
                        ("only_bank", "only in the bank's file"),
                        ("only_system", "only here"),
                        ("duplicate", "twice in the bank's file"),
                        ("reversed", "reversed"),
                        ("late_date", "on another day"),
                        ("no_bill", "for no bill that is known"),
                        ("overpaid", "paid too much"),
                        ("mistake", "mistake at the counter"),
                    ],
                    max_length=11,
                ),
            ),
            ("channel", models.CharField(max_length=20)),
            ("reference", models.CharField(max_length=64)),
            ("here", models.BigIntegerField(null=True)),
            ("there", models.BigIntegerField(null=True)),
            ("due_on", models.DateField()),
            (
                "state",
                models.CharField(
                    choices=[
                        ("open", "open"),
                        ("proposed", "repair proposed, waits for a second person"),
                        ("repaired", "repaired"),
                        ("explained", "explained, nothing to repair"),
                    ],
                    default="open",
                    max_length=9,
                ),
            ),
            ("repair", models.JSONField(null=True)),
            ("reason", models.TextField(blank=True)),
            ("proposed_at", models.DateTimeField(null=True)),
            ("decided_at", models.DateTimeField(null=True)),
            ("found_at", models.DateTimeField()),
            person("decided_by", null=True),
            person("owner", null=True),
            person("proposed_by", null=True),
            region(),
            to("line", "revenue.statementline", null=True),
            ("carried", models.TextField(blank=True)),
        ],
        {
            "ordering": ["region", "due_on", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "channel", "reference", "outcome", "day"),
                    name="finding_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("decided_by__isnull", True),
                        ("proposed_by__isnull", True),
                        models.Q(
                            ("decided_by", models.F("proposed_by")), _negated=True
                        ),
                        _connector="OR",
                    ),
                    name="finding_by_two_people",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "FindingNote",
        [
            key(),
            ("text", models.TextField()),
            ("at", models.DateTimeField()),
            person("by", null=True),
            to("finding", "revenue.finding", related_name="notes"),
            region(),
        ],
        {"ordering": ["finding", "at", "id"]},
    ),
    migrations.CreateModel(
        "Claim",
        [
            key(),
            ("code", models.CharField(max_length=12)),
            ("number", models.CharField(max_length=30)),
            ("year", models.PositiveSmallIntegerField()),
            ("bill", models.BigIntegerField(null=True)),
            ("channel", models.CharField(max_length=20)),
            ("reference", models.CharField(max_length=64)),
            ("paid_on", models.DateField()),
            ("amount", models.BigIntegerField()),
            ("told", models.TextField(blank=True)),
            ("contact_sealed", models.BinaryField(blank=True, null=True)),
            ("filed_at", models.DateTimeField()),
            person("account", on_delete=models.SET_NULL, blank=True, null=True),
            to("finding", "revenue.finding", related_name="claims"),
            region(),
        ],
        {
            "ordering": ["region", "-filed_at"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "code"), name="claim_code_once"
                ),
                models.CheckConstraint(
                    condition=models.Q(("amount__gt", 0)), name="claim_amount_positive"
                ),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    dependencies = [("revenue", "0004_channels")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE revenue_payment_serial AS bigint",
            "DROP SEQUENCE revenue_payment_serial",
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE revenue_posting_number AS bigint",
            "DROP SEQUENCE revenue_posting_number",
        ),
        AtOnce(TABLES),
    ]
