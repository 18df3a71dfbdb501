// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/causes/causes_model.h"

#include <QFont>

#include <algorithm>

#include "model/number_format.h"
#include "views/causes/account_rows.h"
#include "views/chart/plain_text.h"

namespace exitscope {

struct CausesModel::Row {
    AccountTree::Node node;
    Row *parent = nullptr;
    int row = 0; // below its parent
    std::size_t rest = 0; // it only tells of so many others
    QString name;
    ExitGroup group;
    bool isWhole = false; // the group has its distributions
    ExitFilters filters;
    std::vector<std::unique_ptr<Row>> children;
    bool hasRows = false; // children are made
};

CausesModel::CausesModel(QObject *parent)
    : QAbstractItemModel(parent), m_root(std::make_unique<Row>()), m_columns(groupColumns())
{
}

CausesModel::~CausesModel() = default;

void CausesModel::setTree(std::shared_ptr<const CauseTree> tree)
{
    beginResetModel();
    m_tree = std::move(tree);
    m_context.reset();
    m_rows.clear();
    m_root = std::make_unique<Row>();
    m_isOld = false;
    if (m_tree) {
        m_context.emplace(m_tree->of.context());
        m_all = totalsOf(m_tree->accounts.sums({}));
        makeRows(*m_root);
    }
    endResetModel();
    std::vector<AccountTree::Node> nodes;
    for (const std::unique_ptr<Row> &row : m_root->children)
        if (row->rest == 0)
            nodes.push_back(row->node);
    if (!nodes.empty())
        Q_EMIT groupsWanted(nodes);
}

void CausesModel::makeRows(Row &parent)
{
    const std::span<const std::uint32_t> children = m_tree->accounts.children(parent.node);
    const AccountKeyRow &key = info(m_tree->of.keys[parent.node.level]);
    for (const std::uint32_t number : children.first(std::min(children.size(), kMostRows))) {
        auto row = std::make_unique<Row>();
        row->node = {parent.node.level + 1, number};
        row->name = key.text(*m_context, m_tree->accounts.value(row->node));
        row->group = m_tree->accounts.sums(row->node).group();
        row->filters = exitscope::filtersOf(*m_context, m_tree->of.keys, m_tree->accounts.path(row->node));
        m_rows[{row->node.level, number}] = row.get();
        parent.children.push_back(std::move(row));
    }
    if (children.size() > kMostRows) {
        parent.children.push_back(std::make_unique<Row>());
        parent.children.back()->rest = children.size() - kMostRows;
        parent.children.back()->name
            = tr("and %1 more that cost less").arg(formatCount(qint64(children.size() - kMostRows)));
    }
    for (std::size_t i = 0; i < parent.children.size(); ++i) {
        parent.children[i]->parent = &parent;
        parent.children[i]->row = int(i);
    }
    parent.hasRows = true;
}

void CausesModel::setOld(bool isOld)
{
    if (isOld == m_isOld)
        return;
    m_isOld = isOld;
    repaint(*m_root);
}

void CausesModel::setFilters(const ExitFilters &filters)
{
    if (filters == m_filters)
        return;
    m_filters = filters;
    repaint(*m_root);
}

void CausesModel::setTheme(const Theme &theme)
{
    m_theme = theme;
    repaint(*m_root);
}

void CausesModel::repaint(const Row &parent)
{
    if (parent.children.empty())
        return;
    Q_EMIT dataChanged(indexOf(*parent.children.front()), indexOf(*parent.children.back(), int(m_columns.size()) - 1),
        {Qt::ForegroundRole, Qt::BackgroundRole, Qt::FontRole, Qt::DecorationRole, Qt::AccessibleTextRole});
    for (const std::unique_ptr<Row> &row : parent.children)
        repaint(*row);
}

void CausesModel::setGroups(const std::vector<AccountTree::Node> &nodes, const std::vector<ExitGroup> &groups)
{
    std::map<const Row *, std::pair<int, int>> changed; // rows of each parent
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto found = m_rows.find({nodes[i].level, nodes[i].number});
        if (found == m_rows.end())
            continue;
        Row &row = *found->second;
        row.group = groups[i];
        row.isWhole = true;
        auto &range = changed.try_emplace(row.parent, row.row, row.row).first->second;
        range = {std::min(range.first, row.row), std::max(range.second, row.row)};
    }
    for (const auto &[parent, range] : changed)
        Q_EMIT dataChanged(indexOf(*parent->children[std::size_t(range.first)]),
            indexOf(*parent->children[std::size_t(range.second)], int(m_columns.size()) - 1));
}

