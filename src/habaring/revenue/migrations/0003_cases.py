"""What people ask for, and what is done about bills that are not paid."""

from django.db import migrations, models

from habaring.revenue.migrations._columns import key, person, region, to
from habaring.shared.at_once import AtOnce

TABLES = [
    migrations.CreateModel(
        "Case",
        [
            key(),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("correction", "correction of the bill"),
                        ("objection", "objection"),
                        ("instalment", "instalments or deferral"),
                        ("reduction", "reduction"),
                        ("waiver", "waiver of interest"),
                        ("refund", "refund of what was paid too much"),
                    ],
                    max_length=10,
                ),
            ),
            ("bill", models.BigIntegerField()),
            ("reason", models.TextField()),
            ("asked", models.JSONField(default=dict)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("filed", "filed"),
                        ("incomplete", "documents are missing"),
                        ("granted", "granted"),
                        ("partly", "granted in part"),
                        ("refused", "refused"),
                        ("withdrawn", "withdrawn"),
                        ("proposed", "decided, waits for a second person"),
                        ("ended", "ended: a part was not paid"),
                    ],
                    default="filed",
                    max_length=10,
                ),
            ),
            ("due_on", models.DateField()),
            ("filed_at", models.DateTimeField()),
            ("decision", models.TextField(blank=True)),
            ("change", models.BigIntegerField(default=0)),
            ("decided_at", models.DateTimeField(blank=True, null=True)),
            person("account", on_delete=models.SET_NULL, blank=True, null=True),
            person("decided_by", null=True),
            ("documents", models.ManyToManyField(related_name="+", to="shared.upload")),
            person("entered_by", null=True),
            region(),
            to("taxpayer", "revenue.taxpayer", related_name="cases"),
            ("proposal", models.JSONField(blank=True, null=True)),
            person("proposed_by", null=True),
        ],
        {
            "ordering": ["region", "due_on", "id"],
            "indexes": [models.Index(fields=["region", "bill"], name="case_of_bill")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("state__in", ["filed", "incomplete", "withdrawn"]),
                        models.Q(("decision", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="case_decided_with_reasons",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("decided_by__isnull", True),
                        ("entered_by__isnull", True),
                        models.Q(("decided_by", models.F("entered_by")), _negated=True),
                        _connector="OR",
                    ),
                    name="case_by_two_people",
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
                    name="case_confirmed_by_another",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "Instalment",
        [
            key(),
            ("number", models.PositiveSmallIntegerField()),
            ("due_on", models.DateField()),
            ("amount", models.BigIntegerField()),
            ("interest", models.BigIntegerField()),
            to("case", "revenue.case", on_delete=models.CASCADE, related_name="parts"),
            region(),
            ("told_at", models.DateTimeField(blank=True, null=True)),
        ],
        {
            "ordering": ["case", "number"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("case", "number"), name="instalment_once"
                )
            ],
        },
    ),
    migrations.CreateModel(
        "WaiverProgramme",
        [
            key(),
            ("name", models.CharField(max_length=150)),
            ("tax", models.CharField(max_length=12)),
            ("first_year", models.PositiveSmallIntegerField()),
            ("last_year", models.PositiveSmallIntegerField()),
            ("percent", models.PositiveSmallIntegerField(default=100)),
            ("begins_on", models.DateField()),
            ("ends_on", models.DateField()),
            ("basis", models.CharField(max_length=200)),
            ("illustrative", models.BooleanField(default=False)),
            ("recorded_at", models.DateTimeField()),
            person("recorded_by", null=True),
            region(),
            ("bill", models.BigIntegerField(blank=True, null=True)),
            ("decided_at", models.DateTimeField(blank=True, null=True)),
            person("decided_by", null=True),
            ("decision", models.TextField(blank=True)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("proposed", "waits for a second person"),
                        ("approved", "approved"),
                        ("refused", "refused"),
                    ],
                    default="approved",
                    max_length=8,
                ),
            ),
        ],
        {
            "ordering": ["region", "-begins_on"],
            "indexes": [models.Index(fields=["region", "bill"], name="waiver_of_bill")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("percent__gte", 1),
                        ("percent__lte", 100),
                        ("ends_on__gte", models.F("begins_on")),
                        ("last_year__gte", models.F("first_year")),
                    ),
                    name="waiver_makes_sense",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("decided_by__isnull", True),
                        ("recorded_by__isnull", True),
                        models.Q(
                            ("decided_by", models.F("recorded_by")), _negated=True
                        ),
                        _connector="OR",
                    ),
                    name="waiver_by_two_people",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "CollectionLetter",
        [
            key(),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("stpd", "demand (STPD)"),
                        ("warning", "warning letter (surat teguran)"),
                        ("warrant", "distress warrant (surat paksa)"),
                        ("acknowledged", "acknowledgement by the debtor"),
                    ],
                    max_length=12,
                ),
            ),
            (
                "cause",
                models.CharField(
                    choices=[
                        ("late", "a bill past its due day"),
                        ("objection", "fine after an objection"),
                        ("appeal", "fine after an appeal"),
                        ("filing", "fine for a late tax return"),
                    ],
                    default="late",
                    max_length=9,
                ),
            ),
            ("number", models.CharField(max_length=40)),
            ("bill", models.BigIntegerField()),
            ("principal", models.BigIntegerField()),
            ("interest", models.BigIntegerField(default=0)),
            ("base", models.BigIntegerField(default=0)),
            ("percent", models.PositiveSmallIntegerField(default=0)),
            ("issued_on", models.DateField()),
            ("due_on", models.DateField()),
            ("delivered_on", models.DateField(blank=True, null=True)),
            ("note", models.CharField(blank=True, max_length=500)),
            ("illustrative", models.BooleanField(default=False)),
            ("recorded_at", models.DateTimeField()),
            ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ("reason", models.CharField(blank=True, max_length=500)),
            to("case", "revenue.case", related_name="letters", blank=True, null=True),
            person("recorded_by", null=True),
            region(),
            to("taxpayer", "revenue.taxpayer", related_name="letters"),
            person("withdrawn_by", null=True),
        ],
        {
            "ordering": ["region", "-issued_on", "-id"],
            "indexes": [
                models.Index(fields=["region", "bill"], name="collectionletter_of_bill")
            ],
            "constraints": [
                models.UniqueConstraint(
                    fields=("region", "number"), name="collectionletter_number_once"
                ),
                models.UniqueConstraint(
                    condition=models.Q(
                        ("withdrawn_at__isnull", True),
                        models.Q(("kind", "acknowledged"), _negated=True),
                    ),
                    fields=("region", "bill", "kind"),
                    name="collectionletter_one_of_a_kind",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("due_on__gte", models.F("issued_on")),
                        ("interest__gte", 0),
                        ("principal__gte", 0),
                    ),
                    name="collectionletter_makes_sense",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "WriteOff",
        [
            key(),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("expired", "expired debts"),
                        ("lost", "debts that cannot be collected"),
                        ("restored", "debts brought back"),
                    ],
                    max_length=8,
                ),
            ),
            ("basis", models.CharField(max_length=200)),
            ("reason", models.TextField()),
            (
                "state",
                models.CharField(
                    choices=[
                        ("proposed", "waits for a second person"),
                        ("decided", "decided and booked"),
                        ("refused", "refused"),
                    ],
                    default="proposed",
                    max_length=8,
                ),
            ),
            ("bills_counted", models.PositiveIntegerField(default=0)),
            ("total", models.BigIntegerField(default=0)),
            ("illustrative", models.BooleanField(default=False)),
            ("proposed_at", models.DateTimeField()),
            ("decision", models.TextField(blank=True)),
            ("decided_at", models.DateTimeField(blank=True, null=True)),
            person("decided_by", null=True),
            person("proposed_by", null=True),
            region(),
            to(
                "undoes",
                "revenue.writeoff",
                related_name="undone",
                blank=True,
                null=True,
            ),
        ],
        {
            "ordering": ["region", "-proposed_at", "-id"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("decided_by__isnull", True),
                        ("proposed_by__isnull", True),
                        models.Q(
                            ("decided_by", models.F("proposed_by")), _negated=True
                        ),
                        _connector="OR",
                    ),
                    name="writeoff_by_two_people",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("state", "proposed"),
                        models.Q(("decision", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="writeoff_decided_with_reasons",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "WriteOffBill",
        [
            key(),
            ("bill", models.BigIntegerField()),
            ("amount", models.BigIntegerField()),
            ("owed", models.BigIntegerField()),
            ("state_before", models.CharField(max_length=11)),
            ("expired_on", models.DateField(blank=True, null=True)),
            region(),
            to(
                "writeoff",
                "revenue.writeoff",
                on_delete=models.CASCADE,
                related_name="rows",
            ),
        ],
        {
            "ordering": ["writeoff", "id"],
            "indexes": [
                models.Index(fields=["region", "bill"], name="writeoffbill_of_bill")
            ],
            "constraints": [
                models.UniqueConstraint(
                    fields=("writeoff", "bill"), name="writeoffbill_once"
                )
            ],
        },
    ),
]


class Migration(migrations.Migration):
    dependencies = [("revenue", "0002_bills"), ("shared", "0004_audit_transaction")]
    operations = [
        AtOnce(TABLES),
    ]
