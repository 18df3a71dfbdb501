// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <atomic>
#include <cmath>

#include "model/causes/finding_text.h"
#include "model/causes/findings.h"
#include "model/diagnostic_codes.h"
#include "model/statistics/statistics.h"
#include "tests/tools/amend_exit.h"

using namespace exitscope;

// What is found in recordings whose costs are known, by every rule there is.
class TestFindings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyRuleHasAnExample();
    void found_data();
    void found();
    void justBelow_data() { found_data(); }
    void justBelow();
    void handlersAreKnownWhereTheyAreTold();
    void eachExitBelongsToOneFinding();
    void oneVcpuOfManyIsEnough();
    void dearestFirst();
    void selectionsAreKept();
    void selectsItsExits_data();
    void selectsItsExits();
    void nothingOfWhatIsCancelled();
    void inWords();
};

namespace {

constexpr Ns kSecond = 1'000'000'000;

// An exit as a rule's words say it; the second one follows a pair's first.
struct Example {
    const char *id;
    ReasonKey reason;
    Target target{};
    Scenario scenario = Scenario::Host;
    PageTouch touch = PageTouch::None;
};

constexpr ReasonKey kIo{2, 123}, kVmxIo{1, 30};
constexpr ReasonKey kNpf{2, 1024};
constexpr ReasonKey kEpt{1, 48};
constexpr ReasonKey kMsr{2, 124};
constexpr ReasonKey kHlt{2, 120};

constexpr Target port(std::uint64_t number)
{
    return Target::of(TargetKind::Port, number);
}
constexpr Target page(std::uint64_t address)
{
    return Target::of(TargetKind::Page, address);
}
constexpr Target msr(std::uint64_t index)
{
    return Target::of(TargetKind::Msr, index);
}

constexpr Example kExamples[]{
    {"serial-port", kIo, port(0x3f8), Scenario::Qemu},
    {"ide", kVmxIo, port(0x1f7), Scenario::Qemu},
    {"pit", kIo, port(0x43)},
    {"acpi-timer", kIo, port(0x608), Scenario::Qemu},
    {"rtc", kIo, port(0x71), Scenario::Qemu},
    {"pic", kIo, port(0xa1)},
    {"pci-config", kVmxIo, port(0xcfc), Scenario::Qemu},
    {"fw-cfg", kIo, port(0x511), Scenario::Qemu},
    {"ports-in-qemu", kIo, port(0x6100), Scenario::Qemu},
    {"ports", kVmxIo, port(0x6100)}, // where nothing tells what goes to user space
    {"ports-in-kvm", kIo, port(0x6100)},
    {"hpet", kNpf, page(0xfed000f0), Scenario::Qemu, PageTouch::Device},
    {"apic-mmio", kEpt, page(0xfee000b0), Scenario::PageFault, PageTouch::Device},
    {"io-apic", kNpf, page(0xfec00000), Scenario::PageFault, PageTouch::Device},
    {"device-in-qemu", kNpf, page(0xfebd0000), Scenario::Qemu, PageTouch::Device},
    {"device-memory", kEpt, page(0xfebd0000), Scenario::PageFault, PageTouch::Device}, // so too
    {"device-in-kvm", kEpt, page(0xfebd0000), Scenario::PageFault, PageTouch::Device},
    {"first-touch", kNpf, page(0x10000), Scenario::PageFault, PageTouch::First},
    {"repeated-faults", kEpt, page(0x10000), Scenario::PageFault, PageTouch::Repeated},
    {"page-faults", kNpf, {}, Scenario::PageFault},
    {"x2apic-ipi", kMsr, msr(0x830)},
    {"x2apic-eoi", kMsr, msr(0x80b)},
    {"x2apic-tpr", {1, 32}, msr(0x808)},
    {"deadline-and-halt", kMsr, msr(0x6e0)}, // and kHlt
    {"deadline-timer", kMsr, msr(0x6e0)},
    {"msr", kMsr, msr(0x48)},
    {"msr-unknown", {1, 32}},
    {"cpuid", {2, 114}},
    {"time-reads", {1, 16}},
    {"pause", {2, 119}},
    {"control-registers", {2, 16}, Target::of(TargetKind::ControlRegister, 0)},
    {"flushes", {1, 54}},
    {"hypercalls", {2, 129}},
    {"windows", {2, 100}},
    {"host-interrupts", {2, 96}, {}, Scenario::Interrupt},
    {"short-sleeps", kHlt, {}, Scenario::Halt},
    {"blocked", {2, 126}, {}, Scenario::Host},
    {"preempted-by-own-threads", {2, 126}, {}, Scenario::Preempted},
    {"preempted-by-own-vcpus", {2, 126}, {}, Scenario::Preempted},
    {"preempted-by-other-vms", {2, 126}, {}, Scenario::Preempted},
    {"preempted-by-the-host", {2, 126}, {}, Scenario::Preempted},
    {"slow-wake-ups", {2, 126}, {}, Scenario::Preempted},
    {"wanders", {2, 126}, {}, Scenario::Host},
    {"unknown", {2, 126}, {}, Scenario::Host},
};

const FindingRule &ruleOf(const QString &id)
{
    const auto found = std::ranges::find(findingRules(), id, &FindingRule::id);
    if (found == findingRules().end())
        qFatal("no rule %s", qPrintable(id));
    return *found;
}

// One vCPU that is recorded for a second, and in guest mode where it makes no exit.
class Machine {
public:
    explicit Machine(std::size_t vcpus = 1)
    {
        m_recording.hosts.resize(1);
        Timeline &host = m_recording.hosts[0];
        host.range = {0, kSecond};
        host.vms.resize(1);
        host.vms[0].name = QStringLiteral("vm0");
        host.vms[0].pid = 30;
        host.vms[0].vcpus.resize(vcpus);
        for (std::size_t i = 0; i < vcpus; ++i) {
            host.vms[0].vcpus[i].number = QString::number(i);
            host.vms[0].vcpus[i].states.start(0);
        }
    }

