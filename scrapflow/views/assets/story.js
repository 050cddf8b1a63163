import { el } from "./dom.js";
export function story(app) { return { root: el("div", { hidden: true }), update() {} }; }
