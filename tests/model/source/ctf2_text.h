// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "model/source/ctf/ctf2_metadata.h"

// Small metadata of CTF 2.
namespace exitscope::testing {

inline const std::string kPreamble = R"({"type": "preamble", "version": 2,
    "uuid": [229, 62, 10, 184, 80, 161, 79, 10, 183, 16, 181, 240, 187, 169, 196, 172]})";
inline const std::string kClock = R"({"type": "clock-class", "id": "c", "name": "monotonic", "frequency": 1000,
    "uid": "62709A67-d43b-4b35-962e-e793dfb823c5", "origin": "unix-epoch", "precision": 3, "accuracy": 4,
    "offset-from-origin": {"seconds": -18003, "cycles": 999}, "description": "x"})";
inline const std::string kU8
    = R"({"type": "fixed-length-unsigned-integer", "length": 8, "byte-order": "little-endian"})";
inline const std::string kI16 = R"({"type": "fixed-length-signed-integer", "length": 16, "byte-order": "big-endian"})";

inline std::string sequence(const std::vector<std::string> &fragments)
{
    std::string text;
    for (const std::string &fragment : fragments)
        text += '\x1e' + fragment + '\n';
    return text;
}

// Written with ' for ".
inline std::string json(std::string text)
{
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}

inline std::string member(const std::string &name, const std::string &field)
{
    return R"({"name": ")" + name + R"(", "field-class": )" + field + "}";
}

inline std::string structure(const std::vector<std::string> &members)
{
    std::string list;
    for (const std::string &one : members)
        list += (list.empty() ? "" : ", ") + one;
    return R"({"type": "structure", "member-classes": [)" + list + "]}";
}

inline std::string withPayload(const std::string &payload, const std::string &more = {})
{
    return sequence({kPreamble, json("{'type': 'data-stream-class'}"),
        json("{'type': 'event-record-class', ") + more + R"("payload-field-class": )" + payload + "}"});
}

inline ctf::FieldClassPtr payloadOf(const ctf::TraceClass &trace)
{
    return trace.streams.at(0).events.at(0).payload;
}

inline std::string errorOf(const std::string &metadata)
{
    try {
        ctf::parseCtf2(metadata);
        return {};
    } catch (const ctf::CtfError &error) {
        return error.what();
    }
}

} // namespace exitscope::testing
