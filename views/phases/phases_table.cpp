// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/phases/phases_table.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QVBoxLayout>

#include <algorithm>
#include <span>
#include <utility>

namespace exitscope {

namespace {

constexpr QChar kBetweenFiles = u';';

// What was known of another recording means nothing here.
PhasesOf inRecording(const PhasesOf &of, const Recording &recording)
{
    const bool isOfThis = of.shown && of.shown->recording.get() == &recording;
    return {isOfThis ? of.shown : nullptr, of.files};
}

bool isChosenPhase(const NumberRow &row, int, const ViewValues &values)
{
    return row.range && values.selected == row.range;
}

} // namespace

PhasesTable::PhasesTable(ViewState &state, QWidget *parent)
    : NumberTable(state, tr("Phases"), nullptr, {isChosenPhase}, parent), m_files(new QLineEdit(this))
{
    m_files->setPlaceholderText(tr("Files that begin and end phases: *.mark; /tmp/run-?"));
    m_files->setAccessibleName(tr("Files that begin and end phases"));
    m_files->setToolTip(tr("A call in a guest that opens such a file begins a phase, and the next one ends it; * and ? "
                           "stand for others, and ; is between several"));
    m_files->setClearButtonEnabled(true);
    static_cast<QVBoxLayout *>(layout())->insertWidget(0, m_files);
    connect(m_files, &QLineEdit::textChanged, this, &PhasesTable::readFiles);
    connect(view()->model(), &QAbstractItemModel::modelReset, this, [this] { fitTo(model().rows().get()); });
    connect(view(), &QTreeView::doubleClicked, this, &PhasesTable::showPhase);
    view()->viewport()->installEventFilter(this);
    unfoldAll();
    view()->header()->setSortIndicatorClearable(true); // that order again
    sortFirstBy(-1, Qt::AscendingOrder); // that of the model
    computeAnew();
}

void PhasesTable::setGuests(std::shared_ptr<const ShownGuests> shown)
{
    if (shown == m_of.shown)
        return;
    m_of.shown = std::move(shown);
    computeAnew();
}

void PhasesTable::setFiles(const QStringList &files)
{
    m_files->setText(files.join(QStringLiteral("; ")));
}

void PhasesTable::readFiles(const QString &text)
{
    QStringList files;
    for (const QString &file : text.split(kBetweenFiles))
        if (!file.trimmed().isEmpty())
            files << file.trimmed();
    if (files == m_of.files)
        return;
    m_of.files = files;
    computeAnew();
}

void PhasesTable::computeAnew()
{
    setCompute([of = m_of](const Recording &recording, const Selection &selection, CancelFlag cancel) {
        return phaseRows(recording, selection, inRecording(of, recording), cancel);
    });
}

void PhasesTable::fitTo(const NumberRows *rows)
{
    std::vector<const NumberRow *> phases;
    bool isTree = false;
    for (const NumberRow &row : rows ? std::span(rows->rows) : std::span<const NumberRow>()) {
        isTree = isTree || !row.children.empty();
        phases.push_back(&row);
        for (const NumberRow &child : row.children)
            phases.push_back(&child);
    }
    view()->setRootIsDecorated(isTree);
    for (int row = 0; row < shownModel().rowCount() && isTree; ++row)
        view()->setFirstColumnSpanned(row, {}, true); // its name alone
    const auto show = [&](int column, const auto &says) {
        const bool isShown = std::ranges::any_of(
            phases, [&](const NumberRow *row) { return says(row->cells[std::size_t(column)].exact); });
        const bool isNew = isShown && view()->isColumnHidden(column);
        view()->setColumnHidden(column, !isShown);
        if (isNew)
            view()->resizeColumnToContents(column);
    };
    show(
        kPhaseNumberColumn, [](const QVariant &number) { return number.toLongLong() > 1; });
    show(kPhaseEnvironmentColumn, [](const QVariant &environment) { return !environment.toString().isEmpty(); });
}

// Else there would be no way from one phase to the next.
Selection PhasesTable::askedOf(const Selection &selection) const
{
    Selection asked = selection;
    asked.from.reset();
    asked.to.reset();
    return asked;
}

std::function<QString(CancelFlag cancel)> PhasesTable::csv() const
{
    return [recording = m_recording, selection = askedOf(m_state.values().selection()), of = m_of](
               CancelFlag cancel) { return phasesCsv(*recording, selection, inRecording(of, *recording), cancel); };
}

void PhasesTable::choose(const QModelIndex &, const NumberRow &row, bool)
{
    if (m_isDoubleClick || !row.range)
        return;
    m_click = m_state.newGesture();
    m_state.select(m_state.values().selected == row.range ? std::nullopt : row.range, m_click);
}

// One step to undo, with the click before it, which may have dropped the range.
void PhasesTable::showPhase(const QModelIndex &index)
{
    const NumberRow *row = model().rowAt(sourceOf(index));
    if (!row || !row->range)
        return;
    m_state.select(row->range, m_click);
    m_state.setVisible(*row->range, m_click);
}

bool PhasesTable::eventFilter(QObject *watched, QEvent *event)
{
    // The button of a double-click makes a click, too, when it is let go.
    if (watched == view()->viewport() && event->type() == QEvent::MouseButtonPress)
        m_isDoubleClick = false;
    if (watched == view()->viewport() && event->type() == QEvent::MouseButtonDblClick)
        m_isDoubleClick = true;
    if (watched == view() && event->type() == QEvent::KeyPress) {
        m_isDoubleClick = false;
        const auto &key = static_cast<const QKeyEvent &>(*event);
        const bool isEnter = key.key() == Qt::Key_Return || key.key() == Qt::Key_Enter;
        if (isEnter && key.modifiers().testFlag(Qt::ShiftModifier)) {
            m_click = m_state.newGesture();
            showPhase(view()->currentIndex());
            return true;
        }
    }
    return NumberTable::eventFilter(watched, event);
}

} // namespace exitscope
