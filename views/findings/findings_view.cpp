// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/findings/findings_view.h"

#include <QKeyEvent>
#include <QVBoxLayout>

#include <utility>

#include "views/findings/finding_delegate.h"

namespace exitscope {

namespace {

bool isChoiceKey(int key)
{
    return key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space;
}

} // namespace

FindingsView::FindingsView(ViewState &state, QWidget *parent)
    : QWidget(parent), m_state(state), m_list(new QListView(this)), m_none(new QLabel(this)),
      m_delegate(new FindingDelegate(m_list)), m_job(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
    m_list->setAccessibleName(tr("Findings: what costs time and what to try"));
    m_list->setModel(&m_model);
    m_list->setItemDelegate(m_delegate);
    m_list->setSelectionMode(QAbstractItemView::NoSelection); // what is chosen is in the ViewState
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->installEventFilter(this);
    m_none->setTextFormat(Qt::PlainText);
    m_none->setWordWrap(true);
    m_none->setMargin(8);
    m_none->setText(tr("Nothing costs enough to be named here: no rule of the manual's \"Findings\" is met."));
    m_none->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_none);
    layout->addWidget(m_list, 1);
    connect(m_list, &QListView::clicked, this, &FindingsView::choose);
    connect(&m_state, &ViewState::changed, this, [this](const ViewValues &now, const ViewValues &before) {
        m_model.setValues(now);
        if (now.selected != before.selected || now.guests != before.guests)
            look();
    });
}

void FindingsView::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    m_symbols.reset();
    m_model.setFindings({});
    look();
}

void FindingsView::setSymbols(std::shared_ptr<const GuestSymbols> symbols)
{
    if (symbols == m_symbols)
        return;
    m_symbols = std::move(symbols);
    look();
}

void FindingsView::setTheme(const Theme &theme)
{
    m_delegate->setTheme(theme);
    QPalette palette = m_list->palette();
    palette.setColor(QPalette::Base, theme.base());
    m_list->setPalette(palette);
    m_list->viewport()->update();
}

// Of the range, whatever the filters: a finding that was clicked stays among the others.
void FindingsView::look()
{
    m_isDue = !isVisible();
    if (!m_recording || m_isDue)
        return;
    Selection range;
    range.guests = m_state.values().guests; // whose program it was
    if (const auto &selected = m_state.values().selected) {
        range.from = selected->from;
        range.to = selected->to;
    }
    m_job.start([this, recording = m_recording, symbols = m_symbols, range](
                    const std::atomic<bool> &cancel) -> NewestJob::Finish {
        std::vector<Finding> findings = findingsOf(*recording, range, &cancel, symbols.get());
        return [this, recording, findings = std::move(findings)] {
            if (recording == m_recording)
                take(findings);
        };
    });
}

void FindingsView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_isDue)
        look();
}

void FindingsView::take(std::vector<Finding> findings)
{
    m_model.setFindings(std::move(findings));
    m_model.setValues(m_state.values());
    m_none->setVisible(m_model.rowCount() == 0);
    Q_EMIT found();
}

void FindingsView::choose(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    const bool isShown = m_model.isShown(std::size_t(index.row()));
    const Selection wanted = isShown ? Selection() : m_model.findings()[std::size_t(index.row())].selection;
    const GestureId gesture = m_state.newGesture(); // one step of the history
    m_state.setFilters(wanted, gesture);
    std::optional<DurationBand> band;
    if (wanted.minNs || wanted.maxNs)
        band = DurationBand{wanted.bandOf, wanted.minNs, wanted.maxNs};
    m_state.setBand(band, gesture);
}

bool FindingsView::eventFilter(QObject *watched, QEvent *event)
{
    const bool isKey = event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride;
    if (!isKey || watched != m_list || !isChoiceKey(static_cast<QKeyEvent *>(event)->key()))
        return QWidget::eventFilter(watched, event);
    if (event->type() == QEvent::KeyPress)
        choose(m_list->currentIndex());
    event->accept();
    return true;
}

} // namespace exitscope
