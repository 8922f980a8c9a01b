#!/bin/bash
# Installs what is missing, builds, and runs all tests.
#
# Usage: tests/run.sh [CTEST ARGUMENT...]
#   PORTREG_IANA_CSV   a copy of IANA's service-names-port-numbers.csv, for the
#                      tests that need one
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/install_dependencies.sh build test
if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
cmake --preset release -DPORTREG_BUILD_TESTS=ON
cmake --build --preset release
ctest --preset release "$@"
