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
held = run.stocks[run.stocks.node_id.isin(run.nodes.node_id[run.nodes.kind == "yard"])]
held = held.assign(held_t=held.opening_t + held.in_t)
by_material = held.groupby(["period", "material"]).held_t.sum().unstack()
by_material["functional"] = by_material.idle_machinery + by_material.working_machinery
by_material[["scrap", "obsolete_machinery", "functional"]].round(0)

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
