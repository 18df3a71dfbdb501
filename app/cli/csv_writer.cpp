// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/csv_writer.h"

#include <charconv>

namespace exitscope {

namespace {

constexpr qsizetype kFlushBytes = 64 * 1024;

void appendInteger(QByteArray &buffer, auto value, int base)
{
    char digits[24];
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value, base);
    buffer.append(digits, end - digits);
}

} // namespace

CsvWriter &CsvWriter::text(std::string_view field)
{
    separate();
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
        m_buffer.append(field.data(), qsizetype(field.size()));
        return *this;
    }
    m_buffer += '"';
    for (const char c : field) {
        if (c == '"')
            m_buffer += '"';
        m_buffer += c;
    }
    m_buffer += '"';
    return *this;
}

CsvWriter &CsvWriter::text(const QString &field)
{
    const QByteArray utf8 = field.toUtf8();
    return text(std::string_view(utf8.constData(), std::size_t(utf8.size())));
}

CsvWriter &CsvWriter::integer(std::int64_t value)
{
    separate();
    appendInteger(m_buffer, value, 10);
    return *this;
}

CsvWriter &CsvWriter::integer(std::optional<std::int64_t> value)
{
    return value ? integer(*value) : empty();
}

CsvWriter &CsvWriter::decimal(std::optional<double> value, int decimals)
{
    separate();
    if (value)
        m_buffer += QByteArray::number(*value, 'f', decimals);
    return *this;
}

CsvWriter &CsvWriter::hex(std::uint64_t value)
{
    separate();
    m_buffer += "0x";
    appendInteger(m_buffer, value, 16);
    return *this;
}

CsvWriter &CsvWriter::empty()
{
    separate();
    return *this;
}

void CsvWriter::endRow()
{
    m_buffer += "\r\n";
    m_inRow = false;
    if (m_buffer.size() >= kFlushBytes)
        flush();
}

void CsvWriter::separate()
{
    if (m_inRow)
        m_buffer += ',';
    m_inRow = true;
}

void CsvWriter::flush()
{
    m_output.write(m_buffer);
    m_buffer.resize(0); // keeps the memory
}

} // namespace exitscope
