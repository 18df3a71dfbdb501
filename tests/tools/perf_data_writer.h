// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/tools/perf_tracepoints.h"

namespace exitscope::testing {

// An event as `perf record` opens it.
struct PerfOpened {
    std::string
        name; // "kvm:kvm_entry", "kvm:kvm_exit", "sched:sched_switch", "kvm:kvm_fpu"; any other is no tracepoint
    std::uint64_t sampleType = kUsual;
    std::uint64_t readFormat = 0;
    std::uint64_t period = 1;
    std::optional<std::int32_t> clockId = std::nullopt;
    bool stampsAll = true; // sample_id_all

    // IDENTIFIER, IP, TID, TIME, CPU, PERIOD, RAW
    static constexpr std::uint64_t kUsual = 1u << 16 | 1u << 0 | 1u << 1 | 1u << 2 | 1u << 7 | 1u << 8 | 1u << 10;
};

// Where and when a record was made.
struct PerfAt {
    std::uint32_t cpu = 0;
    std::uint64_t timeNs = 0; // 0 of what is no sample: perf made it up
    std::int32_t pid = 0;
    std::int32_t tid = 0;
};

// Writes files as `perf record` does, record by record. Each event has a number of its own on each CPU.
class PerfDataWriter {
public:
    enum class Form {
        Whole, // with a head, a table of its events and, behind the records, the formats
        Piped, // perf record -o -
        Compressed, // perf record -z; records are cut anywhere between two that are compressed
        Compressed2, // the same of perf since 6.15
    };

    explicit PerfDataWriter(ByteOrder order = ByteOrder::Little) : m_order(order) { }

    std::size_t open(PerfOpened event); // the number of the event, for what follows
    void sample(std::size_t event, PerfAt at, const std::string &raw);
    void lost(std::size_t event, PerfAt at, std::uint64_t count);
    // When the recording ends: no time, and no CPU but by the number of the event there.
    void lostSamples(std::size_t event, std::uint32_t cpu, std::uint64_t count, bool isFiltered = false);
    void numbers(); // ID_INDEX: which number is of which CPU
    void name(PerfAt at, const std::string &comm);
    void fork(PerfAt at);
    void exit(PerfAt at);
    void round(); // FINISHED_ROUND
    void record(std::uint32_t type, std::uint16_t misc, const std::string &body, const std::string &behind = {});

    std::string file(Form form = Form::Whole) const;
    void write(const std::string &path, Form form = Form::Whole) const;

private:
    struct Record {
        std::uint32_t type;
        std::string bytes;
    };
    static std::uint64_t number(std::size_t event, std::uint32_t cpu);
    std::string attr(const PerfOpened &event) const;
    std::string numbersOf(std::size_t event) const;
    std::string trailer(std::size_t event, PerfAt at, std::uint64_t number) const;
    std::string tracingData() const;
    std::string header(std::uint32_t type, std::uint16_t misc, std::size_t body) const;
    std::string records() const;
    std::string compressed(Form form) const;
    std::string whole(const std::string &records, bool isCompressed) const;
    std::string piped() const;
    void thread(std::uint32_t type, PerfAt at);

    ByteOrder m_order;
    std::vector<PerfOpened> m_events;
    std::vector<Record> m_records;
};

} // namespace exitscope::testing
