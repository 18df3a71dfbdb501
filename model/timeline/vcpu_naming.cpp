// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/vcpu_naming.h"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <map>
#include <tuple>

namespace exitscope {

namespace {

constexpr std::int64_t kMaxVcpuId = 4096;
constexpr qsizetype kToldThreads = 3;

using Threads = std::vector<const NamedVcpu *>;

std::optional<int> asNumber(std::int64_t id)
{
    return id >= 0 && id < kMaxVcpuId ? std::optional(int(id)) : std::nullopt;
}

std::optional<int> claimed(const ClaimedId &id)
{
    return id.constant ? asNumber(id.value) : std::nullopt;
}

// QEMU, Firecracker, crosvm, cloud-hypervisor and kvmtool name the threads of their vCPUs.
std::optional<int> numberInName(const QString &threadName)
{
    static const QRegularExpression pattern(QRegularExpression::anchoredPattern(
        QStringLiteral("(?|CPU ([0-9]{1,4})/KVM|(?:fc_vcpu |crosvm_vcpu|vcpu|kvm-vcpu-)([0-9]{1,4}))")));
    const QRegularExpressionMatch match = pattern.match(threadName);
    return match.hasMatch() ? asNumber(match.captured(1).toLongLong()) : std::nullopt;
}

std::optional<int> ownNumber(const NamedVcpu &thread)
{
    if (thread.number)
        return thread.number;
    if (const std::optional<int> number = claimed(thread.entryIds))
        return number;
    if (const std::optional<int> number = claimed(thread.exitIds))
        return number;
    return numberInName(thread.threadName);
}

// `threads` are in the order of time. One tid is never two threads at once, though both may have events at one time.
bool overlap(const Threads &threads)
{
    const auto adjacent = [](const NamedVcpu *a, const NamedVcpu *b) {
        return a->lastEvent > b->firstEvent || (a->lastEvent == b->firstEvent && a->tid != b->tid);
    };
    return std::ranges::adjacent_find(threads, adjacent) != threads.end();
}

NamedRow rowOf(const QString &number, const Threads &threads)
{
    NamedRow row;
    row.number = number;
    for (const NamedVcpu *thread : threads)
        row.sources.push_back(thread->source);
    row.tid = threads.back()->tid;
    return row;
}

QString wrongWith(const ClaimedId &ids, const QString &events)
{
    return ids.constant ? QString(QString::number(ids.value) % QStringLiteral(" at ") % events)
                        : QString(QStringLiteral("no constant value at ") % events);
}

// Gives the threads of one VM their numbers.
class Numbering {
public:
    explicit Numbering(NamedVm &vm) : m_vm(vm) { }

    // `threads` are in the order of time.
    void number(const Threads &threads)
    {
        std::map<int, Threads> byNumber;
        for (const NamedVcpu *thread : threads)
            if (const std::optional<int> own = ownNumber(*thread))
                byNumber[*own].push_back(thread);
            else
                leaveWithout(*thread, {});
        for (const auto &[number, sharing] : byNumber)
            if (overlap(sharing))
                refuse(number, sharing);
            else
                m_vm.rows.push_back(rowOf(QString::number(number), sharing));
        m_vm.ranked = m_vm.rows.empty() && !m_byTid.empty();
        for (const auto &[tid, same] : m_byTid)
            m_vm.rows.push_back(rowOf(m_vm.ranked ? QString::number(m_vm.rows.size()) : threadText(tid), same));
        std::ranges::stable_sort(m_vm.distrusted, {}, &DistrustedIds::tid);
    }

private:
    static QString threadText(std::int32_t tid) { return QStringLiteral("tid ") + QString::number(tid); }

    void refuse(int number, const Threads &sharing)
    {
        const QString cause = QString::number(number) % QStringLiteral(", as another thread has at the same time");
        for (const NamedVcpu *thread : sharing)
            leaveWithout(*thread, cause);
    }