std::optional<std::vector<KeyValue>> CausesModel::valuesOf(const QModelIndex &index) const
{
    const Row *row = rowAt(index);
    return row == m_root.get() || row->rest > 0 ? std::nullopt : std::optional(m_tree->accounts.path(row->node));
}

std::optional<ExitFilters> CausesModel::filtersOf(const QModelIndex &index) const
{
    const Row *row = rowAt(index);
    return row == m_root.get() || row->rest > 0 ? std::nullopt : std::optional(row->filters);
}

QModelIndex CausesModel::find(const std::vector<KeyValue> &values)
{
    QModelIndex at;
    for (const KeyValue value : values) {
        fetchMore(at);
        const Row &parent = *rowAt(at);
        const auto child = std::ranges::find_if(parent.children, [&](const std::unique_ptr<Row> &row) {
            return row->rest == 0 && m_tree->accounts.value(row->node) == value;
        });
        if (child == parent.children.end())
            return {};
        at = indexOf(**child);
    }
    return at;
}

CausesModel::Row *CausesModel::rowAt(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Row *>(index.internalPointer()) : m_root.get();
}

QModelIndex CausesModel::indexOf(const Row &row, int column) const
{
    return row.parent ? createIndex(row.row, column, &row) : QModelIndex();
}

QModelIndex CausesModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return indexOf(*rowAt(parent)->children[std::size_t(row)], column);
}

QModelIndex CausesModel::parent(const QModelIndex &index) const
{
    return index.isValid() ? indexOf(*rowAt(index)->parent) : QModelIndex();
}

int CausesModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : int(rowAt(parent)->children.size());
}

int CausesModel::columnCount(const QModelIndex &) const
{
    return int(m_columns.size());
}

bool CausesModel::hasChildren(const QModelIndex &parent) const
{
    return rowCount(parent) > 0 || canFetchMore(parent);
}

bool CausesModel::canFetchMore(const QModelIndex &parent) const
{
    const Row &row = *rowAt(parent);
    return m_tree && parent.column() <= 0 && row.rest == 0 && !row.hasRows
        && !m_tree->accounts.children(row.node).empty();
}

void CausesModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    Row &row = *rowAt(parent);
    const std::size_t count = m_tree->accounts.children(row.node).size();
    beginInsertRows(parent, 0, int(count > kMostRows ? kMostRows : count - 1)); // one more tells of the others
    makeRows(row);
    endInsertRows();
    std::vector<AccountTree::Node> nodes;
    for (const std::unique_ptr<Row> &child : row.children)
        if (child->rest == 0)
            nodes.push_back(child->node);
    Q_EMIT groupsWanted(nodes);
}

Qt::ItemFlags CausesModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = QAbstractItemModel::flags(index);
    if (index.isValid() && m_tree && rowAt(index)->node.level == m_tree->of.keys.size())
        flags |= Qt::ItemNeverHasChildren;
    return flags;
}

StatisticsRow CausesModel::statisticsOf(const Row &row) const
{
    StatisticsRow of;
    of.name = row.name;
    of.group = &row.group;
    of.all = &m_all;
    return of;
}

