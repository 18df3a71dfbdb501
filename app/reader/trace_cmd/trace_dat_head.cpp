// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/trace_cmd/trace_dat_head.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include "app/reader/file/byte_cursor.h"
#include "app/reader/file/trace_format.h"
#include "app/reader/read_error.h"

// As trace-cmd's manual pages trace-cmd.dat.v6 and .v7 have it.
namespace exitscope::reader {

namespace {

constexpr std::uint32_t kMostPageBytes = 64u << 20;
constexpr std::uint32_t kMostCpus = kMaxPcpu + 1;
constexpr int kMostOptionSections = 1000; // they are a chain, which damage can close to a ring
constexpr std::uint16_t kIsCompressed = 1; // of a section's flags
constexpr const char *kIsText = "it holds the text of a latency tracer, and no events";

enum Option : std::uint16_t {
    Done = 0,
    Date = 1,
    Buffer = 3,
    TraceClock = 4,
    Offset = 7,
    CpuCount = 8,
    TimeShift = 12,
    Guest = 13,
    Tsc2Nsec = 14,
    HeaderInfo = 16,
    FtraceEvents = 17,
    EventFormats = 18,
    Kallsyms = 19,
    CmdLines = 21,
    BufferText = 22,
};

// The clock in use is the one in brackets.
std::string clockIn(const std::string &text)
{
    const std::size_t begin = text.find('[');
    const std::size_t end = text.find(']');
    return begin < end && end != std::string::npos ? text.substr(begin + 1, end - begin - 1) : std::string();
}

// A number as strtoll() reads it with base 0.
std::int64_t numberIn(std::string_view text)
{
    const bool isNegative = text.starts_with('-');
    if (isNegative || text.starts_with('+'))
        text.remove_prefix(1);
    const bool isHex = text.starts_with("0x");
    if (isHex)
        text.remove_prefix(2);
    std::int64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, isHex ? 16 : 10);
    if (parsed.ec != std::errc{})
        throw ReadError("the file is damaged: what it says to add to its times is no number");
    return isNegative ? -value : value;
}

class HeadReader {
public:
    // Where `kallsyms` is no null, that text of the kernel is put there: it takes megabytes, and few want it.
    HeadReader(const FileBytes &file, TraceFormats &formats, std::string *kallsyms = nullptr)
        : m_file(file), m_formats(formats), m_kallsyms(kallsyms)
    {
    }

    DatHead read();

private:
    void readVersion6(ByteCursor &cursor);
    void readVersion7(ByteCursor &cursor);
    std::uint64_t readOptions(ByteCursor &section); // of version 7; where the next ones are, 0: nowhere
    void option(std::uint16_t id, ByteCursor data);
    ByteCursor section(std::uint64_t offset, std::uint16_t id) const;
    void readPageFormat(ByteCursor &cursor);
    void readFtraceFormats(ByteCursor &cursor);
    void readFormats(ByteCursor &cursor);
    void readKallsyms(ByteCursor &cursor);
    void readBuffer(ByteCursor &data);
    void readCpus(ByteCursor &cursor, std::uint32_t count);
    void readTimeShift(ByteCursor &data);
    void readGuest(ByteCursor &data);
    void add(std::int64_t ns, std::int64_t times);

