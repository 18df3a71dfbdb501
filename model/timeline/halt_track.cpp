// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/halt_track.h"

#include <algorithm>
#include <utility>

namespace exitscope {

void HaltTrack::wakeUp(Ns t, const HaltWakeupData &data)
{
    m_wakeups.append({t, std::max<Ns>(data.ns, 0), data.slept});
}

void HaltTrack::setPolling(Ns t, const HaltPollingData &data)
{
    if (m_polling.empty())
        m_pollingBefore = data.previousNs;
    m_polling.append({t, data.nextNs});
}

void HaltTrack::inject(Ns t, std::uint64_t vector)
{
    if (std::exchange(m_isHalted, false))
        m_injections.append({t, static_cast<std::uint8_t>(vector)});
}

void HaltTrack::append(HaltTrack &&later)
{
    const auto appendAll = [](auto &to, auto &from) { from.take([&to](const auto &value) { to.append(value); }); };
    if (m_polling.empty())
        m_pollingBefore = later.m_pollingBefore;
    appendAll(m_wakeups, later.m_wakeups);
    appendAll(m_polling, later.m_polling);
    appendAll(m_injections, later.m_injections);
}

void HaltTrack::takeColumns(Vcpu &vcpu, const ReasonTable &reasons)
{
    HaltColumns &halts = vcpu.halts;
    halts.time.reserve(m_wakeups.size());
    halts.lasted.reserve(m_wakeups.size());
    halts.slept.reserve(m_wakeups.size());
    halts.pollingTime.reserve(m_polling.size());
    halts.polling.reserve(m_polling.size());
    m_wakeups.take([&](const Wakeup &wakeup) {
        halts.time.append(wakeup.time);
        halts.lasted.append(wakeup.lasted);
        halts.slept.append(wakeup.slept);
    });
    m_polling.take([&](const Polling &polling) {
        halts.pollingTime.append(polling.time);
        halts.polling.append(polling.ns);
    });
    halts.pollingBefore = m_pollingBefore;
    tellWhatWoke(vcpu, reasons);
}

void HaltTrack::tellWhatWoke(Vcpu &vcpu, const ReasonTable &reasons)
{
    if (m_injections.empty())
        return;
    const ExitColumns &exits = vcpu.exits;
    const auto isHalt = [&](std::size_t exit) { return reasons[exits.reason(exit)].isHalt; };
    vcpu.wokenBy.reserve(exits.size());
    const auto passTo = [&](std::size_t exit) {
        while (vcpu.wokenBy.size() < exit)
            vcpu.wokenBy.append(0);
    };
    m_injections.take([&](const Injection &injection) {
        std::size_t next = vcpu.wokenBy.size(); // the first exit after it
        while (next < exits.size() && exits.event(next) <= injection.time)
            ++next;
        while (next > vcpu.wokenBy.size() && !isHalt(next - 1))
            --next; // an exit of the same time came after it
        if (next == vcpu.wokenBy.size())
            return;
        passTo(next - 1);
        vcpu.wokenBy.append(injection.vector);
    });
    passTo(exits.size());
}

} // namespace exitscope
