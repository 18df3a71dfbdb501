// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/trace_cmd/trace_dat.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "app/reader/file/shown_fields.h"
#include "app/reader/file/trace_formats.h"
#include "app/reader/trace_cmd/ring_page.h"
#include "app/reader/trace_cmd/trace_dat_head.h"
#include "app/reader/trace_cmd/trace_dat_pages.h"
#include "model/record/stream_recorder.h"

namespace exitscope::reader {

namespace {

struct NamedThread {
    std::int32_t tid;
    std::string name;
};

std::vector<NamedThread> namedThreadsIn(std::string_view lines)
{
    std::vector<NamedThread> threads;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
        std::int32_t tid = 0;
        const auto number = std::from_chars(line.data(), line.data() + line.size(), tid);
        const auto digits = static_cast<std::size_t>(number.ptr - line.data());
        const bool isNamed = number.ec == std::errc{} && tid >= 0 && digits + 1 < line.size() && line[digits] == ' ';
        if (isNamed && line.substr(digits + 1) != "<...>") // the kernel's word for what it forgot
            threads.push_back({tid, std::string(line.substr(digits + 1))});
    }
    return threads;
}

class TraceDat;

class DatStream : public FileStream {
public:
    DatStream(TraceDat &trace, std::size_t cpu);

    bool next(FileStep &step) override;
    std::uint64_t bytesRead() const override { return m_namesBytes + m_pages.bytesRead(); }
    void tellFields(RawEvent &event) const override;

private:
    bool nextEvent();
    void noteLoss(std::optional<std::uint64_t> count);
    void tellEvent(FileStep &step);
    bool isRepeated(Ns timeNs);

    TraceDat &m_trace;
    DatPages m_pages;
    RingPage m_page;
    RawReading m_reading;
    std::size_t m_nextThread = 0;
    std::uint64_t m_namesBytes = 0;
    bool m_isEventDue = false; // that of m_page is to be told
    bool m_isLossDue = false; // before it
    std::optional<std::uint64_t> m_lost;
    // The event before, for those that were recorded twice.
    std::vector<std::byte> m_last;
    Ns m_lastNs = kNoTime;
};

class TraceDat : public TraceFile {
public:
    TraceDat(const std::string &path, const Alive &alive);

    const std::vector<FileCpu> &cpus() const override { return m_cpus; }
    wire::Description describe() const override;
    std::unique_ptr<FileStream> read(std::size_t cpu) override { return std::make_unique<DatStream>(*this, cpu); }

    const FileBytes &file() const { return m_file; }
    const DatHead &head() const { return m_head; }
    const DatChunks &chunks(std::size_t cpu) const { return m_chunks[cpu]; }
    const std::vector<NamedThread> &namedThreads() const { return m_namedThreads; }
    // What to do with an event of that kernel's number.
    const TracePlan &plan(std::uint64_t id);
    const TraceFormat *format(std::uint64_t id) const { return m_formats.find(id); } // null: the file has none
    std::uint64_t idOf(const RawReading &reading, std::span<const std::byte> event) const;
    Ns timeOf(std::uint64_t recorded) const;

private:
    void checkClock() const;
    void findStreams();
    bool findSwitch(const Alive &alive);
    bool findSwitchOf(std::size_t cpu, const Alive &alive);