    const FileBytes &m_file;
    TraceFormats &m_formats;
    std::string *m_kallsyms;
    DatHead m_head;
    bool m_hasSections = false; // version 7
    std::optional<std::uint32_t> m_cpuCount; // by an option
    bool m_hasClockOption = false;
};

DatHead HeadReader::read()
{
    ByteCursor start(m_file, kTracingMagic.size(), false);
    const std::string version = start.text();
    if (version != "6" && version != "7")
        throw ReadError("it is a trace.dat of version " + version.substr(0, 20) + "; versions 6 and 7 can be read");
    m_hasSections = version == "7";
    const int endianness = static_cast<unsigned char>(start.bytes(1)[0]);
    m_head.longBytes = static_cast<unsigned char>(start.bytes(1)[0]);
    if (endianness > 1 || (m_head.longBytes != 4 && m_head.longBytes != 8))
        throw ReadError("the file is damaged: its head says nothing sensible of the machine that recorded it");
    m_head.isBigEndian = endianness == 1;
    ByteCursor cursor(m_file, start.at(), m_head.isBigEndian);
    m_head.pageBytes = cursor.u32();
    if (m_hasSections)
        readVersion7(cursor);
    else
        readVersion6(cursor);
    if (m_head.pageBytes < 64 || m_head.pageBytes > kMostPageBytes)
        throw ReadError("the file is damaged: pages of " + std::to_string(m_head.pageBytes) + " bytes");
    return m_head;
}

void HeadReader::readVersion6(ByteCursor &cursor)
{
    readPageFormat(cursor);
    readFtraceFormats(cursor);
    readFormats(cursor);
    readKallsyms(cursor);
    cursor.skip(cursor.u32()); // formats of printk
    m_head.threadNames = cursor.bytes(cursor.u64());
    const std::uint32_t cpus = cursor.u32();
    std::string kind = cursor.bytes(10);
    if (kind.starts_with("options")) {
        while (const std::uint16_t id = cursor.u16())
            option(id, ByteCursor(cursor.bytes(cursor.u32()), m_head.isBigEndian));
        kind = cursor.bytes(10);
    }
    if (!kind.starts_with("flyrecord"))
        throw ReadError(kIsText);
    readCpus(cursor, m_cpuCount.value_or(cpus));
    if (m_hasClockOption && m_head.clock.empty())
        m_head.clock = clockIn(cursor.bytes(cursor.u64()));
}

void HeadReader::readVersion7(ByteCursor &cursor)
{
    const std::string compression = cursor.text();
    cursor.text(); // the version of its library
    const auto packing = packingNamed(compression);
    if (!packing)
        throw ReadError("it is compressed by " + compression.substr(0, 20)
            + ", which is not read; `trace-cmd convert --compression none` unpacks it");
    m_head.packing = *packing;
    std::uint64_t next = cursor.u64();
    for (int sections = 0; next != 0; ++sections) {
        if (sections == kMostOptionSections)
            throw ReadError("the file is damaged: its options do not end");
        ByteCursor options = section(next, Option::Done);
        next = readOptions(options);
    }
}

std::uint64_t HeadReader::readOptions(ByteCursor &section)
{
    while (!section.isAtEnd()) {
        const std::uint16_t id = section.u16();
        ByteCursor data(section.bytes(section.u32()), m_head.isBigEndian);
        if (id == Option::Done)
            return data.u64();
        option(id, std::move(data));
    }
    return 0;
}

ByteCursor HeadReader::section(std::uint64_t offset, std::uint16_t id) const
{
    ByteCursor cursor(m_file, offset, m_head.isBigEndian);
    const std::uint16_t found = cursor.u16();
    const std::uint16_t flags = cursor.u16();
    cursor.u32(); // what it is called
    const std::uint64_t size = cursor.u64();
    if (found != id)
        throw ReadError("the file is damaged: a part of its head is not where it should be");
    if ((flags & kIsCompressed) == 0)
        return {cursor.bytes(size), m_head.isBigEndian};
    const std::uint32_t packedBytes = cursor.u32();
    const std::uint32_t bytes = cursor.u32();
    if (bytes > ByteCursor::kMost)
        throw ReadError("the file is damaged: a part of its head is too large");
    const std::string packed = cursor.bytes(packedBytes);
    std::string unpacked(bytes, '\0');
    unpack(m_head.packing, std::as_bytes(std::span(packed)), std::as_writable_bytes(std::span(unpacked)));
    return {std::move(unpacked), m_head.isBigEndian};
}

void HeadReader::option(std::uint16_t id, ByteCursor data)
{
    const auto text = [&data] { return data.bytes(data.size()); };
    const auto at = [&](std::uint16_t part) { return section(data.u64(), part); };
    switch (id) {
    case Option::Date:
        return add(numberIn(text()), 1000);
    case Option::Offset:
        return add(numberIn(text()), 1);
    case Option::Buffer:
        return readBuffer(data);
    case Option::BufferText:
        data.u64(); // where it begins
        if (data.text().empty())
            throw ReadError(kIsText);
        return;
    case Option::TraceClock:
        m_hasClockOption = true;
        m_head.clock = clockIn(text());
        return;
    case Option::CpuCount:
        m_cpuCount = data.u32();
        return;
    case Option::TimeShift:
        return readTimeShift(data);
    case Option::Guest:
        return readGuest(data);
    case Option::Tsc2Nsec:
        m_head.tsc.emplace().factor = data.u32();
        m_head.tsc->shift = data.u32();
        return;
    default:
        break;
    }
    if (!m_hasSections)
        return;
    if (id == Option::HeaderInfo) {
        ByteCursor part = at(id);
        readPageFormat(part);
    } else if (id == Option::FtraceEvents) {
        ByteCursor part = at(id);
        readFtraceFormats(part);
    } else if (id == Option::EventFormats) {
        ByteCursor part = at(id);
        readFormats(part);
    } else if (id == Option::Kallsyms && m_kallsyms) {
        ByteCursor part = at(id);
        readKallsyms(part);
    } else if (id == Option::CmdLines) {
        ByteCursor part = at(id);
        m_head.threadNames = part.bytes(part.u64());
    }
}

void HeadReader::readPageFormat(ByteCursor &cursor)
{
    const bool hasPage = cursor.text() == "header_page";
    const std::string page = cursor.bytes(cursor.u64());
    const bool hasEvent = cursor.text() == "header_event";
    const std::string event = cursor.bytes(cursor.u64());
    // Nothing in it where the kernel is too old to tell.
    const bool isUsual
        = event.empty() || (event.find(" 5 bits") != std::string::npos && event.find("27 bits") != std::string::npos);
    if (!hasPage || !hasEvent || !isUsual)
        throw ReadError("the ring buffer of the kernel that recorded it is of an unknown form");
    const std::size_t commit = page.find(" commit;");
    if (commit == std::string::npos)
        return;
    const std::string line = page.substr(commit, page.find('\n', commit) - commit);
    m_head.longBytes = line.find("size:4;") != std::string::npos ? 4 : 8;
}

void HeadReader::readFtraceFormats(ByteCursor &cursor)
{
    for (std::uint32_t left = cursor.u32(); left > 0; --left)
        m_formats.add("ftrace", cursor.bytes(cursor.u64()));
}

void HeadReader::readFormats(ByteCursor &cursor)
{
    for (std::uint32_t systems = cursor.u32(); systems > 0; --systems) {
        const std::string system = cursor.text();
        for (std::uint32_t events = cursor.u32(); events > 0; --events)
            m_formats.add(system, cursor.bytes(cursor.u64()));
    }
}

void HeadReader::readKallsyms(ByteCursor &cursor)
{
    const std::uint32_t size = cursor.u32();
    if (m_kallsyms)
        *m_kallsyms = cursor.bytes(size);
    else
        cursor.skip(size);
}

void HeadReader::readBuffer(ByteCursor &data)
{
    data.u64(); // where it begins: each CPU says so itself
    const std::string name = data.text();
    if (!name.empty()) {
        m_head.otherBuffers.push_back(name);
        return;
    }
    if (!m_hasSections)
        return;
    if (const std::string clock = data.text(); m_head.clock.empty())
        m_head.clock = clock;
    m_head.pageBytes = data.u32();
    const std::uint32_t cpus = data.u32();
    m_head.cpus.clear();
    for (std::uint32_t i = 0; i < cpus; ++i) {
        const std::uint32_t number = data.u32();
        const std::uint64_t offset = data.u64();
        const std::uint64_t bytes = data.u64();
        if (number >= kMostCpus)
            throw ReadError("the file is damaged: it has a CPU " + std::to_string(number));
        m_head.cpus.push_back({static_cast<std::int32_t>(number), offset, bytes});
    }
}

void HeadReader::readCpus(ByteCursor &cursor, std::uint32_t count)
{
    if (count > kMostCpus)
        throw ReadError("the file is damaged: it has " + std::to_string(count) + " CPUs");
    for (std::uint32_t number = 0; number < count; ++number) {
        const std::uint64_t offset = cursor.u64();
        m_head.cpus.push_back({static_cast<std::int32_t>(number), offset, cursor.u64()});
    }
}

// All CPUs of a guest share its clock: what was measured on the first one that has anything stands for it.
void HeadReader::readTimeShift(ByteCursor &data)
{
    constexpr std::uint32_t kInterpolates = 1; // of the flags
    constexpr std::uint32_t kMostShifts = 1u << 16;
    data.u64(); // which recording of the host
    m_head.shiftsInterpolate = (data.u32() & kInterpolates) != 0;
    std::vector<std::vector<wire::HostShift>> byCpu(std::min(data.u32(), kMostCpus));
    for (auto &shifts : byCpu) {
        const std::uint32_t count = data.u32();
        if (count > kMostShifts)
            throw ReadError("the file is damaged: it tells " + std::to_string(count) + " time shifts of a CPU");
        shifts.resize(count);
        for (wire::HostShift &shift : shifts)
            shift.atNs = static_cast<std::int64_t>(data.u64());
        for (wire::HostShift &shift : shifts)
            shift.offsetNs = static_cast<std::int64_t>(data.u64());
        for (wire::HostShift &shift : shifts)
            shift.multiplier = data.u64();
    }
    for (auto &shifts : byCpu)
        for (wire::HostShift &shift : shifts)
            if (!data.isAtEnd()) // older ones have no fractions
                shift.fractionBits = static_cast<std::uint32_t>(std::min<std::uint64_t>(data.u64(), 63));
    for (auto &shifts : byCpu)
        if (m_head.hostShifts.empty())
            m_head.hostShifts = std::move(shifts);
}

void HeadReader::readGuest(ByteCursor &data)
{
    const std::string name = data.text();
    data.u64(); // which recording of the guest
    for (std::uint32_t left = std::min(data.u32(), kMostCpus); left > 0; --left) {
        const auto vcpu = static_cast<std::int32_t>(data.u32());
        m_head.guestThreads.push_back({static_cast<std::int32_t>(data.u32()), vcpu, name});
    }
}

void HeadReader::add(std::int64_t ns, std::int64_t times)
{
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 4;
    if (ns > most / times || ns < -most / times || std::abs(m_head.addNs) > most)
        throw ReadError("the file is damaged: what it says to add to its times is too large");
    m_head.addNs += ns * times;
}

} // namespace

bool isTraceDat(const std::string &firstBytes)
{
    return firstBytes.starts_with(kTracingMagic);
}

DatHead readDatHead(const FileBytes &file, TraceFormats &formats)
{
    return HeadReader(file, formats).read();
}

std::string readDatKallsyms(const FileBytes &file)
{
    TraceFormats formats;
    std::string kallsyms;
    HeadReader(file, formats, &kallsyms).read();
    return kallsyms;
}

} // namespace exitscope::reader
