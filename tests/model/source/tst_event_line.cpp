// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "app/reader/text/event_line.h"
#include "app/reader/text/exit_reason_names.h"
#include "app/reader/text/thread_text.h"
#include "tests/model/source/text_steps.h"

using namespace exitscope;
using namespace exitscope::reader;

// Single lines that tracefs, trace-cmd report and perf script print, and what they say of an event.
class TestEventLine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lines_data();
    void lines();
    void linesBeside_data();
    void linesBeside();
    void losses_data();
    void losses();
    void reasons_data();
    void reasons();
    void linesOfOtherOptions_data();
    void linesOfOtherOptions();
    void everyReasonOfTheTable();
    void switches_data();
    void switches();
    void fields_data();
    void fields();
};

namespace {

using LineKind = EventLine::Kind;

struct Line {
    int cpu = 0;
    int tid = 0;
    int pid = 0;
    qint64 ns = 0;
    QString comm, name, fields;
};

void addLine(const char *what, const char *text, const Line &is)
{
    QTest::newRow(what) << QByteArray(text) << is.cpu << is.tid << is.pid << is.ns << is.comm << is.name << is.fields;
}

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size()));
}

} // namespace

void TestEventLine::lines_data()
{
    QTest::addColumn<QByteArray>("line");
    for (const char *column : {"cpu", "tid", "pid"})
        QTest::addColumn<int>(column);
    QTest::addColumn<qint64>("ns");
    for (const char *column : {"comm", "name", "fields"})
        QTest::addColumn<QString>(column);
    const QString vcpu = QStringLiteral("CPU 0/KVM");
    const QString fpu = QStringLiteral("kvm_fpu");
    const QString load = QStringLiteral("load");
    const Line plain{1, 239, -1, 179692219000, vcpu, fpu, load};
    addLine("tracefs", "       CPU 0/KVM-239     [001] d..2.   179.692219: kvm_fpu: load", plain);
    addLine("no flags", "       CPU 0/KVM-239     [001]   179.692219: kvm_fpu: load", plain);
    addLine("old flags", "       CPU 0/KVM-239   [001] d..2   179.692219: kvm_fpu: load", plain);
    addLine("trace-cmd", "       CPU 0/KVM-239   [001]   179.692219: kvm_fpu:              load", plain);
    addLine("trace-cmd, flags", "       CPU 0/KVM-239   [001] d..1.   179.692219: kvm_fpu:              load", plain);
    addLine("process", "       CPU 0/KVM-239     (    231) [001] d..2.   179.692219: kvm_fpu: load",
        {1, 239, 231, 179692219000, vcpu, fpu, load});
    addLine("process unknown", "       CPU 0/KVM-239     (-------) [001] d..2.   179.692219: kvm_fpu: load", plain);
    addLine("latency", "CPU 0/KV-239     1d..2.   179.692219: kvm_fpu:              load",
        {1, 239, -1, 179692219000, {}, fpu, load}); // the name is cut
    addLine("latency of tracefs", "    bash-16469     0d..1.   12us+: kvm_fpu: load",
        {0, 16469, -1, 12000, QStringLiteral("bash"), fpu, load});
    addLine("latency of tracefs, no mark", "  <idle>-0       0d..1. 1234us : kvm_fpu: load",
        {0, 0, -1, 1234000, {}, fpu, load});
    const QString perfFpu = QStringLiteral("kvm:kvm_fpu");
    addLine("perf", "       CPU 0/KVM   239 [001]   179.692219:                  kvm:kvm_fpu: load",
        {1, 239, -1, 179692219000, vcpu, perfFpu, load});
    addLine("perf, ns, ids, period",
        "       CPU 0/KVM   231/239   [001]   179.692219155:          1      kvm:kvm_fpu: load",
        {1, 239, 231, 179692219155, vcpu, perfFpu, load});
    addLine("perf, dead", "             :-1   231/-1    [001]   179.692219155: kvm:kvm_fpu: load",
        {1, -1, 231, 179692219155, {}, perfFpu, load});
    addLine("perf, no name known", "            :239   231/239   [001]   179.692219155: kvm:kvm_fpu: load",
        {1, 239, 231, 179692219155, {}, perfFpu, load});
    addLine("perf, colon in a name", "            :23x   231/239   [001]   179.692219155: kvm:kvm_fpu: load",
        {1, 239, 231, 179692219155, QStringLiteral(":23x"), perfFpu, load});
    addLine("perf, no CPU", "       CPU 0/KVM   239   179.692219: kvm:kvm_fpu: load",
        {-1, 239, -1, 179692219000, vcpu, perfFpu, load});
    addLine(
        "perf, no name", "  239 [001]   179.692219: kvm:kvm_fpu: load", {1, 239, -1, 179692219000, {}, perfFpu, load});
    addLine("dashes in a name", " kworker/u4:1-ev-37    [003] ..... 7.000001: kvm_fpu: load",
        {3, 37, -1, 7000001000, QStringLiteral("kworker/u4:1-ev"), fpu, load});
    addLine("a name like a process", " a (1)-37    [003] ..... 7.000001: kvm_fpu: load",
        {3, 37, -1, 7000001000, QStringLiteral("a (1)"), fpu, load});
    addLine("UTF-8", " käse [1]-37    [003] ..... 7.000001: kvm_fpu: load",
        {3, 37, -1, 7000001000, QStringLiteral("käse [1]"), fpu, load});
    addLine(
        "unknown name", "           <...>-37    [003] 7.000001: kvm_fpu: load", {3, 37, -1, 7000001000, {}, fpu, load});
    addLine("quoted", ">> qemu-37    [003] ..... 7.000001: kvm_fpu: load",
        {3, 37, -1, 7000001000, QStringLiteral("qemu"), fpu, load});
    addLine("system call", " qemu-37    [003] ..... 7.000001: sys_ioctl(fd: 9, cmd: ae80, arg: 0)",
        {3, 37, -1, 7000001000, QStringLiteral("qemu"), QStringLiteral("sys_enter_ioctl"),
            QStringLiteral("(fd: 9, cmd: ae80, arg: 0)")});
    addLine("its end", " qemu-37    [003] ..... 7.000001: sys_ioctl -> 0x0",
        {3, 37, -1, 7000001000, QStringLiteral("qemu"), QStringLiteral("sys_exit_ioctl"), QStringLiteral(" -> 0x0")});
    addLine("function", " qemu-37    [003] ..... 7.000001: vmx_vcpu_run <-vcpu_enter_guest",
        {3, 37, -1, 7000001000, QStringLiteral("qemu"), QStringLiteral("function"),
            QStringLiteral("vmx_vcpu_run <-vcpu_enter_guest")});
    addLine("largest time", " qemu-37    [003] ..... 4611686017.999999999: kvm_fpu: load",
        {3, 37, -1, 4611686017999999999, QStringLiteral("qemu"), fpu, load});
}

