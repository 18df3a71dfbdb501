# SPDX-License-Identifier: GPL-3.0-or-later
# Reads ctest's LastTest.log: prints each skipped test function with its reason and each test program that failed,
# then 'PASSED FAILED SKIPPED', the sums of what the programs of Qt Test report. A program that reports no totals (a
# script, or one that crashed) counts as one function. -v ctest_status=N: the exit status of ctest.

function finish(worked) {
    if (test == "")
        return
    if (!worked) {
        print "FAILED  " test
        if (programFailed == 0)
            programFailed = 1
    } else if (!reported) {
        programPassed = 1
    }
    passed += programPassed
    failed += programFailed
    skipped += programSkipped
    test = ""
}

# Stands before the test that it is about, which then "passes".
/^Unable to find executable/ { missing = 1 }
# "3/7 Testing: tst_frame"
/^[0-9]+\/[0-9]+ Testing: / {
    finish(0) # the one before has no result: ctest itself ended
    test = $3
    reported = programPassed = programFailed = programSkipped = 0
}
# "SKIP   : tst_frame::reads(big endian) the reason"
/^SKIP +: / {
    reason = $0
    sub(/^SKIP +: /, "", reason)
    print "SKIPPED " reason
}
# "Totals: 3 passed, 0 failed, 1 skipped, 0 blacklisted, 4ms"
/^Totals: [0-9]+ passed, / {
    reported = 1
    programPassed += $2
    programFailed += $4
    programSkipped += $6
}
/^Test Passed\.$/ {
    finish(!missing)
    missing = 0
}
/^Test Failed\.$/ { finish(0) }

END {
    finish(0)
    if (ctest_status != 0 && failed == 0) {
        print "FAILED  ctest itself, with status " ctest_status
        failed = 1
    }
    print passed + 0, failed + 0, skipped + 0
}
