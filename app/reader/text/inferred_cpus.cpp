// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/inferred_cpus.h"

#include <algorithm>

#include "app/reader/text/event_context.h"
#include "app/reader/text/thread_text.h"

namespace exitscope::reader {

namespace {

constexpr std::int32_t kMostInferred = 8192; // each is a stream; no machine has more

constexpr std::int32_t kOnlyOne = -1; // of a kernel for one CPU: its idle thread has no number

// Of "swapper/3"; none of another thread, or where the name has no number.
std::optional<std::int32_t> idleNumber(std::string_view comm)
{
    constexpr std::string_view kIdle = "swapper/";
    if (comm == "swapper")
        return kOnlyOne;
    return comm.starts_with(kIdle) ? cpuNumber(comm.substr(kIdle.size())) : std::nullopt;
}

template <typename Map>
std::int32_t placeIn(const Map &places, std::int32_t key)
{
    const auto found = places.find(key);
    return found == places.end() ? kNoPcpu : found->second;
}

} // namespace

std::int32_t InferredCpus::cpuOf(const EventLine &line)
{
    char buffer[64];
    if (canonicalName(line.name, buffer) == "sched_switch")
        return placeOfSwitch(line);
    if (line.tid == 0)
        return placeOfIdle(line.comm);
    return line.tid == kNoThread ? kNoPcpu : placeOfRunning(line.tid);
}

// Who turns up though no switch put it anywhere may be on any CPU, and gets one of its own: the same as before, unless
// that turned out to be one that has a number.
std::int32_t InferredCpus::placeOfRunning(std::int32_t tid)
{
    Thread &thread = m_threads[tid];
    if (thread.place == kNoPcpu) {
        if (thread.home == kNoPcpu || told(thread.home))
            thread.home = add();
        thread.place = thread.home;
    }
    return thread.place;
}

// Idle threads never go elsewhere; the thread that leaves was there before; the one that comes may come from anywhere.
std::int32_t InferredCpus::placeOfSwitch(const EventLine &line)
{
    EventTold told;
    if (!readSwitch(line.fields, told))
        return kNoPcpu;
    const std::int32_t prev = told.tidAt(field::PrevTid);
    const std::int32_t next = told.tidAt(field::NextTid);
    const std::optional<std::int32_t> number = prev == 0 ? idleNumber(told.text(field::PrevComm))
        : next == 0                                      ? idleNumber(told.text(field::NextComm))
                                                         : std::nullopt;
    std::int32_t place = number ? placeIn(m_idle, *number) : kNoPcpu;
    if (place == kNoPcpu && prev != 0)
        place = placeOfRunning(prev);
    if (place == kNoPcpu || (number && this->told(place).value_or(*number) != *number))
        place = add();
    if (number)
        m_idle.try_emplace(*number, place);
    if (prev != 0)
        m_threads[prev].place = kNoPcpu;
    if (next != 0)
        m_threads[next].place = place;
    return place;
}

std::int32_t InferredCpus::placeOfIdle(std::string_view comm)
{
    const std::optional<std::int32_t> number = idleNumber(comm);
    if (!number)
        return kNoPcpu;
    if (*number == kOnlyOne) // perf names all of them so in front of a line
        return placeIn(m_idle, kOnlyOne);
    const auto [known, isNew] = m_idle.try_emplace(*number, kNoPcpu);
    if (isNew)
        known->second = add();
    return known->second;
}

std::int32_t InferredCpus::add()
{
    return m_count >= kMostInferred ? kNoPcpu : kNoPcpu - ++m_count;
}

std::optional<std::int32_t> InferredCpus::told(std::int32_t cpu) const
{
    const auto found = std::find_if(
        m_idle.begin(), m_idle.end(), [cpu](const auto &idle) { return idle.second == cpu && idle.first != kOnlyOne; });
    return found == m_idle.end() ? std::nullopt : std::optional(found->first);
}

} // namespace exitscope::reader
