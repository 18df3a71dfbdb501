// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/reference/target_names.h"
#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// What exits touched, from written events: manual "Targets".
class TestWrittenTargets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void targets_data();
    void targets();
    void targetsDiffer();
    void throughThePipeline_data();
    void throughThePipeline();
    void pages();
    void userspace_data();
    void userspace();
    void workOfADeadThread();
};

namespace {

// "20 port:0x60", of each exit by its event.
QStringList targetsText(const Vcpu &vcpu)
{
    QStringList result;
    for (std::size_t i = 0; i < vcpu.exits.size(); ++i)
        result << QStringLiteral("%1 %2").arg(vcpu.exits.event(i)).arg(codeText(vcpu.exits.target(i)));
    return result;
}

QStringList words(const char *latin1)
{
    return QString::fromLatin1(latin1).split(QStringLiteral(", "));
}

} // namespace

void TestWrittenTargets::targets_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QStringList>("expected");
    const auto row = [](const char *name, const char *script, const char *expected) {
        QTest::newRow(name) << QByteArray(script) << words(expected);
    };
    row("the first of an allowed kind", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=124 isa=2 tid=31
21 p0 kvm_apic value=0xb0 tid=31
22 p0 kvm_msr value=0x80b write=1 tid=31
23 p0 kvm_msr value=0x10 tid=31
30 p0 kvm_entry tid=31
40 p0 kvm_exit reason=114 isa=2 tid=31
41 p0 kvm_msr value=0x10 tid=31
42 p0 kvm_cpuid value=0x40000001 tid=31
50 p0 kvm_entry tid=31
51 p0 kvm_cpuid value=1 tid=31
60 p0 kvm_exit reason=120 isa=2 tid=31
61 p0 kvm_cpuid value=2 tid=31
)",
        "20 msr:0x80b, 40 cpuid:0x40000001, 60 none");
    row("kinds of VMX", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=18 isa=1 tid=31
21 p0 kvm_hv_hypercall value=0x5d tid=31
22 p0 kvm_hypercall value=9 tid=31
30 p0 kvm_entry tid=31
40 p0 kvm_exit reason=44 isa=1 tid=31
41 p0 kvm_apic value=0x300 tid=31
50 p0 kvm_entry tid=31
60 p0 kvm_exit reason=48 isa=1 tid=31
61 p0 kvm_page_fault value=0xffff888012345000 tid=31
62 p0 kvm_mmio value=0xfee000b0 tid=31
70 p0 kvm_entry tid=31
80 p0 kvm_exit reason=49 isa=1 tid=31
81 p0 kvm_fast_mmio value=0xfe001004 tid=31
90 p0 kvm_entry tid=31
100 p0 kvm_exit reason=7 isa=1 tid=31
101 p0 kvm_inj_virq value=0xec tid=31
110 p0 kvm_entry tid=31
120 p0 kvm_exit reason=30 isa=1 info1=0x3f80000 tid=31
)",
        "20 hyperv-hypercall:0x5d, 40 apic:0x300, 60 page:0xfee00000, 80 page:0xfe001000, 100 vector:0xec, 120 "
        "port:0x3f8");
    // kvm_msr ends the run, and its kvm_exit event comes behind it.
    row("SVM's fast path", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_msr value=0x6e0 write=1 tid=31
21 p0 kvm_exit reason=124 isa=2 tid=31
30 p0 kvm_entry tid=31
38 p0 other:irq_work tid=31
39 p0 kvm_msr value=0x830 write=1 tid=31
40 p0 kvm_msr value=0x10 tid=31
41 p0 kvm_exit reason=124 isa=2 tid=31
42 p0 kvm_msr value=0x11 tid=31
)",
        "21 msr:0x6e0, 41 msr:0x830");
    row("what came before an exit without run is not its", R"(
10 p0 other:begin tid=31
20 p0 kvm_msr value=0x6e0 write=1 tid=31
21 p0 kvm_exit reason=124 isa=2 tid=31
30 p0 kvm_entry tid=31
40 p0 kvm_exit reason=124 isa=2 tid=31
45 p0 kvm_msr value=0x830 write=1 tid=31
50 p0 kvm_exit reason=124 isa=2 tid=31
51 p0 kvm_msr value=0x10 tid=31
)",
        "21 none, 40 msr:0x830, 50 msr:0x10");
    // The run touches Unknown: thread 41 was thought to be there.
    row("the run turns out to be none", R"(
5 p0 sched_switch prev_tid=1 next_tid=31
10 p0 kvm_entry tid=31
20 p0 kvm_msr value=0x6e0 write=1 tid=31
21 p1 kvm_userspace_exit reason=2 tid=31
25 p0 kvm_exit reason=124 isa=2 tid=31
26 p0 kvm_msr value=0x10 tid=31
)",
        "25 msr:0x10");
    row("an entry that failed has no run", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_msr value=0x6e0 write=1 tid=31
21 p0 kvm_exit reason=0x80000020 isa=1 tid=31
22 p0 kvm_msr value=0x10 tid=31
)",
        "21 msr:0x10");
    row("another thread's events", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=124 isa=2 tid=31
21 p0 kvm_msr value=0x6e0 tid=32
22 p1 kvm_msr value=0x10 tid=31
30 p0 kvm_entry tid=31
)",
        "20 msr:0x10");
    row("until the exit ends", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=124 isa=2 tid=31
30 p0 kvm_exit reason=124 isa=2 tid=31
31 p0 kvm_msr value=0x10 tid=31
40 p0 kvm_entry tid=31
50 p0 kvm_msr value=0x11 tid=31
)",
        "20 none, 30 msr:0x10");
    row("without threads, the pseudo-vCPU's", R"(
10 p0 kvm_entry
20 p0 kvm_exit reason=114 isa=2
21 p1 kvm_cpuid value=7
22 p0 kvm_cpuid value=1
30 p0 kvm_entry
39 p0 kvm_msr value=0x6e0 write=1
40 p0 kvm_exit reason=124 isa=2
)",
        "20 cpuid:0x1, 40 msr:0x6e0");
    row("the thread that sched_switch tells", R"(
5 p0 sched_switch prev_tid=1 next_tid=31
10 p0 kvm_entry
20 p0 kvm_exit reason=114 isa=2
22 p0 kvm_cpuid value=1
)",
        "20 cpuid:0x1");
    // The packet that ends at 40 lost events: p0 is blind from 20 on.
    row("on a blind pCPU only fields speak", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=120 isa=2 tid=31
packet p0
lose p0 5
30 p0 kvm_exit reason=124 isa=2 tid=31
31 p0 kvm_msr value=0x10 tid=31
32 p0 kvm_exit reason=123 isa=2 info1=0x600000 tid=31
33 p0 kvm_pio value=0x61 tid=31
packet p0
50 p0 kvm_entry tid=31
)",
        "20 none, 30 none, 32 port:0x60");
}

