"""`habaring load`: the demo's own files, by the reader of the page."""

import tomllib
from datetime import datetime
from importlib import resources
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.module_loading import autodiscover_modules

from habaring.assessment.models import Observation
from habaring.config.demo import story
from habaring.portfolio.models import Candidate
from habaring.shared import loading
from habaring.shared.refusal import FileRefused, Refusal

FOLDER = Path(str(resources.files("habaring.config.demo").joinpath("kalteng")))


@pytest.fixture
def ground(db: None, at: datetime) -> None:
    told = story.Story(at, print, facts=tomllib.loads(story._text("kotim.toml")))
    story._ground(told)
    story._departments(told)


def _load(*words: object) -> str:
    out = StringIO()
    call_command("load", *map(str, words), stdout=out)
    return out.getvalue()


def test_observations_targets_and_candidates_load_and_load_again(ground: None) -> None:
    observations = FOLDER / "observations.csv"
    assert "867 new" in _load("observations", observations)
    assert "867 as before" in _load("observations", observations)
    targets = ("targets", FOLDER / "targets.csv", "--region", "62.02")
    assert "4 changed" in _load(*targets)
    assert "0 changed" in _load(*targets)
    candidates = ("candidates", FOLDER / "candidates.csv", "--region", "62.02")
    assert "41 new" in _load(*candidates)
    assert "41 as before" in _load(*candidates)
    assert Observation.objects.count() == 867
    assert Candidate.objects.count() == 41


@pytest.mark.parametrize("region", ["", "99.99"])
@pytest.mark.parametrize("kind", ["targets", "candidates"])
def test_a_region_must_be_named(ground: None, kind: str, region: str) -> None:
    with pytest.raises(Refusal):
        _load(kind, FOLDER / f"{kind}.csv", "--region", region)


def test_a_bad_file_is_refused_whole_with_its_rows(
    ground: None, tmp_path: Path
) -> None:
    path = tmp_path / "angka.csv"
    path.write_text(
        "region,indicator,year,value,source\n62.02,K01,2024,72.66,BPS\n"
        "62.02,K99,2024,1,BPS\n62.02,K06,2023,172.66,BPS\n"
    )
    with pytest.raises(FileRefused) as refused:
        _load("observations", path)
    assert [p.row for p in refused.value.problems] == [3, 4]
    assert not Observation.objects.exists()


def test_every_kind_of_the_command_is_told_in_its_help() -> None:
    autodiscover_modules("loaders")
    assert {"boundaries", "candidates", "observations", "regions"} <= set(
        loading.loaders()
    )
    with pytest.raises(ValueError, match="regions"):
        loading.register(loading.Loader("regions", "", lambda _request: ""))
