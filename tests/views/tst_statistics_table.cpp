// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>

#include "tests/views/linked_views.h"
#include "tests/views/made_recording.h"
#include "tests/views/table_cells.h"
#include "views/tables/statistics_table.h"

using namespace exitscope;
using test::columnOf;
using test::LinkedViews;

class TestStatisticsTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void modelsAreSound();
    void reasonsEqualTheCommandLine();
    void vcpusEqualTheStatistics();
    void everyColumnIsDefined();
    void sortsByExactValues();
    void rowClickChooses();
    void everyReasonCanBeChosen();
    void controlClickAddsScenarios();
    void vcpuRowsChoose();
    void keyboardChooses();
    void copiesAndSaves();
    void csvIsQuoted();

private:
    static int rowOf(const QAbstractItemModel &model, const QString &name);
    static QVariant raw(const QAbstractItemModel &model, int row, const QString &field);
    static void click(const QTableView &view, int row, Qt::KeyboardModifiers modifiers = {});
};

int TestStatisticsTable::rowOf(const QAbstractItemModel &model, const QString &name)
{
    const QModelIndexList found = model.match(model.index(0, 0), Qt::DisplayRole, name, 1, Qt::MatchExactly);
    return found.isEmpty() ? -1 : found.front().row();
}

QVariant TestStatisticsTable::raw(const QAbstractItemModel &model, int row, const QString &field)
{
    return model.index(row, columnOf(model, field)).data(StatisticsModel::RawRole);
}

void TestStatisticsTable::click(const QTableView &view, int row, Qt::KeyboardModifiers modifiers)
{
    const QRect cell = view.visualRect(view.model()->index(row, 1));
    QTest::mouseClick(view.viewport(), Qt::LeftButton, modifiers, cell.center());
}

// A table of the sample.
#define SHOWN_TABLE(linked, table)                                                                                     \
    LinkedViews linked;                                                                                                \
    StatisticsTable table(linked.state, linked.numbers);                                                               \
    table.resize(900, 300);                                                                                            \
    table.show();                                                                                                      \
    table.setRecording(linked.recording);                                                                              \
    QVERIFY(linked.settle());                                                                                          \
    QVERIFY(table.shownModel().rowCount() > 0)

