// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>

#include "model/source/ctf/ctf2_json.h"
#include "model/source/ctf/trace_class.h"

namespace exitscope::ctf {

// A field class of CTF 2 with what only building others needs to know of it.
struct BuiltField : FieldClass {
    enum class Value : std::uint8_t { None, Flag, Natural, Signed }; // that a location may ask for
    Value value = Value::None;
    std::map<std::string, std::size_t> places; // of the members, by name
};
using BuiltFieldPtr = std::shared_ptr<BuiltField>;

// A structure that is being built around a field.
struct Level {
    const BuiltField *structure = nullptr; // with the members before
    std::set<std::string> names; // of all its members
    std::string current; // the member that is being built
    int depth = 0;
    bool isMember = true; // directly of the structure around it, not of an array, a variant or an optional field
};

// Where in a trace a field is being built.
struct Surroundings {
    Scope scope = Scope::PacketHeader;
    std::array<FieldClassPtr, kScopes> scopes; // those before this one
    bool hasClock = false; // the stream
    bool hasUuid = false; // the metadata
    std::vector<Level> levels; // from the outside in
};

// A field location as written.
struct WrittenLocation {
    std::optional<Scope> origin;
    std::size_t parents = 0; // how many structures outwards
    std::vector<std::string> names;
};
WrittenLocation readLocation(const JsonText &text, const QJsonValue &value); // throws CtfError

struct Located {
    FieldLocation location;
    const BuiltField *field = nullptr;
};
// Throws CtfError unless the field is an integer or a boolean that is read before the one that is being built.
Located locate(const WrittenLocation &written, const Surroundings &around);

} // namespace exitscope::ctf
