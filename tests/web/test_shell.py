"""The shell: what the navigation links, the tags, and the style page as a whole."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from habaring.web import context, style


@pytest.fixture(autouse=True)
def _indonesian() -> Iterator[None]:
    with translation.override("id"):
        yield


def visit(path: str, **cookies: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    request.user = AnonymousUser()
    return request


def drawn(source: str, **values: object) -> str:
    return Template("{% load habaring %}" + source).render(Context(values))


def test_only_stages_with_a_page_are_linked() -> None:
    stages = context.stages_below("/daerah/62.02/", "/daerah/62.02/rencana/edisi/1/")
    urls = [stage.url for stage in stages]
    assert urls[0] == "/daerah/62.02/"
    assert "/daerah/62.02/usulan/" in urls
    assert "/daerah/62.02/program/" not in urls
    assert [stage.url for stage in stages if stage.current] == [
        "/daerah/62.02/rencana/"
    ]


@pytest.mark.parametrize(
    ("root", "page", "working", "stage"),
    [
        ("/daerah/62.02/", "lokakarya/", False, "praktik/"),
        ("/ruang-kerja/62.02/", "praktik/adopsi/", True, "belajar/"),
        ("/ruang-kerja/62.02/", "tulisan/", True, "rencanakan/"),
    ],
)
def test_what_belongs_to_a_stage_is_shown_there(
    root: str, page: str, working: bool, stage: str
) -> None:
    stages = context.stages_below(root, root + page, working=working)
    assert [one.url for one in stages if one.current] == [root + stage]


def test_pages_outside_a_region_have_no_stages() -> None:
    shell = context.shell(visit("/"))
    assert shell["stages"] == []
    assert "work_stages" not in shell


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"><script>', "")]
)
def test_the_theme_comes_from_the_cookie_if_it_is_one(cookie: str, theme: str) -> None:
    assert context.shell(visit("/", theme=cookie))["theme"] == theme


def test_the_style_page_renders_every_component() -> None:
    page = render_to_string("style.html", style.examples(), visit("/daerah/62.02/"))
    assert page.count("<svg") > 40
    assert " style=" not in page
    assert "contoh" in page
    assert "Bidang ini" in page or "wajib" in page


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", ["403.html", "404.html", "500.html"])
def test_pages_of_no_say_what_to_do_next(name: str, language: str) -> None:
    with translation.override(language):
        page = render_to_string(name, {}, visit("/daerah/62.02/"))
    assert page.count("<h1>") == 1
    assert 'class="button' in page


def test_a_large_sum_shows_the_exact_one_on_hover() -> None:
    page = drawn("{{ v|rupiah_short }}", v=2_230_000_000_000)
    assert page.replace("\u00a0", " ") == (
        '<abbr title="Rp 2.230.000.000.000">Rp 2,2 triliun</abbr>'
    )
    assert drawn("{{ v|rupiah_short }}", v=None) == "–"


def test_filters_write_what_readers_expect() -> None:
    moment = datetime(2022, 4, 20, 23, 0, tzinfo=UTC)
    page = drawn(
        "{{ n|number }} {{ s|percent }} {{ c|change }} {{ t|day }} {{ m|cell }}",
        n=1234.5,
        s=0.123,
        c=-0.8,
        t=moment,
        m=None,
    )
    # 23.00 UTC is already the next day in western Indonesia
    assert page.replace("\u00a0", " ") == "1.234,5 12,3% −0,8 21 April 2022 –"


def test_a_change_is_coloured_by_what_is_better() -> None:
    assert "change good" in drawn("{% change_mark v %}", v=2.1)
    assert "change bad" in drawn("{% change_mark v 1 lower_is_better=True %}", v=2.1)
    assert "icon" not in drawn("{% change_mark v %}", v=0.01)
    assert "–" in drawn("{% change_mark v %}", v=None)


def test_a_dimension_is_never_colour_alone() -> None:
    page = drawn('{% dimension_chip "ENV" "Lingkungan" 5 "/x/" %}')
    assert "d-env" in page
    assert "<svg" in page
    assert "Lingkungan" in page
    assert "d-bra" in drawn('{% dimension_chip "X9" "Sendiri" 7 "" %}')


class Sample(forms.Form):
    name = forms.CharField(label="Nama", help_text="Singkat.")
    kind = forms.ChoiceField(
        label="Jenis", choices=[("a", "A")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="Setuju", required=False)


def test_a_field_ties_label_hint_and_error_together() -> None:
    form = Sample({})
    page = drawn("{% field f.name %}{% field f.kind %}{% field f.agree %}", f=form)
    assert 'for="id_name"' in page
    assert 'id="id_name-hint"' in page
    assert 'id="id_name-error"' in page
    assert 'aria-describedby="id_name-hint id_name-error"' in page
    assert 'aria-invalid="true"' in page
    assert "<fieldset" in page


def test_a_form_keeps_what_was_typed() -> None:
    form = Sample({"name": "<b>Air</b>"})
    assert "&lt;b&gt;Air&lt;/b&gt;" in drawn("{% field f.name %}", f=form)


def test_words_in_block_tags_are_escaped() -> None:
    page = drawn("{% disclosure t %}{{ t }}{% enddisclosure %}", t="<i>")
    assert "<i>" not in page
    page = drawn('{% notice "bad" t %}<p>{{ t }}</p>{% endnotice %}', t="<i>")
    assert "<i>" not in page
    assert "<p>" in page
