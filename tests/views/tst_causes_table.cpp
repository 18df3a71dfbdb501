// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QMenu>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include "tests/tools/made_exits.h"
#include "tests/tools/program.h"
#include "tests/views/linked_views.h"
#include "tests/views/table_cells.h"
#include "views/causes/account_rows.h"
#include "views/causes/causes_table.h"
#include "views/causes/key_chooser.h"
#include "views/panels/filter_chips.h"
#include "views/tables/statistics_table.h"

using namespace exitscope;
using test::columnOf;
using test::LinkedViews;
using test::raw;
using test::rowNamed;

// Exits by any keys as a tree, on the sample.
class TestCausesTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void modelIsSound();
    void rowsEqualTheCommandLine();
    void rowClickFiltersByItsPath();
    void controlClickAddsWhereOneSetTells();
    void doubleClickGoesToTheDearestExit();
    void keyboardChooses();
    void unfoldedRowsStay();
    void sortsAmongSiblings();
    void buttonsChooseKeys();
    void copiesAndSaves();
    void manyRowsTellHowManyMore();
    void hiddenItAsksForNothing();
};

namespace {

using Keys = std::vector<AccountKey>;

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

QJsonObject cliAccounts(const QString &by, const QStringList &filters = {})
{
    const test::ProgramResult result
        = test::runCli(QStringList{text("accounts"), text("--by"), by, text("--format"), text("json")} + filters
            + QStringList{test::samplePath()});
    return QJsonDocument::fromJson(result.out).object();
}

void click(const CausesTable &table, const QModelIndex &row, Qt::KeyboardModifiers modifiers = {})
{
    table.view()->scrollTo(row);
    QTest::mouseClick(
        table.view()->viewport(), Qt::LeftButton, modifiers, table.view()->visualRect(row.siblingAtColumn(1)).center());
}

bool settle(LinkedViews &linked, const CausesTable &table)
{
    return linked.settle() && QTest::qWaitFor([&] { return table.isSettled(); }, 20'000) && linked.settle();
}

} // namespace

#define SHOWN_CAUSES(linked, table, keys)                                                                              \
    LinkedViews linked;                                                                                                \
    CausesTable table(linked.state);                                                                                   \
    table.resize(900, 500);                                                                                            \
    table.setKeys(keys);                                                                                               \
    table.show();                                                                                                      \
    table.setRecording(linked.recording);                                                                              \
    QVERIFY(settle(linked, table));                                                                                    \
    QVERIFY(table.shownModel().rowCount() > 0)

void TestCausesTable::modelIsSound()
{
    SHOWN_CAUSES(linked, table, (Keys{AccountKey::Scenario, AccountKey::Reason, AccountKey::Address}));
    CausesModel model;
    QCOMPARE(model.rowCount(), 0);
    for (const auto &tree : {table.model().tree(), std::shared_ptr<const CauseTree>(), table.model().tree()}) {
        model.setTree(tree);
        // It makes rows itself while it is told of a new tree, and takes that amiss: so a new one for each.
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        for (int row = 0; row < model.rowCount(); ++row) {
            const QModelIndex index = model.index(row, 0);
            model.fetchMore(index);
            QVERIFY(model.rowCount(index) > 0);
            model.fetchMore(model.index(0, 0, index));
        }
        model.setFilters(linked.state.values());
        model.setTheme(Theme::dark());
        model.setOld(true);
    }
}

void TestCausesTable::rowsEqualTheCommandLine()
{
    SHOWN_CAUSES(linked, table, (Keys{AccountKey::Reason, AccountKey::Address}));
    linked.state.setScenarios({Scenario::Host, Scenario::Qemu});
    const TimeRange bounds = linked.state.bounds();
    linked.state.select(TimeRange{bounds.from + 1'000'000'000, bounds.to - 500'000'000});
    QVERIFY(settle(linked, table));
    const TimeRange range = *linked.state.values().selected;
    const QStringList filters{text("--scenario"), text("host,qemu"), text("--from"), QString::number(range.from),
        text("--to"), QString::number(range.to)};
    const QAbstractItemModel &model = table.shownModel();
    const auto equals = [](const QModelIndex &row, const QJsonValue &told) {
        const auto same = [&](const char *field, const QJsonValue &value) {
            return value.isNull() ? !raw(row, field).isValid() : raw(row, field).toLongLong() == value.toInteger();
        };
        return same("count", told[text("count")]) && same("timed", told[text("timed")])
            && same("net_ns", told[text("net_ns")]) && same("gross_ns", told[text("gross_ns")])
            && same("net_p99_ns", told[text("net")][text("p99_ns")])
            && same("gross_p50_ns", told[text("gross")][text("p50_ns")])
            && same("gross_max_ns", told[text("gross")][text("max_ns")]);
    };
    const QJsonArray reasons = cliAccounts(text("reason"), filters)[text("rows")].toArray();
    QVERIFY(reasons.size() > 3);
    QCOMPARE(model.rowCount(), int(reasons.size()));
    for (const QJsonValue reason : reasons) {
        const QModelIndex row = rowNamed(model, reason[text("reason")].toString());
        QVERIFY(row.isValid());
        QVERIFY2(equals(row, reason), qPrintable(row.data().toString()));
        table.view()->expand(row);
    }
    QVERIFY(settle(linked, table));
    const QJsonArray rows = cliAccounts(text("reason,address"), filters)[text("rows")].toArray();
    int shown = 0;
    for (int row = 0; row < model.rowCount(); ++row)
        shown += model.rowCount(model.index(row, 0));
    QCOMPARE(shown, int(rows.size()));
    for (const QJsonValue leaf : rows) {
        const QModelIndex parent = rowNamed(model, leaf[text("reason")].toString());
        const QModelIndex row = rowNamed(model, leaf[text("address")].toString(), parent);
        QVERIFY(row.isValid());
        QVERIFY2(equals(row, leaf), qPrintable(row.data().toString()));
    }
}

void TestCausesTable::rowClickFiltersByItsPath()
{
    SHOWN_CAUSES(linked, table, (Keys{AccountKey::Reason, AccountKey::Address}));
    StatisticsTable second(linked.state, linked.numbers);
    second.show();
    second.setRecording(linked.recording);
    QVERIFY(settle(linked, table));
    const QAbstractItemModel &model = table.shownModel();
    const QModelIndex reason = model.index(0, 0);
    table.view()->expand(reason);
    const QPersistentModelIndex address = model.index(0, 0, reason);
    const int all = model.rowCount();
    click(table, address);
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.state.values().reasons.size(), std::size_t(1));
    QCOMPARE(linked.state.values().addresses.size(), std::size_t(1));
    QCOMPARE(filterChips(linked.state.values(), linked.state.bounds(), *linked.recording).size(), std::size_t(2));
    const std::int64_t count = raw(address, "count").toLongLong();
    QCOMPARE(linked.totals().exits, count);
    // Another view shows the same, and the tree has its rows still, with the one marked.
    QCOMPARE(raw(rowNamed(second.shownModel(), reason.data().toString()), "count").toLongLong(), count);
    QCOMPARE(model.rowCount(), all);
    QVERIFY(address.data(StatisticsModel::ChosenRole).toBool());
    QVERIFY(!reason.data(StatisticsModel::ChosenRole).toBool());
    click(table, reason);
    QVERIFY(settle(linked, table));
    QVERIFY(linked.state.values().addresses.empty());
    QCOMPARE(linked.totals().exits, raw(reason, "count").toLongLong());
    linked.state.undo();
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.totals().exits, count);
    click(table, address);
    QVERIFY(linked.state.values().selection() == Selection{});
    // A chip takes away its level alone.
    linked.state.undo();
    for (const FilterChip &chip : filterChips(linked.state.values(), linked.state.bounds(), *linked.recording))
        if (chip.text.startsWith(text("address ")))
            chip.remove(linked.state);
    QVERIFY(linked.state.values().addresses.empty() && !linked.state.values().reasons.empty());
}

void TestCausesTable::controlClickAddsWhereOneSetTells()
{
    SHOWN_CAUSES(linked, table, (Keys{AccountKey::Vcpu, AccountKey::Reason}));
    const QAbstractItemModel &model = table.shownModel();
    click(table, model.index(0, 0));
    click(table, model.index(1, 0), Qt::ControlModifier);
    QCOMPARE(linked.state.values().vcpus.size(), std::size_t(2));
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.totals().exits,
        raw(model.index(0, 0), "count").toLongLong() + raw(model.index(1, 0), "count").toLongLong());
    click(table, model.index(0, 0), Qt::ControlModifier);
    QCOMPARE(linked.state.values().vcpus.size(), std::size_t(1));
}

