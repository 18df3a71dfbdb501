// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include "tests/tools/program.h"
#include "tests/views/linked_guests.h"
#include "tests/views/table_cells.h"
#include "views/guests/guest_table.h"
#include "views/tables/statistics_table.h"

using namespace exitscope;
using test::LinkedGuests;
using test::raw;
using test::rowNamed;

// What guests' threads and system calls got: on the sample with its guest, against the command line.
class TestGuestTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void csvEqualsTheCommandLine_data();
    void csvEqualsTheCommandLine();
    void processesSumTheirThreads();
    void aThreadFilters();
    void aProcessFilters();
    void aSystemCallFilters();
    void anInterruptFilters();
    void otherFiltersTouchExitsAlone();
    void withoutAGuestItSaysSo();
    void theMostLostStandFirst();
};

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

bool settle(LinkedGuests &linked, const NumberTable &table)
{
    return linked.settle() && QTest::qWaitFor([&] { return table.isSettled(); }, 20'000) && linked.settle();
}

void click(const NumberTable &table, const QModelIndex &row)
{
    QVERIFY(row.isValid());
    table.view()->expand(row.parent());
    table.view()->scrollTo(row);
    QTest::mouseClick(
        table.view()->viewport(), Qt::LeftButton, {}, table.view()->visualRect(row.siblingAtColumn(0)).center());
}

// The first row of a table that has exits, and whose name is not to be left out.
QModelIndex rowWithExits(const QAbstractItemModel &model)
{
    for (int row = 0; row < model.rowCount(); ++row)
        if (raw(model.index(row, 0), "exits").toLongLong() > 0)
            return model.index(row, 0);
    return {};
}

std::int64_t cliExits(const QStringList &filters)
{
    std::int64_t exits = 0;
    for (const QJsonValue reason : test::cliReport(test::guestSamplePath(), filters)[text("reasons")].toArray())
        exits += reason[text("count")].toInteger();
    return exits;
}

QString cliCsv(const char *command, const QStringList &filters = {})
{
    return QString::fromUtf8(test::runCli(
        QStringList{text(command), text("--format"), text("csv")} + filters + QStringList{test::guestSamplePath()})
                                 .out);
}

} // namespace

#define SHOWN_GUESTS(linked, table, topic)                                                                             \
    LinkedGuests linked;                                                                                               \
    GuestTable table(linked.state);                                                                                    \
    table.resize(900, 400);                                                                                            \
    table.show();                                                                                                      \
    table.setTopic(topic);                                                                                             \
    table.setRecording(linked.recording);                                                                              \
    QVERIFY(linked.knowGuests());                                                                                      \
    table.setGuests(linked.guests.current());                                                                          \
    QVERIFY(settle(linked, table));                                                                                    \
    QVERIFY(table.shownModel().rowCount() > 3)

void TestGuestTable::csvEqualsTheCommandLine_data()
{
    QTest::addColumn<int>("topic");
    QTest::addColumn<QString>("command");
    QTest::newRow("threads") << int(GuestTopic::Threads) << text("threads");
    QTest::newRow("syscalls") << int(GuestTopic::Calls) << text("syscalls");
    QTest::newRow("interrupts") << int(GuestTopic::Interrupts) << text("interrupts");
}

void TestGuestTable::csvEqualsTheCommandLine()
{
    QFETCH(const int, topic);
    QFETCH(const QString, command);
    SHOWN_GUESTS(linked, table, GuestTopic(topic));
    QString told = cliCsv(qPrintable(command));
    QVERIFY(told.count(text("\r\n")) > 5);
    QCOMPARE(table.csv()(nullptr), told);
    const TimeRange all = linked.state.bounds();
    const TimeRange half{all.from + all.length() / 2, all.to - all.length() / 4};
    linked.state.select(half);
    linked.state.setReasons({{2, 114}});
    linked.state.setVcpus({VcpuKey{{0, 0}, 1}});
    const QString whole = told;
    told = cliCsv(qPrintable(command),
        {text("--from"), QString::number(half.from), text("--to"), QString::number(half.to), text("--reason"),
            text("2:114"), text("--vcpu"), linked.recording->hosts[0].vms[0].name + text("/1")});
    QCOMPARE(table.csv()(nullptr), told);
    QVERIFY(told != whole);
}

void TestGuestTable::processesSumTheirThreads()
{
    SHOWN_GUESTS(linked, table, GuestTopic::Threads);
    const QAbstractItemModelTester tester(table.view()->model());
    const QAbstractItemModel &model = table.shownModel();
    std::int64_t onCpu = 0, exits = 0, withThreads = 0;
    for (int row = 0; row < model.rowCount(); ++row) {
        const QModelIndex process = model.index(row, 0);
        onCpu += raw(process, "on_cpu_ns").toLongLong();
        exits += raw(process, "exits").toLongLong();
        if (model.rowCount(process) == 0)
            continue;
        ++withThreads;
        for (const char *field : {"on_cpu_ns", "guest_ns", "kvm_ns", "idle_ns", "exits", "uncertain", "net_ns"}) {
            std::int64_t sum = 0;
            for (int child = 0; child < model.rowCount(process); ++child)
                sum += raw(model.index(child, 0, process), field).toLongLong();
            QCOMPARE(sum, raw(process, field).toLongLong());
        }
    }
    QVERIFY(withThreads > 0); // the idle threads at least
    // Nobody included they are all that the vCPUs did.
    QCOMPARE(exits, linked.totals().exits);
    Ns all = 0;
    for (const Ns ns : linked.totals().states)
        all += ns;
    QCOMPARE(onCpu, std::int64_t(all));
}

