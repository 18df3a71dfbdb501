// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/causes/causes_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>
#include <span>
#include <utility>

#include "views/causes/key_chooser.h"
#include "views/tables/statistics_table.h"
#include "views/tables/table_rows.h"

namespace exitscope {

namespace {

constexpr int kNetColumn = 3;
constexpr int kP50Column = 6;
// Characters: an address has room, also where it is chosen and bold.
constexpr int kLeastNameWidth = 25;
constexpr int kMostNameWidth = 36;

} // namespace

CausesTable::CausesTable(ViewState &state, QWidget *parent)
    : QWidget(parent), m_state(state), m_chooser(new KeyChooser(this)), m_view(new QTreeView(this)),
      m_model(new CausesModel(this)), m_sorter(new StatisticsSorter(this)), m_show([this] { showTree(); }),
      m_search(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_chooser);
    layout->addWidget(m_view, 1);
    m_sorter->setSourceModel(m_model);
    m_sorter->setSortRole(CausesModel::SortRole);
    m_view->setModel(m_sorter);
    m_view->setAccessibleName(tr("Causes of exits"));
    setUpRows(*m_view, *m_view->header());
    m_view->setUniformRowHeights(true);
    m_view->setExpandsOnDoubleClick(false); // it goes to an exit
    m_view->header()->setStretchLastSection(false);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(kNetColumn, Qt::DescendingOrder);
    m_view->installEventFilter(this);
    m_view->viewport()->installEventFilter(this);
    setFocusProxy(m_view);
    connect(m_view, &QTreeView::clicked, this, [this](const QModelIndex &index) {
        if (!m_isDoubleClick)
            choose(index, QApplication::keyboardModifiers().testFlag(Qt::ControlModifier));
    });
    connect(m_view, &QTreeView::doubleClicked, this, &CausesTable::goToDearest);
    connect(m_chooser, &KeyChooser::chosen, this, &CausesTable::ask);
    connect(
        &m_state, &ViewState::changed, this,
        [this](const ViewValues &now, const ViewValues &before) {
            if (now.selectsAs(before) && now.guests == before.guests)
                return;
            m_chooser->setGuestsKnown(now.guests != nullptr);
            m_model->setFilters(now);
            ask();
        });
    connect(m_model, &CausesModel::groupsWanted, this, [this](const auto &nodes) {
        if (m_model->tree() == m_accounts.current())
            m_accounts.askForGroups(nodes);
    });
    connect(&m_accounts, &LiveAccounts::failed, this, &CausesTable::failed);
    connect(&m_accounts, &LiveAccounts::ready, this, [this] { m_show.ask(); });
    connect(&m_accounts, &LiveAccounts::groupsReady, this, [this](const auto &nodes, const auto &groups) {
        if (m_model->tree() != m_accounts.current())
            return;
        m_model->setGroups(nodes, groups);
        fitColumns();
    });
}

void CausesTable::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    m_symbols.reset();
    m_fit = Fit::All;
    m_model->setTree(nullptr); // its values mean nothing here
    m_accounts.clear();
    ask();
}

void CausesTable::setSymbols(std::shared_ptr<const GuestSymbols> symbols)
{
    m_symbols = std::move(symbols);
    ask();
}

void CausesTable::setTheme(const Theme &theme)
{
    m_model->setTheme(theme);
}

void CausesTable::setKeys(std::vector<AccountKey> keys)
{
    m_chooser->setKeys(std::move(keys));
    ask();
}

AccountsOf CausesTable::accountsOf() const
{
    AccountsOf of{m_recording, m_state.values().selection(), m_chooser->keys(), m_symbols};
    if (of.isByGuests())
        of.selection.guests = m_state.values().guests;
    return of;
}

bool CausesTable::isSettled() const
{
    return m_accounts.isCurrent() && m_model->tree() == m_accounts.current() && !m_accounts.isBusy()
        && !m_search.isBusy() && !m_show.isAsked();
}

void CausesTable::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    ask();
}

void CausesTable::ask()
{
    if (!m_recording || !isVisible())
        return;
    m_accounts.set(accountsOf());
    m_model->setFilters(m_state.values());
    m_model->setOld(!m_accounts.isCurrent());
}