    void leaveWithout(const NamedVcpu &thread, const QString &cause)
    {
        // One tid is known by one name, however often it died: these are as much one vCPU as those of one number.
        Threads &same = m_byTid[thread.tid];
        same.insert(std::ranges::upper_bound(same, thread.firstEvent, {}, &NamedVcpu::firstEvent), &thread);
        QStringList wrong;
        if (thread.entryIds.wasRecorded())
            wrong << wrongWith(thread.entryIds, QStringLiteral("entries"));
        if (thread.exitIds.wasRecorded())
            wrong << wrongWith(thread.exitIds, QStringLiteral("exits"));
        if (!wrong.isEmpty())
            m_vm.distrusted.push_back({thread.tid, cause.isEmpty() ? wrong.join(QStringLiteral(" and ")) : cause});
    }

    NamedVm &m_vm;
    std::map<std::int32_t, Threads> m_byTid; // those without a number
};

void appendPseudo(NamedVm &vm, Threads pseudo)
{
    std::ranges::sort(pseudo, {}, &NamedVcpu::pcpu);
    for (const NamedVcpu *vcpu : pseudo)
        vm.rows.push_back(rowOf(QStringLiteral("pCPU ") + QString::number(vcpu->pcpu), {vcpu}));
}

void makeNamesUnique(std::vector<NamedVm> &vms)
{
    std::map<QString, int> uses;
    for (const NamedVm &vm : vms)
        ++uses[vm.name];
    for (NamedVm &vm : vms)
        if (uses[vm.name] > 1 && vm.pid)
            vm.name += QLatin1Char('-') + QString::number(*vm.pid);
}

Threads inOrderOfTime(const std::vector<NamedVcpu> &vcpus)
{
    Threads threads;
    for (const NamedVcpu &vcpu : vcpus)
        threads.push_back(&vcpu);
    const auto when
        = [](const NamedVcpu *vcpu) { return std::tuple(vcpu->firstEvent, vcpu->lastEvent, vcpu->tid, vcpu->source); };
    std::ranges::sort(threads, {}, when);
    return threads;
}

} // namespace

std::vector<NamedVm> nameVms(
    const std::vector<NamedVcpu> &vcpus, const std::function<QString(std::int32_t)> &processName)
{
    std::map<std::int32_t, Threads> byPid;
    std::map<QString, Threads> byName;
    Threads ofUnknown;
    Threads pseudo;
    for (const NamedVcpu *vcpu : inOrderOfTime(vcpus))
        if (vcpu->tid == kNoThread)
            pseudo.push_back(vcpu);
        else if (!vcpu->vmName.isEmpty())
            byName[vcpu->vmName].push_back(vcpu);
        else
            (vcpu->pid ? byPid[*vcpu->pid] : ofUnknown).push_back(vcpu);

    std::vector<NamedVm> vms;
    for (const auto &[pid, threads] : byPid) {
        NamedVm &vm = vms.emplace_back();
        vm.pid = pid;
        vm.name = processName(pid);
        if (vm.name.isEmpty())
            vm.name = QStringLiteral("vm-") + QString::number(pid);
        Numbering(vm).number(threads);
    }
    makeNamesUnique(vms);
    for (const auto &[name, threads] : byName) {
        NamedVm &vm = vms.emplace_back();
        vm.pid = threads.front()->pid;
        vm.name = name;
        Numbering(vm).number(threads);
    }

    // The threads of no known process form one VM, and pseudo-vCPUs have no known process either.
    if (!ofUnknown.empty() || !pseudo.empty()) {
        NamedVm &vm = vms.emplace_back();
        vm.name = QStringLiteral("vm");
        Numbering(vm).number(ofUnknown);
        appendPseudo(vm, pseudo);
    }
    return vms;
}

QString distrustedIdsText(const NamedVm &vm)
{
    QStringList threads;
    for (const DistrustedIds &ids : vm.distrusted) {
        if (threads.size() == kToldThreads) {
            threads << QStringLiteral("%1 more").arg(qsizetype(vm.distrusted.size()) - kToldThreads);
            break;
        }
        threads << QStringLiteral("thread %1 has %2").arg(ids.tid).arg(ids.recorded);
    }
    return QStringLiteral(
        "the recorded vcpu_id tells no number of %1 vCPU thread(s) of %2 (%3), nor do their names; %4")
        .arg(QString::number(vm.distrusted.size()), vm.name, threads.join(QStringLiteral("; ")),
            vm.ranked ? QStringLiteral("its vCPUs are numbered in the order of their thread ids")
                      : QStringLiteral("they are known by their thread ids"));
}

} // namespace exitscope
