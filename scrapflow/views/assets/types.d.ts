/** What crosses from Python to the page, and what the page's parts hand each other. Only names and types, no code. */

declare const L: any;
/** The page that a widget's frame shows, as text; put before the widget's script. */
declare const PAGE: string;

interface Window {
	scrapflowOpened?: (view: DataView) => any;
	scrapflowShow?: (data: any, address: string) => Element;
}

interface Element {
	scrapflow?: any;
	scrapflowLines?: any;
}

interface Uint8ArrayConstructor {
	fromBase64?(text: string): Uint8Array;
}

/** A kind of movement: a row of vocabulary/kinds.csv that the run has. */
interface Kind {
	name: string;
	mover: "people" | "train";
	tracing: "bring" | "take_back" | "store" | "deliver";
	ends: string;
	diverted: boolean;
	backward: boolean;
	colour: string;
	dash: number[];
}

interface Material {
	name: string;
	role: string;
	groups: string[];
	colour: string;
}

/** Numbers of kinds by what they do: the script names no kind. */
interface Roles {
	bring: number[];
	back: number[];
	taken: number[];
	deliver: number[];
	mills: number[];
	rail: number[];
	local: number[];
}

/** A column of names: the names, and which of them each row has. */
interface Named {
	names: string[];
	of: any;
}

/** Places, a typed array or a list a column; what packing.py packed is unpacked on first use. */
interface Nodes {
	n: number;
	id: string[];
	name: string[];
	local: string[];
	aliases: string[];
	kind: Uint8Array;
	kinds: string[];
	placed: Uint8Array;
	lon: Float64Array;
	lat: Float64Array;
	wx: Float64Array;
	wy: Float64Array;
	named: Uint8Array;
	accuracy_km: (number | null)[];
	workers: (number | null)[];
	population: (number | null)[];
	region: Named;
	sector: Named;
	subregion: Named;
	index: Map<string, number>;
	folded?: string[][];
	what(i: number): string;
	[column: string]: any;
}

interface Links {
	n: number;
	id: string[];
	from: Int32Array;
	to: Int32Array;
	rail: Uint8Array;
	mode: Uint8Array;
	modes: string[];
	line: Named;
	length_km: (number | null)[];
	length_basis: Named;
	capacity_t: (number | null)[];
	gauge_mm: any;
	start: Int32Array;
	x: Float64Array;
	y: Float64Array;
	box: Boxes;
	index: Map<string, number>;
}

/** What each of several lines reaches, in world coordinates. */
interface Boxes {
	x1: Float64Array;
	y1: Float64Array;
	x2: Float64Array;
	y2: Float64Array;
}

interface Account {
	column: string;
	unit: string;
	owner: string;
	over: "sum" | "mean" | "last";
	absent: number;
}

interface Claim {
	role?: string;
	text?: string;
	metric?: string;
	relation?: string;
	other_metric?: string;
	stated?: number;
	modelled?: number;
	low?: number;
	high?: number;
	unit?: string;
	scope?: string;
	period?: string;
	agrees?: boolean;
	agrees_share?: number;
	source_id?: string;
	credibility?: string;
	note?: string;
	local?: string[];
}

interface Source {
	source_id: string;
	title: string;
	publisher: string;
	url: string;
	published: string;
	reliability: string;
	uses: number;
}

/** One step of the story: its sentences with their values, and what the map shows. */
interface Step {
	key: string;
	says: ({ key: string } & Record<string, any>)[];
	kinds: string[];
	measure: string;
	look: number[] | null;
}

/** What readRun makes of the page's data. */
interface Run {
	nodes: Nodes;
	links: Links;
	kinds: Kind[];
	materials: Material[];
	role: Roles;
	periods: string[];
	nPeriods: number;
	unit: string;
	fold: [number, number, string][];
	series: {
		kind: Named;
		material: Named;
		via: Named;
		basis: Named;
		grade: Named;
		origin: any;
		destination: any;
		path: any;
	};
	rows: { series: any; period: any; t: any; sums: Float32Array; months: Float64Array };
	paths: { start: Int32Array; link: any };
	accounts: {
		node: any;
		period: any;
		columns: Record<string, Float32Array>;
		about: Account[];
		role: Record<string, string>;
	};
	stocks: { node: any; period: any; material: any; closing_t: Float32Array };
	intake: { node: number[]; t: Float32Array; assumed: boolean[] };
	loads: { link: any; period: any; shadow_price: Float32Array };
	regions: { region_id: string; basemap_id: string; name: string; name_local: string }[];
	sources: Source[];
	claims: Claim[];
	claimed: boolean;
	evidence?: any;
	parts: {
		period?: Record<string, number[][]>;
		region?: Record<string, Record<string, number[]>>;
		mill?: Record<string, number[]>;
		link?: Record<number, number[]>;
	};
	guessed: Record<string, Record<string, number[]>>;
	unserved: any[][];
	places: any[];
	story: Step[];
	largestLoad: number;
}

