// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_types.h"

#include <algorithm>
#include <array>

namespace exitscope::ctf {

namespace {

constexpr std::size_t kMostLengths = 64;
constexpr std::uint64_t kLongestArray = 1 << 20;
constexpr std::size_t kMostMade = 1 << 19; // types, members, options and labels: some 150 MB

using Kind = FieldClass::Kind;

constexpr std::array<std::string_view, 13> kTypeWords{"void", "char", "short", "int", "long", "float", "double",
    "signed", "unsigned", "_Bool", "_Complex", "_Imaginary", "const"};

bool isTypeKeyword(const TsdlToken &token)
{
    return token.kind == TsdlToken::Kind::Keyword
        && std::find(kTypeWords.begin(), kTypeWords.end(), token.text) != kTypeWords.end();
}

struct Prefix {
    std::vector<std::string> path;
    Scope scope;
};

const std::vector<Prefix> &prefixes()
{
    static const std::vector<Prefix> known{
        {{"trace", "packet", "header"}, Scope::PacketHeader},
        {{"stream", "packet", "context"}, Scope::PacketContext},
        {{"stream", "event", "header"}, Scope::EventHeader},
        {{"stream", "event", "context"}, Scope::CommonContext},
        {{"event", "context"}, Scope::SpecificContext},
        {{"event", "fields"}, Scope::Payload},
    };
    return known;
}

} // namespace

FieldLocation tsdlLocation(std::vector<std::string> path, std::uint32_t line)
{
    FieldLocation location;
    for (const Prefix &prefix : prefixes()) {
        const std::size_t parts = prefix.path.size();
        if (path.size() <= parts || !std::equal(prefix.path.begin(), prefix.path.end(), path.begin()))
            continue;
        location.scope = prefix.scope;
        path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(parts));
        break;
    }
    if (path.empty())
        failTsdl(line, "a place of a field is missing");
    location.path = std::move(path);
    return location;
}

FieldClassPtr TsdlTypes::takeType()
{
    return named(takeSpecifiers(Behind::Nothing));
}

bool TsdlTypes::takeNaming()
{
    if (m_lexer.skipKeyword("typedef"))
        takeTypedef();
    else if (m_lexer.skipKeyword("typealias"))
        takeAlias();
    else
        return false;
    return true;
}

TsdlTypes::Specifiers TsdlTypes::takeSpecifiers(Behind behind)
{
    if (FieldClassPtr written = takeWritten())
        return {std::move(written), {}};
    return {nullptr, takeWords(behind)};
}

FieldClassPtr TsdlTypes::takeWritten()
{
    if (m_lexer.skipKeyword("integer"))
        return takeInteger();
    if (m_lexer.skipKeyword("floating_point"))
        return takeFloat();
    if (m_lexer.skipKeyword("string"))
        return takeString();
    if (m_lexer.skipKeyword("enum"))
        return takeEnumeration();
    enter();
    FieldClassPtr written;
    if (m_lexer.skipKeyword("struct"))
        written = takeStructure();
    else if (m_lexer.skipKeyword("variant"))
        written = takeVariant();
    --m_depth;
    return written;
}

// The last word in front of what ends a declaration is the name of the field.
bool TsdlTypes::isTypeWord(Behind behind) const
{
    if (m_lexer.token().kind != TsdlToken::Kind::Word || behind == Behind::Nothing)
        return m_lexer.token().kind == TsdlToken::Kind::Word || isTypeKeyword(m_lexer.token());
    const TsdlToken next = m_lexer.next();
    return next.isName() || next.isSign("*");
}

std::string TsdlTypes::takeWords(Behind behind)
{
    std::string words;
    const std::uint32_t line = m_lexer.line();
    while (isTypeWord(behind)) {
        const std::string_view word = m_lexer.token().text;
        words.append(words.empty() ? "" : " ").append(word == "_Bool" ? "bool" : word);
        if (words.size() > kLargestToken)
            failTsdl(line, "the name of a type is too long");
        m_lexer.advance();
    }
    if (words.empty())
        failTsdl(line, "a type is missing");
    return words;
}

std::string TsdlTypes::takePointers()
{
    std::string pointers;
    while (m_lexer.skipSign("*"))
        pointers += " *";
    if (pointers.size() > kLargestToken)
        failTsdl(m_lexer.line(), "the name of a type is too long");
    return pointers;
}

