// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/tools/dat_writer.h"

namespace exitscope::testing {

// Numbers of events, as the kernel has them.
inline constexpr int kEntry = 301, kSwitch = 302, kFork = 303, kSleep = 304, kUnknown = 399;

// Events, pages and files as a machine of that byte order writes them.
struct Machine {
    ByteOrder order = ByteOrder::Little;
    unsigned longBytes = 8;

    DatPage page(std::uint64_t time) const { return {order, longBytes, time}; }
    ByteWriter raw(int id, int tid) const
    {
        ByteWriter writer(order);
        writer.put(std::uint16_t(id));
        writer.put(std::uint16_t(0));
        writer.put(std::uint32_t(tid));
        return writer;
    }
    std::string entry(int tid, std::uint32_t vcpu) const
    {
        ByteWriter writer = raw(kEntry, tid);
        writer.put(vcpu);
        return writer.bytes();
    }
    std::string switched(const char *prev, int prevTid, std::int64_t state, const char *next, int nextTid) const
    {
        ByteWriter writer = raw(kSwitch, prevTid);
        writer.putText16(prev);
        writer.put(std::uint32_t(prevTid));
        if (longBytes == 8) {
            writer.put(std::uint32_t(0)); // to where a long may stand
            writer.put(std::uint64_t(state));
        } else {
            writer.put(std::uint32_t(state));
        }
        writer.putText16(next);
        writer.put(std::uint32_t(nextTid));
        return writer.bytes();
    }
    // The name lies behind the fixed fields; `at`: where its slot says.
    std::string forked(int tid, int child, const std::string &name, int at = 16) const
    {
        ByteWriter writer = raw(kFork, tid);
        writer.put(std::uint32_t((name.size() + 1) << 16 | std::uint32_t(at)));
        writer.put(std::uint32_t(child));
        writer.putString(name);
        return writer.bytes();
    }
    std::string plain(int id, int tid) const { return raw(id, tid).bytes(); }

    DatFile file(int version, const std::vector<DatPage> &pages) const
    {
        DatFile file;
        file.version = version;
        file.order = order;
        file.longBytes = longBytes;
        file.formats = {{"ftrace", formatText("print", 5, {{"unsigned long ip", int(longBytes)}, {"char buf[]", 0}})},
            {"kvm", formatText("kvm_entry", kEntry, {{"unsigned int vcpu_id", 4}})},
            {"sched",
                formatText("sched_switch", kSwitch,
                    {{"char prev_comm[16]", 16}, {"pid_t prev_pid", 4}, {"long prev_state", int(longBytes)},
                        {"char next_comm[16]", 16}, {"pid_t next_pid", 4}})},
            {"sched",
                formatText("sched_process_fork", kFork, {{"__data_loc char[] child_comm", 4}, {"pid_t child_pid", 4}})},
            {"kvm", formatText("kvm_fpu", kSleep, {{"__u64 load", 8}})}};
        std::string bytes;
        for (const DatPage &page : pages)
            bytes += page.bytes();
        file.cpus = {{0, bytes}};
        return file;
    }
};

} // namespace exitscope::testing
