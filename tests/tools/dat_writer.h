// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/tools/ctf_bytes.h"

namespace exitscope::testing {

// One page of the kernel's ring buffer.
class DatPage {
public:
    // `longBytes`: of the kernel that wrote it.
    DatPage(ByteOrder order, unsigned longBytes, std::uint64_t time);

    // So long after what stands before; `raw` from its common_type on. `isLong`: with its length in a word of its own.
    DatPage &event(std::uint32_t delta, const std::string &raw, bool isLong = false);
    DatPage &timeExtend(std::uint64_t delta);
    DatPage &timeStamp(std::uint64_t time);
    DatPage &takenBack(std::uint32_t delta, unsigned words); // an event of so many words
    DatPage &padding(); // up to the end of what was committed
    DatPage &afterLoss(std::optional<std::uint64_t> count = {});
    DatPage &committed(std::uint32_t bytes); // whatever it holds
    std::string bytes() const;

    static constexpr std::size_t kBytes = 4096;

private:
    DatPage &word(std::uint32_t type, std::uint32_t delta);

    ByteOrder m_order;
    unsigned m_longBytes;
    std::uint64_t m_time;
    ByteWriter m_events;
    bool m_isAfterLoss = false;
    std::optional<std::uint64_t> m_lost;
    std::optional<std::uint32_t> m_committed;
};

// A trace.dat, as trace-cmd's manual pages trace-cmd.dat.v6 and .v7 have it, not compressed.
struct DatFile {
    using Cpu = std::pair<std::uint32_t, std::string>; // its number (of version 7), its pages
    using Option = std::pair<std::uint16_t, std::string>;

    int version = 7;
    ByteOrder order = ByteOrder::Little;
    unsigned longBytes = 8;
    std::vector<std::pair<std::string, std::string>> formats; // of a system, each
    std::string threadNames;
    std::string clock = "[mono]"; // as the kernel's trace_clock
    std::vector<Option> options;
    std::vector<Cpu> cpus;
    std::string kallsyms; // of the kernel; a file of version 7 without one says nothing of it

    std::string bytes() const;

private:
    std::string head() const;
    std::string version6() const;
    std::string version7() const;
    std::string pageFormat() const;
    std::string formatsOf(bool ftrace) const;
    ByteWriter option(std::uint16_t id, const std::string &data) const;
    ByteWriter section(std::uint16_t id, const std::string &data) const;
};

// The format of an event: "TYPE NAME" with their bytes, behind the common ones. `name`, its `id`.
std::string formatText(const std::string &name, int id, const std::vector<std::pair<std::string, int>> &fields);

} // namespace exitscope::testing
