// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/csv_writer.h"

#include <QByteArray>

#include <charconv>

namespace exitscope {

namespace {

constexpr std::size_t kFlushBytes = 64 * 1024;

void appendInteger(std::string &buffer, auto value, int base)
{
    char digits[24];
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value, base);
    buffer.append(digits, std::size_t(end - digits));
}

} // namespace

CsvWriter &CsvWriter::text(std::string_view field)
{
    separate();
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
        m_buffer += field;
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
    return text(std::string_view(field.toStdString()));
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
        m_buffer += QByteArray::number(*value, 'f', decimals).toStdString();
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
    m_buffer.clear(); // keeps the memory
}

void writeCsv(Output &output, const FileTable &table)
{
    CsvWriter csv(output);
    for (const QString &column : table.columns)
        csv.text(column);
    csv.endRow();
    for (const std::vector<FileCell> &row : table.rows) {
        for (const FileCell &cell : row)
            if (const auto *number = std::get_if<std::int64_t>(&cell))
                csv.integer(*number);
            else if (const auto *text = std::get_if<QString>(&cell))
                csv.text(*text);
            else
                csv.empty();
        csv.endRow();
    }
}

} // namespace exitscope