void TestEventLine::lines()
{
    QFETCH(QByteArray, line);
    const EventLine read = readEventLine({line.constData(), static_cast<std::size_t>(line.size())});
    QCOMPARE(int(read.kind), int(LineKind::Event));
    QTEST(int(read.cpu), "cpu");
    QTEST(int(read.tid), "tid");
    QTEST(int(read.pid), "pid");
    QTEST(qint64(read.timeNs), "ns");
    QTEST(text(read.comm), "comm");
    QTEST(QString(text(read.call) + text(read.name)), "name");
    QTEST(text(read.fields), "fields");
}

void TestEventLine::linesBeside_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<int>("kind");
    const auto add = [](const char *line, LineKind kind) { QTest::newRow(line) << QByteArray(line) << int(kind); };
    add("# tracer: nop", LineKind::Head);
    add("cpus=2", LineKind::Head);
    add("guest.dat: cpus=2", LineKind::Head);
    add("version = 7", LineKind::Beside);
    add("CPU 1 is empty", LineKind::Beside);
    add("# entries-in-buffer/entries-written: 140080/250280   #P:4", LineKind::Beside);
    add("##### CPU 1 buffer started ####", LineKind::Beside);
    add("", LineKind::Beside);
    add(" => kvm_vcpu_ioctl", LineKind::Beside);
    add("\tffffffffc0a3b3f5 vcpu_enter_guest+0x125 ([kvm])", LineKind::Beside);
    add(" perf   393 [000]   179.131843: PERF_RECORD_COMM: perf:393/393", LineKind::Beside);
    add(" perf   393 [000]   179.131843: PERF_RECORD_LOST_SAMPLES lost 14", LineKind::Beside);
    add(" qemu-37    [003] ..... 123456789012: kvm_fpu: load", LineKind::Count);
    add("Hello", LineKind::Unknown);
    add(" qemu-37    [003] ..... 7.000001: ", LineKind::Unknown);
    add(" qemu-37    [003] ..... 7.: kvm_fpu: load", LineKind::Unknown);
    add(" qemu-37    [003] ..... 7.0000000001: kvm_fpu: load", LineKind::Unknown);
    add(" qemu-37    [003] ..... 99999999999.000001: kvm_fpu: load", LineKind::Unknown);
    add(" qemu-37    [99999] ..... 7.000001: kvm_fpu: load", LineKind::Unknown);
    add(" qemu-99999999999    [003] ..... 7.000001: kvm_fpu: load", LineKind::Unknown);
    add(" qemu    [003] ..... 7.000001: kvm_fpu: load", LineKind::Unknown);
    add("7.000001: kvm_fpu: load", LineKind::Unknown);
    add("[  673.850218] kvm_intel: VMCS 00000000f971be22", LineKind::Unknown);
}

