// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "tests/tools/ctf_writer.h"

namespace exitscope::testing {

namespace {

std::string environment(const CtfOptions &options)
{
    const bool perf = options.tracer == Tracer::Perf;
    std::string text = "env {\n";
    const auto add = [&text](const char *key, const std::string &value) {
        if (!value.empty())
            text += "\t" + std::string(key) + " = \"" + value + "\";\n";
    };
    add(perf ? "host" : "hostname", options.hostname);
    add("domain", options.domain);
    add("sysname", "Linux");
    if (perf) {
        add("tracer_name", "perf");
    } else {
        add("tracer_name", options.domain == "ust" ? "lttng-ust" : "lttng-modules");
        const bool old = options.tracer == Tracer::OldLttng;
        text += std::string("\ttracer_major = 2;\n\ttracer_minor = ") + (old ? "5" : "13")
            + ";\n\ttracer_patchlevel = 0;\n";
        add("trace_name", options.traceName);
    }
    return text + "};\n\n";
}

std::string clockBlock(const CtfOptions &options, const std::string &name)
{
    std::string text = "clock {\n\tname = \"" + name + "\";\n";
    if (!options.clockUuid.empty())
        text += "\tuuid = \"" + options.clockUuid + "\";\n";
    text += "\tdescription = \"Monotonic Clock\";\n\tfreq = " + std::to_string(options.clockFrequency) + ";\n";
    if (options.clockOffsetSeconds != 0)
        text += "\toffset_s = " + std::to_string(options.clockOffsetSeconds) + ";\n";
    text += "\toffset = " + std::to_string(options.clockOffsetCycles) + ";\n};\n\n";
    for (int bits : {27, 32, 64}) {
        text += "typealias integer { size = " + std::to_string(bits) + "; align = " + (bits == 27 ? "1" : "8")
            + "; signed = false; map = clock." + name + ".value; } := uint" + std::to_string(bits) + "_time_t;\n";
    }
    return text + "\n";
}

const char *kTypes = R"(typealias integer { size = 5; align = 1; signed = false; } := uint5_t;
typealias integer { size = 8; align = 8; signed = false; } := uint8_t;
typealias integer { size = 16; align = 8; signed = false; } := uint16_t;
typealias integer { size = 32; align = 8; signed = false; } := uint32_t;
typealias integer { size = 64; align = 8; signed = false; } := uint64_t;
typealias integer { size = 64; align = 8; signed = false; } := unsigned long;

)";

const char *kHeaders = R"(struct event_header_compact {
	enum : uint5_t { compact = 0 ... 30, extended = 31 } id;
	variant <id> {
		struct {
			uint27_time_t timestamp;
		} compact;
		struct {
			uint32_t id;
			uint64_time_t timestamp;
		} extended;
	} v;
} align(8);

struct event_header_large {
	enum : uint16_t { compact = 0 ... 65534, extended = 65535 } id;
	variant <id> {
		struct {
			uint32_time_t timestamp;
		} compact;
		struct {
			uint32_t id;
			uint64_time_t timestamp;
		} extended;
	} v;
} align(8);

struct event_header_plain {
	uint32_t id;
	uint64_time_t timestamp;
} align(8);

)";

std::string traceBlock(const CtfOptions &options)
{
    std::string text = "trace {\n\tmajor = 1;\n\tminor = 8;\n";
    if (!options.traceUuid.empty())
        text += "\tuuid = \"" + options.traceUuid + "\";\n";
    text += std::string("\tbyte_order = ") + (options.byteOrder == ByteOrder::Little ? "le" : "be") + ";\n"
        + "\tpacket.header := struct {\n\t\tuint32_t magic;\n";
    if (!options.traceUuid.empty())
        text += "\t\tuint8_t uuid[16];\n";
    text += "\t\tuint32_t stream_id;\n";
    if (options.tracer != Tracer::Perf)
        text += "\t\tuint64_t stream_instance_id;\n";
    return text + "\t};\n};\n\n";
}

std::string packetContext(const CtfOptions &options)
{
    std::string text = "struct packet_context {\n\tuint64_time_t timestamp_begin;\n\tuint64_time_t timestamp_end;\n"
                       "\tuint64_t content_size;\n\tuint64_t packet_size;\n";
    if (options.tracer != Tracer::Perf)
        text += "\tuint64_t packet_seq_num;\n";
    text += "\tunsigned long events_discarded;\n";
    if (options.cpuId)
        text += "\tuint32_t cpu_id;\n";
    return text + "};\n\n";
}

std::string streamBlock(std::uint32_t id, const CtfOptions &options)
{
    std::string text = "stream {\n\tid = " + std::to_string(id) + ";\n\tevent.header := struct event_header_";
    text += options.tracer == Tracer::Perf ? "plain" : (options.header == EventHeader::Large ? "large" : "compact");
    text += ";\n\tpacket.context := struct packet_context;\n";
    const auto context = contextOf(options.tracer, options.recorded);
    if (!context.empty()) {
        text += "\tevent.context := struct {\n";
        for (const Field &field : context)
            text += "\t\t" + declaration(field, options.tracer) + "\n";
        text += "\t};\n";
    }
    return text + "};\n\n";
}

std::string eventBlock(std::uint32_t id, std::uint32_t classId, const std::string &name,
    const std::vector<Field> &payload, const CtfOptions &options)
{
    std::string text = "event {\n\tname = \"" + name + "\";\n\tid = " + std::to_string(id)
        + ";\n\tstream_id = " + std::to_string(classId) + ";\n\tfields := struct {\n";
    for (const Field &field : payload)
        text += "\t\t" + declaration(field, options.tracer) + "\n";
    return text + "\t};\n};\n\n";
}

} // namespace

std::string CtfTrace::metadata() const
{
    std::string text = "/* CTF 1.8 */\n\n" + std::string(kTypes) + traceBlock(options) + environment(options)
        + clockBlock(options, options.tracer == Tracer::Perf ? "perf_clock" : "monotonic") + packetContext(options)
        + kHeaders;
    const std::uint32_t classes = std::max(std::uint32_t(m_classes.size()), 1u);
    for (std::uint32_t id = 0; id < classes; ++id)
        text += streamBlock(id, options);
    const auto add = [&](const EventLayout &layout) {
        for (const std::uint32_t classId : layout.classes)
            text += eventBlock(layout.id, classId, layout.name, layout.payload, options);
    };
    for (const auto &layout : m_layouts)
        if (layout)
            add(*layout);
    for (const auto &[name, layout] : m_otherLayouts)
        add(layout);
    std::uint32_t id = m_nextId;
    for (const std::string &name : options.declared)
        text += eventBlock(id++, 0, name, options.declaredFields, options);
    return text;
}

} // namespace exitscope::testing
