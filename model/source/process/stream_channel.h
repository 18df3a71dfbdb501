// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "model/record/description.h"
#include "model/record/record.h"
#include "model/source/process/frame_buffer.h"

namespace exitscope {

class StreamReader;
struct NativePlace;

// The kind of event as a Richness bit; 0 if it has none.
std::uint32_t richnessOf(const Record &record);

// What a reader tells of events that say no more than that they happened.
enum class ReadMode : std::uint8_t {
    Host, // what ends a run, where the stream itself has the VM entries
    HostAllProofs, // all that can end a run of any stream
    Guest, // all events
};

// Where a reader finds a stream.
struct StreamPlace {
    QString dir; // the reader's argument; empty: it cannot be opened
    QString file{}; // which one of the streams there, all of which one reader opens; empty: it is alone
    // No more is taken of it than files of that size can hold, or a reader could fill all memory. None: nobody knows.
    std::optional<std::uint64_t> fileBytes = std::nullopt;
    std::shared_ptr<NativePlace> native{}; // where the native decoder finds it; null: it must not read it
    std::optional<std::int32_t> cpu{}; // `dir` is no directory but a file, and the stream what this CPU recorded

    bool isShared() const { return !file.isEmpty(); }
};

// One stream as a reader reads it: where it is, how far the reader is, and what came and is not yet consumed.
class StreamChannel {
public:
    enum class State {
        Closed, // no reader has it
        Opening,
        Open, // described, nothing of it read yet
        Reading,
        Surveying,
        Ended, // read to its end
        Failed, // the reader said why, in cause()
        Lost, // the reader is gone
    };

    explicit StreamChannel(StreamPlace place = {});

    const StreamPlace &place() const { return m_place; }
    // It is opened there the next time; what came stays until then.
    void setPlace(StreamPlace place);
    bool canOpen() const { return !m_place.dir.isEmpty(); }
    // As if nothing had come of it. A reader that can begin it again stays with it.
    void forget();
    // Its reader reads no more of it, another one begins it anew: what came stays, and is not taken twice.
    void handOver();
    bool isHandedOver() const { return m_resumesAs != State::Closed; }

    // Takes in a frame; empty if it was in order, else what is wrong with it.
    QString accept(const Frame &frame);
    // Records that a reader of our own made, which need no check: they were asked for.
    void accept(std::vector<Record> records, std::uint64_t bytesConsumed);
    // So too, where its description is that of another stream.
    QString acceptDescription(std::shared_ptr<const wire::Description> description);
    // How often something can come to an end for which a reader says that it gets on.
    std::uint64_t mostSteps() const;

    State state() const { return m_state; }
    bool isOver() const { return m_state == State::Ended || m_state == State::Failed || m_state == State::Lost; }
    // Whether the reader owes a sign of life for it.
    bool isExpected() const;
    // It was surveyed, and its reader can begin it again: that saves opening its trace once more.
    bool isKept() const { return m_isKept; }
    // Whether a reader works on it, for which somebody waits or will wait.
    bool isBusy() const;
    const QString &cause() const { return m_cause; }

    using Description = std::shared_ptr<const wire::Description>; // that many streams share
    const Description &description() const { return m_description; } // null: not known
    const std::optional<wire::Summary> &summary() const { return m_summary; }
    // Of a stream whose rest cannot be read: what was read of it.
    const std::optional<wire::Summary> &partial() const { return m_partial; }
    // The NextSwitch that the stream says first of all, if a survey found one.
    std::optional<Record> surveyedBegin() const;
    std::uint64_t bytesConsumed() const { return m_bytesConsumed; }

    // The records that came first; empty if there are none now.
    bool hasRecords() const { return !m_batches.empty(); }
    std::vector<Record> takeRecords();
    const QString &name(std::uint32_t index) const { return m_names[index]; }

    // Of all records that came: what is known where no summary will come.
    Ns firstTime() const { return m_firstTime; } // kNoTime without records
    Ns lastTime() const { return m_lastTime; }
    std::int32_t pcpu() const { return m_pcpu; }
    std::int64_t eventRecords() const { return m_eventRecords; }
    std::uint32_t richness() const;

private:
    friend class ReaderProcess; // which move it through its states
    friend class NativeReader;
    friend class ReaderPool;

    void leaveReader();
    void startOver();
    QString acceptNames(std::span<const char> payload);
    QString acceptRecords(std::span<const char> payload);
    QString acceptSummary(std::span<const char> payload);
    QString acceptPartial(std::span<const char> payload);
    void note(const Record &record);

    StreamPlace m_place;
    State m_state = State::Closed;
    ReadMode m_mode = ReadMode::Host; // how its reader was told to read it
    bool m_isKept = false;
    StreamReader *m_reader = nullptr;
    std::uint16_t m_index = 0; // among the streams of its reader
    std::uint32_t m_credits = 0; // given and not yet used
    State m_resumesAs = State::Closed; // what its reader was at when it was handed over, until the next one is
    std::uint64_t m_received = 0; // records
    std::uint64_t m_skips = 0; // records that came before
    std::size_t m_namesTold = 0; // by this reader
    std::uint64_t m_bytesConsumed = 0;
    std::uint64_t m_mostRecords = std::numeric_limits<std::uint64_t>::max(); // that may still come
    std::uint64_t m_mostNameBytes = std::numeric_limits<std::uint64_t>::max();
    QString m_cause;
    Description m_description;
    std::optional<wire::Summary> m_summary;
    std::optional<wire::Summary> m_partial;
    std::deque<std::vector<Record>> m_batches;
    std::vector<QString> m_names;
    Ns m_firstTime = kNoTime;
    Ns m_lastTime = kNoTime;
    std::int32_t m_pcpu = kNoPcpu;
    std::int64_t m_eventRecords = 0;
    std::uint32_t m_kinds = 0; // bits by EventKind
    std::uint32_t m_richness = 0; // beside what these stand for
};

} // namespace exitscope