void TestWrittenTargets::targets()
{
    QFETCH(QByteArray, script);
    QFETCH(QStringList, expected);
    const BuiltTimeline built = buildTimeline(script.toStdString());
    QCOMPARE(targetsText(built.timeline.vms.front().vcpus.front()), expected);
    QCOMPARE(countOf(built.diagnostics, "targets-differ"), std::int64_t(0));
}

void TestWrittenTargets::targetsDiffer()
{
    const BuiltTimeline built = buildTimeline(R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=123 isa=2 info1=0x600000 tid=31
21 p0 kvm_pio value=0x60 tid=31
22 p0 kvm_pio value=0x61 tid=31
30 p0 kvm_entry tid=31
40 p0 kvm_exit reason=123 isa=2 info1=0x640000 tid=31
41 p0 kvm_pio value=0x3f8 tid=31
50 p0 kvm_entry tid=31
57 p0 kvm_pio value=0x2f8 tid=31
60 p0 kvm_exit reason=123 isa=2 info1=0x710000 tid=31
61 p0 kvm_pio value=0x71 tid=31
)");
    QCOMPARE(targetsText(built.timeline.vms.front().vcpus.front()), words("20 port:0x60, 40 port:0x64, 60 port:0x71"));
    QCOMPARE(countOf(built.diagnostics, "targets-differ"), std::int64_t(2));
    const auto told = std::ranges::find(built.diagnostics, QStringLiteral("targets-differ"), &Diagnostic::code);
    QVERIFY2(
        told->message.contains(QStringLiteral("at 40 ns: port:0x64, and not port:0x3f8")), qPrintable(told->message));
}

