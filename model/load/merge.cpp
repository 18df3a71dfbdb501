// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/merge.h"

#include <limits>
#include <utility>

namespace exitscope {

namespace {

constexpr int kRecordsPerStep = 4096;

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

bool Merge::Cursor::refill()
{
    restsUntil = source->restsUntil();
    return isResting() || wake();
}

bool Merge::Cursor::wake()
{
    restsUntil = kNoTime;
    batch = source->nextBatch();
    at = 0;
    return !batch.empty();
}

Merge::Merge(std::vector<RecordSource *> sources) : m_sources(std::move(sources)) { }

void Merge::begin(const std::function<void(std::span<const First>)> &amend)
{
    for (std::size_t rank = 0; rank < m_sources.size(); ++rank) {
        Cursor cursor{m_sources[rank], {}, 0, rank};
        if (cursor.refill())
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

void Merge::step(RecordSink &sink)
{
    for (int i = 0; i < kRecordsPerStep && !m_heap.empty(); ++i) {
        if (!advance(sink)) {
            std::swap(m_heap.front(), m_heap.back());
            m_heap.pop_back();
        }
        siftDown(0);
    }
}

bool Merge::advance(RecordSink &sink)
{
    Cursor &top = m_heap.front();
    if (top.isResting())
        return top.wake();
    Record record = top.record();
    record.stream = static_cast<std::uint32_t>(top.rank);
    top.source->prepare(record, sink);
    sink.add(record);
    return ++top.at < top.batch.size() || top.refill();
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
