// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTabWidget>
#include <QWidget>

#include <array>

#include "model/causes/file_tables.h"
#include "views/chart/chart.h"
#include "views/chart/screen_work.h"
#include "views/tables/statistics_model.h"

class QTableView;

namespace exitscope {

// The numbers as tables: reasons, scenarios, vCPUs, runs. A click on a row sets the filter to it (again: drops it),
// Ctrl adds; with the keyboard Up and Down move and Enter or Space chooses. Ctrl+C copies the chosen rows, or all.
class StatisticsTable : public QWidget {
    Q_OBJECT

public:
    StatisticsTable(ViewState &state, LiveNumbers &numbers, QWidget *parent = nullptr);

    void setRecording(std::shared_ptr<const Recording> recording);
    void setTheme(const Theme &theme);
    StatisticsTopic topic() const { return StatisticsTopic(m_tabs->currentIndex()); }
    void setTopic(StatisticsTopic topic) { m_tabs->setCurrentIndex(int(topic)); }
    QTableView *view(StatisticsTopic topic) const { return m_pages[std::size_t(topic)].view; }
    // The table on screen, in its order; for "Save table as CSV…".
    const QAbstractItemModel &shownModel() const;
    // Which table that is, and how it is sorted; and that of other numbers.
    struct Order {
        StatisticsTopic topic = StatisticsTopic::Reasons;
        int column = 0;
        Qt::SortOrder direction = Qt::AscendingOrder;
    };
    Order shownOrder() const;
    static std::unique_ptr<QAbstractItemModel> modelOf(const Numbers &numbers, const Order &order);

public Q_SLOTS:
    void copy() const;
    // Of the table on screen; what is sorted by that column already is turned round.
    void sortByCurrentColumn();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Page {
        StatisticsModel *model = nullptr;
        StatisticsSorter *sorter = nullptr;
        QTableView *view = nullptr;
        std::shared_ptr<const Numbers> shown; // the others get theirs once they are on screen
    };

    void addPage(StatisticsTopic topic, const QString &title, const QString &name);
    void showNumbers();
    void showNumbersOn(Page &page);
    void choose(const QModelIndex &index, bool add);
    void chooseReason(const QString &key, bool add);
    bool handleKey(const QKeyEvent &event);

    ViewState &m_state;
    LiveNumbers &m_numbers;
    std::shared_ptr<const Recording> m_recording;
    QTabWidget *m_tabs;
    std::array<Page, kStatisticsTopics> m_pages;
    bool m_sized = false; // columns fit the recording's first numbers
    ScreenWork m_show;
};

// Those rows that are chosen; if none is, all.
QModelIndexList chosenOf(const QModelIndexList &rows);
// RFC 4180, with a header; exact values (ns as integers).
QString toCsv(const QAbstractItemModel &model);
QString toCsv(const FileTable &table);
// The same for people, separated by tabs, of some rows: "–" where a net time is not known.
QString toTsv(const QAbstractItemModel &model, const QModelIndexList &rows);

} // namespace exitscope
