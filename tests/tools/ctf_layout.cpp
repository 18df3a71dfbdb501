// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/ctf_layout.h"

#include <stdexcept>

namespace exitscope::testing {

namespace {

struct Names {
    std::string_view lttng;
    std::string_view oldLttng;
    std::string_view perf;
};

constexpr Names kRecordedNames[] = {
    {"kvm_x86_entry", "kvm_entry", "kvm:kvm_entry"},
    {"kvm_x86_exit", "kvm_exit", "kvm:kvm_exit"},
    {"kvm_userspace_exit", "kvm_userspace_exit", "kvm:kvm_userspace_exit"},
    {"syscall_entry_ioctl", "syscall_entry_ioctl", "syscalls:sys_enter_ioctl"},
    {"syscall_exit_ioctl", "syscall_exit_ioctl", "syscalls:sys_exit_ioctl"},
    {"sched_switch", "sched_switch", "sched:sched_switch"},
    {"sched_wakeup", "sched_wakeup", "sched:sched_wakeup"},
    {"sched_wakeup_new", "sched_wakeup_new", "sched:sched_wakeup_new"},
    {"sched_waking", "sched_waking", "sched:sched_waking"},
    {"irq_handler_entry", "irq_handler_entry", "irq:irq_handler_entry"},
    {"irq_handler_exit", "irq_handler_exit", "irq:irq_handler_exit"},
    {"irq_softirq_entry", "softirq_entry", "irq:softirq_entry"},
    {"irq_softirq_exit", "softirq_exit", "irq:softirq_exit"},
    {"timer_hrtimer_expire_entry", "hrtimer_expire_entry", "timer:hrtimer_expire_entry"},
    {"timer_hrtimer_expire_exit", "hrtimer_expire_exit", "timer:hrtimer_expire_exit"},
    {"x86_irq_vectors_local_timer_entry", "", "irq_vectors:local_timer_entry"},
    {"x86_irq_vectors_local_timer_exit", "", "irq_vectors:local_timer_exit"},
    {"lttng_statedump_process_state", "lttng_statedump_process_state", ""},
    {"sched_process_fork", "sched_process_fork", "sched:sched_process_fork"},
    {"sched_process_exit", "sched_process_exit", "sched:sched_process_exit"},
    {"vmsync_gh_guest", "vmsync_gh_guest", ""},
    {"vmsync_gh_host", "vmsync_gh_host", ""},
    {"vmsync_hg_host", "vmsync_hg_host", ""},
    {"vmsync_hg_guest", "vmsync_hg_guest", ""},
    {"kvm_x86_write_tsc_offset", "kvm_write_tsc_offset", "kvm:kvm_write_tsc_offset"},
    {"sched_migrate_task", "sched_migrate_task", "sched:sched_migrate_task"},
    {"kvm_vcpu_wakeup", "kvm_vcpu_wakeup", "kvm:kvm_vcpu_wakeup"},
    {"kvm_halt_poll_ns", "kvm_halt_poll_ns", "kvm:kvm_halt_poll_ns"},
};
static_assert(std::size(kRecordedNames) == std::size_t(EventType::Touch));

std::vector<Field> exitFields(const RecordedFields &recorded)
{
    std::vector<Field> fields{{"exit_reason", recorded.wideReason ? FieldType::U64 : FieldType::U32, &Event::reason},
        {"guest_rip", FieldType::U64, &Event::rip}};
    if (recorded.isa)
        fields.push_back({"isa", FieldType::U32, &Event::isa});
    fields.push_back({"info1", FieldType::U64, &Event::info1});
    fields.push_back({"info2", FieldType::U64, &Event::info2});
    if (recorded.intrInfo) {
        fields.push_back({"intr_info", FieldType::U32, &Event::intrInfo});
        fields.push_back({"error_code", FieldType::U32});
    }
    if (recorded.exitVcpuId)
        fields.push_back({"vcpu_id", FieldType::U32, &Event::vcpuId});
    if (recorded.newerFields)
        fields.push_back({"requests", FieldType::U64, &Event::info1});
    return fields;
}

std::vector<Field> entryFields(const RecordedFields &recorded)
{
    std::vector<Field> fields;
    if (recorded.entryVcpuId)
        fields.push_back({"vcpu_id", FieldType::U32, &Event::vcpuId});
    if (recorded.newerFields) {
        fields.push_back({"rip", FieldType::U64, &Event::rip});
        fields.push_back({"immediate_exit", FieldType::U32});
        fields.push_back({"intr_info", FieldType::U32});
        fields.push_back({"error_code", FieldType::U32});
    }
    return fields;
}

std::vector<Field> switchFields(bool perf)
{
    return {{"prev_comm", FieldType::Text16, nullptr, &Event::procname},
        {perf ? "prev_pid" : "prev_tid", FieldType::S32, &Event::prevTid}, {"prev_prio", FieldType::S32},
        {"prev_state", FieldType::S64, &Event::prevState},
        {"next_comm", FieldType::Text16, nullptr, &Event::subjectName},
        {perf ? "next_pid" : "next_tid", FieldType::S32, &Event::nextTid}, {"next_prio", FieldType::S32}};
}

std::vector<Field> forkFields(bool perf)
{
    if (perf) {
        return {{"parent_comm", FieldType::Text16, nullptr, &Event::procname},
            {"parent_pid", FieldType::S32, &Event::tid},
            {"child_comm", FieldType::Text16, nullptr, &Event::subjectName},
            {"child_pid", FieldType::S32, &Event::subjectTid}};
    }
    return {{"parent_comm", FieldType::Text16, nullptr, &Event::procname}, {"parent_tid", FieldType::S32, &Event::tid},
        {"parent_pid", FieldType::S32, &Event::pid}, {"child_comm", FieldType::Text16, nullptr, &Event::subjectName},
        {"child_tid", FieldType::S32, &Event::subjectTid}, {"vtids", FieldType::Sequence, &Event::subjectTid},
        {"child_pid", FieldType::S32, &Event::subjectPid}};
}

std::vector<Field> touchFields(const std::string &name, bool perf)
{
    const TouchForm &form = touchForm(name);
    return {{name == "kvm_msr" ? "write" : "rw", FieldType::U32, &Event::write},
        {perf ? form.field : form.lttngField, FieldType::U64, &Event::number}};
}

std::string touchName(const Event &event, Tracer tracer)
{
    const TouchForm &form = touchForm(event.otherName);
    if (tracer == Tracer::Perf)
        return "kvm:" + event.otherName;
    if (!form.inLttng)
        throw std::invalid_argument("LTTng has no event " + event.otherName);
    return tracer == Tracer::Lttng && form.x86 ? "kvm_x86_" + event.otherName.substr(4) : event.otherName;
}

// Of the entry or the exit of a system call, and of a mark; else none.
std::vector<Field> callFields(const std::string &name)
{
    const std::string own = name.substr(name.rfind(':') + 1);
    const bool isExit = own.starts_with("syscall_exit_") || own.starts_with("sys_exit");
    const bool isNumbered = own.ends_with("_unknown") || own == "sys_enter" || own == "sys_exit";
    std::vector<Field> fields;
    if (isNumbered && (isExit || own.starts_with("sys")))
        fields.push_back({"id", FieldType::S64, &Event::number});
    if (isExit)
        fields.push_back({"ret", FieldType::S64, &Event::ret});
    if (own.starts_with("syscall_entry_open") || own.starts_with("sys_enter_open"))
        fields.push_back({"filename", FieldType::Text16, nullptr, &Event::subjectName});
    if (own == "lttng_logger")
        fields.push_back({"msg", FieldType::Text16, nullptr, &Event::subjectName});
    return fields;
}

std::vector<Field> ownFields(const Event &event, bool perf, const RecordedFields &recorded)
{
    switch (event.type) {
    case EventType::Touch:
        return touchFields(event.otherName, perf);
    case EventType::VmEntry:
        return entryFields(recorded);
    case EventType::VmExit:
        return exitFields(recorded);
    case EventType::UserspaceExit:
        return {{"reason", FieldType::U32, &Event::reason}, {"errno", FieldType::S32, &Event::error}};
    case EventType::IoctlEntry:
        return {{"fd", FieldType::U32}, {"cmd", perf ? FieldType::U64 : FieldType::U32, &Event::cmd},
            {"arg", FieldType::U64}};
    case EventType::IoctlExit:
        return {{"ret", FieldType::S64, &Event::ret}, {"arg", FieldType::U64}};
    case EventType::SchedSwitch:
        return switchFields(perf);
    case EventType::SchedWakeup:
    case EventType::SchedWakeupNew:
    case EventType::SchedWaking:
        return {{"comm", FieldType::Text16, nullptr, &Event::subjectName},
            {perf ? "pid" : "tid", FieldType::S32, &Event::subjectTid}, {"prio", FieldType::S32},
            {"target_cpu", FieldType::S32, &Event::targetPcpu}};
    case EventType::ProcessState:
        return {{"tid", FieldType::S32, &Event::subjectTid}, {"pid", FieldType::S32, &Event::subjectPid},
            {"ppid", FieldType::S32}, {"name", FieldType::Text16, nullptr, &Event::subjectName},
            {"type", FieldType::S32, &Event::number}};
    case EventType::Fork:
        return forkFields(perf);
    case EventType::ProcessExit:
        return {{"comm", FieldType::Text16, nullptr, &Event::subjectName},
            {perf ? "pid" : "tid", FieldType::S32, &Event::subjectTid}, {"prio", FieldType::S32}};
    case EventType::VmsyncGuestCalls:
    case EventType::VmsyncHostReceives:
    case EventType::VmsyncHostAnswers:
    case EventType::VmsyncGuestResumes:
        return {{"cnt", FieldType::U32, &Event::number}, {"vm_uid", FieldType::U64, &Event::vmUid}};
    case EventType::TscOffset:
        return {{"vcpu_id", FieldType::U32, &Event::vcpuId},
            {"previous_tsc_offset", FieldType::U64, &Event::previousOffset},
            {"next_tsc_offset", FieldType::U64, &Event::nextOffset}};
    case EventType::MigrateTask:
        return {{"comm", FieldType::Text16, nullptr, &Event::subjectName},
            {perf ? "pid" : "tid", FieldType::S32, &Event::subjectTid}, {"prio", FieldType::S32},
            {"orig_cpu", FieldType::S32, &Event::fromPcpu}, {"dest_cpu", FieldType::S32, &Event::targetPcpu}};
    case EventType::HaltWakeup:
        return {{"ns", FieldType::U64, &Event::ns}, {"waited", FieldType::U32, &Event::waited},
            {"valid", FieldType::U32, &Event::waited}};
    case EventType::HaltPolling:
        return {{"grow", FieldType::U32}, {"vcpu_id", FieldType::U32, &Event::vcpuId},
            {"new", FieldType::U32, &Event::ns}, {"old", FieldType::U32, &Event::previousNs}};
    case EventType::HrtimerEntry:
    case EventType::HrtimerExit:
        return {{"hrtimer", FieldType::Hex64, &Event::number}};
    case EventType::SoftirqEntry:
    case EventType::SoftirqExit:
    case EventType::VectorEntry:
    case EventType::VectorExit:
        return {{"vec", FieldType::U32, &Event::number}};
    case EventType::Other:
        return callFields(event.otherName);
    default:
        return {{"irq", FieldType::S32, &Event::number}};
    }
}

} // namespace

std::string recordedName(const Event &event, Tracer tracer)
{
    if (event.type == EventType::Other)
        return event.otherName;
    if (event.type == EventType::Touch)
        return touchName(event, tracer);
    const Names &names = kRecordedNames[std::size_t(event.type)];
    const std::string_view name
        = tracer == Tracer::Lttng ? names.lttng : (tracer == Tracer::OldLttng ? names.oldLttng : names.perf);
    if (name.empty())
        throw std::invalid_argument("this tracer has no event " + std::string(scriptName(event.type)));
    return std::string(name);
}

std::vector<Field> payloadOf(const Event &event, Tracer tracer, const RecordedFields &recorded)
{
    const bool perf = tracer == Tracer::Perf;
    std::vector<Field> fields;
    if (perf) {
        fields.push_back({"perf_ip", FieldType::Hex64, &Event::rip});
        if (recorded.tid)
            fields.push_back({"perf_tid", FieldType::S32, &Event::tid});
        if (recorded.pid)
            fields.push_back({"perf_pid", FieldType::S32, &Event::pid});
        fields.push_back({"perf_period", FieldType::U64});
    }
    for (const Field &field : ownFields(event, perf, recorded))
        fields.push_back(field);
    return fields;
}

std::vector<Field> contextOf(Tracer tracer, const RecordedFields &recorded)
{
    std::vector<Field> fields;
    if (tracer == Tracer::Perf)
        return fields;
    if (recorded.tid)
        fields.push_back({"tid", FieldType::S32, &Event::tid});
    if (recorded.pid)
        fields.push_back({"pid", FieldType::S32, &Event::pid});
    if (recorded.procname)
        fields.push_back({"procname", FieldType::Text16, nullptr, &Event::procname});
    return fields;
}

std::string declaration(const Field &field, Tracer tracer)
{
    // LTTng marks the names of all fields, perf none.
    const std::string name = (tracer == Tracer::Perf ? "" : "_") + std::string(field.name);
    const auto integer = [](int size, int sign, const char *rest) {
        return "integer { size = " + std::to_string(size) + "; align = 8; signed = " + std::to_string(sign)
            + "; encoding = " + rest + "; }";
    };
    switch (field.type) {
    case FieldType::S32:
        return integer(32, 1, "none; base = 10") + " " + name + ";";
    case FieldType::U32:
        return integer(32, 0, "none; base = 10") + " " + name + ";";
    case FieldType::S64:
        return integer(64, 1, "none; base = 10") + " " + name + ";";
    case FieldType::U64:
        return integer(64, 0, "none; base = 10") + " " + name + ";";
    case FieldType::Hex64:
        return integer(64, 0, "none; base = 16") + " " + name + ";";
    case FieldType::Text16:
        return tracer == Tracer::Perf ? "string { encoding = UTF8; } " + name + ";"
                                      : integer(8, 1, "UTF8; base = 10") + " " + name + "[16];";
    case FieldType::Sequence:
        return integer(8, 0, "none; base = 10") + " _" + name + "_length;\n\t\t" + integer(32, 1, "none; base = 10")
            + " " + name + "[ _" + name + "_length ];";
    }
    throw std::logic_error("a field type without a declaration");
}

} // namespace exitscope::testing
