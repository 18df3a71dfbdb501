#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check_record.sh SOURCE_DIR
# What exitscope-record says and would run, for each tool present and absent, with tools and a tracefs that are made here.
set -euo pipefail
script="$(realpath -- "$1/app/record/exitscope-record")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
failures=0 checks=0
fail() {
    printf '%s\n' "$*" >&2
    failures=$((failures + 1))
}
# expect WHAT PATTERN TEXT: the text holds the pattern
expect() {
    checks=$((checks + 1))
    grep -qE -- "$2" <<<"$3" || fail "$1: no '$2' in: $3"
}
# refuse WHAT PATTERN TEXT: it does not
refuse() {
    checks=$((checks + 1))
    ! grep -qE -- "$2" <<<"$3" || fail "$1: '$2' in: $3"
}

mkdir "$work/tracefs" "$work/tools" "$work/base"
printf '%s\n' kvm:kvm_entry kvm:kvm_exit kvm:kvm_userspace_exit sched:sched_switch sched:sched_wakeup \
    syscalls:sys_enter_ioctl >"$work/tracefs/available_events"
for tool in bash cat grep sed uname date id paste realpath sleep mkdir rmdir chown env pgrep pkill; do
    path="$(command -v "$tool")" && ln -s "$path" "$work/base/$tool"
done

# A tool that says what it was called with, and, of LTTng, which events there are.
offer() {
    {
        echo '#!/usr/bin/env bash'
        echo "echo \"$1 \$*\" >>\"$work/calls\""
        [ "$1" != lttng ] || cat <<LIST
if [ "\$1" = list ]; then
    printf '      %s (loglevel: TRACE_EMERG (0)) (type: tracepoint)\\n' $2
fi
LIST
    } >"$work/tools/$1"
    chmod +x "$work/tools/$1"
}
record() {
    (cd "$work" && PATH="$work/tools:$work/base" TRACEFS="$work/tracefs" bash "$script" "$@" 2>&1)
}

# Nothing there: each tool is named, with what it lacks.
text="$(record --dry-run || echo "status $?")"
for tool in lttng trace-cmd perf; do
    expect 'no tools' "$tool is not installed" "$text"
done
expect 'no tools' 'status 1' "$text"

offer trace-cmd
text="$(record --dry-run --seconds 5 --output 'my run')"
expect 'trace-cmd' '^\+ trace-cmd record -C mono .* -e kvm:kvm_exit .* -o my\\ run/host.dat sleep 5$' "$text"
expect 'trace-cmd' '-e syscalls:sys_enter_ioctl' "$text"
refuse 'events that the kernel lacks' 'hrtimer|kvm_msr' "$text"
expect 'what opens it' '^Open it with: exitscope my\\ run$' "$text"
[ ! -e "$work/my run" ] || fail 'a dry run made a directory'
[ ! -e "$work/calls" ] || fail "a dry run ran: $(cat "$work/calls")"

offer perf
text="$(record --dry-run --tool perf --output o)"
expect 'perf' '^\+ perf record -k CLOCK_MONOTONIC -a -m 8M .*-e kvm:kvm_entry -e kvm:kvm_exit .* -o o/host.perf.data$' "$text"

# LTTng as distributions have it: no probes of KVM.
offer lttng 'kvm_userspace_exit sched_switch'
text="$(record --dry-run --output o)"
expect 'lttng without probes' '^\+ trace-cmd record' "$text"
text="$(record --dry-run --tool lttng --output o || echo "status $?")"
expect 'lttng without probes' 'no probes of KVM.*' "$text"
expect 'lttng without probes' 'status 1' "$text"

rm -f "$work/calls"
offer lttng 'kvm_x86_entry kvm_x86_exit sched_switch'
text="$(record --dry-run --seconds 2 --output o)"
expect 'lttng' 'enable-event -k -s exitscope-[0-9]+ -c c kvm_x86_entry,kvm_x86_exit,sched_switch' "$text"
expect 'lttng' '^\+ lttng destroy exitscope-[0-9]+$' "$text"
refuse 'a dry run' '^lttng (create|start|enable)' "$(cat "$work/calls")"

# Nothing of the user's is overwritten; wrong usage is told.
mkdir "$work/there"
text="$(record --dry-run --output there || echo "status $?")"
expect 'a directory that is there' 'is there already' "$text"
expect 'a directory that is there' 'status 4' "$text"
for wrong in '--tool strace' '--seconds soon' '--seconds' '--what'; do
    # shellcheck disable=SC2086 # words
    text="$(record --dry-run $wrong || echo "status $?")"
    expect "$wrong" 'status 1' "$text"
done
expect '--guest' 'trace-cmd record -C mono -e sched' "$(record --guest)"
expect '--help' '--dry-run' "$(record --help)"

# Run in earnest, with tools that do nothing: as root only, which a container is.
if [ "$(id -u)" -eq 0 ]; then
    rm -f "$work/calls"
    record --tool trace-cmd --seconds 1 --output real >/dev/null
    expect 'run in earnest' '^trace-cmd record .*-o real/host.dat sleep 1$' "$(cat "$work/calls")"
fi
# Ended by a signal it ends the recorder, which writes what it has, and puts back what that changed.
if [ "$(id -u)" -eq 0 ]; then
    cat >"$work/tools/trace-cmd" <<'TOOL'
#!/usr/bin/env bash
trap 'echo interrupted >>"$TRACEFS/../calls"; exit 0' INT
echo 16384 >"$TRACEFS/buffer_size_kb"
echo started >>"$TRACEFS/../calls"
while true; do sleep 0.1; done
TOOL
    rm -f "$work/calls"
    echo '7 (expanded: 1408)' >"$work/tracefs/buffer_size_kb"
    echo 'local [global] mono' >"$work/tracefs/trace_clock"
    (cd "$work" && exec env PATH="$work/tools:$work/base" TRACEFS="$work/tracefs" bash "$script" --tool trace-cmd \
        --output ended >"$work/said" 2>&1) &
    for _ in $(seq 100); do
        ! grep -q started "$work/calls" 2>/dev/null || break
        sleep 0.1
    done
    kill -TERM $! && { wait $! || true; }
    expect 'ended by a signal' '^interrupted$' "$(cat "$work/calls")"
    expect 'ended by a signal' '^Open it with: exitscope ended$' "$(cat "$work/said")"
    expect 'put back' '^1408$' "$(cat "$work/tracefs/buffer_size_kb")"
    expect 'put back' '^global$' "$(cat "$work/tracefs/trace_clock")"
fi
[ "$checks" -gt 20 ] || fail "only $checks checks were made"
[ "$failures" -eq 0 ] && echo "$checks checks"
