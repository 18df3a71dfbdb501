// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <algorithm>
#include <string_view>

#include "model/record/event_fields.h"
#include "model/record/target.h"
#include "model/source/process/frame_checks.h"

using namespace exitscope;

namespace {

using Kind = TargetKind;

constexpr std::uint64_t kNone = ~std::uint64_t(0);

// The position of a field among those that a class of events has, from 1; 0: it has none.
struct Slot {
    std::size_t position = 0;
    explicit operator bool() const { return position > 0; }
};
struct Fields {
    std::vector<const char *> names;
    Slot integer(FieldPlace place, const char *name) const
    {
        const auto is = [name](const char *known) { return std::string_view(known) == name; };
        const auto found = std::ranges::find_if(names, is);
        return {place == FieldPlace::Payload && found != names.end() ? std::size_t(found - names.begin()) + 1 : 0};
    }
    Slot text(FieldPlace, const char *) const { return {}; }
};

// The record of an event that has these fields with these values; one of value kNone is declared only.
Record recordWith(const char *event, const std::vector<std::pair<const char *, std::uint64_t>> &values)
{
    Fields fields;
    for (const auto &[name, value] : values)
        fields.names.push_back(name);
    const auto plan = EventPlanner<Slot, Fields>(fields).plan(event);
    EventTold told;
    for (std::size_t place = 0; place < plan.fields.size(); ++place) {
        if (!plan.fields[place])
            continue;
        const std::uint64_t value = values[plan.fields[place].position - 1].second;
        told.has[place] = value != kNone;
        told.numbers[place] = std::int64_t(value);
    }
    return recordOf(plan.what, told);
}

} // namespace

// What fields and events tell that an exit touched, by the words of the manual's "Targets".
class TestTarget : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void packed();
    void byFields_data();
    void byFields();
    void kindsOfReasons_data();
    void kindsOfReasons();
    void touches_data();
    void touches();
    void halts();
    void migrations();
    void exitsInfoIsOfVmxOnly();
    void checksOfFrames();
};

void TestTarget::packed()
{
    QVERIFY(!Target{}.isKnown());
    QVERIFY(Target{}.isValid());
    const Target page = Target::of(Kind::Page, 0xfffffffffffff);
    QCOMPARE(int(page.kind()), int(Kind::Page));
    QCOMPARE(page.value(), std::uint64_t(0xffffffffff000));
    QCOMPARE(page.region().value(), std::uint64_t(0xfffffffe00000));
    QVERIFY(!Target::of(Kind::Page, std::uint64_t(1) << 52).isKnown()); // LTTng's kvm_page_fault
    const Target port = Target::of(Kind::Port, 0x3f8);
    QCOMPARE(port.value(), std::uint64_t(0x3f8));
    QVERIFY(port.region() == port);
    QVERIFY(!Target::of(Kind::None, 3).isKnown());
    QVERIFY(!(Target{std::uint64_t(kTargetKinds) << 52}.isValid()));
    QVERIFY(!Target{3}.isValid()); // None has no value
}

