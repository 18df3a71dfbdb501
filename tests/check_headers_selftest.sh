#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check_headers_selftest.sh CXX
# Proves that check_headers.sh finds each kind of violation, and none where there is none.
set -euo pipefail
here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
cxx="$1"
tree="$(realpath -- "$(mktemp -d)")"
trap 'rm -rf "$tree"' EXIT
wrong=0

# plant FILE LINE…
plant() {
    mkdir -p "$tree/$(dirname "$1")"
    printf '%s\n' "${@:2}" >"$tree/$1"
}

# Two sources as CMake writes them down: its commands are words of a shell inside a string of JSON.
writeCommands() {
    local source
    for source in model/a.cpp model/b.cpp; do
        printf '{\n  "directory": "%s",\n' "$tree"
        printf '  "command": "%s -DNAME=\\\\\\"a\\\\\\" -I%s -std=c++20 -o a.o -c %s",\n' "$cxx" "$tree" "$tree/$source"
        printf '  "file": "%s"\n},\n' "$tree/$source"
    done >"$tree/commands.json"
}

check() {
    bash "$here/check_headers.sh" "$tree" "$tree/commands.json" 2>&1
}

# expectViolation WORDS
expectViolation() {
    local out
    if out="$(check)"; then
        echo "not found: $1"
        wrong=1
    elif ! grep -qF "$1" <<<"$out"; then
        echo "found, but told otherwise: $1: $out"
        wrong=1
    fi
}

plantGoodTree() {
    plant model/a.h '#pragma once' '#include <vector>' 'inline std::vector<int> a;'
    plant model/a.cpp '#include "model/a.h"' '#include <map>'
    plant model/inner.h '#pragma once' 'inline const char *name = NAME;'
    plant model/outer.h '#pragma once' '#include "model/inner.h"'
    plant model/b.cpp '#include "model/outer.h"'
}

writeCommands
plantGoodTree
if ! out="$(check)" || [ "$out" != "1 headers proved by the build, 2 compiled alone, 0 violations" ]; then
    echo "a good tree fails: $out"
    wrong=1
fi

plant model/a.cpp '#include <vector>' '#include "model/a.h"'
expectViolation "model/a.h: model/a.cpp does not include it first"

plantGoodTree
plant model/inner.h '#pragma once' 'inline std::vector<int> numbers;'
plant model/outer.h '#pragma once' '#include <vector>' '#include "model/inner.h"'
expectViolation "model/inner.h: does not compile alone"

plantGoodTree
plant model/forgotten.h '#pragma once'
expectViolation "model/forgotten.h: no source that is built includes it"
# Nor does a source of its name prove it that is not built.
plant model/forgotten.cpp '#include "model/forgotten.h"'
expectViolation "model/forgotten.h: no source that is built includes it"

rm -r "$tree/model"
expectViolation "0 headers proved by the build, 0 compiled alone"
exit "$wrong"
