// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "model/source/ctf/trace_class.h"
#include "model/source/ctf/tsdl_lexer.h"
#include "model/source/ctf/tsdl_names.h"
#include "model/source/ctf/tsdl_types.h"
#include "model/source/ctf/tsdl_value.h"

namespace exitscope::ctf {

// Reads the blocks of metadata one by one, in the order in which they build on each other, which need not be that of
// the text. Each begins at its brace.
class TsdlBlocks {
public:
    TsdlBlocks() : m_lexer({}), m_types(m_lexer, m_names, m_trace) { }

    void takeByteOrder(TsdlLexer traceBlock);
    void takeEnvironment(const TsdlLexer &block);
    void takeClock(const TsdlLexer &block);
    void takeDeclaration(const TsdlLexer &declaration); // of a type
    void takeTrace(const TsdlLexer &block);
    void takeStream(const TsdlLexer &block);
    void takeEvent(const TsdlLexer &block);
    TraceClass finished();

private:
    using SetType = std::function<bool(const std::string &name, const FieldClassPtr &type)>;
    using SetValue = std::function<bool(const std::string &name, const TsdlValue &value)>;
    TsdlAttributes takeBlock(const TsdlLexer &block, const SetType &setType, const SetValue &setValue);
    FieldClassPtr root(const FieldClassPtr &type);
    FieldClassPtr timed(const FieldClassPtr &type, std::string_view name);
    std::size_t onlyClock();
    void checkNewStream(const TsdlAttributes &attributes, std::uint64_t id, std::uint32_t line) const;
    StreamClass &streamOf(const TsdlAttributes &attributes, std::uint64_t id, std::uint32_t line);
    void finishStream(StreamClass &stream) const;

    TraceClass m_trace;
    TsdlNames m_names;
    TsdlLexer m_lexer;
    TsdlTypes m_types;
    bool m_tellsStream = false; // the header of each packet
    std::uint64_t m_weight = 0; // of all scopes of all streams and events
};

} // namespace exitscope::ctf
