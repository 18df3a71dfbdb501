// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QMenu>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include <algorithm>

#include "tests/tools/program.h"
#include "tests/views/linked_guests.h"
#include "tests/views/table_cells.h"
#include "views/causes/account_rows.h"
#include "views/causes/causes_table.h"
#include "views/causes/key_chooser.h"
#include "views/findings/findings_view.h"
#include "views/panels/filter_chips.h"
#include "views/tables/statistics_table.h"

using namespace exitscope;
using test::LinkedGuests;
using test::raw;
using test::rowNamed;

// What exits interrupted in their guests, as keys and as filters: what one view filters by, the others show, with the
// numbers of the command line.
class TestGuestLinks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keysAreOfferedWhereGuestsAreKnown();
    void aRowFiltersEveryView_data();
    void aRowFiltersEveryView();
    void savesWhatTheCommandLineTells();
    void aGuestThatIsGoneShowsNothing();
    void anotherMapGivesOtherThreads();
    void findingsNameThePrograms();
};

namespace {

using Keys = std::vector<AccountKey>;

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

void click(const CausesTable &table, const QModelIndex &row)
{
    QVERIFY(row.isValid());
    table.view()->scrollTo(row);
    QTest::mouseClick(
        table.view()->viewport(), Qt::LeftButton, {}, table.view()->visualRect(row.siblingAtColumn(1)).center());
}

bool settle(LinkedGuests &linked, const CausesTable &table)
{
    return linked.settle() && QTest::qWaitFor([&] { return table.isSettled(); }, 20'000) && linked.settle();
}

QStringList textsOf(const QMenu &menu)
{
    QStringList texts;
    for (const QAction *action : menu.actions())
        texts << action->text();
    return texts;
}

void choose(const QToolButton *button, const QString &title)
{
    const QList<QAction *> actions = button->menu()->actions();
    const auto action = std::ranges::find(actions, title, &QAction::text);
    QVERIFY2(action != actions.end(), qPrintable(title));
    (*action)->trigger();
}

// The exits by reason, as the command line tells them.
QJsonArray cliReasons(const QStringList &filters)
{
    return test::cliReport(test::guestSamplePath(), filters)[text("reasons")].toArray();
}

} // namespace

#define SHOWN_CAUSES(linked, table, keys)                                                                              \
    LinkedGuests linked;                                                                                               \
    CausesTable table(linked.state);                                                                                   \
    table.resize(900, 500);                                                                                            \
    table.setKeys(keys);                                                                                               \
    table.show();                                                                                                      \
    table.setRecording(linked.recording);                                                                              \
    QVERIFY(linked.knowGuests());                                                                                      \
    QVERIFY(settle(linked, table));                                                                                    \
    QVERIFY(table.shownModel().rowCount() > 0)

void TestGuestLinks::keysAreOfferedWhereGuestsAreKnown()
{
    LinkedGuests linked;
    CausesTable table(linked.state);
    table.show();
    table.setRecording(linked.recording);
    KeyChooser &chooser = table.chooser();
    QVERIFY(!textsOf(*chooser.addButton()->menu()).contains(text("Guest thread")));
    QVERIFY(linked.knowGuests());
    const QStringList offered = textsOf(*chooser.addButton()->menu());
    for (const char *title : {"Guest thread", "Guest process", "System call", "Context"})
        QVERIFY2(offered.contains(text(title)), title);
    choose(chooser.presetsButton(), text("Guest process › Guest thread › Context › Reason"));
    QVERIFY(settle(linked, table));
    QVERIFY(chooser.keys() == (Keys{AccountKey::Process, AccountKey::Thread, AccountKey::Context, AccountKey::Reason}));
    linked.state.setGuests(nullptr);
    QVERIFY(settle(linked, table));
    QCOMPARE(table.shownModel().rowCount(), 1);
    QCOMPARE(table.shownModel().index(0, 0).data().toString(), text("unknown"));
    choose(chooser.presetsButton(), text("Reason › Address"));
    QVERIFY(!textsOf(*chooser.addButton()->menu()).contains(text("Guest thread")));
}

void TestGuestLinks::aRowFiltersEveryView_data()
{
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("key");
    QTest::newRow("thread") << text("Guest thread") << text("thread");
    QTest::newRow("process") << text("Guest process") << text("process");
    QTest::newRow("syscall") << text("System call") << text("syscall");
    QTest::newRow("context") << text("Context") << text("context");
}

void TestGuestLinks::aRowFiltersEveryView()
{
    QFETCH(const QString, title);
    QFETCH(const QString, key);
    SHOWN_CAUSES(linked, table, Keys{AccountKey::Reason});
    StatisticsTable second(linked.state, linked.numbers);
    second.show();
    second.setRecording(linked.recording);
    choose(table.chooser().buttons()[0], title);
    QVERIFY(settle(linked, table));
    const std::int64_t before = linked.totals().exits;
    // The rows are those of the command line.
    const QJsonArray told = QJsonDocument::fromJson(
        test::runCli({text("accounts"), text("--by"), key, text("--format"), text("json"), test::guestSamplePath()})
            .out)
                                .object()[text("rows")]
                                .toArray();
    QVERIFY(told.size() > 3);
    QCOMPARE(qsizetype(table.shownModel().rowCount()), told.size());
    for (const QJsonValue row : told) {
        const QModelIndex shown = rowNamed(table.shownModel(), row[key].toString());
        QVERIFY2(shown.isValid(), qPrintable(row[key].toString()));
        QCOMPARE(raw(shown, "count").toLongLong(), row[text("count")].toInteger());
        QCOMPARE(raw(shown, "gross_ns").toLongLong(), row[text("gross_ns")].toInteger());
    }
    // A click on one shows it alone in another view, as that filter does on the command line.
    const QString value = told[1][key].toString();
    click(table, rowNamed(table.shownModel(), value));
    QVERIFY(settle(linked, table));
    const QStringList filter{text("--") + key, value};
    const QJsonArray reasons = cliReasons(filter);
    QVERIFY(!reasons.isEmpty());
    std::int64_t all = 0;
    for (const QJsonValue reason : reasons) {
        const QModelIndex row = rowNamed(second.shownModel(), reason[text("name")].toString());
        QVERIFY2(row.isValid(), qPrintable(reason[text("name")].toString()));
        QCOMPARE(raw(row, "count").toLongLong(), reason[text("count")].toInteger());
        all += reason[text("count")].toInteger();
    }
    QCOMPARE(linked.totals().exits, all);
    QVERIFY(all > 0 && all < before);
    const auto chips = filterChips(linked.state.values(), linked.state.bounds(), *linked.recording);
    QCOMPARE(chips.size(), std::size_t(1));
    QVERIFY(chips[0].text.contains(value));
    QCOMPARE(qsizetype(table.shownModel().rowCount()), told.size()); // beside the rest
    QVERIFY(rowNamed(table.shownModel(), value).data(StatisticsModel::ChosenRole).toBool());
    linked.state.undo();
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.totals().exits, before);
    linked.state.redo();
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.totals().exits, all);
}

