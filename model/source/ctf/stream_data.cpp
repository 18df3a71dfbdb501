// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/stream_data.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "model/source/ctf/ctf2_metadata.h"
#include "model/source/ctf/stream_cursor.h"
#include "model/source/ctf/tsdl_parser.h"

namespace exitscope::ctf {

namespace {

constexpr std::uint64_t kMagic = 0xc1fc1fc1;
constexpr std::size_t kMostPackets = 1u << 22; // of a file

std::shared_ptr<const TraceClass> parse(std::string_view metadata)
{
    return std::make_shared<const TraceClass>(isCtf2(metadata) ? parseCtf2(metadata) : parseTsdl(metadata));
}

} // namespace

Trace::Trace(std::string_view metadata) : m_layout(compileTrace(parse(metadata))) { }

const StreamLayout &Trace::stream(std::uint64_t id) const
{
    const std::lock_guard lock(m_mutex);
    auto &compiled = m_streams[id];
    if (compiled)
        return *compiled;
    const auto found = traceClass().streams.find(id);
    if (found == traceClass().streams.end())
        throw CtfError("its packets are of a kind of stream that the metadata does not know");
    compiled = std::make_unique<StreamLayout>(compileStream(m_layout, found->second));
    return *compiled;
}

PacketHead::PacketHead(const Trace &trace, std::span<const std::uint8_t> rest)
{
    PacketBits bits{rest.data(), 8 * static_cast<std::uint64_t>(rest.size()), 0};
    const TraceLayout &layout = trace.layout();
    FieldReader header(layout.registers);
    header.read(layout.programs, layout.packetHeader, bits);
    if (layout.hasMagic && header.role(Role::Magic) != kMagic)
        throw CtfError("no packet where one should begin");
    const auto &uuid = trace.traceClass().uuid;
    if (header.uuid() && uuid && std::memcmp(header.uuid(), uuid->data(), uuid->size()) != 0)
        throw CtfError("a packet of another trace");
    const auto &streams = trace.traceClass().streams;
    if (!layout.hasStreamClassId && streams.size() != 1)
        throw CtfError("nothing tells of which kind a stream is");
    streamClass = header.role(Role::StreamClassId).value_or(streams.empty() ? 0 : streams.begin()->first);
    streamId = header.role(Role::StreamId).value_or(0);
    const StreamLayout &stream = trace.stream(streamClass);
    FieldReader context(stream.registers);
    context.read(stream.programs, stream.packetContext, bits);
    at = bits.at;
    packet.begin = context.role(Role::BeginTime);
    packet.discardedEvents = context.role(Role::DiscardedEvents);
    packet.number = context.role(Role::PacketNumber);
    packet.cpu = context.cpu();
    sizes(context, bits.end);
    checkTimes(context, *stream.clock);
}

// Of what else is damaged there nobody knows: libbabeltrace2 opens no stream with such a packet. An end of all ones is
// none, and nobody needs it.
void PacketHead::checkTimes(const FieldReader &context, const ClockClass &clock)
{
    const ClockScale scale(clock);
    for (const Role role : {Role::BeginTime, Role::EndTime})
        if (const auto cycles = context.role(role); cycles && (role == Role::BeginTime || ~*cycles != 0))
            scale.toNs(*cycles);
}

// What tells no size reaches to the end of the file.
void PacketHead::sizes(const FieldReader &context, std::uint64_t rest)
{
    const auto content = context.role(Role::ContentSize);
    const std::uint64_t total = context.role(Role::PacketSize).value_or(content.value_or(rest));
    packet.contentBits = content.value_or(total);
    packet.bytes = total / 8;
    if (total % 8 != 0 || total == 0 || total > rest || packet.contentBits > total || packet.contentBits < at)
        throw CtfError("a packet whose size cannot be");
}

StreamData::StreamData(
    std::shared_ptr<const Trace> trace, const std::vector<StreamFile> &files, const std::atomic<bool> &stop)
    : m_trace(std::move(trace))
{
    std::vector<std::vector<Packet>> packets;
    for (const StreamFile &file : files) {
        m_files.push_back(std::make_unique<MappedFile>(file.path, file.bytes));
        packets.push_back(scan(m_files.size() - 1, stop));
    }
    order(std::move(packets));
    if (m_packets.empty())
        throw CtfError("the stream holds no packet");
}

std::vector<Packet> StreamData::scan(std::size_t file, const std::atomic<bool> &stop)
{
    std::vector<Packet> packets;
    const std::span<const std::uint8_t> bytes = m_files[file]->bytes();
    for (std::uint64_t offset = 0; offset < bytes.size(); offset += packets.back().bytes) {
        if (stop || packets.size() == kMostPackets)
            throw CtfError(stop ? "it was ended" : "more packets than any tracer writes");
        PacketHead head(*m_trace, bytes.subspan(static_cast<std::size_t>(offset)));
        const StreamLayout &layout = m_trace->stream(head.streamClass);
        if (!std::exchange(m_layout, &layout))
            m_streamId = head.streamId;
        else if (&layout != m_layout || head.streamId != m_streamId)
            throw CtfError("packets of several streams in one");
        head.packet.file = file;
        head.packet.offset = offset;
        packets.push_back(head.packet);
    }
    if (m_files[file]->shrank())
        throw CtfError("the file became shorter while it was read");
    return packets;
}

// File after file, by the times at which they begin; packets whose times say otherwise are not for this reader.
void StreamData::order(std::vector<std::vector<Packet>> packets)
{
    std::erase_if(packets, [](const auto &file) { return file.empty(); });
    const bool areSeveral = packets.size() > 1;
    std::ranges::stable_sort(packets, {}, [](const auto &file) { return file.front().begin.value_or(0); });
    for (const auto &file : packets)
        for (const Packet &packet : file) {
            const bool isOrdered = m_packets.empty()
                || (packet.begin && m_packets.back().begin
                    && (areSeveral ? *packet.begin > *m_packets.back().begin
                                   : *packet.begin >= *m_packets.back().begin));
            if (!isOrdered && (areSeveral || packet.begin))
                throw CtfError("packets that are not in the order of their times");
            m_packets.push_back(packet);
        }
}

} // namespace exitscope::ctf
