// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/json_writer.h"

namespace exitscope {

namespace {

QByteArray quoted(const QString &value)
{
    QByteArray result = "\"";
    for (qsizetype at = 0; at < value.size(); ++at) {
        const QChar c = value[at];
        const bool isPair = c.isHighSurrogate() && at + 1 < value.size() && value[at + 1].isLowSurrogate();
        if (isPair)
            result += value.mid(at++, 2).toUtf8();
        else if (c == QLatin1Char('"') || c == QLatin1Char('\\'))
            (result += '\\') += c.toLatin1();
        else if (c.category() == QChar::Other_Control || c.isSurrogate()) // half a pair: a byte of a file name
            result += "\\u" + QByteArray::number(c.unicode(), 16).rightJustified(4, '0');
        else
            result += QString(c).toUtf8();
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

JsonWriter &JsonWriter::anyKey(const QString &name)
{
    startValue();
    m_text += quoted(name) + ": ";
    m_afterKey = true;
    return *this;
}

void JsonWriter::text(const QString &value)
{
    raw(quoted(value));
}

void JsonWriter::text(const std::optional<QString> &value)
{
    if (value)
        text(*value);
    else
        raw("null");
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
