// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/timeline_check.h"

#include <algorithm>

#include "model/diagnostic_codes.h"

namespace exitscope::testing {

namespace {

QString optionalText(bool known, Ns value)
{
    return known ? QString::number(value) : QStringLiteral("-");
}

naive::Interval intervalOf(const StateColumns &states, std::size_t i)
{
    return {{states.begin(i), states.end(i)}, states.state(i), states.pcpu(i)};
}

naive::Exit exitOf(const ExitColumns &exits, std::size_t i, const ReasonTable &reasons)
{
    naive::Exit exit;
    exit.isa = reasons[exits.reason(i)].key.isa;
    exit.code = reasons[exits.reason(i)].key.code;
    exit.guestRip = exits.guestRip(i);
    exit.event = exits.event(i);
    exit.time = exits.time(i);
    if (exits.entry(i) != kNoTime)
        exit.entry = exits.entry(i);
    if (exits.end(i) != kNoTime)
        exit.end = exits.end(i);
    exit.pcpu = exits.pcpu(i);
    exit.scenario = exits.scenario(i);
    const ExitParts parts = exits.parts(i);
    exit.parts = {0, parts.kvm, parts.userspace, parts.preempted, parts.idle, parts.blocked, 0};
    exit.irq = parts.irq;
    exit.entryFailed = exits.failedToEnter(i);
    exit.target = exits.target(i);
    exit.ofDevice = exits.touch(i) == PageTouch::Device;
    exit.userspace = exits.userspace(i);
    return exit;
}

QString stretchesText(const std::vector<naive::Stretch> &stretches)
{
    QString result;
    for (const auto &s : stretches)
        result += QStringLiteral("%1–%2 ").arg(s.begin).arg(s.end);
    return result;
}

std::vector<naive::Stretch> stretchesOf(const StretchColumns &columns)
{
    std::vector<naive::Stretch> result;
    for (std::size_t i = 0; i < columns.size(); ++i)
        result.push_back({columns.begin(i), columns.end(i)});
    return naive::united(std::move(result)); // touching pieces are one
}

// The first row that differs, as text.
void compareRows(QStringList &found, const QString &what, const QStringList &got, const QStringList &naive)
{
    for (qsizetype i = 0; i < std::max(got.size(), naive.size()); ++i) {
        const QString a = i < got.size() ? got[i] : QStringLiteral("nothing");
        const QString b = i < naive.size() ? naive[i] : QStringLiteral("nothing");
        if (a != b) {
            found.append(what + QStringLiteral(": got ") + a + QStringLiteral(", naive ") + b);
            return;
        }
    }
}

void compare(QStringList &found, const QString &id, const naive::Vcpu &got, const naive::Vcpu &naive)
{
    const auto rows = [](const auto &values) {
        QStringList result;
        for (const auto &value : values)
            result.append(text(value));
        return result;
    };
    compareRows(found, id, rows(got.intervals), rows(naive.intervals));
    compareRows(found, id, rows(got.exits), rows(naive.exits));
    if (got.entries != naive.entries)
        found.append(id + QStringLiteral(": entries differ"));
    compareRows(found, id + QStringLiteral(" irq"), {stretchesText(got.irq)}, {stretchesText(naive.irq)});
    compareRows(found, id + QStringLiteral(" halt_kvm"), {stretchesText(got.haltKvm)}, {stretchesText(naive.haltKvm)});
}

naive::Vcpu vcpuOf(const Vcpu &vcpu, const ReasonTable &reasons)
{
    naive::Vcpu result;
    for (std::size_t i = 0; i < vcpu.states.size(); ++i)
        result.intervals.push_back(intervalOf(vcpu.states, i));
    for (std::size_t i = 0; i < vcpu.exits.size(); ++i)
        result.exits.push_back(exitOf(vcpu.exits, i, reasons));
    result.entries.assign(vcpu.entries.begin(), vcpu.entries.end());
    result.irq = stretchesOf(vcpu.irq);
    result.haltKvm = stretchesOf(vcpu.haltKvm);
    return result;
}

naive::Who whoOf(const Vcpu &vcpu)
{
    naive::Who who;
    if (vcpu.tid)
        who.tid = *vcpu.tid;
    else
        who.pcpu = vcpu.number.mid(5).toInt(); // "pCPU 0"
    return who;
}

// A life and the next one of its tid, which is Unknown as long as the one before it lives.
naive::Vcpu inOne(naive::Vcpu life, const naive::Vcpu &next)
{
    std::vector<naive::Interval> intervals;
    const auto append = [&intervals](naive::Interval interval) {
        if (!intervals.empty() && intervals.back().state == interval.state && intervals.back().pcpu == interval.pcpu)
            intervals.back().end = interval.end;
        else if (interval.begin < interval.end)
            intervals.push_back(interval);
    };
    const auto &later = next.intervals;
    const bool waits = !later.empty() && later.front().state == VcpuState::Unknown;
    const Ns begin = waits ? later.front().end : later.empty() ? kEndOfRecording : later.front().begin;
    for (naive::Interval interval : life.intervals) {
        interval.end = std::min(interval.end, begin);
        append(interval);
    }
    for (std::size_t i = waits ? 1 : 0; i < later.size(); ++i)
        append(later[i]);
    life.intervals = std::move(intervals);
    life.exits.insert(life.exits.end(), next.exits.begin(), next.exits.end());
    life.entries.insert(life.entries.end(), next.entries.begin(), next.entries.end());
    life.irq.insert(life.irq.end(), next.irq.begin(), next.irq.end());
    life.haltKvm.insert(life.haltKvm.end(), next.haltKvm.begin(), next.haltKvm.end());
    life.irq = naive::united(std::move(life.irq));
    life.haltKvm = naive::united(std::move(life.haltKvm));
    return life;
}

// "Threads of one VM with one number are one vCPU if they do not overlap in time": here the lives of one tid, which
// have nothing else that could number them.
std::map<naive::Who, naive::Vcpu> withLivesInOne(const std::map<naive::Who, naive::Vcpu> &vcpus)
{
    std::map<naive::Who, naive::Vcpu> result;
    for (const auto &[who, vcpu] : vcpus) {
        naive::Who one = who;
        one.life = 0;
        const auto it = result.find(one);
        if (it == result.end())
            result.emplace(one, vcpu);
        else
            it->second = inOne(std::move(it->second), vcpu);
    }
    return result;
}

void checkStates(QStringList &broken, const QString &id, const StateColumns &states, TimeRange range)
{
    if (range.length() == 0)
        return;
    if (states.size() == 0 || states.begin(0) != range.from || states.end(states.size() - 1) != range.to)
        broken.append(id + QStringLiteral(": states do not cover the range"));
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (states.end(i) <= states.begin(i))
            broken.append(id + QStringLiteral(": empty interval at %1").arg(states.begin(i)));
        if (i == 0)
            continue;
        if (states.begin(i) != states.end(i - 1))
            broken.append(id + QStringLiteral(": gap at %1").arg(states.begin(i)));
        if (states.state(i) == states.state(i - 1) && states.pcpu(i) == states.pcpu(i - 1))
            broken.append(id + QStringLiteral(": not maximal at %1").arg(states.begin(i)));
        if ((states.pcpu(i) != kNoPcpu) != info(states.state(i)).onPcpu)
            broken.append(id + QStringLiteral(": pCPU of a state without, or the reverse, at %1").arg(states.begin(i)));
    }
}

void checkExits(QStringList &broken, const QString &id, const ExitColumns &exits)
{
    for (std::size_t i = 0; i < exits.size(); ++i) {
        const ExitParts parts = exits.parts(i);
        const Ns sum = parts.kvm + parts.userspace + parts.preempted + parts.idle + parts.blocked;
        const QString where = id + QStringLiteral(" exit %1: ").arg(exits.event(i));
        if (exits.end(i) != kNoTime && sum != exits.end(i) - exits.time(i))
            broken.append(where + QStringLiteral("parts do not sum to gross"));
        if (exits.end(i) == kNoTime && (sum != 0 || parts.irq != 0))
            broken.append(where + QStringLiteral("untimed with parts"));
        if (parts.irq > parts.kvm + parts.userspace)
            broken.append(where + QStringLiteral("more irq than Kvm and Userspace"));
        if (exits.time(i) > exits.event(i) || (i > 0 && exits.time(i) < exits.event(i - 1)))
            broken.append(where + QStringLiteral("out of order"));
        if (exits.entry(i) != kNoTime && exits.entry(i) > exits.time(i))
            broken.append(where + QStringLiteral("run ends before it begins"));
    }
}

// By their numbers, 1 to 6.
constexpr std::array kContradictions{Code::EntryInEntry, Code::ExitWithoutEntry, Code::WrongPcpu, Code::SwitchFromOther,
    Code::SwitchToElsewhere, Code::UserspaceInEntry};

std::int64_t toldOf(const Diagnostics &diagnostics, Code code)
{
    std::int64_t told = 0;
    for (const Diagnostic &diagnostic : diagnostics)
        told += diagnostic.code == QString::fromLatin1(info(code).text.data()) ? diagnostic.count : 0;
    return told;
}

} // namespace

