"""From an invitation to a role: one link, once, for one person."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from habaring.people import actions
from habaring.people.models import Account, Invitation, Membership, Role
from habaring.regions.models import Region
from habaring.shared.models import AuditEntry
from tests import makers

PASSWORD = "rotan ikan perahu langit"


SEND = {"langkah": "kirim"}


def invite(
    region: Region,
    by: Account,
    at: datetime,
    *,
    email: str = " Dewi@Contoh.id ",
    **more: Any,
) -> str:
    given = {"role": Role.objects.get(code="officer"), "place": actions.Place(region)}
    return actions.invite(
        email=email,
        offer=actions.Offer(**{**given, **more}),
        by=by,
        at=at,
        address="http://testserver/undangan/",
    )


def new(**more: str) -> actions.NewAccount:
    return actions.NewAccount(
        **{
            "email": "dewi@contoh.id",
            "full_name": "Dewi",
            "password": PASSWORD,
            **more,
        }
    )


def letters(settings: Any) -> list[str]:
    folder = Path(settings.EMAIL_FILE_PATH)
    return [path.read_text("utf-8") for path in sorted(folder.glob("*"))]


def test_an_invited_person_gets_a_letter_an_account_and_the_role(
    kotim: Region,
    budi: Account,
    settings: Any,
    client: Client,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    client.force_login(budi)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            reverse("people-work:invite", args=["62.02"]),
            {"email": "dewi@contoh.id", "role": "officer", **SEND},
            follow=True,
        )
    assert "Undangan untuk dewi@contoh.id" in answer.content.decode()
    [letter] = letters(settings)
    assert "Petugas perangkat daerah" in letter
    found = re.search(r"http://testserver(/undangan/\S+/)", letter)
    assert found

    guest = Client()
    assert "Kabupaten Kotawaringin Timur" in guest.get(found[1]).content.decode()
    typed = {"full_name": "Dewi Lestari", "password": PASSWORD}
    answer = guest.post(found[1], typed)
    assert answer.status_code == 302
    dewi = Account.objects.get(email="dewi@contoh.id")
    [held] = Membership.objects.filter(account=dewi)
    assert (held.role_id, held.region_id, held.granted_by) == ("officer", "62.02", budi)
    room = guest.get(reverse("web:work-room"), follow=True)
    assert room.redirect_chain[-1][0].startswith("/akun/langkah-kedua/")
    assert "Satu pengaman lagi" in room.content.decode()


def test_a_link_works_once(kotim: Region, budi: Account, at: datetime) -> None:
    token = invite(kotim, budi, at)
    actions.accept_invitation(token=token, new=new(), at=at)
    with pytest.raises(actions.InvitationUnusable):
        actions.accept_invitation(token=token, new=new(), at=at)
    assert Account.objects.filter(email="dewi@contoh.id").count() == 1


def test_a_link_runs_out(kotim: Region, budi: Account, at: datetime) -> None:
    token = invite(kotim, budi, at)
    later = at + timedelta(days=actions.INVITATION_DAYS)
    with pytest.raises(actions.InvitationUnusable):
        actions.usable_invitation(token=token, at=later)
    assert actions.usable_invitation(token=token, at=later - timedelta(seconds=1))


def test_only_the_hash_of_a_link_is_kept(
    kotim: Region, budi: Account, at: datetime
) -> None:
    token = invite(kotim, budi, at)
    [row] = Invitation.objects.values()
    assert token not in str(row)


def test_a_second_invitation_to_the_same_role_replaces_the_first(
    kotim: Region, budi: Account, at: datetime
) -> None:
    first = invite(kotim, budi, at)
    other = invite(kotim, budi, at, role=Role.objects.get(code="planner"))
    second = invite(kotim, budi, at)
    with pytest.raises(actions.InvitationUnusable):
        actions.usable_invitation(token=first, at=at)
    assert actions.usable_invitation(token=second, at=at)
    assert actions.usable_invitation(token=other, at=at)


def test_an_invitation_is_taken_back_on_the_page(
    kotim: Region, budi: Account, at: datetime, client: Client
) -> None:
    client.force_login(budi)
    client.post(
        reverse("people-work:invite", args=["62.02"]),
        {"email": "dewi@contoh.id", "role": "officer", **SEND},
    )
    row = Invitation.objects.get()
    page = client.get(reverse("people-work:people", args=["62.02"])).content.decode()
    address = reverse("people-work:withdraw", args=["62.02", row.pk])
    assert address in page
    client.post(address)
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert client.post(address).status_code == 404
    assert AuditEntry.objects.filter(verb="people.invitation.withdrawn").exists()


@pytest.mark.parametrize(
    "password", ["pendek", "12345678901", "password123", "dewi@contoh.id"]
)
def test_a_weak_password_is_refused_and_nothing_is_saved(
    kotim: Region, budi: Account, at: datetime, password: str
) -> None:
    token = invite(kotim, budi, at)
    with pytest.raises(actions.PasswordTooWeak) as refused:
        actions.accept_invitation(token=token, new=new(password=password), at=at)
    assert str(refused.value.why)
    assert not Account.objects.filter(email="dewi@contoh.id").exists()
    assert actions.usable_invitation(token=token, at=at)


def test_the_welcome_page_keeps_the_name_when_the_password_is_refused(
    kotim: Region, budi: Account, client: Client
) -> None:
    token = invite(kotim, budi, datetime.now().astimezone())
    answer = client.post(
        reverse("people:welcome", args=[token]),
        {"full_name": "Dewi Lestari", "password": "pendek"},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="Dewi Lestari"' in page
    assert "terlalu mudah ditebak" in page
    assert "pendek&quot;" not in page


def test_the_invited_address_cannot_be_changed(
    kotim: Region, budi: Account, at: datetime
) -> None:
    token = invite(kotim, budi, at)
    account = actions.accept_invitation(
        token=token, new=new(email="lain@contoh.id"), at=at
    )
    assert account.email == "dewi@contoh.id"


def test_an_account_gets_a_further_role_only_with_its_own_password(
    kotim: Region, budi: Account, alya: Account, at: datetime, client: Client
) -> None:
    token = invite(kotim, budi, datetime.now().astimezone(), email=str(alya.email))
    page = client.get(reverse("people:welcome", args=[token])).content.decode()
    assert 'name="full_name"' not in page
    assert "kata sandi Anda" in page
    answer = client.post(
        reverse("people:welcome", args=[token]), {"password": PASSWORD}
    )
    assert answer.status_code == 422
    assert not Membership.objects.filter(account=alya).exists()
    answer = client.post(
        reverse("people:welcome", args=[token]), {"password": "empat kata yang jauh"}
    )
    assert answer.status_code == 302
    assert Membership.objects.get(account=alya).role_id == "officer"
    assert Account.objects.get(pk=alya.pk).full_name == "Alya"


def test_a_closed_account_gets_no_role(
    kotim: Region, budi: Account, alya: Account, at: datetime
) -> None:
    Account.objects.filter(pk=alya.pk).update(is_active=False)
    token = invite(kotim, budi, at, email=str(alya.email))
    with pytest.raises(actions.AccountClosed):
        actions.accept_invitation(
            token=token, new=new(password="empat kata yang jauh"), at=at
        )
    assert not Membership.objects.filter(account=alya).exists()


def test_a_used_link_shows_what_to_do(client: Client, db: None) -> None:
    answer = client.get(reverse("people:welcome", args=["bukan-tautan"]))
    assert answer.status_code == 422
    assert "tidak berlaku lagi" in answer.content.decode()


# The first account


def test_the_first_link_makes_the_operator(db: None, at: datetime) -> None:
    token = actions.issue_first_link(at=at)
    assert token
    account = actions.accept_invitation(token=token, new=new(), at=at)
    [held] = Membership.objects.filter(account=account)
    assert held.role.platform_wide
    assert held.region is None


def test_there_is_no_first_link_once_there_is_an_operator(
    alya: Account, at: datetime
) -> None:
    assert actions.issue_first_link(at=at), "a citizen looks after nothing"
    makers.officer("Budi", region=None, role="operator")
    assert actions.issue_first_link(at=at) is None


def test_a_newer_first_link_withdraws_the_older(db: None, at: datetime) -> None:
    older = actions.issue_first_link(at=at)
    newer = actions.issue_first_link(at=at)
    assert older
    assert newer
    with pytest.raises(actions.InvitationUnusable):
        actions.usable_invitation(token=older, at=at)
    assert actions.usable_invitation(token=newer, at=at)


def test_a_first_link_dies_with_the_first_account(db: None, at: datetime) -> None:
    token = actions.issue_first_link(at=at)
    assert token
    makers.officer("Alya", region=None, role="operator")
    with pytest.raises(actions.InvitationUnusable):
        actions.usable_invitation(token=token, at=at)


def test_a_first_link_runs_out_after_a_day(db: None, at: datetime) -> None:
    token = actions.issue_first_link(at=at)
    assert token
    with pytest.raises(actions.InvitationUnusable):
        actions.usable_invitation(token=token, at=at + timedelta(hours=24))


# Granting and ending


def test_a_role_given_by_hand_is_on_the_record(
    kotim: Region, budi: Account, alya: Account, at: datetime
) -> None:
    role = Role.objects.get(code="planner")
    place = actions.Place(region=kotim)
    held = actions.grant(account=alya, role=role, place=place, by=budi, at=at)
    entry = AuditEntry.objects.get(verb="people.role.granted")
    assert entry.region_code == "62.02"
    assert entry.details["account"] == alya.pk
    with pytest.raises(actions.AlreadyHeld):
        actions.grant(account=alya, role=role, place=place, by=budi, at=at)
    later = at + timedelta(hours=1)
    actions.revoke(membership=held, by=budi, at=later, reason="Pindah tugas")
    assert not Membership.objects.in_force(later).filter(account=alya).exists()
    assert Membership.objects.in_force(at).filter(account=alya).exists()
    assert AuditEntry.objects.get(verb="people.role.revoked").reason == "Pindah tugas"
    actions.grant(account=alya, role=role, place=place, by=budi, at=later)


def test_one_cannot_shut_oneself_out_and_leave_nobody(
    kotim: Region, budi: Account, at: datetime
) -> None:
    own = Membership.objects.get(account=budi)
    with pytest.raises(actions.LastKeeper):
        actions.revoke(membership=own, by=budi, at=at)
    makers.officer("Eko", region=kotim)
    actions.revoke(membership=own, by=budi, at=at)


def test_the_last_keeper_is_told_on_the_page(budi: Account, client: Client) -> None:
    client.force_login(budi)
    own = Membership.objects.get(account=budi)
    answer = client.post(
        reverse("people-work:revoke", args=["62.02", own.pk]),
        {f"r{own.pk}-reason": "Pindah tugas"},
    )
    assert answer.status_code == 422
    assert "Undang dulu pengganti Anda." in answer.content.decode()
