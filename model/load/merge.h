// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "model/record/record.h"

namespace exitscope {

// Where merged records go.
class RecordSink {
public:
    virtual ~RecordSink() = default;
    virtual std::uint32_t intern(const QString &name) = 0;
    virtual void add(std::span<const Record> records) = 0; // in their order
};

// One stream of records, ordered by time.
class RecordSource {
public:
    virtual ~RecordSource() = default;
    // The records that follow; empty at the end of the stream. May block.
    virtual std::vector<Record> nextBatch() = 0;
    // Nothing that is not given yet comes before that time, and until then the source is not asked for it: it would
    // take what it is read with too early. kNoTime: it can be asked.
    virtual Ns restsUntil() const { return kNoTime; }
    // The records are on their way to the sink: makes names and the like the sink's.
    virtual void prepare(std::span<Record>, RecordSink &) { }
};

class MemorySource : public RecordSource {
public:
    explicit MemorySource(std::vector<Record> records) : m_records(std::move(records)) { }
    std::vector<Record> nextBatch() override { return std::exchange(m_records, {}); }

private:
    std::vector<Record> m_records;
};

// Merges streams by time, then pCPU; what is equal stays in the order of the sources, and each stream in its own.
// A stretch in which all pCPUs are blind begins behind the events of its time.
class Merge {
public:
    Merge(std::vector<RecordSource *> sources, RecordSink &sink);

    struct First {
        std::size_t source = 0; // position among the sources
        Record *record = nullptr;
    };
    // Reads the first records of all sources that do not rest, whose positions become Record::stream. `amend` may
    // change the first one of each, but not to a later time.
    void begin(const std::function<void(std::span<const First>)> &amend = {});
    bool atEnd() const { return m_heap.empty(); }
    Ns nextTime() const { return m_heap.front().time(); } // no record comes before it; only if !atEnd()
    // Gives the next records to the sink, some of them; each source is asked for more when it runs out.
    void step();

private:
    struct Cursor {
        RecordSource *source = nullptr;
        std::vector<Record> batch;
        std::size_t at = 0;
        std::size_t rank = 0; // position among the sources
        Ns restsUntil = kNoTime; // the source; then there is no batch

        bool isResting() const { return restsUntil != kNoTime; }
        const Record &record() const { return batch[at]; }
        Ns time() const { return isResting() ? restsUntil : record().timeNs; }
        bool before(const Cursor &other) const;
        bool refill(RecordSink &sink); // false at the end of the stream
        bool wake(RecordSink &sink); // so too
    };
    bool advance(); // the first one; false if it is at its end
    Ns secondTime() const;
    void siftDown(std::size_t at);

    std::vector<RecordSource *> m_sources;
    RecordSink &m_sink;
    std::size_t m_given = 0; // records
    std::vector<Cursor> m_heap; // smallest first
};

} // namespace exitscope
