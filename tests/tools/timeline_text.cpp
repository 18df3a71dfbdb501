// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/timeline_text.h"

#include <stdexcept>

namespace exitscope::testing {

namespace {

QString onPcpu(std::int32_t pcpu)
{
    return pcpu == kNoPcpu ? QString() : QStringLiteral(" p%1").arg(pcpu);
}

void addPart(QString &text, const char *name, Ns value)
{
    if (value != 0)
        text += QStringLiteral(" %1 %2").arg(QLatin1String(name)).arg(value);
}

QString exitText(const Vcpu &vcpu, const ReasonTable &reasons, std::size_t i)
{
    const ExitColumns &exits = vcpu.exits;
    const ReasonKey key = reasons[exits.reason(i)].key;
    QString text
        = QStringLiteral("%1 %2:%3: event %4 entry ").arg(exits.time(i)).arg(key.isa).arg(key.code).arg(exits.event(i));
    text += exits.hasRun(i) ? QStringLiteral("%1 run %2").arg(exits.entry(i)).arg(exits.run(i)) : QStringLiteral("-");
    if (exits.timed(i)) {
        const ExitParts parts = exits.parts(i);
        text += QStringLiteral(" gross %1 net %2").arg(parts.gross()).arg(parts.net());
        addPart(text, "kvm", parts.kvm);
        addPart(text, "userspace", parts.userspace);
        addPart(text, "preempted", parts.preempted);
        addPart(text, "idle", parts.idle);
        addPart(text, "blocked", parts.blocked);
        addPart(text, "irq", parts.irq);
    } else {
        text += QStringLiteral(" gross -");
    }
    text += QLatin1Char(' ') + QString::fromUtf8(name(exits.scenario(i))) + onPcpu(exits.pcpu(i));
    return text;
}

} // namespace

BuiltTimeline buildTimeline(const ScriptRecords &records)
{
    BuiltTimeline result;
    TimelineBuilder builder(result.reasons, records.declareSwitches ? SwitchesRecorded::All : SwitchesRecorded::None);
    std::vector<std::uint32_t> names;
    for (const std::string &text : records.names)
        names.push_back(builder.intern(QString::fromStdString(text)));
    for (Record record : records.records) {
        if (record.kind == EventKind::ThreadInfo && record.thread.name != kNoName)
            record.thread.name = names.at(record.thread.name);
        builder.add(record);
    }
    result.timeline = builder.finish({records.beginNs, records.endNs});
    result.diagnostics = builder.diagnostics();
    return result;
}

BuiltTimeline buildTimeline(std::string_view script)
{
    return buildTimeline(EventScript(script).records());
}

QString statesText(const Vcpu &vcpu)
{
    const StateColumns &states = vcpu.states;
    QString text;
    for (std::size_t i = 0; i < states.size(); ++i) {
        text += QStringLiteral("%1 %2%3, ")
                    .arg(states.begin(i))
                    .arg(QString::fromUtf8(info(states.state(i)).name), onPcpu(states.pcpu(i)));
    }
    return states.size() == 0 ? text : text + QString::number(states.end(states.size() - 1));
}

QStringList exitsText(const Vcpu &vcpu, const ReasonTable &reasons)
{
    QStringList list;
    for (std::size_t i = 0; i < vcpu.exits.size(); ++i)
        list += exitText(vcpu, reasons, i);
    return list;
}

QStringList timelineText(const Timeline &timeline, const ReasonTable &reasons, const Diagnostics &diagnostics)
{
    QStringList lines;
    for (const char *code : {"entry-in-entry", "exit-without-entry", "wrong-pcpu", "switch-from-other",
             "switch-to-elsewhere", "userspace-in-entry"})
        if (const std::int64_t count = countOf(diagnostics, code); count != 0)
            lines << QStringLiteral("%1 %2").arg(QLatin1String(code)).arg(count);
    for (const Vm &vm : timeline.vms) {
        for (const Vcpu &vcpu : vm.vcpus) {
            lines << vm.vcpuId(vcpu) + QStringLiteral(": ") + statesText(vcpu);
            lines << exitsText(vcpu, reasons);
        }
    }
    return lines;
}

QStringList vcpusText(const Timeline &timeline)
{
    QStringList list;
    for (const Vm &vm : timeline.vms) {
        for (const Vcpu &vcpu : vm.vcpus) {
            QString text = vm.vcpuId(vcpu);
            if (vcpu.tid)
                text += QStringLiteral(" tid %1").arg(*vcpu.tid);
            list += text;
        }
    }
    return list;
}

QStringList codesText(const Diagnostics &diagnostics)
{
    QStringList list;
    for (const Diagnostic &diagnostic : diagnostics)
        list += QStringLiteral("%1 %2").arg(diagnostic.code).arg(diagnostic.count);
    list.sort();
    return list;
}

std::int64_t countOf(const Diagnostics &diagnostics, std::string_view code)
{
    std::int64_t count = 0;
    for (const Diagnostic &diagnostic : diagnostics)
        if (diagnostic.code == QString::fromUtf8(code))
            count += diagnostic.count;
    return count;
}

const Vcpu &vcpuNamed(const Timeline &timeline, const QString &id)
{
    for (const Vm &vm : timeline.vms) {
        for (const Vcpu &vcpu : vm.vcpus)
            if (vm.vcpuId(vcpu) == id)
                return vcpu;
    }
    throw std::out_of_range(
        ("no vCPU " + id.toStdString() + " among " + vcpusText(timeline).join(QLatin1String(", ")).toStdString()));
}

} // namespace exitscope::testing
