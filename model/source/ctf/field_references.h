// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "model/source/ctf/layout.h"

namespace exitscope::ctf {

// Finds the fields that tell lengths and select options, and numbers the registers that keep their values.
class FieldReferences {
public:
    using Scopes = std::array<const FieldClass *, kScopes>; // null: there is none

    // The fields of that scope. `scopes`: all that can be referred to from there.
    void add(Scope scope, std::uint64_t event, const Scopes &scopes); // throws CtfError

    // The register that the field asks, or keeps its value in; none if there is none.
    std::optional<std::uint16_t> asked(const FieldKey &key) const { return find(m_asked, key); }
    std::optional<std::uint16_t> stored(const FieldKey &key) const { return find(m_stored, key); }
    bool asksSigned(const FieldKey &key) const;
    std::size_t count() const { return m_count; }

    const std::map<FieldKey, std::uint16_t> &askers() const { return m_asked; }
    const std::map<FieldKey, std::uint16_t> &keepers() const { return m_stored; }

    static FieldKey rootKey(Scope scope, std::uint64_t event);

private:
    struct Around { // a structure around a field
        const FieldClass *structure;
        FieldKey key;
        std::size_t before; // its members that come before the field
    };
    struct Found {
        const FieldClass *field = nullptr;
        FieldKey key;
    };

    static std::optional<std::uint16_t> find(const std::map<FieldKey, std::uint16_t> &in, const FieldKey &key);
    void walk(const FieldClass &field, const FieldKey &key);
    void ask(const FieldLocation &location, const FieldKey &asker);
    Found locate(const FieldLocation &location);
    Found descend(const FieldClass &structure, const FieldKey &key, const std::vector<std::string> &path,
        std::size_t from, std::size_t before);

    std::map<FieldKey, std::uint16_t> m_asked;
    std::map<FieldKey, std::uint16_t> m_stored;
    std::map<FieldKey, bool> m_signed;
    std::size_t m_count = 0;
    std::size_t m_compared = 0; // names
    Scopes m_scopes{}; // of the call
    std::uint64_t m_event = 0;
    std::vector<Around> m_around;
};

} // namespace exitscope::ctf
