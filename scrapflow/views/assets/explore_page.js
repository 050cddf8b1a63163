/** The map inside a notebook's frame: the whole page of a run, drawn from a binary message and drawn anew by the next. */

import { mount } from "./app.js";
import { opened } from "./unpack.js";

/** What a message holds, with its arrays. @param {DataView} view */
window.scrapflowOpened = opened;

/**
 * Draw a run, in place of the one before it, where it left off.
 * @param {any} data what `scrapflowOpened` gave @param {string} address what to show of it, if anything is said
 */
window.scrapflowShow = (data, address) => {
	const before = document.querySelector(".sf-app")?.scrapflow;
	const said = address || before?.address();
	before?.close();
	const place = document.createElement("div");
	place.className = "folium-map";
	document.body.replaceChildren(place);
	const map = L.map(place, { center: [0, 0], zoom: 2, zoomSnap: 0.25, zoomControl: false, attributionControl: false });
	mount(map, data, said);
	const root = /** @type {Element} */ (document.querySelector(".sf-app"));
	root.setAttribute("data-inputs", data.inputs);
	return root;
};
