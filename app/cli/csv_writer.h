// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/cli/output.h"
#include "model/causes/file_tables.h"

namespace exitscope {

// RFC 4180: CRLF, quotes where needed. Fields are appended to the current row.
class CsvWriter {
public:
    explicit CsvWriter(Output &output) : m_output(output) { }
    ~CsvWriter() { flush(); }
    CsvWriter(const CsvWriter &) = delete;
    CsvWriter &operator=(const CsvWriter &) = delete;

    CsvWriter &text(std::string_view field); // UTF-8
    CsvWriter &text(const QString &field);
    CsvWriter &integer(std::int64_t value);
    CsvWriter &integer(std::optional<std::int64_t> value); // empty if absent
    CsvWriter &decimal(std::optional<double> value, int decimals);
    CsvWriter &hex(std::uint64_t value); // "0x1f"
    CsvWriter &empty();
    void endRow();

private:
    void separate();
    void flush();

    Output &m_output;
    std::string m_buffer;
    bool m_inRow = false;
};

void writeCsv(Output &output, const FileTable &table);

} // namespace exitscope
