"""`explore`: the map as a widget of a notebook. The widget's own library is loaded when one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from scrapflow.errors import InputError, extra, problem
from scrapflow.given import called
from scrapflow.runs import Run
from scrapflow.views.maps import SCALES
from scrapflow.views.steering import Steering
from scrapflow.views.words import labels
from scrapflow.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapflow.campaign import Campaign
    from scrapflow.views.explorer import Explorer


@called
def explore(
    run: Run | World,
    campaign: str | Campaign | None = None,
    *,
    settings: Iterable[str] | None = None,
    lang: str = "en",
    scale: str = "fixed",
    height: int = 640,
) -> Explorer:
    """Open a run, or a world with sliders, on a map that talks back: a widget for JupyterLab, marimo and others.

    Needs the extra ``notebook``: ``pip install 'scrapflow[notebook]'``. The map asks no one but the notebook's own kernel.

    Parameters
    ----------
    run
        A run to look at; or a world, whose campaign is run anew, or whose known tonnes are routed anew, with every move of a
        slider and every link that is closed.
    campaign
        With a world: which campaign; its default if not given, and where it has none, its known tonnes.
    settings
        With a world: the assumptions that get sliders, named as ``sf.sensitivity`` lists them. By default those that its
        ``world.toml`` names under ``[explore]``, else the six that what mills receive hangs on most (found by running).
    lang
        ``en`` or ``ko`` at first sight.
    scale
        ``fixed`` or ``adaptive`` widths; fixed is the first run's for all that follow.
    height
        Height of the map in pixels; 0 for what the window has left.

    Returns
    -------
    Explorer
        With ``selection``, ``filters``, ``periods`` (both ways), ``flows`` (the query that the map shows) and ``run``; with
        a world also ``values`` and ``closed`` (both ways), ``campaign`` and ``world`` as they stand.

    Raises
    ------
    InputError
        If what is given is neither a run nor a world, a world has neither campaign nor known tonnes, or a
        campaign is given with a run.
    MissingExtraError
        If the extra ``notebook`` is not installed.

    Examples
    --------
    >>> import scrapflow as sf
    >>> world = sf.read_world("toy")
    >>> w = explore(sf.run(world))
    >>> w.filters = {"material": ["scrap"], "kind": "shipped"}
    >>> w.flows.by("destination").columns.tolist()
    ['destination', 'tonnage_t']
    >>> steered = explore(world, "2015", settings=["quota.headcount.kg"])
    >>> steered.values = {"quota.headcount.kg": 30}
    >>> steered.campaign.rules[0].kg.value
    30.0
    """
    labels(lang)
    if scale not in SCALES:
        msg = f"no scale {scale!r}; there are {', '.join(SCALES)}"
        raise InputError([problem("explore", "", "scale", msg)], what="the map")
    with extra("notebook", "sf.explore"):
        from scrapflow.views.explorer import Explorer
    if isinstance(run, World):
        steering = Steering(run, campaign, settings)
        return Explorer(steering.run({}, ()), steering, lang=lang, scale=scale, height=height)
    if not isinstance(cast("object", run), Run):
        how = f"sf.explore(sf.read_world({run!r}))" if isinstance(run, str) else "sf.explore(sf.run(world))"
        msg = f"a run or a world is explored, not {type(run).__name__}: {how}"
        raise InputError([problem("explore", "", "run", msg)], what="the map")
    if campaign is not None or settings is not None:
        msg = "a run is as it was made; sf.explore(world, campaign) has sliders"
        raise InputError([problem("explore", "", "campaign", msg)], what="the map")
    return Explorer(run, lang=lang, scale=scale, height=height)
