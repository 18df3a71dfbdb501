// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source/ctf/ctf2_location.h"
#include "model/source/ctf/ctf2_properties.h"

namespace exitscope::ctf {

// Builds the field classes of CTF 2. Aliases are built anew wherever they are used: what their roles and locations
// mean depends on what is around them. All throw CtfError.
class FieldBuilder {
public:
    explicit FieldBuilder(std::size_t mostFields) : m_mostFields(mostFields) { }

    void defineAlias(const std::string &name, std::shared_ptr<const JsonText> text, const QJsonValue &value);

    // The structure that is a whole scope.
    FieldClassPtr buildScope(const JsonText &text, const QJsonValue &value, Surroundings around);

    std::string whereFailed() const; // names of fields, for the error; empty: in none

private:
    struct Source { // of what is being built
        const JsonText *text;
        std::size_t aliases; // as many are known there
    };
    struct Alias {
        std::shared_ptr<const JsonText> text;
        QJsonValue value;
        std::size_t number;
    };

    BuiltFieldPtr build(const Source &source, const QJsonValue &value, int depth);
    BuiltFieldPtr compound(const QString &type, Properties &properties, const Source &source, int depth);
    BuiltFieldPtr structure(Properties &properties, const Source &source, int depth);
    void addMember(BuiltField &structure, const QJsonValue &member, const Source &source, int depth);
    BuiltFieldPtr array(Properties &properties, const Source &source, int depth, bool isStatic);
    BuiltFieldPtr dynamicBytes(Properties &properties, bool isText);
    BuiltFieldPtr optional(Properties &properties, const Source &source, int depth);
    BuiltFieldPtr variant(Properties &properties, const Source &source, int depth);
    Option option(const QJsonValue &value, const Source &source, int depth, std::vector<JsonRange> &ranges);

    const Alias &aliasNamed(const std::string &name, std::size_t known) const;
    void locateLength(Properties &properties, BuiltField &field) const;
    const BuiltField *locateSelector(Properties &properties, BuiltField &field) const; // null: in an alias

    std::map<std::string, Alias> m_aliases;
    Surroundings *m_around = nullptr; // null while an alias is only checked
    std::vector<std::string> m_names; // of the fields around the one that is being built
    std::size_t m_fields = 0;
    std::size_t m_mostFields;
    std::size_t m_scopeBegin = 0; // m_fields then
};

} // namespace exitscope::ctf
