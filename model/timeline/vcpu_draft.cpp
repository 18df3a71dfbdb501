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

enum Flag : std::uint16_t {
    Timed = 1,
    Qemu = 2,
    Preempted = 4,
    PreemptedEarly = 8,
    NotNmi = 16,
    EntryFailed = 32,
    TouchedEarly = 64, // the target is an early touch
    OfDevice = 128,
    OfDeviceEarly = 256
};
constexpr int kUserspaceShift = 56; // above a Target

static_assert((std::uint64_t(kTargetKinds) << Target::kValueBits) <= std::uint64_t(1) << kUserspaceShift);

// In 32 bits: of one of the two that is no time, kNoDuration.
std::uint32_t shortDistance(Ns from, Ns to)
{
    if (from == kNoTime || to == kNoTime)
        return kNoDuration;
    const std::uint64_t ns = distance(from, to);
    return ns < kLongDuration ? static_cast<std::uint32_t>(ns) : kLongDuration;
}

// Whether it has targets that differ, so that one is not enough.
bool hasSeveralTargets(const ExitDraft &exit)
{
    const Target first = exit.target.isKnown() ? exit.target : exit.touch;
    const auto differs = [first](Target other) { return other.isKnown() && first.isKnown() && other != first; };
    return differs(exit.touch) || differs(exit.earlyTouch);
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
    const bool touchedEarly = !exit.target.isKnown() && !exit.touch.isKnown() && exit.earlyTouch.isKnown();
    const Target target = exit.target.isKnown() ? exit.target : (touchedEarly ? exit.earlyTouch : exit.touch);
    result.target = target.packed | static_cast<std::uint64_t>(exit.userspace) << kUserspaceShift;
    const bool wide = result.sinceEntry == kLongDuration || result.sinceRunEnd == kLongDuration
        || result.untilClose == kLongDuration || hasSeveralTargets(exit);
    const auto flag = [](bool is, Flag as) { return is ? static_cast<unsigned>(as) : 0U; };
    result.flags = static_cast<std::uint16_t>(flag(exit.timed, Timed) | flag(exit.qemu, Qemu)
        | flag(exit.preempted, Preempted) | flag(exit.preemptedEarly, PreemptedEarly) | flag(exit.notNmi, NotNmi)
        | flag(exit.entryFailed, EntryFailed) | flag(touchedEarly, TouchedEarly) | flag(exit.ofDevice, OfDevice)
        | flag(exit.ofDeviceEarly, OfDeviceEarly) | (wide ? kWide : 0U));
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
    result.userspace = static_cast<std::uint8_t>(exit.target >> kUserspaceShift);
    const Target target{exit.target & ((std::uint64_t(1) << kUserspaceShift) - 1)};
    (exit.flags & TouchedEarly ? result.earlyTouch : result.target) = target;
    result.ofDevice = exit.flags & OfDevice;
    result.ofDeviceEarly = exit.flags & OfDeviceEarly;
    return result;
}

} // namespace exitscope
