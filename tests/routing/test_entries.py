"""A matrix as plain arrays says what scipy says of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csc_array

from scrapflow.routing.entries import Entries


@pytest.fixture(params=[(3, 5, 0.5), (5, 3, 0.5), (4, 4, 0.0), (6, 2, 1.0)], ids=str)
def matrix(request):
    """Return a random matrix of so many rows and columns and that share of entries; some columns are empty."""
    rows, columns, share = request.param
    rng = np.random.default_rng(0)
    dense = np.where(rng.random((rows, columns)) < share, rng.normal(size=(rows, columns)), 0.0)
    return csc_array(dense)


def test_products_and_the_way_back_are_scipys(matrix):
    """Times a vector, turned times a vector, and the matrix again."""
    plain = Entries.of(matrix)
    m, n = matrix.shape
    x, y = np.arange(1.0, n + 1), np.arange(1.0, m + 1)
    np.testing.assert_allclose(plain.times(x), matrix @ x)
    np.testing.assert_allclose(plain.turned(y), matrix.T @ y)
    assert plain.times(x).dtype == plain.turned(y).dtype == np.float64
    assert (plain.matrix() != matrix).nnz == 0
    assert plain.matrix().shape == (m, n)


def test_columns_that_are_left_out_are_empty_and_stay_in_their_place(matrix):
    """Every second column remains where it was."""
    kept = np.arange(matrix.shape[1]) % 2 == 0
    left = Entries.of(matrix).among(kept).matrix().toarray()
    np.testing.assert_array_equal(left, np.where(kept, matrix.toarray(), 0.0))
