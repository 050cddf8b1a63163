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
# # 2012 against 2015
#
# In 2012 everyone was to bring a fixed weight; in 2015 the quota followed the headcount of enterprises. The two campaigns
# differ by a file, not by code.

# %%
import scrapflow as sf

world = sf.read_world()
old, new = sf.run(world, "2012"), sf.run(world, "2015")
sf.read_campaign(world, "2012")

# %%
sf.read_campaign(world, "2015")

# %% [markdown]
# The months carry other names, so they are set side by side in order: the first with the first.

# %%
c = sf.compare(old, new, align="order")
print(c.summary())

# %% [markdown]
# ## Totals, each under its own name

# %%
c.totals.round(0)

# %% [markdown]
# ## Who was asked

# %%
from scrapflow.views.charts import burden

burden(old)

# %%
burden(new)

# %% [markdown]
# ## What moved, month by month

# %%
from scrapflow.views.charts import monthly

monthly(old)

# %%
monthly(new)

# %% [markdown]
# ## What if …
#
# The same campaign with one thing changed is a run like any other. Twice the inspectors:

# %%
camp = sf.read_campaign(world, "2015")
teams = camp.update({"inspection.teams": 8})
print(sf.compare(new, sf.run(world, teams)).summary())