bool CausesModel::isWaiting(const Row &row, int column) const
{
    return m_columns[std::size_t(column)].needsWhole && !row.isWhole;
}

QVariant CausesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row &row = *rowAt(index);
    const int column = index.column();
    if (role == StatisticsModel::OldRole)
        return column > 0 && row.rest == 0 && (m_isOld || isWaiting(row, column));
    if (column == 0)
        return nameCell(row, role);
    if (row.rest > 0)
        return {};
    return cell(row, column, role);
}

QVariant CausesModel::nameCell(const Row &row, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
    case StatisticsModel::RawRole:
    case StatisticsModel::KnownRole:
        return row.name;
    case SortRole: {
        if (row.rest > 0)
            return {};
        const AccountKeyRow &key = info(m_tree->of.keys[row.node.level - 1]);
        const KeyValue value = m_tree->accounts.value(row.node);
        if (key.isText)
            return row.name;
        return value.kind == 0 ? QVariant(qulonglong(value.value)) : QVariant();
    }
    case StatisticsModel::ChosenRole:
        return isChosen(m_filters, row.filters, m_tree->sets);
    case Qt::ToolTipRole:
        return plainTip(row.name);
    default:
        return look(row, 0, role);
    }
}

QVariant CausesModel::cell(const Row &row, int column, int role) const
{
    const StatisticsColumn &of = m_columns[std::size_t(column)];
    const StatisticsRow numbers = statisticsOf(row);
    const bool waits = isWaiting(row, column);
    switch (role) {
    case Qt::DisplayRole:
        return waits ? QStringLiteral("…") : statisticsText(of, numbers);
    case StatisticsModel::RawRole:
        return waits || m_isOld ? QVariant() : of.value(numbers);
    case StatisticsModel::KnownRole:
    case SortRole:
        return waits ? QVariant() : statisticsKnown(of, numbers);
    case Qt::ToolTipRole:
        return plainTip(
            of.title % QStringLiteral(": ") % (waits ? tr("is being computed") : statisticsExactText(of, numbers)));
    default:
        return look(row, column, role);
    }
}

// What is chosen is told by weight as well as by colour.
QVariant CausesModel::look(const Row &row, int column, int role) const
{
    const bool isChosenRow = row.rest == 0 && isChosen(m_filters, row.filters, m_tree->sets);
    switch (role) {
    case Qt::DecorationRole: // the colour that the reason has everywhere
        if (column != 0 || row.rest > 0 || m_tree->of.keys[row.node.level - 1] != AccountKey::Reason)
            return {};
        return m_theme.reason(m_tree->of.recording->reasons[m_tree->accounts.value(row.node).value]);
    case Qt::TextAlignmentRole:
        return column == 0 ? QVariant() : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ForegroundRole:
        return m_isOld || row.rest > 0 ? QVariant(m_theme.mutedText()) : QVariant();
    case Qt::BackgroundRole:
        return isChosenRow ? QVariant(m_theme.selectionFill()) : QVariant();
    case Qt::FontRole: {
        if (column != 0 || !isChosenRow)
            return {};
        QFont font;
        font.setBold(true);
        return font;
    }
    case Qt::AccessibleTextRole:
        return column == 0 && isChosenRow ? QVariant(tr("%1, chosen").arg(row.name)) : QVariant();
    default:
        return {};
    }
}

QVariant CausesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= int(m_columns.size()))
        return {};
    const StatisticsColumn &column = m_columns[std::size_t(section)];
    switch (role) {
    case Qt::DisplayRole: {
        if (section > 0 || !m_tree)
            return column.title;
        QStringList titles;
        for (const AccountKey key : m_tree->of.keys)
            titles << QString::fromLatin1(info(key).title);
        return titles.join(QStringLiteral(" › "));
    }
    case Qt::ToolTipRole:
        return plainTip(column.meaning);
    case StatisticsModel::RawRole:
        return column.field;
    default:
        return {};
    }
}

} // namespace exitscope
