// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/stream_source.h"

#include <algorithm>
#include <utility>

#include "model/record/far_time.h"

namespace exitscope {

using State = StreamChannel::State;

namespace {

// The Richness bit that stands for records of this kind; 0 if none does.
std::uint32_t kindBit(const Record &record)
{
    return record.kind == EventKind::NextSwitch ? std::uint32_t{wire::HasSwitch} : richnessOf(record);
}

bool isFromBegin(const Record &record)
{
    return record.kind == EventKind::Blind && record.blind.fromBegin != 0;
}

} // namespace

Record blindRecord(Ns from, std::int32_t pcpu, bool ofSwitches)
{
    Record record;
    record.timeNs = from;
    record.pcpu = pcpu;
    record.kind = EventKind::Blind;
    record.blind = {static_cast<std::uint8_t>(ofSwitches), 0};
    return record;
}

Record blindFromBegin(Ns from, std::int32_t pcpu)
{
    Record record = blindRecord(from, pcpu);
    record.blind.fromBegin = 1;
    return record;
}

Record sightedRecord(Ns until, std::int32_t pcpu)
{
    Record record;
    record.timeNs = until;
    record.pcpu = pcpu;
    record.kind = EventKind::Sighted;
    return record;
}

StreamSource::StreamSource(ReaderPool &pool, StreamWork &stream, Ns shiftNs, std::uint32_t dropped, Loss loss)
    : m_pool(pool), m_stream(stream), m_shiftNs(shiftNs), m_dropped(dropped), m_loss(loss)
{
}

void StreamSource::restUntil(Ns from, std::function<void()> open)
{
    m_restsUntil = m_from = from;
    m_open = std::move(open);
    if (m_stream.begin && (m_dropped & wire::HasSwitch) == 0)
        m_begin = m_stream.begin;
}

std::vector<Record> StreamSource::knownBegin()
{
    Record begin = *std::exchange(m_begin, std::nullopt);
    m_repeatsBegin = true;
    shift(begin);
    return {begin};
}

void StreamSource::wake()
{
    m_restsUntil = kNoTime;
    m_open();
}

std::vector<Record> StreamSource::nextBatch()
{
    if (m_begin)
        return knownBegin();
    if (m_restsUntil != kNoTime)
        wake();
    while (!m_isOver) {
        std::vector<Record> records = m_pool.next(m_stream.channel);
        if (m_pool.isCancelled())
            return {};
        m_isOver = records.empty();
        if (m_isOver)
            return lastBatch();
        adapt(records);
        if (!records.empty())
            return records;
    }
    return {};
}

void StreamSource::adapt(std::vector<Record> &records)
{
    if (std::exchange(m_repeatsBegin, false) && records.front().kind == EventKind::NextSwitch)
        records.erase(records.begin());
    if (m_dropped != 0)
        std::erase_if(records, [this](const Record &record) { return (kindBit(record) & m_dropped) != 0; });
    if (m_stream.resumesNs) // what is later was made of damage
        std::erase_if(records, [this](const Record &record) { return record.timeNs > *m_stream.resumesNs; });
    for (Record &record : records) {
        shift(record);
        if (m_from != kNoTime) // it was surveyed: its recording begins there, and whoever says otherwise now is wrong
            record.timeNs = isFromBegin(record) ? m_from : std::max(record.timeNs, m_from);
        if (record.kind == EventKind::Blind) {
            m_isBlind = true;
            record.blind.ofSwitches = record.blind.ofSwitches && hasSwitches();
        } else if (record.kind == EventKind::Sighted) {
            m_isBlind = false;
        }
        m_last = record.timeNs;
    }
}

bool StreamSource::hasSwitches() const
{
    const auto &description = m_stream.channel.description();
    return (m_dropped & wire::HasSwitch) == 0 && (!description || description->hasSwitches);
}

// A stretch that nothing in the stream ends lasts to the end of its recording: others of the host may follow.
std::vector<Record> StreamSource::lastBatch()
{
    const StreamChannel &channel = m_stream.channel;
    std::vector<Record> records;
    if (channel.state() != State::Ended || m_stream.files.isCut() || m_stream.resumesNs) {
        records.push_back(lossAtEnd());
        if (records.back().timeNs == kNoTime) {
            m_isWhollyLost = true;
            return {};
        }
        m_isBlind = true;
        m_last = records.back().timeNs;
    }
    if (m_isBlind && m_loss.until != kEndOfRecording)
        records.push_back(
            sightedRecord(std::max(m_last, m_loss.until), records.empty() ? channel.pcpu() : records.back().pcpu));
    return records;
}

// Its rest cannot be read. kNoTime: nothing of it came, and nobody knows when its recording begins.
Record StreamSource::lossAtEnd()
{
    const StreamChannel &channel = m_stream.channel;
    if (m_stream.resumesNs && m_last != kNoTime)
        return blindRecord(m_last, channel.pcpu(), hasSwitches());
    Ns last = channel.lastTime();
    std::int32_t pcpu = channel.pcpu();
    if (const auto &summary = channel.summary(); summary && summary->events > 0) {
        last = std::max(last, summary->endNs);
        pcpu = summary->pcpu;
    }
    return last != kNoTime ? blindRecord(shifted(last, m_shiftNs), pcpu, hasSwitches())
                           : blindFromBegin(m_loss.from, knownPcpu());
}

void StreamSource::shift(Record &record) const
{
    record.timeNs = shifted(record.timeNs, m_shiftNs);
    if (record.kind == EventKind::NextSwitch && record.nextSwitch.atNs != kEndOfRecording)
        record.nextSwitch.atNs = shifted(record.nextSwitch.atNs, m_shiftNs);
}

std::uint32_t StreamSource::nameInSink(std::uint32_t own, RecordSink &sink)
{
    if (own >= m_names.size())
        m_names.resize(own + 1, kNoName);
    if (m_names[own] == kNoName)
        m_names[own] = sink.intern(m_stream.channel.name(own));
    return m_names[own];
}

void StreamSource::prepare(std::span<Record> records, RecordSink &sink)
{
    for (Record &record : records) {
        if (record.kind == EventKind::ThreadInfo && record.thread.name != kNoName)
            record.thread.name = nameInSink(record.thread.name, sink);
        if (record.kind != EventKind::HostProof)
            continue;
        for (std::uint32_t *name : {&record.plain.call, &record.plain.file})
            if (*name != 0)
                *name = 1 + nameInSink(*name - 1, sink);
    }
}

} // namespace exitscope
