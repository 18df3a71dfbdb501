// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/merge.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace exitscope {

namespace {

constexpr std::size_t kRecordsPerStep = 4096;

// That no pCPU is seen any more holds behind all events of that time, and ends before them. What is blind from the
// begin of the recording is so before its first event.
std::int32_t orderAtOneTime(const Record &record)
{
    if (record.kind == EventKind::Blind && record.blind.fromBegin != 0)
        return std::numeric_limits<std::int32_t>::min();
    const bool blindsAll = record.kind == EventKind::Blind && record.pcpu == kNoPcpu;
    return blindsAll ? std::numeric_limits<std::int32_t>::max() : record.pcpu;
}

} // namespace

bool Merge::Cursor::before(const Cursor &other) const
{
    if (time() != other.time())
        return time() < other.time();
    if (isResting() || other.isResting())
        return isResting() && (!other.isResting() || rank < other.rank);
    return std::pair(orderAtOneTime(record()), rank) < std::pair(orderAtOneTime(other.record()), other.rank);
}

bool Merge::Cursor::refill(RecordSink &sink)
{
    restsUntil = source->restsUntil();
    return isResting() || wake(sink);
}

bool Merge::Cursor::wake(RecordSink &sink)
{
    restsUntil = kNoTime;
    batch = source->nextBatch();
    at = 0;
    for (Record &record : batch)
        record.stream = static_cast<std::uint32_t>(rank);
    source->prepare(batch, sink);
    return !batch.empty();
}

Merge::Merge(std::vector<RecordSource *> sources, RecordSink &sink) : m_sources(std::move(sources)), m_sink(sink) { }

void Merge::begin(const std::function<void(std::span<const First>)> &amend)
{
    for (std::size_t rank = 0; rank < m_sources.size(); ++rank) {
        Cursor cursor{m_sources[rank], {}, 0, rank};
        if (cursor.refill(m_sink))
            m_heap.push_back(std::move(cursor));
    }
    if (amend) {
        std::vector<First> first;
        for (Cursor &cursor : m_heap)
            if (!cursor.isResting())
                first.push_back({cursor.rank, &cursor.batch.front()});
        amend(first);
    }
    for (std::size_t at = m_heap.size() / 2; at-- > 0;)
        siftDown(at);
}

void Merge::step()
{
    for (m_given = 0; m_given < kRecordsPerStep && !m_heap.empty();) {
        if (!advance()) {
            std::swap(m_heap.front(), m_heap.back());
            m_heap.pop_back();
        }
        siftDown(0);
    }
}

// Of the cursors behind the first one; there is none before it.
Ns Merge::secondTime() const
{
    Ns time = kEndOfRecording;
    for (std::size_t child = 1; child < std::min<std::size_t>(m_heap.size(), 3); ++child)
        time = std::min(time, m_heap[child].time());
    return time;
}

// All of its records that are before those of the others go at once.
bool Merge::advance()
{
    Cursor &top = m_heap.front();
    if (top.isResting())
        return top.wake(m_sink);
    const Ns until = secondTime();
    std::size_t end = top.at + 1;
    while (end < top.batch.size() && top.batch[end].timeNs < until)
        ++end;
    m_sink.add(std::span<const Record>(top.batch).subspan(top.at, end - top.at));
    m_given += end - top.at;
    top.at = end;
    return end < top.batch.size() || top.refill(m_sink);
}

void Merge::siftDown(std::size_t at)
{
    for (;;) {
        std::size_t first = at;
        for (const std::size_t child : {2 * at + 1, 2 * at + 2})
            if (child < m_heap.size() && m_heap[child].before(m_heap[first]))
                first = child;
        if (first == at)
            return;
        std::swap(m_heap[at], m_heap[first]);
        at = first;
    }
}

} // namespace exitscope