void TestTarget::byFields_data()
{
    QTest::addColumn<int>("isa");
    QTest::addColumn<quint64>("reason");
    QTest::addColumn<quint64>("info1");
    QTest::addColumn<quint64>("info2");
    QTest::addColumn<quint64>("intrInfo");
    QTest::addColumn<int>("kind");
    QTest::addColumn<quint64>("value");
    const auto row = [](const char *name, int isa, quint64 reason, quint64 info1, quint64 info2, quint64 intrInfo,
                         Kind kind, quint64 value) {
        QTest::newRow(name) << isa << reason << info1 << info2 << intrInfo << int(kind) << value;
    };
    row("SVM io", 2, 123, 0x03f80210, 0x1234, kNone, Kind::Port, 0x3f8);
    row("VMX io", 1, 30, 0xcfc0008, 0, kNone, Kind::Port, 0xcfc);
    row("VMX io, from an enclave", 1, 30 | 1u << 27, 0xcfc0008, 0, kNone, Kind::Port, 0xcfc);
    row("VMX, a reason that no table names", 1, 30 | 1u << 16, 0xcfc0008, 0, kNone, Kind::None, 0);
    row("io without info1", 2, 123, kNone, kNone, kNone, Kind::None, 0);
    row("NPF", 2, 1024, 4, 0xfebff0b4, kNone, Kind::Page, 0xfebff000);
    row("NPF above all addresses", 2, 1024, 4, std::uint64_t(1) << 52, kNone, Kind::None, 0);
    row("EPT violation: an event tells it", 1, 48, 1, 0xfebff0b4, kNone, Kind::None, 0);
    row("external interrupt", 1, 1, 0, 0, 0x800000ec, Kind::Vector, 0xec);
    row("external interrupt, not valid", 1, 1, 0, 0, 0xec, Kind::None, 0);
    row("external interrupt, not recorded", 1, 1, 0, 0, kNone, Kind::None, 0);
    row("SVM interrupt has no vector", 2, 96, 0, 0, 0x800000ec, Kind::None, 0);
    row("VMX CR access", 1, 28, 0x304, 0, kNone, Kind::ControlRegister, 4);
    row("VMX CLTS", 1, 28, 0x20, 0, kNone, Kind::ControlRegister, 0);
    row("VMX DR access", 1, 29, 0x117, 0, kNone, Kind::DebugRegister, 7);
    row("SVM read_cr0", 2, 0, 0, 0, kNone, Kind::ControlRegister, 0);
    row("SVM read_cr8", 2, 8, 0, 0, kNone, Kind::ControlRegister, 8);
    row("SVM write_cr4", 2, 20, 0, 0, kNone, Kind::ControlRegister, 4);
    row("SVM read_dr0", 2, 32, 0, 0, kNone, Kind::DebugRegister, 0);
    row("SVM write_dr7", 2, 55, 0, 0, kNone, Kind::DebugRegister, 7);
    row("SVM DE exception", 2, 64, 0, 0, kNone, Kind::None, 0);
    row("SVM cr0_sel_write", 2, 0x65, 0, 0, kNone, Kind::ControlRegister, 0);
    row("SVM write_efer_trap", 2, 143, 0, 0, kNone, Kind::None, 0);
    row("SVM write_cr8_trap", 2, 152, 0, 0, kNone, Kind::ControlRegister, 8);
    row("SVM cr15_write_trap", 2, 159, 0, 0, kNone, Kind::ControlRegister, 15);
    row("SVM monitor_cond", 2, 160, 0, 0, kNone, Kind::None, 0);
    row("no isa", 0, 30, 0xcfc0008, 0, kNone, Kind::None, 0);
    row("arm64", kIsaArm64, 30, 0xcfc0008, 0, kNone, Kind::None, 0);
}

void TestTarget::byFields()
{
    QFETCH(int, isa);
    QFETCH(quint64, reason);
    QFETCH(quint64, info1);
    QFETCH(quint64, info2);
    QFETCH(quint64, intrInfo);
    QFETCH(int, kind);
    QFETCH(quint64, value);
    const Record record = recordWith("kvm_exit",
        {{"exit_reason", reason}, {"isa", std::uint64_t(isa)}, {"info1", info1}, {"info2", info2},
            {"intr_info", intrInfo}});
    QCOMPARE(int(record.exit.target.kind()), kind);
    QCOMPARE(quint64(record.exit.target.value()), value);
}

void TestTarget::kindsOfReasons_data()
{
    QTest::addColumn<int>("isa");
    QTest::addColumn<quint64>("reason");
    QTest::addColumn<QList<int>>("kinds");
    const auto row = [](const char *name, int isa, quint64 reason, std::initializer_list<Kind> kinds) {
        QList<int> numbers;
        for (const Kind kind : kinds)
            numbers << int(kind);
        QTest::newRow(name) << isa << reason << numbers;
    };
    row("VMX interrupt window", 1, 7, {Kind::Vector});
    row("VMX CPUID", 1, 10, {Kind::CpuidLeaf});
    row("VMX VMCALL", 1, 18, {Kind::KvmHypercall, Kind::HypervHypercall, Kind::XenHypercall});
    row("VMX IO", 1, 30, {Kind::Port});
    row("VMX RDMSR", 1, 31, {Kind::Msr});
    row("VMX WRMSR", 1, 32, {Kind::Msr});
    row("VMX RDMSR, immediate", 1, 84, {Kind::Msr});
    row("VMX WRMSR, immediate", 1, 85, {Kind::Msr});
    row("VMX APIC access", 1, 44, {Kind::ApicRegister});
    row("VMX EPT violation", 1, 48, {Kind::Page});
    row("VMX EPT misconfiguration", 1, 49, {Kind::Page});
    row("VMX HLT", 1, 12, {});
    row("VMX, a reason that no table names", 1, 10 | 1u << 16, {});
    row("SVM vintr", 2, 100, {Kind::Vector});
    row("SVM cpuid", 2, 114, {Kind::CpuidLeaf});
    row("SVM io", 2, 123, {Kind::Port});
    row("SVM msr", 2, 124, {Kind::Msr});
    row("SVM vmmcall", 2, 129, {Kind::KvmHypercall, Kind::HypervHypercall, Kind::XenHypercall});
    row("SVM npf", 2, 1024, {Kind::Page});
    row("SVM hlt", 2, 120, {});
    row("SVM, where VMX has CPUID", 2, 10, {});
    row("no isa", 0, 10, {});
}