    FileBytes m_file;
    TraceFormats m_formats;
    DatHead m_head;
    std::vector<FileCpu> m_cpus;
    std::vector<DatChunks> m_chunks; // so too
    std::vector<NamedThread> m_namedThreads;
    bool m_hasSwitches = false;
    TraceSlot m_id;
    TracePlan m_unknown; // of an event that the file has no format of
    std::vector<const TracePlan *> m_plans; // by id, as far as they were asked for
};

TraceDat::TraceDat(const std::string &path, const Alive &alive) : m_file(path), m_head(readDatHead(m_file, m_formats))
{
    checkClock();
    m_namedThreads = namedThreadsIn(m_head.threadNames);
    m_id = m_formats.common("common_type");
    m_unknown.what.provesHost = false; // who knows
    m_unknown.tid = m_formats.common("common_pid");
    m_plans.resize(std::numeric_limits<std::uint16_t>::max() + 1);
    findStreams();
    if (!m_cpus.empty() && (m_id.size != 2 || !m_unknown.tid))
        throw ReadError("the file has no format that says where an event has its number and its thread");
    m_hasSwitches = m_formats.has(EventKind::SchedSwitch) && findSwitch(alive);
}

void TraceDat::checkClock() const
{
    constexpr std::string_view inNanoseconds[]
        = {"local", "global", "uptime", "perf", "mono", "mono_raw", "boot", "tai", "tsc2nsec"};
    const bool isOne
        = std::find(std::begin(inNanoseconds), std::end(inNanoseconds), m_head.clock) != std::end(inNanoseconds);
    if (m_head.tsc && m_head.tsc->shift > 32)
        throw ReadError("the file is damaged: what it says of its time stamp counter cannot be");
    if (!isOne && !m_head.tsc && !m_head.clock.empty())
        throw ReadError("its times are counts of the clock " + m_head.clock.substr(0, 20)
            + ", not nanoseconds; record with `trace-cmd record -C mono`");
}

void TraceDat::findStreams()
{
    std::sort(
        m_head.cpus.begin(), m_head.cpus.end(), [](const DatCpu &a, const DatCpu &b) { return a.number < b.number; });
    for (std::size_t i = 0; i < m_head.cpus.size(); ++i) {
        const DatCpu &cpu = m_head.cpus[i];
        if (i > 0 && m_head.cpus[i - 1].number == cpu.number)
            throw ReadError("the file is damaged: it has two CPUs of number " + std::to_string(cpu.number));
        if (cpu.bytes == 0)
            continue;
        DatChunks chunks = findChunks(m_file, m_head, cpu);
        if (chunks.bytes == 0 && chunks.fault.empty())
            continue;
        m_cpus.push_back({cpu.number, chunks.bytes + m_head.threadNames.size()});
        m_chunks.push_back(std::move(chunks));
    }
    if (m_cpus.empty() && !m_head.otherBuffers.empty())
        throw ReadError("its events are in buffers of their own (\"" + m_head.otherBuffers.front().substr(0, 40)
            + "\"), which are not read; record without -B");
}

// trace-cmd extract writes the formats of all events that its kernel has: only an event itself proves that switches
// were recorded. Most often it is in the first page.
bool TraceDat::findSwitch(const Alive &alive)
{
    for (std::size_t cpu = 0; cpu < m_cpus.size(); ++cpu) {
        try {
            if (findSwitchOf(cpu, alive))
                return true;
        } catch (const ReadError &) {
            // The CPU's own stream meets it too, and tells it.
        }
    }
    return false;
}

bool TraceDat::findSwitchOf(std::size_t cpu, const Alive &alive)
{
    constexpr int kAliveEvery = 512; // pages
    const RawReading reading(m_head.isBigEndian);
    DatPages pages(m_file, m_chunks[cpu], m_head);
    RingPage page(m_head.isBigEndian, m_head.longBytes);
    for (int count = 1;; ++count) {
        const auto bytes = pages.next();
        if (bytes.empty())
            return false;
        if (count % kAliveEvery == 0 && alive)
            alive();
        for (page.load(bytes); page.next();)
            if (plan(idOf(reading, page.event())).what.kind == EventKind::SchedSwitch)
                return true;
    }
}

// As the kernel's and trace-cmd's mul_u64_u32_shr().
std::uint64_t scaled(std::uint64_t count, TscScale scale)
{
    const std::uint64_t low = (count & 0xffffffff) * scale.factor >> scale.shift;
    return low + ((count >> 32) * scale.factor << (32 - scale.shift));
}

wire::Description TraceDat::describe() const
{
    wire::Description description;
    description.format = "trace.dat";
    description.tracer = "trace-cmd";
    description.domain = "kernel";
    description.clockName = m_head.tsc ? "tsc2nsec" : m_head.clock;
    description.clockFrequency = 1'000'000'000;
    description.hasTid = true;
    description.hasSwitches = m_hasSwitches;
    description.events = m_formats.names();
    if (!m_hasSwitches)
        std::erase_if(
            description.events, [](const std::string &name) { return classify(name).kind == EventKind::SchedSwitch; });
    description.guestThreads = m_head.guestThreads;
    description.hostShifts = m_head.hostShifts;
    description.shiftsInterpolate = m_head.shiftsInterpolate;
    for (wire::HostShift &shift : description.hostShifts) {
        shift.atNs = timeOf(static_cast<std::uint64_t>(shift.atNs));
        if (m_head.tsc) {
            const auto size
                = static_cast<Ns>(scaled(static_cast<std::uint64_t>(std::abs(shift.offsetNs)), *m_head.tsc));
            shift.offsetNs = shift.offsetNs < 0 ? -size : size;
        }
        shift.offsetNs -= m_head.addNs; // it is from times without that
    }
    return description;
}

const TracePlan &TraceDat::plan(std::uint64_t id)
{
    const TracePlan *&plan = m_plans[id];
    if (!plan) {
        plan = m_formats.plan(id);
        if (!plan)
            plan = &m_unknown;
    }
    return *plan;
}

std::uint64_t TraceDat::idOf(const RawReading &reading, std::span<const std::byte> event) const
{
    return static_cast<std::uint16_t>(reading.integer(m_id, event));
}

Ns TraceDat::timeOf(std::uint64_t recorded) const
{
    const std::uint64_t ns = m_head.tsc ? scaled(recorded, *m_head.tsc) : recorded;
    constexpr std::uint64_t most = std::numeric_limits<Ns>::max() / 2;
    if (ns > most)
        throw ReadError("an event of it has a time that cannot be");
    return static_cast<Ns>(ns) + m_head.addNs;
}

DatStream::DatStream(TraceDat &trace, std::size_t cpu)
    : m_trace(trace), m_pages(trace.file(), trace.chunks(cpu), trace.head()),
      m_page(trace.head().isBigEndian, trace.head().longBytes), m_reading(trace.head().isBigEndian)
{
}

bool DatStream::next(FileStep &step)
{
    step = {};
    const auto &threads = m_trace.namedThreads();
    if (m_nextThread < threads.size()) {
        const NamedThread &thread = threads[m_nextThread++];
        step.kind = FileStep::Kind::Thread;
        step.told.tid = thread.tid;
        step.told.procname = thread.name;
        return true;
    }
    m_namesBytes = m_trace.head().threadNames.size();
    m_isEventDue = m_isEventDue || nextEvent();
    if (std::exchange(m_isLossDue, false)) {
        step.kind = FileStep::Kind::Lost;
        step.lost = m_lost;
        return true;
    }
    if (!std::exchange(m_isEventDue, false))
        return false;
    tellEvent(step);
    return true;
}

// To the event that is told next, but for what was lost before it.
bool DatStream::nextEvent()
{
    while (!m_page.next()) {
        const auto page = m_pages.next();
        if (page.empty())
            return false;
        m_page.load(page);
        if (m_page.isAfterLoss())
            noteLoss(m_page.lost());
    }
    return true;
}

// A page that nothing followed on may have had a loss before it already.
void DatStream::noteLoss(std::optional<std::uint64_t> count)
{
    if (!std::exchange(m_isLossDue, true))
        m_lost = count;
    else
        m_lost = m_lost && count ? std::optional(*m_lost + *count) : std::nullopt;
}

void DatStream::tellEvent(FileStep &step)
{
    const auto event = m_page.event();
    const TracePlan &plan = m_trace.plan(m_trace.idOf(m_reading, event));
    step.timeNs = m_trace.timeOf(m_page.time());
    step.isRepeated = isRepeated(step.timeNs);
    step.what = plan.what;
    step.kinds = kindsOf(plan);
    step.told = m_reading.read(plan, event);
}

void DatStream::tellFields(RawEvent &event) const
{
    const std::uint64_t id = m_trace.idOf(m_reading, m_page.event());
    if (const TraceFormat *format = m_trace.format(id))
        addTraceFields(*format, m_page.event(), m_trace.head().isBigEndian, event);
    else
        event.name = "event " + std::to_string(id);
}

bool DatStream::isRepeated(Ns timeNs)
{
    const auto event = m_page.event();
    if (timeNs == m_lastNs && std::equal(event.begin(), event.end(), m_last.begin(), m_last.end()))
        return true;
    m_last.assign(event.begin(), event.end());
    m_lastNs = timeNs;
    return false;
}

} // namespace

std::unique_ptr<TraceFile> openTraceDat(const std::string &path, const Alive &alive)
{
    return std::make_unique<TraceDat>(path, alive);
}

} // namespace exitscope::reader
