"""Claims that weigh members: those that were put in are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import scrapflow as sf


def test_claims_as_evidence_are_no_longer_tests(kept):
    """A test that one metric is above another weighs members, and both is said; a tuned one is refused, an unknown one told."""

    def with_role(role):
        run = kept.central
        rows = run.tables["claim_rows"].assign(role=role)
        return replace(kept, central=sf.Run({**run.tables, "claim_rows": rows}, run.meta, run.basemap))

    free = with_role("test")
    post = sf.condition(free, claims=["yard_functional"])
    assert post.claims().set_index("claim_id").loc["yard_functional", "role"] == "evidence"
    assert "no longer a test" in post.summary()
    share = post.predictions["yard_functional"].to_numpy()
    assert post.weights @ (share > 0.5) >= np.mean(share > 0.5)
    with pytest.raises(sf.InputError, match="no such claim"):
        sf.condition(free, claims=["yard_functionl"])
    with pytest.raises(sf.InputError, match="count it twice"):
        sf.condition(with_role("tuned"), claims=["yard_functional"])


def test_claims_that_were_put_in_are_no_evidence(dprk_run):
    """Input, tuned and definition would be counted twice; a stated value has no error."""
    from scrapflow.evidence.claims_as_evidence import rows_of_claims

    claims = dprk_run.claims()
    chosen = [claims.loc[claims["role"] == role, "claim_id"].iloc[0] for role in ("input", "tuned", "definition")]
    rows, faults = rows_of_claims(dprk_run, [*chosen, "price_2017", "chagang_2007", "no_scrap_left"])
    assert {f["row"] for f in faults} == {*chosen, "price_2017"}
    told = {r["observation_id"]: r for r in rows}
    assert (told["chagang_2007"]["low"], told["chagang_2007"]["high"], told["chagang_2007"]["region_id"]) == (
        100,
        999,
        "Chagang",
    )
    assert told["no_scrap_left"]["metric"] == "machinery_t > scrap_t"
