#!/bin/sh
# The map's script is tested by Node's own runner, where there is a Node and there are such tests.
set -eu
files=$(find tests -name '*.test.mjs' -o -name '*.test.js' -o -name '*.test.cjs' | sort)
[ -n "$files" ] || exit 0
if ! command -v node >/dev/null 2>&1; then
  echo "no node on the PATH: the tests of the map's script are skipped" >&2
  exit 0
fi
# shellcheck disable=SC2086  # a list of files, meant to be split
exec node --test $files