void TestCausesTable::doubleClickGoesToTheDearestExit()
{
    SHOWN_CAUSES(linked, table, (Keys{AccountKey::Reason, AccountKey::Address}));
    const QAbstractItemModel &model = table.shownModel();
    const QModelIndex reason = rowNamed(model, text("io"));
    QVERIFY(reason.isValid());
    const TimeRange before = linked.state.values().visible;
    click(table, reason);
    const QPoint at = table.view()->visualRect(reason.siblingAtColumn(1)).center();
    QTest::mouseDClick(table.view()->viewport(), Qt::LeftButton, {}, at); // the second press alone
    QTest::mouseRelease(table.view()->viewport(), Qt::LeftButton, {}, at);
    QVERIFY(settle(linked, table));
    const ViewValues &now = linked.state.values();
    QVERIFY(now.current);
    const auto found = exitAt(*linked.recording, *now.current);
    QVERIFY(found);
    QCOMPARE(found->vcpu->exits.parts(found->index).net(), raw(reason, "net_max_ns").toLongLong());
    QVERIFY(now.visible.contains(found->time()) && now.visible.length() < before.length() / 10);
    QCOMPARE(now.reasons.size(), std::size_t(1));
    linked.state.undo(); // all of it
    QVERIFY(linked.state.values().reasons.empty() && !linked.state.values().current);
    QCOMPARE(linked.state.values().visible, before);
    QVERIFY(!linked.state.canUndo());
}

