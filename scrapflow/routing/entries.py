"""A sparse matrix as plain arrays, for the many small products of a programme whose matrix changes from step to step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]


class Entries(NamedTuple):
    """A matrix as plain arrays, column by column: of small ones a product is done sooner than a sparse matrix is made.

    Attributes
    ----------
    row, column, value
        (k) where each entry stands, and what it is.
    shape
        Rows and columns.
    """

    row: Ints
    column: Ints
    value: Floats
    shape: tuple[int, int]

    @classmethod
    def of(cls, matrix: csc_array) -> Entries:
        """Take the entries of a matrix."""
        column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
        return cls(matrix.indices.astype(np.int64), column, matrix.data, matrix.shape)

    def times(self, columns: Floats) -> Floats:
        """Return the matrix times a vector (n): one value a row."""
        return _added(self.row, self.value * columns[self.column], self.shape[0])

    def turned(self, rows: Floats) -> Floats:
        """Return the turned matrix times a vector (m): one value a column."""
        return _added(self.column, self.value * rows[self.row], self.shape[1])

    def among(self, kept: Bools) -> Entries:
        """Return the matrix with nothing in the columns that are not ``kept``."""
        here = kept[self.column]
        return Entries(self.row[here], self.column[here], self.value[here], self.shape)

    def matrix(self) -> csc_array:
        """Return the matrix as scipy has it."""
        from scipy.sparse import csc_array

        start = np.concatenate([[0], np.cumsum(np.bincount(self.column, minlength=self.shape[1]))])
        return csc_array((self.value, self.row, start), shape=self.shape)


def _added(at: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(at, values, size).astype(np.float64, copy=False)
