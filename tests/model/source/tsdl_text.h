// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <string>

#include "model/source/ctf/tsdl_parser.h"

// Metadata of CTF 1.8 as text, and what comes of it.
namespace exitscope::ctf::test {

inline const std::string kTypes = R"(/* CTF 1.8 */
typealias integer { size = 8; } := uint8_t;
typealias integer { size = 32; } := uint32_t;
typealias integer { size = 64; } := uint64_t;
typealias integer { size = 8; encoding = UTF8; } := char;
)";

inline const std::string kTrace = R"(trace { major = 1; minor = 8; byte_order = le; };
)";

inline const std::string kLttng = kTypes + R"(
trace { major = 1; minor = 8; uuid = "CF0BD768-80f8-8c4b-a984-1c4875eefd22"; byte_order = le;
    packet.header := struct { uint32_t magic; uint8_t uuid[16]; uint32_t stream_id; uint64_t stream_instance_id; }; };
env { hostname = "h\x41\"\101"; major = 2; zone = -3; };
clock { name = "monotonic"; uuid = "f41442a7-64c3-4676-b847-84570fd88a27"; description = "Monotonic Clock";
    freq = 1000000000; offset = 1795390396165695539; };
typealias integer { size = 27; align = 1; signed = false; map = clock.monotonic.value; } := uint27_clock_monotonic_t;
typealias integer { size = 64; align = 8; signed = false; map = clock.monotonic.value; } := uint64_clock_monotonic_t;
typealias integer { size = 64; } := unsigned long;
struct packet_context { uint64_clock_monotonic_t timestamp_begin; uint64_clock_monotonic_t timestamp_end;
    uint64_t content_size; uint64_t packet_size; uint64_t packet_seq_num; unsigned long events_discarded;
    uint32_t cpu_id; };
typealias integer { size = 5; align = 1; } := uint5_t;
struct event_header_compact {
    enum : uint5_t { compact = 0 ... 30, extended = 31 } id;
    variant <id> { struct { uint27_clock_monotonic_t timestamp; } compact;
        struct { uint32_t id; uint64_clock_monotonic_t timestamp; } extended; } v;
} align(8);
stream { id = 0; event.header := struct event_header_compact; packet.context := struct packet_context;
    event.context := struct { integer { size = 32; signed = 1; base = 10; } _tid; char _procname[16]; }; };
event { name = "kvm_exit"; id = 7; stream_id = 0; loglevel = 13; model.emf.uri = "http://x";
    fields := struct { integer { size = 32; byte_order = be; } _exit_reason; uint8_t __n; char _text[ __n ];
        floating_point { exp_dig = 11; mant_dig = 53; } _f; string _s; string { encoding = ASCII; } _t; }; };
callsite { name = "x"; func = "f"; };
)";

inline std::string withPayload(const std::string &members)
{
    return kTypes + kTrace + "event { name = e; fields := struct { " + members + " }; };";
}

inline TraceClass parsed(const std::string &text)
{
    try {
        return parseTsdl(text);
    } catch (const CtfError &error) {
        qWarning("%s", error.what());
        return {};
    }
}

inline FieldClassPtr payloadOf(const std::string &members)
{
    TraceClass trace = parsed(withPayload(members));
    return trace.streams.empty() ? std::make_shared<FieldClass>() : trace.streams.at(0).events.at(0).payload;
}

inline FieldClass member(const FieldClassPtr &structure, const std::string &name)
{
    for (const Member &each : structure->members)
        if (each.name == name)
            return *each.type;
    qWarning("no member %s", name.c_str());
    return {};
}

inline std::string errorOf(const std::string &text)
{
    try {
        parseTsdl(text);
    } catch (const CtfError &error) {
        return error.what();
    }
    return {};
}

inline std::string repeated(const std::string &text, int times)
{
    std::string all;
    for (int time = 0; time < times; ++time)
        all += text;
    return all;
}

} // namespace exitscope::ctf::test