void TestCausesTable::keyboardChooses()
{
    SHOWN_CAUSES(linked, table, (Keys{AccountKey::Reason, AccountKey::Address}));
    QTreeView *view = table.view();
    view->setCurrentIndex(view->model()->index(0, 0));
    QTest::keyClick(view, Qt::Key_Right); // unfolds it
    QTest::keyClick(view, Qt::Key_Down);
    QTest::keyClick(view, Qt::Key_Return);
    QCOMPARE(linked.state.values().addresses.size(), std::size_t(1));
    QTest::keyClick(view, Qt::Key_Up);
    QTest::keyClick(view, Qt::Key_Space);
    QVERIFY(linked.state.values().addresses.empty() && linked.state.values().reasons.size() == 1);
    QTest::keyClick(view, Qt::Key_Space);
    QVERIFY(linked.state.values().reasons.empty());
}

void TestCausesTable::unfoldedRowsStay()
{
    SHOWN_CAUSES(linked, table, (Keys{AccountKey::Reason, AccountKey::Address}));
    const QModelIndex hlt = rowNamed(table.shownModel(), text("hlt"));
    table.view()->expand(hlt);
    table.view()->setCurrentIndex(table.shownModel().index(0, 2, hlt));
    const TimeRange bounds = linked.state.bounds();
    linked.state.select(TimeRange{bounds.from, bounds.from + bounds.length() / 2});
    QVERIFY(!table.isSettled());
    QVERIFY(settle(linked, table));
    QVERIFY(table.view()->isExpanded(rowNamed(table.shownModel(), text("hlt"))));
    QCOMPARE(table.view()->currentIndex().parent().data().toString(), text("hlt"));
    QCOMPARE(table.view()->currentIndex().column(), 2);
    std::int64_t sum = 0;
    for (int row = 0; row < table.shownModel().rowCount(); ++row)
        sum += raw(table.shownModel().index(row, 0), "count").toLongLong();
    QCOMPARE(sum, linked.totals().exits);
}

