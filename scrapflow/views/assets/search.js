import { el } from "./dom.js";
export function searchBox(app) { return { root: el("div", { hidden: true }), update() {} }; }
