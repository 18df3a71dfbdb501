// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_names.h"

#include "model/source/ctf/tsdl_lexer.h"

namespace exitscope::ctf {

void TsdlNames::add(Kind kind, std::string_view name, FieldClassPtr type, std::uint32_t line)
{
    if (!m_blocks.back().emplace(key(kind, name), std::move(type)).second)
        failTsdl(line, "the type " + quotedTsdl(name) + " is there twice");
}

FieldClassPtr TsdlNames::find(Kind kind, std::string_view name, std::uint32_t line) const
{
    const std::string wanted = key(kind, name);
    for (auto block = m_blocks.rbegin(); block != m_blocks.rend(); ++block)
        if (const auto found = block->find(wanted); found != block->end())
            return found->second;
    failTsdl(line, "there is no type " + quotedTsdl(name) + " yet");
}

std::string TsdlNames::key(Kind kind, std::string_view name)
{
    return std::string(1, static_cast<char>(kind)).append(name);
}

} // namespace exitscope::ctf
