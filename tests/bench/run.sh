#!/bin/bash
# Installs what is missing, builds, measures, and prints one table; see README.md.
#
# Usage: tests/bench/run.sh [--rounds N] [--quick] [GROUP...]
#   --rounds N   how often each variant is measured (default: 15)
#   --quick      checks programs and answers only: the figures mean nothing
#   GROUP        measures these groups of rows alone, such as start; a name that
#                does not exist gets the list of all
#
# Leaves table.json, latency.json and latency.svg in build/bench.
set -euo pipefail
cd "$(dirname "$0")/../.."

options=()
groups=()
while (($#)); do
  case $1 in
    --rounds) options+=("$1" "${2:-}"); shift ;;
    -*) options+=("$1") ;;
    *) groups+=("$1") ;;
  esac
  shift
done

# Builds targets by a preset: build PRESET TARGET...
build() {
  cmake --preset "$1" >/dev/null
  cmake --build --preset "$1" --target "${@:2}" >/dev/null
}

deploy/install_dependencies.sh build test bench
if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
if [[ ${groups[*]} == start ]]; then
  build bench portregd portreg_tool bare_server
else
  build bench bench_programs
fi
# Builds the preset `dynamic` only for the group "shipped", which alone measures
# the plain server.
if ((${#groups[@]} == 0)) || [[ " ${groups[*]} " == *" shipped "* ]]; then
  build dynamic plain_server
fi
exec /usr/bin/python3 -B tests/bench/table.py --binaries build/bench/bin \
  --dynamic_binaries build/dynamic/bin --output build/bench \
  "${options[@]}" "${groups[@]}"