void TestGuestTable::aThreadFilters()
{
    SHOWN_GUESTS(linked, table, GuestTopic::Threads);
    const QAbstractItemModel &model = table.shownModel();
    const QModelIndex idle = rowNamed(model, text("swapper"));
    const QPersistentModelIndex thread = rowNamed(model, text("swapper/1"), idle);
    QVERIFY(thread.isValid());
    const std::int64_t own = raw(thread, "exits").toLongLong();
    const std::int64_t before = linked.totals().exits;
    const int rows = model.rowCount();
    QVERIFY(own > 0 && own < before);
    click(table, thread);
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.totals().exits, own);
    QCOMPARE(own, cliExits({text("--thread"), text("swapper/1")}));
    QCOMPARE(model.rowCount(), rows); // it stands beside the rest
    QVERIFY(thread.data(StatisticsModel::ChosenRole).toBool());
    QVERIFY(!rowNamed(model, text("swapper")).data(StatisticsModel::ChosenRole).toBool());
    click(table, thread); // again: none
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.totals().exits, before);
    linked.state.undo();
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.totals().exits, own);
}

void TestGuestTable::aProcessFilters()
{
    SHOWN_GUESTS(linked, table, GuestTopic::Threads);
    const QPersistentModelIndex process = rowWithExits(table.shownModel());
    const QString name = process.data().toString();
    const std::int64_t own = raw(process, "exits").toLongLong();
    click(table, process);
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.state.values().processes, std::set<QString>{name});
    QCOMPARE(linked.totals().exits, own);
    QCOMPARE(own, cliExits({text("--process"), name}));
    linked.state.undo();
    QVERIFY(linked.state.values().processes.empty());
}

void TestGuestTable::aSystemCallFilters()
{
    SHOWN_GUESTS(linked, table, GuestTopic::Calls);
    StatisticsTable second(linked.state, linked.numbers);
    second.show();
    second.setRecording(linked.recording);
    const QPersistentModelIndex call = rowWithExits(table.shownModel());
    const std::int64_t own = raw(call, "exits").toLongLong();
    const QString context = text("syscall:") + call.data().toString();
    QVERIFY(raw(call, "calls").toLongLong() > 0);
    click(table, call);
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.state.values().contexts, std::set<QString>{context});
    std::int64_t shown = 0;
    for (int row = 0; row < second.shownModel().rowCount(); ++row)
        shown += raw(second.shownModel().index(row, 0), "count").toLongLong();
    QCOMPARE(shown, own);
    QCOMPARE(own, cliExits({text("--context"), context}));
}

void TestGuestTable::anInterruptFilters()
{
    SHOWN_GUESTS(linked, table, GuestTopic::Interrupts);
    const QPersistentModelIndex interrupt = rowWithExits(table.shownModel());
    const QString context = interrupt.data().toString();
    const std::int64_t own = raw(interrupt, "exits").toLongLong();
    QVERIFY(raw(interrupt, "handlers").toLongLong() > 0);
    click(table, interrupt);
    QVERIFY(settle(linked, table));
    QCOMPARE(linked.state.values().contexts, std::set<QString>{context});
    QCOMPARE(linked.totals().exits, own);
    QCOMPARE(own, cliExits({text("--context"), context}));
    QVERIFY(interrupt.data(StatisticsModel::ChosenRole).toBool());
    linked.state.undo();
    QVERIFY(linked.state.values().contexts.empty());
}

void TestGuestTable::otherFiltersTouchExitsAlone()
{
    SHOWN_GUESTS(linked, table, GuestTopic::Threads);
    const QAbstractItemModel &model = table.shownModel();
    const QString name = rowWithExits(model).data().toString();
    const std::int64_t lost = raw(rowNamed(model, name), "lost_ns").toLongLong();
    const std::int64_t exits = raw(rowNamed(model, name), "exits").toLongLong();
    linked.state.setScenarios({Scenario::Qemu});
    QVERIFY(settle(linked, table));
    QCOMPARE(raw(rowNamed(model, name), "lost_ns").toLongLong(), lost);
    QVERIFY(raw(rowNamed(model, name), "exits").toLongLong() < exits);
}

void TestGuestTable::withoutAGuestItSaysSo()
{
    test::LinkedViews linked; // the host alone
    GuestTable table(linked.state);
    table.show();
    table.setRecording(linked.recording);
    QVERIFY(QTest::qWaitFor([&] { return table.isSettled(); }, 20'000));
    QCOMPARE(table.shownModel().rowCount(), 0);
    QVERIFY2(table.note().contains(text("No guest was traced")), qPrintable(table.note()));
    QCOMPARE(table.csv()(nullptr).count(text("\r\n")), 1); // the columns
}

void TestGuestTable::theMostLostStandFirst()
{
    SHOWN_GUESTS(linked, table, GuestTopic::Threads);
    const auto isSorted = [&] {
        const QAbstractItemModel &model = table.shownModel();
        std::int64_t before = std::numeric_limits<std::int64_t>::max();
        for (int row = 0; row < model.rowCount(); ++row) {
            const QVariant lost = raw(model.index(row, 0), "lost_ns");
            const std::int64_t now = lost.isValid() ? lost.toLongLong() : -1; // not known: at the end
            if (now > before)
                return false;
            before = now;
        }
        return true;
    };
    QVERIFY(isSorted());
    QTest::mouseClick(table.tabs(), Qt::LeftButton, {}, table.tabs()->tabRect(1).center());
    QVERIFY(settle(linked, table));
    QVERIFY(table.topic() == GuestTopic::Calls);
    QCOMPARE(table.shownModel().headerData(0, Qt::Horizontal).toString(), text("System call"));
    QVERIFY(isSorted());
    QVERIFY(table.shownModel().rowCount() > 3);
}

QTEST_MAIN(TestGuestTable)
#include "tst_guest_table.moc"
