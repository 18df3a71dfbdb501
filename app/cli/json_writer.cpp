// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/json_writer.h"

namespace exitscope {

namespace {

QByteArray quoted(const QString &value)
{
    QByteArray result = "\"";
    for (const char c : value.toUtf8()) {
        if (c == '"' || c == '\\')
            (result += '\\') += c;
        else if (static_cast<unsigned char>(c) < 0x20)
            result += "\\u" + QByteArray::number(c, 16).rightJustified(4, '0');
        else
            result += c;
    }
    return result + '"';
}

} // namespace

JsonWriter &JsonWriter::key(std::string_view name)
{
    startValue();
    m_text += '"';
    m_text.append(name.data(), qsizetype(name.size()));
    m_text += "\": ";
    m_afterKey = true;
    return *this;
}

void JsonWriter::text(const QString &value)
{
    raw(quoted(value));
}

void JsonWriter::integer(std::optional<std::int64_t> value)
{
    raw(value ? QByteArray::number(qint64(*value)) : QByteArray("null"));
}

void JsonWriter::decimal(std::optional<double> value, int decimals)
{
    raw(value ? QByteArray::number(*value, 'f', decimals) : QByteArray("null"));
}

void JsonWriter::begin(char bracket)
{
    startValue();
    m_text += bracket;
    ++m_depth;
    m_first = true;
}

void JsonWriter::end(char bracket)
{
    --m_depth;
    if (!m_first)
        newLine();
    m_text += bracket;
    m_first = false;
}

void JsonWriter::raw(const QByteArray &value)
{
    startValue();
    m_text += value;
}

void JsonWriter::startValue()
{
    if (m_afterKey) {
        m_afterKey = false;
        return;
    }
    if (m_depth == 0)
        return;
    if (!m_first)
        m_text += ',';
    m_first = false;
    newLine();
}

void JsonWriter::newLine()
{
    m_text += '\n';
    m_text += QByteArray(m_depth, ' ');
}

} // namespace exitscope
