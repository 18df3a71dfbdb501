// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <babeltrace2/babeltrace.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "app/reader/read_error.h"
#include "model/record/record.h"

namespace exitscope::reader {

// The library and its plugin; to be called before new code can no longer be loaded.
void loadLibrary();

// Nanoseconds from the origin. Throws ReadError.
Ns timeOf(const bt_clock_snapshot *snapshot);

class CtfTrace;

// Gives the messages of the stream one by one.
class MessageIterator {
public:
    MessageIterator(CtfTrace &trace, bt_message_iterator *iterator);
    ~MessageIterator();
    MessageIterator(const MessageIterator &) = delete;
    MessageIterator &operator=(const MessageIterator &) = delete;

    // Valid until the next call; null at the end. Throws ReadError.
    const bt_message *next();

private:
    bool pull();
    void release();

    CtfTrace &m_trace;
    bt_message_iterator *m_iterator;
    bt_message_array_const m_messages = nullptr;
    std::uint64_t m_count = 0;
    std::uint64_t m_position = 0; // of the next one
    std::string m_failure; // why nothing follows these messages; empty if something does
};

// The streams of a trace, in a directory that holds its metadata and nothing but their files. The metadata is parsed
// once for all of them.
// A graph without a muxer: the library's muxer refuses a stream whose time steps back.
class CtfTrace {
public:
    explicit CtfTrace(const std::string &directory); // throws ReadError
    ~CtfTrace();
    CtfTrace(const CtfTrace &) = delete;
    CtfTrace &operator=(const CtfTrace &) = delete;

    std::uint64_t streams() const { return m_streams; }
    // Whose Description was sent, by class: it is the same for all streams of one.
    std::map<const bt_stream_class *, std::uint16_t> described;
    // Each one reads a stream from its beginning. They must not outlive the trace.
    std::unique_ptr<MessageIterator> createIterator(std::uint64_t stream); // throws ReadError

    // First and last time of the first stream as its packets tell them; parses the metadata once more.
    std::pair<Ns, Ns> queryRange() const; // throws ReadError

private:
    friend class MessageIterator;

    static bt_component_class_initialize_method_status initializeSink(
        bt_self_component_sink *self, bt_self_component_sink_configuration *, const bt_value *, void *data);
    static bt_component_class_sink_consume_method_status consume(bt_self_component_sink *self);

    void build();
    const bt_component_source *addSource();
    std::string tryAddSource(bt_graph *graph, bt_logging_level level, const bt_component_source **source) const;
    const bt_component_sink *addSink();
    void connect(const bt_component_source *source, const bt_component_sink *sink, std::uint64_t stream);
    // Calls it where libbabeltrace2 lets a sink work: from inside bt_graph_run_once().
    void runInSink(const std::function<void()> &request);
    // The error of this thread, taken; empty if there is none.
    std::string takeError() const;
    [[noreturn]] void fail() const;

    std::string m_directory;
    std::uint64_t m_streams = 0;
    bt_graph *m_graph = nullptr;
    bt_self_component_sink *m_sink = nullptr;
    const std::function<void()> *m_request = nullptr;
};

// One stream of a trace, and its first message: none if it holds no packet.
struct CtfStream {
    std::shared_ptr<CtfTrace> trace;
    std::uint64_t number = 0;
    std::unique_ptr<MessageIterator> messages;
    const bt_message *first = nullptr;

    CtfStream(std::shared_ptr<CtfTrace> of, std::uint64_t stream) // throws ReadError
        : trace(std::move(of)), number(stream), messages(trace->createIterator(number)), first(messages->next())
    {
    }
    std::unique_ptr<MessageIterator> createIterator() { return trace->createIterator(number); }
};

} // namespace exitscope::reader
