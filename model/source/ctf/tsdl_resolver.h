// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/source/ctf/trace_class.h"

namespace exitscope::ctf {

// Finds the fields that tell the lengths of sequences and the options of variants, and checks that each is read
// before it is asked for. Scopes are to be resolved in their order; what is null is not there.
class TsdlResolver {
public:
    // With the ranges of its options in each variant, and their names as shown.
    FieldClassPtr resolved(Scope scope, const FieldClassPtr &root);

private:
    struct Frame { // what is around the field that is looked at, the outermost first
        FieldClassPtr type;
        std::size_t part = 0; // that leads to the field
    };
    struct Target {
        std::vector<std::size_t> parts; // from the root
        FieldClassPtr type;
    };

    FieldClassPtr visited(const FieldClassPtr &type);
    FieldClassPtr visitedParts(const FieldClassPtr &type, const FieldClassPtr &asWritten);
    FieldClassPtr withRanges(const FieldClassPtr &variant);
    FieldClassPtr target(const FieldLocation &location);
    Target targetInScope(const FieldLocation &location);
    Target targetAround(const FieldLocation &location);
    void descend(Target &from, const std::vector<std::string> &path);
    bool isReadBefore(const Target &target) const;
    std::size_t partAt(const FieldClassPtr &type, const std::string &name); // a member or an option

    using Places = std::unordered_map<std::string_view, std::size_t>;
    std::array<FieldClassPtr, kScopes> m_scopes;
    Scope m_scope = Scope::PacketHeader;
    std::vector<Frame> m_frames;
    std::map<FieldClassPtr, Places> m_places; // of members and options, by their names as written
    std::size_t m_ranges = 0; // given to options
};

} // namespace exitscope::ctf
