// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/ctf_stream.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string_view>

#include "app/reader/ctf/log_capture.h"

namespace exitscope::reader {

namespace {

constexpr const char *kUntold = "libbabeltrace2 failed and told no cause";

template <auto Release>
struct Releaser {
    template <typename T>
    void operator()(const T *object) const
    {
        Release(object);
    }
};
template <typename T, auto Release>
using Ref = std::unique_ptr<T, Releaser<Release>>;

using ValueRef = Ref<bt_value, bt_value_put_ref>;
using GraphRef = Ref<bt_graph, bt_graph_put_ref>;

// Loaded once and for good. Not from the home directory: what is read here is not trusted. Null without the plugin.
const bt_component_class_source *loadedClass()
{
    static const bt_component_class_source *const loaded = []() -> const bt_component_class_source * {
        bt_logging_set_global_level(BT_LOGGING_LEVEL_NONE);
        setenv("LIBBABELTRACE2_DISABLE_PYTHON_PLUGINS", "1", 1);
        setenv("BABELTRACE_PLUGIN_CTF_METADATA_LOG_LEVEL", "E", 1); // see tryAddSource()
        const bt_plugin *plugin = nullptr;
        if (bt_plugin_find("ctf", BT_TRUE, BT_FALSE, BT_TRUE, BT_FALSE, BT_FALSE, &plugin)
            != BT_PLUGIN_FIND_STATUS_OK) {
            bt_current_thread_clear_error();
            return nullptr;
        }
        return bt_plugin_borrow_source_component_class_by_name_const(plugin, "fs");
    }();
    return loaded;
}

const bt_component_class_source *sourceClass()
{
    if (!loadedClass())
        throw ReadError("the ctf plugin of libbabeltrace2 is not installed");
    return loadedClass();
}

ValueRef sourceParameters(const std::string &directory)
{
    ValueRef parameters(bt_value_map_create());
    bt_value *inputs = nullptr;
    if (!parameters
        || bt_value_map_insert_empty_array_entry(parameters.get(), "inputs", &inputs)
            != BT_VALUE_MAP_INSERT_ENTRY_STATUS_OK
        || bt_value_array_append_string_element(inputs, directory.c_str()) != BT_VALUE_ARRAY_APPEND_ELEMENT_STATUS_OK)
        throw std::bad_alloc();
    return parameters;
}

void replaceAll(std::string &text, const std::string &from, const std::string &to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// One line, without the private directory and without addresses in memory.
std::string cleaned(std::string message, const std::string &directory)
{
    static const std::regex addresses("[a-z-]*addr=0x[0-9a-f]+(, )?");
    // The last one is 2.1's.
    for (const char *told : {"state=DSCOPE_", "BFCR failed to start", "bits of packet content required at this point"})
        if (message.find(told) != std::string::npos)
            return "an event of it is longer than its packet, so it is damaged there";
    replaceAll(message, directory + "/", "");
    replaceAll(message, directory, "the trace");
    message = std::regex_replace(message, addresses, "");
    std::replace_if(
        message.begin(), message.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    while (!message.empty() && std::string_view(" .,:").find(message.back()) != std::string_view::npos)
        message.pop_back();
    return message;
}

} // namespace

void loadLibrary()
{
    loadedClass();
}

Ns timeOf(const bt_clock_snapshot *snapshot)
{
    Ns ns = 0;
    if (bt_clock_snapshot_get_ns_from_origin(snapshot, &ns) != BT_CLOCK_SNAPSHOT_GET_NS_FROM_ORIGIN_STATUS_OK) {
        bt_current_thread_clear_error();
        throw ReadError("a time does not fit in 64 bits of nanoseconds");
    }
    return ns;
}

MessageIterator::MessageIterator(CtfTrace &trace, bt_message_iterator *iterator) : m_trace(trace), m_iterator(iterator)
{
}

MessageIterator::~MessageIterator()
{
    release();
    bt_message_iterator_put_ref(m_iterator);
}

void MessageIterator::release()
{
    for (std::uint64_t i = m_position > 0 ? m_position - 1 : 0; i < m_count; ++i)
        bt_message_put_ref(m_messages[i]);
    m_count = 0;
    m_position = 0;
}

const bt_message *MessageIterator::next()
{
    if (m_position == m_count) {
        release();
        if (!pull())
            return nullptr;
    } else if (m_position > 0) {
        bt_message_put_ref(m_messages[m_position - 1]);
    }
    return m_messages[m_position++];
}

bool MessageIterator::pull()
{
    if (!m_failure.empty())
        throw ReadError(m_failure);
    bt_message_iterator_next_status status{};
    m_trace.runInSink([&] {
        do {
            status = bt_message_iterator_next(m_iterator, &m_messages, &m_count);
        } while (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_AGAIN);
    });
    if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_OK) {
        m_failure = m_trace.takeError(); // behind a damaged packet the library fails and says that all is well
        return true;
    }
    m_count = 0;
    const std::string failure = m_trace.takeError();
    if (status == BT_MESSAGE_ITERATOR_NEXT_STATUS_END && failure.empty())
        return false;
    throw ReadError(failure.empty() ? kUntold : failure);
}

// The library calls the directory by this name in its messages.
CtfTrace::CtfTrace(const std::string &directory)
    : m_directory(std::filesystem::absolute(directory).lexically_normal().string())
{
    try {
        build();
    } catch (...) {
        bt_graph_put_ref(m_graph);
        throw;
    }
}

CtfTrace::~CtfTrace()
{
    bt_graph_put_ref(m_graph);
}

void CtfTrace::build()
{
    sourceClass(); // before anything else of the library
    m_graph = bt_graph_create(0);
    if (!m_graph)
        throw std::bad_alloc();
    const bt_component_source *source = addSource();
    m_streams = bt_component_source_get_output_port_count(source);
    if (m_streams == 0)
        throw ReadError("the stream holds no packet");
    const bt_component_sink *sink = addSink();
    for (std::uint64_t stream = 0; stream < m_streams; ++stream)
        connect(source, sink, stream);
    runInSink([] {}); // configures the graph
}

const bt_component_source *CtfTrace::addSource()
{
    const bt_component_source *source = nullptr;
    if (!tryAddSource(m_graph, BT_LOGGING_LEVEL_NONE, &source).empty()) {
        // The causes that the library hands out leave out what the metadata parser found. So once more, with its log.
        const GraphRef graph(bt_graph_create(0));
        throw ReadError(tryAddSource(graph.get(), BT_LOGGING_LEVEL_ERROR, &source));
    }
    return source;
}

// The first cause, if it cannot be added.
std::string CtfTrace::tryAddSource(bt_graph *graph, bt_logging_level level, const bt_component_source **source) const
{
    const ValueRef parameters = sourceParameters(m_directory);
    LogCapture log;
    if (bt_graph_add_source_component(graph, sourceClass(), "stream", parameters.get(), level, source)
        == BT_GRAPH_ADD_COMPONENT_STATUS_OK)
        return {};
    const std::string told = takeError();
    const std::string logged = log.firstError();
    if (logged.empty())
        return told.empty() ? kUntold : told;
    return cleaned(logged, m_directory);
}

const bt_component_sink *CtfTrace::addSink()
{
    const Ref<const bt_component_class_sink, bt_component_class_sink_put_ref> sinkClass([] {
        bt_component_class_sink *created = bt_component_class_sink_create("reader", &CtfTrace::consume);
        if (created
            && bt_component_class_sink_set_initialize_method(created, &CtfTrace::initializeSink)
                != BT_COMPONENT_CLASS_SET_METHOD_STATUS_OK) {
            bt_component_class_sink_put_ref(created);
            created = nullptr;
        }
        return created;
    }());
    const bt_component_sink *sink = nullptr;
    if (!sinkClass
        || bt_graph_add_sink_component_with_initialize_method_data(
               m_graph, sinkClass.get(), "reader", nullptr, this, BT_LOGGING_LEVEL_NONE, &sink)
            != BT_GRAPH_ADD_COMPONENT_STATUS_OK)
        fail();
    return sink;
}

void CtfTrace::connect(const bt_component_source *source, const bt_component_sink *sink, std::uint64_t stream)
{
    if (bt_graph_connect_ports(m_graph, bt_component_source_borrow_output_port_by_index_const(source, stream),
            bt_component_sink_borrow_input_port_by_index_const(sink, stream), nullptr)
        != BT_GRAPH_CONNECT_PORTS_STATUS_OK)
        fail();
}

bt_component_class_initialize_method_status CtfTrace::initializeSink(
    bt_self_component_sink *self, bt_self_component_sink_configuration *, const bt_value *, void *data)
{
    auto *trace = static_cast<CtfTrace *>(data);
    trace->m_sink = self;
    bt_self_component_set_data(bt_self_component_sink_as_self_component(self), trace);
    for (std::uint64_t stream = 0; stream < trace->m_streams; ++stream) {
        const std::string name = "in" + std::to_string(stream);
        if (bt_self_component_sink_add_input_port(self, name.c_str(), nullptr, nullptr)
            != BT_SELF_COMPONENT_ADD_PORT_STATUS_OK)
            return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_ERROR;
    }
    return BT_COMPONENT_CLASS_INITIALIZE_METHOD_STATUS_OK;
}

// Never fails: after an error the graph would be dead for its other iterators too. What the request met, it keeps.
bt_component_class_sink_consume_method_status CtfTrace::consume(bt_self_component_sink *self)
{
    auto *trace = static_cast<CtfTrace *>(bt_self_component_get_data(bt_self_component_sink_as_self_component(self)));
    (*trace->m_request)();
    return BT_COMPONENT_CLASS_SINK_CONSUME_METHOD_STATUS_OK;
}

void CtfTrace::runInSink(const std::function<void()> &request)
{
    m_request = &request;
    const auto status = bt_graph_run_once(m_graph);
    m_request = nullptr;
    if (status != BT_GRAPH_RUN_ONCE_STATUS_OK)
        fail();
}

std::unique_ptr<MessageIterator> CtfTrace::createIterator(std::uint64_t stream)
{
    bt_message_iterator *iterator = nullptr;
    runInSink([&] {
        bt_self_component_port_input *port = bt_self_component_sink_borrow_input_port_by_index(m_sink, stream);
        if (bt_message_iterator_create_from_sink_component(m_sink, port, &iterator)
            != BT_MESSAGE_ITERATOR_CREATE_FROM_SINK_COMPONENT_STATUS_OK)
            iterator = nullptr;
    });
    if (!iterator)
        fail();
    return std::make_unique<MessageIterator>(*this, iterator);
}

std::pair<Ns, Ns> CtfTrace::queryRange() const
{
    const ValueRef parameters = sourceParameters(m_directory);
    const Ref<bt_query_executor, bt_query_executor_put_ref> executor(bt_query_executor_create(
        bt_component_class_source_as_component_class_const(sourceClass()), "babeltrace.trace-infos", parameters.get()));
    const bt_value *result = nullptr;
    if (!executor || bt_query_executor_query(executor.get(), &result) != BT_QUERY_EXECUTOR_QUERY_STATUS_OK)
        fail();
    const Ref<const bt_value, bt_value_put_ref> infos(result);
    const bt_value *trace = bt_value_array_borrow_element_by_index_const(result, 0);
    const bt_value *streams = bt_value_map_borrow_entry_value_const(trace, "stream-infos");
    const bt_value *stream = bt_value_array_borrow_element_by_index_const(streams, 0);
    const bt_value *range = bt_value_map_borrow_entry_value_const(stream, "range-ns");
    if (!range)
        throw ReadError("the packets tell no times");
    return {bt_value_integer_signed_get(bt_value_map_borrow_entry_value_const(range, "begin")),
        bt_value_integer_signed_get(bt_value_map_borrow_entry_value_const(range, "end"))};
}

std::string CtfTrace::takeError() const
{
    const bt_error *error = bt_current_thread_take_error();
    if (!error)
        return {};
    const std::string message = bt_error_cause_get_message(bt_error_borrow_cause_by_index(error, 0));
    bt_error_release(error);
    return cleaned(message, m_directory);
}

void CtfTrace::fail() const
{
    const std::string error = takeError();
    throw ReadError(error.empty() ? kUntold : error);
}

} // namespace exitscope::reader
