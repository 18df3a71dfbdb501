// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/file_traces.h"

#include <fstream>

#include "tests/tools/dat_writer.h"
#include "tests/tools/perf_data_writer.h"

namespace exitscope::bench {

namespace {

using namespace exitscope::testing;

constexpr int kCpus = 2;
constexpr std::int64_t kRound = 100; // events of a CPU, with one sched_switch away and one back
constexpr std::uint64_t kStepNs = 2000;
constexpr int kPid = 30, kFirstTid = 31, kEntry = 301, kExit = 302, kSwitch = 303;
constexpr std::uint32_t kReasons[] = {0x7b, 0x72, 0x7c, 0x60};

ByteWriter raw(int id, int tid)
{
    ByteWriter writer(ByteOrder::Little);
    writer.put(std::uint16_t(id));
    writer.put(std::uint16_t(0));
    writer.put(std::uint32_t(tid));
    return writer;
}

std::string datEvent(std::int64_t i, int tid)
{
    const std::int64_t at = i % kRound;
    if (at >= kRound - 2) {
        const bool isAway = at == kRound - 2;
        ByteWriter writer = raw(kSwitch, isAway ? tid : 0);
        writer.putText16(isAway ? "CPU/KVM" : "swapper");
        writer.put(std::uint32_t(isAway ? tid : 0));
        writer.put(std::uint32_t(0));
        writer.put(std::uint64_t(isAway ? 1 : 0));
        writer.putText16(isAway ? "swapper" : "CPU/KVM");
        writer.put(std::uint32_t(isAway ? 0 : tid));
        return writer.bytes();
    }
    ByteWriter writer = raw(i % 2 == 0 ? kEntry : kExit, tid);
    if (i % 2 == 0) {
        writer.put(std::uint32_t(tid - kFirstTid));
        return writer.bytes();
    }
    writer.put(kReasons[i / 2 % std::ssize(kReasons)]);
    writer.put(std::uint32_t(2)); // isa
    writer.put(std::uint64_t(0xffffffff81000000 + i % 997));
    writer.put(std::uint32_t(tid - kFirstTid));
    return writer.bytes();
}

// With a text that trace-cmd can print events by.
std::string formatOf(const std::string &name, int id, const std::vector<std::pair<std::string, int>> &fields)
{
    std::string text = formatText(name, id, fields);
    text.erase(text.find("\nprint fmt:"));
    return text + "\nprint fmt: \"" + name + "\"\n";
}

std::string datPages(std::int64_t events, int tid)
{
    std::string pages;
    constexpr std::int64_t kPerPage = 60; // there is room for those
    for (std::int64_t first = 0; first < events; first += kPerPage) {
        DatPage page(ByteOrder::Little, 8, std::uint64_t(first + 1) * kStepNs);
        for (std::int64_t i = first; i < std::min(first + kPerPage, events); ++i)
            page.event(i == first ? 0 : std::uint32_t(kStepNs), datEvent(i, tid));
        pages += page.bytes();
    }
    return pages;
}

} // namespace

void writeDat(const std::string &path, std::int64_t events)
{
    DatFile file;
    file.formats = {{"kvm", formatOf("kvm_entry", kEntry, {{"unsigned int vcpu_id", 4}})},
        {"kvm",
            formatOf("kvm_exit", kExit,
                {{"unsigned int exit_reason", 4}, {"u32 isa", 4}, {"unsigned long guest_rip", 8},
                    {"unsigned int vcpu_id", 4}})},
        {"sched",
            formatOf("sched_switch", kSwitch,
                {{"char prev_comm[16]", 16}, {"pid_t prev_pid", 4}, {"long prev_state", 8}, {"char next_comm[16]", 16},
                    {"pid_t next_pid", 4}})}};
    for (int cpu = 0; cpu < kCpus; ++cpu)
        file.cpus.emplace_back(std::uint32_t(cpu), datPages(events / kCpus, kFirstTid + cpu));
    std::ofstream(path, std::ios::binary) << file.bytes();
}

void writePerf(const std::string &path, std::int64_t events)
{
    PerfDataWriter writer;
    const PerfRaw raw;
    const std::size_t entry = writer.open({.name = "kvm:kvm_entry"});
    const std::size_t exit = writer.open({.name = "kvm:kvm_exit"});
    const std::size_t switched = writer.open({.name = "sched:sched_switch"});
    constexpr std::int64_t kBetweenRounds = 1000;
    for (std::int64_t first = 0; first < events / kCpus; first += kBetweenRounds) {
        for (int cpu = 0; cpu < kCpus; ++cpu) {
            const int tid = kFirstTid + cpu;
            for (std::int64_t i = first; i < std::min(first + kBetweenRounds, events / kCpus); ++i) {
                const std::int64_t at = i % kRound;
                const bool isAway = at == kRound - 2;
                const PerfAt when{.cpu = std::uint32_t(cpu),
                    .timeNs = std::uint64_t(i + 1) * kStepNs,
                    .pid = at == kRound - 1 ? 0 : kPid,
                    .tid = at == kRound - 1 ? 0 : tid};
                if (at >= kRound - 2)
                    writer.sample(switched, when,
                        isAway ? raw.switched(tid, "CPU/KVM", 1, 0, "swapper")
                               : raw.switched(0, "swapper", 0, tid, "CPU/KVM"));
                else if (i % 2 == 0)
                    writer.sample(entry, when, raw.entry(tid, std::uint32_t(cpu)));
                else
                    writer.sample(exit, when,
                        raw.exit(tid, kReasons[i / 2 % std::ssize(kReasons)],
                            0xffffffff81000000 + std::uint64_t(i % 997), std::uint32_t(cpu)));
            }
        }
        writer.round();
    }
    writer.write(path);
}

} // namespace exitscope::bench