void TestStatisticsTable::modelsAreSound()
{
    LinkedViews linked;
    QVERIFY(linked.settle());
    const auto all = linked.numbers.current();
    linked.state.setVcpus({all->selected->vms[0].vcpus[0].key});
    linked.state.setScenarios({Scenario::Halt});
    QVERIFY(linked.settle());
    const auto few = linked.numbers.current();
    for (int topic = 0; topic < kStatisticsTopics; ++topic) {
        StatisticsModel model{StatisticsTopic(topic)};
        StatisticsSorter sorter;
        sorter.setSourceModel(&model);
        sorter.sort(1);
        const auto fatal = QAbstractItemModelTester::FailureReportingMode::Fatal;
        const QAbstractItemModelTester tester(&model, fatal);
        const QAbstractItemModelTester sorterTester(&sorter, fatal);
        QCOMPARE(model.rowCount(), 0);
        for (const auto &numbers : {all, few, few, all}) {
            model.setNumbers(numbers);
            QVERIFY(model.rowCount() > 0);
            model.setValues(linked.state.values());
            model.setValues({});
            model.setTheme(Theme::dark());
        }
        model.setNumbers(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }
}

void TestStatisticsTable::reasonsEqualTheCommandLine()
{
    SHOWN_TABLE(linked, table);
    linked.state.setScenarios({Scenario::Host, Scenario::Qemu});
    linked.state.setBand(DurationBand{DurationKind::Gross, 30'000, 900'000});
    const TimeRange bounds = linked.state.bounds();
    linked.state.select(TimeRange{bounds.from + 1'000'000'000, bounds.to - 500'000'000});
    QVERIFY(linked.settle());
    const TimeRange range = *linked.state.values().selected;
    const QJsonObject report = test::sampleReport({QStringLiteral("--scenario"), QStringLiteral("host,qemu"),
        QStringLiteral("--min-ns"), QStringLiteral("30000"), QStringLiteral("--max-ns"), QStringLiteral("900000"),
        QStringLiteral("--from"), QString::number(range.from), QStringLiteral("--to"), QString::number(range.to)});
    const QJsonArray reasons = report[QStringLiteral("reasons")].toArray();
    const QAbstractItemModel &model = table.shownModel();
    QVERIFY(reasons.size() >= 3);
    QCOMPARE(model.rowCount(), int(reasons.size()));
    for (const QJsonValue reason : reasons) {
        const int row = rowOf(model, reason[QStringLiteral("name")].toString());
        QVERIFY(row >= 0);
        for (const char *name : {"count", "timed", "gross_ns", "net_ns", "kvm_ns", "userspace_ns", "preempted_ns",
                 "idle_ns", "blocked_ns", "irq_ns"}) {
            const QString field = QString::fromLatin1(name);
            QCOMPARE(raw(model, row, field).toLongLong(), reason[field].toInteger());
        }
        for (const QString &of : {QStringLiteral("net"), QStringLiteral("gross")}) {
            for (const char *name : {"min_ns", "p50_ns", "p95_ns", "p99_ns", "max_ns", "mean_ns"}) {
                const QString field = QString::fromLatin1(name);
                const QVariant shown = raw(model, row, QString(of % QLatin1Char('_') % field));
                QCOMPARE(shown.toDouble(), reason[of][field].toDouble());
            }
        }
    }
}

void TestStatisticsTable::vcpusEqualTheStatistics()
{
    SHOWN_TABLE(linked, table);
    table.setTopic(StatisticsTopic::Vcpus);
    const QAbstractItemModel &vcpus = table.shownModel();
    const Statistics statistics = statisticsOf(*linked.recording, {});
    QCOMPARE(vcpus.rowCount(), int(statistics.vms[0].vcpus.size()));
    for (const VcpuStatistics &vcpu : statistics.vms[0].vcpus) {
        const int row = rowOf(vcpus, vcpu.id());
        QCOMPARE(raw(vcpus, row, QStringLiteral("exits")).toLongLong(), vcpu.totals.exits);
        QCOMPARE(raw(vcpus, row, QStringLiteral("entries")).toLongLong(), vcpu.totals.entries);
        QCOMPARE(raw(vcpus, row, QStringLiteral("irq_ns")).toLongLong(), vcpu.totals.irq);
        QCOMPARE(raw(vcpus, row, QStringLiteral("overhead_percent")).toDouble(), *vcpu.totals.overheadPercent());
        for (const VcpuStateInfo &state : kVcpuStateTable) {
            const QString field = QString::fromLatin1(state.column.data(), qsizetype(state.column.size()));
            QCOMPARE(raw(vcpus, row, field).toLongLong(), vcpu.totals.states[std::size_t(state.state)]);
        }
    }
    table.setTopic(StatisticsTopic::Runs);
    const QAbstractItemModel &runs = table.shownModel();
    const VcpuStatistics &vcpu = statistics.vms[0].vcpus.back();
    const int row = rowOf(runs, vcpu.id());
    QCOMPARE(raw(runs, row, QStringLiteral("runs")).toLongLong(), vcpu.totals.runs.count);
    QCOMPARE(raw(runs, row, QStringLiteral("runs_p99_ns")).toLongLong(), *vcpu.totals.runs.p99);
}

void TestStatisticsTable::everyColumnIsDefined()
{
    for (int topic = 0; topic < kStatisticsTopics; ++topic) {
        std::set<QString> titles, fields;
        for (const StatisticsColumn &column : statisticsColumns(StatisticsTopic(topic))) {
            QVERIFY(titles.insert(column.title).second);
            QVERIFY(fields.insert(column.field).second);
            QVERIFY2(column.meaning.size() > 10 || column.unit == StatisticsUnit::Text, qPrintable(column.title));
        }
    }
}

void TestStatisticsTable::sortsByExactValues()
{
    SHOWN_TABLE(linked, table);
    QTableView *view = table.view(StatisticsTopic::Reasons);
    const QAbstractItemModel &model = table.shownModel();
    for (const QString &field : {QStringLiteral("count"), QStringLiteral("gross_ns"), QStringLiteral("net_mean_ns")}) {
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            view->sortByColumn(columnOf(model, field), order);
            for (int row = 1; row < model.rowCount(); ++row) {
                const double before = raw(model, row - 1, field).toDouble();
                const double now = raw(model, row, field).toDouble();
                QVERIFY(order == Qt::AscendingOrder ? before <= now : before >= now);
            }
        }
    }
    view->sortByColumn(0, Qt::AscendingOrder);
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("cpuid"));
    // Text as people count.
    QStandardItemModel names;
    for (const char *name : {"vm/10", "vm/9", "VM/1"}) {
        auto *item = new QStandardItem;
        item->setData(QString::fromLatin1(name), StatisticsModel::KnownRole);
        names.appendRow(item);
    }
    StatisticsSorter sorter;
    sorter.setSourceModel(&names);
    sorter.sort(0);
    QCOMPARE(sorter.index(2, 0).data(StatisticsModel::KnownRole).toString(), QStringLiteral("vm/10"));
}

void TestStatisticsTable::rowClickChooses()
{
    SHOWN_TABLE(linked, table);
    const std::int64_t all = linked.totals().exits;
    const QAbstractItemModel &model = table.shownModel();
    const QTableView &view = *table.view(StatisticsTopic::Reasons);
    const int row = rowOf(model, QStringLiteral("io"));
    click(view, row);
    QVERIFY(linked.settle());
    QCOMPARE(linked.state.values().reasons, (std::set<ReasonKey>{{2, 123}}));
    QCOMPARE(linked.totals().exits, raw(model, row, QStringLiteral("count")).toLongLong());
    QVERIFY(model.rowCount() > 1); // its own dimension stays whole
    QVERIFY(model.index(row, 0).data(StatisticsModel::ChosenRole).toBool());
    QVERIFY(model.index(row, 0).data(Qt::FontRole).value<QFont>().bold());
    click(view, row);
    QVERIFY(linked.state.values().reasons.empty());
    linked.state.undo();
    linked.state.undo();
    QVERIFY(linked.settle());
    QCOMPARE(linked.totals().exits, all);
    linked.state.setReasons({{2, 114}}); // from elsewhere
    QVERIFY(model.index(rowOf(model, QStringLiteral("cpuid")), 0).data(StatisticsModel::ChosenRole).toBool());
}

// Also those whose code is not written in decimal.
void TestStatisticsTable::everyReasonCanBeChosen()
{
    const ReasonKey unnamed{1, 0x10000};
    const ReasonKey invalid{2, -1};
    Recording made = *testing::makeRecording({{{}}});
    made.reasons = {};
    made.reasons.indexOf(unnamed);
    made.reasons.indexOf(invalid);
    LinkedViews linked;
    linked.recording = std::make_shared<const Recording>(made);
    linked.state.reset(boundsOf(*linked.recording));
    StatisticsTable table(linked.state, linked.numbers);
    table.resize(900, 300);
    table.show();
    table.setRecording(linked.recording);
    QVERIFY(linked.settle());
    const QTableView &view = *table.view(StatisticsTopic::Reasons);
    click(view, rowOf(table.shownModel(), QStringLiteral("1:0x10000")));
    QCOMPARE(linked.state.values().reasons, (std::set<ReasonKey>{unnamed}));
    click(view, rowOf(table.shownModel(), QStringLiteral("invalid_guest_state")));
    QCOMPARE(linked.state.values().reasons, (std::set<ReasonKey>{invalid}));
}

void TestStatisticsTable::controlClickAddsScenarios()
{
    SHOWN_TABLE(linked, table);
    table.setTopic(StatisticsTopic::Scenarios);
    const QAbstractItemModel &model = table.shownModel();
    const QTableView &view = *table.view(StatisticsTopic::Scenarios);
    click(view, rowOf(model, QStringLiteral("qemu")));
    click(view, rowOf(model, QStringLiteral("host")), Qt::ControlModifier);
    QCOMPARE(linked.state.values().scenarios, (std::set<Scenario>{Scenario::Qemu, Scenario::Host}));
    click(view, rowOf(model, QStringLiteral("qemu")), Qt::ControlModifier);
    QCOMPARE(linked.state.values().scenarios, (std::set<Scenario>{Scenario::Host}));
}

void TestStatisticsTable::vcpuRowsChoose()
{
    SHOWN_TABLE(linked, table);
    table.setTopic(StatisticsTopic::Vcpus);
    const QAbstractItemModel &model = table.shownModel();
    const QString first = model.index(0, 0).data().toString();
    click(*table.view(StatisticsTopic::Vcpus), 0);
    QVERIFY(linked.settle());
    QCOMPARE(linked.state.values().vcpus, (std::set<VcpuKey>{vcpusNamed(*linked.recording, first).front().key}));
    QVERIFY(model.rowCount() > 1);
    // The table of reasons follows.
    table.setTopic(StatisticsTopic::Reasons);
    const QJsonObject report = test::sampleReport({QStringLiteral("--vcpu"), first});
    for (const QJsonValue reason : report[QStringLiteral("reasons")].toArray()) {
        const QAbstractItemModel &reasons = table.shownModel();
        const int row = rowOf(reasons, reason[QStringLiteral("name")].toString());
        QCOMPARE(
            raw(reasons, row, QStringLiteral("net_ns")).toLongLong(), reason[QStringLiteral("net_ns")].toInteger());
    }
}

void TestStatisticsTable::keyboardChooses()
{
    SHOWN_TABLE(linked, table);
    QTableView *view = table.view(StatisticsTopic::Reasons);
    view->setCurrentIndex(view->model()->index(0, 0));
    QTest::keyClick(view, Qt::Key_Down);
    QTest::keyClick(view, Qt::Key_Return);
    const QString key = view->model()->index(1, 0).data(StatisticsModel::KeyRole).toString();
    QCOMPARE(linked.state.values().reasons.size(), std::size_t(1));
    const ReasonKey chosen = *linked.state.values().reasons.begin();
    QCOMPARE(QStringLiteral("%1:%2").arg(chosen.isa).arg(chosen.code), key);
    QVERIFY(linked.settle());
    QCOMPARE(view->currentIndex().row(), 1); // new numbers leave it
    QTest::keyClick(view, Qt::Key_Up);
    QTest::keyClick(view, Qt::Key_Space, Qt::ControlModifier);
    QCOMPARE(linked.state.values().reasons.size(), std::size_t(2));
}

void TestStatisticsTable::copiesAndSaves()
{
    SHOWN_TABLE(linked, table);
    QTableView *view = table.view(StatisticsTopic::Reasons);
    QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);
    const int reasons = table.shownModel().rowCount();
    QCOMPARE(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')), reasons + 1);
    linked.state.setReasons({{2, 114}});
    QVERIFY(linked.settle());
    QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), qsizetype(2));
    const int net = columnOf(table.shownModel(), QStringLiteral("net_ns"));
    QCOMPARE(lines[0].split(QLatin1Char('\t'))[net], QStringLiteral("net_ns"));
    const auto &groups = linked.totals().reasons;
    QCOMPARE(lines[1].split(QLatin1Char('\t'))[net], QString::number(groups.front().parts.net()));

    const QStringList csv = toCsv(table.shownModel()).split(QStringLiteral("\r\n"));
    QCOMPARE(csv.size(), qsizetype(reasons + 2)); // header and the end
    QVERIFY(csv.back().isEmpty());
    QCOMPARE(csv[0].count(QLatin1Char(',')), qsizetype(table.shownModel().columnCount() - 1));
    QVERIFY(csv[0].startsWith(QStringLiteral("name,count,count_share_percent,net_ns,")));
}

void TestStatisticsTable::csvIsQuoted()
{
    QStandardItemModel model;
    model.setHorizontalHeaderLabels({QStringLiteral("a,b"), QStringLiteral("c")});
    model.appendRow({new QStandardItem(QStringLiteral("say \"hi\"")), new QStandardItem(QStringLiteral("two\nlines"))});
    QCOMPARE(toCsv(model), QStringLiteral("\"a,b\",c\r\n\"say \"\"hi\"\"\",\"two\nlines\"\r\n"));
    QCOMPARE(toTsv(model, {model.index(0, 0)}), QStringLiteral("a,b\tc\nsay \"hi\"\ttwo lines\n"));
}

QTEST_MAIN(TestStatisticsTable)
#include "tst_statistics_table.moc"
