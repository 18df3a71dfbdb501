// SPDX-License-Identifier: GPL-3.0-or-later
// The second half of VcpuTrack: from the draft to the columns.
#include <algorithm>
#include <limits>

#include "model/timeline/vcpu_track.h"

namespace exitscope {

namespace {

constexpr std::int64_t kRiscvInterrupt = std::numeric_limits<std::int64_t>::min(); // this bit of scause

// Manual "Scenarios": of EPT, NPT, or what arm64 and RISC-V call the second stage.
bool isPageFault(const ReasonKey &key)
{
    static constexpr ReasonKey kFaults[]{{kIsaVmx, 48}, {kIsaVmx, 49}, {kIsaSvm, 1024}, {kIsaArm64, 32},
        {kIsaArm64, 36}, {kIsaRiscv, 20}, {kIsaRiscv, 21}, {kIsaRiscv, 23}};
    return std::ranges::find(kFaults, key) != std::end(kFaults);
}

bool isInterrupt(const ReasonKey &key, bool notNmi)
{
    static constexpr ReasonKey kInterrupts[]{{kIsaVmx, 1}, {kIsaSvm, 96}, {kIsaSvm, 97}, {kIsaArm64, 0x100}};
    if (key == ReasonKey{kIsaVmx, 0})
        return !notNmi;
    return std::ranges::find(kInterrupts, key) != std::end(kInterrupts)
        || (key.isa == kIsaRiscv && (key.code & kRiscvInterrupt) != 0);
}

// The first that fits (manual "Definitions"). `early`: it was preempted between the end of its run and its event.
Scenario scenarioOf(const ExitDraft &exit, const ExitReason &reason, bool early)
{
    if (exit.qemu)
        return Scenario::Qemu;
    if (reason.isHalt)
        return Scenario::Halt;
    if (isPageFault(reason.key))
        return Scenario::PageFault;
    if (exit.preempted || early)
        return Scenario::Preempted;
    return isInterrupt(reason.key, exit.notNmi) ? Scenario::Interrupt : Scenario::Host;
}

// Makes the rows of the exits, one behind the other, of the states and the interrupt work that are there already.
class ExitRows {
public:
    ExitRows(const Vcpu &vcpu, const ReasonTable &reasons, MachineState atEnd)
        : m_states(vcpu.states), m_reasons(reasons), m_endsUnknown(visibleState(atEnd) == VcpuState::Unknown),
          m_walk(vcpu.states), m_irq(vcpu.irq)
    {
    }

    ExitRow rowOf(const ExitDraft &draft);
    // Of the last row: by events of its thread, and whether one was of a device's page.
    Target touch() const { return m_touch; }
    bool isOfDevice() const { return m_ofDevice; }

private:
    bool isUnknownAt(Ns t);
    bool touchesUnknown(TimeRange range);

    const StateColumns &m_states;
    const ReasonTable &m_reasons;
    bool m_endsUnknown; // what the vCPU is at the very end
    StateWalk m_walk; // through the run and what follows it, exit by exit
    StretchWalk m_irq;
    Target m_touch{};
    bool m_ofDevice = false;
};

// A stretch without length is where it is: what the vCPU is at that time counts.
bool ExitRows::isUnknownAt(Ns t)
{
    if (m_states.size() > 0 && t == m_states.end(m_states.size() - 1))
        return m_endsUnknown;
    const std::size_t i = m_walk.at(t);
    return i < m_states.size() && m_states.state(i) == VcpuState::Unknown;
}

bool ExitRows::touchesUnknown(TimeRange range)
{
    if (range.from == range.to)
        return isUnknownAt(range.from);
    for (std::size_t i = m_walk.at(range.from); i < m_states.size() && m_states.begin(i) < range.to; ++i)
        if (m_states.state(i) == VcpuState::Unknown)
            return true;
    return false;
}

ExitRow ExitRows::rowOf(const ExitDraft &draft)
{
    ExitRow row;
    const bool hasRun = draft.entry != kNoTime && !touchesUnknown({draft.entry, draft.runEnd});
    row.time = hasRun ? draft.runEnd : draft.event;
    row.event = draft.event;
    row.entry = hasRun ? draft.entry : kNoTime;
    if (draft.timed) {
        const TimeRange exit{row.time, draft.close};
        const TimePerState spent = m_walk.within(exit);
        const bool isKnown = exit.length() == 0 ? !isUnknownAt(exit.from) : spent[std::size_t(VcpuState::Unknown)] == 0;
        if (isKnown) {
            row.end = draft.close;
            row.parts = {spent[std::size_t(VcpuState::Kvm)], spent[std::size_t(VcpuState::Userspace)],
                spent[std::size_t(VcpuState::Preempted)], spent[std::size_t(VcpuState::Idle)],
                spent[std::size_t(VcpuState::Blocked)], m_irq.within(exit)};
        }
    }
    row.guestRip = draft.guestRip;
    row.reason = draft.reason;
    row.scenario = scenarioOf(draft, m_reasons[draft.reason], hasRun && draft.preemptedEarly);
    row.pcpu = hasRun ? draft.pcpu : draft.eventPcpu;
    row.entryFailed = draft.entryFailed;
    row.userspace = draft.userspace;
    // What was touched before its event is its own only if it began before.
    m_touch = hasRun && draft.earlyTouch.isKnown() ? draft.earlyTouch : draft.touch;
    m_ofDevice = draft.ofDevice || (hasRun && draft.ofDeviceEarly);
    row.target = draft.target.isKnown() ? draft.target : m_touch;
    return row;
}

// How exits met their pages, as far as their vCPU alone tells: all that are not of a device count as repeated. Empty
// where none is of a page.
class PageTouches {
public:
    explicit PageTouches(std::size_t exits) : m_exits(exits) { }

