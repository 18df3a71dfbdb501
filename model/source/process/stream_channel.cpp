// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/stream_channel.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

#include "model/source/process/frame_checks.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

// No event is smaller than a byte, and some say more than one thing.
constexpr std::uint64_t kRecordsPerByte = 4;
constexpr std::uint64_t kWithoutEvents = 1024; // what may be said of a stream whatever its size

template <class T>
T take(std::span<const char> &bytes)
{
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes = bytes.subspan(sizeof value);
    return value;
}

QString unexpected(wire::FrameKind kind)
{
    return QStringLiteral("a frame of kind %1 that was not asked for").arg(static_cast<int>(kind));
}

// What a trace says of itself is shown in many places.
void makeVisible(wire::Description &description)
{
    for (std::string *text : {&description.traceName, &description.hostname, &description.domain, &description.tracer,
             &description.clockName})
        *text = visibleText(QString::fromStdString(*text)).toStdString();
}

} // namespace

std::uint32_t richnessOf(const Record &record)
{
    const bool isIrq = record.kind == EventKind::IrqBegin || record.kind == EventKind::IrqEnd;
    return wire::richnessOf(record.kind, isIrq ? record.irq.source : IrqSource::Handler);
}

StreamChannel::StreamChannel(StreamPlace place) : m_place(std::move(place))
{
    if (!m_place.fileBytes)
        return;
    m_mostRecords = mostSteps();
    m_mostNameBytes = *m_place.fileBytes;
}

std::uint64_t StreamChannel::mostSteps() const
{
    return m_place.fileBytes ? kWithoutEvents + kRecordsPerByte * *m_place.fileBytes
                             : std::numeric_limits<std::uint64_t>::max();
}

void StreamChannel::setPlace(StreamPlace place)
{
    m_place = std::move(place);
    if (m_isKept)
        leaveReader(); // it is elsewhere
}

void StreamChannel::leaveReader()
{
    m_reader = nullptr;
    m_isKept = false;
}

void StreamChannel::forget()
{
    StreamChannel fresh(m_place);
    if (m_isKept) {
        fresh.m_isKept = true;
        fresh.m_reader = m_reader;
        fresh.m_index = m_index;
        fresh.m_description = std::move(m_description);
    }
    *this = std::move(fresh);
}

void StreamChannel::handOver()
{
    StreamChannel fresh(m_place);
    fresh.m_mode = m_mode;
    fresh.m_resumesAs = m_state;
    fresh.m_skips = m_received;
    fresh.m_batches = std::move(m_batches);
    fresh.m_names = std::move(m_names);
    *this = std::move(fresh);
}

// Another reader opens it.
void StreamChannel::startOver()
{
    if (!isHandedOver() || m_state != State::Closed)
        *this = StreamChannel(m_place);
}

bool StreamChannel::isExpected() const
{
    return m_state == State::Opening || m_state == State::Surveying || (m_state == State::Reading && m_credits > 0);
}

bool StreamChannel::isBusy() const
{
    return m_state == State::Opening || m_state == State::Surveying || m_state == State::Reading;
}

QString StreamChannel::accept(const Frame &frame)
{
    const bool isRead = m_state == State::Reading || m_state == State::Surveying;
    switch (frame.header.kind) {
    case wire::FrameKind::Heartbeat: // of the reader, and of no stream
        break;
    case wire::FrameKind::Description:
        try {
            wire::Description told = wire::decodeDescription(std::string(frame.payload.begin(), frame.payload.end()));
            if (QString fault = faultOf(told); !fault.isEmpty())
                return fault;
            makeVisible(told);
            return acceptDescription(std::make_shared<const wire::Description>(std::move(told)));
        } catch (const std::invalid_argument &fault) {
            return QStringLiteral("a description with the line \"%1\"").arg(QString::fromUtf8(fault.what()));
        }
    case wire::FrameKind::SameDescription: // its reader knows of which one
        break;
    case wire::FrameKind::Names:
        return m_state == State::Reading ? acceptNames(frame.payload) : unexpected(frame.header.kind);
    case wire::FrameKind::Records:
        return m_state == State::Reading && m_credits > 0 ? acceptRecords(frame.payload)
                                                          : unexpected(frame.header.kind);
    case wire::FrameKind::Summary:
        if (!isRead || frame.payload.size() != sizeof(wire::Summary))
            return unexpected(frame.header.kind);
        return acceptSummary(frame.payload);
    case wire::FrameKind::Partial:
        if (!isRead || m_partial || frame.payload.size() != sizeof(wire::Summary))
            return unexpected(frame.header.kind);
        return acceptPartial(frame.payload);
    case wire::FrameKind::Failed:
        if (!isRead && m_state != State::Opening && m_state != State::Open)
            return unexpected(frame.header.kind);
        if (frame.payload.size() > wire::kMaxCause)
            return QStringLiteral("a cause of %1 bytes").arg(frame.payload.size());
        m_cause = QString::fromUtf8(frame.payload.data(), static_cast<qsizetype>(frame.payload.size())).simplified();
        m_state = State::Failed;
        return {};
    }
    return unexpected(frame.header.kind);
}

QString StreamChannel::acceptDescription(std::shared_ptr<const wire::Description> description)
{
    if (m_state != State::Opening)
        return unexpected(wire::FrameKind::Description);
    m_description = std::move(description);
    m_state = State::Open;
    return {};
}

