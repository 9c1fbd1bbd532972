"""Addresses of the door and of one's own account.

`plain` carries the names that allauth reverses, without our namespace. The views are
loaded when the first of them is asked for: passkeys, signatures and `requests` would
add half a second to every start.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.generic import RedirectView, View


def _late(name: str) -> Callable[..., HttpResponse]:
    """The view `module.name` of this folder, loaded when it is called."""

    @cache
    def found() -> Callable[..., HttpResponse]:
        module, _dot, view = name.partition(".")
        seen = getattr(import_module(f"habaring.people.{module}"), view)
        made: Callable[..., Any] = (
            seen.as_view()
            if isinstance(seen, type) and issubclass(seen, View)
            else seen
        )
        return made

    def view(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        return found()(request, *args, **more)

    return view


public = [
    path("masuk/", _late("entrance.SignInView"), name="sign-in"),
    path("keluar/", _late("entrance.sign_out"), name="sign-out"),
    path("masuk/direktori/", _late("entrance.choose_directory"), name="directories"),
    path("akun/", _late("own_account.account"), name="account"),
    path(
        "akun/langkah-kedua/<int:step>/cabut/",
        _late("own_account.remove_step"),
        name="remove-step",
    ),
    path(
        "akun/sesi/<int:session>/akhiri/",
        _late("own_account.end_session"),
        name="end-session",
    ),
    path(
        "akun/sesi/akhiri/",
        _late("own_account.sign_out_everywhere"),
        name="sign-out-everywhere",
    ),
]

_TO_SIGN_IN = RedirectView.as_view(pattern_name="people:sign-in", query_string=True)
_DIRECTORY = "masuk/direktori/<slug:provider_id>/"

plain = [
    path("masuk/", _TO_SIGN_IN, name="account_login"),
    path(
        "masuk/langkah-kedua/",
        _late("entrance.SecondStepView"),
        name="mfa_authenticate",
    ),
    path(
        "masuk/ulang/", _late("entrance.password_again"), name="account_reauthenticate"
    ),
    path(
        "masuk/ulang/langkah-kedua/", _late("entrance.prove"), name="mfa_reauthenticate"
    ),
    path(
        "masuk/ulang/kunci/",
        _late("entrance.prove"),
        name="mfa_reauthenticate_webauthn",
    ),
    path("masuk/lupa/", _late("entrance.forgotten"), name="account_reset_password"),
    path(
        "masuk/lupa/terkirim/",
        _late("entrance.letter_sent"),
        name="account_reset_password_done",
    ),
    path(
        "masuk/lupa/<slug:who>/<slug:token>/",
        _late("entrance.new_password"),
        name="account_reset_password_from_key",
    ),
    path(_DIRECTORY, _late("entrance.by_directory"), name="openid_connect_login"),
    path(
        f"{_DIRECTORY}kembali/",
        _late("entrance.from_directory"),
        name="openid_connect_callback",
    ),
    path(
        "akun/sandi/",
        _late("own_account.change_password"),
        name="account_change_password",
    ),
    path("akun/langkah-kedua/", _late("own_account.second_steps"), name="mfa_index"),
    path(
        "akun/langkah-kedua/aplikasi/",
        _late("own_account.AppView"),
        name="mfa_activate_totp",
    ),
    path(
        "akun/langkah-kedua/kunci/",
        _late("own_account.PasskeyView"),
        name="mfa_add_webauthn",
    ),
    path(
        "akun/kode-pemulihan/",
        _late("own_account.recovery_codes"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "akun/kode-pemulihan/baru/",
        _late("own_account.new_recovery_codes"),
        name="mfa_generate_recovery_codes",
    ),
]

work = [
    path("<int:account>/buka/", _late("own_account.unlock"), name="unlock"),
    path(
        "<int:account>/langkah-kedua/",
        _late("own_account.reset_second_step"),
        name="reset-second-step",
    ),
    path("direktori/", _late("directory_pages.listing"), name="directories"),
    path("direktori/tambah/", _late("directory_pages.edit"), name="directory-add"),
    path("direktori/<int:directory>/", _late("directory_pages.edit"), name="directory"),
    path(
        "direktori/<int:directory>/uji/",
        _late("directory_pages.test"),
        name="directory-test",
    ),
    path(
        "direktori/<int:directory>/saklar/",
        _late("directory_pages.switch"),
        name="directory-switch",
    ),
]
