"""The same rules written as agents in Mesa: what a modeller would pick instead. A helper of campaign.py."""

from __future__ import annotations

import math
import time

import mesa


class Works(mesa.Agent):
    """An enterprise: fills its quota, carts for show, is inspected, carries back, collects marks."""

    def __init__(self, model, i) -> None:
        super().__init__(model)
        p = model.population
        self.i, self.need, self.region = i, float(model.needs[i]), p.enterprise_region[i]
        self.stock = [float(x) for x in p.stock[i]]
        self.at_start, self.state, self.repair, self.lost = self.stock[3], [1.0, 0.0, 0.0, 0.0], 0.0, 0.0
        self.yard = int(model.yard[i])

    def fill(self):
        """Hand over scrap, then obsolete, idle, working machinery."""
        left, self.handed, self.opened = self.need, [], self.stock[3]
        for m, willing in enumerate((0.9, 0.2, 0.1, 0.02)):
            used = 1.0 if m == 0 else self.model.used
            h = min(left, self.stock[m] * willing / used)
            left -= h
            self.handed.append(h)
            self.stock[m] -= h * used
            self.model.arrived[self.yard] += h
        self.size = sum(self.stock)
        self.asked = 0.0

    def rob(self):
        """Lose what was taken at night, at most a hundredth."""
        self.kept = min(1.0, 0.01 * self.size / self.asked) if self.asked > 0 else 1.0
        gone = self.asked * self.kept
        self.part = [x / self.size if self.size > 0 else 0.0 for x in self.stock]
        self.stock = [x - gone * q for x, q in zip(self.stock, self.part, strict=True)]

    def answer(self):
        """Be inspected, carry back, strip, and be judged."""
        visits = 200 / self.model.count[self.region]
        d = 1 - 0.5**visits
        show = [0.3 * h for h in self.handed[1:]]
        back = [s * (1 - d) for s in show]
        condemned = self.stock[2] * (1 - 0.99**visits)
        self.repair *= self.stock[3] / self.opened if self.opened > 0 else 1.0
        self.output = (self.stock[3] - self.repair) / self.at_start if self.at_start > 0 else 1.0
        self.repair = back[2]
        self.stock[0] += sum(self.handed[1:]) * (self.model.used - 1) + condemned
        for m in range(3):
            self.stock[m + 1] += back[m]
        self.stock[2] -= condemned
        carted = sum(self.handed)
        self.model.carted += carted
        short = 0.9 * (self.need - carted)
        p = 1.0 if short > 0.1 * self.need else (d if sum(show) > 0 else 0.0)
        up = [s * p for s in self.state]
        self.state = [self.state[k] - up[k] + (up[k - 1] if k else up[3]) for k in range(4)]
        self.marks = sum(k * s for k, s in enumerate(self.state))
        self.detained = short > 0.8 * self.need


class Town(mesa.Agent):
    """A community: hands over what households have, and loots what its young people lack."""

    def __init__(self, model, i) -> None:
        super().__init__(model)
        self.need, self.house = float(model.frees[i]), [float(x) for x in model.population.household[i]]
        near, pull = model.reach.enterprise[i], model.reach.attraction[i]
        self.near = [(int(e), float(a)) for e, a in zip(near, pull, strict=True) if a > 0]
        self.yard = int(model.yard[len(model.population.workers) + i])

    def gather(self):
        """Bring what is there."""
        own = [min(self.house[0] * 0.5, self.need)]
        own.append(min(self.house[1] * 0.05, self.need - own[0]))
        self.house = [x - h for x, h in zip(self.house, own, strict=True)]
        self.carted, self.lack = sum(own), self.need - sum(own)

    def loot(self):
        """Choose among the works nearby."""
        works = self.model.works
        pulls = [(works[e], a * works[e].size) for e, a in self.near]
        total = math.fsum(x for _, x in pulls)
        wanted = 0.5 * 0.25 * self.lack
        self.taken = [(w, wanted * x / total) for w, x in pulls] if total > 0 else []
        for w, x in self.taken:
            w.asked += x

    def deliver(self):
        """Hand over what was got."""
        for w, x in self.taken:
            self.carted += x * w.kept * sum(w.part)
        self.model.arrived[self.yard] += self.carted
        self.model.carted += self.carted


class Campaign(mesa.Model):
    """All of them, month by month."""

    def __init__(self, population, needs, frees, reach, yard, yards) -> None:
        super().__init__(seed=0)
        self.population, self.needs, self.frees, self.reach, self.yard = population, needs, frees, reach, yard
        self.used, self.carted, self.arrived = 0.3 + 0.7 / 0.9, 0.0, [0.0] * yards
        self.count = {}
        for region in population.enterprise_region:
            self.count[region] = self.count.get(region, 0) + 1
        self.works = [Works(self, i) for i in range(len(needs))]
        self.towns = [Town(self, i) for i in range(len(frees))]

    def step(self):
        """Run a month."""
        works, towns = self.agents_by_type[Works], self.agents_by_type[Town]
        works.do("fill")
        towns.do("gather")
        towns.do("loot")
        works.do("rob")
        towns.do("deliver")
        works.do("answer")


def measure(population, needs, frees, youth, reach, yard, yards, *, months):
    """Run the campaign as agents and return seconds and tonnes carted."""
    model = Campaign(population, needs, frees, reach, yard, yards)
    start = time.process_time()
    for _ in range(months):
        model.step()
    return {"seconds": time.process_time() - start, "carted_t": model.carted}