void TestCausesTable::sortsAmongSiblings()
{
    SHOWN_CAUSES(linked, table, (Keys{AccountKey::Reason, AccountKey::Address}));
    const QAbstractItemModel &model = table.shownModel();
    table.view()->expandAll();
    QVERIFY(settle(linked, table));
    for (const char *field : {"count", "gross_p99_ns", "cause"})
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            const int column = columnOf(model, text(field));
            table.view()->sortByColumn(column, order);
            for (int parent = -1; parent < model.rowCount(); ++parent) {
                const QModelIndex of = parent < 0 ? QModelIndex() : model.index(parent, 0);
                for (int row = 1; row < model.rowCount(of); ++row) {
                    const QVariant a = model.index(row - 1, column, of).data(CausesModel::SortRole);
                    const QVariant b = model.index(row, column, of).data(CausesModel::SortRole);
                    if (!b.isValid() || a.typeId() == QMetaType::QString)
                        continue;
                    QVERIFY(a.isValid());
                    const bool isInOrder = order == Qt::AscendingOrder ? a.toULongLong() <= b.toULongLong()
                                                                       : a.toULongLong() >= b.toULongLong();
                    QVERIFY2(isInOrder,
                        qPrintable(QStringLiteral("%1, row %2 of %3: %4, %5")
                                       .arg(text(field))
                                       .arg(row)
                                       .arg(of.data().toString())
                                       .arg(a.toULongLong())
                                       .arg(b.toULongLong())));
                }
            }
        }
}

void TestCausesTable::buttonsChooseKeys()
{
    SHOWN_CAUSES(linked, table, (Keys{AccountKey::Reason}));
    const auto choose = [](const QToolButton *button, const QString &name) {
        for (QAction *action : button->menu()->actions())
            if (action->text() == name)
                return action->trigger();
        qFatal("no %s", qPrintable(name));
    };
    KeyChooser &chooser = table.chooser();
    choose(chooser.addButton(), text("pCPU"));
    QVERIFY(chooser.keys() == (Keys{AccountKey::Reason, AccountKey::Pcpu}));
    QVERIFY(settle(linked, table));
    QCOMPARE(table.shownModel().headerData(0, Qt::Horizontal).toString(), text("Reason › pCPU"));
    choose(chooser.buttons()[0], text("pCPU")); // they change places
    QVERIFY(chooser.keys() == (Keys{AccountKey::Pcpu, AccountKey::Reason}));
    choose(chooser.buttons()[1], text("Scenario"));
    choose(chooser.buttons()[0], text("Remove this level"));
    QVERIFY(chooser.keys() == Keys{AccountKey::Scenario});
    QVERIFY(!chooser.buttons()[0]->menu()->actions().back()->isEnabled()); // the last one stays
    choose(chooser.presetsButton(), text("Scenario › Reason › Address"));
    QCOMPARE(chooser.keys().size(), std::size_t(3));
    QVERIFY(settle(linked, table));
    QCOMPARE(table.shownModel().rowCount(), int(cliAccounts(text("scenario"))[text("rows")].toArray().size()));
    for (const QAction *action : chooser.presetsButton()->menu()->actions())
        QVERIFY(!action->text().isEmpty()); // each names keys that there are
}

