"""Spreadsheets: a workbook and a folder of CSV files with the run's tables, what is assumed, and the sources."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.exchange.sheets import sheets


def test_a_folder_of_csv_has_every_table(toy_run, tmp_path):
    """Stocks and paths, which are long, are there too; unknown is an empty cell."""
    folder = sf.export(toy_run, "csv", tmp_path / "tables")
    stocks = pd.read_csv(folder / "stocks.csv")
    assert stocks.closing_t.sum() == pytest.approx(toy_run.stocks.closing_t.sum())
    assert len(pd.read_csv(folder / "paths.csv")) == len(toy_run.paths)
    sf.export(toy_run, "csv", folder)


def test_a_selection_is_exported_with_its_words(toy_run, tmp_path):
    """The query stands in the sheet about it, its rows add up to its total, and other formats ask for a run."""
    chosen = toy_run.flows.to("Far Mill")
    read = pd.read_excel(sf.export(chosen, "xlsx", tmp_path / "far.xlsx"), sheet_name=None)
    assert read["flows"].tonnage_t.sum() == pytest.approx(chosen.total_t)
    assert read["about"].set_index("what").value["query"] == chosen.words
    assert len(read["sources"]) == len(toy_run.sources)
    with pytest.raises(InputError, match="takes a whole run"):
        sf.export(chosen, "gmns", tmp_path / "gmns")


def test_empty_tables_have_no_sheet(toy_run):
    """The toy has nothing unserved: no sheet says so by being empty."""
    assert "unserved" not in sheets(toy_run, whole=True)
