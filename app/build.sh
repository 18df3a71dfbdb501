#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: build.sh PRESET [TARGET…]
# Configures and builds a preset of CMakePresets.json in build/PRESET, quietly: the log is shown only if it fails.
set -euo pipefail
root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)"
preset="$1"
shift
cd "$root"
mkdir -p "build/$preset"
log="build/$preset/build.log"

if command -v ccache >/dev/null; then
    # What was compiled in one clone is taken in another.
    export CCACHE_BASEDIR="${CCACHE_BASEDIR-$root}" CCACHE_NOHASHDIR="${CCACHE_NOHASHDIR-1}"
    export CCACHE_SLOPPINESS="${CCACHE_SLOPPINESS-pch_defines,time_macros}" # else it keeps nothing of the tests
    export CMAKE_CXX_COMPILER_LAUNCHER="${CMAKE_CXX_COMPILER_LAUNCHER-ccache}"
fi
targets=()
[ $# -eq 0 ] || targets=(--target "$@")

if ! { cmake --preset "$preset" && cmake --build --preset "$preset" "${targets[@]}"; } >"$log" 2>&1; then
    # What ninja prints of the steps that worked would bury the cause.
    { grep -vE '^(--|\[[0-9]+/[0-9]+\])' "$log" || true; } | tail -n 200 >&2
    echo "The build of preset $preset failed; the whole log is $root/$log" >&2
    exit 1
fi
