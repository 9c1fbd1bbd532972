"""A simulated bank, for demonstrations and tests: its own keys, its own small store."""

import sys
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.timezone import now

from habaring.regions.models import Region
from habaring.revenue.bank import page
from habaring.revenue.bank.office import Office
from habaring.revenue.bank.registering import register
from habaring.revenue.bank.scan import NotReadableError, scan
from habaring.revenue.bank.signing import WIB, public_pem, read_private
from habaring.revenue.bank.store import Identity, Money, NotRegisteredError
from habaring.shared import walls
from habaring.shared.refusal import Refusal


class BankRefused(Refusal):
    """The bank cannot do this."""


class Command(BaseCommand):
    """`habaring bank open | register | key | join | bill | pay | tell | reverse | settle`."""

    help = (
        "A simulated bank with its own keys: pays, repeats, delays, reorders, reverses, "
        "and sends a settlement file. It calls the platform over HTTP, as a bank would."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--folder", type=Path, help="where the bank keeps its file (var/bank)"
        )
        parser.add_argument("--platform", help="where the platform is, if elsewhere")
        verbs = parser.add_subparsers(dest="verb", required=True)
        one = verbs.add_parser("open", help="its app, on a page of this machine")
        one.add_argument("--port", type=int, default=8600)
        one = verbs.add_parser("register", help="become the partner of a region")
        one.add_argument("region")
        one.add_argument("--address", default="http://127.0.0.1:8000")
        verbs.add_parser("key", help="its public key, for the page of the region")
        one = verbs.add_parser("join", help="what the page of the region said of it")
        one.add_argument("region")
        one.add_argument("--address", default="http://127.0.0.1:8000")
        one.add_argument("--secret", required=True)
        for kind in ("va", "qris"):
            one.add_argument(f"--{kind}-id", required=True, help="X-PARTNER-ID")
            one.add_argument(f"--{kind}-name", required=True, help="its short name")
        one.add_argument("--prefix", required=True, help="of its virtual accounts")
        one = verbs.add_parser("bill", help="what is to be paid")
        one.add_argument("number", help="28 digits, or the text of a QRIS code")
        one = verbs.add_parser("pay", help="pay it")
        one.add_argument("number")
        one.add_argument("--amount", type=int, help="another one than is asked for")
        one.add_argument("--times", type=int, default=1, help="how often to tell of it")
        one.add_argument("--twice", action="store_true", help="pay it twice")
        one.add_argument(
            "--delay", type=float, default=0, help="seconds before telling"
        )
        one.add_argument("--silent", action="store_true", help="tell later: bank tell")
        verbs.add_parser("tell", help="tell of all that is waiting, the newest first")
        one = verbs.add_parser("reverse", help="take a payment back")
        one.add_argument("reference")
        one = verbs.add_parser("settle", help="write the settlement file of a day")
        one.add_argument("day", type=date.fromisoformat)
        one.add_argument("--kind", choices=("va", "qris"), default="")
        one.add_argument("--out", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] or Path(settings.DATA_DIR) / "bank"
        office = Office(folder, clock=lambda: now().astimezone(WIB))
        office.platform = options["platform"] or ""
        try:
            getattr(self, f"_{options['verb']}")(office, options, folder)
        except NotRegisteredError:
            raise BankRefused(
                "This bank is no partner of any region yet.",
                next="Run `habaring bank register 62.02` first.",
            ) from None
        except NotReadableError as error:
            raise BankRefused(str(error)) from None

    def _open(self, office: Office, options: dict[str, Any], folder: Path) -> None:
        with page.server(office, options["port"]) as server:
            self.stdout.write(f"http://127.0.0.1:{options['port']}/")
            server.serve_forever()

    def _register(self, office: Office, options: dict[str, Any], folder: Path) -> None:
        with walls.within(options["region"]):
            region = Region.objects.filter(code=options["region"]).first()
            if region is None:
                raise BankRefused(f"There is no region {options['region']}.")
            register(region=region, folder=folder, address=options["address"], at=now())
        self.stdout.write(f"Bank Contoh is a partner of {region.name}.")

    def _key(self, office: Office, options: dict[str, Any], folder: Path) -> None:
        key = read_private(office.store.key())
        self.stdout.write(public_pem(key), ending="")

    def _join(self, office: Office, options: dict[str, Any], folder: Path) -> None:
        known = {
            name: options[name]
            for name in [
                "address",
                "region",
                "secret",
                "prefix",
                "va_id",
                "va_name",
                "qris_id",
                "qris_name",
            ]
        }
        office.store.become(Identity(private=office.store.key(), **known))
        self.stdout.write(f"The bank can call {options['region']} now.")

    def _bill(self, office: Office, options: dict[str, Any], folder: Path) -> None:
        found = office.look_up(options["number"])
        if not found.answer.good:
            raise BankRefused(f"{found.answer.code}: nothing to pay.")
        self.stdout.write(f"{found.name}: {page.rupiah(found.amount)}")

    def _pay(self, office: Office, options: dict[str, Any], folder: Path) -> None:
        amount = options["amount"] or office.look_up(options["number"]).amount
        if not amount:
            raise BankRefused("There is nothing to pay.")
        for _time in range(2 if options["twice"] else 1):
            money = office.pay(scan(options["number"]), amount, tell=False)
            if options["silent"]:
                self.stdout.write(f"{money.paid.reference}: not told yet")
                continue
            time.sleep(options["delay"])
            for _again in range(options["times"]):
                money = office.insist(money)
                self._say(money)

    def _say(self, money: Money) -> None:
        self.stdout.write(
            f"{money.paid.reference}: {page.rupiah(money.paid.amount)} {money.answer}"
        )

    def _tell(self, office: Office, options: dict[str, Any], folder: Path) -> None:
        for money in office.tell_all():
            self._say(money)

    def _reverse(self, office: Office, options: dict[str, Any], folder: Path) -> None:
        money = office.store.find(options["reference"])
        if money is None:
            raise BankRefused(f"There is no payment {options['reference']}.")
        self.stdout.write(f"{options['reference']}: {office.take_back(money).code}")

    def _settle(self, office: Office, options: dict[str, Any], folder: Path) -> None:
        text = office.settle(options["day"], options["kind"])
        if options["out"]:
            options["out"].write_text(text)
        else:
            sys.stdout.write(text)
