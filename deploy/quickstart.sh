#!/bin/bash
# Installs what is missing, builds server and tool, starts the server on its
# embedded data, and asks it a few questions. The server ends with the script.
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/install_dependencies.sh build
if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
# Tests need more packages. Where tests/run.sh was run, its build is used as it is.
options=()
if [[ ! -e build/release/CMakeCache.txt ]]; then options=(-DPORTREG_BUILD_TESTS=OFF); fi
cmake --preset release "${options[@]}" >/dev/null
cmake --build --preset release

PATH=$PWD/build/release/bin:$PATH
coproc SERVER { exec portregd --listen=127.0.0.1:0 2>build/portregd.log; }
# Bash forgets the coprocess's variables as soon as it ends.
server=$SERVER_PID
trap 'kill "$server" 2>/dev/null || true' EXIT
if ! read -r -t 30 _ PORTREG_TARGET <&"${SERVER[0]}"; then
  echo "$0: portregd did not start:" >&2
  cat build/portregd.log >&2
  exit 1
fi
export PORTREG_TARGET

ask() {
  printf '\n$'
  printf ' %q' "$@"
  printf '\n'
  "$@"
}
echo
echo "portregd listens on $PORTREG_TARGET; what does it know?"
ask portreg 443
ask portreg https
ask portreg 2082
ask portreg 20-25
ask portreg search web panel
ask portreg classify 8443
ask portreg info
cat <<'END'

That was a server of its own for this script. To go on:
  build/release/bin/portregd &           # listens on 127.0.0.1:6335
  build/release/bin/portreg 5432 smtp    # asks it
  build/release/bin/portreg --help
END
