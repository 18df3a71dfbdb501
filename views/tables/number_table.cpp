// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tables/number_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "model/freed_elsewhere.h"
#include "views/tables/statistics_table.h"
#include "views/tables/table_rows.h"

namespace exitscope {

namespace {

constexpr int kIndentation = 14; // px
constexpr int kSwatch = 10; // px
constexpr int kMostColumnWidth = 36; // characters

} // namespace

NumberTable::NumberTable(
    ViewState &state, const QString &accessibleName, Compute compute, NumberTree::Look look, QWidget *parent)
    : QWidget(parent), m_state(state), m_compute(std::move(compute)), m_note(new QLabel(this)),
      m_view(new QTreeView(this)), m_model(new NumberTree(std::move(look), this)), m_sorter(new StatisticsSorter(this)),
      m_show([this] { showMade(); }), m_job(*this, [this](const Diagnostic &cause) {
          m_note->setVisible(m_shown.rows != nullptr && m_note->isVisible());
          Q_EMIT failed(cause);
      })
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setMargin(6);
    m_note->hide();
    layout->addWidget(m_note);
    layout->addWidget(m_view, 1);
    m_sorter->setSourceModel(m_model);
    m_view->setModel(m_sorter);
    m_view->setAccessibleName(accessibleName);
    setUpRows(*m_view, *m_view->header());
    m_view->setUniformRowHeights(true);
    m_view->setIndentation(kIndentation);
    m_view->setIconSize({kSwatch, kSwatch});
    m_view->setExpandsOnDoubleClick(false);
    m_view->header()->setStretchLastSection(false);
    m_view->setSortingEnabled(true);
    m_view->installEventFilter(this);
    setFocusProxy(m_view);
    connect(m_view, &QTreeView::clicked, this, [this](const QModelIndex &index) {
        if (const NumberRow *row = m_model->rowAt(sourceOf(index)))
            choose(sourceOf(index), *row, QApplication::keyboardModifiers().testFlag(Qt::ControlModifier));
    });
    connect(&m_state, &ViewState::changed, this, [this](const ViewValues &now, const ViewValues &before) {
        if (now.selectsAs(before))
            return;
        m_model->setValues(now);
        ask();
    });
}

void NumberTable::setCompute(Compute compute)
{
    m_compute = std::move(compute);
    ++m_computes;
    m_hasAsked = false;
    ask();
}

void NumberTable::setTable(Compute compute)
{
    m_made = {};
    m_shown = {};
    m_isFitted = false;
    m_model->setRows(nullptr);
    setCompute(std::move(compute));
    tellNote();
}

void NumberTable::sortFirstBy(int column, Qt::SortOrder order)
{
    m_view->sortByColumn(column, order);
}

void NumberTable::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    m_made = {};
    m_shown = {};
    m_hasAsked = false;
    m_isFitted = false;
    m_model->setRows(nullptr);
    ask();
}

void NumberTable::setTheme(const Theme &theme)
{
    m_model->setTheme(theme);
}

bool NumberTable::isCurrent() const
{
    return m_shown.rows && m_shown.recording == m_recording && m_shown.selection == m_asked
        && m_shown.compute == m_computes;
}

bool NumberTable::isSettled() const
{
    return isCurrent() && m_asked == askedOf(m_state.values().selection()) && !m_job.isBusy() && !m_show.isAsked();
}

void NumberTable::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    ask();
}

void NumberTable::ask()
{
    if (!m_recording || !isVisible())
        return;
    m_model->setValues(m_state.values());
    Selection wanted = askedOf(m_state.values().selection());
    if (m_hasAsked && wanted == m_asked)
        return;
    m_asked = std::move(wanted);
    m_hasAsked = true;
    m_job.start([this, compute = m_compute, recording = m_recording, selection = m_asked, serial = m_computes](
                    const std::atomic<bool> &cancel) -> NewestJob::Finish {
        auto rows = freedElsewhere(compute(*recording, selection, &cancel));
        return [this, made = Made{recording, selection, serial, std::move(rows)}] {
            if (made.recording != m_recording)
                return;
            m_made = made;
            m_show.ask();
        };
    });
    m_model->setOld(!isCurrent());
    tellNote();
}

// Once for the first rows of a recording columns are made wide enough, and the first row is unfolded.
void NumberTable::showMade()
{
    const QStringList open = rowsThat(true), folded = rowsThat(false);
    const QString current = m_view->currentIndex().data(StatisticsModel::KeyRole).toString();
    m_shown = m_made;
    m_model->setRows(m_shown.rows);
    m_model->setOld(!isCurrent());
    for (int row = 0; row < m_sorter->rowCount(); ++row) {
        const QModelIndex index = m_sorter->index(row, 0);
        const QString key = index.data(StatisticsModel::KeyRole).toString();
        m_view->setExpanded(
            index, m_unfoldsAll ? !folded.contains(key) : open.contains(key) || (!m_isFitted && row == 0));
        if (!current.isEmpty() && key == current)
            m_view->setCurrentIndex(index);
    }
    tellNote();
    if (m_isFitted || m_sorter->rowCount() == 0)
        return;
    const int most = kMostColumnWidth * m_view->fontMetrics().averageCharWidth();
    for (int column = 0; column < m_sorter->columnCount(); ++column) {
        m_view->resizeColumnToContents(column);
        m_view->setColumnWidth(column, std::min(m_view->columnWidth(column), most));
    }
    m_isFitted = true;
}

void NumberTable::tellNote()
{
    const QString text = m_shown.rows ? m_shown.rows->note : tr("Being computed …");
    m_note->setText(text);
    m_note->setVisible(!text.isEmpty());
}

void NumberTable::chooseVcpu(const VcpuKey &vcpu, bool add)
{
    std::set<VcpuKey> next = m_state.values().vcpus;
    if (!add)
        next = next == std::set<VcpuKey>{vcpu} ? std::set<VcpuKey>() : std::set<VcpuKey>{vcpu};
    else if (next.erase(vcpu) == 0)
        next.insert(vcpu);
    m_state.setVcpus(std::move(next));
}

bool NumberTable::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_view)
        return QWidget::eventFilter(watched, event);
    return takesTableKey(*event, [this](const QKeyEvent &key) {
        if (key.matches(QKeySequence::Copy)) {
            copy();
            return true;
        }
        const NumberRow *row = m_model->rowAt(sourceOf(m_view->currentIndex()));
        if (!isChoiceKey(key.key()) || !row)
            return false;
        choose(sourceOf(m_view->currentIndex()), *row, key.modifiers().testFlag(Qt::ControlModifier));
        return true;
    });
}

void NumberTable::sortByCurrentColumn()
{
    const int column = std::max(0, m_view->currentIndex().column());
    m_view->sortByColumn(column, nextOrder(*m_view->header(), column));
}

QModelIndexList NumberTable::shownRows() const
{
    QModelIndexList rows;
    for (QModelIndex row = m_sorter->index(0, 0); row.isValid(); row = m_view->indexBelow(row))
        rows << row.siblingAtColumn(0);
    return rows;
}

QStringList NumberTable::rowsThat(bool areUnfolded) const
{
    QStringList keys;
    for (int row = 0; row < m_sorter->rowCount(); ++row)
        if (const QModelIndex index = m_sorter->index(row, 0); m_view->isExpanded(index) == areUnfolded)
            keys << index.data(StatisticsModel::KeyRole).toString();
    return keys;
}

void NumberTable::copy() const
{
    QApplication::clipboard()->setText(toTsv(*m_sorter, chosenOf(shownRows())));
}

} // namespace exitscope
