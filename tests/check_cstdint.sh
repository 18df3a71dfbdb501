#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check_cstdint.sh ROOT
# A source that names std::uint32_t or the like includes <cstdint>, itself or by a header of the project. With g++ 12 some
# header of the library always brings it along; with g++ 14 <complex> and <vector> do not. Prints each violation and fails
# if there is one.
set -euo pipefail
cd -- "$1"

find app model views tests -type f \( -name '*.h' -o -name '*.cpp' \) -print0 2>/dev/null | sort -z | xargs -0r awk '
    FNR == 1 { files[++count] = FILENAME }
    /^#[[:space:]]*include[[:space:]]*<cstdint>/ { brings[FILENAME] = 1 }
    /^#[[:space:]]*include[[:space:]]*"/ {
        split($0, part, "\"")
        included[FILENAME] = included[FILENAME] part[2] "\n"
    }
    /std::u?int(8|16|32|64|ptr|max)_t/ && !/^[[:space:]]*\/\// && !(FILENAME in names) { names[FILENAME] = FNR }
    # Whether a file or what it includes brings it; each file is looked at once.
    function reaches(file,    list, n, i) {
        if (file in brings)
            return brings[file]
        brings[file] = 0 # of a circle
        n = split(included[file], list, "\n")
        for (i = 1; i <= n; i++)
            if (list[i] != "" && reaches(list[i])) {
                brings[file] = 1
                break
            }
        return brings[file]
    }
    END {
        for (i = 1; i <= count; i++)
            if (files[i] in names && !reaches(files[i])) {
                printf "%s:%d: std::…int…_t without <cstdint>\n", files[i], names[files[i]]
                violations++
            }
        if (count == 0)
            print "no source was looked at"
        printf "%d sources looked at, %d violations\n", count, violations
        exit violations > 0 || count == 0
    }'