QString nameOf(naive::Who who)
{
    if (who.tid == kNoThread)
        return QStringLiteral("pCPU %1").arg(who.pcpu);
    const QString life = who.life == 0 ? QString() : QStringLiteral(" life %1").arg(who.life);
    return QStringLiteral("tid %1").arg(who.tid) + life;
}

QString text(const naive::Interval &interval)
{
    return QStringLiteral("%1–%2 %3 p%4")
        .arg(interval.begin)
        .arg(interval.end)
        .arg(QString::fromLatin1(info(interval.state).name.data()))
        .arg(interval.pcpu);
}

QString text(const naive::Exit &exit)
{
    QString parts;
    for (const Ns part : exit.parts)
        parts += QLatin1Char(' ') + QString::number(part);
    return QStringLiteral("exit event %1 time %2 entry %3 end %4 parts%5 irq %6 %7:%8 rip %9 ")
               .arg(exit.event)
               .arg(exit.time)
               .arg(optionalText(exit.entry.has_value(), exit.entry.value_or(0)),
                   optionalText(exit.end.has_value(), exit.end.value_or(0)), parts)
               .arg(exit.irq)
               .arg(exit.isa)
               .arg(exit.code)
               .arg(exit.guestRip)
        + QStringLiteral("target %1:%2%3 userspace %4 ")
              .arg(int(exit.target.kind()))
              .arg(exit.target.value())
              .arg(exit.ofDevice ? QStringLiteral(" of a device") : QString())
              .arg(exit.userspace)
        + QStringLiteral("%1 p%2%3")
              .arg(QString::fromLatin1(kScenarioNames[static_cast<std::size_t>(exit.scenario)].data()))
              .arg(exit.pcpu)
              .arg(exit.entryFailed ? QStringLiteral(", its entry failed") : QString());
}

