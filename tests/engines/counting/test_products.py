"""Sums of counts × large numbers, by pieces, against Python's own integers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from habaring.engines.counting._exact import _products


@given(
    st.integers(1, 5).flatmap(
        lambda columns: st.tuples(
            st.lists(
                st.lists(
                    st.integers(-(2**61), 2**61) | st.integers(-5, 5),
                    min_size=columns,
                    max_size=columns,
                ),
                min_size=1,
                max_size=4,
            ),
            st.lists(st.integers(0, 2**400), min_size=columns, max_size=columns),
        )
    )
)
def test_products_are_those_of_python(
    given_: tuple[list[list[int]], list[int]],
) -> None:
    counts, large = given_
    wanted = [sum(n * m for n, m in zip(row, large, strict=True)) for row in counts]
    assert _products(np.array(counts, np.int64), large) == wanted
