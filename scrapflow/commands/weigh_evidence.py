"""What was seen: note it in a world, weigh a campaign by it, and ask where to look next."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scrapflow.commands.options import CampaignOpt, FormatOpt, WorldArg, example
from scrapflow.commands.reading import read
from scrapflow.terminal import Format, print_rows, progress_bar, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapflow.evidence.condition import Posterior
    from scrapflow.studies.ensemble import Ensemble
    from scrapflow.world import World

app = typer.Typer()


class Deed(enum.StrEnum):
    """What is done with the observations of a world."""

    add = "add"
    list = "list"


MembersOpt = Annotated[int, typer.Option(min=1, help="So many runs with all assumptions drawn.")]
SeenOpt = Annotated[
    Path | None, typer.Option("--observations", metavar="CSV", help="Observations of a file, instead of the world's.")
]


@app.command(
    epilog=example(
        "scrapflow observe my-world add --area-m2 26 --height-m 4 --place 'Vale Yard' --period 2015-01 --source drawn",
        "scrapflow observe my-world add --wagons 1 --days 20 --link rail_near --period 2015-01 --source drawn",
        "scrapflow observe my-world add --metric quota_t --place 'Vale Works' --value 60 --low 40 --high 90 --source drawn",
        "scrapflow observe my-world list",
    )
)
def observe(
    world: Annotated[Path, typer.Argument(metavar="WORLD", help="A folder or a .gpkg file of your own.")],
    deed: Annotated[Deed, typer.Argument(help="Note an observation, or list those there are.")],
    *,
    metric: Annotated[str | None, typer.Option(help="What was seen, such as shipped_t or quota_t.")] = None,
    place: Annotated[str | None, typer.Option(help="A place, by any spelling.")] = None,
    link: Annotated[str | None, typer.Option(help="A link, by its link_id.")] = None,
    region: Annotated[str | None, typer.Option(help="A region, by any spelling.")] = None,
    material: Annotated[str | None, typer.Option(help="A material or group; all if left out.")] = None,
    period: Annotated[str | None, typer.Option(help="When: 2015-03, 2015-Q1, 2015; all if left out.")] = None,
    value: Annotated[float | None, typer.Option(help="The value seen.")] = None,
    low: Annotated[float | None, typer.Option(help="It lies above this with 90 %; a bound without --value.")] = None,
    high: Annotated[float | None, typer.Option(help="It lies below this with 90 %; a bound without --value.")] = None,
    error: Annotated[str | None, typer.Option(help="normal, lognormal, poisson, binomial or bounds.")] = None,
    sd: Annotated[float | None, typer.Option(help="Its standard deviation; of the logarithm if lognormal.")] = None,
    exposure: Annotated[
        float | None, typer.Option(help="poisson: the count that a prediction of 1 lets expect.")
    ] = None,
    area_m2: Annotated[float | None, typer.Option(help="A pile: the ground it covers.")] = None,
    height_m: Annotated[float | None, typer.Option(help="Its height.")] = None,
    shadow_m: Annotated[float | None, typer.Option(help="Or the length of its shadow ...")] = None,
    sun_elevation_deg: Annotated[float | None, typer.Option(help="... and how high the sun stood.")] = None,
    shape: Annotated[str, typer.Option(help="cone, windrow or flat.")] = "cone",
    wagons: Annotated[int | None, typer.Option(help="Loaded wagons that were counted ...")] = None,
    days: Annotated[float | None, typer.Option(help="... on so many days.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Who says so: a source_id, or a title or address, which is added.")
    ] = None,
    credibility: Annotated[str | None, typer.Option(help="Admiralty 1 to 6.")] = None,
    note: Annotated[str | None, typer.Option(help="A remark.")] = None,
) -> None:
    """Note in a world what somebody saw, counted or measured: a pile, wagons, or the value of a metric."""
    from scrapflow.evidence.noted import noted, noted_world

    given = read(str(world))
    if deed is Deed.list:
        none = f"nothing is noted in {world} yet: 'scrapflow observe {world} add' does it, and its --help has examples"
        print_rows(given.observations, Format.table, none=none)
        return
    cells = {
        "metric": metric, "place": place, "link": link, "region": region, "material": material, "period": period,
        "value": value, "low": low, "high": high, "error": error, "sd": sd, "exposure": exposure, "credibility": credibility,
        "note": note,
    }  # fmt: skip
    pile = {"area_m2": area_m2, "height_m": height_m, "shadow_m": shadow_m, "sun_elevation_deg": sun_elevation_deg}
    seen = noted(cells, pile=pile if area_m2 is not None else None, shape=shape, wagons=wagons, days=days)
    changed, row = noted_world(given, seen, source or "")
    changed.write(world)
    say(f"{world}: noted {row['observation_id']} ({seen})")


@app.command(
    epilog=example(
        "scrapflow condition my-world --members 40",
        "scrapflow condition toy --observations seen.csv --members 40 -o weighed.html",
    )
)
def condition(
    world: WorldArg = None,
    *,
    campaign: CampaignOpt = None,
    members: MembersOpt = 200,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 0,
    observations: SeenOpt = None,
    claim: Annotated[list[str] | None, typer.Option(help="Use a claim of role test as evidence too.")] = None,
    discrepancy: Annotated[float, typer.Option(help="By how much the model may miss, as a part.")] = 0.1,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A map with the ranges before and after (.html), or a run folder."),
    ] = None,
    form: FormatOpt = Format.table,
) -> None:
    """Weigh a campaign, run many times, by what was seen: each total before and after, what fights with what."""
    with progress_bar(1) as bar:
        ens = _ensemble(read(world), campaign, members, seed, bar.count)
    post = _weighed(ens, observations, claim, discrepancy)
    print_rows(post.ranges(), form)
    if form is Format.table:
        say(post.summary())
    if output is not None:
        _write(post, output)


@app.command(
    "next",
    epilog=example(
        "scrapflow next toy --target delivered_t --members 40 --top 5", "scrapflow next my-world --members 40"
    ),
)
def next_command(
    world: WorldArg = None,
    *,
    campaign: CampaignOpt = None,
    target: Annotated[str, typer.Option(help="The total to know better.")] = "delivered_t",
    members: MembersOpt = 200,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 0,
    observations: SeenOpt = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only these: assumption, pile, wagons, quota, headcount.")
    ] = None,
    cost: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND=COST", help="Rank by what a unit of cost buys; may be given again."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="So many rows.")] = 15,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A map that shows where (.html), or a picture.")
    ] = None,
    form: FormatOpt = Format.table,
) -> None:
    """Say where to look next: what one could see that would narrow a total most, after what the world has observed."""
    from scrapflow.evidence.information import value_of_information
    from scrapflow.terminal import tonnes_of

    with progress_bar(1) as bar:
        ens = _ensemble(read(world), campaign, members, seed, bar.count)
    has = observations is not None or (ens.observations is not None and len(ens.observations))
    known = _weighed(ens, observations, None, 0.1) if has else ens
    table = value_of_information(known, target, kind or None, cost=tonnes_of(cost, "--cost") or None)
    shown = table.drop(columns=["metric", "sd_before"]).head(top)
    print_rows(shown if form is Format.table else table.head(top), form)
    if "note" in table.attrs:
        say(table.attrs["note"], err=True)
    if output is not None:
        from scrapflow.evidence.where_next import with_next

        run = known.central
        _draw(with_next(run, table, target), output)


def _ensemble(
    world: World, campaign: str | None, members: int, seed: int, count: Callable[[int, int], None]
) -> Ensemble:
    from scrapflow.studies.ensemble import ensemble

    return ensemble(world, campaign, n=members, seed=seed, keep="flows", progress=count)


def _weighed(ens: Ensemble, file: Path | None, claims: list[str] | None, discrepancy: float) -> Posterior:
    import pandas as pd

    from scrapflow.evidence.condition import condition as weigh

    seen = None if file is None else pd.read_csv(file, dtype={"credibility": "str"})
    return weigh(ens, seen, claims=claims or (), discrepancy=discrepancy)


def _write(post: Posterior, output: Path) -> None:
    if output.suffix:
        from scrapflow.evidence.information import value_of_information
        from scrapflow.evidence.where_next import with_next

        aim = "delivered_t"
        run = with_next(post.central, value_of_information(post, aim), aim) if post.ess >= 30 else post.central
        _draw(run, output)
        return
    post.central.save(output)
    say(f"{output}")


def _draw(run: Any, output: Path) -> None:
    from scrapflow.views.maps import map_flows, save_map
    from scrapflow.views.pictures import save_picture

    drawn = map_flows(run)
    if output.suffix in (".png", ".svg", ".pdf"):
        save_picture(drawn, output)
    else:
        save_map(drawn, output)
    say(f"{output}")
