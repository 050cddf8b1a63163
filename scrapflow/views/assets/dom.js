/** Elements made by calls, never from HTML strings: a name is always text. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on…` are listeners, `class`, `text`, others are set as attributes
 * @param {...(Node|string|null|undefined|false)} children
 */
export function el(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "text") node.textContent = String(value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(3)) if (child !== null && child !== undefined && child !== false) node.append(child);
  return node;
}

/** Replace what an element holds. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

/** A square of colour, with the line style of a kind if it has one. */
export function swatch(colour, dash) {
  if (dash) {
    return svg(
      "svg",
      { width: 26, height: 10, "aria-hidden": "true", class: "sf-swatch" },
      svg("line", { x1: 1, y1: 5, x2: 25, y2: 5, stroke: colour, "stroke-width": 4, "stroke-dasharray": dash.join(" ") || null }),
    );
  }
  return svg("svg", { width: 12, height: 12, "aria-hidden": "true", class: "sf-swatch" }, svg("rect", { width: 12, height: 12, rx: 2, fill: colour }));
}
