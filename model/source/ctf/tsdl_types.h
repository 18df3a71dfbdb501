// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/source/ctf/trace_class.h"
#include "model/source/ctf/tsdl_class.h"
#include "model/source/ctf/tsdl_lexer.h"
#include "model/source/ctf/tsdl_names.h"
#include "model/source/ctf/tsdl_value.h"

namespace exitscope::ctf {

// Reads types at the place where the lexer stands.
class TsdlTypes {
public:
    // The trace class: as far as it is known, which is to be its byte order, its environment and its clocks.
    TsdlTypes(TsdlLexer &lexer, TsdlNames &names, const TraceClass &trace)
        : m_lexer(lexer), m_names(names), m_trace(trace)
    {
    }

    FieldClassPtr takeType(); // with no name of a field behind it
    // typedef type name, …; and typealias type := name; without the last semicolon. False: there is neither.
    bool takeNaming();

private:
    enum class Behind : std::uint8_t { Field, Nothing }; // a type
    struct Specifiers { // either
        FieldClassPtr type;
        std::string words;
    };
    struct Field {
        std::string name;
        FieldClassPtr type;
    };

    Specifiers takeSpecifiers(Behind behind);
    FieldClassPtr takeWritten(); // null: only words
    std::string takeWords(Behind behind);
    bool isTypeWord(Behind behind) const;
    FieldClassPtr named(const Specifiers &specifiers);
    Field takeField(const Specifiers &specifiers);
    std::string takePointers();
    FieldClassPtr takeLengths(FieldClassPtr element);
    FieldClassPtr arrayOf(FieldClassPtr element, const TsdlValue &length);
    std::uint64_t lengthOf(const TsdlValue &length) const;
    void takeTypedef();
    void takeAlias();
    void checkNaming(const FieldClass &type) const;

    FieldClassPtr takeStructure();
    FieldClassPtr takeStructureBody();
    void takeMembers(TsdlClass &structure, std::unordered_set<std::string> &names);
    FieldClassPtr takeVariant();
    FieldClassPtr takeVariantBody();
    void takeOptions(TsdlClass &variant, std::unordered_set<std::string> &names);
    FieldClassPtr takeEnumeration();
    FieldClassPtr takeContainer();
    void takeLabels(TsdlClass &enumeration);
    void takeLabel(TsdlClass &enumeration, std::uint64_t &next);

    FieldClassPtr takeInteger();
    bool setInteger(TsdlClass &integer, const std::string &name, const TsdlValue &value) const;
    FieldClassPtr takeFloat();
    FieldClassPtr takeString();
    std::size_t clockOf(const TsdlValue &map) const;

    FieldClassPtr seal(TsdlClass made);
    void count(std::size_t parts = 1);
    void enter();

    TsdlLexer &m_lexer;
    TsdlNames &m_names;
    const TraceClass &m_trace;
    int m_depth = 0;
    std::size_t m_made = 0;
};

// The place that a path in metadata means.
FieldLocation tsdlLocation(std::vector<std::string> path, std::uint32_t line);

} // namespace exitscope::ctf
