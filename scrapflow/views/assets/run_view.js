/** What a state selects of a run, the scales, and the places gathered for a zoom. */

import { LEVELS, crowded, hierarchy, makeRoom, plan } from "./gather.js";
import { linkLoads, monthly, nodeSums, passing, sums } from "./query.js";
import { runPicture } from "./run_picture.js";
import { total } from "./unpack.js";

/** Width in pixels of the widest flow: the least, where all is in view, and some steps further in. */
const WIDEST = [8, 11, 20];
/** Pixels that it grows by with each step of the zoom. */
const WIDER = 4.5;
/** Share of the length of the busiest lines that it may be. */
const WIDE_OF_LONG = 0.2;
/** Side in pixels of the mill that received most, on a wide and on a narrow map; mills have a scale of their own. */
const MILL_SIDE = [42, 30];
/** Radius in pixels of the largest sign, half rings and all, on a wide and on a narrow map. */
const SIGN = [33, 23];
/** Parts of the largest sign's area: the ring of what lies there, and the half ring of what came in, twice over. */
const RING = 0.66;
/** Radius in pixels of the largest arrow home, on a wide and on a narrow map. */
const HOME = [19, 13];
/** Share of that which a line home between two places is wide. */
const HOME_LINE = 0.6;

/**
 * @param {Run} run what readRun gave
 * @param {Style} style colours
 * @param {any} [first] whose largest flows and stocks the fixed scales are of, if not this run's own
 * @returns {View}
 */
