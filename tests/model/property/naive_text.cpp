// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/naive_text.h"

#include <algorithm>

namespace exitscope::naive {
namespace {

std::string joined(const std::string &all, const std::string &separator, const std::string &next)
{
    return all.empty() ? next : all + separator + next;
}

} // namespace

Channel::Channel(std::int32_t pcpu, bool declaresSwitches)
{
    stream.pcpu = pcpu;
    stream.declaresSwitches = declaresSwitches;
    stream.packets.emplace_back();
}

Record &Channel::add(Ns time, std::int32_t tid, EventKind kind)
{
    Record event;
    event.timeNs = time;
    event.pcpu = stream.pcpu;
    event.tid = tid;
    event.kind = kind;
    stream.packets.back().events.push_back(event);
    return stream.packets.back().events.back();
}

Channel &Channel::entry(Ns time, std::int32_t tid)
{
    add(time, tid, EventKind::VmEntry).entry = {kNoVcpuId};
    return *this;
}

Channel &Channel::exit(Ns time, std::uint64_t reason, std::int32_t tid, std::uint8_t isa)
{
    Record &event = add(time, tid, EventKind::VmExit);
    event.isa = isa;
    event.exit = {0, reason, static_cast<std::int32_t>(kNoVcpuId), 0, {}};
    return *this;
}

Channel &Channel::userspaceExit(Ns time, std::int32_t reason, std::int32_t tid)
{
    add(time, tid, EventKind::UserspaceExit).userspaceExit = {reason, 0};
    return *this;
}

Channel &Channel::ioctlEntry(Ns time, std::uint64_t cmd, std::int32_t tid)
{
    add(time, tid, EventKind::IoctlEntry).ioctlEntry = {cmd};
    return *this;
}

Channel &Channel::ioctlExit(Ns time, std::int32_t tid)
{
    add(time, tid, EventKind::IoctlExit);
    return *this;
}

Channel &Channel::switched(Ns time, std::int32_t from, std::int32_t to, std::int64_t prevState)
{
    add(time, kNoThread, EventKind::SchedSwitch).switched = {prevState, from, to};
    return *this;
}

Channel &Channel::wakeup(Ns time, std::int32_t tid)
{
    add(time, kNoThread, EventKind::SchedWakeup).wakeup = {tid, kNoPcpu};
    return *this;
}

Channel &Channel::host(Ns time, std::int32_t tid, bool proves)
{
    add(time, tid, EventKind::HostProof).provesHost = proves;
    return *this;
}

Channel &Channel::threadExit(Ns time, std::int32_t tid)
{
    add(time, tid, EventKind::ThreadExit);
    return *this;
}

Channel &Channel::irqBegin(Ns time, std::int32_t tid, IrqSource source)
{
    add(time, tid, EventKind::IrqBegin).irq = {source, kNoIrq};
    return *this;
}

Channel &Channel::irqEnd(Ns time, std::int32_t tid, IrqSource source)
{
    add(time, tid, EventKind::IrqEnd).irq = {source, kNoIrq};
    return *this;
}

Channel &Channel::packet(bool eventsLost)
{
    stream.packets.back().eventsLost = eventsLost;
    stream.packets.emplace_back();
    return *this;
}

Channel &Channel::packetsLost()
{
    stream.packets.back().packetsLost = true;
    return *this;
}

Channel &HostTrace::channel(std::int32_t pcpu, bool declaresSwitches)
{
    return m_channels.emplace_back(pcpu, declaresSwitches);
}

testing::EventStreams HostTrace::streams() const
{
    testing::EventStreams result;
    result.from = kEndOfRecording;
    result.to = kNoTime;
    for (const Channel &channel : m_channels) {
        result.streams.push_back(channel.stream);
        for (const testing::EventPacket &packet : channel.stream.packets) {
            for (const Record &event : packet.events) {
                result.from = std::min(result.from, event.timeNs);
                result.to = std::max(result.to, event.timeNs);
            }
        }
    }
    return result;
}

std::string statesOf(const Result &result, Who who)
{
    const auto vcpu = result.vcpus.find(who);
    if (vcpu == result.vcpus.end())
        return "none";
    std::string text;
    for (const Interval &interval : vcpu->second.intervals) {
        text = joined(text, " ", std::to_string(interval.begin) + " " + std::string(info(interval.state).name));
        if (interval.pcpu != kNoPcpu)
            text += "@" + std::to_string(interval.pcpu);
    }
    return vcpu->second.intervals.empty() ? "" : text + " " + std::to_string(vcpu->second.intervals.back().end);
}

std::string exitsOf(const Result &result, Who who)
{
    std::string text;
    const auto vcpu = result.vcpus.find(who);
    if (vcpu == result.vcpus.end())
        return text;
    for (const Exit &exit : vcpu->second.exits) {
        const std::string entry = exit.entry ? std::to_string(*exit.entry) + ">" : "";
        const std::string end = exit.end ? "-" + std::to_string(*exit.end) : "";
        text = joined(text, ", ", entry + std::to_string(exit.time) + end);
    }
    return text;
}

std::string contradictionsOf(const Result &result)
{
    std::string text;
    for (std::size_t kind = 1; kind < result.contradictions.size(); ++kind)
        for (int i = 0; i < result.contradictions[kind]; ++i)
            text = joined(text, " ", std::to_string(kind));
    return text;
}

std::string irqOf(const Result &result, Who who)
{
    std::string text;
    const auto vcpu = result.vcpus.find(who);
    if (vcpu == result.vcpus.end())
        return text;
    for (const Stretch &stretch : vcpu->second.irq)
        text = joined(text, ", ", std::to_string(stretch.begin) + "-" + std::to_string(stretch.end));
    return text;
}

} // namespace exitscope::naive
