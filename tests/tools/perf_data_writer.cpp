// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/perf_data_writer.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <zstd.h>

#include "tests/tools/ctf_bytes.h"

namespace exitscope::testing {

namespace {

constexpr std::uint32_t kCpus = 8;

} // namespace

std::uint64_t PerfDataWriter::number(std::size_t event, std::uint32_t cpu)
{
    return 1000 + event * kCpus + cpu;
}

std::size_t PerfDataWriter::open(PerfOpened event)
{
    m_events.push_back(std::move(event));
    return m_events.size() - 1;
}

std::string PerfDataWriter::header(std::uint32_t type, std::uint16_t misc, std::size_t body) const
{
    if (body + 8 > 0xffff)
        throw std::invalid_argument("a record is too large");
    ByteWriter header(m_order);
    header.put(type);
    header.put(misc);
    header.put(std::uint16_t(body + 8));
    return header.bytes();
}

void PerfDataWriter::record(std::uint32_t type, std::uint16_t misc, const std::string &body, const std::string &behind)
{
    m_records.push_back({type, header(type, misc, body.size()) + body + behind});
}

namespace {

// What stands between PERIOD and RAW: counts of the event or of its group, and a call chain.
void putVariable(ByteWriter &body, std::uint64_t sampleType, std::uint64_t readFormat)
{
    constexpr std::uint64_t kRead = 1u << 4;
    constexpr std::uint64_t kCallchain = 1u << 5;
    const auto number = [&body] { body.put(std::uint64_t(0x7777)); };
    if ((sampleType & kRead) != 0) {
        const bool isGroup = (readFormat & 8) != 0;
        if (isGroup)
            body.put(std::uint64_t(2));
        else
            number();
        for (const unsigned time : {1u, 2u})
            if ((readFormat & time) != 0)
                number();
        for (int i = 0; i < (isGroup ? 2 : 1); ++i) {
            if (isGroup)
                number();
            for (const unsigned ofEach : {4u, 16u})
                if ((readFormat & ofEach) != 0)
                    number();
        }
    }
    if ((sampleType & kCallchain) != 0) {
        body.put(std::uint64_t(3));
        for (int i = 0; i < 3; ++i)
            number();
    }
}

} // namespace

void PerfDataWriter::sample(std::size_t event, PerfAt at, const std::string &raw)
{
    const std::uint64_t type = m_events[event].sampleType;
    ByteWriter body(m_order);
    const auto put = [&](unsigned bit, std::uint64_t value) {
        if ((type >> bit & 1) != 0)
            body.put(value);
    };
    put(16, number(event, at.cpu));
    put(0, 0xffffffff81000000);
    if ((type & 2) != 0) {
        body.put(at.pid);
        body.put(at.tid);
    }
    put(2, at.timeNs);
    put(3, 0xadd7);
    put(6, number(event, at.cpu));
    put(9, 0x57a3);
    if ((type >> 7 & 1) != 0) {
        body.put(at.cpu);
        body.put(std::uint32_t(0));
    }
    put(8, 1);
    putVariable(body, type, m_events[event].readFormat);
    if ((type >> 10 & 1) == 0) {
        record(9, 0, body.bytes());
        return;
    }
    const std::size_t padded = (raw.size() + 4 + 7) / 8 * 8 - 4;
    body.put(std::uint32_t(padded));
    record(9, 0, body.bytes() + raw + std::string(padded - raw.size(), '\0'));
}

// What every record but a sample ends with.
std::string PerfDataWriter::trailer(std::size_t event, PerfAt at, std::uint64_t number) const
{
    const std::uint64_t type = m_events[event].sampleType;
    ByteWriter end(m_order);
    if (!m_events[event].stampsAll)
        return {};
    if ((type & 2) != 0) {
        end.put(at.pid);
        end.put(at.tid);
    }
    const auto put = [&](unsigned bit, std::uint64_t value) {
        if ((type >> bit & 1) != 0)
            end.put(value);
    };
    put(2, at.timeNs);
    put(6, number);
    put(9, 0x57a3);
    if ((type >> 7 & 1) != 0) {
        end.put(at.cpu);
        end.put(std::uint32_t(0));
    }
    put(16, number);
    return end.bytes();
}

void PerfDataWriter::lost(std::size_t event, PerfAt at, std::uint64_t count)
{
    ByteWriter body(m_order);
    body.put(number(event, at.cpu));
    body.put(count);
    record(2, 0, body.bytes() + trailer(event, at, number(event, at.cpu)));
}

void PerfDataWriter::lostSamples(std::size_t event, std::uint32_t cpu, std::uint64_t count, bool isFiltered)
{
    ByteWriter body(m_order);
    body.put(count);
    record(13, isFiltered ? 0x8000 : 0, body.bytes() + trailer(event, {}, number(event, cpu)));
}

void PerfDataWriter::numbers()
{
    ByteWriter body(m_order);
    body.put(std::uint64_t(m_events.size() * kCpus));
    for (std::size_t event = 0; event < m_events.size(); ++event)
        for (std::uint32_t cpu = 0; cpu < kCpus; ++cpu)
            for (const std::uint64_t value :
                {number(event, cpu), std::uint64_t(cpu), std::uint64_t(cpu), ~std::uint64_t(0)})
                body.put(value);
    record(69, 0, body.bytes());
}

void PerfDataWriter::name(PerfAt at, const std::string &comm)
{
    ByteWriter body(m_order);
    body.put(at.pid);
    body.put(at.tid);
    const std::string padded = comm + std::string(8 - comm.size() % 8, '\0');
    record(3, 0, body.bytes() + padded + trailer(0, at, at.timeNs == 0 ? 0 : number(0, at.cpu)));
}

void PerfDataWriter::thread(std::uint32_t type, PerfAt at)
{
    ByteWriter body(m_order);
    body.put(at.pid);
    body.put(std::int32_t(1)); // of the parent
    body.put(at.tid);
    body.put(std::int32_t(1));
    body.put(at.timeNs);
    record(type, 0, body.bytes() + trailer(0, at, at.timeNs == 0 ? 0 : number(0, at.cpu)));
}

void PerfDataWriter::fork(PerfAt at)
{
    thread(7, at);
}

void PerfDataWriter::exit(PerfAt at)
{
    thread(4, at);
}

void PerfDataWriter::round()
{
    record(68, 0, {});
}

std::string PerfDataWriter::attr(const PerfOpened &event) const
{
    constexpr std::size_t kBytes = 128;
    const std::optional<std::uint16_t> tracepoint = perfNumber(event.name);
    ByteWriter attr(m_order);
    attr.put(std::uint32_t(tracepoint ? 2 : 0));
    attr.put(std::uint32_t(kBytes));
    attr.put(std::uint64_t(tracepoint.value_or(0)));
    attr.put(event.period);
    attr.put(event.sampleType);
    attr.put(event.readFormat);
    attr.put(std::uint64_t(event.stampsAll) << 18 | std::uint64_t(event.clockId.has_value()) << 25);
    attr.resize(92);
    attr.put(event.clockId.value_or(0));
    attr.resize(kBytes);
    return attr.bytes();
}

std::string PerfDataWriter::numbersOf(std::size_t event) const
{
    ByteWriter numbers(m_order);
    for (std::uint32_t cpu = 0; cpu < kCpus; ++cpu)
        numbers.put(number(event, cpu));
    return numbers.bytes();
}

std::string PerfDataWriter::tracingData() const
{
    std::set<std::string> systems;
    std::set<std::string> names;
    for (const PerfOpened &event : m_events)
        if (perfNumber(event.name)) {
            systems.insert(event.name.substr(0, event.name.find(':')));
            names.insert(event.name);
        }
    ByteWriter data(m_order);
    for (const char c : std::string("\x17\x08\x44tracing"))
        data.put(std::uint8_t(c));
    data.putString("0.6");
    data.put(std::uint8_t(m_order == ByteOrder::Big));
    data.put(std::uint8_t(8));
    data.put(std::uint32_t(4096));
    const std::string page = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n"
                             "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n"
                             "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n"
                             "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;\n";
    for (const char *part : {"header_page", "header_event"}) { // perf does not want either empty
        data.putString(part);
        data.put(std::uint64_t(page.size()));
        for (const char c : page)
            data.put(std::uint8_t(c));
    }
    data.put(std::uint32_t(0));
    data.put(std::uint32_t(systems.size()));
    std::string bytes = data.bytes();
    for (const std::string &system : systems) {
        ByteWriter events(m_order);
        events.putString(system);
        const auto isOfIt = [&](const std::string &name) { return name.starts_with(system + ':'); };
        events.put(std::uint32_t(std::count_if(names.begin(), names.end(), isOfIt)));
        bytes += events.bytes();
        for (const std::string &name : names) {
            if (!isOfIt(name))
                continue;
            const std::string format = perfFormat(name);
            ByteWriter size(m_order);
            size.put(std::uint64_t(format.size()));
            bytes += size.bytes() + format;
        }
    }
    return bytes + std::string(16, '\0'); // no symbols, no texts of printk, no names of threads
}

std::string PerfDataWriter::records() const
{
    std::string all;
    for (const Record &record : m_records)
        all += record.bytes;
    return all;
}

std::string PerfDataWriter::compressed(Form form) const
{
    constexpr std::size_t kPiece = 150;
    const std::unique_ptr<ZSTD_CStream, std::size_t (*)(ZSTD_CStream *)> stream(
        ZSTD_createCStream(), &ZSTD_freeCStream);
    std::string all;
    const auto flush = [&](std::string_view bytes) {
        std::string packed(ZSTD_compressBound(bytes.size()) + 64, '\0');
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        ZSTD_outBuffer out{packed.data(), packed.size(), 0};
        if (ZSTD_compressStream2(stream.get(), &out, &in, ZSTD_e_flush) != 0)
            throw std::runtime_error("zstd did not take all");
        packed.resize(out.pos);
        if (form == Form::Compressed) {
            all += header(81, 0, packed.size()) + packed;
            return;
        }
        ByteWriter size(m_order);
        size.put(std::uint64_t(packed.size()));
        packed.resize((packed.size() + 7) / 8 * 8);
        all += header(83, 0, 8 + packed.size()) + size.bytes() + packed;
    };
    std::string waiting;
    const auto flushAll = [&] {
        for (std::size_t at = 0; at < waiting.size(); at += kPiece)
            flush(std::string_view(waiting).substr(at, kPiece));
        waiting.clear();
    };
    for (const Record &record : m_records) {
        if (record.type < 64) { // of the kernel
            waiting += record.bytes;
            continue;
        }
        flushAll();
        all += record.bytes;
    }
    flushAll();
    return all;
}

std::string PerfDataWriter::whole(const std::string &records, bool isCompressed) const
{
    constexpr std::size_t kHead = 104;
    constexpr std::size_t kEntry = 128 + 16;
    const std::size_t attrs = kHead + m_events.size() * kCpus * 8;
    const std::size_t data = attrs + m_events.size() * kEntry;
    ByteWriter head(m_order);
    head.put(std::uint64_t(0x32454c4946524550)); // PERFILE2
    head.put(std::uint64_t(kHead));
    head.put(std::uint64_t(kEntry));
    for (const std::size_t part :
        {attrs, m_events.size() * kEntry, data, records.size(), std::size_t(0), std::size_t(0)})
        head.put(std::uint64_t(part));
    // Bits of what stands behind the records, and this itself.
    std::uint64_t features = 0;
    std::vector<std::string> texts;
    if (std::any_of(m_events.begin(), m_events.end(),
            [](const PerfOpened &event) { return perfNumber(event.name).has_value(); })) {
        features |= 1u << 1;
        texts.push_back(tracingData());
    }
    if (isCompressed) {
        features |= 1u << 27;
        ByteWriter how(m_order);
        for (const std::uint32_t value : {1u, 1u, 1u, 2u, 1u << 20}) // version, zstd, level, ratio, ring buffer's bytes
            how.put(value);
        texts.push_back(how.bytes());
    }
    head.put(features);
    head.resize(kHead);
    std::string file = head.bytes();
    for (std::size_t event = 0; event < m_events.size(); ++event)
        file += numbersOf(event);
    for (std::size_t event = 0; event < m_events.size(); ++event) {
        ByteWriter section(m_order);
        section.put(std::uint64_t(kHead + event * kCpus * 8));
        section.put(std::uint64_t(kCpus * 8));
        file += attr(m_events[event]) + section.bytes();
    }
    file += records;
    std::size_t at = file.size() + texts.size() * 16;
    ByteWriter sections(m_order);
    for (const std::string &text : texts) {
        sections.put(std::uint64_t(at));
        sections.put(std::uint64_t(text.size()));
        at += text.size();
    }
    file += sections.bytes();
    for (const std::string &text : texts)
        file += text;
    return file;
}

std::string PerfDataWriter::piped() const
{
    ByteWriter head(m_order);
    head.put(std::uint64_t(0x32454c4946524550));
    head.put(std::uint64_t(16));
    std::string file = head.bytes();
    for (std::size_t event = 0; event < m_events.size(); ++event) {
        const std::string body = attr(m_events[event]) + numbersOf(event);
        file += header(64, 0, body.size()) + body;
    }
    std::string tracing = tracingData();
    tracing.resize((tracing.size() + 7) / 8 * 8);
    ByteWriter size(m_order);
    size.put(std::uint32_t(tracing.size()));
    return file + header(66, 0, size.size()) + size.bytes() + tracing + records();
}

std::string PerfDataWriter::file(Form form) const
{
    switch (form) {
    case Form::Piped:
        return piped();
    case Form::Compressed:
    case Form::Compressed2:
        return whole(compressed(form), true);
    case Form::Whole:
        break;
    }
    return whole(records(), false);
}

void PerfDataWriter::write(const std::string &path, Form form) const
{
    std::ofstream stream(path, std::ios::binary);
    const std::string bytes = file(form);
    if (!stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush())
        throw std::runtime_error("cannot write " + path);
}

} // namespace exitscope::testing
