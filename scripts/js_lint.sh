#!/bin/sh
# The map's script: laid out by prettier, linted by eslint, type-checked by its JSDoc. They come from npm, in the versions package.json names,
# into node_modules; nothing is locked, because a lock file would name the host it came from.
set -eu
cd "$(dirname "$0")/.."
without() {
  echo "$1: the map's script is neither linted nor type-checked" >&2
  [ "${CI:-}" != true ] || exit 1
  exit 0
}
command -v npm >/dev/null 2>&1 || without "no npm on the PATH"
stamp=node_modules/.scrapflow
if ! cmp -s package.json "$stamp"; then
  npm install --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --silent || without "npm could not install"
  cp package.json "$stamp"
fi
# to lay the files out anew: the same line with --write
node_modules/.bin/prettier --check --log-level warn 'scrapflow/views/assets/*.js' 'scrapflow/views/assets/*.d.ts' 'tests/js/*' eslint.config.js
node_modules/.bin/eslint --max-warnings 0 scrapflow/views/assets tests/js
node_modules/.bin/tsc --project jsconfig.json
# Files whose inner parameters have no types yet are listed; any other file has to have them, and none that does may be listed.
node_modules/.bin/tsc --project jsconfig.json --noImplicitAny true | sed -n 's/(.*//; /^scrapflow/p' | sort -u | diff scripts/js_untyped.txt - || {
  echo "scripts/js_untyped.txt (<) is not what tsc --noImplicitAny finds (>): give types to what is new, take off what is clean" >&2
  exit 1
}