void TestEventLine::linesBeside()
{
    QFETCH(QByteArray, line);
    QTEST(int(readEventLine({line.constData(), static_cast<std::size_t>(line.size())}).kind), "kind");
}

void TestEventLine::losses_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<int>("cpu");
    QTest::addColumn<int>("lost"); // -1: no number
    QTest::newRow("tracefs") << QByteArray("CPU:1 [LOST 3290 EVENTS]") << 1 << 3290;
    QTest::newRow("tracefs, no number") << QByteArray("CPU:1 [LOST EVENTS]") << 1 << -1;
    QTest::newRow("trace-cmd") << QByteArray("CPU:12 [3290 EVENTS DROPPED]") << 12 << 3290;
    QTest::newRow("trace-cmd, no number") << QByteArray("CPU:0 [EVENTS DROPPED]") << 0 << -1;
    QTest::newRow("perf") << QByteArray("  perf   311 [003]    41.993789: PERF_RECORD_LOST lost 31") << 3 << 31;
}

void TestEventLine::losses()
{
    QFETCH(QByteArray, line);
    QFETCH(int, lost);
    const EventLine read = readEventLine({line.constData(), static_cast<std::size_t>(line.size())});
    QCOMPARE(int(read.kind), int(LineKind::Lost));
    QTEST(int(read.cpu), "cpu");
    QCOMPARE(read.lost ? int(*read.lost) : -1, lost);
}

void TestEventLine::reasons_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<int>("isa"); // -1: no reason
    QTest::addColumn<quint64>("code");
    const auto add
        = [](const char *name, int isa, quint64 code) { QTest::newRow(name) << QByteArray(name) << isa << code; };
    add("EPT_VIOLATION", 1, 48);
    add("PENDING_INTERRUPT", 1, 7); // Linux before 5.6
    add("INVALID_STATE FAILED_VMENTRY", 1, 0x80000021);
    add("INVALID_STATE FAILED_VMENTRY 0x8000000", 1, 0x88000021);
    add("npf", 2, 0x400);
    add("msr", 2, 0x7c);
    add("PF excp", 2, 0x4e);
    add("invalid_guest_state", 2, 0xffffffff);
    add("EXIT_NPF", 2, 0x400); // the plug-in's names
    add("EXIT_INTR", 2, 0x60);
    add("EXIT_IOIO", 2, 0x7b);
    add("EXIT_MSR", 2, 0x7c);
    add("EXIT_EXCP_GP", 2, 0x4d);
    add("EXIT_CR0_SEL_WRITE", 2, 0x65);
    add("EXIT_TR_READ", 2, 0x69);
    add("EXIT_LDTR_WRITE", 2, 0x6c);
    add("EXIT_VMMCALL", 2, 0x81);
    add("EXIT_AVIC_INCOMPLETE_IPI", 2, 0x401);
    add("EXIT_ERR", 2, 0xffffffff);
    add("UNKNOWN (2147483681)", 0, 0x80000021);
    add("0x30", 0, 0x30);
    add("-1", 0, 0xffffffff);
    add("hlt HLT", -1, 0);
    add("HALT", -1, 0);
    add("EXIT_", -1, 0);
    add("EXIT_EXCP_", -1, 0);
    add("FAILED_VMENTRY", -1, 0);
    add("UNKNOWN ()", -1, 0);
    add("", -1, 0);
}

