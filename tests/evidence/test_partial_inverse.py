"""Entries of the inverse of a sparse matrix: two orders of elimination against the dense inverse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from scrapflow.evidence import partial_inverse
from scrapflow.evidence.partial_inverse import PartialInverse, _is_long, quadratic


def laplacian(ends, size, grounded):
    """Return the matrix of a network whose first rows, so many, also meet the ground."""
    rows = np.arange(len(ends))
    incidence = sparse.csr_array(
        (np.r_[np.ones(len(ends)), -np.ones(len(ends))], (np.r_[rows, rows], np.r_[ends[:, 0], ends[:, 1]])),
        shape=(len(ends), size),
    )
    weight = 0.5 + np.random.default_rng(2).random(len(ends))
    own = np.where(np.arange(size) < grounded, 1.0, 0.0)
    return sparse.csr_array(incidence.T @ sparse.diags_array(weight) @ incidence + sparse.diags_array(own))


def at_random(size, links):
    """Return links between places chosen at random, each of which is reached."""
    rng = np.random.default_rng(7)
    tree = np.column_stack([np.arange(1, size), rng.integers(0, np.arange(1, size))])
    more = rng.integers(0, size, (links, 2))
    return np.concatenate([tree, more[more[:, 0] != more[:, 1]]])


def on_a_strip(length, width):
    """Return the links of a grid that is long and narrow."""
    at = np.arange(length * width).reshape(length, width)
    return np.concatenate([
        np.column_stack([at[:, :-1].ravel(), at[:, 1:].ravel()]), np.column_stack([at[:-1].ravel(), at[1:].ravel()])
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("ends", "size", "like_a_map"), [(at_random(500, 300), 500, False), (on_a_strip(100, 5), 500, True)]
)
@pytest.mark.parametrize("grounded", [20, 0])
def test_entries_and_solutions_are_those_of_the_dense_inverse(ends, size, like_a_map, grounded):
    """A network of places chosen at random, whose rest is one front, and one like a map; without ground one row follows from others."""
    matrix = laplacian(ends, size, grounded)
    solved = PartialInverse(matrix, sparse.csr_array((size, size)))
    assert _is_long(sparse.csr_array(abs(matrix))) is like_a_map
    assert solved.rank == (size if grounded else size - 1)
    kept = np.setdiff1d(np.arange(size), solved.dependent)
    dense = np.zeros((size, size))
    dense[np.ix_(kept, kept)] = np.linalg.inv(matrix.toarray()[np.ix_(kept, kept)])
    entries = solved.entries().tocoo()
    i, j = entries.coords
    assert np.allclose(entries.data, dense[i, j], rtol=1e-7, atol=1e-9 * abs(dense).max())
    assert entries.nnz >= matrix.nnz
    right = matrix @ np.random.default_rng(1).random(size)
    assert np.allclose(matrix @ solved.solve(right), right, atol=1e-9)


def test_a_quadratic_form_reads_only_the_pairs_it_needs(monkeypatch):
    """V' A v column by column, as numpy makes it of the whole, whether read in one piece or many; an entry that is not there is no 0."""
    rng = np.random.default_rng(3)
    half = sparse.random_array((40, 40), density=0.5, rng=rng)
    full = sparse.csr_array(half + half.T + sparse.eye_array(40))
    columns = sparse.csc_array(sparse.random_array((40, 90), density=0.05, rng=rng))
    whole = sparse.csr_array(full.toarray() + 1.0)
    wanted = np.einsum("in,ij,jn->n", columns.toarray(), whole.toarray(), columns.toarray())
    assert np.allclose(quadratic(whole, columns), wanted)
    monkeypatch.setattr(partial_inverse, "_AT_ONCE", 7)
    assert np.allclose(quadratic(whole, columns), wanted)
    assert quadratic(whole, sparse.csc_array((40, 0))).shape == (0,)
    with pytest.raises(ValueError, match="not asked for"):
        quadratic(sparse.csr_array(sparse.eye_array(40)), columns)
