#!/bin/bash
# Installs what is missing of Debian's packages. Does nothing, and needs no
# root, if all are there.
#
# Usage: deploy/install_dependencies.sh build|test|bench|package|gates...
#   build    what server, tool and library are built with
#   test     what the tests need besides
#   bench    what tests/bench/run.sh needs besides: what it compares with, and plots
#   package  what Debian packages are made with besides
#   gates    what .ci/run needs besides: lint, buf, docs, packages, shells
set -euo pipefail

build=(cmake g++ libabsl-dev libgnutls28-dev libgrpc++-dev libgrpc-dev libjemalloc-dev
  libmicrohttpd-dev libprotobuf-dev libsimdjson-dev libssl-dev libsystemd-dev libutfcpp-dev
  libzstd-dev ninja-build nlohmann-json3-dev pkg-config prometheus-cpp-dev protobuf-compiler
  protobuf-compiler-grpc zlib1g-dev)
test=(chromium chromium-driver clickhouse-server curl fonts-dejavu-core git haproxy iproute2
  kubernetes-client libgmock-dev libgtest-dev make mandoc musl-tools netbase nginx-light openssl
  prometheus python3 python3-cryptography python3-grpcio python3-h2 python3-protobuf
  python3-selenium python3-yaml shellcheck systemd)
bench=(etcd-server libbenchmark-dev mawk miller netbase nghttp2-client nginx-light openssl
  python3-matplotlib redis-server util-linux valgrind)
package=(dpkg-dev file)
gates=(ccache clang clang-format clang-tidy debootstrap doxygen fish git libclang-rt-dev nodejs npm
  zsh)

wanted=()
for group in "$@"; do
  case $group in
    build) wanted+=("${build[@]}") ;;
    test)
      for each in "${test[@]}"; do
        # kubectl often comes from elsewhere than Debian.
        if [[ $each == kubernetes-client ]] && command -v kubectl >/dev/null; then continue; fi
        # Later releases than Debian 12 need not have it, and its test is skipped without it.
        if [[ $each == clickhouse-server ]] && ! grep -q '^VERSION_ID="12"' /etc/os-release; then
          continue
        fi
        wanted+=("$each")
      done
      ;;
    bench) wanted+=("${bench[@]}") ;;
    package) wanted+=("${package[@]}") ;;
    gates)
      for each in "${gates[@]}"; do
        # Node.js often comes from elsewhere than Debian.
        if [[ $each =~ ^(nodejs|npm)$ ]] && command -v npm >/dev/null; then continue; fi
        wanted+=("$each")
      done
      ;;
    *)
      echo "usage: $0 build|test|bench|package|gates..." >&2
      exit 1
      ;;
  esac
done

missing=()
for each in "${wanted[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$each" 2>/dev/null || true)
  [[ $status == installed ]] || missing+=("$each")
done
if ((${#missing[@]} == 0)); then exit 0; fi

echo "Installing ${missing[*]}"
as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "$0: run as root, or install sudo, to install the packages above" >&2
    exit 1
  fi
  as_root=(sudo)
fi
# Some of the packages are services (nginx, prometheus, redis): they are wanted
# as programs only, and are not started here.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod +x "$policy"
fi
"${as_root[@]}" apt-get update --quiet
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
