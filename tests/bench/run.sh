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

deploy/install_dependencies.sh build test bench
if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
for preset in release dynamic; do
  cmake --preset "$preset" -DPORTREG_BUILD_TESTS=ON -DPORTREG_BUILD_BENCHMARKS=ON >/dev/null
done
cmake --build --preset release --target bench_programs >/dev/null
# Of what is linked as Debian's packages come, only the plain server counts.
cmake --build --preset dynamic --target plain_server >/dev/null
exec /usr/bin/python3 -B tests/bench/table.py --binaries build/release/bin \
  --dynamic_binaries build/dynamic/bin --output build/bench "$@"
