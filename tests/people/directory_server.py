"""A region's directory for tests: Canaille, a real OpenID Connect provider, in memory.

Run as a program; one line of JSON on its standard input tells port, client and people.
It says "ready" when it listens. Of people marked `two_steps` it tells that they used
two (its own second factors need packages and telephones that a test has not).
"""

import json
import sys
from typing import Any


def main(plan: dict[str, Any]) -> None:
    from canaille import create_app
    from canaille.app import models
    from canaille.backends import Backend
    from canaille.oidc import provider
    from canaille.oidc.jose import make_default_rsa_jwk
    from flask import g
    from werkzeug.serving import make_server

    host = f"127.0.0.1:{plan['port']}"
    key = make_default_rsa_jwk().as_dict(private=True)
    app = create_app(
        {
            "SECRET_KEY": "only for tests, kept nowhere, sixty letters or so in all",
            "SERVER_NAME": host,
            "PREFERRED_URL_SCHEME": "http",
            "WTF_CSRF_ENABLED": False,
            "CANAILLE": {"DATABASE": "memory", "JAVASCRIPT": False, "SMTP": None},
            "CANAILLE_OIDC": {"REQUIRE_NONCE": True, "ACTIVE_JWKS": [key]},
        }
    )
    with app.app_context():
        store = Backend.instance
        for person in plan["people"]:
            store.save(
                models.User(
                    user_name=person["name"].lower(),
                    formatted_name=person["name"],
                    family_name=person["name"],
                    emails=[person["mail"]],
                    password=plan["password"],
                )
            )
        client = models.Client(
            client_id=plan["client_id"],
            client_secret=plan["client_secret"],
            client_name="Habaring",
            client_uri="https://habaring.example",
            redirect_uris=plan["redirect_uris"],
            scope=["openid", "profile", "email"],
            grant_types=["authorization_code"],
            response_types=["code"],
            token_endpoint_auth_method="client_secret_post",
        )
        store.save(client)
        client.audience = [client]
        store.save(client)
    twice = {p["name"].lower() for p in plan["people"] if p.get("two_steps")}
    told = provider.compute_amr_values

    def amr(methods: list[str] | None) -> list[str] | None:
        return (
            ["pwd", "otp", "mfa"]
            if g.session.user.user_name in twice
            else told(methods)
        )

    provider.compute_amr_values = amr

    def exact(_grant: Any, code: str, client: Any) -> Any:
        """Its memory finds codes that a refused request left behind: by either key."""
        found = store.query(models.AuthorizationCode, client=client)
        return next((one for one in found if one.code == code), None)

    provider.AuthorizationCodeGrant.query_authorization_code = exact
    server = make_server("127.0.0.1", plan["port"], app, threaded=True)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(json.loads(sys.stdin.readline()))
