// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/vcpu_draft.h"

namespace exitscope {

void noteNumber(BlockList<NumberSince> &list, NumberSince since)
{
    if (!list.empty() && list.back().begin() == since.begin())
        list.dropLast();
    if (list.empty() || list.back().number() != since.number())
        list.append(since);
}

namespace {

enum Flag : std::uint16_t { Timed = 1, Qemu = 2, Preempted = 4, PreemptedEarly = 8, NotNmi = 16, EntryFailed = 32 };

// In 32 bits: of one of the two that is no time, kNoDuration.
std::uint32_t shortDistance(Ns from, Ns to)
{
    if (from == kNoTime || to == kNoTime)
        return kNoDuration;
    const std::uint64_t ns = distance(from, to);
    return ns < kLongDuration ? static_cast<std::uint32_t>(ns) : kLongDuration;
}

} // namespace

void ExitDrafts::append(const ExitDraft &exit)
{
    if (m_hasLast) {
        m_packed.append(packed(m_last));
        if (isWide(m_packed.back()))
            m_wide.push_back(m_last);
    }
    m_last = exit;
    m_hasLast = true;
}

ExitDrafts::Packed ExitDrafts::packed(const ExitDraft &exit)
{
    Packed result{};
    result.event = exit.event;
    result.guestRip = exit.guestRip;
    result.sinceEntry = shortDistance(exit.entry, exit.event);
    result.sinceRunEnd = shortDistance(exit.runEnd, exit.event);
    result.untilClose = shortDistance(exit.event, exit.close);
    result.pcpu = exit.pcpu;
    result.eventPcpu = exit.eventPcpu;
    result.reason = exit.reason;
    const auto flag = [](bool is, Flag as) { return is ? static_cast<unsigned>(as) : 0U; };
    result.flags = static_cast<std::uint16_t>(flag(exit.timed, Timed) | flag(exit.qemu, Qemu)
        | flag(exit.preempted, Preempted) | flag(exit.preemptedEarly, PreemptedEarly) | flag(exit.notNmi, NotNmi)
        | flag(exit.entryFailed, EntryFailed));
    return result;
}

ExitDraft ExitDrafts::unpacked(const Packed &exit)
{
    ExitDraft result{};
    result.event = exit.event;
    result.entry = exit.sinceEntry == kNoDuration ? kNoTime : before(exit.event, exit.sinceEntry);
    result.runEnd = exit.sinceRunEnd == kNoDuration ? kNoTime : before(exit.event, exit.sinceRunEnd);
    result.close = exit.untilClose == kNoDuration ? kNoTime : after(exit.event, exit.untilClose);
    result.guestRip = exit.guestRip;
    result.pcpu = exit.pcpu;
    result.eventPcpu = exit.eventPcpu;
    result.reason = exit.reason;
    result.timed = exit.flags & Timed;
    result.qemu = exit.flags & Qemu;
    result.preempted = exit.flags & Preempted;
    result.preemptedEarly = exit.flags & PreemptedEarly;
    result.notNmi = exit.flags & NotNmi;
    result.entryFailed = exit.flags & EntryFailed;
    return result;
}

bool ExitDrafts::isWide(const Packed &exit)
{
    return exit.sinceEntry == kLongDuration || exit.sinceRunEnd == kLongDuration || exit.untilClose == kLongDuration;
}

} // namespace exitscope
