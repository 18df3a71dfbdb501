// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/event.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace exitscope::testing {

namespace {

constexpr std::array<std::string_view, kEventTypes> kNames{"kvm_entry", "kvm_exit", "kvm_userspace_exit", "ioctl_entry",
    "ioctl_exit", "sched_switch", "sched_wakeup", "sched_wakeup_new", "sched_waking", "irq_handler_entry",
    "irq_handler_exit", "softirq_entry", "softirq_exit", "hrtimer_expire_entry", "hrtimer_expire_exit",
    "local_timer_entry", "local_timer_exit", "process_state", "sched_process_fork", "sched_process_exit",
    "vmsync_gh_guest", "vmsync_gh_host", "vmsync_hg_host", "vmsync_hg_guest", "kvm_write_tsc_offset",
    "sched_migrate_task", "kvm_vcpu_wakeup", "kvm_halt_poll_ns", "touch", "other"};

constexpr std::string_view kOtherPrefix = "other:";

// reference/tracepoints.md: kvm_fast_mmio is missing in LTTng, which names no vector.
constexpr TouchForm kTouchForms[] = {{"kvm_pio", true, true, "port", "port"}, {"kvm_mmio", false, true, "gpa", "gpa"},
    {"kvm_fast_mmio", false, false, "gpa", ""}, {"kvm_page_fault", true, true, "fault_address", "fault_address"},
    {"kvm_msr", true, true, "ecx", "ecx"}, {"kvm_cpuid", true, true, "function", "function"},
    {"kvm_hypercall", true, true, "nr", "nr"}, {"kvm_hv_hypercall", true, true, "code", "code"},
    {"kvm_xen_hypercall", true, false, "nr", ""}, {"kvm_apic", true, true, "reg", "reg"},
    {"kvm_inj_virq", true, true, "vector", "irq"}};

constexpr EventKey kEntryKeys[] = {{"vcpu_id", &Event::vcpuId}};
constexpr EventKey kExitKeys[] = {{"reason", &Event::reason, nullptr, true}, {"isa", &Event::isa}, {"rip", &Event::rip},
    {"info1", &Event::info1}, {"info2", &Event::info2}, {"intr_info", &Event::intrInfo}, {"vcpu_id", &Event::vcpuId}};
constexpr EventKey kUserspaceKeys[] = {{"reason", &Event::reason, nullptr, true}, {"errno", &Event::error}};
constexpr EventKey kIoctlEntryKeys[] = {{"cmd", &Event::cmd}};
constexpr EventKey kIoctlExitKeys[] = {{"ret", &Event::ret}};
constexpr EventKey kSwitchKeys[] = {{"prev_tid", &Event::prevTid, nullptr, true}, {"prev_state", &Event::prevState},
    {"next_tid", &Event::nextTid, nullptr, true}, {"next_comm", nullptr, &Event::subjectName}};
constexpr EventKey kWakeupKeys[] = {{"woken", &Event::subjectTid, nullptr, true},
    {"comm", nullptr, &Event::subjectName}, {"target", &Event::targetPcpu}};
constexpr EventKey kMigrateKeys[] = {{"moved", &Event::subjectTid, nullptr, true}, {"from", &Event::fromPcpu},
    {"to", &Event::targetPcpu, nullptr, true}};
constexpr EventKey kHaltWakeupKeys[] = {{"ns", &Event::ns, nullptr, true}, {"waited", &Event::waited}};
constexpr EventKey kHaltPollingKeys[]
    = {{"vcpu_id", &Event::vcpuId}, {"new", &Event::ns, nullptr, true}, {"old", &Event::previousNs}};
constexpr EventKey kIrqKeys[] = {{"number", &Event::number}};
constexpr EventKey kStateKeys[] = {{"of_tid", &Event::subjectTid, nullptr, true},
    {"of_pid", &Event::subjectPid, nullptr, true}, {"of_name", nullptr, &Event::subjectName}, {"type", &Event::number}};
constexpr EventKey kForkKeys[] = {{"child_tid", &Event::subjectTid, nullptr, true},
    {"child_pid", &Event::subjectPid, nullptr, true}, {"child_comm", nullptr, &Event::subjectName}};
constexpr EventKey kProcessExitKeys[]
    = {{"of_tid", &Event::subjectTid, nullptr, true}, {"of_name", nullptr, &Event::subjectName}};
constexpr EventKey kVmsyncKeys[] = {{"cnt", &Event::number, nullptr, true}, {"vm_uid", &Event::vmUid, nullptr, true}};
constexpr EventKey kTscOffsetKeys[]
    = {{"vcpu_id", &Event::vcpuId}, {"previous", &Event::previousOffset}, {"next", &Event::nextOffset}};
constexpr EventKey kTouchKeys[] = {{"value", &Event::number, nullptr, true}, {"write", &Event::write}};
// Of system calls beside ioctl, and of lttng_logger.
constexpr EventKey kOtherKeys[] = {{"id", &Event::number}, {"ret", &Event::ret},
    {"filename", nullptr, &Event::subjectName}, {"msg", nullptr, &Event::subjectName}};
constexpr EventKey kContextKeys[]
    = {{"tid", &Event::tid}, {"pid", &Event::pid}, {"procname", nullptr, &Event::procname}};

EventType typeNamed(const std::string &name)
{
    for (int i = 0; i < int(EventType::Touch); ++i)
        if (kNames[std::size_t(i)] == name)
            return EventType(i);
    if (std::ranges::find(kTouchForms, name, &TouchForm::name) != std::end(kTouchForms))
        return EventType::Touch;
    if (name.starts_with(kOtherPrefix) && name.size() > kOtherPrefix.size())
        return EventType::Other;
    throw std::invalid_argument(
        "unknown event '" + name + "' (other:" + name + " is an event that only proves the host)");
}

const EventKey *findKey(std::span<const EventKey> keys, std::string_view name)
{
    for (const EventKey &key : keys)
        if (key.name == name)
            return &key;
    return nullptr;
}

void setKey(Event &event, const Word &word)
{
    const EventKey *key = findKey(keysOf(event.type), word.key);
    if (!key)
        key = findKey(kContextKeys, word.key);
    if (!key)
        throw std::invalid_argument(
            std::string(scriptName(event.type)) + " has no key '" + (word.key.empty() ? word.value : word.key) + "'");
    if (key->number)
        event.*key->number = parseNumber(word.value);
    else
        event.*key->text = word.value;
}

} // namespace

