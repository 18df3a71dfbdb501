#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check_hardening_selftest.sh CXX
# Proves that check_hardening.sh finds a program that lacks one of the things, and none that has them all.
set -euo pipefail
here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
cxx="$1"
tree="$(mktemp -d)"
trap 'rm -rf "$tree"' EXIT
wrong=0
cat >"$tree/a.cpp" <<'EOF'
#include <cstdio>
#include <cstring>
int main(int count, char **words)
{
    char text[20];
    std::strcpy(text, words[count - 1]);
    return std::printf("%s\n", text) > 0 ? 0 : 1;
}
EOF
hardened=(-O1 -fPIE -pie -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -Wl,-z,relro,-z,now,-z,noexecstack)

# expect WORDS FLAG…: built with these flags behind the others it is refused with those words.
expect() {
    local words="$1" out
    shift
    "$cxx" "${hardened[@]}" "$@" -o "$tree/a" "$tree/a.cpp" 2>/dev/null
    if out="$(bash "$here/check_hardening.sh" "$tree/a" 2>&1)"; then
        echo "not found: $words ($*)"
        wrong=1
    elif ! grep -qF "$words" <<<"$out"; then
        echo "$*: found, but told otherwise: $out"
        wrong=1
    fi
}

"$cxx" "${hardened[@]}" -o "$tree/a" "$tree/a.cpp" 2>/dev/null
if ! bash "$here/check_hardening.sh" "$tree/a"; then
    echo "a hardened program fails"
    wrong=1
fi
expect "no position-independent executable" -fno-pie -no-pie
expect "its tables stay writable" -Wl,-z,norelro
expect "symbols are bound late" -Wl,-z,lazy
expect "its stack can be executed" -Wl,-z,execstack
expect "no stack protector" -fno-stack-protector
expect "not fortified" -U_FORTIFY_SOURCE
if bash "$here/check_hardening.sh" 2>/dev/null; then
    echo "no program at all passes"
    wrong=1
fi
exit "$wrong"