QString StreamChannel::acceptNames(std::span<const char> payload)
{
    while (payload.size() >= 2 * sizeof(std::uint32_t)) {
        const auto index = take<std::uint32_t>(payload);
        const auto bytes = take<std::uint32_t>(payload);
        if (bytes > payload.size() || index != m_namesTold)
            return QStringLiteral("a name out of order");
        if (bytes > wire::kMaxName || bytes >= m_mostNameBytes)
            return QStringLiteral("too many names, or too long ones");
        m_mostNameBytes -= bytes + 1; // with what ends it, or an empty one would cost nothing
        if (m_namesTold++ == m_names.size()) // else the reader before it told it
            m_names.push_back(visibleText(QString::fromUtf8(payload.data(), bytes)));
        payload = payload.subspan(bytes);
    }
    return payload.empty() ? QString() : QStringLiteral("half a name");
}

QString StreamChannel::acceptRecords(std::span<const char> payload)
{
    if (payload.size() < sizeof(std::uint64_t))
        return QStringLiteral("records without their position");
    const auto consumed = take<std::uint64_t>(payload);
    const std::size_t count = payload.size() / sizeof(Record);
    if (payload.size() % sizeof(Record) != 0 || count == 0 || count > wire::kRecordsPerFrame)
        return QStringLiteral("%1 bytes of records").arg(payload.size());
    if (consumed < m_bytesConsumed || consumed > std::uint64_t(std::numeric_limits<std::int64_t>::max()))
        return QStringLiteral("records from %1 bytes on").arg(consumed);
    if (count > m_mostRecords)
        return QStringLiteral("more records than its files can hold");
    m_mostRecords -= count;
    std::vector<Record> records(count);
    std::memcpy(records.data(), payload.data(), payload.size());
    for (const Record &record : records) {
        if (QString fault = faultOf(record, m_namesTold); !fault.isEmpty())
            return fault;
        if (record.timeNs < m_lastTime)
            return QStringLiteral("records out of order");
        m_lastTime = record.timeNs;
    }
    accept(std::move(records), consumed);
    return {};
}

void StreamChannel::accept(std::vector<Record> records, std::uint64_t bytesConsumed)
{
    for (const Record &record : records)
        note(record);
    if (m_firstTime == kNoTime)
        m_firstTime = records.front().timeNs;
    m_lastTime = records.back().timeNs;
    --m_credits;
    m_bytesConsumed = bytesConsumed;
    m_received += records.size();
    if (m_skips > 0) {
        const std::uint64_t known = std::min<std::uint64_t>(m_skips, records.size());
        m_skips -= known;
        records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(known));
    }
    if (!records.empty())
        m_batches.push_back(std::move(records));
}

QString StreamChannel::acceptSummary(std::span<const char> payload)
{
    const auto summary = take<wire::Summary>(payload);
    if (QString fault = faultOf(summary); !fault.isEmpty())
        return fault;
    if (summary.events < static_cast<std::uint64_t>(m_eventRecords))
        return QStringLiteral("a summary of %1 events after %2").arg(summary.events).arg(m_eventRecords);
    m_summary = summary;
    m_isKept = m_state == State::Surveying;
    m_state = State::Ended;
    return {};
}

QString StreamChannel::acceptPartial(std::span<const char> payload)
{
    const auto summary = take<wire::Summary>(payload);
    if (QString fault = faultOf(summary); !fault.isEmpty())
        return fault;
    m_partial = summary;
    return {};
}

std::optional<Record> StreamChannel::surveyedBegin() const
{
    const auto &told = m_summary ? m_summary : m_partial;
    if (!told || told->beginsWithSwitch == 0)
        return std::nullopt;
    Record record;
    record.timeNs = told->beginNs;
    record.pcpu = told->switchPcpu;
    record.tid = told->switchTid;
    record.kind = EventKind::NextSwitch;
    record.provesHost = false;
    record.nextSwitch = {told->switchNs};
    return record;
}

std::uint32_t StreamChannel::richness() const
{
    std::uint32_t richness = m_richness;
    for (int kind = 0; kind < kEventKinds; ++kind)
        if ((m_kinds >> kind & 1) != 0 && kind != int(EventKind::IrqBegin) && kind != int(EventKind::IrqEnd))
            richness |= wire::richnessOf(static_cast<EventKind>(kind), IrqSource::Handler);
    return richness;
}

void StreamChannel::note(const Record &record)
{
    if (record.pcpu != kNoPcpu)
        m_pcpu = record.pcpu;
    m_kinds |= 1u << static_cast<unsigned>(record.kind);
    if (record.kind == EventKind::IrqBegin || record.kind == EventKind::IrqEnd)
        m_richness |= richnessOf(record);
    if (record.kind >= EventKind::ThreadInfo)
        return; // no event of its own
    ++m_eventRecords;
    if (record.tid != kNoThread)
        m_richness |= wire::HasTid;
}

std::vector<Record> StreamChannel::takeRecords()
{
    if (m_batches.empty())
        return {};
    std::vector<Record> records = std::move(m_batches.front());
    m_batches.pop_front();
    return records;
}

} // namespace exitscope
