"""The façade of a run: its tables, and in one call each the questions that are asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapflow.given import called
from scrapflow.ledger.store import read_tables, save_run
from scrapflow.ledger.tables import RunTables
from scrapflow.queries.claims import evaluate_claims
from scrapflow.queries.flows import Flows
from scrapflow.queries.report import report
from scrapflow.queries.yards_and_penalties import allocation

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd


class Run(RunTables):
    """What a campaign did to a world, period by period; see :class:`~scrapflow.ledger.tables.RunTables` for its tables.

    Made by :func:`scrapflow.run` and :func:`scrapflow.read_run`.

    Examples
    --------
    >>> import scrapflow as sf
    >>> run = sf.run(sf.read_world("toy"))
    >>> run.flows.to("Near Mill").kinds
    ['shipped']
    """

    @classmethod
    def of(cls, tables: RunTables) -> Run:
        """Return the façade over the tables of a run."""
        return cls(tables.tables, tables.meta, tables.basemap)

    @property
    def flows(self) -> Flows:
        """Queries over the movements; :class:`scrapflow.Flows` has the verbs.

        Examples
        --------
        >>> import scrapflow as sf
        >>> run = sf.run(sf.read_world("toy"))
        >>> run.flows.kind("shipped").to("Far Mill").total_t
        23.5
        """
        return Flows.of_run(self)

    def claims(self) -> pd.DataFrame:
        """Set each claim of the sources beside what the model says; ``docs/model.md`` has the metrics.

        Returns
        -------
        DataFrame
            A row a claim: its ``text`` and ``role``, what is ``stated`` (``low, high``, ``unit``), what is ``modelled``, whether
            the two agree, whose it is.

        Examples
        --------
        >>> import scrapflow as sf
        >>> run = sf.run(sf.read_world("toy"))
        >>> run.claims().set_index("claim_id")["agrees"].to_dict()
        {'yard_functional': True}
        """
        return evaluate_claims(self)

    def allocation(self) -> pd.DataFrame:
        """Return the shares of mills that the campaign fixed beside those that came about; no row if it fixed none.

        Returns
        -------
        DataFrame
            ``node_id, wanted_share, share, wanted_t, tonnage_t, met``, a row a mill.

        Examples
        --------
        >>> import scrapflow as sf
        >>> sf.run(sf.read_world("toy")).allocation().columns.tolist()
        ['node_id', 'wanted_share', 'share', 'wanted_t', 'tonnage_t', 'met']
        """
        return allocation(self)

    def summary(self) -> str:
        """Return what came of the run in words: totals with two significant figures, what was not served and why.

        A run with ranges (of an ensemble) shows them; levels are those at the end of the last period.

        Examples
        --------
        >>> import scrapflow as sf
        >>> print(sf.run(sf.read_world("toy")).summary().splitlines()[1])
          quota                               80
        """
        return report(self)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the run to a folder of Parquet files with a manifest, whole or not at all.

        Parameters
        ----------
        path
            Where to; a folder that is there is replaced if it is a run, and refused if it is not.

        Raises
        ------
        InputError
            If the folder holds something that is no run.
        OutputError
            If it cannot be written.

        Examples
        --------
        >>> import tempfile, scrapflow as sf
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     sf.run(sf.read_world("toy")).save(f"{folder}/out")
        ...     sf.read_run(f"{folder}/out").name
        'toy-2015'
        """
        save_run(self, path)


@called
def read_run(path: str | PathLike[str], *, check: bool = True) -> Run:
    """Read a saved run; tables are loaded when they are first used.

    ``run.flows`` queries the files in place, so that a run larger than memory can be asked. See
    :func:`scrapflow.ledger.store.save_run` for the layout.

    Parameters
    ----------
    path
        Folder of the run.
    check
        Whether to compare every file with the manifest and to check the balance; False only to look at a damaged run.

    Raises
    ------
    InputError
        If it is no run, comes from a newer layout, or a file is missing or changed; every such file is listed.
    BalanceError
        If tonnes appeared or vanished.

    Examples
    --------
    >>> import tempfile, scrapflow as sf
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sf.run(sf.read_world("toy")).save(f"{folder}/out")
    ...     round(sf.read_run(f"{folder}/out").balance().residual_t.abs().max(), 6)
    np.float64(0.0)
    """
    return Run.of(read_tables(path, check=check))
