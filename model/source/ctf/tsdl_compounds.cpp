// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_types.h"

// Structures, variants and enumerations.
namespace exitscope::ctf {

namespace {

using Kind = FieldClass::Kind;

// Tracers put an underscore in front so that no name is a keyword.
std::string shownName(const std::string &original)
{
    return original.starts_with('_') ? original.substr(1) : original;
}

bool isBefore(const FieldClass &integer, std::uint64_t left, std::uint64_t right)
{
    if (integer.isSigned)
        return static_cast<std::int64_t>(left) < static_cast<std::int64_t>(right);
    return left < right;
}

} // namespace

FieldClassPtr TsdlTypes::takeStructure()
{
    std::string name;
    const std::uint32_t line = m_lexer.line();
    if (!m_lexer.token().isSign("{")) {
        name = m_lexer.takeWord("a structure");
        if (!m_lexer.token().isSign("{"))
            return m_names.find(TsdlNames::Kind::Structure, name, line);
    }
    FieldClassPtr type = takeStructureBody();
    if (!name.empty())
        m_names.add(TsdlNames::Kind::Structure, name, type, line);
    return type;
}

FieldClassPtr TsdlTypes::takeStructureBody()
{
    TsdlClass structure;
    structure.kind = Kind::Structure;
    m_lexer.expectSign("{");
    {
        const TsdlNames::Block block(m_names);
        std::unordered_set<std::string> names;
        while (!m_lexer.skipSign("}")) {
            if (!takeNaming())
                takeMembers(structure, names);
            m_lexer.expectSign(";");
        }
    }
    if (m_lexer.skipKeyword("align")) {
        m_lexer.expectSign("(");
        structure.alignment = tsdlAlignment(takeTsdlValue(m_lexer));
        m_lexer.expectSign(")");
    }
    return seal(std::move(structure));
}

void TsdlTypes::takeMembers(TsdlClass &structure, std::unordered_set<std::string> &names)
{
    const Specifiers specifiers = takeSpecifiers(Behind::Field);
    do {
        Field field = takeField(specifiers);
        count();
        std::string shown = shownName(field.name);
        if (!names.insert(shown).second)
            failTsdl(m_lexer.line(), "two members have the name " + quotedTsdl(shown));
        structure.members.push_back({std::move(shown), std::move(field.name), std::move(field.type)});
    } while (m_lexer.skipSign(","));
}

FieldClassPtr TsdlTypes::takeVariant()
{
    std::string name;
    FieldLocation tag;
    const std::uint32_t line = m_lexer.line();
    if (!m_lexer.token().isSign("{") && !m_lexer.token().isSign("<"))
        name = m_lexer.takeWord("a variant");
    if (m_lexer.skipSign("<")) {
        tag = tsdlLocation(takeTsdlPath(m_lexer), line);
        m_lexer.expectSign(">");
    }
    FieldClassPtr type;
    if (m_lexer.token().isSign("{")) {
        type = takeVariantBody();
        if (!name.empty())
            m_names.add(TsdlNames::Kind::Variant, name, type, line);
    } else {
        type = m_names.find(TsdlNames::Kind::Variant, name, line);
    }
    if (tag.path.empty())
        return type;
    count(type->options.size()); // they are copied
    TsdlClass tagged = tsdlClass(type);
    tagged.location = std::move(tag);
    return seal(std::move(tagged));
}

FieldClassPtr TsdlTypes::takeVariantBody()
{
    TsdlClass variant;
    variant.kind = Kind::Variant;
    m_lexer.expectSign("{");
    const TsdlNames::Block block(m_names);
    std::unordered_set<std::string> names;
    while (!m_lexer.skipSign("}")) {
        if (!takeNaming())
            takeOptions(variant, names);
        m_lexer.expectSign(";");
    }
    return seal(std::move(variant));
}

// Their names stay as written until their labels are found.
void TsdlTypes::takeOptions(TsdlClass &variant, std::unordered_set<std::string> &names)
{
    const Specifiers specifiers = takeSpecifiers(Behind::Field);
    do {
        Field field = takeField(specifiers);
        count();
        if (!names.insert(shownName(field.name)).second)
            failTsdl(m_lexer.line(), "two options have the name " + quotedTsdl(shownName(field.name)));
        variant.options.push_back({std::move(field.name), {}, std::move(field.type)});
    } while (m_lexer.skipSign(","));
}

FieldClassPtr TsdlTypes::takeEnumeration()
{
    std::string name;
    const std::uint32_t line = m_lexer.line();
    if (!m_lexer.token().isSign("{") && !m_lexer.token().isSign(":"))
        name = m_lexer.takeWord("an enumeration");
    if (!m_lexer.token().isSign("{") && !m_lexer.token().isSign(":"))
        return m_names.find(TsdlNames::Kind::Enumeration, name, line);
    const FieldClassPtr container = takeContainer();
    if (container->kind != Kind::Integer || isEnumeration(*container))
        failTsdl(line, "an enumeration of something else than integers");
    TsdlClass enumeration = tsdlClass(container);
    takeLabels(enumeration);
    FieldClassPtr type = seal(std::move(enumeration));
    if (!name.empty())
        m_names.add(TsdlNames::Kind::Enumeration, name, type, line);
    return type;
}

FieldClassPtr TsdlTypes::takeContainer()
{
    if (!m_lexer.skipSign(":"))
        return m_names.find(TsdlNames::Kind::Alias, "int", m_lexer.line());
    if (m_lexer.skipKeyword("integer"))
        return takeInteger();
    return m_names.find(TsdlNames::Kind::Alias, takeWords(Behind::Nothing), m_lexer.line());
}

void TsdlTypes::takeLabels(TsdlClass &enumeration)
{
    std::uint64_t next = 0;
    m_lexer.expectSign("{");
    do {
        // One comma may be behind the last.
        if (m_lexer.token().isSign("}") && isEnumeration(enumeration))
            break;
        takeLabel(enumeration, next);
    } while (m_lexer.skipSign(","));
    m_lexer.expectSign("}");
}

void TsdlTypes::takeLabel(TsdlClass &enumeration, std::uint64_t &next)
{
    const TsdlToken token = m_lexer.token();
    if (!token.isName() && token.kind != TsdlToken::Kind::String)
        failTsdl(token.line, "a label is missing");
    const bool isQuoted = token.kind == TsdlToken::Kind::String;
    const std::string label = isQuoted ? m_lexer.takeString() : std::string(token.text);
    if (!isQuoted)
        m_lexer.advance();
    Range range{next, next};
    if (m_lexer.skipSign("=")) {
        const TsdlValue lower = takeTsdlValue(m_lexer);
        const TsdlValue upper = m_lexer.skipSign("...") ? takeTsdlValue(m_lexer) : lower;
        if (lower.kind != TsdlValue::Kind::Number || upper.kind != TsdlValue::Kind::Number)
            failTsdl(token.line, "the value of a label is no number");
        range = {lower.number, upper.number};
    }
    if (isBefore(enumeration, range.upper, range.lower))
        failTsdl(token.line, "the label " + quotedTsdl(label) + " ends before it begins");
    next = range.upper + 1;
    count();
    enumeration.labels[label].push_back(range);
}

} // namespace exitscope::ctf
