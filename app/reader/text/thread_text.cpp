// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/thread_text.h"

#include <cstddef>

#include "app/reader/text/scan.h"

namespace exitscope::reader {

namespace {

using namespace scan;

struct State {
    char letter;
    std::int64_t bits;
};
// Linux from 4.14 on. Of the letters that only older ones have, or that the plug-in of libtraceevent gives other bits
// (X and Z changed places): a dead thread is dead, and one that sleeps is asleep.
constexpr State kStates[] = {{'R', 0}, {'S', 1}, {'D', 2}, {'T', 4}, {'t', 8}, {'X', 16}, {'Z', 32}, {'P', 64},
    {'I', 128}, {'x', 64}, {'K', 128}, {'W', 128}, {'N', 1024}, {'+', 256}};

std::optional<std::int64_t> stateOf(char letter)
{
    for (const State &state : kStates)
        if (state.letter == letter)
            return state.bits;
    return std::nullopt;
}

void set(EventTold &told, int place, std::int64_t value)
{
    told.numbers[static_cast<std::size_t>(place)] = value;
    told.has[static_cast<std::size_t>(place)] = true;
}

void setText(EventTold &told, int place, std::string_view text)
{
    told.texts[static_cast<std::size_t>(place)] = text;
}

std::optional<std::int64_t> tidOf(std::string_view text)
{
    const auto tid = digits(text);
    return tid && *tid <= INT32_MAX ? std::optional(static_cast<std::int64_t>(*tid)) : std::nullopt;
}

// " pid=" of a printed event that ends with numbers: the last one is no part of a name.
std::optional<std::int64_t> lastTid(std::string_view fields, std::string_view key)
{
    const std::size_t at = fields.rfind(key);
    return at == kNone ? std::nullopt : tidOf(word(fields.substr(at + key.size())));
}

// Decimal, with zeros before it: "001". Of the keys the first that is there.
std::optional<std::int64_t> lastPcpu(std::string_view fields, std::string_view key, std::string_view otherKey = {})
{
    std::size_t at = fields.rfind(key);
    if (at == kNone && !otherKey.empty())
        at = fields.rfind(key = otherKey);
    return at == kNone ? std::nullopt : tidOf(word(fields.substr(at + key.size())));
}

struct Thread {
    std::string_view comm;
    std::int64_t tid;
    std::string_view rest; // behind it
};

// "comm:15 [120] …", the last that the text can be.
std::optional<Thread> pluginThread(std::string_view text)
{
    for (std::size_t open = text.rfind(" ["); open != kNone && open > 0; open = text.rfind(" [", open - 1)) {
        const std::size_t close = text.find(']', open);
        const std::size_t colon = text.rfind(':', open);
        if (close == kNone || colon == kNone || !number(text.substr(open + 2, close - open - 2)))
            continue;
        if (const auto tid = tidOf(text.substr(colon + 1, open - colon - 1)))
            return Thread{text.substr(0, colon), *tid, text.substr(close + 1)};
    }
    return std::nullopt;
}

// "comm:15 [120] S ==> comm:16 [120]"
bool readPluginSwitch(std::string_view fields, EventTold &told)
{
    constexpr std::string_view kArrow = " ==> ";
    for (std::size_t arrow = fields.find(kArrow); arrow != kNone; arrow = fields.find(kArrow, arrow + 1)) {
        const auto previous = pluginThread(fields.substr(0, arrow));
        const auto next = pluginThread(fields.substr(arrow + kArrow.size()));
        const auto state = previous ? threadState(trim(previous->rest)) : std::nullopt;
        if (!state || !next)
            continue;
        set(told, field::PrevTid, previous->tid);
        set(told, field::PrevState, *state);
        set(told, field::NextTid, next->tid);
        setText(told, field::PrevComm, previous->comm);
        setText(told, field::NextComm, next->comm);
        return true;
    }
    return false;
}

// Behind "prev_comm=…", from " prev_pid=" on.
bool readPrinted(std::string_view text, EventTold &told)
{
    const std::string_view pid = wordAfter(text, "prev_pid=");
    const std::size_t behind = text.find(" next_comm=");
    const std::size_t nextPid = text.rfind(" next_pid=");
    const auto previous = tidOf(pid);
    const auto state = threadState(wordAfter(text.substr(0, behind), "prev_state="));
    const auto next = lastTid(text, " next_pid=");
    if (behind == kNone || nextPid == kNone || nextPid < behind + 11 || !previous || !state || !next)
        return false;
    set(told, field::PrevTid, *previous);
    set(told, field::PrevState, *state);
    set(told, field::NextTid, *next);
    setText(told, field::NextComm, text.substr(behind + 11, nextPid - behind - 11));
    return true;
}

} // namespace

std::optional<std::int64_t> threadState(std::string_view text)
{
    if (const auto value = number(text))
        return value;
    std::optional<std::int64_t> bits;
    for (const char letter : text) {
        if (letter == '|')
            continue;
        const auto state = stateOf(letter);
        if (!state)
            return std::nullopt;
        bits = bits.value_or(0) | *state;
    }
    return bits;
}

bool readSwitch(std::string_view fields, EventTold &told)
{
    constexpr std::string_view kComm = "prev_comm=";
    if (!fields.starts_with(kComm))
        return readPluginSwitch(fields, told);
    for (std::size_t at = fields.find(" prev_pid="); at != kNone; at = fields.find(" prev_pid=", at + 1))
        if (readPrinted(fields.substr(at), told)) {
            setText(told, field::PrevComm, fields.substr(kComm.size(), at - kComm.size()));
            return true;
        }
    return false;
}

bool readWakeup(std::string_view fields, EventTold &told)
{
    auto tid = fields.starts_with("comm=") ? lastTid(fields, " pid=") : std::nullopt;
    if (!tid)
        if (const auto thread = pluginThread(fields))
            tid = thread->tid;
    if (!tid)
        return false;
    set(told, field::WokenTid, *tid);
    if (const auto pcpu = lastPcpu(fields, " target_cpu=", " CPU:"))
        set(told, field::WokenPcpu, *pcpu);
    return true;
}

// "comm=rcu_preempt pid=15 prio=120 orig_cpu=0 dest_cpu=1"
bool readMigration(std::string_view fields, EventTold &told)
{
    const auto tid = lastTid(fields, " pid=");
    const auto to = lastPcpu(fields, " dest_cpu=");
    if (!tid || !to)
        return false;
    set(told, field::MigrationTid, *tid);
    set(told, field::MigrationTo, *to);
    if (const auto from = lastPcpu(fields, " orig_cpu="))
        set(told, field::MigrationFrom, *from);
    return true;
}

bool readThreadExit(std::string_view fields, EventTold &told)
{
    const auto tid = lastTid(fields, " pid=");
    if (tid)
        set(told, field::ExitingTid, *tid);
    return tid.has_value();
}

bool readFork(std::string_view fields, EventTold &told)
{
    constexpr std::string_view kComm = " child_comm=";
    constexpr std::string_view kPid = " child_pid=";
    const auto tid = lastTid(fields, kPid);
    if (!tid)
        return false;
    set(told, field::ThreadTid, *tid);
    const std::size_t comm = fields.find(kComm);
    const std::size_t pid = fields.rfind(kPid);
    if (comm != kNone && comm + kComm.size() <= pid)
        setText(told, field::ThreadName, fields.substr(comm + kComm.size(), pid - comm - kComm.size()));
    return true;
}

} // namespace exitscope::reader
