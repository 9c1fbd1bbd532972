"""What we tell allauth: whom to let in, what to ask, what to say."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now  # noqa: TID251 - it stands where a view does
from django.utils.translation import gettext_lazy as _

from habaring.people import directories, second_step, security
from habaring.people.models import Account
from habaring.shared import limits, sealing

logger = logging.getLogger(__name__)

_FRESH = 600  # seconds after a sign-in in which nobody is asked for the password again


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-in by mail address and password; accounts are made elsewhere."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The mail address or the password is not right. Check both, and mind that "
            "capitals count in the password."
        ),
        "incorrect_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Onward only to this very host."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.client_address(request) or "0.0.0.0"  # noqa: S104 - shown, not bound

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Axes counts; a second count would only tell another limit."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        """A closed account is answered like a wrong password."""
        found = authenticate(request, **credentials)
        return found if isinstance(found, Account) else None

    def reauthenticate(self, user: Account, password: str) -> bool:
        found = self.authenticate(
            context.request, email=user.email or "", password=password
        )
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Who signed in a moment ago need not type the password again."""
        records = context.request.session.get("account_authentication_methods") or []
        last = max((record.get("at", 0) for record in records), default=0)
        return bool(now().timestamp() - last > _FRESH)

    def get_login_stages(self) -> list[str]:
        return ["habaring.people.adapters.SecondStepStage"]

    def login(self, request: HttpRequest, user: Account) -> None:
        super().login(request, user)
        records = request.session.get("account_authentication_methods") or []
        how = [str(record.get("type") or record.get("method")) for record in records]
        security.note(account=user, at=now(), verb="signed_in", details={"by": how})

    def add_message(self, *args: Any, **more: Any) -> None:
        """Our pages say what happened in our own words."""

    def send_mail(self, *args: Any, **more: Any) -> None:
        """Our actions write the letters."""

    def respond_user_inactive(
        self, request: HttpRequest, user: Account
    ) -> HttpResponse:
        raise directories.AccountShut


class SecondStepStage(AuthenticateStage):  # type: ignore[misc]  # allauth has no types
    """Between password and session; a trusted directory may have asked already."""

    urlname = "mfa_authenticate"

    def handle(self) -> tuple[Any, bool]:
        social = (self.login.signal_kwargs or {}).get("sociallogin")
        account = self.login.user
        if social is not None and isinstance(account, Account):
            found = directories.of(social.account.provider)
            asserted = social.state.get("second_step_there", False)
            if (
                found
                and asserted
                and second_step.directory_speaks_for(found, account, at=now())
            ):
                second_step.note_passed(
                    self.request, account, type="directory", id=found.code
                )
                return None, True
        handled: tuple[Any, bool] = super().handle()
        return handled


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets sealed; names and words of our own."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code is not right. Codes change every half minute: take the newest."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text, about="second step").hex()

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.open_sealed(bytes.fromhex(encrypted_text), about="second step")

    def build_totp_svg(self, url: str) -> str:
        # late: few requests draw one
        import segno

        drawn: str = segno.make(url, error="m").svg_inline(
            scale=5, border=2, dark="#111", light="#fff", omitsize=True
        )
        return drawn

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        account = Account.objects.get(pk=authenticator.user_id)
        return second_step.may_remove(account, authenticator.pk, at=now())

    def get_totp_issuer(self) -> str:
        return "Habaring"

    def _get_site_name(self) -> str:
        return "Habaring"


class DirectoryAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the same
    """A region's directory in place of allauth's table of apps."""

    def list_apps(
        self,
        request: HttpRequest,
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[Any]:
        return directories.apps(provider=provider)

    def get_requests_session(self) -> Any:
        from habaring.people.outside import session

        return session()

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Check what the directory said, and find or make the account it means."""
        directories.admit(request, sociallogin, at=now())

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        logger.warning("sign-in by directory failed: %s", error, exc_info=exception)
        raise directories.SignInFailed.because(error, exception)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def send_notification_mail(self, *args: Any, **more: Any) -> None:
        """Our actions write the letters."""
