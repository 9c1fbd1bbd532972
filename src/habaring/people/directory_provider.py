"""OpenID Connect as a region's directory speaks it, stricter than allauth's own.

Added: a nonce bound to the browser's own
request, PKCE always, the signature of the identity token checked always, and nothing of
the address that started it believed (RFC 9700; OpenID Connect Core 1.0, 3.1.3.7).
"""

import secrets
from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
)
from django.http import HttpRequest, HttpResponse

_SIGNATURES = {
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
}


class DirectoryConnection(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # no types
    """What is asked of the directory's server."""

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        told = str(config.get("issuer", "")).rstrip("/")
        if told != self.get_provider().app.settings["server_url"].rstrip("/"):
            raise OAuth2Error("The server calls itself by another name.")
        return config

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        import jwt

        try:
            algorithm = jwt.get_unverified_header(id_token).get("alg")
            if algorithm not in _SIGNATURES:
                raise OAuth2Error(f"The signature {algorithm} is not accepted.")
            claims: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=lambda keys, kid: next(
                    (
                        jwt.PyJWK(key, algorithm=algorithm).key
                        for key in keys["keys"]
                        if key.get("kid") == kid
                    ),
                    None,
                ),
                verify_signature=True,
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("The identity token cannot be read.") from error
        return claims


class DirectoryProvider(OpenIDConnectProvider):  # type: ignore[misc]  # no types
    """One directory, under allauth's name for OpenID Connect."""

    oauth2_adapter_class = DirectoryConnection
    pkce_enabled_default = True

    def sociallogin_from_response(
        self, request: HttpRequest, response: dict[str, Any]
    ) -> Any:
        request.directory_claims = response  # type: ignore[attr-defined]  # for `admit`
        return super().sociallogin_from_response(request, response)

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing of it is kept: the account has what we need."""
        return {}

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str((data.get("id_token") or {}).get("sub") or "")

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []  # `directories.admit` decides which address is believed

    def get_pkce_params(self) -> dict[str, str]:
        from allauth.socialaccount.providers.oauth2.utils import (
            generate_code_challenge,
        )

        made: dict[str, str] = generate_code_challenge()
        return made

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return list(self.get_scope())

    def get_auth_params_from_request(
        self, request: HttpRequest, action: str
    ) -> dict[str, str]:
        return dict(self.get_auth_params())

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().get_redirect_from_request_kwargs(request), "process": "login"}

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **more: Any,
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        params = {**(more.pop("auth_params", None) or {}), "nonce": nonce}
        answer: HttpResponse = super().redirect(
            request,
            process,
            next_url=next_url,
            data=data,
            auth_params=params,
            nonce=nonce,
            **more,
        )
        return answer