    Vcpu &vcpu(std::size_t i) { return m_recording.hosts[0].vms[0].vcpus[i]; }
    // An exit at that time whose parts are as they are told; the states follow.
    void exit(Ns time, const Example &of, const ExitParts &parts, std::int32_t pcpu = 0, std::size_t on = 0)
    {
        Vcpu &to = vcpu(on);
        to.states.append(time, VcpuState::Guest, pcpu);
        Ns t = time;
        const auto spend = [&](Ns ns, VcpuState state) { to.states.append(t += ns, state, kNoPcpu); };
        spend(parts.kvm, VcpuState::Kvm);
        spend(parts.idle, VcpuState::Idle);
        spend(parts.preempted, VcpuState::Preempted);
        spend(parts.blocked, VcpuState::Blocked);
        spend(parts.userspace, VcpuState::Userspace);
        ExitRow row;
        row.time = row.event = time;
        row.end = t;
        row.parts = parts;
        row.reason = m_recording.reasons.indexOf(of.reason);
        row.target = of.target;
        row.scenario = of.scenario;
        row.pcpu = pcpu;
        row.guestRip = 0xffffffff81000010;
        to.exits.append(row);
        m_touches[on].push_back(of.touch);
    }
    // Whenever it waits, that thread has its pCPU.
    void takenBy(const HostThread &thread)
    {
        Timeline &host = m_recording.hosts[0];
        host.threads = {thread};
        host.pcpus.resize(1);
        host.pcpus[0].pcpu = 0;
        host.pcpus[0].begin.append(0);
        host.pcpus[0].thread.append(0);
        vcpu(0).waits.begin.append(0);
        vcpu(0).waits.pcpu.append(0);
    }
    void missesUserspaceExits()
    {
        m_recording.diagnostics.push_back(makeDiagnostic(Code::UserspaceExitsMissing, QStringLiteral("none")));
    }
    void unknown(Ns from, Ns to, std::size_t on = 0)
    {
        vcpu(on).states.append(from, VcpuState::Guest, 0);
        vcpu(on).states.append(to, VcpuState::Unknown, kNoPcpu);
    }
    const Recording &recording()
    {
        for (std::size_t i = 0; i < m_recording.hosts[0].vms[0].vcpus.size(); ++i) {
            vcpu(i).states.append(kSecond, VcpuState::Guest, 0);
            Column<PageTouch> touches;
            for (const PageTouch touch : m_touches[i])
                touches.append(touch);
            vcpu(i).exits.setTouches(touches);
        }
        return m_recording;
    }

private:
    Recording m_recording;
    std::map<std::size_t, std::vector<PageTouch>> m_touches;
};

HostThread takerOf(const QString &id)
{
    HostThread thread{.tid = 99, .pid = 7, .name = QStringLiteral("hog"), .vm = std::nullopt, .isVcpu = false};
    if (id == QLatin1String("slow-wake-ups"))
        thread.tid = 0;
    else if (id == QLatin1String("preempted-by-other-vms"))
        thread.vm = 1;
    else if (id != QLatin1String("preempted-by-the-host"))
        thread.vm = 0;
    thread.isVcpu = id == QLatin1String("preempted-by-own-vcpus");
    return thread;
}

// So many exits over the second that cost so much in all, as the rule measures it; `cost` is a multiple of `count`.
void addExits(Machine &machine, const Example &example, std::int64_t count, Ns cost, std::size_t on = 0)
{
    const FindingMeasure measure = ruleOf(QLatin1String(example.id)).measure;
    if (measure == FindingMeasure::Taken)
        machine.takenBy(takerOf(QLatin1String(example.id)));
    if (ruleOf(QLatin1String(example.id)).match.ofUnknownHandler)
        machine.missesUserspaceExits();
    const Ns each = cost / count;
    for (std::int64_t i = 0; i < count; ++i) {
        const Ns time = kSecond / (count + 1) * i + 1000;
        switch (measure) {
        case FindingMeasure::Exits:
            machine.exit(time, example, {.kvm = each}, 0, on);
            break;
        case FindingMeasure::Pair: // the halts cost nothing that counts
            machine.exit(time, example, {.kvm = each}, 0, on);
            machine.exit(time + each + 10, {"", kHlt, {}, Scenario::Halt}, {.idle = 100'000}, 0, on);
            break;
        case FindingMeasure::ShortSleeps:
            machine.exit(time, example, {.kvm = each / 2, .preempted = each - each / 2, .idle = 1000}, 0, on);
            break;
        case FindingMeasure::Blocked:
            machine.exit(time, example, {.blocked = each}, 0, on);
            break;
        case FindingMeasure::Taken:
            machine.exit(time, example, {.preempted = each}, 0, on);
            break;
        case FindingMeasure::Wanders: // the first one moves from nowhere
            machine.exit(time, example, {}, i % 2, on);
            break;
        case FindingMeasure::Unknown:
            machine.exit(time, example, {}, 0, on);
            machine.unknown(time + 100, time + 100 + each, on);
            break;
        }
    }
    if (measure == FindingMeasure::Unknown) // it hides something only before an exit
        machine.exit(kSecond - 1, example, {}, 0, on);
    if (measure == FindingMeasure::Wanders)
        machine.exit(kSecond - 1, example, {}, count % 2, on);
}

const Example &exampleOf(const QString &id)
{
    return *std::ranges::find_if(
        kExamples, [&](const Example &of) { return id == QLatin1String(of.id); });
}

// The time that a rule's cost is a share of: it hides something only between the first exit and the last.
Ns timeOf(const FindingRule &rule)
{
    return rule.measure == FindingMeasure::Unknown ? kSecond - 1 - 1000 : kSecond;
}

struct Amount {
    std::int64_t count;
    Ns cost;
};

// The least that the rule tells of: both limits are just reached.
Amount leastOf(const FindingRule &rule)
{
    const auto count = std::max<std::int64_t>(1, std::int64_t(std::ceil(rule.leastPerSecond)));
    const Ns cost = Ns(std::ceil(rule.leastPercent / 100 * double(timeOf(rule))));
    return {count, (cost + count - 1) / count * count};
}

QStringList idsOf(const std::vector<Finding> &findings)
{
    QStringList ids;
    for (const Finding &finding : findings)
        ids << finding.rule->id;
    return ids;
}

} // namespace

void TestFindings::everyRuleHasAnExample()
{
    QStringList rules, examples;
    for (const FindingRule &rule : findingRules()) {
        rules << rule.id;
        QVERIFY2(!rule.title.isEmpty() && !rule.advice.isEmpty() && !rule.advice.endsWith(QLatin1Char('.')),
            qPrintable(rule.id));
        QVERIFY2(rule.leastPercent > 0 || rule.leastPerSecond > 0, qPrintable(rule.id));
    }
    for (const Example &example : kExamples)
        examples << QString::fromLatin1(example.id);
    QCOMPARE(rules, examples);
    rules.removeDuplicates();
    QCOMPARE(rules.size(), qsizetype(std::size(kExamples)));
}

void TestFindings::found_data()
{
    QTest::addColumn<QString>("id");
    for (const Example &example : kExamples)
        QTest::addRow("%s", example.id) << QString::fromLatin1(example.id);
}

void TestFindings::found()
{
    QFETCH(QString, id);
    const FindingRule &rule = ruleOf(id);
    const Amount least = leastOf(rule);
    Machine machine;
    addExits(machine, exampleOf(id), least.count, least.cost);
    const std::vector<Finding> findings = findingsOf(machine.recording(), {});
    QCOMPARE(idsOf(findings), QStringList{id});
    const Finding &finding = findings.front();
    QCOMPARE(finding.count, least.count);
    QCOMPARE(finding.worst, QStringLiteral("vm0/0"));
    const bool isCostKnown = id != QLatin1String("wanders") && id != QLatin1String("unknown");
    QCOMPARE(finding.cost, isCostKnown ? std::optional(least.cost) : std::nullopt);
    // Of a vCPU that is known for a second.
    QCOMPARE(finding.perSecond, double(least.count) * kSecond / double(timeOf(rule)));
    QCOMPARE(finding.costPerSecond, isCostKnown ? std::optional(double(least.cost)) : std::nullopt);
    const bool isOverhead = isCostKnown && id != QLatin1String("short-sleeps");
    QCOMPARE(finding.overheadPercent, isOverhead ? std::optional(100.0) : std::nullopt);
}

void TestFindings::justBelow()
{
    QFETCH(QString, id);
    const FindingRule &rule = ruleOf(id);
    const Amount least = leastOf(rule);
    if (rule.leastPercent > 0) {
        Machine cheap;
        addExits(cheap, exampleOf(id), least.count, least.cost - least.count);
        QCOMPARE(idsOf(findingsOf(cheap.recording(), {})), QStringList());
    }
    if (least.count > 1) {
        Machine rare;
        const std::int64_t count = least.count - 1;
        addExits(rare, exampleOf(id), count, (least.cost / count + 10) * count);
        QCOMPARE(idsOf(findingsOf(rare.recording(), {})), QStringList());
    }
}

// Of two hosts, only one of which tells what goes to user space, that one's exits are KVM's.
void TestFindings::handlersAreKnownWhereTheyAreTold()
{
    Machine machine(2);
    for (const std::size_t on : {0, 1})
        addExits(machine, exampleOf(QStringLiteral("ports")), 400, 40'000'000, on);
    QCOMPARE(idsOf(findingsOf(machine.recording(), {})), QStringList{QStringLiteral("ports")});
    testing::amendExit(machine.vcpu(1).exits, 7, [](ExitRow &row) { row.userspace = 2; });
    const std::vector<Finding> findings = findingsOf(machine.recording(), {});
    QCOMPARE(idsOf(findings), QStringList({QStringLiteral("ports"), QStringLiteral("ports-in-kvm")}));
    QCOMPARE(QStringList({findings[0].worst, findings[1].worst}),
        QStringList({QStringLiteral("vm0/0"), QStringLiteral("vm0/1")}));
}

void TestFindings::eachExitBelongsToOneFinding()
{
    Machine machine;
    Ns time = 0;
    for (int i = 0; i < 300; ++i)
        for (const char *id : {"serial-port", "ports-in-qemu", "ports-in-kvm", "host-interrupts"})
            machine.exit(time += 200'000, exampleOf(QLatin1String(id)), {.kvm = 80'000});
    const std::vector<Finding> findings = findingsOf(machine.recording(), {});
    QCOMPARE(findings.size(), std::size_t(4));
    Ns cost = 0;
    for (const Finding &finding : findings) {
        QCOMPARE(finding.count, 300);
        cost += finding.cost.value_or(0);
    }
    QCOMPARE(cost, Ns(4 * 300 * 80'000));
}

// What one of 64 vCPUs suffers is not lost in what the others do not.
void TestFindings::oneVcpuOfManyIsEnough()
{
    Machine machine(64);
    const Amount least = leastOf(ruleOf(QStringLiteral("cpuid")));
    addExits(machine, exampleOf(QStringLiteral("cpuid")), least.count, least.cost, 7);
    const std::vector<Finding> findings = findingsOf(machine.recording(), {});
    QCOMPARE(idsOf(findings), QStringList{QStringLiteral("cpuid")});
    QCOMPARE(findings.front().worst, QStringLiteral("vm0/7"));
    QCOMPARE(findings.front().cost, std::optional(least.cost));
    QCOMPARE(findings.front().costPerSecond, std::optional(double(least.cost) / 64));
}

void TestFindings::dearestFirst()
{
    Machine machine(3);
    addExits(machine, exampleOf(QStringLiteral("wanders")), 900, 0, 0);
    addExits(machine, exampleOf(QStringLiteral("cpuid")), 400, 40'000'000, 1);
    addExits(machine, exampleOf(QStringLiteral("pause")), 400, 80'000'000, 2);
    QCOMPARE(idsOf(findingsOf(machine.recording(), {})),
        QStringList({QStringLiteral("pause"), QStringLiteral("cpuid"), QStringLiteral("wanders")}));
}

void TestFindings::selectionsAreKept()
{
    Machine machine(2);
    addExits(machine, exampleOf(QStringLiteral("cpuid")), 400, 40'000'000, 0);
    addExits(machine, exampleOf(QStringLiteral("pause")), 400, 80'000'000, 1);
    const Recording &recording = machine.recording();
    Selection first;
    first.vcpus = {VcpuKey{{0, 0}, 0}};
    first.to = kSecond / 2;
    const std::vector<Finding> findings = findingsOf(recording, first);
    QCOMPARE(idsOf(findings), QStringList{QStringLiteral("cpuid")});
    QCOMPARE(findings.front().count, 201); // the first is at 1000 ns, the 201st 200 of 401 parts later
    QCOMPARE(findings.front().perSecond, 402.0);
    QCOMPARE(findings.front().selection.vcpus, first.vcpus);
    QCOMPARE(findings.front().selection.to, first.to);
    QCOMPARE(findings.front().selection.reasons, std::set<ReasonKey>({{2, 114}}));
    // What was selected stays where the rule asks for nothing else, and nothing else comes in.
    first.targets = {port(0x3f8), port(0x1f0)};
    QVERIFY(findingsOf(recording, first).empty());
    first.targets.clear();
    first.reasons = {kHlt};
    QVERIFY(findingsOf(recording, first).empty());
}

void TestFindings::selectsItsExits_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<int>("targets"); // of its exits
    QTest::addColumn<int>("filtered"); // how many of them the selection names
    for (const int targets : {1, 65, 4095})
        QTest::addRow("%d ports", targets) << QStringLiteral("ports-in-kvm") << targets << targets;
    QTest::addRow("4096 ports") << QStringLiteral("ports-in-kvm") << 4096 << 0; // too many
    QTest::addRow("100 MSRs") << QStringLiteral("msr") << 100 << 100;
    // Whose page it is tells them apart from the device's; the page faults that are left have no page.
    QTest::addRow("100 pages") << QStringLiteral("first-touch") << 100 << 0;
    QTest::addRow("no page") << QStringLiteral("page-faults") << 1 << 1;
}

// And no others, of whatever rules before took with the same reason.
void TestFindings::selectsItsExits()
{
    QFETCH(QString, id);
    QFETCH(int, targets);
    QFETCH(int, filtered);
    constexpr int kExits = 4200;
    Machine machine;
    Ns time = 0;
    const auto exit = [&](Example of, int i) {
        if (of.target.isKnown())
            of.target = Target::of(of.target.kind(), of.target.value() + std::uint64_t(i) * 4096);
        machine.exit(time += 20'000, of, {.kvm = 3000});
    };
    for (int i = 0; i < kExits; ++i)
        exit(exampleOf(id), i % targets);
    for (const char *other : {"serial-port", "x2apic-ipi", "io-apic"}) {
        Example taken = exampleOf(QLatin1String(other));
        taken.scenario = exampleOf(id).scenario; // by which they are not told apart
        for (int i = 0; i < 1000; ++i)
            exit(taken, 0);
    }
    const std::vector<Finding> findings = findingsOf(machine.recording(), {});
    const auto found = std::ranges::find_if(findings, [&](const Finding &of) { return of.rule->id == id; });
    QVERIFY(found != findings.end());
    QCOMPARE(found->count, kExits);
    QCOMPARE(found->selection.targets.size(), std::size_t(filtered));
    const std::int64_t selected = statisticsOf(machine.recording(), found->selection).totals.exits;
    QCOMPARE(selected, std::int64_t(targets < 4096 ? kExits : kExits + 1000)); // with those of the serial port
}

void TestFindings::nothingOfWhatIsCancelled()
{
    Machine machine;
    addExits(machine, exampleOf(QStringLiteral("cpuid")), 400, 40'000'000);
    const std::atomic<bool> cancelled = true;
    QVERIFY(findingsOf(machine.recording(), {}, &cancelled).empty());
}

void TestFindings::inWords()
{
    Machine machine;
    addExits(machine, exampleOf(QStringLiteral("cpuid")), 400, 40'000'000);
    const Finding finding = findingsOf(machine.recording(), {}).front();
    QCOMPARE(findingCost(finding), QStringLiteral("40.0 ms per second of a vCPU, 100.0 % of the overhead"));
    QCOMPARE(
        findingFacts(finding), QStringLiteral("400 exits (400/s), most on vm0/0; from 100.0 % 0xffffffff81000010"));
}

QTEST_GUILESS_MAIN(TestFindings)
#include "tst_findings.moc"