/** Sets of names; an empty one lets everything pass. */
interface Filter {
	kind: Set<string>;
	material: Set<string>;
	via: Set<string>;
	mill: Set<string>;
	region: Set<string>;
	sector: Set<string>;
	basis: Set<string>;
	grade: Set<string>;
	top: number;
	[name: string]: any;
}

interface State {
	from: number;
	to: number;
	filter: Filter;
	lang: string;
	scale: string;
	measure: string;
	against: number;
	selected: any;
	panel: string;
	step: number;
	next?: boolean;
	/** Whether an outline is drawn on the map, to choose what lies in it. */
	drawing?: boolean;
}

/** Sums of the rows that pass over a range of months. */
interface Sums {
	bySeries: Float64Array;
	byKind: Float64Array;
	kept: Uint8Array;
	pairCount: number;
	shownShare: number;
	months: number;
}

/** What each node did: by kind sent and got, by role, and what yards held by material. */
interface NodeSums {
	sent: Float64Array[];
	got: Float64Array[];
	held: Float64Array;
	materials: number;
	brought: Float64Array;
	arrived: Float64Array;
	returned: Float64Array;
	regained: Float64Array;
	robbed: Float64Array;
	received: Float64Array;
	/** What mills received, whether or not that kind of movement is shown. */
	stays: Float64Array;
	[name: string]: any;
}

/** Where a canvas stands: zoom, pixels of the world, its corner in them, its size, and the part that is seen. */
interface At {
	zoom: number;
	scale: number;
	ox: number;
	oy: number;
	width: number;
	height: number;
	inner: number[];
	[name: string]: any;
}

/** An event of Leaflet's on the map. */
interface LeafletMouse {
	containerPoint: { x: number; y: number };
}

/** What a state selects, and the scales it is drawn on. */
interface Shown {
	result: Sums;
	values: NodeSums;
	stocked: boolean;
	state: State;
	loads: { forward: Float64Array; backward: Float64Array };
	months: number;
	monthly: Float64Array[];
	focus: any;
	level: string;
	perTonne: number;
	perFlow: number;
	perMillTonne: number;
	mostHome: number;
	compact: number;
	arcsLeftOut: number;
	signs?: any[];
	hits?: any[];
	names?: any[];
	most?: number;
	widest?: number;
}

interface View {
	run: Run;
	style: Style;
	groups: any[];
	mills: number[];
	reference: { load: number; months: number; result: Sums; nodes: NodeSums; busy: number };
	shown: Shown;
	kindColour: string[];
	kindDash: number[][];
	materialColour: string[];
	bar: number;
	covered: () => number[][];
	noted: [number, string][];
	rate: boolean;
	word: (key: string) => string;
	draw(ctx: any, at: any): void;
	drawAside(ctx: any, at: any): void;
	pick(x: number, y: number): any;
	select(state: State): void;
	setHome(zoom: number): void;
	planFor(at: any, compact: number): any;
	areaScale(current: any, compact: number): any;
	groupValues(group: any, values: NodeSums, months: number): any;
	widthOf(tonnes: number): number;
	homeSize(tonnes: number, compact?: number): number;
	homeWidth(tonnes: number, compact?: number): number;
	loadScale(): number;
	pathsThrough(...links: number[]): Set<number>;
	nodeName(i: number, lang?: string): string;
	regionName(index: number, lang?: string): string;
	groupName(group: any, lang?: string): string;
	[name: string]: any;
}

interface Style {
	steps: string[];
	spare: string[];
	ink: string;
	muted: string;
	rail: string;
	more: string;
	less: string;
	[name: string]: any;
}

interface Measured {
	steps: string[];
	bounds: number[];
	colour: (feature: number, layer?: string) => string | null;
	said: (value: number) => string;
	even: string;
}

/** A part of the page, filled anew whenever the state changes. */
interface Part {
	root: any;
	update(): void;
}

interface Table {
	columns: { title: string; number?: boolean }[];
	rows: { cells: any[]; pick: () => void }[];
	first: number;
}

interface Totals {
	asked: number;
	bring: number;
	back: number;
	taken: number;
	mills: number;
}

/** The page: one state, and what its parts need of each other. */
interface App {
	run: Run;
	view: View;
	map: any;
	data: any;
	shapes: { countries: any; regions: any; counties?: any };
	style: Style;
	measures: Record<string, { of: string; over: string; rate?: boolean; lost?: boolean; county?: boolean }>;
	languages: string[];
	panels: string[];
	yards: number[];
	state: State;
	measured?: Measured | null;
	/** The colour of an outline by what regions are shaded by, if they are. */
	shade: (outline: number, layer: string) => string | null | undefined;
	homeZoom: number;
	t(key: string, values?: Record<string, string | number>): string;
	startState(): State;
	set(patch: Partial<State>): void;
	fit(): void;
	flyTo(nodes: number[], maxZoom?: number, around?: number): boolean;
	announce(text: string): void;
	select(selected: any): void;
	focusOn(nodes: number[]): void;
	open(panel: string): void;
	name(i: number): string;
	assumedText(): string;
	reset(): void;
	tell(): void;
	telling(): boolean;
	/** What is shown, as an address says it, with every place of a choice. */
	address(): string;
	goTo(text: string): void;
	close(): void;
}
