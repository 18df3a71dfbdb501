// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trace/stream_source.h"

#include <algorithm>

namespace exitscope {

using State = StreamChannel::State;

namespace {

// The Richness bit that stands for records of this kind; 0 if none does.
std::uint32_t kindBit(const Record &record)
{
    return record.kind == EventKind::CurrentThread ? std::uint32_t{wire::HasSwitch} : richnessOf(record);
}

} // namespace

Record blindRecord(Ns from, Ns until, std::int32_t pcpu)
{
    Record record;
    record.timeNs = from;
    record.pcpu = pcpu;
    record.kind = EventKind::Blind;
    record.blind = {from, until};
    return record;
}

StreamSource::StreamSource(ReaderPool &pool, StreamWork &stream, Ns shiftNs, std::uint32_t dropped, Loss loss)
    : m_pool(pool), m_stream(stream), m_shiftNs(shiftNs), m_dropped(dropped), m_loss(loss)
{
}

std::vector<Record> StreamSource::nextBatch()
{
    StreamChannel &channel = m_stream.pooled.channel;
    while (!m_isOver) {
        m_pool.request(channel);
        if (!m_pool.waitFor(channel))
            return {}; // cancelled
        if (!channel.hasRecords()) {
            m_isOver = true;
            return lastBatch();
        }
        std::vector<Record> records = channel.takeRecords();
        m_pool.request(channel);
        if (m_dropped != 0)
            std::erase_if(records, [this](const Record &record) { return (kindBit(record) & m_dropped) != 0; });
        if (m_shiftNs != 0)
            for (Record &record : records)
                shift(record);
        if (!records.empty())
            return records;
    }
    return {};
}

std::vector<Record> StreamSource::lastBatch()
{
    const StreamChannel &channel = m_stream.pooled.channel;
    if (channel.state() == State::Ended && !m_stream.isCut())
        return {};
    Ns last = channel.lastTime();
    std::int32_t pcpu = channel.pcpu();
    if (const auto &summary = channel.summary(); summary && summary->events > 0) {
        last = std::max(last, summary->endNs);
        pcpu = summary->pcpu;
    }
    if (last != kNoTime) {
        last += m_shiftNs;
        return {blindRecord(last, kEndOfRecording, pcpu)};
    }
    if (m_loss.from != kNoTime)
        return {blindRecord(m_loss.from, m_loss.until, kNoPcpu)};
    m_isWhollyLost = true;
    return {};
}

void StreamSource::shift(Record &record) const
{
    record.timeNs += m_shiftNs;
    if (record.kind != EventKind::Blind)
        return;
    record.blind.unknownFromNs += m_shiftNs;
    if (record.blind.untilNs != kEndOfRecording)
        record.blind.untilNs += m_shiftNs;
}

void StreamSource::prepare(Record &record, RecordSink &sink)
{
    // Others of the host's recordings may follow.
    if (record.kind == EventKind::Blind && record.blind.untilNs == kEndOfRecording && record.timeNs <= m_loss.until)
        record.blind.untilNs = m_loss.until;
    if (record.kind != EventKind::ThreadInfo || record.thread.name == kNoName)
        return;
    const std::uint32_t own = record.thread.name;
    if (own >= m_names.size())
        m_names.resize(own + 1, kNoName);
    if (m_names[own] == kNoName)
        m_names[own] = sink.intern(m_stream.pooled.channel.name(own));
    record.thread.name = m_names[own];
}

} // namespace exitscope