void TestWrittenTargets::throughThePipeline_data()
{
    QTest::addColumn<int>("tracer");
    QTest::newRow("LTTng") << int(Tracer::Lttng);
    QTest::newRow("older LTTng") << int(Tracer::OldLttng);
    QTest::newRow("perf") << int(Tracer::Perf);
}

// Of the file, as it is of the script's own records.
void TestWrittenTargets::throughThePipeline()
{
    QFETCH(int, tracer);
    std::string script = R"(
10 p0 kvm_entry tid=31 pid=30
20 p0 kvm_exit reason=123 isa=2 info1=0x600000 intr_info=0 tid=31 pid=30
21 p0 kvm_pio value=0x60 tid=31 pid=30
30 p0 kvm_entry tid=31 pid=30
40 p0 kvm_exit reason=1024 isa=2 info2=0xfee000b0 intr_info=0 tid=31 pid=30
41 p0 kvm_page_fault value=0xffff888012345000 tid=31 pid=30
42 p0 kvm_mmio value=0xfee000b0 tid=31 pid=30
50 p0 kvm_entry tid=31 pid=30
59 p0 kvm_msr value=0x6e0 write=1 tid=31 pid=30
60 p0 kvm_exit reason=124 isa=2 intr_info=0 tid=31 pid=30
70 p0 kvm_entry tid=31 pid=30
80 p0 kvm_exit reason=1 isa=1 intr_info=0x800000ec tid=31 pid=30
)";
    std::string expected = "20 port:0x60, 40 page:0xfee00000, 60 msr:0x6e0, 80 vector:0xec";
    int time = 100;
    const auto add = [&](const TouchForm &form, const char *reason, const char *code) {
        const std::string thread = " tid=31 pid=30\n";
        script += std::to_string(time) + " p0 kvm_entry" + thread;
        script += std::to_string(time + 5) + " p0 kvm_exit isa=1 intr_info=0 reason=" + reason + thread;
        script += std::to_string(time + 6) + " p0 " + std::string(form.name) + " value=0x5000" + thread;
        expected += ", " + std::to_string(time + 5) + " " + code + ":0x5000";
        time += 10;
    };
    static const std::map<std::string_view, std::pair<const char *, const char *>> kOf{{"kvm_pio", {"30", "port"}},
        {"kvm_mmio", {"48", "page"}}, {"kvm_fast_mmio", {"49", "page"}}, {"kvm_page_fault", {"48", "page"}},
        {"kvm_msr", {"32", "msr"}}, {"kvm_cpuid", {"10", "cpuid"}}, {"kvm_hypercall", {"18", "hypercall"}},
        {"kvm_hv_hypercall", {"18", "hyperv-hypercall"}}, {"kvm_xen_hypercall", {"18", "xen-hypercall"}},
        {"kvm_apic", {"44", "apic"}}, {"kvm_inj_virq", {"7", "vector"}}};
    for (const TouchForm &form : touchForms())
        if (form.name != "kvm_pio" && (tracer == int(Tracer::Perf) || form.inLttng)) // 0 as info1 tells a port
            add(form, kOf.at(form.name).first, kOf.at(form.name).second);
    const Recording recording = loadScript(script, [&](CtfOptions &options) { options.tracer = Tracer(tracer); });
    QCOMPARE(targetsText(firstVcpu(recording)), words(expected.c_str()));
    QCOMPARE(targetsText(buildTimeline(script).timeline.vms.front().vcpus.front()), words(expected.c_str()));
}

