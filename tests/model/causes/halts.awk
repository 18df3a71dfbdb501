# SPDX-License-Identifier: GPL-3.0-or-later
# Counts halts of a trace.dat's text, for tst_halts: trace-cmd report -t -R host.dat | awk -f halts.awk | sort
function field(name,  m) { match($0, name "=[^ ]*"); return substr($0, RSTART + length(name) + 1, RLENGTH - length(name) - 1) }
{
    match($0, /-[0-9]+ +\[/); split(substr($0, RSTART + 1), w, " "); tid = w[1]
    match($0, /[0-9]+\.[0-9]+: kvm_/); if (!RSTART) next
    split(substr($0, RSTART), t, /[.:]/); ns = t[1] * 1000000000 + t[2]
}
/ kvm_exit: / { halted[tid] = field("exit_reason") == 120; if (halted[tid]) { halts[tid]++; told[tid] = 0; untold[tid]++ ; woken[tid] = 0 } }
/ kvm_entry: / { halted[tid] = 0; woken[tid] = 1 }
/ kvm_halt_poll_ns: / { n = ++changes[tid]; at[tid, n] = ns; poll[tid, n] = field("new") + 0; if (n == 1) poll[tid, 0] = field("old") + 0 }
/ kvm_inj_virq: / { if (halted[tid] && !woken[tid]) { woken[tid] = 1; by[tid " " field("vector")]++ } }
/ kvm_vcpu_wakeup: / && halted[tid] {
    if (!told[tid]++) untold[tid]--
    n = ++count[tid]; lasted[tid, n] = field("ns") + 0; slept[tid, n] = field("waited") + 0; end[tid, n] = ns
}
END {
    split("10000 50000 200000 500000 1000000", trial, " ")
    for (tid in halts) {
        polled = polledNs = s = sleptNs = gave = gaveNs = unknown = 0
        for (i = 1; i <= 5; i++) caught[i] = cost[i] = 0
        for (n = 1; n <= count[tid]; n++) {
            d = lasted[tid, n]
            for (i = 1; i <= 5; i++) { caught[i] += d <= trial[i]; cost[i] += d < trial[i] ? d : trial[i] }
            if (!slept[tid, n]) { polled++; polledNs += d; continue }
            for (k = changes[tid]; k > 0 && at[tid, k] > end[tid, n] - d; k--) ;
            p = poll[tid, k]; if (p == "") { unknown++; p = 0 } if (p > d) p = d
            s++; sleptNs += d - p; gaveNs += p; gave += p > 0
        }
        printf "%s halts %.0f unknown %.0f polled %.0f %.0f slept %.0f %.0f gave_up %.0f %.0f polling_unknown %.0f", tid, halts[tid], untold[tid], polled, polledNs, s, sleptNs, gave, gaveNs, unknown
        for (i = 1; i <= 5; i++) printf " %.0f:%.0f/%.0f", trial[i], caught[i], cost[i]
        print ""
    }
    for (v in by) print "woken", v, by[v]
}
