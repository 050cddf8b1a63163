import { el } from "./dom.js";
export function tableView(app) { return { root: el("div", { hidden: true }), update() {} }; }