// Over both vCPUs of a VM, by time; another VM has pages of its own.
void TestWrittenTargets::pages()
{
    const BuiltTimeline built = buildTimeline(R"(
thread 31 pid=30
thread 32 pid=30
thread 51 pid=50
10 p0 kvm_exit reason=1024 isa=2 info2=0x1fff vcpu_id=0 tid=31
11 p0 kvm_exit reason=114 isa=2 vcpu_id=0 tid=31
12 p1 kvm_exit reason=1024 isa=2 info2=0x1000 vcpu_id=1 tid=32
13 p1 kvm_exit reason=1024 isa=2 info2=0x2000 vcpu_id=1 tid=32
14 p0 kvm_exit reason=1024 isa=2 info2=0x2008 vcpu_id=0 tid=31
15 p0 kvm_exit reason=1024 isa=2 info2=0x3000 vcpu_id=0 tid=31
16 p0 kvm_mmio value=0x3000 tid=31
17 p1 kvm_exit reason=1024 isa=2 info2=0x3000 vcpu_id=1 tid=32
18 p0 kvm_entry tid=31
19 p0 kvm_mmio value=0x4000 tid=31
20 p0 kvm_exit reason=1024 isa=2 info2=0x4000 vcpu_id=0 tid=31
21 p1 kvm_exit reason=1024 isa=2 info2=0x1000 vcpu_id=0 tid=51
)");
    const auto touchesOf = [&](const char *id) {
        const ExitColumns &exits = vcpuNamed(built.timeline, QString::fromLatin1(id)).exits;
        QStringList result;
        for (std::size_t i = 0; i < exits.size(); ++i)
            result << QString::fromLatin1(name(exits.touch(i)).data());
        return result;
    };
    QCOMPARE(touchesOf("vm-30/0"), words("first, none, repeated, device, device"));
    QCOMPARE(touchesOf("vm-30/1"), words("repeated, first, repeated"));
    QCOMPARE(touchesOf("vm-50/0"), words("first"));
}

void TestWrittenTargets::userspace_data()
{
    QTest::addColumn<QByteArray>("inside");
    QTest::addColumn<int>("userspace");
    const auto row = [](const char *name, const char *inside, int userspace) {
        QTest::newRow(name) << QByteArray(inside) << userspace;
    };
    row("it stays", "21 p0 other:work tid=31", kNoUserspaceExit);
    row("KVM_EXIT_IO", "21 p0 kvm_userspace_exit reason=2 tid=31\n22 p0 ioctl_exit tid=31", 2);
    row("the first", "21 p0 kvm_userspace_exit reason=2 tid=31\n22 p0 kvm_userspace_exit reason=6 tid=31", 2);
    row("an error", "21 p0 kvm_userspace_exit reason=2 errno=-4 tid=31", kFailedUserspaceExit);
    row("beyond what a byte tells", "21 p0 kvm_userspace_exit reason=252 tid=31", kOtherUserspaceExit);
    row("the largest", "21 p0 kvm_userspace_exit reason=251 tid=31", 251);
    row("without a reason", "21 p0 ioctl_exit tid=31", kUnknownUserspaceExit);
    row("at last one", "21 p0 ioctl_exit tid=31\n22 p0 ioctl_entry tid=31\n23 p0 kvm_userspace_exit reason=6 tid=31",
        6);
}

void TestWrittenTargets::userspace()
{
    QFETCH(QByteArray, inside);
    QFETCH(int, userspace);
    const QByteArray script = "10 p0 kvm_entry tid=31\n20 p0 kvm_exit reason=123 isa=2 tid=31\n" + inside
        + "\n30 p0 kvm_entry tid=31\n40 p0 kvm_exit reason=123 isa=2 tid=31\n50 p0 kvm_entry tid=31\n";
    const BuiltTimeline built = buildTimeline(script.toStdString());
    const ExitColumns &exits = built.timeline.vms.front().vcpus.front().exits;
    QCOMPARE(int(exits.userspace(0)), userspace);
    QCOMPARE(int(exits.userspace(1)), int(kNoUserspaceExit));
}

// What a dead thread left open is no work of the next one with its tid.
void TestWrittenTargets::workOfADeadThread()
{
    const BuiltTimeline built = buildTimeline(R"(
10 p0 kvm_exit reason=120 isa=2 tid=31
12 p0 softirq_entry number=1 tid=31
15 p0 sched_process_exit of_tid=31 tid=31
20 p0 kvm_exit reason=120 isa=2 tid=31
30 p0 softirq_exit number=1 tid=31
40 p0 kvm_entry tid=31
)");
    const Vm &vm = built.timeline.vms.front();
    Ns work = 0;
    for (const Vcpu &vcpu : vm.vcpus)
        for (std::size_t i = 0; i < vcpu.irq.size(); ++i)
            work += vcpu.irq.end(i) - vcpu.irq.begin(i);
    QCOMPARE(work, Ns(3)); // 12 to 15
}

QTEST_GUILESS_MAIN(TestWrittenTargets)
#include "tst_written_targets.moc"
