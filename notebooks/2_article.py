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
# # The article, claim by claim
#
# *'Defense of Steel' Destroying Enterprises* (Daily NK, March 2015) makes claims that can be set beside a model: what was
# asked, what the yards held, who was punished. Each is a row with its source; what a model of 2015 says stands beside it.
# A model that agrees does not prove a claim: it shows that the claim fits the rest of what is known and assumed.

# %%
import pandas as pd

import scrapflow as sf

pd.set_option("display.max_colwidth", 110)
world = sf.read_world()
run = sf.run(world, "2015")
claims = run.claims()
judged = claims[claims.agrees.notna()]
print(f"{len(claims)} claims, {len(judged)} of them about something the model has a number for")

# %% [markdown]
# ## What the article says and the model can answer

# %%
article = judged[judged.source_id.str.contains("13046|105759")]
article[["text", "relation", "stated", "modelled", "agrees"]]

# %% [markdown]
# ## "More functional pieces of machinery than actual steel waste and scraps"
#
# What the yards held in each month, by material. Idle and working machinery are *functional*; the article's rice cooker is
# idle. The model is not told this; it follows from what enterprises have and the order in which they give it up.

# %%
from scrapflow.views.charts import burden, yard_composition

yard_composition(run)

# %%
yards = sf.yards(run, by="period")
yards[["period", "held_t", "scrap_t", "obsolete_machinery_t", "functional_t", "functional_share"]].round(2)

# %% [markdown]
# ## "Quantities are based on the total number of workers at a given enterprise"
#
# Asked and credited, per head and month.

# %%
burden(run)

# %% [markdown]
# ## "Pretending to cart the materials … and return the machinery back to the factory"
#
# What was carted for show, what came home, and what the inspectors caught.

# %%
run.totals()[["carted_t", "for_show_t", "returned_t", "intercepted_t"]]

# %% [markdown]
# Each of these loads was credited to the quota: what the state counted is more than what it got.

# %%
run.flows.kind("returned").top(5, "destination_name", "material")

# %% [markdown]
# ## "Some have been breaking into factories at night"
#
# Taken by the young of the towns around, and handed over as theirs.

# %%
run.flows.kind("looted").top(5, "origin_name", "destination_name")

# %% [markdown]
# ## "Party secretaries are subject to black marks … a warrant of detention"
#
# Inspections and punishment by province; expected numbers, since a mark is a chance here.

# %%
sf.penalties(run).round(2)

# %% [markdown]
# ## "Sending steel to Gangsun Steel Mill and Sungjin Steel Complex"

# %%
run.flows.kind("shipped").pivot("material", "destination_name").round(0)

# %% [markdown]
# ## "How are these places going to function if we break down intact machinery?"
#
# The rice cooker: what was gained from each enterprise, what it can no longer make, and what waiting or selling off would
# have meant. The largest losers of output first.

# %%
cooker = sf.rice_cooker(run)
cooker[cooker.alternative == "campaign"].nlargest(5, "lost_worker_months")[
    ["name", "region", "gained_t", "functional_t", "lost_worker_months", "foregone_worker_months"]
].round(0)

# %% [markdown]
# ## What rests on what
#
# Every number above rests on inputs. These are the assumptions with the widest range for
# their value.

# %%
assumed = run.assumptions()
value, low, high = (pd.to_numeric(assumed[c], errors="coerce") for c in ("value", "low", "high"))
ranked = assumed.assign(spread=(high - low) / value)[value > 0]
ranked.sort_values("spread", ascending=False, kind="stable")[
    ["table", "row", "column", "value", "low", "high", "spread"]
].head(8)
