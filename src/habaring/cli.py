"""`habaring …`: Django's command line with our settings.

Exit 0: done. 1: refused, the reason on stderr. 2: wrong usage.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

from habaring.shared.refusal import Refusal

WITHOUT_APPS = {
    "count": "habaring.participation.management.commands.count",
    "tax": "habaring.revenue.management.commands.tax",
}
"""Commands that need a file and words only: the platform would take seconds to load."""


def main() -> int:
    """The console script; gives the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habaring.config.settings")
    _take_data_folder(sys.argv)
    if sys.argv[1:2] == ["worker"]:  # jobs are bound by the same walls as pages
        os.environ.setdefault("DATABASE_ROLE", "habaring_app")
    try:
        _execute(sys.argv)
    except Refusal as refusal:
        for problem in getattr(refusal, "problems", ()):
            sys.stderr.write(f"  {problem}\n")
        sys.stderr.write(f"{refusal}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _execute(words: list[str]) -> None:
    module = WITHOUT_APPS.get("".join(words[1:2]))
    if module is None:
        from django.core.management import execute_from_command_line

        execute_from_command_line(words)
        return
    from django.apps import apps
    from django.conf import settings

    here = Path(__file__).parent
    settings.configure(
        LANGUAGE_CODE="id",
        LOCALE_PATHS=[
            here / name / "locale" for name in ("participation", "revenue", "shared")
        ],
    )
    apps.populate(())  # django.setup() would load the web side, too
    import_module(module).Command().run_from_argv(words)


def _take_data_folder(words: list[str]) -> None:
    """`up --data DIR` must be known before the settings are read."""
    if words[1:2] != ["up"]:
        return
    for place, word in enumerate(words):
        name, _, value = word.partition("=")
        if name == "--data":
            given = value or "".join(words[place + 1 : place + 2])
            if given:
                os.environ["HABARING_DATA"] = str(Path(given).expanduser().resolve())


if __name__ == "__main__":
    sys.exit(main())