void TestTarget::kindsOfReasons()
{
    QFETCH(int, isa);
    QFETCH(quint64, reason);
    QFETCH(QList<int>, kinds);
    QList<int> found;
    for (int kind = 0; kind < kTargetKinds; ++kind)
        if ((targetKindsOf(std::uint8_t(isa), reason) & bit(Kind(kind))) != 0)
            found << kind;
    QCOMPARE(found, kinds);
}

void TestTarget::touches_data()
{
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("ofDevice");
    const auto row = [](const char *event, const char *field, Kind kind, bool ofDevice = false) {
        QTest::addRow("%s %s", event, field) << QByteArray(event) << QByteArray(field) << int(kind) << ofDevice;
    };
    row("kvm_x86_pio", "port", Kind::Port);
    row("kvm:kvm_pio", "port", Kind::Port);
    row("kvm_mmio", "gpa", Kind::Page, true);
    row("kvm:kvm_mmio", "gpa", Kind::Page, true);
    row("kvm:kvm_fast_mmio", "gpa", Kind::Page, true);
    row("kvm_x86_page_fault", "fault_address", Kind::Page);
    row("kvm:kvm_page_fault", "fault_address", Kind::Page);
    row("kvm_x86_cpuid", "function", Kind::CpuidLeaf);
    row("kvm_x86_hypercall", "nr", Kind::KvmHypercall);
    row("kvm_x86_hv_hypercall", "code", Kind::HypervHypercall);
    row("kvm:kvm_xen_hypercall", "nr", Kind::XenHypercall);
    row("kvm_x86_apic", "reg", Kind::ApicRegister);
    row("kvm_x86_inj_virq", "irq", Kind::Vector);
    row("kvm:kvm_inj_virq", "vector", Kind::Vector);
    row("kvm_x86_msr", "ecx", Kind::Msr);
}

void TestTarget::touches()
{
    QFETCH(QByteArray, event);
    QFETCH(QByteArray, field);
    QFETCH(int, kind);
    QFETCH(bool, ofDevice);
    const auto of = [&](std::uint64_t value) {
        return recordWith(event.constData(), {{"write", 1}, {field.constData(), value}, {"rw", 1}});
    };
    const Record record = of(0x5060);
    QCOMPARE(int(record.kind), int(EventKind::Touch));
    QCOMPARE(int(record.touch.target.kind()), kind);
    QCOMPARE(record.touch.target.value(), std::uint64_t(kind == int(Kind::Page) ? 0x5000 : 0x5060));
    QCOMPARE(record.touch.ofDevice != 0, ofDevice);
    QVERIFY(record.provesHost);
    // What cannot be, or is not there, proves the host.
    QCOMPARE(int(of(0xffff888012345000).kind), int(EventKind::HostProof));
    QCOMPARE(int(recordWith(event.constData(), {{"other", 1}}).kind), int(EventKind::HostProof));
    if (kind != int(Kind::Msr))
        QCOMPARE(int(of(kNone).kind), int(EventKind::HostProof));
}

