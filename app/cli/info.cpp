// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/info.h"

#include <QStringList>

#include <array>

#include "model/diagnostic_codes.h"
#include "model/number_format.h"
#include "model/record/frame.h"
#include "model/statistics/loss_text.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

struct Feature {
    std::uint32_t anyOf; // wire::Richness bits
    const char *holds;
    const char *allows;
};

constexpr std::array kFeatures{
    Feature{wire::HasExit, "VM exits", "exits and their reasons"},
    Feature{wire::HasEntry, "VM entries", "runs, durations of exits, Guest and Kvm"},
    Feature{wire::HasSwitch, "context switches", "Preempted, Idle and Blocked"},
    Feature{wire::HasWakeup, "wake-ups", "waiting for a pCPU after a wake-up (Preempted)"},
    Feature{wire::HasUserspaceExit | wire::HasIoctl, "exits to user space", "Userspace (QEMU)"},
    Feature{wire::kInterruptKinds, "interrupts", "the host's interrupt work, and exact ends of runs on SVM"},
    Feature{wire::HasTid, "thread ids", "exits per vCPU thread"},
    Feature{wire::HasPid, "process ids", "threads per VM"},
    Feature{wire::HasProcname, "process names", "names of VMs"},
};

constexpr std::array kMissing{Code::NoKvmEvents, Code::EntriesMissing, Code::SwitchesMissing, Code::SwitchesInMissing,
    Code::WakeupsMissing, Code::UserspaceExitsMissing, Code::InterruptsMissing, Code::ThreadsUnknown,
    Code::ProcessesUnknown};

bool tellsWhatIsMissing(const Diagnostic &diagnostic)
{
    for (const Code code : kMissing) {
        const std::string_view text = info(code).text;
        if (diagnostic.code == QLatin1String(text.data(), qsizetype(text.size())))
            return true;
    }
    return false;
}

QString orNone(const std::string &text)
{
    return text.empty() ? QStringLiteral("-") : QString::fromStdString(text);
}

QString line(const char *label, const QString &value)
{
    return QStringLiteral("  %1 %2\n").arg(QString::fromUtf8(label), -9).arg(value);
}

QStringList listOf(std::uint32_t richness, const char *Feature::*column)
{
    QStringList result;
    for (const Feature &feature : kFeatures)
        if ((richness & feature.anyOf) != 0)
            result << QString::fromUtf8(feature.*column);
    return result;
}

QString span(const TraceInfo &trace)
{
    if (!trace.beginNs || !trace.endNs)
        return QStringLiteral("-");
    return QStringLiteral("%1 to %2 ns (%3)")
        .arg(QString::number(*trace.beginNs), QString::number(*trace.endNs),
            formatDuration(*trace.endNs - *trace.beginNs));
}

QString traceText(const TraceInfo &trace)
{
    const wire::Description &description = trace.description;
    QString result = visibleText(trace.path) % QLatin1Char('\n');
    result
        += line("role", roleName(trace.role) % (trace.used ? QStringLiteral(", used") : QStringLiteral(", not used")));
    result += line("hostname", orNone(description.hostname));
    result += line("tracer", orNone(description.tracer));
    result += line("events", formatCount(trace.events) % QStringLiteral(", ") % lossText(trace));
    result += line("span", span(trace));
    if (trace.role == TraceRole::Host) {
        result += line("holds", listOf(trace.richness, &Feature::holds).join(QStringLiteral(", ")));
        const char *label = "allows";
        for (const QString &allowed : listOf(trace.richness, &Feature::allows)) {
            result += line(label, allowed);
            label = "";
        }
    }
    return result % QLatin1Char('\n');
}

} // namespace

QString infoText(const Recording &recording)
{
    QString result;
    for (const TraceInfo &trace : recording.traces)
        result += traceText(trace);
    QString missing;
    for (const Diagnostic &diagnostic : recording.diagnostics)
        if (tellsWhatIsMissing(diagnostic))
            missing += QStringLiteral("  ") % visibleText(diagnostic.message) % QLatin1Char('\n');
    return missing.isEmpty() ? result : QString(result % QStringLiteral("Missing:\n") % missing);
}

} // namespace exitscope
