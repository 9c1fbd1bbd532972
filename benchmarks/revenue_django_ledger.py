"""django-ledger's two-leg entry for `bench revenue`; Django is set up by the caller."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

AT = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)


def poster(number: int) -> Callable[[], object]:
    """`commit_txs` into one ledger a process, all of one entity."""
    from django.contrib.auth import get_user_model
    from django_ledger.models import EntityModel, LedgerModel

    admin, _ = get_user_model().objects.get_or_create(username="bench")
    entity = EntityModel.objects.filter(name="Bench").first()
    if entity is None:
        entity = EntityModel.create_entity(
            name="Bench", use_accrual_method=True, admin=admin, fy_start_month=1
        )
        chart = entity.create_chart_of_accounts(
            assign_as_default=True, commit=True, coa_name="Bench"
        )
        for code, role, balance in (
            ("1010", "asset_ca_cash", "debit"),
            ("4010", "in_operational", "credit"),
        ):
            entity.create_account(
                code=code,
                role=role,
                name=code,
                balance_type=balance,
                active=True,
                coa_model=chart,
            )
    cash, income = (
        entity.get_coa_accounts().get(code=code) for code in ("1010", "4010")
    )
    name = f"Bench {number}"
    ledger = LedgerModel.objects.filter(
        entity=entity, name=name
    ).first() or entity.create_ledger(name=name, posted=True)

    def once() -> object:
        amount = Decimal(77_600)
        return entity.commit_txs(
            je_timestamp=AT,
            je_ledger_model=ledger,
            je_posted=True,
            je_txs=[
                {
                    "account": cash,
                    "amount": amount,
                    "tx_type": "debit",
                    "description": "",
                },
                {
                    "account": income,
                    "amount": amount,
                    "tx_type": "credit",
                    "description": "",
                },
            ],
        )

    return once
