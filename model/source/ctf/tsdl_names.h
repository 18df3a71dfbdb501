// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/source/ctf/trace_class.h"

namespace exitscope::ctf {

// The names of types that hold at a place of the metadata: those of its block, and of the blocks around that.
class TsdlNames {
public:
    enum class Kind : char { Alias = 'a', Structure = 's', Variant = 'v', Enumeration = 'e' };

    // As long as a block, or a structure.
    class Block {
    public:
        explicit Block(TsdlNames &names) : m_names(names) { m_names.m_blocks.emplace_back(); }
        ~Block() { m_names.m_blocks.pop_back(); }
        Block(const Block &) = delete;
        Block &operator=(const Block &) = delete;

    private:
        TsdlNames &m_names;
    };

    TsdlNames() : m_blocks(1) { }
    void add(Kind kind, std::string_view name, FieldClassPtr type, std::uint32_t line); // fails if its block has it
    FieldClassPtr find(Kind kind, std::string_view name, std::uint32_t line) const; // fails if there is none

private:
    static std::string key(Kind kind, std::string_view name);

    std::vector<std::unordered_map<std::string, FieldClassPtr>> m_blocks; // the innermost last
};

} // namespace exitscope::ctf
