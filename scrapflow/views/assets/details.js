import { el } from "./dom.js";
export function details(app) { return { root: el("div", { hidden: true }), update() {} }; }
