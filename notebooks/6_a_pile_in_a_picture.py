# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A pile in a picture
#
# How do you know, and where should you look next? A campaign is run many times with all its assumptions drawn at once; what
# somebody saw gives weight to the members that say the same. From a published report to a shadow in a picture, to a smaller
# range, to the next thing to look at. Forty members are few: they show the way, and are said to be few. Use a thousand.

# %%
from dataclasses import replace

import scrapflow as sf

world = sf.read_world()
camp = sf.read_campaign(world, "2015")

# %% [markdown]
# ## The article's yard, counted once
#
# The first report is the article's own: the yard near the station holds more functional machines than waste. Stocks and willingness
# were chosen to fit that sentence (docs/data.md says which), so with these values it would count twice, and it is refused as evidence.

# %%
try:
    sf.condition(sf.ensemble(world, camp, n=2, processes=1), claims=["yard_functional"])
except sf.InputError as fault:
    print(fault)

# %% [markdown]
# Whoever wants to use it widens these values back to what somebody would say who has not read the sentence: how much of each stock is
# brought in a month, and which part of the machinery is obsolete or idle, could be nearly anything. The central values move too, because
# they were chosen. What is written here is an assumption as well; it is wider, and owes nothing to the article.

# %%
unread = {
    "scrap": (0.5, 0.1, 1.0),
    "obsolete_machinery": (0.1, 0.005, 0.5),
    "idle_machinery": (0.05, 0.002, 0.4),
    "working_machinery": (0.01, 0.0, 0.1),
}
camp = camp.update(
    {
        f"filling.willingness.{stock}": {"value": value, "low": low, "high": high, "basis": "assumed"}
        for stock, (value, low, high) in unread.items()
    }
)
shares = {"obsolete_share": (0.25, 0.02, 0.6), "idle_share": (0.2, 0.02, 0.39)}
columns = {
    f"{name}{end}": number
    for name, numbers in shares.items()
    for end, number in zip(("", "_low", "_high"), numbers, strict=True)
}
world = replace(world, tables={**world.tables, "sectors": world.sectors.assign(**columns)})
ens = sf.ensemble(world, camp, n=40, seed=0, keep="flows", processes=1)
ens

# %% [markdown]
# Now the sentence is an observation: of all that the yards of South Pyongan held in March, more was functional machinery than scrap.
# One anonymous source saw one yard (grade C), so the report may say nothing of the truth; its grade sees to that.

# %%
yard = {
    "observation_id": "the article's yard",
    "metric": "yard_functional_t > yard_scrap_t",
    "region_id": "South Pyongan",
    "period": "2015-03",
    "error": "bounds",
    "low": 0.5,
    "source_id": "dailynk_13046",
}
post = sf.condition(ens, yard)
post.inputs().head(6)[["input", "median_before", "median", "learned"]]

# %% [markdown]
# Shares and willingness of the machinery are free to learn now; before, the sentence was in their central values already.
#
# ## A published figure
#
# A source puts the steel made in 2015 at 1.079 million tonnes, so less than that was carted. The claim is a *test* of the
# model: nothing was chosen to fit it. Used as evidence it tests nothing any more, and that is said.

# %%
post = sf.condition(ens, yard, claims=["steel_2015_carted"])
print(post.summary())

# %% [markdown]
# ## From a shadow to tonnes
#
# Suppose a picture of the yard where members differ most. The pile covers 2,000 m2, its shadow is 6 m long, the sun stood at 31 degrees. What is
# known badly is the density, so a sharper picture would help little.

# %%
piles = sf.value_of_information(ens, "carted_t", "pile")
first = piles.iloc[0]
first[["candidate", "reduction"]]

# %%
heap = sf.pile(
    area_m2=2000,
    shadow_m=6,
    sun_elevation_deg=31,
    place=first.node_id,
    period=first.period,
    reliability="B",
    credibility="2",
)
heap

# %% [markdown]
# ## A smaller range

# %%
post = sf.condition(ens, [yard, heap], claims=["steel_2015_carted"])
post.ranges().set_index("total").loc[["carted_t", "delivered_t"]].round(-2)

# %% [markdown]
# What the assumptions learned, and how the reports go together:

# %%
post.inputs().head(5)[["input", "median_before", "median", "learned"]]

# %%
post.conflicts()

# %% [markdown]
# Had somebody else, whose reports are rarely right, claimed ten times as much at the same place, little would have moved; and both
# reports would be named.

# %%
lie = heap.of(value=heap.value * 10, reliability="E", credibility="", observation_id="hearsay")
sf.condition(ens, [yard, heap, lie]).conflicts()

# %% [markdown]
# ## Where to look next
#
# After these, what is worth most for what the mills received, with the error that each observation would have?

# %%
table = sf.value_of_information(post if post.ess >= 35 else ens, "delivered_t")
table.head(8)[["candidate", "kind", "sd_after", "reduction"]]

# %% [markdown]
# The same on the map: the four numbers before and after, a panel "what was seen", and numbered marks where to look.

# %%
from scrapflow.evidence.where_next import with_next

m = sf.map_flows(with_next(post.central, table, "delivered_t"))
m
