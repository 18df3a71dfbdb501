// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/stream_channel.h"

#include <cstring>
#include <stdexcept>
#include <utility>

namespace exitscope {

namespace {

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

} // namespace

std::uint32_t richnessOf(const Record &record)
{
    const bool isIrq = record.kind == EventKind::IrqBegin || record.kind == EventKind::IrqEnd;
    return wire::richnessOf(record.kind, isIrq ? record.irq.source : IrqSource::Handler);
}

bool StreamChannel::isExpected() const
{
    return m_state == State::Opening || m_state == State::Surveying || (m_state == State::Reading && m_credits > 0);
}

QString StreamChannel::accept(const Frame &frame)
{
    const bool isBusy = m_state == State::Reading || m_state == State::Surveying;
    switch (frame.header.kind) {
    case wire::FrameKind::Heartbeat:
        return {};
    case wire::FrameKind::Description:
        if (m_state != State::Opening)
            return unexpected(frame.header.kind);
        try {
            m_description = wire::decodeDescription(std::string(frame.payload.begin(), frame.payload.end()));
        } catch (const std::invalid_argument &fault) {
            return QStringLiteral("a description with the line \"%1\"").arg(QString::fromUtf8(fault.what()));
        }
        m_state = State::Open;
        return {};
    case wire::FrameKind::Names:
        return m_state == State::Reading ? acceptNames(frame.payload) : unexpected(frame.header.kind);
    case wire::FrameKind::Records:
        return m_state == State::Reading && m_credits > 0 ? acceptRecords(frame.payload)
                                                          : unexpected(frame.header.kind);
    case wire::FrameKind::Summary:
        if (!isBusy || frame.payload.size() != sizeof(wire::Summary))
            return unexpected(frame.header.kind);
        m_summary.emplace();
        std::memcpy(&*m_summary, frame.payload.data(), sizeof(wire::Summary));
        m_state = State::Ended;
        return {};
    case wire::FrameKind::Failed:
        if (!isBusy && m_state != State::Opening)
            return unexpected(frame.header.kind);
        m_cause = QString::fromUtf8(frame.payload.data(), static_cast<qsizetype>(frame.payload.size())).simplified();
        m_state = State::Failed;
        return {};
    }
    return unexpected(frame.header.kind);
}

QString StreamChannel::acceptNames(std::span<const char> payload)
{
    while (payload.size() >= 2 * sizeof(std::uint32_t)) {
        const auto index = take<std::uint32_t>(payload);
        const auto bytes = take<std::uint32_t>(payload);
        if (bytes > payload.size() || index > m_names.size())
            return QStringLiteral("a name out of order");
        if (index == m_names.size())
            m_names.emplace_back();
        m_names[index] = QString::fromUtf8(payload.data(), bytes);
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
    if (payload.size() % sizeof(Record) != 0 || count > wire::kRecordsPerFrame)
        return QStringLiteral("%1 bytes of records").arg(payload.size());
    std::vector<Record> records(count);
    if (count > 0)
        std::memcpy(records.data(), payload.data(), payload.size());
    for (const Record &record : records) {
        if (const QString fault = check(record); !fault.isEmpty())
            return fault;
        note(record);
    }
    --m_credits;
    m_bytesConsumed = consumed;
    if (count > 0)
        m_batches.push_back(std::move(records));
    return {};
}

QString StreamChannel::check(const Record &record) const
{
    const auto isNoBool = [](const bool &value) { return reinterpret_cast<const unsigned char &>(value) > 1; };
    if (static_cast<int>(record.kind) >= kEventKinds)
        return QStringLiteral("a record of kind %1").arg(static_cast<int>(record.kind));
    if (isNoBool(record.provesHost) || isNoBool(record.hasIntrInfo) || record.pcpu < kNoPcpu)
        return QStringLiteral("a record that no reader makes");
    if (record.timeNs == kNoTime || record.timeNs < m_lastTime)
        return QStringLiteral("records out of order");
    const bool isIrq = record.kind == EventKind::IrqBegin || record.kind == EventKind::IrqEnd;
    if (isIrq && static_cast<int>(record.irq.source) >= kIrqSources)
        return QStringLiteral("interrupt work of source %1").arg(static_cast<int>(record.irq.source));
    if (record.kind == EventKind::Vmsync && record.vmsync.point > VmsyncPoint::GuestResumes)
        return QStringLiteral("a vmsync event of point %1").arg(static_cast<int>(record.vmsync.point));
    if (record.kind == EventKind::NextSwitch && record.nextSwitch.atNs < record.timeNs)
        return QStringLiteral("a next switch that lies behind");
    if (record.kind == EventKind::ThreadInfo && record.thread.name != kNoName && record.thread.name >= m_names.size())
        return QStringLiteral("a record with a name that was not told");
    return {};
}

void StreamChannel::note(const Record &record)
{
    if (m_firstTime == kNoTime)
        m_firstTime = record.timeNs;
    m_lastTime = record.timeNs;
    if (record.pcpu != kNoPcpu)
        m_pcpu = record.pcpu;
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
