// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "tests/model/source/text_steps.h"

using namespace exitscope;
using Kind = EventKind;

constexpr int kVmx = 1;
constexpr int kSvm = 2;

// Traces as people paste them: in mailing lists, bug trackers, notes. All numbers were counted by hand.
class TestTextReports : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void portReads();
    void haltsInUserSpace();
    void faultsThatRepeat();
    void nestedPortReads();
    void faultsWhileVectoring();
    void processorsBroughtUp();
    void memoryFaults();
    void exitsAlone();
    void wrappedLines();
    void guestAndHostInOneText();
    void withoutThreads();
    void entriesByPlugin();
    void switchesOfOneCpu();
    void switchesByPlugin();
};

namespace {

TextRead report(const char *name)
{
    return readText(QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/text/%1.txt").arg(QString::fromLatin1(name)));
}

std::vector<std::string> events(const TextRead &read)
{
    return read.description.events;
}

} // namespace

void TestTextReports::portReads()
{
    const TextRead read = report("pio");
    QCOMPARE(read.description.format, "text of ftrace");
    QVERIFY(countExits(read) == ReasonCounts({{{kVmx, 1}, 1}, {{kVmx, 30}, 2}}));
    QCOMPARE(countEvents(read, Kind::VmEntry), 4);
    QCOMPARE(countEvents(read, Kind::UserspaceExit), 2);
    QVERIFY(exitDurations(read, 24797) == std::vector<Ns>({2000, 45000, 30000}));
    // Linux before 5.10: the interruption info is info2; the entry has a vcpu, the exit has none.
    const TextStep &interrupt = read.steps[3];
    QCOMPARE(interrupt.record.exit.intrInfo, 0x800000f6u);
    QCOMPARE(interrupt.record.exit.guestRip, 0x100u);
    QCOMPARE(interrupt.record.exit.vcpuId, kNoVcpuId);
    QVERIFY(!read.steps[5].record.hasIntrInfo);
    QCOMPARE(read.steps[2].record.entry.vcpuId, 0);
    QCOMPARE(read.steps[0].comm, "emulator");
    // Its last line is cut.
    QVERIFY(read.notes.starts_with("1 of 20 lines were not understood; the first is line 20:"));
}

void TestTextReports::haltsInUserSpace()
{
    const TextRead read = report("hlt");
    QVERIFY(countExits(read) == ReasonCounts({{{kVmx, 12}, 2}}));
    QVERIFY(exitDurations(read, 21643) == std::vector<Ns>({15000, -1}));
    QCOMPARE(countEvents(read, Kind::UserspaceExit), 2);
    QCOMPARE(read.steps[3].record.userspaceExit.reason, 5);
    QCOMPARE(read.steps[3].record.userspaceExit.error, 0);
    QCOMPARE(read.notes, "");
}

void TestTextReports::faultsThatRepeat()
{
    const TextRead read = report("gp-loop");
    QCOMPARE(read.description.format, "text of trace-cmd report");
    QVERIFY(!read.description.hasProcname); // all are <...>
    QVERIFY(countExits(read) == ReasonCounts({{{kSvm, 0x7c}, 2}, {{kSvm, 0x4d}, 4}}));
    QVERIFY(exitDurations(read, 43752) == std::vector<Ns>({3000, 7000, 3000}));
    QVERIFY(exitDurations(read, 52213) == std::vector<Ns>({7000, 2000, -1}));
    QCOMPARE(countEvents(read, Kind::UserspaceExit), 1);
    QCOMPARE(read.steps.back().record.userspaceExit.reason, 8);
    QCOMPARE(read.notes, "2 of 28 lines were not understood; the first is line 14:   and so on.");
}

void TestTextReports::nestedPortReads()
{
    const TextRead read = report("nested-pio");
    QVERIFY(countExits(read) == ReasonCounts({{{kVmx, 30}, 2}}));
    QVERIFY(exitDurations(read, 6660) == std::vector<Ns>({55000, -1}));
    QCOMPARE(countEvents(read, Kind::UserspaceExit), 2);
    QCOMPARE(read.steps[6].record.entry.vcpuId, 3);
    QCOMPARE(countEvents(read, Kind::HostProof), 9); // kvm_nested_vmexit 3, kvm_fpu 4, kvm_mmu_get_page 2
    QCOMPARE(countEvents(read, Kind::Touch), 2); // kvm_pio
    QVERIFY(read.steps[7].record.exit.target == Target::of(TargetKind::Port, 0x5658));
    QVERIFY(read.faults.empty());
}

void TestTextReports::faultsWhileVectoring()
{
    const TextRead read = report("vectoring");
    QVERIFY(countExits(read) == ReasonCounts({{{kVmx, 0}, 1}, {{kVmx, 48}, 3}}));
    // The third exit has no entry behind it: the report leaves lines out.
    QVERIFY(exitDurations(read, 1289) == std::vector<Ns>({4000, 5000, -1, -1}));
    QCOMPARE(read.steps[0].record.exit.intrInfo, 0x80000301u);
    // From 5.10 on the event has its own field for it: info2 is something else, and there is none.
    QVERIFY(read.steps[4].record.hasIntrInfo);
    QCOMPARE(read.steps[4].record.exit.intrInfo, 0u);
    QCOMPARE(read.steps[4].record.exit.vcpuId, 0);
    QVERIFY(read.notes.starts_with("2 of 24 lines"));
}

void TestTextReports::processorsBroughtUp()
{
    const TextRead read = report("bring-up");
    QVERIFY(countExits(read)
        == ReasonCounts({{{kVmx, 1}, 3}, {{kVmx, 2}, 1}, {{kVmx, 10}, 1}, {{kVmx, 28}, 2}, {{kVmx, 31}, 1},
            {{kVmx, 32}, 1}, {{kVmx, 47}, 1}}));
    QVERIFY(exitDurations(read, 8396) == std::vector<Ns>({14000, 8000, 0}));
    QVERIFY(exitDurations(read, 8397) == std::vector<Ns>({95000, 10000, 0, 1000, 3000, 65000, -1}));
    QCOMPARE(countEvents(read, Kind::DeadlineWrite), 0); // the write is of EFER
    QCOMPARE(read.steps[0].comm, "qemu-system-x86"); // without the mark of the quotation
    QCOMPARE(read.notes, "");
}

void TestTextReports::memoryFaults()
{
    const TextRead read = report("memory-fault");
    QVERIFY(countExits(read) == ReasonCounts({{{kVmx, 48}, 1}}));
    QCOMPARE(countEvents(read, Kind::UserspaceExit), 2);
    QCOMPARE(read.steps[0].record.userspaceExit.error, -14);
    QCOMPARE(read.steps[2].record.timeNs, 410259258844000);
    QVERIFY(exitDurations(read, 110348) == std::vector<Ns>({-1}));
}

void TestTextReports::exitsAlone()
{
    const TextRead read = report("npf-storm");
    QVERIFY(countExits(read) == ReasonCounts({{{kSvm, 0x400}, 10}}));
    QCOMPARE(read.steps.front().record.pcpu, 64);
    QCOMPARE(read.steps.back().record.timeNs - read.steps.front().record.timeNs, 19000);
    // info2 is an address there, with bit 31: no interruption.
    QVERIFY(!read.steps[0].record.hasIntrInfo);
    QVERIFY(events(read) == std::vector<std::string>({"kvm_exit"}));
    QVERIFY(read.notes.starts_with("1 of 12 lines were not understood; the first is line 12:"));
}

void TestTextReports::wrappedLines()
{
    const TextRead read = report("wrapped");
    QVERIFY(countExits(read) == ReasonCounts({{{kSvm, 0x400}, 3}}));
    QCOMPARE(read.steps[0].record.pcpu, 36);
    QCOMPARE(read.steps[0].record.exit.vcpuId, 3);
    QCOMPARE(read.steps[0].record.exit.guestRip, 0u); // stands on the next line
    QCOMPARE(read.steps.size(), 18u);
    // 3 + 3 ends of lines, and 3 kvm_userspace_exit whose reason stands there.
    QVERIFY(read.notes.starts_with("9 of 25 lines were not understood; the first is line 3: 0xfd11d"));
}

void TestTextReports::guestAndHostInOneText()
{
    const TextRead read = report("two-levels");
    // Of other CPUs each: nothing tells that they are of two machines.
    QVERIFY(read.faults.empty());
    QVERIFY(countExits(read)
        == ReasonCounts(
            {{{kVmx, 1}, 1}, {{kVmx, 12}, 1}, {{kVmx, 23}, 2}, {{kVmx, 24}, 1}, {{kVmx, 29}, 3}, {{kVmx, 52}, 1}}));
    QVERIFY(exitDurations(read, 7289) == std::vector<Ns>({9000, 3000, -1}));
    QVERIFY(exitDurations(read, 5046) == std::vector<Ns>({0, 0, 0, 1000, 0, -1}));
    // "B:" before the name of the thread is no part of it.
    const auto named = std::count_if(read.steps.begin(), read.steps.end(),
        [](const TextStep &step) { return !step.comm.empty() && !step.comm.starts_with("CPU"); });
    QCOMPARE(named, 0);
}

void TestTextReports::withoutThreads()
{
    const TextRead read = report("no-thread");
    QCOMPARE(read.description.format, "text of perf script");
    QVERIFY(!read.description.hasTid);
    QVERIFY(countExits(read) == ReasonCounts({{{kVmx, 2}, 1}}));
    QCOMPARE(countEvents(read, Kind::VmEntry), 1);
    QCOMPARE(read.steps[0].record.pcpu, 1);
    QCOMPARE(read.steps[1].record.timeNs - read.steps[0].record.timeNs, 20000);
    QCOMPARE(read.steps[3].record.userspaceExit.reason, 8);
}

void TestTextReports::entriesByPlugin()
{
    const TextRead read = report("plugin-perf");
    QCOMPARE(read.description.tracer, "perf");
    QCOMPARE(countEvents(read, Kind::VmEntry), 3);
    QCOMPARE(read.steps[0].record.entry.vcpuId, 0); // of CPU 2
    QCOMPARE(read.steps[1].record.entry.vcpuId, 1); // of CPU 39
    QCOMPARE(read.steps[1].comm, "fc_vcpu 1");
    QCOMPARE(read.steps[2].record.timeNs, 1377662550637000);
}

void TestTextReports::switchesOfOneCpu()
{
    const TextRead read = report("percpu-switches");
    QCOMPARE(read.description.tracer, "ftrace");
    QVERIFY(read.description.hasSwitches);
    QVERIFY(!read.description.hasPid);
    QCOMPARE(countEvents(read, Kind::SchedSwitch), 4);
    QCOMPARE(countEvents(read, Kind::SchedWakeup), 2);
    QCOMPARE(read.steps[0].record.switched.prevTid, 0);
    QCOMPARE(read.steps[0].record.switched.nextTid, 2046);
    QCOMPARE(read.steps[2].record.switched.prevState, 1);
    QCOMPARE(read.steps[3].record.wakeup.tid, 2046);
    QCOMPARE(read.steps[4].record.timeNs - read.steps[3].record.timeNs, 1000);
    QCOMPARE(read.notes, "");
}

void TestTextReports::switchesByPlugin()
{
    const TextRead read = report("plugin-switches");
    QCOMPARE(read.description.tracer, "trace-cmd");
    QCOMPARE(countEvents(read, Kind::SchedSwitch), 6);
    QCOMPARE(countEvents(read, Kind::SchedWakeup), 3);
    QVERIFY(!read.description.hasProcname); // numbers stand before the names
    const TextStep &parked = read.steps[7]; // CPU 13: kworker/13:1 gives way to pmd8
    QCOMPARE(parked.record.switched.prevTid, 309);
    QCOMPARE(parked.record.switched.nextTid, 6965);
    QCOMPARE(parked.record.switched.prevState, 8);
    QCOMPARE(read.steps[1].record.wakeup.tid, 309);
    QCOMPARE(read.steps[3].record.wakeup.tid, 6912);
    QVERIFY(read.notes.empty());
}

QTEST_GUILESS_MAIN(TestTextReports)
#include "tst_text_reports.moc"
