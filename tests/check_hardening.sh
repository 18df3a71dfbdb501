#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check_hardening.sh PROGRAM…
# Looks at the programs for what the compiler and the linker were asked to do against attacks: they can be loaded
# anywhere (PIE), bind all symbols at once and then make their tables read-only, guard the stack, and call the checking
# variants of the C library's functions.
set -euo pipefail
[ $# -gt 0 ] || { echo "no program was given" >&2; exit 2; }

failures=0
lacks() { # PROGRAM WHAT
    echo "$1: $2" >&2
    failures=$((failures + 1))
}

for program in "$@"; do
    header="$(readelf -W -h -- "$program")"
    segments="$(readelf -W -l -- "$program")"
    dynamic="$(readelf -W -d -- "$program")"
    symbols="$(readelf -W --dyn-syms -- "$program")"
    grep -qE 'Type: +DYN' <<<"$header" || lacks "$program" "no position-independent executable"
    grep -qE '^ +INTERP' <<<"$segments" || lacks "$program" "no program"
    grep -qE 'GNU_RELRO' <<<"$segments" || lacks "$program" "its tables stay writable (-z relro)"
    grep -qE '\(FLAGS_1\).*\bNOW\b' <<<"$dynamic" || lacks "$program" "symbols are bound late (-z now)"
    if grep -qE 'GNU_STACK.* RWE' <<<"$segments"; then lacks "$program" "its stack can be executed"; fi
    grep -q '__stack_chk_fail' <<<"$symbols" || lacks "$program" "no stack protector"
    # Of these every call is replaced by a checking one; of memcpy and its like only some.
    if grep -qE ' (v?(f|s|sn)?printf|str(cpy|cat))(@|$| )' <<<"$symbols"; then lacks "$program" "not fortified"; fi
done
[ "$failures" -eq 0 ]
