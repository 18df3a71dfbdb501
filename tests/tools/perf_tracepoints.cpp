// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/perf_tracepoints.h"

#include <algorithm>
#include <array>
#include <vector>

#include "tests/tools/ctf_bytes.h"

namespace exitscope::testing {

namespace {

// A tracepoint whose format the writer knows. The fields are "type name[size]; offset; size; signed".
struct Known {
    std::string_view name;
    std::uint16_t number; // in the kernel
    std::vector<std::array<std::string_view, 4>> fields;
};

const std::vector<Known> &known()
{
    static const std::vector<Known> all{
        {"kvm:kvm_entry", 1583, {{"unsigned int vcpu_id", "8", "4", "0"}}},
        {"kvm:kvm_exit", 1574,
            {{"unsigned int exit_reason", "8", "4", "0"}, {"unsigned long guest_rip", "16", "8", "0"},
                {"u32 isa", "24", "4", "0"}, {"unsigned int vcpu_id", "28", "4", "0"}}},
        {"kvm:kvm_fpu", 1600, {{"u32 load", "8", "4", "0"}}},
        {"sched:sched_switch", 319,
            {{"char prev_comm[16]", "8", "16", "0"}, {"pid_t prev_pid", "24", "4", "1"},
                {"int prev_prio", "28", "4", "1"}, {"long prev_state", "32", "8", "1"},
                {"char next_comm[16]", "40", "16", "0"}, {"pid_t next_pid", "56", "4", "1"},
                {"int next_prio", "60", "4", "1"}}},
    };
    return all;
}

const Known *find(std::string_view name)
{
    const auto found
        = std::find_if(known().begin(), known().end(), [&](const Known &each) { return each.name == name; });
    return found != known().end() ? &*found : nullptr;
}

std::string formatOf(const Known &tracepoint)
{
    const std::string name(tracepoint.name.substr(tracepoint.name.find(':') + 1));
    std::string text = "name: " + name + "\nID: " + std::to_string(tracepoint.number) + "\nformat:\n";
    const auto add = [&text](const std::array<std::string_view, 4> &field) {
        text += "\tfield:";
        constexpr std::array<std::string_view, 4> kBefore{"", ";\toffset:", ";\tsize:", ";\tsigned:"};
        for (std::size_t i = 0; i < field.size(); ++i)
            text.append(kBefore[i]).append(field[i]);
        text += ";\n";
    };
    add({"unsigned short common_type", "0", "2", "0"});
    add({"unsigned char common_flags", "2", "1", "0"});
    add({"unsigned char common_preempt_count", "3", "1", "0"});
    add({"int common_pid", "4", "4", "1"});
    text += '\n';
    for (const auto &field : tracepoint.fields)
        add(field);
    return text + "\nprint fmt: \"\", 0\n";
}

} // namespace

std::optional<std::uint16_t> perfNumber(std::string_view name)
{
    const Known *tracepoint = find(name);
    return tracepoint ? std::optional(tracepoint->number) : std::nullopt;
}

std::string perfFormat(std::string_view name)
{
    return formatOf(*find(name));
}

std::string PerfRaw::tracepoint(std::uint16_t number, std::int32_t tid, const std::string &fields) const
{
    ByteWriter raw(m_order);
    raw.put(number);
    raw.put(std::uint16_t(0));
    raw.put(tid);
    return raw.bytes() + fields;
}

std::string PerfRaw::entry(std::int32_t tid, std::uint32_t vcpu) const
{
    ByteWriter fields(m_order);
    fields.put(vcpu);
    return tracepoint(*perfNumber("kvm:kvm_entry"), tid, fields.bytes());
}

std::string PerfRaw::exit(std::int32_t tid, std::uint32_t reason, std::uint64_t rip, std::uint32_t vcpu) const
{
    ByteWriter fields(m_order);
    fields.put(reason);
    fields.put(std::uint32_t(0));
    fields.put(rip);
    fields.put(std::uint32_t(2));
    fields.put(vcpu);
    return tracepoint(*perfNumber("kvm:kvm_exit"), tid, fields.bytes());
}

std::string PerfRaw::fpu(std::int32_t tid, std::uint32_t load) const
{
    ByteWriter fields(m_order);
    fields.put(load);
    return tracepoint(*perfNumber("kvm:kvm_fpu"), tid, fields.bytes());
}

std::string PerfRaw::switched(std::int32_t from, const std::string &fromName, std::int64_t state, std::int32_t to,
    const std::string &toName) const
{
    ByteWriter fields(m_order);
    fields.putText16(fromName);
    fields.put(from);
    fields.put(std::int32_t(120));
    fields.put(state);
    fields.putText16(toName);
    fields.put(to);
    fields.put(std::int32_t(120));
    return tracepoint(*perfNumber("sched:sched_switch"), from, fields.bytes());
}

} // namespace exitscope::testing