void TestGuestLinks::savesWhatTheCommandLineTells()
{
    SHOWN_CAUSES(linked, table, (Keys{AccountKey::Thread, AccountKey::Context}));
    const QString told = QString::fromUtf8(test::runCli({text("accounts"), text("--by"), text("thread,context"),
                                                            text("--format"), text("csv"), test::guestSamplePath()})
                                               .out);
    const QStringList of = told.split(text("\r\n"), Qt::SkipEmptyParts);
    const QStringList csv = accountsCsv(table.accountsOf(), nullptr).split(text("\r\n"), Qt::SkipEmptyParts);
    QCOMPARE(csv.size(), of.size());
    QVERIFY(csv.size() > 10);
    for (qsizetype row = 0; row < csv.size(); ++row) // thread, context, count
        QCOMPARE(csv[row].section(QLatin1Char(','), 0, 2), of[row].section(QLatin1Char(','), 0, 2));
}

void TestGuestLinks::aGuestThatIsGoneShowsNothing()
{
    SHOWN_CAUSES(linked, table, Keys{AccountKey::Thread});
    const auto known = linked.state.values().guests;
    click(table, table.shownModel().index(0, 0));
    QVERIFY(settle(linked, table));
    const std::int64_t own = linked.totals().exits;
    QVERIFY(own > 0);
    linked.state.setGuests(nullptr);
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.totals().exits, std::int64_t(0));
    QCOMPARE(linked.state.values().threads.size(), std::size_t(1)); // the chip says why
    linked.state.setGuests(known);
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.totals().exits, own);
    linked.state.undo(); // what became known is no step
    QVERIFY(linked.state.values().threads.empty());
    QCOMPARE(linked.state.values().guests, known);
    QVERIFY(!linked.state.canUndo());
}

// A shift by hand of 50 ms: other threads are there at the exits.
void TestGuestLinks::anotherMapGivesOtherThreads()
{
    SHOWN_CAUSES(linked, table, Keys{AccountKey::Thread});
    const auto found = linked.state.values().guests;
    const QString thread = table.shownModel().index(0, 0).data().toString();
    const std::int64_t before = raw(table.shownModel().index(0, 0), "count").toLongLong();
    linked.state.setClock(linked.recording->guests[0].path, ClockChoice{MapSource::Found, 50'000'000});
    QTRY_VERIFY(linked.state.values().guests != found);
    QVERIFY(linked.knowGuests());
    QVERIFY(settle(linked, table));
    const QModelIndex now = rowNamed(table.shownModel(), thread);
    QVERIFY(!now.isValid() || raw(now, "count").toLongLong() != before);
    linked.state.undo();
    QVERIFY(linked.knowGuests());
    QTRY_VERIFY(settle(linked, table) && raw(rowNamed(table.shownModel(), thread), "count").toLongLong() == before);
}

// As the command line does, once it is known what exits interrupted.
void TestGuestLinks::findingsNameThePrograms()
{
    LinkedGuests linked;
    FindingsView view(linked.state);
    view.show();
    view.setRecording(linked.recording);
    QVERIFY(QTest::qWaitFor([&] { return !view.isBusy() && view.model().rowCount() > 0; }));
    QVERIFY(!view.model().findings()[0].evidence.contains(text("by ")));
    QVERIFY(linked.knowGuests());
    QVERIFY(QTest::qWaitFor([&] { return !view.isBusy(); }));
    const QJsonArray told = test::cliReport(test::guestSamplePath(), {})[text("findings")].toArray();
    QCOMPARE(qsizetype(view.model().rowCount()), told.size());
    for (qsizetype row = 0; row < told.size(); ++row)
        QCOMPARE(view.model().findings()[std::size_t(row)].evidence, told[row][text("evidence")].toString());
    QVERIFY(told[0][text("evidence")].toString().contains(text(" cpuids")));
}

QTEST_MAIN(TestGuestLinks)
#include "tst_guest_links.moc"