    void add(Target target, bool isOfDevice)
    {
        if (target.kind() == TargetKind::Page)
            addPage(isOfDevice);
        else if (!m_touches.empty())
            m_touches.append(PageTouch::None);
        else
            ++m_before;
    }
    Column<PageTouch> take() { return std::move(m_touches); }

private:
    void addPage(bool isOfDevice)
    {
        if (m_touches.empty()) {
            m_touches.reserve(m_exits);
            for (std::size_t i = 0; i < m_before; ++i)
                m_touches.append(PageTouch::None);
        }
        m_touches.append(isOfDevice ? PageTouch::Device : PageTouch::Repeated);
    }

    std::size_t m_exits;
    std::size_t m_before = 0; // exits that came before the first of a page
    Column<PageTouch> m_touches;
};

// Adds the Kvm time of the range.
void addKvm(BlockList<TimeRange> &to, const StateColumns &states, StateWalk &walk, TimeRange range)
{
    for (std::size_t i = walk.at(range.from); i < states.size() && states.begin(i) < range.to; ++i)
        if (states.state(i) == VcpuState::Kvm)
            to.append({std::max(range.from, states.begin(i)), std::min(range.to, states.end(i))});
}

} // namespace

void VcpuTrack::takeColumns(Vcpu &vcpu, TimeRange range, const ReasonTable &reasons)
{
    vcpu.entries.reserve(m_entries.size());
    m_entries.take([&](Ns t) { vcpu.entries.append(t); });
    fillStates(vcpu, range);
    fillInterrupts(vcpu);
    fillExits(vcpu, range, reasons);
    m_waits.takeColumns(vcpu.waits);
    m_halts.takeColumns(vcpu, reasons);
}

// The drafted changes with the Unknown stretches laid over them.
void VcpuTrack::fillStates(Vcpu &vcpu, TimeRange range)
{
    StateColumns &states = vcpu.states;
    states.start(range.from);
    states.reserve(m_changes.size() + 2 * m_unknown.size() + 1); // an Unknown stretch can cut one interval in two
    auto unknown = m_unknown.begin();
    const auto fill = [&](Ns from, Ns to, StateOnPcpu what) {
        while (unknown != m_unknown.end() && unknown->to <= from)
            ++unknown;
        for (auto u = unknown; u != m_unknown.end() && u->from < to && from < to; ++u) {
            states.append(std::max(from, u->from), what.state(), what.pcpu());
            from = std::min(to, u->to);
            states.append(from, VcpuState::Unknown, kNoPcpu);
        }
        states.append(to, what.state(), what.pcpu());
    };
    StateChange last{range.from, {VcpuState::Unknown, kNoPcpu}};
    m_changes.take([&](const StateChange &change) {
        fill(last.begin(), change.begin(), last.what());
        last = change;
    });
    fill(last.begin(), range.to, last.what());
}

// Interrupt work counts where the vCPU is in Kvm or Userspace on that pCPU.
void VcpuTrack::fillInterrupts(Vcpu &vcpu)
{
    const StateColumns &states = vcpu.states;
    std::vector<TimeRange> pieces; // of one pCPU they are in order; a thread that moves can mix two
    pieces.reserve(m_irq.size());
    StateWalk walk(states);
    m_irq.take([&](const InterruptWork &work) {
        for (std::size_t i = walk.at(work.begin); i < states.size() && states.begin(i) < work.end; ++i) {
            const VcpuState state = states.state(i);
            if ((state == VcpuState::Kvm || state == VcpuState::Userspace) && states.pcpu(i) == work.pcpu)
                pieces.push_back({std::max(work.begin, states.begin(i)), std::min(work.end, states.end(i))});
        }
    });
    if (!std::ranges::is_sorted(pieces, {}, &TimeRange::from))
        std::ranges::stable_sort(pieces, {}, &TimeRange::from);
    vcpu.irq.reserve(pieces.size());
    Ns counted = kNoTime; // up to here
    for (const TimeRange &piece : pieces) {
        if (piece.to > counted)
            vcpu.irq.append(std::max(piece.from, counted), piece.to);
        counted = std::max(counted, piece.to);
    }
}

// `touch`: its target by an event. Where its fields tell another one, these hold.
void VcpuTrack::noteTarget(const ExitRow &row, Target touch)
{
    if (!touch.isKnown() || touch == row.target)
        return;
    if (m_targetsDiffer.count++ == 0)
        m_targetsDiffer = {1, row.time, row.target, touch};
}

// The exits, and the halts among them.
void VcpuTrack::fillExits(Vcpu &vcpu, TimeRange range, const ReasonTable &reasons)
{
    vcpu.exits.reserve(m_exits.size());
    ExitRows rows(vcpu, reasons, m_state);
    StateWalk halts(vcpu.states);
    BlockList<TimeRange> kvm; // of halts: how many there are is not known before
    PageTouches touches(m_exits.size());
    m_exits.take([&](const ExitDraft &draft) {
        const ExitRow row = rows.rowOf(draft);
        vcpu.exits.append(row);
        noteTarget(row, rows.touch());
        touches.add(row.target, rows.isOfDevice());
        if (reasons[draft.reason].isHalt)
            addKvm(kvm, vcpu.states, halts, {row.time, draft.close == kNoTime ? range.to : draft.close});
    });
    vcpu.exits.setTouches(touches.take());
    vcpu.haltKvm.reserve(kvm.size());
    kvm.take([&](const TimeRange &piece) { vcpu.haltKvm.append(piece.from, piece.to); });
}

} // namespace exitscope
