"""The benchmark's peers (pandas, a numpy loop, pymcdm) rank as the engine does."""

import pytest

pytest.importorskip("pandas", reason="the bench group of dependencies is absent")

from benchmarks import score as bench


@pytest.mark.filterwarnings("ignore")
def test_peers_give_the_same_ranks(capsys: pytest.CaptureFixture[str]) -> None:
    done = bench.main(["--units", "40", "--indicators", "12", "--draws", "192"])
    out = capsys.readouterr().out
    assert done == 0, out
    assert "0 of 3,840 ranks differ" in out  # pandas: one draw of each combination
