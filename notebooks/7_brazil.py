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
# # Iron across Brazil
#
# Nobody owes a quota here. The federal agency publishes what each station sent and what each received in 2019; who got whose iron,
# and by which line, is what the model says. So it can be held against what happened.

# %%
import pandas as pd

import scrapflow as sf

brazil = sf.read_world("brazil")
run = sf.run(brazil)
print(run.summary())

# %% [markdown]
# ## Who received what
#
# Pig iron goes to the ports; scrap is a hundredth of it.

# %%
run.flows.by("material", "destination_name").head(8)

# %%
run.flows.of("pig_iron").to("Arará").by("origin_name")

# %% [markdown]
# ## Whose track?
#
# From Rondonópolis (TRO) to Santos (ISN) there are two ways: down the railway's own line, or through São Paulo on another's, which is shorter. Trains
# take their own. `[operators]` in the world says what changing is worth; a world without it takes the shortest way.

# %%
brazil.settings["operators"]

# %%
from dataclasses import replace

lengths = {
    name: sf.build_network(world).path("TRO", "ISN").length_km
    for name, world in {"railways apart": brazil, "railways ignored": replace(brazil, settings={})}.items()
}
lengths | {"published": 1640.29}

# %% [markdown]
# ## Which line carries it
#
# Loads of the year, beside what the line could carry.

# %%
loads = run.link_loads.groupby("link_id")[["tonnage_t", "capacity_t"]].sum()
names = run.links.set_index("link_id")["line"]
loads.assign(line=names).sort_values("tonnage_t", ascending=False).drop_duplicates("line").head(6)

# %% [markdown]
# ## And if a line is closed?
#
# A run of known tonnes keeps no plan to be changed: run the changed world, and compare.

# %%
busiest = str(loads["tonnage_t"].idxmax())
less = sf.compare(run, sf.run(brazil.with_values({("links", busiest, "capacity_t"): 0.0})))
print(busiest)
print(less.summary())

# %% [markdown]
# ## Is it right?
#
# A few of the 775 published pairs; all of them are on the page about validation, with what stays off and why.

# %%
published = pd.DataFrame(
    [
        ("FZN", "FAR", 550.68),
        ("EPM", "VPN", 722.91),
        ("QCA", "QPM", 891.0),
        ("TRO", "ISN", 1640.29),
        ("FJC", "FDT", 526.30),
    ],
    columns=["origin", "destination", "km"],
)
net = sf.build_network(brazil)
routed = [net.path(a, b).length_km for a, b in published[["origin", "destination"]].to_numpy()]
published.assign(routed=routed, off=pd.Series(routed) / published["km"] - 1).round(3)

# %%
sf.map_flows(run)
