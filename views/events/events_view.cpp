// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/events/events_view.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "model/freed_elsewhere.h"
#include "model/session/exit_search.h"
#include "views/panels/panel_table.h"
#include "views/tables/statistics_table.h"
#include "views/tables/table_rows.h"

namespace exitscope {

namespace {

// Of a name, a thread and a machine that are long; fields take the rest.
constexpr std::array kEventColumnChars{18, 10, 5, 20, 26};

EventRows allRows(std::size_t count)
{
    EventRows rows(count);
    std::iota(rows.begin(), rows.end(), 0u);
    return rows;
}

QString tsvOf(const std::shared_ptr<const ShownEvents> &events, EventRows rows, CancelFlag cancel)
{
    constexpr int kAtOnce = 1000;
    EventsModel model;
    model.set(events, std::move(rows));
    QString text;
    for (int first = 0; first < model.rowCount() && !isCancelled(cancel); first += kAtOnce) {
        QModelIndexList piece;
        for (int row = first; row < std::min(first + kAtOnce, model.rowCount()); ++row)
            piece << model.index(row, 0);
        const QString lines = toTsv(model, piece);
        text += first == 0 ? lines : lines.mid(lines.indexOf(u'\n') + 1); // the titles once
    }
    return text;
}

} // namespace

EventsView::EventsView(ViewState &state, QWidget *parent)
    : QWidget(parent), m_state(state), m_find(new QLineEdit(this)), m_told(new QLabel(this)),
      m_anatomy(new AnatomyView(this)), m_table(newPanelTable(tr("Events"), this)),
      m_copying(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); }),
      m_finding(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); }),
      m_reading(*this, [this](const Diagnostic &cause) {
          m_wanted = {};
          take(nullptr);
          m_told->setText(tr("The events could not be read"));
          Q_EMIT failed(cause);
      })
{
    m_find->setPlaceholderText(tr("Find in events"));
    m_find->setAccessibleName(tr("Find in events"));
    m_find->setClearButtonEnabled(true);
    m_told->setTextFormat(Qt::PlainText);
    m_told->setWordWrap(true);
    m_table->setModel(&m_model);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setWordWrap(false);
    m_table->setTextElideMode(Qt::ElideRight);
    m_table->installEventFilter(this);
    const int character = m_table->fontMetrics().averageCharWidth();
    for (std::size_t column = 0; column < kEventColumnChars.size(); ++column)
        m_table->setColumnWidth(int(column), kEventColumnChars[column] * character);
    setFocusProxy(m_find);
    auto *head = new QHBoxLayout;
    head->addWidget(m_find, 1);
    head->addWidget(m_told, 3);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addLayout(head);
    layout->addWidget(m_anatomy);
    layout->addWidget(m_table, 1);
    connect(m_find, &QLineEdit::textChanged, this, &EventsView::search);
    connect(m_table, &QTableView::doubleClicked, this, &EventsView::goTo);
    connect(m_anatomy, &AnatomyView::chosen, this, &EventsView::choose);
    connect(&m_state, &ViewState::changed, this, [this](const ViewValues &now, const ViewValues &before) {
        if (now.selected != before.selected || now.current != before.current)
            look();
    });
    look();
}

void EventsView::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    m_guests.reset();
    take(nullptr);
    look();
}

void EventsView::setGuests(std::shared_ptr<const ShownGuests> guests)
{
    m_guests = std::move(guests);
    look();
}

void EventsView::paintEvent(QPaintEvent *event)
{
    QWidget::paintEvent(event);
    if (std::exchange(m_isDue, false))
        QMetaObject::invokeMethod(this, &EventsView::look, Qt::QueuedConnection);
}

// While nobody sees it nothing is read.
void EventsView::look()
{
    WantedEvents wanted = wantedEvents(m_recording, m_guests.get(), m_state.values());
    m_isDue = wanted.range && !isOnScreen();
    if (m_isDue)
        return;
    if (std::exchange(m_wanted, wanted) == wanted && (m_events || m_reading.isBusy()))
        return showCurrentExit();
    if (!wanted.range) {
        m_reading.cancel();
        take(nullptr);
        return;
    }
    m_told->setText(tr("Reading the events…"));
    m_reading.start([this, wanted](const std::atomic<bool> &cancel) -> NewestJob::Finish {
        return [this, made = freedElsewhere(readShownEvents(wanted, &cancel))] {
            if (made->of == m_wanted)
                take(made);
        };
    });
}

