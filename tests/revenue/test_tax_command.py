"""`habaring tax`: two files in, a roll or a refusal out, no database."""

import csv
import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from habaring.engines.taxing._problems import SENTENCES
from habaring.revenue import problem_words
from habaring.revenue.management.commands.tax import TaxRefused
from tests.engines.taxing import plain

RULES = resources.files("habaring.revenue").joinpath("rules/62.02")
HEADINGS = "nop,npwpd,luas_bumi,njop_bumi_m2,luas_bng,njop_bng_m2,penggunaan"
# Started by a small process: what was large before it was started counts, too.
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
HOUSE = "620206000101200340,P1,300,400000,70,1200000,"


def shipped(tax: str) -> Path:
    return Path(str(RULES)) / f"{tax}.toml"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def objects(tmp_path: Path) -> Path:
    return write(
        tmp_path / "objek.csv",
        HEADINGS,
        HOUSE,
        "620206000101200350,P1,100,400000,,,food",
        "620206000101200360,P2,100,400000,0,0,grave",
    )


def run(*asked: Any, on: str = "2026-01-01") -> None:
    call_command("tax", *map(str, asked), "--on", on)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def refused(*asked: Any, **more: Any) -> list[str]:
    with pytest.raises(TaxRefused) as told:
        run(*asked, **more)
    return str(told.value).replace("\xa0", " ").splitlines()


def test_every_step_is_a_column(
    objects: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shipped("pbb"), objects)
    out, err = capsys.readouterr()
    first, second, third = rows(out)
    steps = {key: int(cell) for key, cell in first.items() if key.startswith("step_")}
    assert steps == {
        "step_land": 120_000_000,
        "step_building": 84_000_000,
        "step_base": 204_000_000,
        "step_excluded": 0,
        "step_deduction": 10_000_000,
        "step_taxable": 194_000_000,
        "step_share": 77_600_000,
        "step_tax": 77_600,
        "step_minimum": 0,
        "step_total": 77_600,
    }
    assert first["number"] == "620206000101200340"
    assert (first["first"], second["first"]) == ("1", "0")  # once a taxpayer
    assert (first["rate_percent"], second["rate_percent"]) == ("0.1", "0.07")
    assert (second["step_total"], third["step_total"]) == ("11200", "0")
    assert third["step_excluded"] == "40000000"
    assert {row["example"] for row in rows(out)} == {"contoh"}
    assert "PBB-P2 terutang: Rp\xa088.800" in err
    assert "3 objek, 1 di antaranya dikecualikan" in err


