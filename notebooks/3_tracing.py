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
# # Whose steel is it?
#
# A train is loaded at a yard, so the ledger knows from which yard a mill was served, not from whom the yard had it.
# *Tracing* joins the legs through the stock of every yard: what leaves a yard has the mix of what it holds (proportional
# sharing; Bialek 1996). Yards keep stock over months, so a tonne of January may be railed in June.

# %%
import scrapflow as sf

run = sf.run(sf.read_world(), "2015")

# %% [markdown]
# ## Upstream: what a mill is made of

# %%
sf.trace(run, to="Kangson", by=["material", "region"]).head(10)

# %% [markdown]
# By leg, the region is that of the yard; traced, it is where the steel arose. They differ where carts or thieves cross a
# border.

# %%
by_leg = run.flows.to("Kangson").by("region").set_index("region").tonnage_t
traced = sf.trace(run, to="Kangson", by="region").set_index("region").tonnage_t
(traced - by_leg).round(1).sort_values()

# %% [markdown]
# How few sources is it? Herfindahl's index and Gini's coefficient over the enterprises and towns.

# %%
from scrapflow.queries.concentration import gini, herfindahl

mix = sf.trace(run, to="Kangson", by="origin")
{"sources": len(mix), "hhi": round(herfindahl(mix.tonnage_t), 4), "gini": round(gini(mix.tonnage_t), 3)}

# %% [markdown]
# ## Downstream: where did its machines end up?

# %%
sf.trace(run, from_="Sunchon Vinalon", by=["material", "kind", "destination_name"])

# %% [markdown]
# ## Stolen steel
#
# A looted tonne arose at the works it was taken from, and reaches the mill through the town that handed it over.

# %%
sf.trace(run, to="Kangson", by=["via", "sector"]).query("via == 'looted'").head()

# %% [markdown]
# ## Any table of flows
#
# The same sharing for any network, loops included. A works sends to two yards that exchange some of their stock:

# %%
import pandas as pd

flows = pd.DataFrame(
    [
        ("works", "yard A", 6.0),
        ("town", "yard B", 4.0),
        ("yard A", "yard B", 3.0),
        ("yard B", "yard A", 1.0),
        ("yard A", "mill", 4.0),
        ("yard B", "port", 6.0),
    ],
    columns=["origin", "destination", "tonnage_t"],
)
sf.trace_flows(flows)
