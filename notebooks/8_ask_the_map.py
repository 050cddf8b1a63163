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
# # Ask the map
#
# A map that talks back: what you click reaches Python, and what you set in Python moves the map. It needs
# `pip install 'scrapflow[notebook]'` and asks no one but this notebook's own kernel.

# %%
import scrapflow as sf
import traitlets

run = sf.run(sf.read_world("dprk"), "2015")
w = sf.explore(run)
w

# %% [markdown]
# Click Sunch'ŏn on the map, or say it here in any spelling: the map goes there, and `w.flows` is the query that it shows.

# %%
w.selection = "Sunchon"
assert w.selection == ("st_sunchon",)
w.flows.by("destination_name")

# %% [markdown]
# ## Machines, in spring
#
# Filters and months work both ways. A group of materials is a word, a time is said as people say it.

# %%
w.selection = "Kangson"
w.filters = {"material": "machinery"}
w.periods = slice("March", "May")
w.flows.top(5, "origin_name", "material")

# %% [markdown]
# The number on the map is that of the query, and of the same question asked without a map.

# %%
asked = run.flows.to("Kangson").of("machinery").during(slice("March", "May"))
assert abs(w.flows.total_t - asked.total_t) < 1e-6
asked.shares("region").head(6)

# %% [markdown]
# ## Know at once
#
# `observe` calls a function of yours on every change, be it a click or a line of Python.

# %%
seen: list[object] = []


def heard(change: traitlets.Bunch) -> None:
    seen.append(change.new)


w.observe(heard, "selection")
w.selection = "Songjin"
assert seen[-1] == w.selection
w.flows.plot("period")

# %% [markdown]
# ## Two maps in step
#
# Maps whose addresses are linked show the same place, filters and months: one may show another campaign.

# %%
other = sf.explore(run, lang="ko")
link = traitlets.link((w, "address"), (other, "address"))
other.filters = {}
other.selection = "Hamhung"
assert w.selection == other.selection
assert w.filters == {}

# %% [markdown]
# ## What if it were otherwise
#
# A world instead of a run has sliders, and lines close with a click. Each move runs the model; here it is the toy, whose
# runs take no time. The ends of a slider are the low and the high of the assumption.

# %%
steered = sf.explore(sf.read_world("toy"), "2015", settings=["quota.headcount.kg", "looting.share"])
steered

# %%
first = steered.run
steered.values = {"quota.headcount.kg": 30}
print(sf.compare(first, steered.run).summary())

# %%
steered.closed = "rail_far"
assert steered.run.flows.to("Far Mill").total_t == 0
assert steered.inputs != sf.explore(first).inputs  # every number carries the hash of what it was made from
print(steered.campaign.to_toml()[-90:])  # what to save as a campaign file

# %% [markdown]
# What the map cannot show it says in words, and nothing changes.

# %%
try:
    steered.values = {"quota.headcount.kg": 31}
except sf.InputError as refused:
    print(refused)
assert steered.values == {"quota.headcount.kg": 30}
