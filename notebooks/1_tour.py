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
# # A tour in ten cells
#
# From a folder of tables to a map, and from the map to the rows behind it. Nothing here asks the network for anything.

# %%
import scrapflow as sf

world = sf.read_world()
world

# %% [markdown]
# What is known, and what is not: a world checks itself, and lists every value that nobody reported, with its range.

# %%
world.check().groupby("severity").size()

# %%
world.assumptions().sample(5, random_state=0)

# %% [markdown]
# A campaign says what is asked of whom and what people do about it. `sf.run` takes the whole way.

# %%
run = sf.run(world, "2015")
run

# %% [markdown]
# A question is a chain of verbs. Which regions' yards served Kangsŏn with machinery in March?

# %%
run.flows.to("Kangson").of("machinery").during("2015-03").by("region")

# %% [markdown]
# Whose tonnes pass through Sunch'ŏn? Exact, because flows are kept by path.

# %%
run.flows.through("Sunchon").by("origin_name", "destination_name")

# %% [markdown]
# What left the official chain. Its kinds are never added up, since a tonne can be carted, carried back and carted again.

# %%
run.flows.diverted().top(5, "destination_region")

# %% [markdown]
# The way of the steel, with what went back drawn as going back.

# %%
from scrapflow.views.charts import monthly, sankey

sankey(run)

# %%
monthly(run)

# %% [markdown]
# The same as a map. It is one HTML file: saved, it can be mailed, and opening it tells no one what you look at.

# %%
m = sf.map_flows(run)
sf.save_map(m, "tour.html")
m
