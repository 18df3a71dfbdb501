// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// Fields as other kernels record them, and the end of threads.
class TestWrittenFields : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reasonsOf64Bits_data();
    void reasonsOf64Bits();
    void fieldsOfNewerKernels_data();
    void fieldsOfNewerKernels();
    void threadThatEnds_data();
    void threadThatEnds();
};

namespace {

QStringList list(std::initializer_list<const char *> texts)
{
    QStringList result;
    for (const char *text : texts)
        result << QString::fromLatin1(text);
    return result;
}

void tracers()
{
    QTest::addColumn<int>("tracer");
    QTest::newRow("LTTng") << int(Tracer::Lttng);
    QTest::newRow("LTTng, old") << int(Tracer::OldLttng);
    QTest::newRow("perf") << int(Tracer::Perf);
}

} // namespace

void TestWrittenFields::reasonsOf64Bits_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, const char *fields, const char *reason) {
        QTest::newRow(name) << QByteArray(fields) << QString::fromUtf8(reason);
    };
    row("SVM", "reason=0x78 isa=2", "hlt halt");
    row("SVM, the whole value", "reason=0x100000078 isa=2", "2:0x100000078 other");
    row("SVM, -1 in 32 bits", "reason=0xffffffff isa=2", "invalid_guest_state other");
    row("SVM, -1 in 64 bits", "reason=-1 isa=2", "invalid_guest_state other");
    row("VMX", "reason=12 isa=1", "HLT halt");
    row("VMX, bits above 31", "reason=0xffffffff0000000c isa=1", "HLT halt");
    row("VMX, bits 16 to 25", "reason=0xffffffff0001000c isa=1", "1:0x1000c other");
}

void TestWrittenFields::reasonsOf64Bits()
{
    QFETCH(QByteArray, fields);
    QFETCH(QString, reason);
    const Recording recording = loadScript(
        "10 p0 kvm_entry tid=31\n20 p0 kvm_exit tid=31 " + fields.toStdString() + "\n30 p0 kvm_entry tid=31\n",
        [](CtfOptions &options) { options.recorded.wideReason = true; });
    const ExitReason &found = recording.reasons[firstVcpu(recording).exits.reason(0)];
    QCOMPARE(QString(found.name % QLatin1Char(' ') % found.className), reason);
}

void TestWrittenFields::fieldsOfNewerKernels_data()
{
    tracers();
}

// They change nothing: the interruption in the entry is what KVM injects, not why the guest left.
void TestWrittenFields::fieldsOfNewerKernels()
{
    QFETCH(int, tracer);
    const Recording recording
        = loadScript("10 p0 kvm_entry vcpu_id=7 tid=31 pid=30\n"
                     "20 p0 kvm_exit reason=0 isa=1 rip=0x1234 info1=5 vcpu_id=7 intr_info=0x80000202 tid=31 pid=30\n"
                     "30 p0 kvm_entry vcpu_id=7 tid=31 pid=30\n"
                     "40 p0 kvm_exit reason=0 isa=1 rip=0x5678 vcpu_id=7 intr_info=0x80000306 tid=31 pid=30\n"
                     "50 p0 kvm_entry vcpu_id=7 tid=31 pid=30\n",
            [tracer](CtfOptions &options) {
                options.tracer = Tracer(tracer);
                options.recorded.newerFields = true;
            });
    QCOMPARE(timelineText(recording.hosts.at(0), recording.reasons, recording.diagnostics),
        list({"vm-30/7: 10 Guest p0, 20 Kvm p0, 30 Guest p0, 40 Kvm p0, 50",
            "20 1:0: event 20 entry 10 run 10 gross 10 net 10 kvm 10 interrupt p0",
            "40 1:0: event 40 entry 30 run 10 gross 10 net 10 kvm 10 host p0"}));
    QCOMPARE(firstVcpu(recording).exits.guestRip(0), std::uint64_t(0x1234));
}

void TestWrittenFields::threadThatEnds_data()
{
    tracers();
}

// From its end on it is Unknown. What has its tid later is another thread, here of another process.
void TestWrittenFields::threadThatEnds()
{
    QFETCH(int, tracer);
    const Recording recording = loadScript("10 p0 kvm_entry tid=31 pid=30\n"
                                           "20 p0 kvm_exit reason=10 isa=1 tid=31 pid=30\n"
                                           "30 p0 sched_process_exit of_tid=31 tid=31 pid=30\n"
                                           "50 p0 kvm_entry tid=31 pid=40\n"
                                           "60 p0 kvm_exit reason=10 isa=1 tid=31 pid=40\n"
                                           "70 p0 kvm_entry tid=31 pid=40\n",
        [tracer](CtfOptions &options) { options.tracer = Tracer(tracer); });
    QCOMPARE(timelineText(recording.hosts.at(0), recording.reasons, recording.diagnostics),
        list({"vm-30/0: 10 Guest p0, 20 Kvm p0, 30 Unknown, 70", "20 1:10: event 20 entry 10 run 10 gross - host p0",
            "vm-40/0: 10 Unknown, 50 Guest p0, 60 Kvm p0, 70",
            "60 1:10: event 60 entry 50 run 10 gross 10 net 10 kvm 10 host p0"}));
}

QTEST_GUILESS_MAIN(TestWrittenFields)
#include "tst_written_fields.moc"
