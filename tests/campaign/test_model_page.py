"""The page on the model is kept in step with the model."""

from __future__ import annotations

import re

from scrapflow.campaign import setting_rules
from scrapflow.campaign.history import ACCOUNT_COLUMNS
from scrapflow.campaign.quota import KINDS


def test_every_setting_stands_on_the_page_with_its_range(root):
    """The table of settings says of each what the package says of it."""
    page = (root / "docs" / "model.md").read_text(encoding="utf-8")
    for key, rule in setting_rules().items():
        if key.startswith("transport.") and key != "transport.foresight":
            continue
        default = rule.default if rule.type == "text" else f"{rule.default:g}"
        assert f"| `{key}` | {rule.range_text} | {rule.unit} | {default} | {rule.meaning} |" in page


def test_every_sentence_of_the_article_has_a_test_that_exists(root):
    """The table of sentences names only tests that are there."""
    page = (root / "docs" / "model.md").read_text(encoding="utf-8")
    table = page.split("## The article, sentence by sentence")[1]
    named = set(re.findall(r"`(test_\w+)`", table))
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 25
    assert all(re.search(r"`test_\w+`", row) for row in rows)
    there = set()
    for path in (root / "tests").rglob("test_*.py"):
        there |= set(re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert named - there == set()


def test_every_column_and_kind_is_explained(root):
    """Each column of the accounts and each kind of quota rule occurs on the page."""
    page = (root / "docs" / "model.md").read_text(encoding="utf-8")
    assert [c for c in (*ACCOUNT_COLUMNS, *KINDS) if c not in page] == []
