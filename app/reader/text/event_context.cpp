// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/event_context.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "app/reader/text/scan.h"
#include "model/record/far_time.h"

namespace exitscope::reader {

namespace {

using namespace scan;

constexpr std::uint64_t kMostCpu = 8191; // of Linux on any machine
constexpr Ns kMicrosecond = 1000;

std::optional<std::int32_t> threadId(std::string_view text)
{
    if (text == "-1")
        return kNoThread; // perf of a thread that is no more
    const auto value = digits(text);
    if (!value || *value > std::uint64_t{std::numeric_limits<std::int32_t>::max()})
        return std::nullopt;
    return static_cast<std::int32_t>(*value);
}

// "179.692219", in seconds, of up to nine decimals.
std::optional<Ns> seconds(std::string_view text)
{
    const std::size_t point = text.find('.');
    if (point == kNone || point > 10 || text.size() - point > 10)
        return std::nullopt;
    const std::string_view fraction = text.substr(point + 1);
    const auto whole = digits(text.substr(0, point));
    const auto part = digits(fraction);
    if (!whole || !part || *whole > static_cast<std::uint64_t>(kFarthestTime / 1'000'000'000 - 1))
        return std::nullopt;
    std::uint64_t ns = *part;
    for (std::size_t i = fraction.size(); i < 9; ++i)
        ns *= 10;
    return static_cast<Ns>(*whole * 1'000'000'000 + ns);
}

// Of a time as seconds() reads it.
Ns spareOf(std::string_view text)
{
    Ns unit = 1;
    for (std::size_t decimals = text.size() - text.find('.') - 1; decimals < 9 && unit < kMicrosecond; ++decimals)
        unit *= 10;
    return unit - 1;
}

// "12345us!", as the latency format of tracefs has it: µs from the begin of the buffer, with a mark for long delays.
std::optional<Ns> microseconds(std::string_view text)
{
    const std::size_t unit = text.find("us");
    if (unit == kNone || unit > 15 || text.size() > unit + 3 || !areDigits(text.substr(0, unit)))
        return std::nullopt;
    return static_cast<Ns>(*digits(text.substr(0, unit)) * kMicrosecond);
}

bool canBeTime(std::string_view word)
{
    return !word.empty() && isDigit(word.front());
}

std::pair<std::string_view, std::string_view> lastWord(std::string_view text)
{
    text = trim(text);
    const std::size_t blank = text.find_last_of(" \t");
    const std::size_t begin = blank == kNone ? 0 : blank + 1;
    return {trim(text.substr(0, begin)), text.substr(begin)};
}

bool takeCpu(std::string_view word, EventLine &line)
{
    if (word.size() < 3 || word.front() != '[' || word.back() != ']')
        return false;
    const auto cpu = cpuNumber(word.substr(1, word.size() - 2));
    line.cpu = cpu.value_or(kNoPcpu);
    return cpu.has_value();
}

// "  1d..2.": the CPU and its flags, as the latency formats have them.
bool takeLatencyCpu(std::string_view word, EventLine &line)
{
    const auto end = static_cast<std::size_t>(std::find_if_not(word.begin(), word.end(), isDigit) - word.begin());
    // Of the flags the first never is a digit.
    if (end == 0 || word.size() < end + 3 || word.size() > end + 12)
        return false;
    const auto cpu = cpuNumber(word.substr(0, end));
    line.cpu = cpu.value_or(kNoPcpu);
    return cpu.has_value();
}

// "(  231)", "(-----)": the process, of a thread whose process is known or not.
std::string_view takeProcess(std::string_view text, EventLine &line)
{
    const std::size_t begin = text.ends_with(')') ? text.rfind('(') : kNone;
    if (begin == kNone || begin == 0)
        return text;
    const std::string_view inside = trim(text.substr(begin + 1, text.size() - begin - 2));
    if (inside.find_first_not_of('-') == kNone) {
        line.tool = TextTool::Ftrace;
        return trim(text.substr(0, begin));
    }
    const auto pid = threadId(inside);
    if (!pid)
        return text;
    line.pid = *pid;
    line.tool = TextTool::Ftrace;
    return trim(text.substr(0, begin));
}

// What is quoted in a letter has marks before it.
std::string_view unquote(std::string_view text)
{
    while (text.starts_with('>'))
        text = trimLeft(text.substr(1));
    return text;
}

// `most`: of a longer one something else stands before the name, or it was cut.
void takeComm(std::string_view comm, std::size_t most, EventLine &line)
{
    comm = unquote(comm);
    if (!comm.empty() && comm.size() <= most && comm != "<...>" && comm != "<idle>")
        line.comm = comm;
}

constexpr std::size_t kLongestComm = 15;
constexpr std::size_t kCutComm = 8; // in the latency formats

// "CPU 0/KVM-239": what stands behind the last dash.
bool takeFtraceThread(std::string_view text, EventLine &line, std::size_t longestComm = kLongestComm)
{
    const std::size_t dash = text.rfind('-');
    if (dash == kNone || dash == 0)
        return false;
    const auto tid = dash + 1 < text.size() && isDigit(text[dash + 1]) ? threadId(text.substr(dash + 1)) : std::nullopt;
    if (!tid)
        return false;
    line.tid = *tid;
    takeComm(trim(text.substr(0, dash)), longestComm, line);
    return true;
}

// ":231", which perf writes for a thread whose name it was not told.
bool isPlaceholder(std::string_view comm)
{
    return comm.starts_with(':') && threadId(comm.substr(1)).has_value();
}

// "CPU 0/KVM   231/239", "CPU 0/KVM   239", "239".
bool takePerfThread(std::string_view text, EventLine &line)
{
    const auto [comm, ids] = lastWord(text);
    const std::size_t slash = ids.find('/');
    const auto tid = threadId(slash == kNone ? ids : ids.substr(slash + 1));
    const auto pid = slash == kNone ? std::optional(kNoThread) : threadId(ids.substr(0, slash));
    if (!tid || !pid)
        return false;
    line.tid = *tid;
    line.pid = *pid;
    line.tool = TextTool::Perf;
    if (!isPlaceholder(unquote(comm)))
        takeComm(comm, kNone, line); // of kernel threads it can be longer
    return true;
}

bool takeThread(std::string_view text, EventLine &line)
{
    if (unquote(text).empty()) { // perf script -F cpu,time,event,trace
        line.tool = TextTool::Perf;
        return true;
    }
    if (takePerfThread(text, line))
        return true;
    return takeFtraceThread(takeProcess(text, line), line);
}

} // namespace

std::optional<std::int32_t> cpuNumber(std::string_view text)
{
    const auto value = digits(text);
    if (!value || *value > kMostCpu)
        return std::nullopt;
    return static_cast<std::int32_t>(*value);
}

// Names of threads have colons too, but no such word.
EventTime findEventTime(std::string_view line, std::size_t from)
{
    for (std::size_t colon = line.find(':', from); colon != kNone; colon = line.find(':', colon + 1)) {
        if (colon + 1 < line.size() && !isBlank(line[colon + 1]))
            continue;
        std::size_t end = colon;
        const bool isApart = end > 0 && isBlank(line[end - 1]); // "12us :"
        while (end > 0 && isBlank(line[end - 1]))
            --end;
        std::size_t begin = end;
        while (begin > 0 && !isBlank(line[begin - 1]))
            --begin;
        const std::string_view word = line.substr(begin, end - begin);
        if (!canBeTime(word) || begin == 0)
            continue;
        if (const auto ns = isApart ? std::nullopt : seconds(word))
            return {begin, colon + 1, ns, spareOf(word), false};
        if (const auto ns = microseconds(word))
            return {begin, colon + 1, ns, kMicrosecond - 1, true};
        if (!isApart && areDigits(word) && word.size() > 3)
            return {begin, colon + 1, std::nullopt, 0, false};
    }
    return {};
}

bool readEventContext(std::string_view text, EventLine &line)
{
    const auto [before, last] = lastWord(text);
    if (takeCpu(last, line))
        return takeThread(before, line);
    const auto [beforeThat, secondLast] = lastWord(before);
    if (takeCpu(secondLast, line)) // and flags
        return takeThread(beforeThat, line);
    if (takeLatencyCpu(last, line) && takeFtraceThread(before, line, kCutComm - 1))
        return true;
    line.cpu = kNoPcpu;
    return takePerfThread(text, line);
}

} // namespace exitscope::reader
