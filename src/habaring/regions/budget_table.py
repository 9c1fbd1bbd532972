"""The budget as a table kind: what the page offers for download."""

from django.utils.translation import gettext_lazy as _

from habaring.regions.models import BudgetAccount, BudgetStage
from habaring.shared.tables import Column, TableKind, register

BUDGET = register(
    TableKind(
        code="budget_summary",
        title=_("Budget in summary"),
        sheet=_("Budget"),
        columns=(
            Column("region", _("Region code"), "code", required=True),
            Column("year", _("Year"), "year", required=True),
            Column(
                "stage",
                _("Stage"),
                "choice",
                required=True,
                choices=dict(BudgetStage.choices),
            ),
            Column(
                "account",
                _("Account"),
                "choice",
                required=True,
                choices=dict(BudgetAccount.choices),
            ),
            Column("amount", _("Amount in rupiah"), "rupiah", required=True),
            Column("derived", _("Worked out"), "yes_no"),
            Column("source", _("Source")),
            Column("note", _("Note"), sparse=True),
            Column("illustrative", _("Example"), "yes_no", sparse=True),
        ),
        key=("region", "year", "stage", "account"),
    )
)
