"""Bills, the runs that issue them, and what taxpayers file for one."""

from django.db import migrations, models

from habaring.revenue.migrations._columns import key, person, region, to
from habaring.shared.at_once import AtOnce

# The columns of a bill stand in the order that takes least room, a tenth less than that
# of the model: there are millions, and each is updated once (alignment).
TABLES = [
    migrations.CreateModel(
        "Issue",
        [
            key(),
            ("tax", models.CharField(max_length=12)),
            ("year", models.PositiveSmallIntegerField()),
            ("due_on", models.DateField()),
            ("review_percent", models.PositiveSmallIntegerField(default=50)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("prepared", "prepared"),
                        ("running", "running"),
                        ("stopped", "stopped, can go on"),
                        ("done", "done"),
                        ("cancelled", "cancelled"),
                    ],
                    default="prepared",
                    max_length=10,
                ),
            ),
            ("objects_counted", models.PositiveIntegerField(default=0)),
            ("illustrative", models.BooleanField(default=False)),
            ("prepared_at", models.DateTimeField()),
            ("started_at", models.DateTimeField(blank=True, null=True)),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            person("prepared_by", null=True),
            region(),
            person("started_by", null=True),
            to("rule", "revenue.taxrule"),
        ],
        {
            "ordering": ["region", "-year", "-id"],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("state", "cancelled"), _negated=True),
                    fields=("region", "tax", "year"),
                    name="issue_once_a_year",
                )
            ],
        },
    ),
    migrations.CreateModel(
        "IssuePart",
        [
            key(),
            ("prefix", models.CharField(max_length=10)),
            ("objects_counted", models.PositiveIntegerField(default=0)),
            ("bills", models.PositiveIntegerField(default=0)),
            ("held", models.PositiveIntegerField(default=0)),
            ("total", models.BigIntegerField(default=0)),
            ("done_at", models.DateTimeField(blank=True, null=True)),
            to(
                "issue", "revenue.issue", on_delete=models.CASCADE, related_name="parts"
            ),
            region(),
            ("before", models.BigIntegerField(default=0)),
            ("reckoned_at", models.DateTimeField(blank=True, null=True)),
            ("unready", models.PositiveIntegerField(default=0)),
        ],
        {
            "ordering": ["issue", "prefix"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("issue", "prefix"), name="issuepart_once_a_village"
                )
            ],
        },
    ),
    migrations.CreateModel(
        "DeductionElsewhere",
        [
            key(),
            to("issue", "revenue.issue", on_delete=models.CASCADE, db_index=False),
            to(
                "object",
                "revenue.taxobject",
                on_delete=models.DO_NOTHING,
                db_index=False,
                db_constraint=False,
            ),
            region(db_index=False),
            ("prefix", models.CharField(max_length=10)),
        ],
        {
            "constraints": [
                models.UniqueConstraint(
                    fields=("issue", "prefix", "object"), name="deductionelsewhere_once"
                )
            ]
        },
    ),
    migrations.CreateModel(
        "Bill",
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
                        models.Value("revenue_bill_number"),
                        function="nextval",
                        output_field=models.BigIntegerField(),
                    ),
                    editable=False,
                ),
            ),
            (
                "document",
                models.CharField(
                    choices=[
                        ("SPPT", "SPPT: yearly bill of land and buildings"),
                        ("SKPD", "SKPD: assessment by the office"),
                        ("SPTPD", "SPTPD: filed by the taxpayer"),
                        ("SKPDKB", "SKPDKB: underpaid, found by an audit"),
                        ("STPD", "STPD: collection of interest or a short payment"),
                    ],
                    max_length=6,
                ),
            ),
            ("tax", models.CharField(max_length=12)),
            ("year", models.PositiveSmallIntegerField()),
            ("period", models.PositiveSmallIntegerField(default=0)),
            ("seq", models.PositiveSmallIntegerField(default=0)),
            ("number", models.CharField(max_length=30)),
            ("facts", models.JSONField()),
            ("amount", models.BigIntegerField()),
            ("before", models.BigIntegerField(blank=True, null=True)),
            ("received", models.BigIntegerField(db_default=0, default=0)),
            ("due_on", models.DateField()),
            (
                "state",
                models.CharField(
                    choices=[
                        ("review", "held for review"),
                        ("issued", "issued"),
                        ("sent", "delivered"),
                        ("objection", "under objection"),
                        ("instalment", "paid in instalments"),
                        ("collected", "in collection"),
                        ("corrected", "replaced by a correction"),
                        ("cancelled", "cancelled"),
                        ("written_off", "written off"),
                        ("expired", "expired"),
                    ],
                    default="issued",
                    max_length=11,
                ),
            ),
            ("replaces", models.BigIntegerField(blank=True, null=True)),
            ("illustrative", models.BooleanField(default=False)),
            ("issued_at", models.DateTimeField()),
            region(db_index=False, db_constraint=False),
            to(
                "issue",
                "revenue.issue",
                on_delete=models.DO_NOTHING,
                related_name="bills",
                blank=True,
                null=True,
                db_index=False,
                db_constraint=False,
            ),
            to(
                "object",
                "revenue.taxobject",
                on_delete=models.DO_NOTHING,
                related_name="bills",
                db_index=False,
                db_constraint=False,
            ),
            to(
                "taxpayer",
                "revenue.taxpayer",
                on_delete=models.DO_NOTHING,
                related_name="bills",
                db_index=False,
                db_constraint=False,
            ),
            to(
                "rule",
                "revenue.taxrule",
                on_delete=models.DO_NOTHING,
                db_index=False,
                db_constraint=False,
            ),
            ("beside", models.BigIntegerField(null=True)),
        ],
        {
            "ordering": ["region", "-year", "number", "seq"],
            "indexes": [
                models.Index(fields=["region", "taxpayer"], name="bill_of_taxpayer")
            ],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "tax", "number", "year", "period", "seq"),
                    name="bill_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(("amount__gte", 0)),
                    name="bill_amount_not_negative",
                ),
                models.CheckConstraint(
                    condition=models.Q(("received__gte", 0)),
                    name="bill_received_not_negative",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "Filing",
        [
            key(),
            ("year", models.PositiveSmallIntegerField()),
            ("period", models.PositiveSmallIntegerField()),
            ("seq", models.PositiveSmallIntegerField(default=0)),
            ("facts", models.JSONField()),
            ("tapped", models.BigIntegerField(blank=True, null=True)),
            ("amount", models.BigIntegerField()),
            ("late", models.BooleanField(default=False)),
            ("bill", models.BigIntegerField()),
            ("filed_at", models.DateTimeField()),
            person("filed_by", null=True),
            region(),
            to("object", "revenue.taxobject"),
            to("taxpayer", "revenue.taxpayer"),
            to("rule", "revenue.taxrule"),
            ("event_on", models.DateField(blank=True, null=True)),
            ("reason", models.CharField(blank=True, max_length=500)),
        ],
        {
            "ordering": ["object", "-year", "-period", "-seq"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("object", "year", "period", "seq"), name="filing_once"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("amount__gte", 0), ("period__gte", 0), ("period__lte", 12)
                    ),
                    name="filing_of_a_month",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "FilingDocument",
        [
            key(),
            ("path", models.CharField(max_length=200)),
            ("name", models.CharField(max_length=120)),
            ("media_type", models.CharField(max_length=100)),
            ("size", models.PositiveBigIntegerField()),
            ("added_at", models.DateTimeField()),
            to("filing", "revenue.filing", related_name="documents"),
            region(),
        ],
        {"ordering": ["filing", "id"]},
    ),
    migrations.CreateModel(
        "TapReading",
        [
            key(),
            ("year", models.PositiveSmallIntegerField()),
            ("period", models.PositiveSmallIntegerField()),
            ("turnover", models.BigIntegerField()),
            ("recorded_at", models.DateTimeField()),
            to("object", "revenue.taxobject", related_name="readings"),
            region(),
        ],
        {
            "ordering": ["object", "-year", "-period"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("object", "year", "period"), name="tapreading_once_a_month"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("period__gte", 1), ("period__lte", 12), ("turnover__gte", 0)
                    ),
                    name="tapreading_of_a_month",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "Validation",
        [
            key(),
            ("code", models.CharField(max_length=12)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("waits", "waits for the check"),
                        ("valid", "validated"),
                        ("refused", "not validated"),
                        ("replaced", "replaced by a correction"),
                    ],
                    default="waits",
                    max_length=8,
                ),
            ),
            ("notary", models.CharField(blank=True, max_length=150)),
            ("reason", models.CharField(blank=True, max_length=500)),
            ("asked_at", models.DateTimeField()),
            ("decided_at", models.DateTimeField(blank=True, null=True)),
            person("decided_by", null=True),
            (
                "filing",
                models.OneToOneField(
                    on_delete=models.PROTECT,
                    related_name="validation",
                    to="revenue.filing",
                ),
            ),
            region(),
        ],
        {
            "ordering": ["region", "asked_at", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "code"), name="validation_code_once"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("decided_at__isnull", True),
                        ("decided_at__gte", models.F("asked_at")),
                        _connector="OR",
                    ),
                    name="validation_decided_after_asked",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "Reminder",
        [
            key(),
            ("bill", models.BigIntegerField()),
            ("occasion", models.CharField(max_length=20)),
            ("sent_at", models.DateTimeField()),
            person("account", on_delete=models.CASCADE),
            region(),
        ],
        {
            "ordering": ["-sent_at"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "bill", "occasion", "account"),
                    name="reminder_once",
                )
            ],
        },
    ),
    migrations.CreateModel(
        "ReminderWish",
        [
            key(),
            (
                "way",
                models.CharField(
                    choices=[
                        ("mail", "by mail"),
                        ("phone", "by message to my telephone"),
                        ("not", "not at all"),
                    ],
                    max_length=5,
                ),
            ),
            ("changed_at", models.DateTimeField()),
            person("account", on_delete=models.CASCADE),
            region(),
        ],
        {
            "ordering": ["region", "account"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "account"), name="reminderwish_once"
                )
            ],
        },
    ),
]


class Migration(migrations.Migration):
    dependencies = [("revenue", "0001_register")]
    operations = [
        # a run takes a million numbers: asking for each by itself shows
        migrations.RunSQL(
            "CREATE SEQUENCE revenue_bill_number AS bigint CACHE 100",
            "DROP SEQUENCE revenue_bill_number",
        ),
        AtOnce(TABLES),
        # room on each page for the one update that a payment makes (HOT)
        migrations.RunSQL(
            "ALTER TABLE revenue_bill SET (fillfactor = 88)",
            "ALTER TABLE revenue_bill RESET (fillfactor)",
        ),
    ]
