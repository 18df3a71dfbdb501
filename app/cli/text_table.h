// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace exitscope {

// Aligned columns for a terminal: those named in `left` flush left, the rest flush right.
class TextTable {
public:
    TextTable(const QStringList &header, const QStringList &left);

    void add(const QStringList &row) { m_rows.push_back(row); }
    QString text() const; // every line ends in a line end

private:
    QString line(const QStringList &row, const std::vector<qsizetype> &widths) const;

    QStringList m_left;
    std::vector<QStringList> m_rows; // the header first
};

} // namespace exitscope
