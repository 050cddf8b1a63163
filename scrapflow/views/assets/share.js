/** The panel to share from: the address of what is seen, the picture, the code of a frame, how to cite. */

import { button, el, fill, small } from "./dom.js";
import { said } from "./numbers.js";
import { viewOf } from "./geometry.js";
import { mapOn } from "./inset.js";
import { font } from "./paint.js";
import { sheet } from "./sheet.js";
import { cite } from "./sheets.js";
import { addressOf } from "./state.js";
import { download } from "./table.js";
import { mass } from "./words.js";

/** Pixels a point of the map has in a picture, and the margin around its text. */
const SHARP = 2;
const EDGE = 18;

/** @param {App} app @returns {Part} */
export function shareView(app) {
	return sheet(app, "share", ({ body }) => {
		const { t, data } = app;
		// the panel itself is not what one wants to show
		const hash = "#" + addressOf(app).replace(/&panel=\w*/, "");
		const [base] = location.href.split("#");
		const here = base + hash;
		// a notebook's frame and a page made of text have no address that could be sent
		const addressed = !/^(about|data|blob):/.test(here);
		const title = data.options.title || t("map.title");
		const file = base.split("/").pop() || "map.html";
		const frame = `<iframe src="${file}${hash}" title="${title.replace(/"/g, "&quot;")}" width="100%" height="640" frameborder="0"></iframe>`;
		fill(
			body,
			el("h3", t("share.link")),
			addressed ? copied(app, "link", here) : small(t("share.link.none")),
			el("h3", t("share.picture")),
			small(t("share.picture.note")),
			button("share:picture", t("share.picture.save"), () =>
				download("map.png", picture(app, title).toDataURL("image/png")),
			),
			el("h3", t("share.embed")),
			small(t("share.embed.note")),
			copied(app, "embed", frame),
			el("h3", t("about.cite")),
			copied(app, "cite", cite(app)),
		);
	});
}

/** A text that can be copied, by a button or by hand. @param {App} app @param {string} key @param {string} text */
function copied({ t, announce }, key, text) {
	const field = el("textarea.copied", { readonly: true, rows: 2, label: t("share.copy"), value: text });
	field.addEventListener("focus", () => field.select());
	const done = el("span.small", { role: "status" });
	const copy = async () => {
		field.select();
		try {
			await navigator.clipboard.writeText(text);
		} catch {
			// a frame may not be allowed to: the text is chosen, and the keyboard copies it
			return;
		}
		done.textContent = t("share.copied");
		announce(t("share.copied"));
	};
	return el("div.copy", field, el("div.tools", button("copy:" + key, t("share.copy"), copy), done));
}

/** The map as it is seen, with title, sentences, what moved and whose it is. @param {App} app @param {string} title */
export function picture(app, title) {
	const { map, view, run, style, t } = app;
	const { x: width, y: high } = map.getSize();
	const canvas = el("canvas");
	const ctx = canvas.getContext("2d");
	/** @param {number} size @param {string} colour @param {string} text */
	const block = (size, colour, text, bold = false) => {
		ctx.font = font(size, bold);
		return { size, bold, colour, text: wrapped(text, (part) => ctx.measureText(part).width, width - 2 * EDGE) };
	};
	const moved = run.kinds
		.map(({ name }, k) => ({ name: t("kind." + name), tonnes: view.shown.result.byKind[k] }))
		.filter(({ tonnes }) => tonnes > 0)
		.map(({ name, tonnes }) => `${name} ${mass(tonnes)}`)
		.join("   ");
	const above = [block(20, style.ink, title, true), block(13, style.ink, said(app))];
	const keys = ["yard", "bring", "guessed", "take_back", "store", "mill"]
		.map((key) => map.getContainer().closest(".sf-app").querySelector(`.sf-map-key [data-sign="${key}"]`)?.textContent)
		.filter(Boolean)
		.join("   ");
	const below = [moved, keys, `${app.assumedText()} ${app.data.about.attribution}`, cite(app)].map((text) =>
		block(11, style.muted, text),
	);
	const tall = (/** @type {any[]} */ parts) =>
		parts.reduce((sum, { size, text }) => sum + size * 1.4 * text.length + 6, EDGE);
	const top = tall(above);
	canvas.width = width * SHARP;
	canvas.height = (top + high + tall(below)) * SHARP;
	ctx.scale(SHARP, SHARP);
	ctx.fillStyle = style.paper;
	ctx.fillRect(0, 0, width, canvas.height);
	ctx.save();
	ctx.translate(0, top);
	ctx.beginPath();
	ctx.rect(0, 0, width, high);
	ctx.clip();
	const { x, y } = map.getPixelBounds().min;
	mapOn(ctx, viewOf(map.getZoom(), x, y, width, high), app);
	ctx.restore();
	written(ctx, above, EDGE);
	written(ctx, below, top + high + EDGE / 2);
	return canvas;
}

/** Lines of text from a height downwards. @param {CanvasRenderingContext2D} ctx @param {{size: number, bold: boolean, colour: string, text: string[]}[]} parts @param {number} from */
function written(ctx, parts, from) {
	let y = from;
	for (const { size, bold, colour, text } of parts) {
		ctx.font = font(size, bold);
		ctx.fillStyle = colour;
		ctx.textBaseline = "top";
		ctx.textAlign = "left";
		for (const line of text) {
			ctx.fillText(line, EDGE, y);
			y += size * 1.4;
		}
		y += 6;
	}
}

/**
 * A text in lines that are no wider than there is room.
 * @param {string} text @param {(part: string) => number} measure @param {number} most
 * @returns {string[]}
 */
export function wrapped(text, measure, most) {
	const lines = [""];
	for (const word of text.split(" ")) {
		const longer = lines[lines.length - 1] ? lines[lines.length - 1] + " " + word : word;
		if (measure(longer) <= most || !lines[lines.length - 1]) lines[lines.length - 1] = longer;
		else lines.push(word);
	}
	return lines.filter(Boolean);
}
