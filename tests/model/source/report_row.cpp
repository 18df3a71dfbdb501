// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/source/report_row.h"

#include <QHash>
#include <QRegularExpression>

#include "tests/tools/record_text.h"

namespace exitscope::testing {

namespace {

// The files that this reads are of AMD.
Target svmTarget(qlonglong reason, qlonglong info1, qlonglong info2)
{
    if (reason == 0x7b)
        return Target::of(TargetKind::Port, std::uint64_t(info1) >> 16 & 0xffff);
    return reason == 0x400 ? Target::of(TargetKind::Page, std::uint64_t(info2)) : Target{};
}

// The field that says what an event is of; `base` of what has no 0x.
struct TouchField {
    TargetKind kind;
    QString field;
    int base;
};

Target touched(const QString &event, const QString &fields)
{
    static const QHash<QString, TouchField> forms{
        {QStringLiteral("kvm_pio"), {TargetKind::Port, QStringLiteral("port"), 10}},
        {QStringLiteral("kvm_mmio"), {TargetKind::Page, QStringLiteral("gpa"), 16}},
        {QStringLiteral("kvm_page_fault"), {TargetKind::Page, QStringLiteral("fault_address"), 16}},
        {QStringLiteral("kvm_msr"), {TargetKind::Msr, QStringLiteral("ecx"), 16}},
        {QStringLiteral("kvm_cpuid"), {TargetKind::CpuidLeaf, QStringLiteral("function"), 16}},
        {QStringLiteral("kvm_hypercall"), {TargetKind::KvmHypercall, QStringLiteral("nr"), 10}},
        {QStringLiteral("kvm_apic"), {TargetKind::ApicRegister, QStringLiteral("reg"), 10}},
        {QStringLiteral("kvm_inj_virq"), {TargetKind::Vector, QStringLiteral("vector"), 10}}};
    const auto form = forms.constFind(event);
    if (form == forms.cend())
        return {};
    const QRegularExpression value(QStringLiteral("\\b%1=(\\w+)").arg(form->field));
    const QString text = value.match(fields).captured(1);
    return Target::of(form->kind,
        text.startsWith(QLatin1String("0x")) ? text.toULongLong(nullptr, 16) : text.toULongLong(nullptr, form->base));
}

} // namespace

QString rowOf(const QString &line, int *cpu)
{
    static const QRegularExpression form(
        QStringLiteral("^ *.*-(\\d+) +\\[(\\d+)\\] +(\\d+)\\.(\\d{9}): (\\S+): +(.*)$"));
    const auto match = form.match(line);
    if (!match.hasMatch())
        return {};
    *cpu = match.captured(2).toInt();
    const QString name = match.captured(5);
    QHash<QString, qlonglong> values;
    static const QRegularExpression field(QStringLiteral("(\\w+)=(-?(?:0x[0-9a-f]+|\\d+))"));
    for (auto it = field.globalMatch(match.captured(6)); it.hasNext();) {
        const auto one = it.next();
        values[one.captured(1)]
            = qlonglong(one.captured(2).startsWith(QLatin1Char('-')) ? quint64(one.captured(2).toLongLong())
                                                                     : one.captured(2).toULongLong(nullptr, 0));
    }
    Record record;
    record.timeNs = match.captured(3).toLongLong() * 1'000'000'000 + match.captured(4).toLongLong();
    record.pcpu = *cpu;
    record.tid = match.captured(1).toInt();
    const auto value = [&](const char *of) { return values.value(QLatin1String(of)); };
    const auto int32 = [&](const char *of) { return std::int32_t(value(of)); };
    if (name == QLatin1String("kvm_entry")) {
        record.kind = EventKind::VmEntry;
        record.entry = {value("vcpu_id")};
    } else if (name == QLatin1String("kvm_exit")) {
        record.kind = EventKind::VmExit;
        record.isa = std::uint8_t(value("isa"));
        record.exit = {std::uint64_t(value("guest_rip")), std::uint64_t(value("exit_reason")), int32("vcpu_id"),
            std::uint32_t(value("intr_info")), svmTarget(value("exit_reason"), value("info1"), value("info2"))};
    } else if (name == QLatin1String("kvm_userspace_exit")) {
        record.kind = EventKind::UserspaceExit;
        record.userspaceExit = {int32("reason"), int32("errno")};
    } else if (name == QLatin1String("sched_switch")) {
        record.kind = EventKind::SchedSwitch;
        record.switched = {value("prev_state"), int32("prev_pid"), int32("next_pid")};
    } else if (name == QLatin1String("sched_wakeup")) {
        record.kind = EventKind::SchedWakeup;
        record.wakeup = {int32("pid"), int32("target_cpu")};
    } else if (name == QLatin1String("sys_enter_ioctl")) {
        record.kind = EventKind::IoctlEntry;
        record.ioctlEntry = {std::uint64_t(value("cmd"))};
    } else if (name == QLatin1String("sys_exit_ioctl")) {
        record.kind = EventKind::IoctlExit;
    } else if (name == QLatin1String("softirq_entry") || name == QLatin1String("irq_handler_entry")) {
        record.kind = EventKind::IrqBegin;
        record.irq = {name.startsWith(QLatin1Char('s')) ? IrqSource::Softirq : IrqSource::Handler, kNoIrq};
    } else if (name == QLatin1String("softirq_exit") || name == QLatin1String("irq_handler_exit")) {
        record.kind = EventKind::IrqEnd;
    } else if (name == QLatin1String("kvm_msr")
        && match.captured(6).contains(QLatin1String("write=1 ecx=6e0 "))) { // hexadecimal, without saying so
        record.kind = EventKind::DeadlineWrite;
    } else if (name == QLatin1String("kvm_vcpu_wakeup")) {
        record.kind = EventKind::HaltWakeup;
        record.haltWakeup = {value("ns"), std::uint8_t(value("waited")), std::uint8_t(value("valid"))};
    } else if (name == QLatin1String("kvm_halt_poll_ns")) {
        record.kind = EventKind::HaltPolling;
        record.haltPolling = {value("new"), value("old"), int32("vcpu_id")};
    } else if (name == QLatin1String("sched_migrate_task")) {
        record.kind = EventKind::Migration;
        record.migration = {int32("pid"), int32("orig_cpu"), int32("dest_cpu")};
    } else if (const Target target = touched(name, match.captured(6)); target.isKnown()) {
        record.kind = EventKind::Touch;
        record.touch = {target, std::uint8_t(name.endsWith(QLatin1String("mmio")))};
    } else {
        record.provesHost = name != QLatin1String("kvm_wait_lapic_expire");
    }
    return textOf(record, {});
}

} // namespace exitscope::testing
