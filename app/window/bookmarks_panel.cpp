// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/bookmarks_panel.h"

#include <QHBoxLayout>
#include <QShortcut>
#include <QVBoxLayout>

#include "model/number_format.h"
#include "views/panels/panel_table.h"

namespace exitscope {

BookmarksModel::BookmarksModel(const BookmarkStore &store, QObject *parent)
    : QAbstractTableModel(parent), m_store(store)
{
}

void BookmarksModel::refresh(Ns origin)
{
    beginResetModel();
    m_origin = origin;
    m_shown = m_store.bookmarks();
    endResetModel();
}

int BookmarksModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_shown.size());
}

int BookmarksModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant BookmarksModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Bookmark &bookmark = m_shown[std::size_t(index.row())];
    if (role == Qt::TextAlignmentRole && index.column() != NameColumn)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    if (index.column() == NameColumn)
        return bookmark.name;
    if (index.column() == BeginColumn)
        return QString(QLatin1Char('+') % formatDuration(bookmark.range.from - m_origin));
    return formatDuration(bookmark.range.length());
}

QVariant BookmarksModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return QStringLiteral("Name");
    case BeginColumn:
        return QStringLiteral("Begins");
    case LengthColumn:
        return QStringLiteral("Length");
    default:
        return {};
    }
}

BookmarksPanel::BookmarksPanel(ViewState &state, const QString &directory, QWidget *parent)
    : QWidget(parent), m_state(state), m_store(directory), m_model(m_store),
      m_table(newPanelTable(QStringLiteral("Bookmarks"), this)),
      m_goTo(new QPushButton(QStringLiteral("&Go to"), this)),
      m_remove(new QPushButton(QStringLiteral("&Remove"), this))
{
    m_table->setModel(&m_model);
    auto *addButton = new QPushButton(QStringLiteral("Add &bookmark…"), this);
    auto *buttons = new QHBoxLayout;
    for (QPushButton *button : {addButton, m_goTo, m_remove})
        buttons->addWidget(button);
    buttons->addStretch(1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_table);
    layout->addLayout(buttons);

    auto *deleteKey = new QShortcut(QKeySequence::Delete, m_table);
    deleteKey->setContext(Qt::WidgetShortcut);
    connect(addButton, &QPushButton::clicked, this, &BookmarksPanel::addWanted);
    connect(
        m_goTo, &QPushButton::clicked, this, [this] { goTo(currentRow()); });
    connect(
        m_remove, &QPushButton::clicked, this, [this] { remove(currentRow()); });
    connect(
        deleteKey, &QShortcut::activated, this, [this] { remove(currentRow()); });
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex &index) { goTo(index.row()); });
    refresh();
}

void BookmarksPanel::setRecording(const Recording &recording)
{
    QString error;
    if (!m_store.open(recording, error))
        Q_EMIT failed(error);
    refresh();
}

void BookmarksPanel::add(const QString &name, TimeRange range)
{
    QString error;
    if (!m_store.add({name, range}, error))
        Q_EMIT failed(error);
    refresh();
}

void BookmarksPanel::goTo(int row)
{
    if (row < 0 || row >= m_model.rowCount())
        return;
    const TimeRange range = m_store.bookmarks()[std::size_t(row)].range;
    const GestureId gesture = m_state.newGesture(); // one step to undo
    m_state.setVisible(range, gesture);
    m_state.select(range, gesture);
}

void BookmarksPanel::remove(int row)
{
    if (row < 0 || row >= m_model.rowCount())
        return;
    QString error;
    if (!m_store.remove(std::size_t(row), error))
        Q_EMIT failed(error);
    refresh();
}

int BookmarksPanel::currentRow() const
{
    return m_table->currentIndex().row();
}

void BookmarksPanel::refresh()
{
    m_model.refresh(m_state.bounds().from);
    m_table->resizeColumnsToContents();
    if (m_model.rowCount() > 0)
        m_table->selectRow(0);
    m_goTo->setEnabled(m_model.rowCount() > 0);
    m_remove->setEnabled(m_model.rowCount() > 0);
}

} // namespace exitscope