void EventsView::take(std::shared_ptr<const ShownEvents> events)
{
    m_events = std::move(events);
    m_anatomy->set(m_events);
    if (!m_events) {
        m_model.set(nullptr, {});
        m_told->setText(tr("Select a time range, or go to an exit, to see the events of host and guests there"));
        return;
    }
    if (m_find->text().isEmpty())
        showRows(allRows(m_events->list.events.size()));
    else
        search();
}

std::function<QString(CancelFlag)> EventsView::csv() const
{
    if (m_events && m_events->of == m_wanted && !m_finding.isBusy())
        return
            [events = m_events, rows = m_model.rows()](CancelFlag cancel) { return eventsCsv(*events, rows, cancel); };
    return [wanted = m_wanted, text = m_find->text()](CancelFlag cancel) {
        const ShownEvents events = readShownEvents(wanted, cancel);
        const EventRows rows = text.isEmpty() ? allRows(events.list.events.size()) : eventsWith(events, text, cancel);
        return eventsCsv(events, rows, cancel);
    };
}

void EventsView::search()
{
    if (!m_events)
        return;
    m_finding.start(
        [this, events = m_events, text = m_find->text()](const std::atomic<bool> &cancel) -> NewestJob::Finish {
            EventRows rows = text.isEmpty() ? allRows(events->list.events.size()) : eventsWith(*events, text, &cancel);
            return [this, events, text, rows = std::move(rows)] {
                if (events == m_events && text == m_find->text())
                    showRows(rows);
            };
        });
}

void EventsView::showRows(EventRows rows)
{
    m_told->setText(countsText(*m_events, rows.size(), m_find->text()));
    m_model.set(m_events, std::move(rows));
    showCurrentExit();
}

// Its event is the current row.
void EventsView::showCurrentExit()
{
    const auto &current = m_state.values().current;
    const auto exit = current && m_recording ? exitAt(*m_recording, *current) : std::nullopt;
    if (!exit || !m_model.events())
        return;
    const Ns time = exit->vcpu->exits.event(exit->index);
    const int row = m_model.rowAt(time);
    if (row < 0 || m_model.at(row).timeNs != time)
        return;
    m_table->setCurrentIndex(m_model.index(row, 0));
    m_table->scrollTo(m_model.index(row, 0), QAbstractItemView::PositionAtCenter);
}

// Of those that are found; others are not in the table.
void EventsView::choose(std::size_t event)
{
    const auto row = std::ranges::lower_bound(m_model.rows(), event);
    if (row == m_model.rows().end() || *row != event)
        return;
    const QModelIndex index = m_model.index(int(row - m_model.rows().begin()), 0);
    m_table->setCurrentIndex(index);
    m_table->scrollTo(index, QAbstractItemView::PositionAtCenter);
}

void EventsView::goTo(const QModelIndex &index)
{
    if (index.isValid())
        m_state.setVisible(scrolledTo(m_state.values().visible, m_model.at(index.row()).timeNs));
}

bool EventsView::eventFilter(QObject *watched, QEvent *event)
{
    const auto handle = [this](const QKeyEvent &key) {
        if (key.matches(QKeySequence::Copy)) {
            copy();
            return true;
        }
        if (!isChoiceKey(key.key()))
            return false;
        goTo(m_table->currentIndex());
        return true;
    };
    return takesTableKey(*event, handle) || QWidget::eventFilter(watched, event);
}

void EventsView::copy()
{
    if (!m_events)
        return;
    EventRows rows;
    for (const QModelIndex &chosen : m_table->selectionModel()->selectedRows())
        rows.push_back(m_model.rows()[std::size_t(chosen.row())]);
    std::ranges::sort(rows);
    if (rows.empty())
        rows = m_model.rows();
    m_copying.start([events = m_events, rows](const std::atomic<bool> &cancel) -> NewestJob::Finish {
        return [text = tsvOf(events, rows, &cancel)] { QApplication::clipboard()->setText(text); };
    });
}

} // namespace exitscope
