"""A workbook of a run: its tables, what is assumed, the sources."""

from __future__ import annotations

import pandas as pd
import pytest

import scrapflow as sf
from scrapflow.errors import InputError
from scrapflow.exchange import excel


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
