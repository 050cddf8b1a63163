"""Models of HiGHS: silent from the first moment, on one thread, with the options asked for."""

from __future__ import annotations

import pytest

from scrapflow.routing.highs import new_model


def test_a_model_greets_nobody(capfd):
    """Neither making a model nor running it writes to either stream; the second one neither."""
    for _ in range(2):
        model = new_model()
        model.addVar(0.0, 1.0)
        model.run()
    assert tuple(capfd.readouterr()) == ("", "")


@pytest.mark.parametrize(
    ("name", "value"), [("presolve", "off"), ("primal_feasibility_tolerance", 1e-9), ("threads", 1)]
)
def test_options_reach_the_solver(name, value):
    """What is asked for is what the model says of itself."""
    assert new_model(**{name: value}).getOptionValue(name)[1] == value
