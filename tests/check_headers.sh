#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check_headers.sh ROOT COMPILE_COMMANDS
# Every header compiles alone. Where a .cpp of the same name includes it first, the build has proved that: then only the
# order of the includes is looked at. The others are compiled here, each as the first source that reaches it is compiled
# by COMPILE_COMMANDS, a compile_commands.json of CMake. Prints each violation and fails if there is one.
set -euo pipefail
commands="$(realpath -- "$2")"
cd -- "$1"
root="$PWD"

# Prints for each header 'bad HEADER WHY', 'proved HEADER' or 'alone HEADER SOURCE': compile it as that source.
classify() {
    find app model views tests -type f \( -name '*.h' -o -name '*.cpp' \) -print0 2>/dev/null | sort -z |
        xargs -0r awk -v root="$root/" -v commands="$commands" '
            BEGIN {
                while ((getline line < commands) > 0)
                    if (line ~ /^[[:space:]]*"file": /) {
                        split(line, part, "\"")
                        if (index(part[4], root) == 1)
                            built[substr(part[4], length(root) + 1)] = 1
                    }
            }
            FNR == 1 { if (FILENAME ~ /\.h$/) headers[++count] = FILENAME; else sources[FILENAME] = 1 }
            /^#[[:space:]]*include[[:space:]]*["<]/ {
                split($0, part, /["<>]/)
                if (!(FILENAME in first))
                    first[FILENAME] = part[2]
                users[part[2]] = users[part[2]] FILENAME "\n"
            }
            # The first built source that includes the file, directly rather than by other headers.
            function reaching(file,    queue, head, tail, list, n, i, seen) {
                queue[tail = 1] = file
                for (head = 1; head <= tail; head++) {
                    n = split(users[queue[head]], list, "\n")
                    for (i = 1; i < n; i++) {
                        if (list[i] in built)
                            return list[i]
                        if (!(list[i] in seen))
                            queue[++tail] = list[i]
                        seen[list[i]] = 1
                    }
                }
                return ""
            }
            END {
                for (i = 1; i <= count; i++) {
                    header = headers[i]
                    own = substr(header, 1, length(header) - 1) "cpp"
                    if (own in sources && first[own] != header)
                        print "bad", header, own " does not include it first"
                    else if (own in built)
                        print "proved", header
                    else if ((source = reaching(header)) != "")
                        print "alone", header, source
                    else
                        print "bad", header, "no source that is built includes it"
                }
            }'
}

# commandOf SOURCE: how the build compiles it, as words of a shell, up to what it writes.
commandOf() {
    awk -v file="$root/$1" '
        /^[[:space:]]*"command": / { command = $0 }
        /^[[:space:]]*"file": / { split($0, part, "\""); if (part[4] == file) { print command; exit } }' "$commands" |
        sed -e 's/^[[:space:]]*"command": "//' -e 's/",$//' -e 's/\\\(["\\]\)/\1/g' -e 's/ -o .*//' -e 's/ -include [^ ]*cmake_pch\.hxx//'
}

proved=0 alone=0 violations=0
while read -r verdict header rest; do
    case "$verdict" in
    proved) proved=$((proved + 1)) ;;
    alone)
        alone=$((alone + 1))
        eval "compile=($(commandOf "$rest"))"
        # As an included file: in a main file #pragma once is warned of, and what nobody uses too.
        if ! "${compile[@]}" -fsyntax-only -x c++ - <<<"#include \"$header\""; then
            echo "$header: does not compile alone"
            violations=$((violations + 1))
        fi
        ;;
    bad)
        echo "$header: $rest"
        violations=$((violations + 1))
        ;;
    esac
done < <(classify)
echo "$proved headers proved by the build, $alone compiled alone, $violations violations"
[ "$violations" -eq 0 ] && [ $((proved + alone)) -gt 0 ]