std::string_view scriptName(EventType type)
{
    return kNames[std::size_t(type)];
}

std::span<const TouchForm> touchForms()
{
    return kTouchForms;
}

const TouchForm &touchForm(std::string_view name)
{
    const auto form = std::ranges::find(kTouchForms, name, &TouchForm::name);
    if (form == std::end(kTouchForms))
        throw std::invalid_argument("no event of that name tells what was touched: " + std::string(name));
    return *form;
}

std::span<const EventKey> keysOf(EventType type)
{
    switch (type) {
    case EventType::VmEntry:
        return kEntryKeys;
    case EventType::VmExit:
        return kExitKeys;
    case EventType::UserspaceExit:
        return kUserspaceKeys;
    case EventType::IoctlEntry:
        return kIoctlEntryKeys;
    case EventType::IoctlExit:
        return kIoctlExitKeys;
    case EventType::SchedSwitch:
        return kSwitchKeys;
    case EventType::SchedWakeup:
    case EventType::SchedWakeupNew:
    case EventType::SchedWaking:
        return kWakeupKeys;
    case EventType::ProcessState:
        return kStateKeys;
    case EventType::Fork:
        return kForkKeys;
    case EventType::ProcessExit:
        return kProcessExitKeys;
    case EventType::VmsyncGuestCalls:
    case EventType::VmsyncHostReceives:
    case EventType::VmsyncHostAnswers:
    case EventType::VmsyncGuestResumes:
        return kVmsyncKeys;
    case EventType::TscOffset:
        return kTscOffsetKeys;
    case EventType::Touch:
        return kTouchKeys;
    case EventType::MigrateTask:
        return kMigrateKeys;
    case EventType::HaltWakeup:
        return kHaltWakeupKeys;
    case EventType::HaltPolling:
        return kHaltPollingKeys;
    case EventType::Other:
        return kOtherKeys;
    default:
        return kIrqKeys;
    }
}

std::int64_t parseNumber(std::string_view text)
{
    std::string_view digits = text;
    const bool negative = digits.starts_with('-');
    if (negative)
        digits.remove_prefix(1);
    const bool hex = digits.starts_with("0x");
    if (hex)
        digits.remove_prefix(2);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
    if (error != std::errc() || end != digits.data() + digits.size())
        throw std::invalid_argument("'" + std::string(text) + "' is no 64-bit number");
    return static_cast<std::int64_t>(negative ? 0 - value : value);
}

bool takeWord(std::string_view &text, Word &word)
{
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos)
        return false;
    text.remove_prefix(begin);
    word = {};
    std::string current;
    bool quoted = false;
    std::size_t i = 0;
    for (; i < text.size() && (quoted || (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')); ++i) {
        if (text[i] == '"') {
            quoted = !quoted;
        } else if (text[i] == '=' && !quoted && word.key.empty()) {
            word.key = current;
            current.clear();
        } else {
            current += text[i];
        }
    }
    if (quoted)
        throw std::invalid_argument("a quotation mark is not closed");
    word.value = current;
    text.remove_prefix(i);
    return true;
}

Event parseEvent(std::string_view text)
{
    Word word;
    if (!takeWord(text, word) || !word.key.empty())
        throw std::invalid_argument("the name of an event is missing");
    Event event;
    event.type = typeNamed(word.value);
    if (event.type == EventType::Other)
        event.otherName = word.value.substr(kOtherPrefix.size());
    if (event.type == EventType::Touch) {
        event.otherName = word.value;
        event.number = kAbsent;
    }
    while (takeWord(text, word))
        setKey(event, word);
    for (const EventKey &key : keysOf(event.type))
        if (key.required && event.*key.number == kAbsent)
            throw std::invalid_argument(std::string(scriptName(event.type)) + " needs " + std::string(key.name) + "=");
    return event;
}

} // namespace exitscope::testing
