// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdexcept>

#include "tests/tools/ctf_writer.h"
#include "tests/tools/event_script.h"

namespace exitscope::testing {

namespace {

RecordedFields fieldsOf(const std::vector<ScriptLine> &lines)
{
    RecordedFields found{false, false, false, false, false, false, false};
    for (const ScriptLine &line : lines) {
        const Event &event = line.event;
        if (line.kind != ScriptLine::Kind::Event)
            continue;
        found.tid = found.tid || event.tid != kAbsent;
        found.pid = found.pid || event.pid != kAbsent;
        found.procname = found.procname || !event.procname.empty();
        found.entryVcpuId = found.entryVcpuId || (event.type == EventType::VmEntry && event.vcpuId != kAbsent);
        found.exitVcpuId = found.exitVcpuId || (event.type == EventType::VmExit && event.vcpuId != kAbsent);
        found.isa = found.isa || event.isa != kAbsent;
        found.intrInfo = found.intrInfo || event.intrInfo != kAbsent;
    }
    return found;
}

void writeLine(const ScriptLine &line, CtfStream &stream)
{
    switch (line.kind) {
    case ScriptLine::Kind::Event:
        stream.event(line.timeNs, line.event);
        return;
    case ScriptLine::Kind::Packet:
        stream.packet();
        return;
    case ScriptLine::Kind::Lose:
        stream.lose(std::uint64_t(line.count));
        return;
    case ScriptLine::Kind::LosePackets:
        stream.losePackets(std::uint64_t(line.count));
        return;
    }
}

} // namespace

void EventScript::writeTo(CtfTrace &trace, const RecordedFields &allowed) const
{
    const RecordedFields found = fieldsOf(m_lines);
    const RecordedFields asked = trace.options.recorded;
    trace.options.recorded = {found.tid && allowed.tid, found.pid && allowed.pid, found.procname && allowed.procname,
        found.entryVcpuId && allowed.entryVcpuId, found.exitVcpuId && allowed.exitVcpuId, found.isa && allowed.isa,
        found.intrInfo && allowed.intrInfo, asked.wideReason, asked.newerFields};
    for (const ScriptLine &line : m_lines) {
        try {
            writeLine(line, line.channel.empty() ? trace.stream(line.pcpu) : trace.stream(line.pcpu, line.channel));
        } catch (const std::invalid_argument &error) {
            throw std::invalid_argument("line " + std::to_string(line.number) + ": " + error.what());
        }
    }
}

} // namespace exitscope::testing