FieldClassPtr TsdlTypes::named(const Specifiers &specifiers)
{
    const std::string pointers = takePointers();
    if (!specifiers.type)
        return m_names.find(TsdlNames::Kind::Alias, specifiers.words + pointers, m_lexer.line());
    if (!pointers.empty())
        failTsdl(m_lexer.line(), "a pointer to a type that has no name");
    return specifiers.type;
}

TsdlTypes::Field TsdlTypes::takeField(const Specifiers &specifiers)
{
    FieldClassPtr type = named(specifiers);
    std::string name = m_lexer.takeWord("a field");
    return {std::move(name), takeLengths(std::move(type))};
}

// x[2][3] is two arrays of three.
FieldClassPtr TsdlTypes::takeLengths(FieldClassPtr element)
{
    std::vector<TsdlValue> lengths;
    while (m_lexer.skipSign("[")) {
        if (lengths.size() == kMostLengths)
            failTsdl(m_lexer.line(), "an array has too many lengths");
        lengths.push_back(takeTsdlValue(m_lexer));
        m_lexer.expectSign("]");
    }
    for (auto length = lengths.rbegin(); length != lengths.rend(); ++length)
        element = arrayOf(std::move(element), *length);
    return element;
}

FieldClassPtr TsdlTypes::arrayOf(FieldClassPtr element, const TsdlValue &length)
{
    TsdlClass array;
    array.element = std::move(element);
    if (length.kind == TsdlValue::Kind::Path && length.path.front() != "env") {
        array.kind = Kind::Sequence;
        array.location = tsdlLocation(length.path, length.line);
        return seal(std::move(array));
    }
    array.kind = Kind::Array;
    array.length = lengthOf(length);
    if (array.length > kLongestArray)
        failTsdl(length.line, "an array is too long");
    return seal(std::move(array));
}

// Of an array: a number, or env.name.
std::uint64_t TsdlTypes::lengthOf(const TsdlValue &length) const
{
    if (length.kind == TsdlValue::Kind::Number)
        return length.count();
    constexpr std::string_view kEnvironment = "env.";
    const std::string path = length.text();
    const auto found = path.starts_with(kEnvironment) ? m_trace.environment.find(path.substr(kEnvironment.size()))
                                                      : m_trace.environment.end();
    if (length.kind != TsdlValue::Kind::Path || found == m_trace.environment.end())
        failTsdl(length.line, "an array has the length " + quotedTsdl(path) + ", which is none");
    const auto *number = std::get_if<std::int64_t>(&found->second);
    if (!number || *number < 0)
        failTsdl(length.line, quotedTsdl(path) + " is no length of an array");
    return static_cast<std::uint64_t>(*number);
}

void TsdlTypes::takeTypedef()
{
    const Specifiers specifiers = takeSpecifiers(Behind::Field);
    do {
        const std::uint32_t line = m_lexer.line();
        const Field field = takeField(specifiers);
        checkNaming(*field.type);
        m_names.add(TsdlNames::Kind::Alias, field.name, field.type, line);
    } while (m_lexer.skipSign(","));
}

void TsdlTypes::takeAlias()
{
    const FieldClassPtr type = takeLengths(takeType());
    checkNaming(*type);
    m_lexer.expectSign(":=");
    const std::uint32_t line = m_lexer.line();
    const std::string words = takeWords(Behind::Nothing);
    m_names.add(TsdlNames::Kind::Alias, words + takePointers(), type, line);
}

// libbabeltrace2 takes no variant there, so nothing writes one.
void TsdlTypes::checkNaming(const FieldClass &type) const
{
    if (type.kind == Kind::Variant)
        failTsdl(m_lexer.line(), "another name for a variant");
}

FieldClassPtr TsdlTypes::seal(TsdlClass made)
{
    count();
    return sealTsdl(std::move(made), m_lexer.line());
}

void TsdlTypes::count(std::size_t parts)
{
    m_made += parts;
    if (m_made > kMostMade)
        failTsdl(m_lexer.line(), "there are too many types");
}

void TsdlTypes::enter()
{
    constexpr int kDeepest = 64;
    if (++m_depth > kDeepest)
        failTsdl(m_lexer.line(), "types are nested too deep");
}

} // namespace exitscope::ctf
