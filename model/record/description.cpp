// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/record/description.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>

namespace exitscope::wire {

namespace {

[[noreturn]] void refuse(std::string_view line)
{
    throw std::invalid_argument("description: cannot read line \"" + std::string(line) + "\"");
}

std::string escaped(std::string_view value)
{
    constexpr char digits[] = "0123456789abcdef";
    std::string result;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f && c != '\\')
            result += c;
        else
            result += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
    return result;
}

std::string unescaped(std::string_view value, std::string_view line)
{
    std::string result;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\\') {
            result += value[i];
            continue;
        }
        unsigned byte = 0;
        const char *digits = value.data() + i + 2;
        if (value.size() - i < 4 || value[i + 1] != 'x'
            || std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2)
            refuse(line);
        result += static_cast<char>(byte);
        i += 3;
    }
    return result;
}

template <typename Integer>
Integer number(const std::string &value, std::string_view line)
{
    Integer result{};
    const char *end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, result);
    if (value.empty() || parsed.ec != std::errc{} || parsed.ptr != end)
        refuse(line);
    return result;
}

// Takes the word before the next blank off the text.
std::string takeWord(std::string &text)
{
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string word = text.substr(0, end);
    text.erase(0, end + 1);
    return word;
}

GuestThread guestThread(std::string value, std::string_view line)
{
    GuestThread thread;
    thread.tid = number<std::int32_t>(takeWord(value), line);
    thread.vcpu = number<std::int32_t>(takeWord(value), line);
    thread.vm = value;
    return thread;
}

HostShift hostShift(std::string value, std::string_view line)
{
    HostShift shift;
    shift.atNs = number<std::int64_t>(takeWord(value), line);
    shift.offsetNs = number<std::int64_t>(takeWord(value), line);
    shift.multiplier = number<std::uint64_t>(takeWord(value), line);
    shift.fractionBits = number<std::uint32_t>(takeWord(value), line);
    if (shift.fractionBits > 63 || !value.empty())
        refuse(line);
    return shift;
}

bool flag(const std::string &value, std::string_view line)
{
    if (value != "0" && value != "1")
        refuse(line);
    return value == "1";
}

struct TextKey {
    std::string_view key;
    std::string Description::*member;
};
constexpr TextKey kTexts[] = {
    {"format", &Description::format},
    {"trace-uuid", &Description::traceUuid},
    {"trace-name", &Description::traceName},
    {"hostname", &Description::hostname},
    {"domain", &Description::domain},
    {"tracer", &Description::tracer},
    {"clock-name", &Description::clockName},
    {"clock-uuid", &Description::clockUuid},
};

struct FlagKey {
    std::string_view key;
    bool Description::*member;
};
constexpr FlagKey kFlags[] = {
    {"has-tid", &Description::hasTid},
    {"has-pid", &Description::hasPid},
    {"has-procname", &Description::hasProcname},
    {"has-switches", &Description::hasSwitches},
    {"pcpus-are-inferred", &Description::pcpusAreInferred},
    {"shifts-interpolate", &Description::shiftsInterpolate},
};

constexpr std::string_view kGuestThread = "guest-thread"; // TID VCPU VM
constexpr std::string_view kHostShift = "host-shift"; // AT OFFSET MULTIPLIER FRACTION_BITS
constexpr std::string_view kFrequency = "clock-frequency";
constexpr std::string_view kOffsetSeconds = "clock-offset-s";
constexpr std::string_view kOffsetCycles = "clock-offset-cycles";
constexpr std::string_view kEvent = "event";

void decodeLine(Description &description, std::string_view line)
{
    const auto tab = line.find('\t');
    if (tab == std::string_view::npos)
        refuse(line);
    const std::string_view key = line.substr(0, tab);
    const std::string value = unescaped(line.substr(tab + 1), line);
    for (const TextKey &text : kTexts) {
        if (text.key == key) {
            description.*text.member = value;
            return;
        }
    }
    for (const FlagKey &entry : kFlags) {
        if (entry.key == key) {
            description.*entry.member = flag(value, line);
            return;
        }
    }
    if (key == kFrequency)
        description.clockFrequency = number<std::uint64_t>(value, line);
    else if (key == kOffsetSeconds)
        description.clockOffsetSeconds = number<std::int64_t>(value, line);
    else if (key == kOffsetCycles)
        description.clockOffsetCycles = number<std::uint64_t>(value, line);
    else if (key == kGuestThread)
        description.guestThreads.push_back(guestThread(value, line));
    else if (key == kHostShift)
        description.hostShifts.push_back(hostShift(value, line));
    else if (key == kEvent)
        description.events.push_back(value);
    else
        refuse(line);
}

} // namespace

void describeEnvironment(
    Description &description, const std::function<std::optional<std::string>(const char *name)> &value)
{
    const auto text = [&value](const char *name) { return value(name).value_or(std::string()); };
    description.traceName = text("trace_name");
    description.hostname = text("hostname");
    if (description.hostname.empty())
        description.hostname = text("host"); // perf
    description.domain = text("domain");
    description.tracer = text("tracer_name");
    char separator = ' ';
    for (const char *part : {"tracer_major", "tracer_minor", "tracer_patchlevel", "tracer_patch"}) {
        const std::string number = text(part);
        if (number.empty())
            continue;
        description.tracer += separator + number;
        separator = '.';
    }
}

std::string encode(const Description &description)
{
    std::string result;
    const auto add = [&result](std::string_view key, std::string_view value) {
        result.append(key).append("\t").append(escaped(value)).append("\n");
    };
    for (const TextKey &text : kTexts)
        add(text.key, description.*text.member);
    for (const FlagKey &entry : kFlags)
        add(entry.key, description.*entry.member ? "1" : "0");
    add(kFrequency, std::to_string(description.clockFrequency));
    add(kOffsetSeconds, std::to_string(description.clockOffsetSeconds));
    add(kOffsetCycles, std::to_string(description.clockOffsetCycles));
    for (const GuestThread &thread : description.guestThreads)
        add(kGuestThread, std::to_string(thread.tid) + ' ' + std::to_string(thread.vcpu) + ' ' + thread.vm);
    for (const HostShift &shift : description.hostShifts)
        add(kHostShift,
            std::to_string(shift.atNs) + ' ' + std::to_string(shift.offsetNs) + ' ' + std::to_string(shift.multiplier)
                + ' ' + std::to_string(shift.fractionBits));
    for (const std::string &event : description.events)
        add(kEvent, event);
    return result;
}

Description decodeDescription(const std::string &text)
{
    Description description;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        if (end == std::string_view::npos)
            refuse(rest); // every line is ended: this one was cut
        decodeLine(description, rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    return description;
}

} // namespace exitscope::wire