void TestTarget::halts()
{
    const Record wakeup = recordWith("kvm:kvm_vcpu_wakeup", {{"ns", 1234}, {"waited", 1}, {"valid", 0}});
    QCOMPARE(int(wakeup.kind), int(EventKind::HaltWakeup));
    QCOMPARE(wakeup.haltWakeup.ns, std::int64_t(1234));
    QCOMPARE(int(wakeup.haltWakeup.slept), 1);
    QCOMPARE(int(wakeup.haltWakeup.valid), 0);
    QCOMPARE(int(recordWith("kvm_vcpu_wakeup", {{"ns", 1234}, {"waited", 1}}).haltWakeup.valid), 1);
    QCOMPARE(int(recordWith("kvm_vcpu_wakeup", {{"ns", 1234}, {"valid", 1}}).kind), int(EventKind::HostProof));
    QCOMPARE(int(recordWith("kvm_vcpu_wakeup", {{"ns", kNone}, {"waited", 1}}).kind), int(EventKind::HostProof));
    const Record polling
        = recordWith("kvm:kvm_halt_poll_ns", {{"grow", 1}, {"vcpu_id", 3}, {"new", 20000}, {"old", 10000}});
    QCOMPARE(int(polling.kind), int(EventKind::HaltPolling));
    QCOMPARE(polling.haltPolling.nextNs, std::int64_t(20000));
    QCOMPARE(polling.haltPolling.previousNs, std::int64_t(10000));
    QCOMPARE(polling.haltPolling.vcpuId, 3);
}

void TestTarget::migrations()
{
    for (const char *tid : {"tid", "pid"}) {
        const Record moved = recordWith("sched_migrate_task", {{tid, 31}, {"orig_cpu", 2}, {"dest_cpu", 5}});
        QCOMPARE(int(moved.kind), int(EventKind::Migration));
        QCOMPARE(moved.migration.tid, 31);
        QCOMPARE(moved.migration.from, 2);
        QCOMPARE(moved.migration.to, 5);
    }
    QCOMPARE(recordWith("sched_migrate_task", {{"tid", 31}, {"dest_cpu", 70'000}}).migration.to, kNoPcpu);
    QCOMPARE(recordWith("sched_wakeup", {{"tid", 31}, {"target_cpu", 4}}).wakeup.pcpu, 4);
    QCOMPARE(recordWith("sched_wakeup", {{"tid", 31}}).wakeup.pcpu, kNoPcpu);
}

// Before Linux 5.10 info2 was VMX's interruption info; SVM's info2 is none.
void TestTarget::exitsInfoIsOfVmxOnly()
{
    const auto of = [](std::uint64_t isa) {
        return recordWith("kvm_exit", {{"exit_reason", 0}, {"isa", isa}, {"info2", 0x80000202}});
    };
    QVERIFY(of(1).hasIntrInfo);
    QCOMPARE(of(1).exit.intrInfo, 0x80000202u);
    QVERIFY(!of(2).hasIntrInfo);
    QVERIFY(recordWith("kvm_exit", {{"exit_reason", 0}, {"isa", 2}, {"intr_info", 0}}).hasIntrInfo);
}

void TestTarget::checksOfFrames()
{
    const auto fault = [](EventKind kind, const auto &fill) {
        Record record;
        record.kind = kind;
        record.pcpu = 0;
        fill(record);
        return faultOf(record, 0);
    };
    const Target port = Target::of(Kind::Port, 1);
    const Target wrong{std::uint64_t(kTargetKinds) << 52};
    const auto touch = [&](Target target, std::uint8_t ofDevice) {
        return fault(EventKind::Touch, [&](Record &record) { record.touch = {target, ofDevice}; });
    };
    QVERIFY(touch(port, 1).isEmpty());
    for (const QString &told : {touch(wrong, 0), touch({}, 0), touch(port, 2)})
        QVERIFY(told.contains(QStringLiteral("a target that no reader makes")));
    const auto exit
        = [&](Target target) { return fault(EventKind::VmExit, [&](Record &record) { record.exit.target = target; }); };
    QVERIFY(exit({}).isEmpty() && exit(port).isEmpty());
    QVERIFY(exit(wrong).contains(QStringLiteral("an exit with a target")));
    const auto halt = [&](std::uint8_t slept, std::uint8_t valid) {
        return fault(EventKind::HaltWakeup, [&](Record &record) { record.haltWakeup = {1, slept, valid}; });
    };
    QVERIFY(halt(1, 1).isEmpty());
    QVERIFY(!halt(2, 1).isEmpty() && !halt(1, 2).isEmpty());
    const auto move = [&](std::int32_t from, std::int32_t to) {
        return fault(EventKind::Migration, [&](Record &record) { record.migration = {1, from, to}; });
    };
    QVERIFY(move(kNoPcpu, 3).isEmpty());
    QVERIFY(!move(-2, 3).isEmpty() && !move(0, kMaxPcpu + 1).isEmpty());
    QVERIFY(!fault(EventKind::SchedWakeup, [](Record &record) { record.wakeup = {1, -2}; }).isEmpty());
}

QTEST_GUILESS_MAIN(TestTarget)
#include "tst_target.moc"