void TestCausesTable::copiesAndSaves()
{
    SHOWN_CAUSES(linked, table, (Keys{AccountKey::Reason, AccountKey::Address}));
    const QModelIndex reason = table.shownModel().index(0, 0);
    table.view()->expand(reason);
    QVERIFY(settle(linked, table));
    const QString name
        = reason.data().toString() % text(" › ") % table.shownModel().index(0, 0, reason).data().toString();
    const int rows = table.shownModel().rowCount() + table.shownModel().rowCount(reason);
    const auto lines = [&] {
        QTest::keyClick(table.view(), Qt::Key_C, Qt::ControlModifier);
        return QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    };
    QCOMPARE(lines().size(), rows + 1);
    click(table, table.shownModel().index(0, 0, reason));
    QCOMPARE(lines().size(), 2);
    QCOMPARE(lines()[1].section(QLatin1Char('\t'), 0, 0), name);
    // A file has all of the deepest level, by what is selected.
    const QStringList csv = accountsCsv(table.accountsOf(), nullptr).split(text("\r\n"), Qt::SkipEmptyParts);
    QCOMPARE(csv.size(), 2);
    QVERIFY(csv[0].startsWith(text("reason,address,count,count_share_percent,net_ns,")));
    QVERIFY(csv[1].startsWith(QString(name).replace(text(" › "), text(","))));
    linked.state.clearFilters();
    const QJsonArray told = cliAccounts(text("reason,address"))[text("rows")].toArray();
    const QStringList all = accountsCsv(table.accountsOf(), nullptr).split(text("\r\n"), Qt::SkipEmptyParts);
    QCOMPARE(all.size(), told.size() + 1);
    for (qsizetype row = 0; row < told.size(); ++row)
        QVERIFY(all[row + 1].startsWith(
            QStringLiteral("%1,%2,%3,")
                .arg(told[row][text("reason")].toString(), told[row][text("address")].toString(),
                    QString::number(told[row][text("count")].toInteger()))));
}

void TestCausesTable::manyRowsTellHowManyMore()
{
    Recording made = *testing::makeExits({.exits = 10});
    ExitColumns &exits = made.hosts[0].vms[0].vcpus[0].exits;
    exits = {};
    constexpr int kAddresses = 1234;
    for (int i = 0; i < kAddresses; ++i)
        exits.append({.time = 1'000'000'000 + i * 10,
            .event = 1'000'000'000 + i * 10,
            .end = 1'000'000'000 + i * 10 + 1 + i % 7,
            .parts = {.kvm = 1 + i % 7},
            .guestRip = std::uint64_t(i),
            .pcpu = 0});
    LinkedViews linked(std::make_shared<const Recording>(made));
    CausesTable table(linked.state);
    table.resize(600, 400);
    table.setKeys({AccountKey::Address});
    table.show();
    table.setRecording(linked.recording);
    QVERIFY(QTest::qWaitFor([&] { return table.isSettled(); }, 20'000));
    const QAbstractItemModel &model = table.shownModel();
    const int more = int(CausesModel::kMostRows);
    QCOMPARE(model.rowCount(), more + 1);
    for (const int column : {0, 1, 3, 6})
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            table.view()->sortByColumn(column, order);
            const QString last = model.index(more, 0).data().toString();
            QVERIFY2(last.startsWith(text("and ")) && last.endsWith(text(" more that cost less")), qPrintable(last));
        }
    click(table, model.index(more, 0)); // is no row
    QVERIFY(linked.state.values().selection() == Selection{});
    click(table, model.index(0, 0));
    QCOMPARE(linked.state.values().addresses.size(), std::size_t(1));
}

void TestCausesTable::hiddenItAsksForNothing()
{
    LinkedViews linked;
    CausesTable table(linked.state);
    table.setRecording(linked.recording);
    linked.state.setReasons({{2, 114}});
    QVERIFY(linked.settle());
    QVERIFY(!table.isSettled() && !table.model().tree());
    table.show();
    QVERIFY(settle(linked, table));
    QCOMPARE(table.shownModel().rowCount() > 1, true); // its own dimension whole
}

QTEST_MAIN(TestCausesTable)
#include "tst_causes_table.moc"