export function runView(run, style, first) {
	const { nodes, links, series } = run;
	const groups = hierarchy(nodes, run.places);
	const mills = [...nodes.kind.keys()].filter((i) => nodes.what(i) === "mill" && nodes.placed[i]);
	const last = Math.max(0, run.nPeriods - 1);
	const plans = new Map();
	// a run without stocks, such as flows that were given, shows what came in
	const stockless = !run.stocks.node.length;
	let whole = null;
	let all = null;
	let busy = null;
	let home = 0;
	const reference = {
		load: first?.load ?? run.largestLoad,
		months: Math.max(1, run.nPeriods),
		get result() {
			return (all ??= sums(run, new Uint8Array(series.origin.length).fill(1), 0, last));
		},
		get nodes() {
			return (
				first?.nodes ??
				(whole ??= nodeSums(run, reference.result, 0, last, stockless ? null : series.material.names.map(() => 1)))
			);
		},
		get busy() {
			return first?.busy ?? (busy ??= busyLength());
		},
	};
	/** @type {View} */
	const view = {
		run,
		style,
		groups,
		mills,
		reference,
		shown: /** @type {any} */ (null),
		bar: 0,
		covered: () => [],
		noted: [],
		rate: false,
		word: (key) => key,
		draw: () => {},
		drawAside: () => {},
		pick: () => null,
		select,
		setHome,
		planFor,
		nodeName,
		regionName,
		groupName,
		groupValues,
		widthOf,
		widest,
		loadScale,
		areaScale,
		pathsThrough,
		homeSize,
		homeWidth,
		kindColour: run.kinds.map((kind) => kind.colour),
		kindDash: run.kinds.map((kind) => kind.dash),
		materialColour: run.materials.map((material) => material.colour),
	};
	return Object.assign(view, runPicture(view));

	/** The zoom at which all is in view: from there, regions and counties are split step by step. */
	function setHome(/** @type {number} */ zoom) {
		home = zoom;
		plans.clear();
	}

	/** Recompute what a state selects; everything drawn and every number comes from here. */
	function select(/** @type {State} */ state) {
		const { filter, from, to } = state;
		const pass = passing(run, filter);
		const result = sums(run, pass, from, to, filter.top);
		// a stock is mixed: only its material is known, so that with a filter on whence it came the yards show what came in
		const stocked =
			!stockless && !filter.top && ["via", "region", "sector", "basis", "grade"].every((name) => !filter[name].size);
		const sumsOf = (r) =>
			nodeSums(
				run,
				r,
				from,
				to,
				stocked ? series.material.names.map((m) => (!filter.material.size || filter.material.has(m) ? 1 : 0)) : null,
			);
		const values = sumsOf(result);
		// what yards hold and mills get is there also while the map shows only what goes back
		if (filter.kind.size) {
			const all = sumsOf(sums(run, passing(run, { ...filter, kind: new Set() }), from, to, filter.top));
			Object.assign(values, { held: all.held, stays: all.received });
		}
		if (
			(stocked || stockless) &&
			!filter.top &&
			from === 0 &&
			to === last &&
			!pass.includes(0) &&
			!filter.material.size
		)
			whole ??= values;
		view.shown = {
			level: LEVELS[0],
			perTonne: 0,
			perFlow: 0,
			perMillTonne: 0,
			mostHome: 0,
			compact: 0,
			arcsLeftOut: 0,
			result,
			values,
			stocked,
			state,
			loads: linkLoads(run, result.bySeries),
			months: result.months,
			monthly: monthly(run, result.kept),
			focus: focus(state.selected, result.bySeries),
		};
	}

	/** What belongs to a selection: its series, and the links their paths use. */
	function focus(selected, tonnes) {
		if (!selected) return null;
		const chosen = new Set(selected.nodes);
		const through = pathsThrough(...throughLinks(selected));
		const inSeries = series.path.map((path, s) =>
			chosen.has(series.origin[s]) || chosen.has(series.destination[s]) || through.has(path) ? 1 : 0,
		);
		const bySeries = tonnes.map((t, s) => (inSeries[s] ? t : 0));
		return { inSeries, bySeries, loads: linkLoads(run, bySeries) };
	}

	/** The links of a choice that trains pass: a link itself, and those that meet at a station. */
	function throughLinks({ type, link, nodes: ids = [] }) {
		if (type === "link") return [link];
		const stations = new Set(ids.filter((i) => nodes.what(i) === "station"));
		return stations.size
			? [...links.from.keys()].filter((l) => stations.has(links.from[l]) || stations.has(links.to[l]))
			: [];
	}

	/** Paths that use any of some links. */
	function pathsThrough(...chosen) {
		const { start, link: steps } = run.paths;
		const wanted = new Set(chosen);
		const out = new Set();
		for (let p = 0, k = 0; p + 1 < start.length; p++)
			for (; k < start[p + 1]; k++) if (wanted.has(steps[k] >> 1)) out.add(p);
		return out;
	}

	/** What a gathered place holds by material, in t, and t a month brought in, carried back and taken. */
	function groupValues(group, values, months) {
		const m = values.materials;
		const [into, back] = group.yard ? [values.arrived, values.returned] : [values.brought, values.regained];
		const out = { held: new Array(m).fill(0), in: 0, guessed: 0, back: 0, taken: 0 };
		for (const i of group.nodes) {
			for (let k = 0; k < m; k++) out.held[k] += values.held[i * m + k];
			out.in += into[i] / months;
			// what yards get and what others give is not the same tonne twice
			if (!group.yard || nodes.what(i) === "yard") out.guessed += values.guessed[i] / months;
			out.back += back[i] / months;
			out.taken += values.robbed[i] / months;
		}
		return { ...out, total: total(out.held), home: Math.max(out.back, out.taken) };
	}

	/** Groups to draw at a zoom and the area of a tonne: the largest sign is given a radius, all others follow. */
	function planFor(/** @type {At} */ at, compact) {
		const key = Math.round(at.zoom * 4) + compact / 2 + (at.inset ? 0.25 : 0);
		if (!plans.has(key)) plans.set(key, planned(at, compact));
		return plans.get(key);
	}

	/** The most that a group of a list holds, gets and loses. */
	function mostOf(list, values, months, keep = false) {
		const all = list.map((g) =>
			keep ? (g.largest ??= groupValues(g, values, months)) : groupValues(g, values, months),
		);
		const most = (/** @type {string} */ name) => all.reduce((best, v) => Math.max(best, v[name]), 0);
		return { held: most("total"), in: most("in"), home: most("home") };
	}

	/** Areas in pixels of a tonne held and of a tonne a month brought in, where the largest sign has a radius. */
	function areas(most, radius) {
		const whole = Math.PI * radius * radius;
		return {
			perTonne: most.held > 0 ? (RING * whole) / most.held : 0,
			perFlow: most.in > 0 ? ((1 - RING) * whole) / 2 / most.in : 0,
		};
	}

	function planned(/** @type {At} */ { scale, zoom, inset, ox, oy, width, height }, compact) {
		const biggest = SIGN[compact];
		const most = (list) => mostOf(list, reference.nodes, reference.months, true);
		const radiusAt = (list, largest) => {
			const unit = areas(most(list), largest);
			return (g) => Math.sqrt((g.largest.total * unit.perTonne + 2 * g.largest.in * unit.perFlow) / Math.PI);
		};
		const { level, groups: chosen } = plan(groups, (list) => radiusAt(list, biggest), scale, zoom - home);
		// the largest sign is as large as leaves the others to be seen
		const radius =
			biggest * ([1, 0.75, 0.55].find((r) => !crowded(chosen, radiusAt(chosen, r * biggest), scale, 0.4)) || 0.4);
		const sizes = most(chosen);
		const radiusOf = radiusAt(chosen, radius);
		const perMillTonne = millScale(reference.nodes, reference.months, compact);
		const at = (place, r) => ({ x: place.wx * scale, y: place.wy * scale, r, free: false });
		const fixed = mills.map((i) =>
			at(
				{ wx: nodes.wx[i], wy: nodes.wy[i] },
				Math.max(9, Math.sqrt((reference.nodes.received[i] * perMillTonne) / reference.months)) * 0.62 + 3,
			),
		);
		// an arrow home stands beside its sign, and needs room as well
		const reach = (g) =>
			radiusOf(g) + 3 + (sizes.home > 0 ? Math.sqrt(g.largest.home / sizes.home) * HOME[compact] * 0.6 : 0);
		// of an inset only what is in sight, or nearly, has to make room
		const near = ({ x, y }) => Math.abs(x - ox - width / 2) < width && Math.abs(y - oy - height / 2) < height;
		const discs = chosen.map((g) => at(g, reach(g)));
		for (const disc of discs) disc.free = level !== LEVELS[2] && (!inset || near(disc));
		return {
			level,
			groups: chosen,
			...areas(sizes, radius),
			mostHome: sizes.home,
			shift: makeRoom(discs, fixed),
			perMillTonne,
		};
	}

	/** Areas and the scale of the arrows home, as drawn: of the plan, or fitted to what is shown. */
	function areaScale(current, compact) {
		if (view.shown.state.scale !== "adaptive") return current;
		const most = mostOf(current.groups, view.shown.values, view.shown.months);
		const perMillTonne = millScale(view.shown.values, view.shown.months, compact);
		return { ...current, ...areas(most, SIGN[compact]), mostHome: most.home || current.mostHome, perMillTonne };
	}

	/** Radius in pixels of an arrow home, whose area is true to tonnes. */
	function homeSize(tonnesAMonth, compact = view.shown.compact || 0) {
		const most = view.shown.mostHome;
		return tonnesAMonth > 0 && most > 0 ? Math.max(3, Math.sqrt(Math.min(1, tonnesAMonth / most)) * HOME[compact]) : 0;
	}

	/** Width in pixels of a line home between two places that stand apart. */
	function homeWidth(tonnesAMonth, compact = view.shown.compact || 0) {
		const most = view.shown.mostHome;
		return most > 0 ? Math.max(1.2, Math.min(1, tonnesAMonth / most) * HOME[compact] * HOME_LINE) : 0;
	}

	function millScale(values, months, compact) {
		const most = Math.max(0, ...mills.map((i) => values.received[i] / months));
		return most > 0 ? MILL_SIDE[compact] ** 2 / most : 0;
	}

	function widthOf(tonnesAMonth) {
		const widest = view.shown.widest || WIDEST[2];
		return tonnesAMonth > 0 ? Math.max(0.9, (tonnesAMonth / (loadScale() || 1)) * widest) : 0;
	}

	/** Wide lines that are short are a blob: all are narrower there, and the legend with them. */
	function widest({ zoom, scale }) {
		const [least, atHome, most] = WIDEST;
		return Math.max(least, Math.min(most, atHome + WIDER * (zoom - home), WIDE_OF_LONG * reference.busy * scale));
	}

	/** Length of all links that carry more than half of what the busiest does, in widths of the world. */
	function busyLength() {
		const { x1, y1, x2, y2 } = links.box;
		const { forward, backward } = linkLoads(run, reference.result.bySeries);
		const loads = forward.map((t, l) => (links.rail[l] && x2[l] >= x1[l] ? Math.max(t, backward[l]) : 0));
		const half = Math.max(0, ...loads) / 2;
		return total(loads.map((t, l) => (t > half ? Math.hypot(x2[l] - x1[l], y2[l] - y1[l]) : 0)));
	}

	/** Tonnes a month of the widest line: of the busiest link in its busiest month, or of what is shown. */
	function loadScale() {
		const { shown } = view;
		if (shown.state.scale !== "adaptive") return reference.load;
		shown.most ??= Math.max(
			0,
			...[...links.rail.keys()]
				.filter((l) => links.rail[l])
				.map((l) => Math.max(shown.loads.forward[l], shown.loads.backward[l])),
		);
		return shown.most / shown.months || reference.load;
	}

	function groupName(group, lang = view.shown.state.lang) {
		if (group.level === "region") return regionName(group.region, lang);
		const ids = group.nodes;
		// what a county is called in another language, its seat of that name says
		const seat = ids.find((/** @type {number} */ i) => nodes.name[i] === group.sub);
		const county = seat === undefined ? group.sub : nodeName(seat, lang);
		if (group.level === "county" && county) return county;
		const chosen =
			["yard", "enterprise", "community"]
				.map((kind) => ids.find((/** @type {number} */ i) => nodes.what(i) === kind))
				.find((i) => i !== undefined) ?? ids[0];
		// the many that have no name of their own are called after their county
		return !nodes.named[chosen] && county ? county : nodeName(chosen, lang);
	}

	function regionName(index, lang = view.shown.state.lang) {
		const name = nodes.region.names[index];
		return (lang === "ko" && run.regions.find((r) => r.name === name)?.name_local) || name;
	}

	function nodeName(/** @type {number} */ i, lang = view.shown.state.lang) {
		return (lang === "ko" && nodes.local[i]) || nodes.name[i] || nodes.id[i];
	}
}
