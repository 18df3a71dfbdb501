// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/event_line.h"

#include <algorithm>
#include <cstddef>

#include "app/reader/text/event_context.h"
#include "app/reader/text/scan.h"

namespace exitscope::reader {

namespace {

using namespace scan;
using Kind = EventLine::Kind;

constexpr bool isNameChar(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || c == '-'
        || c == '.' || c == '/';
}

// "sys_ioctl(fd: 9, cmd: ae80, arg: 0)", "sys_ioctl -> 0x0".
bool takeSystemCall(std::string_view name, std::string_view rest, EventLine &line)
{
    const bool isEntry = rest.starts_with('(');
    if (!isEntry && !rest.starts_with(" -> "))
        return false;
    if (name.starts_with("sys_"))
        name.remove_prefix(4);
    else if (name != "ioctl")
        return false;
    line.call = isEntry ? "sys_enter_" : "sys_exit_";
    line.name = name;
    line.fields = rest;
    return true;
}

// perf: "PERF_RECORD_LOST lost 31". What it says of samples the lost records said before.
bool takePerfRecord(std::string_view name, std::string_view rest, EventLine &line)
{
    if (!name.starts_with("PERF_RECORD_"))
        return false;
    line.tool = TextTool::Perf;
    line.kind = name == "PERF_RECORD_LOST" ? Kind::Lost : Kind::Beside;
    line.lost = digits(wordAfter(rest, "lost"));
    return true;
}

void takeName(std::string_view name, std::string_view rest, EventLine &line)
{
    line.name = name;
    line.fields = trim(rest);
    // trace-cmd pads a name to 20; perf tells the subsystem.
    if (line.tool == TextTool::Unknown && name.find(':') == kNone)
        line.tool = name.size() < 19 && rest.starts_with("  ") ? TextTool::TraceCmd : TextTool::Unknown;
}

// What stands behind the time: the name and the fields.
bool takeEvent(std::string_view text, EventLine &line)
{
    text = trimLeft(text);
    const std::string_view first = word(text);
    if (areDigits(first)) { // perf's period
        text = trimLeft(text.substr(first.size()));
        line.tool = TextTool::Perf;
    }
    const auto end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isNameChar) - text.begin());
    std::string_view name = text.substr(0, end);
    std::string_view rest = text.substr(end);
    if (name.empty() || name.size() > 128)
        return false;
    if (takePerfRecord(name.substr(0, name.find(':')), rest, line))
        return true;
    line.kind = Kind::Event;
    if (name.ends_with(':')) {
        name.remove_suffix(1);
        takeName(name, rest, line);
        return !name.empty();
    }
    if (rest.starts_with(" <-")) { // of the tracer of functions: "vmx_vcpu_run <-vcpu_enter_guest"
        line.name = "function";
        line.fields = text;
        return true;
    }
    return takeSystemCall(name, rest, line);
}

// "CPU:1 [3290 EVENTS DROPPED]", "CPU:0 [EVENTS DROPPED]" of trace-cmd; "CPU:1 [LOST 3290 EVENTS]" of tracefs.
bool takeLost(std::string_view text, EventLine &line)
{
    const std::size_t open = text.find('[');
    if (!text.starts_with("CPU:") || open == kNone || !text.ends_with(']'))
        return false;
    const auto cpu = cpuNumber(trim(text.substr(4, open - 4)));
    std::string_view inside = text.substr(open + 1, text.size() - open - 2);
    const bool isTraceCmd = inside.ends_with("EVENTS DROPPED");
    if (!cpu || (!isTraceCmd && !(inside.starts_with("LOST") && inside.ends_with("EVENTS"))))
        return false;
    line.kind = Kind::Lost;
    line.tool = isTraceCmd ? TextTool::TraceCmd : TextTool::Ftrace;
    line.cpu = *cpu;
    line.lost = isTraceCmd ? digits(word(inside)) : digits(wordAfter(inside, "LOST "));
    return true;
}

bool isCallOfStack(std::string_view line, std::string_view text)
{
    if (text.starts_with("=> ") || text == "<stack trace>")
        return true;
    return line.size() != text.size() && (word(text).size() >= 4 || text.ends_with(')'))
        && digits(word(text), 16).has_value();
}

// "cpus=2"; "host.dat: cpus=2" of several files at once.
bool isTraceCmdHead(std::string_view text)
{
    const std::size_t at = text.rfind("cpus=");
    return at != kNone && areDigits(text.substr(at + 5)) && (at == 0 || text.substr(0, at).ends_with(": "));
}

EventLine readOther(std::string_view line)
{
    EventLine read;
    const std::string_view text = trim(line);
    if (text.starts_with("# tracer:")) {
        read.kind = Kind::Head;
        read.tool = TextTool::Ftrace;
    } else if (isTraceCmdHead(text)) {
        read.kind = Kind::Head;
        read.tool = TextTool::TraceCmd;
    } else if (text.starts_with("version = ") || (text.starts_with("CPU ") && text.ends_with(" is empty"))) {
        read.kind = Kind::Beside;
        read.tool = TextTool::TraceCmd;
    } else if (text.empty() || text.starts_with('#') || isCallOfStack(line, text)) {
        read.kind = Kind::Beside;
    } else {
        takeLost(text, read);
    }
    return read;
}

// trace-cmd report --ts-diff: "(+1580765) sched_switch: …".
std::string_view withoutDifference(std::string_view text)
{
    const std::string_view rest = trim(text);
    const std::size_t end = rest.find(')');
    const bool isOne = rest.starts_with("(+") && end != kNone && areDigits(rest.substr(2, end - 2));
    return isOne ? rest.substr(end + 1) : text;
}

} // namespace

EventLine readEventLine(std::string_view line)
{
    for (std::size_t from = 0;;) {
        EventLine read;
        const EventTime time = findEventTime(line, from);
        if (time.begin == kNone)
            return readOther(line);
        from = time.end;
        if (!readEventContext(line.substr(0, time.begin), read)
            || !takeEvent(withoutDifference(line.substr(time.end)), read))
            continue;
        read.timeNs = time.ns.value_or(0);
        read.spareNs = time.spareNs;
        if (time.isLatency)
            read.tool = TextTool::Ftrace;
        if (!time.ns && read.kind == Kind::Event)
            read.kind = Kind::Count;
        return read;
    }
}

} // namespace exitscope::reader
