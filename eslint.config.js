/** Rules for the map's script; the names a page has besides its own. */
const browser = ["L", "window", "document", "location", "history", "console", "atob", "TextDecoder", "CSS", "ResizeObserver", "devicePixelRatio", "addEventListener", "setTimeout", "clearTimeout", "requestAnimationFrame", "setInterval", "clearInterval", "URLSearchParams", "Element", "HTMLElement"];
const node = ["globalThis", "Buffer", "URLSearchParams"];
const readonly = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

const rules = {
  "constructor-super": "error", "for-direction": "error", "getter-return": "error", "no-cond-assign": "error", "no-const-assign": "error",
  "no-dupe-args": "error", "no-dupe-else-if": "error", "no-dupe-keys": "error", "no-duplicate-case": "error", "no-duplicate-imports": "error",
  "no-empty": ["error", { allowEmptyCatch: true }], "no-eval": "error", "no-fallthrough": "error", "no-func-assign": "error", "no-implied-eval": "error",
  "no-import-assign": "error", "no-loss-of-precision": "error", "no-new-func": "error", "no-redeclare": "error", "no-script-url": "error",
  "no-self-assign": "error", "no-self-compare": "error", "no-sparse-arrays": "error", "no-undef": "error", "no-unreachable": "error",
  "no-unsafe-finally": "error", "no-unused-vars": ["error", { argsIgnorePattern: "^_" }], "no-useless-escape": "error", "no-var": "error",
  "prefer-const": ["error", { destructuring: "all" }], "use-isnan": "error", "valid-typeof": "error", eqeqeq: ["error", "always"],
};

export default [
  { files: ["scrapflow/views/assets/*.js"], languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: readonly(browser) }, rules },
  { files: ["scrapflow/views/assets/folium_shims.js"], languageOptions: { sourceType: "script" } },
  { files: ["tests/js/*.mjs"], languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: readonly(node) }, rules },
];
