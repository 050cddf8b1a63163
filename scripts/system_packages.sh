#!/bin/sh
# What the tests use beside Python: a browser, Korean glyphs, QGIS's reader (ogrinfo), Node and npm, PostgreSQL with PostGIS.
# On Debian they are installed if missing; elsewhere this only says what to get.
set -eu

have() { command -v "$1" >/dev/null 2>&1; }

have_browser() {
  [ -n "${SCRAPFLOW_CHROME:-}" ] && return 0
  for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
    have "$name" && return 0
  done
  [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

have_hangul() { have fc-list && [ -n "$(fc-list :lang=ko 2>/dev/null | head -n 1)" ]; }

have_postgis() {
  for control in /usr/share/postgresql/*/extension/postgis.control; do
    [ -e "$control" ] && return 0
  done
  have pg_config && [ -e "$(pg_config --sharedir)/extension/postgis.control" ]
}

# the second browser is looked at only where it is there: not every archive that has apt-get has it
second=""
have firefox-esr || have firefox || second=firefox-esr
missing=""
have_browser || missing="$missing chromium"
have_hangul || missing="$missing fonts-noto-cjk"
have ogrinfo || missing="$missing gdal-bin"
have node || missing="$missing nodejs"
have npm || missing="$missing npm"
have_postgis || missing="$missing postgresql postgresql-postgis"
[ -z "$missing$second" ] && exit 0

if have apt-get; then
  as_root=""
  if [ "$(id -u)" -ne 0 ]; then
    if have sudo && sudo -n true 2>/dev/null; then
      as_root="sudo -n"
    else
      echo "missing:$missing $second. Install them with: sudo apt-get install$missing $second" >&2
      exit 0
    fi
  fi
  echo "installing:$missing $second"
  export DEBIAN_FRONTEND=noninteractive
  $as_root apt-get update -qq </dev/null >/dev/null || [ -z "$missing" ]
  # shellcheck disable=SC2086  # a list of packages, meant to be split
  [ -z "$missing" ] || $as_root apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null
  [ -z "$second" ] || $as_root apt-get install -y -qq --no-install-recommends "$second" </dev/null >/dev/null ||
    echo "no $second here: the map is not looked at in a second browser" >&2
else
  echo "missing (names of the Debian packages):$missing $second." >&2
  echo "Tests that need them are skipped, and say so. Chrome or Chromium: any installed copy on the PATH," >&2
  echo "or name it in the environment variable SCRAPFLOW_CHROME." >&2
fi
