// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/text_table.h"

#include <algorithm>

namespace exitscope {

TextTable::TextTable(const QStringList &header, const QStringList &left) : m_left(left), m_rows{header} { }

QString TextTable::text() const
{
    std::vector<qsizetype> widths(std::size_t(m_rows.front().size()), 0);
    for (const QStringList &row : m_rows)
        for (qsizetype i = 0; i < row.size(); ++i)
            widths[std::size_t(i)] = std::max(widths[std::size_t(i)], row[i].size());
    QString result;
    for (const QStringList &row : m_rows)
        result += line(row, widths);
    return result;
}

QString TextTable::line(const QStringList &row, const std::vector<qsizetype> &widths) const
{
    QString result;
    for (qsizetype i = 0; i < row.size(); ++i) {
        const qsizetype width = widths[std::size_t(i)];
        const bool left = m_left.contains(m_rows.front()[i]);
        result += QStringLiteral("  ") % (left ? row[i].leftJustified(width) : row[i].rightJustified(width));
    }
    while (result.endsWith(QLatin1Char(' ')))
        result.chop(1);
    return result % QLatin1Char('\n');
}

} // namespace exitscope
