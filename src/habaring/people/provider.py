"""Where allauth looks for providers: at every start, so the real one waits.

It needs `requests` and signatures; most processes sign nobody in by a directory.
"""

from typing import Any


class DirectoryProvider:
    """Stands for `directory_provider.DirectoryProvider` until one is made."""

    id = "openid_connect"
    name = "OpenID Connect"
    uses_apps = True

    def __new__(cls, *args: Any, **more: Any) -> Any:
        from habaring.people import directory_provider

        return directory_provider.DirectoryProvider(*args, **more)


provider_classes = [DirectoryProvider]
