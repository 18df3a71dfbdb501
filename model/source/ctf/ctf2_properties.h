// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonArray>
#include <QJsonValue>

#include <string>

#include "model/source/ctf/ctf2_json.h"
#include "model/source/ctf/trace_class.h"

namespace exitscope::ctf {

// Names of properties that objects of several kinds have.
inline constexpr QLatin1String kName("name");
inline constexpr QLatin1String kNamespace("namespace");
inline constexpr QLatin1String kUid("uid");
inline constexpr QLatin1String kFieldClass("field-class");

// An object of the metadata, property by property; what nobody asked for is refused. All throw CtfError.
class Properties {
public:
    // `what` it is, as in "a clock-class".
    Properties(const JsonText &text, const QJsonValue &value, std::string what);

    bool has(QLatin1String name) const { return m_object.contains(name); }

    QJsonValue required(QLatin1String name);
    std::string string(QLatin1String name);
    std::uint64_t natural(QLatin1String name);
    QJsonArray array(QLatin1String name);

    std::optional<std::string> optionalString(QLatin1String name);
    std::uint64_t optionalNatural(QLatin1String name, std::uint64_t otherwise);

    void ignoreStrings(std::initializer_list<QLatin1String> names); // once they are seen to be some
    void finish(); // behind the last one: attributes are ignored, extensions and others refused

    const JsonText &text() const { return m_text; }
    const std::string &what() const { return m_what; }
    [[noreturn]] void refuse(QLatin1String name, const std::string &why) const;

private:
    const JsonText &m_text;
    QJsonObject m_object;
    std::vector<QLatin1String> m_known;
    std::string m_what;
};

// The name of the first extension in the value of a property "extensions"; empty: none.
std::string firstExtension(const QJsonValue &extensions);

// The integers of a range set.
struct JsonRange {
    JsonInteger lower;
    JsonInteger upper;
};
std::vector<JsonRange> rangeSet(const JsonText &text, const QJsonValue &value);

} // namespace exitscope::ctf