void CausesTable::showTree()
{
    const std::shared_ptr<const CauseTree> before = m_model->tree();
    const std::shared_ptr<const CauseTree> &now = m_accounts.current();
    if (now != before) {
        const bool isSame = before && before->of.hasValuesOf(now->of);
        const std::vector<std::vector<KeyValue>> open = isSame ? unfolded() : std::vector<std::vector<KeyValue>>();
        const auto current = isSame ? m_model->valuesOf(m_sorter->mapToSource(m_view->currentIndex())) : std::nullopt;
        const int column = std::max(0, m_view->currentIndex().column());
        m_model->setTree(now);
        for (const std::vector<KeyValue> &values : open)
            m_view->expand(m_sorter->mapFromSource(m_model->find(values)));
        if (const QModelIndex found = current ? m_model->find(*current) : QModelIndex(); found.isValid())
            m_view->setCurrentIndex(m_sorter->mapFromSource(found.siblingAtColumn(column)));
        if (!isSame && m_fit == Fit::Done)
            m_fit = Fit::Names;
        fitColumns();
    }
    m_model->setOld(!m_accounts.isCurrent());
}

// Once for the first numbers of a recording that are whole; names anew by other keys.
void CausesTable::fitColumns()
{
    if (m_fit == Fit::Done || m_sorter->rowCount() == 0)
        return;
    const bool isWhole = !m_sorter->index(0, 0).siblingAtColumn(kP50Column).data(StatisticsModel::OldRole).toBool();
    for (int column = 0; column < m_sorter->columnCount(); ++column)
        if (column == 0 || m_fit == Fit::All)
            m_view->resizeColumnToContents(column);
    const int deeper = int(m_chooser->keys().size() - 1) * m_view->indentation();
    const int character = m_view->fontMetrics().averageCharWidth();
    m_view->setColumnWidth(
        0, deeper + std::clamp(m_view->columnWidth(0), kLeastNameWidth * character, kMostNameWidth * character));
    if (m_fit == Fit::Names || isWhole)
        m_fit = Fit::Done;
}

void CausesTable::choose(const QModelIndex &index, bool add)
{
    const auto filters = m_model->filtersOf(m_sorter->mapToSource(index));
    if (!filters)
        return;
    m_click = m_state.newGesture();
    m_state.setFilters(afterChoice(m_state.values(), *filters, m_model->tree()->sets, add), m_click);
}

void CausesTable::goToDearest(const QModelIndex &index)
{
    const QModelIndex row = m_sorter->mapToSource(index);
    const auto values = m_model->valuesOf(row);
    if (!values)
        return;
    ExitFilters filters = m_state.values();
    clearSets(filters, m_model->tree()->sets);
    filters = exitscope::afterChoice(filters, *m_model->filtersOf(row), m_model->tree()->sets, false);
    m_state.setFilters(std::move(filters), m_click); // the click before may have dropped it
    m_search.start([this, of = m_model->tree()->of, values = *values, gesture = m_click](
                       const std::atomic<bool> &cancel) -> NewestJob::Finish {
        const std::span<const AccountKey> keys = std::span(of.keys).first(values.size()); // down to the row
        const auto found = dearestExit(of.context(), of.selection, keys, values, &cancel);
        return [this, found, recording = of.recording, gesture] {
            if (found && recording == m_recording)
                m_state.setCurrent(found->ref(), rangeAround(*found), gesture);
        };
    });
}

bool CausesTable::eventFilter(QObject *watched, QEvent *event)
{
    // The button of a double-click makes a click, too, when it is let go.
    if (watched == m_view->viewport() && event->type() == QEvent::MouseButtonPress)
        m_isDoubleClick = false;
    if (watched == m_view->viewport() && event->type() == QEvent::MouseButtonDblClick)
        m_isDoubleClick = true;
    if (watched != m_view)
        return QWidget::eventFilter(watched, event);
    return takesTableKey(*event, [this](const QKeyEvent &key) { return handleKey(key); });
}

bool CausesTable::handleKey(const QKeyEvent &event)
{
    if (event.matches(QKeySequence::Copy)) {
        copy();
        return true;
    }
    if (!isChoiceKey(event.key()))
        return false;
    choose(m_view->currentIndex(), event.modifiers().testFlag(Qt::ControlModifier));
    return true;
}

void CausesTable::sortByCurrentColumn()
{
    const int column = std::max(0, m_view->currentIndex().column());
    m_view->sortByColumn(column, nextOrder(*m_view->header(), column));
}

QModelIndexList CausesTable::shownRows() const
{
    QModelIndexList rows;
    for (QModelIndex row = m_sorter->index(0, 0); row.isValid(); row = m_view->indexBelow(row))
        rows << row.siblingAtColumn(0);
    return rows;
}

std::vector<std::vector<KeyValue>> CausesTable::unfolded() const
{
    std::vector<std::vector<KeyValue>> open;
    for (const QModelIndex &row : shownRows())
        if (m_view->isExpanded(row))
            open.push_back(*m_model->valuesOf(m_sorter->mapToSource(row)));
    return open;
}

void CausesTable::copy() const
{
    QApplication::clipboard()->setText(toTsv(*m_sorter, chosenOf(shownRows())));
}

} // namespace exitscope
