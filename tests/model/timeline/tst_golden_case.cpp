// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

const char *kScript = EXITSCOPE_SOURCE_DIR "/tests/data/golden/host.script";

Ns timeIn(const Vcpu &vcpu, VcpuState state)
{
    return vcpu.states.total()[std::size_t(state)];
}

} // namespace

// A peer's test case, whose intervals are its test's; the exits follow from them: times in ns, one vCPU.
class TestGoldenCase : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fromRecords();
    void fromTrace();

private:
    static void check(const Timeline &timeline, const ReasonTable &reasons);
};

void TestGoldenCase::check(const Timeline &timeline, const ReasonTable &reasons)
{
    QCOMPARE(timeline.range, (TimeRange{1, 355}));
    QCOMPARE(vcpusText(timeline), QStringList{QStringLiteral("vm/0 tid 31")});
    const Vcpu &vcpu = timeline.vms[0].vcpus[0];
    QCOMPARE(statesText(vcpu),
        QStringLiteral("1 Unknown, 5 Guest p0, 45 Kvm p0, 60 Guest p0, 95 Kvm p0, 100 Preempted, 150 Kvm p0, "
                       "155 Guest p0, 195 Kvm p0, 210 Guest p0, 245 Kvm p0, 260 Guest p0, 295 Kvm p0, "
                       "300 Preempted, 350 Kvm p0, 355"));
    QCOMPARE(timeIn(vcpu, VcpuState::Unknown), Ns(4));
    QCOMPARE(timeIn(vcpu, VcpuState::Guest), Ns(185));
    QCOMPARE(timeIn(vcpu, VcpuState::Kvm), Ns(65));
    QCOMPARE(timeIn(vcpu, VcpuState::Preempted), Ns(100));
    QCOMPARE(exitsText(vcpu, reasons),
        (QStringList{QStringLiteral("45 1:32: event 45 entry 5 run 40 gross 15 net 15 kvm 15 host p0"),
            QStringLiteral("95 1:32: event 95 entry 60 run 35 gross 60 net 10 kvm 10 preempted 50 preempted p0"),
            QStringLiteral("195 1:32: event 195 entry 155 run 40 gross 15 net 15 kvm 15 host p0"),
            QStringLiteral("245 1:32: event 245 entry 210 run 35 gross 15 net 15 kvm 15 host p0"),
            QStringLiteral("295 1:32: event 295 entry 260 run 35 gross 60 net 10 kvm 10 preempted 50 preempted p0")}));
    QCOMPARE(std::vector<Ns>(vcpu.entries.begin(), vcpu.entries.end()), (std::vector<Ns>{5, 60, 155, 210, 260, 355}));
    QCOMPARE(reasons.size(), std::size_t(1));
    QCOMPARE(reasons[0].name, QStringLiteral("MSR_WRITE"));
}

void TestGoldenCase::fromRecords()
{
    const BuiltTimeline built = buildTimeline(EventScript::fromFile(kScript).records());
    check(built.timeline, built.reasons);
    QCOMPARE(codesText(built.diagnostics), QStringList{QStringLiteral("processes-unknown 1")});
}

void TestGoldenCase::fromTrace()
{
    QFile file(QString::fromLatin1(kScript));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const Recording recording = loadScript(file.readAll().toStdString());
    QCOMPARE(recording.hosts.size(), std::size_t(1));
    check(recording.hosts[0], recording.reasons);
    QCOMPARE(recording.traces.size(), std::size_t(1));
    QCOMPARE(recording.traces[0].events, std::int64_t(22));
    QVERIFY(recording.traces[0].used);
}

QTEST_GUILESS_MAIN(TestGoldenCase)
#include "tst_golden_case.moc"
