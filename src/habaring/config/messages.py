"""Translations without GNU gettext: compile them, and tell what is missing.

Each folder of `habaring` keeps its own `locale/id/LC_MESSAGES/django.po`; English is
the language of the code. `python -m habaring.config.messages compile|check|report`.
"""

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGE = "id"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SUFFIXES = {".py", ".html", ".txt", ".svg"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")

Key: TypeAlias = tuple[str | None, str]  # context, singular


@dataclass
class Report:
    """What is wrong with one folder's translations. Each is a sentence's beginning."""

    folder: str
    missing: list[str] = field(default_factory=list)
    fuzzy: list[str] = field(default_factory=list)
    obsolete: list[str] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)  # placeholders differ

    @property
    def lines(self) -> list[str]:
        return [
            f"{self.folder}: {kind}: {words}"
            for kind, found in (
                ("missing", self.missing),
                ("fuzzy", self.fuzzy),
                ("not used any more", self.obsolete),
                ("placeholders differ", self.unlike),
            )
            for words in found
        ]


def compile_all(package: Path = PACKAGE) -> list[Path]:
    """Write the .mo of every .po that is newer, and give the files written."""
    written = []
    for source in sorted(package.glob("**/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        made = io.BytesIO()
        write_mo(made, _read(source))
        target.write_bytes(made.getvalue())
        written.append(target)
    return written


def reports(package: Path = PACKAGE) -> list[Report]:
    """One for each folder with something to mend; none when all is well."""
    made = [
        _report(folder)
        for folder in sorted(package.iterdir())
        if folder.is_dir() and (folder / "__init__.py").exists()
    ]
    return [report for report in made if report.lines]


def _report(folder: Path) -> Report:
    report = Report(folder.name)
    used = dict(_used(folder))
    path = folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
    kept = {_key(message): message for message in _read(path) if message.id}
    for key, place in used.items():
        message = kept.get(key)
        if message is None or not all(_strings(message.string)):
            report.missing.append(f"{key[1]!r} ({place})")
        elif message.fuzzy:
            report.fuzzy.append(repr(key[1]))
        elif _placeholders(message.string) - _placeholders(message.id):
            report.unlike.append(repr(key[1]))
    report.obsolete += [repr(key[1]) for key in kept if key not in used]
    return report


def _used(folder: Path) -> Iterator[tuple[Key, str]]:
    """Every message of a folder's code and templates, with the first place of each."""
    seen = set()
    for path in sorted(folder.glob("**/*")):
        if path.suffix not in SUFFIXES:
            continue
        for line, key in _messages(path):
            if key not in seen:
                seen.add(key)
                yield key, f"{path.relative_to(folder)}:{line}"


def _messages(path: Path) -> Iterator[tuple[int, Key]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = _as_python(text, str(path))
    source = io.BytesIO(text.encode())
    for line, words, _, context in extract("python", source, keywords=KEYWORDS):
        # Babel leaves a call without its context as it is and gives plurals as a tuple.
        first = words[0] if isinstance(words, tuple) else words
        if first:
            yield line, (context, first)


def _as_python(text: str, origin: str) -> str:
    """A template as the calls it stands for; Babel's tokenizer minds indentation."""
    from django.utils.translation.template import templatize

    return "\n".join(line.strip() for line in templatize(text, origin).splitlines())


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    text = path.read_text(encoding="utf-8")
    catalog = read_po(io.StringIO(text), locale=LANGUAGE, abort_invalid=True)
    if "Plural-Forms" not in text:  # Indonesian has one form; Babel takes it for two
        kept = [pair for pair in catalog.mime_headers if pair[0] != "Plural-Forms"]
        catalog.mime_headers = [*kept, ("Plural-Forms", "nplurals=1; plural=0;")]
    for message in catalog:
        if isinstance(message.string, tuple):
            message.string = message.string[: catalog.num_plurals]
    return catalog


def _key(message: Message) -> Key:
    return message.context, _strings(message.id)[0]


def _strings(value: object) -> list[str]:
    return (
        [str(part) for part in value]
        if isinstance(value, tuple | list)
        else [str(value)]
    )


def _placeholders(value: object) -> set[str]:
    return {mark for text in _strings(value) for mark in PLACEHOLDER.findall(text)}


def _main(words: list[str]) -> int:
    if words == ["compile"]:
        sys.stdout.write(f"{len(compile_all())} compiled.\n")
        return 0
    lines = [line for report in reports() for line in report.lines]
    sys.stdout.write("\n".join([*lines, f"{len(lines)} to mend."]) + "\n")
    return 1 if lines and words == ["check"] else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
