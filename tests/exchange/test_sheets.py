"""Spreadsheets: a workbook and a folder of CSV files with the run's tables, what is assumed, and the sources."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.exchange import excel
from scrapflow.exchange.sheets import sheets


def test_a_workbook_holds_the_run_with_its_sources(toy_run, tmp_path):
    """Every amount comes back to the 15 digits of a spreadsheet, sources and assumptions stand beside them, and it may be written again."""
    file = sf.export(toy_run, "xlsx", tmp_path / "toy.xlsx")
    read = pd.read_excel(file, sheet_name=None)
    assert next(iter(read)) == "about"
    assert list(read)[-2:] == ["assumptions", "sources"]
    assert read["movements"].tonnage_t.tolist() == pytest.approx(toy_run.movements.tonnage_t.tolist(), rel=1e-14)
    assert read["totals"].set_index("total").tonnage_t.to_dict() == pytest.approx(toy_run.totals().to_dict(), rel=1e-14)
    assert read["sources"].source_id.tolist() == toy_run.sources.source_id.tolist()
    assert "geometry" not in read["nodes"].columns
    sf.export(toy_run, "xlsx", file)
    other = tmp_path / "mine.xlsx"
    pd.DataFrame({"a": [1]}).to_excel(other, index=False)
    with pytest.raises(InputError):
        sf.export(toy_run, "xlsx", other)


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


def test_what_a_spreadsheet_would_take_for_a_formula_is_text(toy_run, tmp_path):
    """A name that begins with an equals sign is no formula in the workbook."""
    nodes = toy_run.nodes.assign(name="=1+1")
    run = type(toy_run)(toy_run.tables | {"nodes": nodes}, toy_run.meta, toy_run.basemap)
    from openpyxl import load_workbook

    sheet = load_workbook(sf.export(run, "xlsx", tmp_path / "x.xlsx"))["nodes"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if str(cell.value).endswith("=1+1")]
    assert {cell.value for cell in cells} == {"'=1+1"}
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_table_too_long_for_a_sheet_is_refused_with_the_way_out(toy_run, tmp_path, monkeypatch):
    """The limit of a sheet is told with the rows there are, and csv is named."""
    monkeypatch.setattr(excel, "MOST_ROWS", 20)
    with pytest.raises(InputError, match="export the format csv"):
        sf.export(toy_run, "xlsx", tmp_path / "long.xlsx")
    assert not (tmp_path / "long.xlsx").exists()


def test_empty_tables_have_no_sheet(toy_run):
    """The toy has nothing unserved: no sheet says so by being empty."""
    assert "unserved" not in sheets(toy_run, whole=True)
