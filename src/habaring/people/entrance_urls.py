"""Addresses of the door and of one's own account.

`plain` carries the names that allauth reverses, without our namespace.
"""

from django.urls import path
from django.views.generic import RedirectView

from habaring.people import directory_pages, entrance, own_account

public = [
    path("masuk/", entrance.SignInView.as_view(), name="sign-in"),
    path("keluar/", entrance.sign_out, name="sign-out"),
    path("masuk/direktori/", entrance.choose_directory, name="directories"),
    path("akun/", own_account.account, name="account"),
    path(
        "akun/langkah-kedua/<int:step>/cabut/",
        own_account.remove_step,
        name="remove-step",
    ),
    path(
        "akun/sesi/<int:session>/akhiri/", own_account.end_session, name="end-session"
    ),
    path(
        "akun/sesi/akhiri/",
        own_account.sign_out_everywhere,
        name="sign-out-everywhere",
    ),
]

_TO_SIGN_IN = RedirectView.as_view(pattern_name="people:sign-in", query_string=True)
_DIRECTORY = "masuk/direktori/<slug:provider_id>/"

plain = [
    path("masuk/", _TO_SIGN_IN, name="account_login"),
    path(
        "masuk/langkah-kedua/",
        entrance.SecondStepView.as_view(),
        name="mfa_authenticate",
    ),
    path("masuk/ulang/", entrance.password_again, name="account_reauthenticate"),
    path("masuk/ulang/langkah-kedua/", entrance.prove, name="mfa_reauthenticate"),
    path("masuk/ulang/kunci/", entrance.prove, name="mfa_reauthenticate_webauthn"),
    path("masuk/lupa/", entrance.forgotten, name="account_reset_password"),
    path(
        "masuk/lupa/terkirim/",
        entrance.letter_sent,
        name="account_reset_password_done",
    ),
    path(
        "masuk/lupa/<slug:who>/<slug:token>/",
        entrance.new_password,
        name="account_reset_password_from_key",
    ),
    path(_DIRECTORY, entrance.by_directory, name="openid_connect_login"),
    path(
        f"{_DIRECTORY}kembali/",
        entrance.from_directory,
        name="openid_connect_callback",
    ),
    path("akun/sandi/", own_account.change_password, name="account_change_password"),
    path("akun/langkah-kedua/", own_account.second_steps, name="mfa_index"),
    path(
        "akun/langkah-kedua/aplikasi/",
        own_account.AppView.as_view(),
        name="mfa_activate_totp",
    ),
    path(
        "akun/langkah-kedua/kunci/",
        own_account.PasskeyView.as_view(),
        name="mfa_add_webauthn",
    ),
    path(
        "akun/kode-pemulihan/",
        own_account.recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "akun/kode-pemulihan/baru/",
        own_account.new_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
]

work = [
    path("<int:account>/buka/", own_account.unlock, name="unlock"),
    path(
        "<int:account>/langkah-kedua/",
        own_account.reset_second_step,
        name="reset-second-step",
    ),
    path("direktori/", directory_pages.listing, name="directories"),
    path("direktori/tambah/", directory_pages.edit, name="directory-add"),
    path("direktori/<int:directory>/", directory_pages.edit, name="directory"),
    path("direktori/<int:directory>/uji/", directory_pages.test, name="directory-test"),
    path(
        "direktori/<int:directory>/saklar/",
        directory_pages.switch,
        name="directory-switch",
    ),
]
