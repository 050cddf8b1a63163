"""What the trains did, as tables."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from scrapflow.ledger.train_tables import shadow_prices


def test_a_link_has_the_higher_of_its_two_shadow_prices():
    """Where both directions bind, a tonne more is worth what it is worth in the dearer one, whichever that is."""
    duals = pd.DataFrame(
        [
            ("1", "a", "link", 3.0),
            ("1", "a (back)", "link", 5.0),
            ("1", "b", "link", 7.0),
            ("1", "b (back)", "link", 2.0),
            ("1", "c", "link", 0.0),
            ("2", "a (back)", "link", 1.0),
            ("1", "yard", "supply", 9.0),
        ],
        columns=["period", "item", "kind", "shadow_price"],
    )
    prices = shadow_prices(SimpleNamespace(result=SimpleNamespace(duals=duals), supplies=pd.DataFrame()))
    assert prices.to_dict() == {("1", "a"): 5.0, ("1", "b"): 7.0, ("2", "a"): 1.0}
