// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tables/statistics_model.h"

#include <QFont>

#include <algorithm>

#include "views/chart/plain_text.h"

namespace exitscope {

namespace {

void addReasons(std::vector<StatisticsRow> &rows, const Numbers &numbers)
{
    const Totals &totals = numbers.byReason->totals;
    for (const ReasonGroup &group : totals.reasons) {
        const ExitReason &reason = numbers.recording->reasons[group.reason];
        StatisticsRow row;
        row.key = codeText(reason.key);
        row.name = reason.name;
        row.meaning = reason.meaning;
        row.reason = &reason;
        row.group = &group;
        row.all = &totals;
        rows.push_back(row);
    }
}

void addScenarios(std::vector<StatisticsRow> &rows, const Numbers &numbers)
{
    const Totals &totals = numbers.byScenario->totals;
    for (const ScenarioGroup &group : totals.scenarios) {
        const std::string_view text = name(group.scenario);
        StatisticsRow row;
        row.key = int(group.scenario);
        row.name = QString::fromLatin1(text.data(), qsizetype(text.size()));
        row.meaning = scenarioMeaning(group.scenario);
        row.group = &group;
        row.all = &totals;
        rows.push_back(row);
    }
}

void addVcpus(std::vector<StatisticsRow> &rows, const Numbers &numbers)
{
    for (const VmStatistics &vm : numbers.byVcpu->vms) {
        for (const VcpuStatistics &vcpu : vm.vcpus) {
            StatisticsRow row;
            row.key = QVariant::fromValue(vcpu.key);
            row.name = vcpu.id();
            if (vcpu.vcpu->tid)
                row.meaning = StatisticsModel::tr("thread %1").arg(*vcpu.vcpu->tid);
            row.vcpu = &vcpu;
            row.all = &numbers.byVcpu->totals;
            rows.push_back(row);
        }
    }
}

} // namespace

StatisticsModel::StatisticsModel(StatisticsTopic topic, QObject *parent)
    : QAbstractTableModel(parent), m_topic(topic), m_columns(statisticsColumns(topic))
{
}

std::vector<StatisticsRow> StatisticsModel::rowsOf(const Numbers &numbers) const
{
    std::vector<StatisticsRow> rows;
    switch (m_topic) {
    case StatisticsTopic::Reasons:
        addReasons(rows, numbers);
        break;
    case StatisticsTopic::Scenarios:
        addScenarios(rows, numbers);
        break;
    case StatisticsTopic::Vcpus:
    case StatisticsTopic::Runs:
        addVcpus(rows, numbers);
        break;
    }
    return rows;
}

void StatisticsModel::setNumbers(std::shared_ptr<const Numbers> numbers, std::shared_ptr<const Numbers> old)
{
    const bool needsOld = numbers && !numbers->isWhole && old && old->recording == numbers->recording;
    std::vector<StatisticsRow> rows = numbers ? rowsOf(*numbers) : std::vector<StatisticsRow>();
    // Where only numbers change, the current row and the scroll position stay.
    const bool same = std::ranges::equal(rows, m_rows, {}, &StatisticsRow::key, &StatisticsRow::key);
    if (!same)
        beginResetModel();
    m_rows = std::move(rows);
    m_numbers = std::move(numbers);
    setOld(needsOld ? std::move(old) : nullptr);
    if (same)
        repaint();
    else
        endResetModel();
}

void StatisticsModel::setValues(const ViewValues &values)
{
    const bool same = values.reasons == m_values.reasons && values.scenarios == m_values.scenarios
        && values.vcpus == m_values.vcpus;
    m_values = values;
    if (!same)
        repaint();
}

void StatisticsModel::setTheme(const Theme &theme)
{
    m_theme = theme;
    repaint();
}

void StatisticsModel::repaint()
{
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(int(m_rows.size()) - 1, int(m_columns.size()) - 1));
}

bool StatisticsModel::isChosen(const StatisticsRow &row) const
{
    switch (m_topic) {
    case StatisticsTopic::Reasons:
        return m_values.reasons.contains(row.reason->key);
    case StatisticsTopic::Scenarios:
        return m_values.scenarios.contains(Scenario(row.key.toInt()));
    case StatisticsTopic::Vcpus:
    case StatisticsTopic::Runs:
        break;
    }
    return m_values.vcpus.contains(row.key.value<VcpuKey>());
}

int StatisticsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int StatisticsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size());
}