def test_the_sums_for_a_record(
    objects: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "hasil.csv"
    run(shipped("pbb"), objects, "--json", "--out", out)
    told = json.loads(capsys.readouterr().out)
    assert (told["objects"], told["excluded"], told["payable"]) == (3, 1, 88_800)
    assert told["totals"]["total"] == 88_800
    assert told["rules"]["example"] is True
    assert sum(rate["total"] for rate in told["rates"]) == 88_800
    assert len(rows(out.read_text(encoding="utf-8"))) == 3
    assert list(tmp_path.glob("*.part")) == []


def test_names_of_sismiop_and_a_file_of_classes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = "kd_propinsi;kd_dati2;kd_kecamatan;kd_kelurahan;kd_blok;no_urut;kd_jns_op"
    objects = write(
        tmp_path / "dat_objek_pajak.csv",
        f"{parts};LUAS_BUMI;KD_KLS_TANAH;LUAS_BNG;KD_KLS_BNG;NJOPTKP",
        "62;02;060;001;012;0034;0;300;A32;70;085;ya",
        "62;02;060;001;012;0035;0;300.00;A32;0;;tidak",
    )
    classes = write(
        tmp_path / "kelas.csv",
        "jenis,kelas,nilai",
        "tanah,A32,400000",
        "bangunan,085,1200000",
    )
    run(shipped("pbb"), objects, "--classes", classes)
    first, second = rows(capsys.readouterr().out)
    assert first["number"] == "620206000101200340"
    assert (first["step_total"], second["step_total"]) == ("77600", "48000")


def test_quantities_and_what_is_collected_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    objects = write(
        tmp_path / "galian.csv",
        "nopd\tvolume\tmineral",
        "M1\t1000\tsand",
        "M2\t2,5\tstone",
    )
    run(shipped("mblb"), objects, "--json", "--out", tmp_path / "o.csv")
    told = json.loads(capsys.readouterr().out)
    assert told["totals"] == {
        "base": 60_275_000,
        "tax": 12_055_000,
        "total": 12_055_000,
        "opsen-mblb": 3_013_750,
    }
    assert told["payable"] == 15_068_750
    second = rows((tmp_path / "o.csv").read_text(encoding="utf-8"))[1]
    assert second["volume"] == "2.500"


@pytest.mark.parametrize(
    ("tax", "heading", "line"),
    [
        ("bphtb", "nomor,npwpd,harga,njop", "A1,P1,350000000,204000000"),
        ("pbjt-mm", "nomor,bayar,potongan,layanan", "A1,84000000,,"),
        ("reklame", "nomor,ukuran,lama,jumlah,kelas", "A1,2.5,30,2,a"),
        ("pat", "nomor,volume_air,kelompok", "A1,120.5,trade"),
        ("opsen-pkb", "nomor,pkb", "A1,1200000"),
    ],
)
def test_other_taxes(
    tax: str,
    heading: str,
    line: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(shipped(tax), write(tmp_path / "o.csv", heading, line))
    total = int(rows(capsys.readouterr().out)[0]["step_total"])
    known: dict[str, dict[str, Any]] = {
        "bphtb": {"price": 350_000_000, "njop": 204_000_000},
        "pbjt-mm": {"paid": 84_000_000},
        "reklame": {"size": "2.5", "duration": 30, "count": 2, "use": "a"},
        "pat": {"volume": "120.5", "use": "trade"},
        "opsen-pkb": {"tax": 1_200_000},
    }
    text = shipped(tax).read_text("utf-8")
    assert total == plain.amounts(text, known[tax])["total"] > 0


def test_every_problem_has_its_line_and_nothing_is_written(
    objects: Path, tmp_path: Path
) -> None:
    out = tmp_path / "hasil.csv"
    bad = write(
        tmp_path / "salah.csv",
        HEADINGS,
        "620206000101200340,P1,-3,400000,0,0,",
        "",
        "620206000101200340,,1.000,,0,0,sea",
        "620206000101200370,P2,1,2",
    )
    assert refused(shipped("pbb"), bad, "--out", out) == [
        f"{bad} ditolak:",
        "- baris 2: luas_bumi bukan bilangan bulat: -3 (tulis angka saja, tanpa titik)",
        "- baris 4: luas_bumi bukan bilangan bulat: 1.000 (tulis angka saja, tanpa titik)",
        "- baris 4: njop_bumi_m2 belum ada",
        "- baris 4: nomor 620206000101200340 sudah ada di baris 2",
        "- baris 4: penggunaan berisi sea; pilihannya: food, heritage, worship, public, grave",
        "- baris 4: wajib pajaknya belum ada",
        "- baris 5: ada 4 sel, padahal judulnya 7",
    ]
    assert not out.exists()
    large = write(
        tmp_path / "besar.csv", HEADINGS, HOUSE, "7,P9,999999999,999999999,0,0,"
    )
    told = refused(shipped("pbb"), large)
    assert told[1] == "- baris 3: dasar pengenaan melebihi Rp 150.000.000.000.000"


def test_columns_that_are_missing(tmp_path: Path) -> None:
    bare = write(tmp_path / "a.csv", "nop,kd_kls_tanah", "1,A1")
    told = refused(shipped("pbb"), bare)
    assert len(told) == 4
    assert (
        "tidak ada kolom land_m2, luas_bumi, luas_tanah" in told[1] + told[2] + told[3]
    )
    assert any("memerlukan --classes BERKAS" in line for line in told)
    assert any("sekali untuk setiap wajib pajak" in line for line in told)
    assert (
        "judul kolom tidak ada" in refused(shipped("pbb"), write(tmp_path / "b", ""))[1]
    )
    twice = write(tmp_path / "c.csv", "nop,nop", "1,2")
    assert "kolom nop ada dua kali" in refused(shipped("pbb"), twice)[1]
    none = write(tmp_path / "d.csv", HEADINGS)
    assert "tidak berisi objek" in refused(shipped("pbb"), none)[1]
    latin = tmp_path / "e.csv"
    latin.write_bytes(HEADINGS.encode() + b"\n\xff,P1,1,1,1,1,\n")
    assert "bukan teks UTF-8" in refused(shipped("pbb"), latin)[1]
    assert "None" not in str(refused(shipped("pbb"), tmp_path / "none.csv"))


def test_classes_that_are_wrong(objects: Path, tmp_path: Path) -> None:
    bad = write(tmp_path / "k.csv", "jenis,kelas,nilai", "laut,A,1", "bumi,A,x", "bumi,B,1", "bumi,B,2")  # fmt: skip
    told = refused(shipped("pbb"), objects, "--classes", bad)
    assert told == [
        f"{bad} ditolak:",
        "- baris 2: tidak ada jenis kelas bernama laut",
        "- baris 3: value bukan bilangan bulat: x (tulis angka saja, tanpa titik)",
        "- baris 5: kelas B punya dua nilai",
    ]
    classes = write(tmp_path / "good.csv", "jenis,kelas,nilai", "bumi,A,1")
    unknown = write(tmp_path / "o.csv", "nop,luas_bumi,kd_kls_tanah,first", "1,5,Z,1")
    told = refused(shipped("pbb"), unknown, "--classes", classes)
    assert told[1] == "- baris 2: kd_kls_tanah: berkas kelas tidak memuat kelas Z"


def test_rules_that_are_refused(objects: Path, tmp_path: Path) -> None:
    text = shipped("pbb").read_text(encoding="utf-8")
    high = write(
        tmp_path / "high.toml", text.replace("percent = 0.15", "percent = 0.65")
    )
    assert refused(high, objects) == [
        f"{high} ditolak:",
        "- rates[2].percent: 0,65% melebihi batas 0,5% dalam UU 1/2022 Pasal 41 ayat (1)",
    ]
    told = refused(shipped("pbb"), objects, on="2020-01-01")
    assert told[0] == f"{shipped('pbb')} ditolak:"
    assert "tidak berlaku pada 2020-01-01" in told[1]
    assert refused(tmp_path / "no.toml", objects)[0].endswith("no.toml ditolak:")


def test_wrong_usage(objects: Path) -> None:
    with pytest.raises(CommandError):
        run(shipped("pbb"), objects, on="tomorrow")


def test_every_problem_of_the_engine_has_its_words() -> None:
    unseen = {"too_much_interest"}
    assert SENTENCES.keys() - problem_words.PROBLEMS.keys() <= unseen


def test_the_program_needs_no_settings_and_no_database(
    objects: Path, tmp_path: Path
) -> None:
    def program(*asked: object) -> "subprocess.CompletedProcess[str]":
        bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        path = {"PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.run(
            [sys.executable, "-m", "habaring.cli", "tax", *map(str, asked)],
            capture_output=True,
            text=True,
            check=False,
            env=bare | path,
        )

    good = program(shipped("pbb"), objects, "--on", "2026-01-01")
    assert good.returncode == 0
    assert rows(good.stdout)[0]["step_total"] == "77600"
    bad = program(shipped("pbb"), tmp_path / "none.csv", "--on", "2026-01-01")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "none.csv ditolak:" in bad.stderr
    wrong = program(shipped("pbb"), objects)
    assert (wrong.returncode, wrong.stdout) == (2, "")


@pytest.mark.slow
def test_a_million_objects_in_reasonable_memory(tmp_path: Path) -> None:
    path = tmp_path / "besar.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADINGS + "\n")
        for place in range(1_000_000):
            file.write(
                f"{place:018},P{place // 2},{place % 997 + 60},400000,70,900000,\n"
            )
    out = tmp_path / "hasil.csv"
    asked = ["tax", shipped("pbb"), path, "--on", "2026-01-01", "--out", out]
    command = [sys.executable, "-m", "habaring.cli", *map(str, asked)]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command],
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(done.stdout.splitlines()[-1]) / 1024 < 600  # megabytes
    with out.open(encoding="utf-8") as file:
        told = list(csv.DictReader(line for n, line in enumerate(file) if n < 5))
    assert [row["first"] for row in told] == ["0", "1", "0", "1"]
