"""Findings as a person reads them: equal ones together, the cause first, never more than sixty lines."""

from __future__ import annotations

import pandas as pd
import pytest
from typer.testing import CliRunner

import scrapflow as sf
from scrapflow.cli import app
from scrapflow.world.finding_groups import grouped, report_lines

COLUMNS = ["table", "row", "column", "severity", "message"]


def frame(*rows):
    """Return findings."""
    return pd.DataFrame(rows, columns=COLUMNS)


def test_equal_findings_of_many_rows_are_one_line():
    """Values, quoted words and names vary; what is said does not."""
    rows = [
        ("links", f"l{i}", "length_km", "warning", f"line longer than its chainage: A{i} to B, {i} km")
        for i in range(2232)
    ]
    lines = report_lines(frame(*rows))
    assert len(lines) == 1
    assert "2,232 rows" in lines[0]
    assert "l0, l1, l2 …" in lines[0]


def test_no_finding_is_lost_in_groups():
    """The sizes of the groups add up to the findings, whatever their texts."""
    rows = [("nodes", f"n{i}", "name", "error", f"{'ab'[i % 2]} thing {i} is {i % 7} wrong") for i in range(100)]
    assert grouped(frame(*rows))["rows"].sum() == 100
    assert not len(grouped(frame()))


def test_what_concerns_a_table_comes_before_its_rows():
    """The missing column is told before what follows from it."""
    rows = [("nodes", f"n{i}", "kind", "error", "must not be empty") for i in range(5)]
    first = ("nodes", "", "kind", "error", "the column is missing")
    assert "the column is missing" in report_lines(frame(*rows, first))[0]


def test_any_number_of_kinds_fits_on_a_screen():
    """More kinds than lines are counted in the last line; a severity leaves the lesser ones out."""
    rows = [(f"t{i}", "", f"c{i}", "note" if i % 2 else "error", f"{'x' * (13 + i)} is wrong") for i in range(300)]
    lines = report_lines(frame(*rows))
    assert len(lines) == 55
    assert lines[-1].startswith("… and 246 kinds")
    assert all(line.startswith("error") for line in report_lines(frame(*rows), severity="error")[:-1])


def test_a_drowned_world_names_its_cause_in_ten_lines(folder):
    """A network renamed to fit, with no kinds and decimal identifiers: the missing column is among the first lines."""
    header = "node_id,x_coord,y_coord,region_id\n"
    nodes = "".join(f"{i},{i / 1000},0.5,\n" for i in range(500))
    (folder.path / "nodes.csv").write_text(header + nodes)
    links = "".join(f"l{i},{i}.0,{i + 1}.0,3\n" for i in range(499))
    (folder.path / "links.csv").write_text("link_id,from_node,to_node,km\n" + links)
    result = CliRunner().invoke(app, ["check", str(folder.path)])
    lines = result.output.splitlines()
    assert len(lines) <= 60
    assert any("column kind: the column is missing" in line for line in lines[:10])
    assert not any("shifted" in line for line in lines)
    assert "is read as" in result.output


def test_check_reads_campaigns_too(folder):
    """A world whose only campaign cannot be used is not without errors."""
    folder.edit("campaigns/2015.toml", lambda b: b.replace(b"kg =", b"t ="))
    result = CliRunner().invoke(app, ["check", str(folder.path)])
    assert "2015" in result.output
    assert "0 errors" not in result.output


def test_hangul_identifiers_are_equal_in_both_compositions(folder):
    """What looks the same is the same, in nodes, links and the name of the campaign."""
    import unicodedata

    nfc, nfd = (unicodedata.normalize(form, "강선") for form in ("NFC", "NFD"))
    for table, column in (("nodes", "node_id"), ("mills", "node_id"), ("lines", "to_node_id"), ("links", "to_node_id")):
        rows = folder.rows(table)
        at = rows[0].index(column)
        for row in rows[1:]:
            if row[at] == "far":
                row[at] = nfd if table == "links" else nfc
        folder.put(table, rows)
    world = sf.read_world(folder.path)
    assert nfc in set(world.links["to_node_id"])


@pytest.mark.parametrize("severity", ["error", "warning", "note"])
def test_the_severity_chooses_the_least_that_is_shown(severity):
    """Worse findings are always shown."""
    rows = [("nodes", "", "", s, f"this is of severity {s}") for s in ("error", "warning", "note")]
    shown = report_lines(frame(*rows), severity=severity)
    assert len(shown) == ["error", "warning", "note"].index(severity) + 1
