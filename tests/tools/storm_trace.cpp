// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/storm_trace.h"

#include <filesystem>
#include <memory>
#include <queue>
#include <random>
#include <vector>

#include "tests/tools/ctf_writer.h"

namespace exitscope::testing {

namespace {

constexpr std::int64_t kVmPid = 100;
constexpr std::int64_t kCpuidExit = 0x72, kHltExit = 0x78, kIoExit = 0x7b, kMsrExit = 0x7c, kInterruptExit = 0x60,
                       kPageFaultExit = 0x400;
constexpr std::int64_t kFirstMoreExit = 0x00; // accesses to control and debug registers, exceptions

// One pCPU with its vCPU thread: repeats whole rounds from a VM entry to the end of the exit's handling.
class StormCpu {
public:
    StormCpu(CtfStream &stream, int pcpu, std::uint32_t seed, const StormShape &shape)
        : m_stream(stream), m_random(seed + std::uint32_t(pcpu)), m_pcpu(pcpu), m_moreReasons(shape.moreReasons),
          m_pace(pcpu == 0 ? 1 : shape.firstBusier), m_tid(kVmPid + 1 + pcpu), m_time(shape.begin + pcpu)
    {
        m_event.pid = kVmPid;
        m_event.procname = "CPU " + std::to_string(pcpu) + "/KVM";
        m_event.isa = 2;
    }

    std::int64_t time() const { return m_time; }

    std::int64_t round()
    {
        m_written = 0;
        m_event.vcpuId = 39'205'024 + m_pcpu * 7248; // what LTTng writes on kernels from 5.10
        add(EventType::VmEntry, 2000);
        const std::uint32_t dice = below(100);
        if (dice < 40)
            exit(m_moreReasons > 0 && dice < 20 ? kFirstMoreExit + below(std::uint32_t(m_moreReasons)) : kCpuidExit);
        else if (dice < 65)
            qemuExit();
        else if (dice < 80)
            exit(kMsrExit);
        else if (dice < 88)
            interruptExit();
        else if (dice < 95)
            exit(kPageFaultExit);
        else
            haltExit();
        return m_written;
    }

private:
    std::uint32_t below(std::uint32_t limit) { return std::uint32_t(m_random()) % limit; }

    void add(EventType type, std::uint32_t spread)
    {
        m_event.type = type;
        m_event.tid = m_tid;
        m_time += (200 + below(spread)) * m_pace;
        m_stream.event(m_time, m_event);
        ++m_written;
    }

    void exit(std::int64_t reason)
    {
        m_event.reason = reason;
        m_event.vcpuId = m_pcpu;
        m_event.rip = 0x400000 + below(64) * 16;
        add(EventType::VmExit, 20'000);
    }

    void qemuExit()
    {
        exit(kIoExit);
        m_event.reason = 2; // KVM_EXIT_IO
        add(EventType::UserspaceExit, 1000);
        add(EventType::IoctlExit, 500);
        add(EventType::IoctlEntry, 10'000);
    }

    // On SVM the interrupt is served between the entry and its exit event.
    void interruptExit()
    {
        m_event.number = 24;
        add(EventType::IrqHandlerEntry, 20'000);
        add(EventType::IrqHandlerExit, 2000);
        exit(kInterruptExit);
        if (below(4) == 0)
            switchAway(0);
    }

    void haltExit()
    {
        exit(kHltExit);
        switchAway(1);
    }

    void switchAway(std::int64_t state)
    {
        m_event.prevTid = m_tid;
        m_event.prevState = state;
        m_event.nextTid = 0;
        add(EventType::SchedSwitch, 1000);
        m_event.prevTid = 0;
        m_event.prevState = 0;
        m_event.nextTid = m_tid;
        m_event.type = EventType::SchedSwitch;
        m_event.tid = 0;
        m_time += (1000 + below(100'000)) * m_pace;
        m_stream.event(m_time, m_event);
        ++m_written;
    }

    CtfStream &m_stream;
    std::mt19937 m_random;
    int m_pcpu;
    int m_moreReasons;
    std::int64_t m_pace;
    std::int64_t m_tid;
    std::int64_t m_time;
    std::int64_t m_written = 0;
    Event m_event;
};

} // namespace

void writeStormTrace(const std::string &directory, std::int64_t events, std::uint32_t seed, const StormShape &shape)
{
    CtfTrace trace(directory);
    trace.options.recorded = {.intrInfo = false};
    trace.options.index = true;
    for (int event = 0; event < shape.declared; ++event)
        trace.options.declared.push_back("syscall_entry_" + std::to_string(event));
    trace.options.declaredFields = {{"fd", FieldType::U32}, {"buf", FieldType::Hex64}};
    std::vector<std::unique_ptr<StormCpu>> cpus;
    // The one that is furthest behind comes next, so that all end at the same time.
    const auto later = [](const StormCpu *a, const StormCpu *b) { return a->time() > b->time(); };
    std::priority_queue<StormCpu *, std::vector<StormCpu *>, decltype(later)> waiting(later);
    for (int pcpu = 0; pcpu < shape.vcpus; ++pcpu) {
        cpus.push_back(std::make_unique<StormCpu>(trace.stream(pcpu), pcpu, seed, shape));
        waiting.push(cpus.back().get());
    }
    for (std::int64_t written = 0; written < events;) {
        StormCpu *cpu = waiting.top();
        waiting.pop();
        written += cpu->round();
        waiting.push(cpu);
    }
    trace.write();
}

void writeStormChunks(const std::string &directory, int chunks, std::int64_t events, StormShape shape)
{
    constexpr Ns kLongest = 1'000'000'000'000; // of a chunk
    shape.declared = 1250; // as of Linux 6.1: some 350 kB
    std::filesystem::create_directories(directory);
    for (int chunk = 0; chunk < chunks; ++chunk) {
        writeStormTrace(directory + "/" + std::to_string(chunk), events / chunks, std::uint32_t(chunk), shape);
        shape.begin += kLongest;
    }
}

} // namespace exitscope::testing