std::map<naive::Who, naive::Vcpu> vcpusOf(const Built &built)
{
    std::map<naive::Who, naive::Vcpu> result;
    for (const Vm &vm : built.timeline.vms) {
        for (const Vcpu &vcpu : vm.vcpus) {
            naive::Who who = whoOf(vcpu);
            while (result.contains(who))
                ++who.life;
            result.emplace(who, vcpuOf(vcpu, built.reasons));
        }
    }
    return result;
}

QStringList brokenRules(const Timeline &timeline)
{
    QStringList broken;
    for (const Vm &vm : timeline.vms) {
        for (const Vcpu &vcpu : vm.vcpus) {
            const QString id = vm.vcpuId(vcpu);
            checkStates(broken, id, vcpu.states, timeline.range);
            checkExits(broken, id, vcpu.exits);
            const TimePerState total = vcpu.states.total();
            if (vcpu.haltKvm.total() > total[static_cast<std::size_t>(VcpuState::Kvm)])
                broken.append(id + QStringLiteral(": more halt_kvm than Kvm"));
        }
    }
    return broken;
}

QStringList differences(const Built &built, const naive::Result &naive)
{
    QStringList found;
    const auto got = vcpusOf(built);
    const auto expected = withLivesInOne(naive.vcpus);
    for (const auto &[who, vcpu] : got) {
        const auto it = expected.find(who);
        if (it == expected.end())
            found.append(nameOf(who) + QStringLiteral(": a vCPU only here"));
        else
            compare(found, nameOf(who), vcpu, it->second);
    }
    for (const auto &[who, vcpu] : expected)
        if (!got.contains(who))
            found.append(nameOf(who) + QStringLiteral(": a vCPU that is missing"));
    return found;
}

QStringList differentCounts(const Built &built, const naive::Result &naive)
{
    QStringList found;
    for (std::size_t i = 0; i < kContradictions.size(); ++i) {
        const std::int64_t told = toldOf(built.diagnostics, kContradictions[i]);
        if (told != naive.contradictions[i + 1])
            found.append(QString::fromLatin1(info(kContradictions[i]).text.data())
                + QStringLiteral(": told %1, naive %2").arg(told).arg(naive.contradictions[i + 1]));
    }
    std::int64_t differ = 0;
    for (const auto &[who, vcpu] : naive.vcpus)
        differ += std::ranges::count(vcpu.exits, true, &naive::Exit::targetsDiffer);
    if (const std::int64_t told = toldOf(built.diagnostics, Code::TargetsDiffer); told != differ)
        found.append(QStringLiteral("targets-differ: told %1, naive %2").arg(told).arg(differ));
    return found;
}

std::int64_t contradictionsTold(const Diagnostics &diagnostics)
{
    std::int64_t told = 0;
    for (const Code code : kContradictions)
        told += toldOf(diagnostics, code);
    return told;
}

QStringList misplaced(const Timeline &timeline, const RandomStream &stream)
{
    QStringList found;
    for (const Vm &vm : timeline.vms) {
        for (const Vcpu &vcpu : vm.vcpus) {
            const auto pid = stream.pids.find(vcpu.tid.value_or(kNoThread));
            const std::int32_t expected = pid == stream.pids.end() ? kNoThread : pid->second;
            if (vm.pid.value_or(kNoThread) != expected)
                found.append(vm.vcpuId(vcpu) + QStringLiteral(": in the VM of another process"));
        }
    }
    return found;
}

} // namespace exitscope::testing