void TestEventLine::reasons()
{
    QFETCH(QByteArray, name);
    QFETCH(int, isa);
    const auto reason = exitReasonOf({name.constData(), static_cast<std::size_t>(name.size())});
    QCOMPARE(reason ? int(reason->isa) : -1, isa);
    if (reason)
        QTEST(quint64(reason->code), "code");
}

void TestEventLine::linesOfOtherOptions_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("trace-cmd report --ts-diff")
        << QByteArray("  CPU 0/KVM-239 [001] 179.692219155: (+1580765) kvm_entry:  vcpu 3");
    QTest::newRow("a name that looks like a time")
        << QByteArray("  q 1.5: x-239 [001] 179.692219155: kvm_entry:  vcpu 3");
    QTest::newRow("a name that looks like microseconds")
        << QByteArray("  12us: b-239 [001] 179.692219155: kvm_entry:  vcpu 3");
}

void TestEventLine::linesOfOtherOptions()
{
    QFETCH(QByteArray, line);
    const auto read = reader::readEventLine({line.constData(), std::size_t(line.size())});
    QVERIFY(read.kind == reader::EventLine::Kind::Event);
    QCOMPARE(read.timeNs, qint64(179'692'219'155));
    QCOMPARE(read.tid, 239);
    QCOMPARE(QByteArray(read.name.data(), qsizetype(read.name.size())), QByteArray("kvm_entry"));
}

void TestEventLine::everyReasonOfTheTable()
{
    QFile table(QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/exit-reasons.csv"));
    QVERIFY(table.open(QIODevice::ReadOnly));
    table.readLine();
    int rows = 0;
    while (!table.atEnd()) {
        const QList<QByteArray> cells = table.readLine().split(',');
        if (cells[0].toInt() > 2) // elsewhere the text tells numbers
            continue;
        const auto reason = exitReasonOf(cells[2].toStdString());
        QVERIFY2(reason, cells[2]);
        QCOMPARE(int(reason->isa), cells[0].toInt());
        QCOMPARE(quint64(reason->code), quint64(cells[1].toLongLong()) & 0xffffffff);
        ++rows;
    }
    QVERIFY(rows > 190);
}

void TestEventLine::switches_data()
{
    QTest::addColumn<QByteArray>("fields");
    for (const char *column : {"previous", "state", "next"})
        QTest::addColumn<int>(column); // previous -1: not understood
    for (const char *column : {"previousComm", "nextComm"})
        QTest::addColumn<QByteArray>(column);
    const auto add = [](const char *what, const char *fields, int previous, int state, int next, const char *from,
                         const char *to) {
        QTest::newRow(what) << QByteArray(fields) << previous << state << next << QByteArray(from) << QByteArray(to);
    };
    const auto addState = [&](const char *letters, int state) {
        const QByteArray fields = QByteArray("prev_comm=a prev_pid=1 prev_prio=120 prev_state=") + letters
            + " ==> next_comm=b next_pid=2 next_prio=120";
        add(letters, fields.constData(), state < 0 ? -1 : 1, state, 2, "a", "b");
    };
    for (const auto &[letters, state] :
        std::initializer_list<std::pair<const char *, int>>{{"R", 0}, {"R+", 256}, {"S", 1}, {"D", 2}, {"T", 4},
            {"t", 8}, {"X", 16}, {"Z", 32}, {"P", 64}, {"I", 128}, {"S|D", 3}, {"D|N", 1026}, {"?", -1}, {"|", -1}})
        addState(letters, state);
    add("raw", "prev_comm=a prev_pid=1 prev_prio=120 prev_state=256 next_comm=b next_pid=2 next_prio=120", 1, 256, 2,
        "a", "b");
    add("arrow in a name",
        "prev_comm=x ==> y prev_pid=1 prev_prio=0 prev_state=S ==> next_comm=n ==> m next_pid=2 next_prio=120", 1, 1, 2,
        "x ==> y", "n ==> m");
    add("field in a name",
        "prev_comm=a prev_pid=x prev_pid=1 prev_prio=0 prev_state=S ==> next_comm=b next_pid=9 next_pid=2 next_prio=0",
        1, 1, 2, "a prev_pid=x", "b next_pid=9");
    add("plug-in", "CPU 0/KVM:239 [120] S ==> kworker/u4:1:25 [120]", 239, 1, 25, "CPU 0/KVM", "kworker/u4:1");
    add("plug-in, arrow", "x ==> y:1 [-1] R ==> a [b:2 [120]", 1, 0, 2, "x ==> y", "a [b");
    add("plug-in, blank state", "a:1 [120]  ==> b:2 [120]", -1, 0, 0, "", "");
    add("cut", "prev_comm=a prev_pid=1 prev_prio=120 prev_state=S ==> next_comm=b", -1, 0, 0, "", "");
    add("cut plug-in", "a:1 [120] S ==> b:", -1, 0, 0, "", "");
    add("nothing", "", -1, 0, 0, "", "");
}

void TestEventLine::switches()
{
    QFETCH(QByteArray, fields);
    QFETCH(int, previous);
    EventTold told;
    const bool isRead = readSwitch({fields.constData(), static_cast<std::size_t>(fields.size())}, told);
    QCOMPARE(isRead, previous >= 0);
    if (!isRead)
        return;
    QCOMPARE(int(told.number(field::PrevTid)), previous);
    QTEST(int(told.number(field::PrevState)), "state");
    QTEST(int(told.number(field::NextTid)), "next");
    QTEST(QByteArray::fromStdString(std::string(told.text(field::PrevComm))), "previousComm");
    QTEST(QByteArray::fromStdString(std::string(told.text(field::NextComm))), "nextComm");
}

void TestEventLine::fields_data()
{
    QTest::addColumn<QByteArray>("event"); // name and fields
    QTest::addColumn<int>("kind");
    QTest::addColumn<quint64>("first"); // of the record's data, as 64 bits
    const auto add = [](const char *event, EventKind kind, quint64 first) {
        QTest::newRow(event) << QByteArray(event) << int(kind) << first;
    };
    using Event = EventKind;
    add("kvm_entry: vcpu 5", Event::VmEntry, 5);
    add("kvm_entry: vcpu 5, rip 0x1[immediate exit]", Event::VmEntry, 5);
    add("kvm_entry: vcpu 5 rip 0x1", Event::VmEntry, 5);
    add("kvm_entry: vcpu_id=5 rip=0x1 immediate_exit=0", Event::VmEntry, 5);
    add("kvm_entry: PC: 0x0000ffff80080000", Event::VmEntry, quint64(-1));
    add("kvm_exit: vcpu 0 reason msr rip 0x77", Event::VmExit, 0x77);
    add("kvm_exit: something", Event::HostProof, 0);
    add("kvm_userspace_exit: reason KVM_EXIT_IO (2)", Event::UserspaceExit, 2);
    add("kvm_userspace_exit: reason restart (4)", Event::UserspaceExit, quint64(-4) << 32);
    add("kvm_userspace_exit: reason=10 errno=-4", Event::UserspaceExit, (quint64(-4) << 32) + 10);
    add("sys_enter_ioctl: fd: 0x00000011, cmd: 0x0000ae80, arg: 0x00000000", Event::IoctlEntry, 0xae80);
    add("sys_enter_ioctl: __syscall_nr=16 fd=0x00000011 cmd=0x0000ae80 arg=0x0", Event::IoctlEntry, 0xae80);
    add("sys_ioctl(fd: 9, cmd: ae80, arg: 0)", Event::IoctlEntry, 0xae80);
    add("sys_ioctl -> 0xfffffffffffffff5", Event::IoctlExit, 0);
    add("sys_exit_ioctl: 0x0", Event::IoctlExit, 0);
    add("sys_write(fd: 1, buf: 7ffd, count: 1)", Event::HostProof, 1); // enters the kernel
    add("sched_wakeup: comm=a pid=1 pid=7 prio=120 target_cpu=001", Event::SchedWakeup, (quint64(1) << 32) + 7);
    add("sched_wakeup_new: comm=a pid=7 prio=120 success=1 target_cpu=001", Event::SchedWakeup, (quint64(1) << 32) + 7);
    add("sched_wakeup: rcu_preempt:15 [120] CPU:001", Event::SchedWakeup, (quint64(1) << 32) + 15);
    add("sched_wakeup: kworker/1:2:15 [120] success=1 CPU:001", Event::SchedWakeup, (quint64(1) << 32) + 15);
    add("sched_wakeup: nobody", Event::HostProof, 0);
    add("irq_handler_entry: irq=28 name=virtio0-requests", Event::IrqBegin, 0);
    add("irq_handler_exit: irq=28 ret=handled", Event::IrqEnd, 0);
    add("softirq_entry: vec=7 [action=SCHED]", Event::IrqBegin, 1);
    add("hrtimer_expire_entry: hrtimer=00000000 function=tick_sched_timer now=1", Event::IrqBegin, 3);
    add("hrtimer_start: hrtimer=00000000 function=f expires=181682 softexpires=99 mode=ABS", Event::TimerStart, 181682);
    add("kvm_msr: msr_write 6e0 = 0x5162981c00", Event::DeadlineWrite, 0);
    add("kvm_msr: write=1 ecx=6e0 data=0x5162981c00 exception=0", Event::DeadlineWrite, 0);
    const auto touches = [&](const char *event, TargetKind kind, std::uint64_t value) {
        add(event, Event::Touch, Target::of(kind, value).packed);
    };
    touches("kvm_msr: msr_read 6e0 = 0x5162981c00", TargetKind::Msr, 0x6e0);
    touches("kvm_msr: msr_write 80b = 0x0", TargetKind::Msr, 0x80b);
    touches("kvm_msr: write=0 ecx=c0000080 data=0x0 exception=0", TargetKind::Msr, 0xc0000080);
    touches("kvm_pio: pio_write at 0x6100 size 1 count 1 val 0x1", TargetKind::Port, 0x6100);
    touches("kvm_pio: rw=0 port=0x608 size=4 count=1 val=0x1c0435", TargetKind::Port, 0x608);
    touches("kvm_mmio: mmio write len 4 gpa 0xfee000b0 val 0x0", TargetKind::Page, 0xfee00000);
    touches("kvm_mmio: type=2 len=4 gpa=0xfee000b0 val=0x0", TargetKind::Page, 0xfee00000);
    touches("kvm_fast_mmio: fast mmio at gpa 0xfe001004", TargetKind::Page, 0xfe001000);
    touches("kvm_page_fault: vcpu 0 rip 0x7ff address 0x0000000012345678 error_code 0x4", TargetKind::Page, 0x12345000);
    touches("kvm_page_fault: address 12345678 error_code 4", TargetKind::Page, 0x12345000);
    touches("kvm_page_fault: vcpu_id=0 guest_rip=0x7ff fault_address=0x12345678 error_code=0x4", TargetKind::Page,
        0x12345000);
    touches(
        "kvm_cpuid: func 40000001 idx 0 rax 1 rbx 2 rcx 3 rdx 4, cpuid entry found", TargetKind::CpuidLeaf, 0x40000001);
    touches("kvm_cpuid: function=d index=0 rax=1 found=1", TargetKind::CpuidLeaf, 0xd);
    touches("kvm_hypercall: nr 0x5 a0 0x0 a1 0x0 a2 0xffff88801ca00000 a3 0xff", TargetKind::KvmHypercall, 5);
    touches("kvm_hypercall: nr=0xb a0=0x0", TargetKind::KvmHypercall, 11);
    touches("kvm_hv_hypercall: code 0x5d fast var_cnt 0x0 rep_cnt 0x0 idx 0x0 in 0x1 out 0x0",
        TargetKind::HypervHypercall, 0x5d);
    touches("kvm_xen_hypercall: cpl 0 nr 0x1d a0 0x1 a1 0x2", TargetKind::XenHypercall, 0x1d);
    touches("kvm_apic: apic_write APIC_EOI = 0x0", TargetKind::ApicRegister, 0xb0);
    touches("kvm_apic: apic_read APIC_TMCCT = 0x12", TargetKind::ApicRegister, 0x390);
    touches("kvm_apic: apic_read 0x3e4 = 0x12", TargetKind::ApicRegister, 0x3e4);
    touches("kvm_apic: rw=1 reg=176 val=0x0", TargetKind::ApicRegister, 0xb0);
    touches("kvm_inj_virq: IRQ 0xec", TargetKind::Vector, 0xec);
    touches("kvm_inj_virq: Soft/INTn 0x80 [reinjected]", TargetKind::Vector, 0x80);
    touches("kvm_inj_virq: irq 236", TargetKind::Vector, 236);
    touches("kvm_inj_virq: vector=0xec soft=0 reinjected=0", TargetKind::Vector, 0xec);
    for (const char *event : {"kvm_pio: a port", "kvm_mmio: gpa", "kvm_apic: apic_write APIC_NEW = 0x0",
             "kvm_page_fault: vcpu 0 rip 0x1 address 0xffff888012345678 error_code 0x4",
             "kvm_inj_virq:", "kvm_vcpu_wakeup: something", "kvm_halt_poll_ns: vcpu 1: halt_poll_ns x (grow 0)",
             "sched_migrate_task: comm=a pid=7 prio=120 orig_cpu=0"})
        add(event, Event::HostProof, 0);
    add("kvm_vcpu_wakeup: wait time 193065783 ns, polling valid", Event::HaltWakeup, 193065783);
    add("kvm_vcpu_wakeup: poll time 77 ns, polling invalid", Event::HaltWakeup, 77);
    add("kvm_vcpu_wakeup: ns=193065783 waited=1 valid=1", Event::HaltWakeup, 193065783);
    add("kvm_halt_poll_ns: vcpu 1: halt_poll_ns 10000 (grow 0)", Event::HaltPolling, 10000);
    add("kvm_halt_poll_ns: vcpu 1: halt_poll_ns 0 (shrink 10000)", Event::HaltPolling, 0);
    add("kvm_halt_poll_ns: grow=1 vcpu_id=1 new=10000 old=0", Event::HaltPolling, 10000);
    add("sched_migrate_task: comm=a pid=1 pid=7 prio=120 orig_cpu=2 dest_cpu=1", Event::Migration,
        (quint64(2) << 32) + 7);
    add("kvm_write_tsc_offset: vcpu=1 prev=0 next=18446744073709551615", Event::TscOffset, quint64(-1));
    add("kvm_write_tsc_offset: vcpu_id=1 previous_tsc_offset=0 next_tsc_offset=77", Event::TscOffset, 77);
    add("kvm_eoi: apicid 1 vector 236", Event::HostProof, 0);
}

void TestEventLine::fields()
{
    QFETCH(QByteArray, event);
    const TextRead read = readTextOf("a-37 [000] 1.000001: " + event + "\n");
    QCOMPARE(read.error, "");
    QCOMPARE(read.steps.size(), 1u);
    const Record &record = read.steps[0].record;
    QTEST(int(record.kind), "kind");
    const bool isEnds = record.kind == EventKind::IrqBegin || record.kind == EventKind::IrqEnd;
    QTEST(isEnds                                  ? quint64(record.irq.source)
            : record.kind == EventKind::HostProof ? quint64(record.plain.entersKernel)
                                                  : quint64(record.raw[0]),
        "first");
}

QTEST_GUILESS_MAIN(TestEventLine)
#include "tst_event_line.moc"
