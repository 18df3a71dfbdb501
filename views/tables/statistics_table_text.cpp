// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLocale>

#include "model/reference/csv.h"
#include "model/statistics/known_net.h"
#include "views/tables/statistics_table.h"

namespace exitscope {

namespace {

QString exactText(const QVariant &raw, const QVariant &shown)
{
    if (raw.typeId() == QMetaType::Double)
        return QString::number(raw.toDouble(), 'f', QLocale::FloatingPointShortest);
    if (raw.isValid())
        return raw.toString();
    // A model that knows no exact values has what it shows.
    return shown.toString();
}

// Cells of StatisticsModel without a value are shown as "-"; in a file they are empty.
QString rawCell(const QModelIndex &index)
{
    const bool isExact = index.model()->headerData(index.column(), Qt::Horizontal, StatisticsModel::RawRole).isValid();
    const QVariant raw = index.data(StatisticsModel::RawRole);
    return exactText(raw, isExact ? QVariant() : index.data());
}

// As people are told it; the name of a row in a tree with those above it.
QString knownCell(const QModelIndex &index)
{
    if (index.column() == 0 && index.parent().isValid())
        return knownCell(index.parent()) % QStringLiteral(" › ") % index.data().toString();
    if (index.data(StatisticsModel::OldRole).toBool())
        return QStringLiteral("…"); // not what is shown: it is of another selection than the rest
    const QVariant known = index.data(StatisticsModel::KnownRole);
    if (known.isValid())
        return exactText(known, {});
    const QString shown = index.data().toString();
    return shown == notKnownText() ? shown : rawCell(index);
}

QString headerText(const QAbstractItemModel &model, int column)
{
    return exactText(model.headerData(column, Qt::Horizontal, StatisticsModel::RawRole),
        model.headerData(column, Qt::Horizontal, Qt::DisplayRole));
}

// A tab or a line end within a cell would begin another.
QString flat(QString cell)
{
    for (const char16_t c : {u'\t', u'\n', u'\r'})
        cell.replace(QChar(c), QLatin1Char(' '));
    return cell;
}

struct Format {
    QString (*cell)(const QModelIndex &index);
    QString (*safe)(QString cell);
    QString separator, lineEnd;
};

QString toText(const QAbstractItemModel &model, const QModelIndexList &rows, const Format &format)
{
    QString text;
    const auto addLine = [&](auto &&cellOf) {
        QStringList line;
        for (int column = 0; column < model.columnCount(); ++column)
            line << format.safe(cellOf(column));
        text += line.join(format.separator) + format.lineEnd;
    };
    addLine([&](int column) { return headerText(model, column); });
    for (const QModelIndex &row : rows)
        addLine([&](int column) { return format.cell(row.siblingAtColumn(column)); });
    return text;
}

} // namespace

QModelIndexList chosenOf(const QModelIndexList &rows)
{
    QModelIndexList chosen;
    for (const QModelIndex &row : rows)
        if (row.data(StatisticsModel::ChosenRole).toBool())
            chosen << row;
    return chosen.isEmpty() ? rows : chosen;
}

QString toCsv(const QAbstractItemModel &model)
{
    QModelIndexList rows;
    for (int row = 0; row < model.rowCount(); ++row)
        rows << model.index(row, 0);
    return toText(model, rows, {rawCell, csvField, QStringLiteral(","), QStringLiteral("\r\n")});
}

QString toCsv(const FileTable &table)
{
    QString text = table.columns.join(u',') % QStringLiteral("\r\n");
    for (const std::vector<FileCell> &row : table.rows) {
        QStringList line;
        for (const FileCell &cell : row) {
            const auto *number = std::get_if<std::int64_t>(&cell);
            const auto *word = std::get_if<QString>(&cell);
            line << (number ? QString::number(*number) : word ? csvField(*word) : QString());
        }
        text += line.join(u',') % QStringLiteral("\r\n");
    }
    return text;
}

QString toTsv(const QAbstractItemModel &model, const QModelIndexList &rows)
{
    return toText(model, rows, {knownCell, flat, QStringLiteral("\t"), QStringLiteral("\n")});
}

} // namespace exitscope
