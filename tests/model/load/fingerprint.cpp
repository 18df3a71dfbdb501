// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDataStream>

#include "tests/model/load/trace_copy.h"

namespace exitscope::testing {

namespace {

// Reasons by what they are: their numbers in the table are in the order in which they were met, by a reading in vain,
// too.
void write(QDataStream &out, const Vcpu &vcpu, const ReasonTable &reasons)
{
    out << vcpu.number << qint32(vcpu.tid.value_or(-1));
    for (std::size_t i = 0; i < vcpu.states.size(); ++i)
        out << qint64(vcpu.states.begin(i)) << qint64(vcpu.states.end(i)) << int(vcpu.states.state(i))
            << vcpu.states.pcpu(i);
    const ExitColumns &exits = vcpu.exits;
    for (std::size_t i = 0; i < exits.size(); ++i) {
        out << qint64(exits.time(i)) << qint64(exits.event(i)) << qint64(exits.entry(i)) << qint64(exits.end(i));
        const ExitParts parts = exits.parts(i);
        for (const Ns part : {parts.kvm, parts.userspace, parts.preempted, parts.idle, parts.blocked, parts.irq})
            out << qint64(part);
        const ReasonKey reason = reasons[exits.reason(i)].key;
        out << quint64(exits.guestRip(i)) << int(reason.isa) << qint64(reason.code) << int(exits.scenario(i))
            << exits.pcpu(i);
    }
    for (const Ns entry : vcpu.entries)
        out << qint64(entry);
    for (std::size_t i = 0; i < vcpu.irq.size(); ++i)
        out << qint64(vcpu.irq.begin(i)) << qint64(vcpu.irq.end(i));
    for (std::size_t i = 0; i < vcpu.haltKvm.size(); ++i)
        out << qint64(vcpu.haltKvm.begin(i)) << qint64(vcpu.haltKvm.end(i));
}

} // namespace

QByteArray fingerprint(const Recording &recording)
{
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    for (const TraceInfo &trace : recording.traces)
        out << trace.path << int(trace.role) << qint64(trace.events) << qint64(trace.discardedEvents) << trace.used;
    for (const Timeline &host : recording.hosts) {
        out << qint64(host.range.from) << qint64(host.range.to);
        for (const Vm &vm : host.vms) {
            out << vm.name << qint32(vm.pid.value_or(-1));
            for (const Vcpu &vcpu : vm.vcpus)
                write(out, vcpu, recording.reasons);
        }
    }
    for (const Diagnostic &diagnostic : recording.diagnostics)
        out << diagnostic.code << diagnostic.path << diagnostic.message << qint64(diagnostic.count);
    return bytes;
}

} // namespace exitscope::testing
