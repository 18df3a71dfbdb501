// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/ctf_writer.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/tools/ctf_bytes.h"

namespace exitscope::testing {

namespace {

constexpr std::uint32_t kPacketMagic = 0xc1fc1fc1;
constexpr std::uint32_t kIndexMagic = 0xc1f1dcc1;
constexpr std::uint32_t kIndexEntryBytes = 72;
constexpr int kLargeBits = 32; // of the short time in an event header
constexpr int kCompactBits = 27;
constexpr std::uint32_t kLargeExtended = 65535;
constexpr std::uint32_t kCompactExtended = 31;

void writeFile(const std::string &path, const std::string &bytes)
{
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), std::streamsize(bytes.size()));
    file.close();
    if (!file)
        throw std::runtime_error(path + ": cannot be written");
}

void putField(ByteWriter &bytes, const Field &field, const Event &event, Tracer tracer)
{
    if (field.type == FieldType::Text16) {
        static const std::string empty;
        const std::string &text = field.text ? event.*field.text : empty;
        if (tracer == Tracer::Perf)
            bytes.putString(text);
        else
            bytes.putText16(text);
        return;
    }
    std::int64_t value = field.number ? event.*field.number : 0;
    if (value == kAbsent && field.number == &Event::pid)
        value = event.recordedTid();
    else if (value == kAbsent && field.number == &Event::tid)
        value = event.recordedTid();
    if (value == kAbsent)
        throw std::invalid_argument(std::string(scriptName(event.type)) + " lacks the value of "
            + std::string(field.name) + ", which this trace records");
    switch (field.type) {
    case FieldType::S32:
    case FieldType::U32:
        bytes.put(std::uint32_t(value));
        break;
    case FieldType::Sequence:
        bytes.put(std::uint8_t(1));
        bytes.put(std::uint32_t(value));
        break;
    default:
        bytes.put(std::uint64_t(value));
    }
}

} // namespace

class CtfStream::Private {
public:
    Private(CtfTrace &trace, std::int32_t pcpu, std::uint32_t classId, const std::string &file, std::uint64_t instance)
        : m_trace(trace), m_path(trace.m_directory + "/" + file),
          m_indexPath(trace.m_directory + "/index/" + file + ".idx"), m_pcpu(pcpu), m_classId(classId),
          m_instance(instance), m_content(trace.options.byteOrder), m_index(ByteOrder::Big)
    {
        writeFile(m_path, {});
        m_file.open(m_path, std::ios::binary | std::ios::app);
    }

    void event(std::int64_t time, const Event &event)
    {
        auto &layout = m_trace.layoutOf(event);
        layout.classes.insert(m_classId);
        if (m_content.size() == 0) {
            m_begin = m_end = time;
            m_clock = std::uint64_t(time);
        }
        const std::size_t before = m_content.size();
        try {
            putHeader(layout.id, std::uint64_t(time));
            for (const Field &field : contextOf(options().tracer, options().recorded))
                putField(m_content, field, event, options().tracer);
            for (const Field &field : layout.payload)
                putField(m_content, field, event, options().tracer);
        } catch (...) {
            m_content.resize(before);
            throw;
        }
        m_clock = std::uint64_t(time);
        m_end = std::max(m_end, time);
        if (m_content.size() >= options().maxPacketBytes)
            packet();
    }

    void packet()
    {
        if (m_content.size() == 0 && !m_lossPending)
            return;
        if (m_content.size() == 0)
            m_begin = m_end;
        ByteWriter head(options().byteOrder);
        putPacketHead(head, 0, 0);
        const std::uint64_t content = head.size() + m_content.size();
        const std::uint64_t align = options().packetAlignment;
        const std::uint64_t whole = (content + align - 1) / align * align;
        ByteWriter packet(options().byteOrder);
        putPacketHead(packet, content * 8, whole * 8);
        packet.append(m_content);
        packet.resize(whole);
        if (options().index)
            putIndexEntry(content * 8, whole * 8);
        m_file.write(packet.bytes().data(), std::streamsize(packet.size()));
        m_offset += whole;
        ++m_sequence;
        m_lossPending = false;
        m_content.resize(0);
    }

    void finish()
    {
        packet();
        m_file.close();
        if (!m_file)
            throw std::runtime_error(m_path + ": cannot be written");
        if (!options().index)
            return;
        std::filesystem::create_directories(std::filesystem::path(m_indexPath).parent_path());
        ByteWriter head(ByteOrder::Big);
        for (std::uint32_t value : {kIndexMagic, 1u, 1u, kIndexEntryBytes})
            head.put(value);
        head.append(m_index);
        writeFile(m_indexPath, head.bytes());
    }

    std::uint64_t m_discarded = 0; // since the stream began
    std::uint64_t m_sequence = 0;
    bool m_lossPending = false;

private:
    const CtfOptions &options() const { return m_trace.options; }