void StatisticsModel::setOld(std::shared_ptr<const Numbers> old)
{
    const std::vector<StatisticsRow> rows = old ? rowsOf(*old) : std::vector<StatisticsRow>();
    m_oldRows.assign(m_rows.size(), std::nullopt);
    auto next = rows.begin(); // most rows are in both, in one order
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const auto same = std::ranges::find(next, rows.end(), m_rows[i].key, &StatisticsRow::key);
        if (same == rows.end())
            continue;
        m_oldRows[i] = *same;
        next = same + 1;
    }
    m_old = std::move(old);
}

// Of a cell whose value is not computed yet: that of before, greyed, so that nothing jumps.
QVariant StatisticsModel::oldData(int row, int column, int role) const
{
    const StatisticsColumn &of = m_columns[std::size_t(column)];
    const std::optional<StatisticsRow> &old = m_oldRows[std::size_t(row)];
    switch (role) {
    case Qt::DisplayRole:
        return old ? statisticsText(of, *old) : QStringLiteral("…");
    case KnownRole:
        return old ? statisticsKnown(of, *old) : QVariant();
    case RawRole:
        return {};
    case OldRole:
        return true;
    case Qt::ForegroundRole:
        return m_theme.mutedText();
    case Qt::AccessibleTextRole:
    case Qt::ToolTipRole:
        return plainTip(tr("%1: is being computed; until then that of the selection before").arg(of.title));
    default:
        return look(m_rows[std::size_t(row)], column, role);
    }
}

// How a cell looks: what is chosen is told by weight as well as by colour.
QVariant StatisticsModel::look(const StatisticsRow &row, int column, int role) const
{
    switch (role) {
    case Qt::DecorationRole:
        return column == 0 && row.reason ? QVariant(m_theme.reason(*row.reason)) : QVariant();
    case Qt::TextAlignmentRole:
        return m_columns[std::size_t(column)].unit == StatisticsUnit::Text
            ? QVariant()
            : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::BackgroundRole:
        return isChosen(row) ? QVariant(m_theme.selectionFill()) : QVariant();
    case Qt::FontRole: {
        if (column != 0 || !isChosen(row))
            return {};
        QFont font;
        font.setBold(true);
        return font;
    }
    case Qt::AccessibleTextRole:
        return column == 0 && isChosen(row) ? QVariant(tr("%1, chosen").arg(row.name)) : QVariant();
    default:
        return {};
    }
}

QVariant StatisticsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const StatisticsRow &row = m_rows[std::size_t(index.row())];
    const StatisticsColumn &column = m_columns[std::size_t(index.column())];
    if (column.needsWhole && !m_numbers->isWhole)
        return oldData(index.row(), index.column(), role);
    switch (role) {
    case Qt::DisplayRole:
        return statisticsText(column, row);
    case RawRole:
        return column.value(row);
    case KnownRole:
        return statisticsKnown(column, row);
    case KeyRole:
        return row.key;
    case ChosenRole:
        return isChosen(row);
    case OldRole:
        return false;
    case Qt::ToolTipRole:
        if (column.unit == StatisticsUnit::Text)
            return plainTip(row.meaning.isEmpty() ? row.name : row.name % QStringLiteral(": ") % row.meaning);
        return plainTip(column.title % QStringLiteral(": ") % statisticsExactText(column, row));
    default:
        return look(row, index.column(), role);
    }
}

QVariant StatisticsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= int(m_columns.size()))
        return {};
    const StatisticsColumn &column = m_columns[std::size_t(section)];
    switch (role) {
    case Qt::DisplayRole:
        return column.title;
    case Qt::ToolTipRole:
        return plainTip(column.meaning);
    case RawRole:
        return column.field;
    default:
        return {};
    }
}

// The locale C has no numeric order.
StatisticsSorter::StatisticsSorter(QObject *parent)
    : QSortFilterProxyModel(parent), m_collator(QLocale(QLocale::English, QLocale::UnitedStates))
{
    m_collator.setNumericMode(true);
    m_collator.setCaseSensitivity(Qt::CaseInsensitive);
    setSortRole(StatisticsModel::KnownRole);
}

bool StatisticsSorter::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const QVariant a = left.data(sortRole());
    const QVariant b = right.data(sortRole());
    if (a.isValid() != b.isValid())
        return a.isValid() == (sortOrder() == Qt::AscendingOrder);
    if (a.typeId() == QMetaType::QString && b.typeId() == QMetaType::QString)
        return m_collator.compare(a.toString(), b.toString()) < 0;
    return QSortFilterProxyModel::lessThan(left, right);
}

} // namespace exitscope
