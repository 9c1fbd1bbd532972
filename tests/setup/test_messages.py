"""The report of what a translation lacks."""

import gettext
from pathlib import Path

from habaring.config import messages

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
A = _("Save")
B = ngettext("%(n)s region", "%(n)s regions", 2)
C = pgettext("month", "May")
"""
PAGE = """
{% load i18n %}
  <p>{% translate "It's 100% done" %}</p>
{% blocktranslate trimmed count n=n %}
  One idea by {{ who }}
{% plural %}
  {{ n }} ideas by {{ who }}
{% endblocktranslate %}
{% include "x.html" with label=_("Name") %}
"""
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'


def lay(package: Path, words: str) -> Path:
    folder = package / "town"
    (folder / "templates").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "models.py").write_text(CODE)
    (folder / "templates" / "page.html").write_text(PAGE)
    path = folder / "locale" / "id" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEAD + words)
    return path


def test_every_kind_of_message_is_found_missing(tmp_path: Path) -> None:
    lay(tmp_path, "")
    [report] = messages.reports(tmp_path)
    found = [line.split(" (")[0] for line in report.missing]
    assert found == [
        *("'Save'", "'%(n)s region'", "'May'"),
        *('"It\'s 100%% done"', "'One idea by %(who)s'", "'Name'"),
    ]


def test_fuzzy_obsolete_and_wrong_placeholders_are_named(tmp_path: Path) -> None:
    lay(
        tmp_path,
        '#, fuzzy\nmsgid "Save"\nmsgstr "Simpan"\n\n'
        'msgid "Gone"\nmsgstr "Hilang"\n\n'
        'msgid "%(n)s region"\nmsgid_plural "%(n)s regions"\nmsgstr[0] "%(m)s daerah"\n',
    )
    [report] = messages.reports(tmp_path)
    assert report.fuzzy == ["'Save'"]
    assert report.obsolete == ["'Gone'"]
    assert report.unlike == ["'%(n)s region'"]


def test_a_newer_translation_is_compiled_and_can_be_read(tmp_path: Path) -> None:
    path = lay(tmp_path, 'msgid "Save"\nmsgstr "Simpan"\n')
    assert messages.compile_all(tmp_path) == [path.with_suffix(".mo")]
    assert messages.compile_all(tmp_path) == []
    with path.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Save") == "Simpan"