    void putHeader(std::uint32_t id, std::uint64_t time)
    {
        if (options().tracer == Tracer::Perf) {
            m_content.put(id);
            m_content.put(time);
            return;
        }
        const bool compact = options().header == EventHeader::Compact;
        const int bits = compact ? kCompactBits : kLargeBits;
        const std::uint32_t extended = compact ? kCompactExtended : kLargeExtended;
        // A short time cannot go back, nor wrap more than once.
        const bool isShort = id < extended && time >= m_clock && time - m_clock < (1ull << bits);
        const std::uint64_t low = time & ((1ull << bits) - 1);
        if (compact && isShort)
            m_content.put(std::uint32_t(options().byteOrder == ByteOrder::Little ? id | low << 5 : id << 27 | low));
        else if (compact)
            m_content.put(std::uint8_t(options().byteOrder == ByteOrder::Little ? extended : extended << 3));
        else
            m_content.put(std::uint16_t(isShort ? id : extended));
        if (!compact && isShort)
            m_content.put(std::uint32_t(low));
        if (!isShort) {
            m_content.put(id);
            m_content.put(time);
        }
    }

    void putPacketHead(ByteWriter &bytes, std::uint64_t contentBits, std::uint64_t packetBits) const
    {
        const bool perf = options().tracer == Tracer::Perf;
        bytes.put(kPacketMagic);
        if (!options().traceUuid.empty())
            bytes.putUuid(options().traceUuid);
        bytes.put(m_classId); // stream_id
        if (!perf)
            bytes.put(m_instance);
        bytes.put(std::uint64_t(m_begin));
        bytes.put(std::uint64_t(m_end));
        bytes.put(contentBits);
        bytes.put(packetBits);
        if (!perf)
            bytes.put(m_sequence);
        bytes.put(m_discarded);
        if (options().cpuId)
            bytes.put(std::uint32_t(m_pcpu));
    }

    void putIndexEntry(std::uint64_t contentBits, std::uint64_t packetBits)
    {
        for (std::uint64_t value : {m_offset, packetBits, contentBits, std::uint64_t(m_begin), std::uint64_t(m_end),
                 m_discarded, std::uint64_t(0), m_instance, m_sequence})
            m_index.put(value);
    }

    CtfTrace &m_trace;
    std::string m_path;
    std::string m_indexPath;
    std::int32_t m_pcpu;
    std::uint32_t m_classId;
    std::uint64_t m_instance;
    std::ofstream m_file;
    ByteWriter m_content; // the events of the packet being written
    ByteWriter m_index;
    std::int64_t m_begin = 0; // of the packet
    std::int64_t m_end = 0;
    std::uint64_t m_clock = 0; // what a reader thinks the time is
    std::uint64_t m_offset = 0;
};

CtfStream::CtfStream(
    CtfTrace &trace, std::int32_t pcpu, std::uint32_t classId, const std::string &file, std::uint64_t instance)
    : d(std::make_unique<Private>(trace, pcpu, classId, file, instance))
{
}

CtfStream::~CtfStream() = default;

void CtfStream::event(std::int64_t time, const Event &event)
{
    d->event(time, event);
}

void CtfStream::packet()
{
    d->packet();
}

void CtfStream::lose(std::uint64_t events)
{
    d->m_discarded += events;
    d->m_lossPending = true;
}

void CtfStream::losePackets(std::uint64_t packets)
{
    d->m_sequence += packets;
    d->m_lossPending = true;
}

CtfTrace::CtfTrace(const std::string &directory) : m_directory(directory), m_layouts(kEventTypes)
{
    std::filesystem::create_directories(directory);
}

CtfTrace::~CtfTrace() = default;

CtfStream &CtfTrace::stream(std::int32_t pcpu, const std::string &channel)
{
    const std::string file = channel + "_" + std::to_string(pcpu);
    const std::uint32_t classId = m_classes.try_emplace(channel, std::uint32_t(m_classes.size())).first->second;
    auto &stream = m_streams[file];
    if (!stream)
        stream = std::make_unique<CtfStream>(*this, pcpu, classId, file, m_streams.size() - 1);
    return *stream;
}

CtfTrace::EventLayout &CtfTrace::layoutOf(const Event &event)
{
    auto &known = m_layouts[std::size_t(event.type)];
    if (known)
        return *known;
    EventLayout layout;
    layout.name = recordedName(event, options.tracer);
    const bool isNamed = event.type == EventType::Other || event.type == EventType::Touch;
    if (isNamed) {
        const auto other = m_otherLayouts.find(layout.name);
        if (other != m_otherLayouts.end())
            return other->second;
    }
    layout.id = m_nextId++;
    layout.payload = payloadOf(event, options.tracer, options.recorded);
    if (isNamed)
        return m_otherLayouts[layout.name] = layout;
    known = std::make_unique<EventLayout>(layout);
    return *known;
}

void CtfTrace::write()
{
    for (auto &[file, stream] : m_streams)
        stream->d->finish();
    writeFile(m_directory + "/metadata", metadata());
}

} // namespace exitscope::testing
