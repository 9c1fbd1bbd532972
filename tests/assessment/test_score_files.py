"""The two plain files: they read back as they were written, and bad ones are refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habaring.assessment.score_files import (
    read_choices,
    read_framework,
    read_table,
    write_framework,
    write_table,
)
from habaring.engines.scoring import (
    Choices,
    Framework,
    Group,
    Indicator,
    Refused,
    Table,
)

NAME = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\x00", exclude_categories=["Cc", "Zs", "Zl", "Zp"]),
    min_size=1,
    max_size=8,
).filter(lambda x: x.strip() == x and x.lower() not in {"name", "nama"})  # fmt: skip
NUMBER = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    units = draw(st.lists(NAME, min_size=1, max_size=4, unique=True))
    codes = draw(st.lists(NAME, min_size=1, max_size=4, unique=True))
    shape = (len(units), len(codes))
    cells = st.one_of(st.just(float("nan")), NUMBER)
    flat = draw(
        st.lists(cells, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
    )
    values = np.array(flat).reshape(shape)
    marks = draw(st.lists(st.booleans(), min_size=len(flat), max_size=len(flat)))
    imputed = np.array(marks).reshape(shape) & ~np.isnan(values)
    return Table(tuple(units), tuple(codes), values, imputed if imputed.any() else None)


@settings(max_examples=200, deadline=None)
@given(tables())
def test_a_table_reads_back_as_written(table: Table) -> None:
    for names in (None, {unit: f"Kab. {unit}, x" for unit in table.units}):
        read = read_table(write_table(table, names=names))
        assert read.table.units == table.units
        assert read.table.indicators == table.indicators
        np.testing.assert_array_equal(read.table.values, table.values)
        if table.imputed is None:
            assert read.table.imputed is None
            assert dict(read.names) == (names or {})
        else:
            assert read.table.imputed is not None
            np.testing.assert_array_equal(read.table.imputed, table.imputed)


WEIGHT = st.floats(0, 1e9)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_framework_reads_back_as_written(data: st.DataObject) -> None:
    codes = data.draw(
        st.lists(st.text(max_size=6), min_size=2, max_size=5, unique=True)
    )
    framework = Framework(
        tuple(
            Indicator(code, data.draw(st.text(max_size=5)), "lower", data.draw(WEIGHT), -1e-300, 2.5)
            for code in codes
        ),
        (Group("INDEX", None), Group(codes[0], "INDEX", data.draw(WEIGHT), "geometric")),
        normalisation="goalposts",
        floor=data.draw(st.one_of(st.none(), st.floats(0.1, 9))),
    )  # fmt: skip
    choices = Choices(("z", "rank"), weight_spread=data.draw(st.floats(0, 0.9)))
    text = write_framework(
        framework, choices=choices, names=dict.fromkeys(codes, 'a "b" \\')
    )
    assert read_framework(text) == framework
    assert read_choices(text) == choices
    assert read_choices(write_framework(framework)) is None


def test_a_wide_table_as_people_save_it() -> None:
    read = read_table(
        "\ufeffkode;nama;a;b\r\n62.02;Kotim;3,5;\r\n;;;\r\n62.01;Kobar;-2;missing\r\n"
    )
    assert read.table.units == ("62.02", "62.01")
    assert read.names == {"62.02": "Kotim", "62.01": "Kobar"}
    assert read.table.values[:, 0].tolist() == [3.5, -2]
    assert np.isnan(read.table.values[:, 1]).all()
    assert read.year is None


LONG = """region_code,indicator,year,value,status
62.02,a,2022,1.5,value
62.02,a,2023,2.5,value
62.01,a,2023,,suppressed
62.01,b,2023,7,imputed
62.02,b,2022,,not_applicable
"""


def test_a_long_table_takes_the_newest_year_or_the_one_asked_for() -> None:
    newest = read_table(LONG)
    assert newest.year == 2023
    np.testing.assert_array_equal(newest.table.values, [[2.5, np.nan], [np.nan, 7.0]])
    assert newest.table.imputed is not None
    assert newest.table.imputed.tolist() == [[False, False], [False, True]]
    older = read_table(LONG, year=2022)
    np.testing.assert_array_equal(older.table.values, [[1.5, np.nan], [np.nan] * 2])
    with pytest.raises(Refused, match="2020"):
        read_table(LONG, year=2020)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["no_columns"]),
        ("only\n1\n", ["no_columns"]),
        ("code,a\n62,1,2\n63\n", ["ragged", "ragged"]),
        ("code,a,\n62,1,2\n", ["no_heading"]),
        ("code,a\n,1\n", ["no_code"]),
        ("code,a\n62,1\n62,2\n", ["region_twice"]),
        ("code,a,b\n62,x,12%\n", ["not_a_number", "not_a_number"]),
        ("code,a\n62,nan\n", ["not_a_number"]),
        ("code;a\n62;1.234,56\n", ["not_a_number"]),
        ('code,a\n62,"3,5"\n', ["not_a_number"]),
        ("code,a\n62,1e\n", ["not_a_number"]),
        ("region_code,indicator,value\n62,a,1\n62,a,2\n", ["value_twice"]),
        ("region_code,indicator,value,status\n62,a,1,guess\n", ["unknown_status"]),
        ("region_code,indicator,value,status\n62,a,1,missing\n", ["value_and_status"]),
        ("region_code,indicator,value,year\n62,a,x,'23\n", ["not_a_number"] * 2),
    ],
)
def test_a_bad_table_file_is_refused(text: str, codes: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        read_table(text)
    assert [p.code for p in refused.value.problems] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("a = ", ["not_toml"]),
        ("groups = 3", ["not_a_list"]),
        ("magic = 1", ["unknown_key"]),
        ("[[indicators]]\nwieght = 1", ["unknown_key"] + ["key_missing"] * 3),
        ("[[groups]]\nweight = 1", ["key_missing"]),
        ("floor = 'x'\nnormalisation = 3", ["wrong_kind", "wrong_kind"]),
        ("min_coverage = true", ["wrong_kind"]),
        ("[[groups]]\ncode = 5", ["wrong_kind"]),
    ],
)
def test_a_bad_framework_file_is_refused(text: str, codes: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        read_framework(text)
    assert [p.code for p in refused.value.problems] == codes


def test_bad_draws_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        read_choices("[draws]\nimputations = 1.5\nspread = 1\naggregations = 'mpi'")
    codes = sorted(p.code for p in refused.value.problems)
    assert codes == ["unknown_key", "wrong_kind", "wrong_kind"]


def test_names_for_people_are_read_over() -> None:
    framework = read_framework(
        '[[groups]]\ncode="L"\nparent="INDEX"\nname="Living"\n'
        '[[indicators]]\ncode="a"\nparent="L"\ndirection="higher"\nunit="%"\nsource="BPS"'
    )
    assert framework.groups == (Group("INDEX", None), Group("L"))


@pytest.mark.real_data
def test_the_asem_tables_read(shared_data: Path) -> None:
    path = shared_data / "index" / "asem_imputed.csv"
    if not path.is_file():
        pytest.skip("../shared/data/index is absent")
    read = read_table(path.read_text(encoding="utf-8"))
    assert read.table.values.shape == (51, 49)
    assert not np.isnan(read.table.values).any()
