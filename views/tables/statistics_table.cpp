// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tables/statistics_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

#include "views/tables/table_rows.h"

namespace exitscope {

namespace {

// Choosing sets the filter to one value, or drops it if it is that already; adding toggles the value in it.
template <typename T>
std::set<T> afterChoice(const std::set<T> &now, const T &value, bool add)
{
    if (!add)
        return now == std::set<T>{value} ? std::set<T>{} : std::set<T>{value};
    std::set<T> next = now;
    if (next.erase(value) == 0)
        next.insert(value);
    return next;
}

} // namespace

StatisticsTable::StatisticsTable(ViewState &state, LiveNumbers &numbers, QWidget *parent)
    : QWidget(parent), m_state(state), m_numbers(numbers), m_tabs(new QTabWidget(this)),
      m_show([this] { showNumbers(); })
{
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("Tables of numbers"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_tabs);
    addPage(StatisticsTopic::Reasons, tr("Reasons"), tr("Numbers by exit reason"));
    addPage(StatisticsTopic::Scenarios, tr("Scenarios"), tr("Numbers by scenario"));
    addPage(StatisticsTopic::Vcpus, tr("vCPUs"), tr("Numbers by vCPU"));
    addPage(StatisticsTopic::Runs, tr("Runs"), tr("How long the guests ran undisturbed, by vCPU"));

    connect(&m_state, &ViewState::changed, this, [this](const ViewValues &now) {
        for (const Page &page : m_pages)
            page.model->setValues(now);
    });
    connect(m_tabs, &QTabWidget::currentChanged, this, &StatisticsTable::showNumbers);
    for (const auto signal : {&LiveNumbers::sumsReady, &LiveNumbers::ready})
        connect(&m_numbers, signal, this, [this] { m_show.ask(); });
}

void StatisticsTable::addPage(StatisticsTopic topic, const QString &title, const QString &name)
{
    Page &page = m_pages[std::size_t(topic)];
    page.model = new StatisticsModel(topic, this);
    page.sorter = new StatisticsSorter(this);
    page.sorter->setSourceModel(page.model);
    page.view = new QTableView(m_tabs);
    QTableView *view = page.view;
    view->setModel(page.sorter);
    view->setAccessibleName(name);
    setUpRows(*view, *view->horizontalHeader());
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + 6);
    view->setSortingEnabled(true);
    const bool byName = topic == StatisticsTopic::Vcpus || topic == StatisticsTopic::Runs;
    view->sortByColumn(byName ? 0 : 3, byName ? Qt::AscendingOrder : Qt::DescendingOrder); // 3: net time
    view->installEventFilter(this);
    connect(view, &QTableView::clicked, this, [this](const QModelIndex &index) {
        choose(index, QApplication::keyboardModifiers().testFlag(Qt::ControlModifier));
    });
    m_tabs->addTab(view, title);
}

void StatisticsTable::sortByCurrentColumn()
{
    QTableView *table = view(topic());
    const int column = std::max(0, table->currentIndex().column());
    table->sortByColumn(column, nextOrder(*table->horizontalHeader(), column));
}

void StatisticsTable::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    m_sized = false;
    showNumbers();
}

void StatisticsTable::setTheme(const Theme &theme)
{
    for (const Page &page : m_pages)
        page.model->setTheme(theme);
}

void StatisticsTable::showNumbers()
{
    m_show.forget();
    const std::shared_ptr<const Numbers> &numbers = m_numbers.newest();
    // Numbers of another recording are on their way out: what is shown stays until the new ones are there.
    if (!m_recording || !numbers || numbers->recording != m_recording)
        return;
    if (!m_sized && !numbers->isWhole)
        return; // columns are made wide enough once, for all that they will hold
    for (Page &page : m_pages) {
        page.model->setValues(m_state.values());
        if (!m_sized || numbers->isWhole || page.view == m_tabs->currentWidget())
            showNumbersOn(page);
        if (!m_sized)
            page.view->resizeColumnsToContents();
    }
    m_sized = true;
}

void StatisticsTable::showNumbersOn(Page &page)
{
    if (page.shown == m_numbers.newest())
        return;
    page.shown = m_numbers.newest();
    page.model->setNumbers(page.shown, m_numbers.current());
}

const QAbstractItemModel &StatisticsTable::shownModel() const
{
    return *m_pages[std::size_t(topic())].sorter;
}

StatisticsTable::Order StatisticsTable::shownOrder() const
{
    const QHeaderView *header = view(topic())->horizontalHeader();
    return {topic(), header->sortIndicatorSection(), header->sortIndicatorOrder()};
}

std::unique_ptr<QAbstractItemModel> StatisticsTable::modelOf(const Numbers &numbers, const Order &order)
{
    auto sorter = std::make_unique<StatisticsSorter>();
    auto *model = new StatisticsModel(order.topic, sorter.get());
    model->setNumbers(std::make_shared<const Numbers>(numbers));
    sorter->setSourceModel(model);
    sorter->sort(order.column, order.direction);
    return sorter;
}

void StatisticsTable::choose(const QModelIndex &index, bool add)
{
    if (!index.isValid())
        return;
    const QVariant key = index.data(StatisticsModel::KeyRole);
    const ViewValues &now = m_state.values();
    switch (topic()) {
    case StatisticsTopic::Reasons:
        chooseReason(key.toString(), add);
        break;
    case StatisticsTopic::Scenarios:
        m_state.setScenarios(afterChoice(now.scenarios, Scenario(key.toInt()), add));
        break;
    case StatisticsTopic::Vcpus:
    case StatisticsTopic::Runs:
        m_state.setVcpus(afterChoice(now.vcpus, key.value<VcpuKey>(), add));
        break;
    }
}

void StatisticsTable::chooseReason(const QString &key, bool add)
{
    for (const ReasonKey reason : reasonsNamed(key)) // one: it is no name
        m_state.setReasons(afterChoice(m_state.values().reasons, reason, add));
}

bool StatisticsTable::eventFilter(QObject *watched, QEvent *event)
{
    if (!std::ranges::any_of(m_pages, [&](const Page &page) { return page.view == watched; }))
        return QWidget::eventFilter(watched, event);
    return takesTableKey(*event, [this](const QKeyEvent &key) { return handleKey(key); });
}

bool StatisticsTable::handleKey(const QKeyEvent &event)
{
    if (event.matches(QKeySequence::Copy)) {
        copy();
        return true;
    }
    if (!isChoiceKey(event.key()))
        return false;
    choose(view(topic())->currentIndex(), event.modifiers().testFlag(Qt::ControlModifier));
    return true;
}

void StatisticsTable::copy() const
{
    const QAbstractItemModel &model = shownModel();
    QModelIndexList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all << model.index(row, 0);
    QApplication::clipboard()->setText(toTsv(model, chosenOf(all)));
}

} // namespace exitscope
