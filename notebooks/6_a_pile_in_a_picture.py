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
import scrapflow as sf

world = sf.read_world()
ens = sf.ensemble(world, "2015", n=40, seed=0, keep="flows", processes=1)
ens

# %% [markdown]
# ## A published report
#
# A source puts the steel made in 2015 at 1.079 million tonnes, so less than that was carted. The claim is a *test* of the
# model: nothing was chosen to fit it. Used as evidence it tests nothing any more, and that is said.

# %%
post = sf.condition(ens, claims=["steel_2015_carted"])
print(post.summary())

# %% [markdown]
# The article's own statement, that yards hold more functional machines than waste, cannot be used: stocks and willingness
# were chosen to fit it, and it would count twice. Who wants to use it widens these values back first.

# %%
try:
    sf.condition(ens, claims=["yard_functional"])
except sf.InputError as fault:
    print(fault)

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
post = sf.condition(ens, heap, claims=["steel_2015_carted"])
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
sf.condition(ens, [heap, lie]).conflicts()

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
from scrapflow.evidence.told import with_next

m = sf.map_flows(with_next(post.central, table, "delivered_t"))
m
