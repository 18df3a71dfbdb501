// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLineEdit>
#include <QTest>
#include <QTextDocument>

#include "tests/tools/program.h"
#include "tests/tools/timeline_text.h"
#include "tests/views/linked_guests.h"
#include "tests/views/table_cells.h"
#include "views/phases/phases_table.h"
#include "views/tables/statistics_model.h"

using namespace exitscope;
using test::LinkedGuests;
using test::LinkedViews;
using test::raw;
using test::rowNamed;

// The phases of a recording: on the sample with its guest against the command line, and of written marks.
class TestPhasesTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsEqualTheCommandLine_data();
    void rowsEqualTheCommandLine();
    void aClickSelects();
    void aDoubleClickShows();
    void theKeyboardChooses();
    void headingsSort();
    void ownersAreTreesAndEmptyColumnsHidden();
    void filesArePhases();
    void withoutMarksItSaysSo();
    void unsureClocksTellLengthsAlone();
    void namesAreNoMarkup();
    void closedWhileItComputes();
};

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

bool settle(const NumberTable &table)
{
    return QTest::qWaitFor([&] { return table.isSettled(); }, 60'000);
}

QStringList phaseArguments(const char *format, const QStringList &more)
{
    return QStringList{text("phases"), text("--format"), text(format)} + more + QStringList{test::guestSamplePath()};
}

QJsonArray toldPhases(const QStringList &more)
{
    return QJsonDocument::fromJson(test::runCli(phaseArguments("json", more)).out)
        .object()
        .value(text("phases"))
        .toArray();
}

QPoint placeOf(const NumberTable &table, const QModelIndex &row)
{
    table.view()->scrollTo(row);
    return table.view()->visualRect(row.siblingAtColumn(0)).center();
}

void click(const NumberTable &table, const QModelIndex &row)
{
    QVERIFY(row.isValid());
    QTest::mouseClick(table.view()->viewport(), Qt::LeftButton, {}, placeOf(table, row));
}

TimeRange toldRange(const QString &name)
{
    for (const QJsonValue &phase : toldPhases({}))
        if (phase[text("phase")].toString() == name)
            return {phase[text("begin_ns")].toInteger(), phase[text("end_ns")].toInteger()};
    return {};
}

QStringList namesAndNumbers(const QAbstractItemModel &model)
{
    QStringList names;
    for (int row = 0; row < model.rowCount(); ++row)
        names << model.index(row, 0).data().toString() + u' ' + raw(model.index(row, 0), "number").toString();
    return names;
}

struct Mark {
    Ns time;
    QString text;
};

// A host that marks phases; its only vCPU has exits of 30, 80 and 20 ns that begin at 200, 400 and 600, and one without
// an end.
std::shared_ptr<const Recording> hostWithMarks(const QList<Mark> &marks)
{
    testing::BuiltTimeline built = testing::buildTimeline("thread 31 pid=30 name=\"CPU 0/KVM\"\n"
                                                          "100 p0 kvm_entry tid=31\n"
                                                          "200 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                                          "230 p0 kvm_entry tid=31\n"
                                                          "400 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                                          "480 p0 kvm_entry tid=31\n"
                                                          "600 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                                          "620 p0 kvm_entry tid=31\n"
                                                          "900 p0 kvm_exit reason=10 isa=1 tid=31\n");
    auto recording = std::make_shared<Recording>();
    recording->reasons = std::move(built.reasons);
    recording->hosts.push_back(std::move(built.timeline));
    for (const Mark &mark : marks) {
        recording->hosts.front().marks.time.push_back(mark.time);
        recording->hosts.front().marks.text.push_back(mark.text);
    }
    return recording;
}

// Three times the same from 150 to 300, from 350 to 500 and from 550 to 640, another one around them.
QList<Mark> repeatedMarks()
{
    return {{120, text("all begin")}, {150, text("try begin")}, {300, text("try end")}, {350, text("try begin")},
        {500, text("try end")}, {550, text("try begin")}, {640, text("try end")}, {700, text("all end")}};
}

} // namespace

#define SHOWN_PHASES(linked, table)                                                                                    \
    LinkedGuests linked;                                                                                               \
    PhasesTable table(linked.state);                                                                                   \
    table.resize(900, 400);                                                                                            \
    table.show();                                                                                                      \
    table.setRecording(linked.recording);                                                                              \
    QVERIFY(linked.knowGuests());                                                                                      \
    table.setGuests(linked.clocks.current());                                                                          \
    QVERIFY(settle(table));                                                                                            \
    QCOMPARE(table.shownModel().rowCount(), 4)

void TestPhasesTable::rowsEqualTheCommandLine_data()
{
    QTest::addColumn<QString>("reason");
    QTest::addColumn<int>("vcpu");
    QTest::addColumn<QString>("files");
    QTest::newRow("all") << QString() << -1 << QString();
    QTest::newRow("reason") << text("2:114") << -1 << QString();
    QTest::newRow("vCPU") << QString() << 1 << QString();
    QTest::newRow("files") << QString() << -1 << text("lib*.so*; *ld.so.cache");
}

void TestPhasesTable::rowsEqualTheCommandLine()
{
    QFETCH(const QString, reason);
    QFETCH(const int, vcpu);
    QFETCH(const QString, files);
    SHOWN_PHASES(linked, table);
    const QAbstractItemModelTester tester(table.view()->model());
    QStringList filters;
    if (!reason.isEmpty()) {
        linked.state.setReasons({{2, 114}});
        filters << text("--reason") << reason;
    }
    if (vcpu >= 0) {
        linked.state.setVcpus({VcpuKey{{0, 0}, std::size_t(vcpu)}});
        filters << text("--vcpu") << linked.recording->hosts[0].vms[0].name + u'/' + QString::number(vcpu);
    }
    if (!files.isEmpty()) {
        table.setFiles(files.split(text("; ")));
        for (const QString &file : table.files())
            filters << text("--phase") << file;
    }
    const TimeRange all = linked.state.bounds();
    linked.state.select(TimeRange{all.from, all.from + 1000}); // it does not touch them
    QVERIFY(settle(table));
    const QJsonArray told = toldPhases(filters);
    QVERIFY(told.size() >= 4);
    QCOMPARE(qsizetype(table.shownModel().rowCount()), told.size());
    for (qsizetype i = 0; i < told.size(); ++i) {
        const QModelIndex row = table.shownModel().index(int(i), 0);
        const QJsonValue phase = told[i];
        QCOMPARE(row.data().toString(), phase[text("phase")].toString());
        for (const char *field : {"number", "begin_ns", "length_ns", "exits", "lost_ns"}) {
            QCOMPARE(raw(row, field).isValid(), !phase[text(field)].isNull());
            QCOMPARE(raw(row, field).toLongLong(), phase[text(field)].toInteger());
        }
        if (raw(row, "net_ns").isValid())
            QCOMPARE(raw(row, "net_ns").toLongLong(), phase[text("net_ns")].toInteger());
    }
    QCOMPARE(table.csv()(nullptr), QString::fromUtf8(test::runCli(phaseArguments("csv", filters)).out));
}

void TestPhasesTable::aClickSelects()
{
    SHOWN_PHASES(linked, table);
    const ViewValues before = linked.state.values();
    const QPersistentModelIndex storm = rowNamed(table.shownModel(), text("cpuid-storm"));
    const QPersistentModelIndex quiet = rowNamed(table.shownModel(), text("quiet-1"));
    click(table, storm);
    QCOMPARE(linked.state.values().selected, std::optional(toldRange(text("cpuid-storm"))));
    QCOMPARE(linked.state.values().visible, before.visible);
    QVERIFY(table.isSettled()); // of all phases nothing changed
    QVERIFY(storm.data(StatisticsModel::ChosenRole).toBool());
    QVERIFY(!quiet.data(StatisticsModel::ChosenRole).toBool());
    QVERIFY(linked.settle());
    QCOMPARE(linked.totals().exits, raw(storm, "exits").toLongLong());
    click(table, quiet);
    QCOMPARE(linked.state.values().selected, std::optional(toldRange(text("quiet-1"))));
    linked.state.undo();
    QVERIFY(storm.data(StatisticsModel::ChosenRole).toBool());
    linked.state.undo();
    QCOMPARE(linked.state.values(), before);
    QVERIFY(!storm.data(StatisticsModel::ChosenRole).toBool());
    linked.state.select(toldRange(text("quiet-1"))); // however it came
    QVERIFY(quiet.data(StatisticsModel::ChosenRole).toBool());
    click(table, quiet); // again: none
    QVERIFY(!linked.state.values().selected);
}

void TestPhasesTable::aDoubleClickShows()
{
    SHOWN_PHASES(linked, table);
    const ViewValues before = linked.state.values();
    const TimeRange storm = toldRange(text("cpuid-storm"));
    for (const bool isSelected : {false, true}) {
        if (isSelected)
            linked.state.select(storm);
        const QPoint at = placeOf(table, rowNamed(table.shownModel(), text("cpuid-storm")));
        QTest::mouseClick(table.view()->viewport(), Qt::LeftButton, {}, at); // as a real double-click begins
        QTest::mouseDClick(table.view()->viewport(), Qt::LeftButton, {}, at);
        QTest::mouseRelease(table.view()->viewport(), Qt::LeftButton, {}, at);
        QCOMPARE(linked.state.values().selected, std::optional(storm));
        QCOMPARE(linked.state.values().visible, storm);
        linked.state.undo(); // one step
        QCOMPARE(linked.state.values().visible, before.visible);
        QCOMPARE(linked.state.values().selected, isSelected ? std::optional(storm) : std::nullopt);
    }
}

void TestPhasesTable::theKeyboardChooses()
{
    SHOWN_PHASES(linked, table);
    table.view()->setFocus();
    table.view()->setCurrentIndex(rowNamed(table.shownModel(), text("pio-storm")));
    QTest::keyClick(table.view(), Qt::Key_Down);
    QTest::keyClick(table.view(), Qt::Key_Return);
    const TimeRange storm = toldRange(text("cpuid-storm"));
    QCOMPARE(linked.state.values().selected, std::optional(storm));
    QTest::keyClick(table.view(), Qt::Key_Space);
    QVERIFY(!linked.state.values().selected);
    const ViewValues before = linked.state.values();
    QTest::keyClick(table.view(), Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(linked.state.values().selected, std::optional(storm));
    QCOMPARE(linked.state.values().visible, storm);
    linked.state.undo();
    QCOMPARE(linked.state.values(), before);
}

void TestPhasesTable::headingsSort()
{
    LinkedViews linked(hostWithMarks(repeatedMarks()));
    PhasesTable table(linked.state);
    table.resize(900, 400);
    table.show();
    table.setRecording(linked.recording);
    QVERIFY(settle(table));
    const QStringList first = namesAndNumbers(table.shownModel());
    QCOMPARE(first, (QStringList{text("all 1"), text("try 2"), text("try 1"), text("try 3")})); // the worst first
    QHeaderView *header = table.view()->header();
    const auto clickHeading = [&](int column) {
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
            {header->sectionViewportPosition(column) + header->sectionSize(column) / 2, header->height() / 2});
    };
    const auto lengths = [&] {
        std::vector<qlonglong> all;
        for (int row = 0; row < table.shownModel().rowCount(); ++row)
            all.push_back(raw(table.shownModel().index(row, 0), "length_ns").toLongLong());
        return all;
    };
    constexpr int kLengthColumn = 3;
    std::set<bool> falls;
    for (int i = 0; i < 2; ++i) {
        clickHeading(kLengthColumn);
        const std::vector<qlonglong> all = lengths();
        const bool isFalling = std::ranges::is_sorted(all, std::greater<>());
        QVERIFY(isFalling || std::ranges::is_sorted(all));
        falls.insert(isFalling);
    }
    QCOMPARE(falls.size(), std::size_t(2));
    clickHeading(kLengthColumn);
    QCOMPARE(namesAndNumbers(table.shownModel()), first);
}

void TestPhasesTable::ownersAreTreesAndEmptyColumnsHidden()
{
    SHOWN_PHASES(linked, table);
    for (const int column : {kPhaseNumberColumn, kPhaseEnvironmentColumn})
        QVERIFY(table.view()->isColumnHidden(column));
    auto both = std::make_shared<Recording>(*hostWithMarks(repeatedMarks()));
    both->hosts.push_back(both->hosts.front());
    table.setRecording(both);
    table.setGuests(nullptr);
    linked.state.reset(boundsOf(*both));
    QVERIFY(settle(table));
    QVERIFY(!table.view()->isColumnHidden(kPhaseNumberColumn) && table.view()->isColumnHidden(kPhaseEnvironmentColumn));
    const QAbstractItemModel &model = table.shownModel();
    QCOMPARE(model.rowCount(), 2);
    for (int row = 0; row < 2; ++row) {
        const QModelIndex owner = model.index(row, 0);
        QCOMPARE(owner.data().toString(), text("Host %1").arg(row + 1));
        QVERIFY(table.view()->isExpanded(owner));
        QCOMPARE(model.rowCount(owner), 4);
        QCOMPARE(raw(model.index(1, 0, owner), "number").toLongLong(), 2);
    }
    const ViewValues before = linked.state.values();
    click(table, model.index(1, 0)); // of which nothing can be selected
    QCOMPARE(linked.state.values(), before);
    table.view()->collapse(model.index(1, 0));
    linked.state.setReasons({{2, 114}});
    QVERIFY(settle(table));
    QVERIFY(table.view()->isExpanded(model.index(0, 0)) && !table.view()->isExpanded(model.index(1, 0)));
    click(table, model.index(0, 0, model.index(0, 0)));
    QCOMPARE(linked.state.values().selected, std::optional(TimeRange{120, 700}));
}

void TestPhasesTable::filesArePhases()
{
    SHOWN_PHASES(linked, table);
    const int before = table.shownModel().rowCount();
    table.fileField()->setFocus();
    QTest::keyClicks(table.fileField(), text(" lib*.so* ;; *ld.so.cache"));
    QCOMPARE(table.files(), (QStringList{text("lib*.so*"), text("*ld.so.cache")}));
    QVERIFY(settle(table));
    QVERIFY(table.shownModel().rowCount() > before);
    // One that lies behind the end of the host's recording cannot be selected, and nothing of it is known.
    int beyond = 0;
    for (int i = 0; i < table.shownModel().rowCount(); ++i) {
        const QModelIndex row = table.shownModel().index(i, 0);
        if (raw(row, "begin_ns").toLongLong() <= linked.state.bounds().to)
            continue;
        ++beyond;
        QVERIFY(!raw(row, "exits").isValid() && !raw(row, "lost_ns").isValid());
        click(table, row);
        QVERIFY(!linked.state.values().selected);
    }
    QVERIFY(beyond > 0);
    table.fileField()->clear();
    QVERIFY(settle(table));
    QCOMPARE(table.shownModel().rowCount(), before);
}

void TestPhasesTable::withoutMarksItSaysSo()
{
    LinkedViews linked; // the host alone
    PhasesTable table(linked.state);
    table.show();
    table.setRecording(linked.recording);
    QVERIFY(settle(table));
    QCOMPARE(table.shownModel().rowCount(), 0);
    QVERIFY2(table.note().startsWith(text("No guest was traced")), qPrintable(table.note()));
    QVERIFY(!table.note().contains(u'\n'));
    QCOMPARE(table.csv()(nullptr).count(text("\r\n")), 1); // the columns
}

void TestPhasesTable::unsureClocksTellLengthsAlone()
{
    LinkedGuests linked;
    PhasesTable table(linked.state);
    table.resize(900, 400);
    table.show();
    table.setRecording(linked.recording);
    QVERIFY(settle(table));
    QVERIFY2(table.note().contains(text("come once")), qPrintable(table.note()));
    QVERIFY(table.shownModel().rowCount() > 0); // how long they were is known
    QVERIFY(table.csv()(nullptr).count(text("\r\n")) > 1);
    QVERIFY(linked.knowGuests());
    auto unsure = std::make_shared<ShownGuests>(*linked.clocks.current());
    unsure->guests[0].alignment.verdict = SyncVerdict::Ambiguous;
    table.setGuests(unsure);
    QVERIFY(settle(table));
    const QModelIndex storm = rowNamed(table.shownModel(), text("cpuid-storm"));
    QVERIFY(storm.isValid());
    for (const char *field : {"begin_ns", "exits", "net_ns", "lost_ns"})
        QVERIFY2(!raw(storm, field).isValid(), field);
    const TimeRange range = toldRange(text("cpuid-storm"));
    QVERIFY(std::abs(raw(storm, "length_ns").toLongLong() - range.length()) < 1'000'000); // by the guest's clock
    QVERIFY2(table.note().contains(text("only the lengths are known")), qPrintable(table.note()));
    const ViewValues before = linked.state.values();
    click(table, storm);
    QCOMPARE(linked.state.values(), before);
}

void TestPhasesTable::namesAreNoMarkup()
{
    const QString name = text("<img src=\"file:///no/such/file\">\x1b[2J");
    LinkedViews linked(hostWithMarks({{150, name + text(" begin")}, {350, name + text(" end")}}));
    PhasesTable table(linked.state);
    table.resize(900, 400);
    table.show();
    table.setRecording(linked.recording);
    QVERIFY(settle(table));
    QCOMPARE(table.shownModel().rowCount(), 1);
    const QModelIndex row = table.shownModel().index(0, 0);
    QVERIFY2(row.data().toString().endsWith(text("\\x1b[2J")), qPrintable(row.data().toString()));
    const QString tip = row.data(Qt::ToolTipRole).toString();
    QVERIFY2(!tip.contains(text("<img")) && tip.contains(text("&lt;img")), qPrintable(tip));
    QCOMPARE(raw(row, "exits").toLongLong(), 1);
    QVERIFY(!raw(row, "lost_ns").isValid()); // nothing is known of guests
    click(table, row);
    QCOMPARE(linked.state.values().selected, std::optional(TimeRange{150, 350}));
}

void TestPhasesTable::closedWhileItComputes()
{
    LinkedGuests linked;
    QVERIFY(linked.knowGuests());
    for (int i = 0; i < 20; ++i) {
        PhasesTable table(linked.state);
        table.show();
        table.setRecording(linked.recording);
        table.setGuests(linked.clocks.current());
        for (int file = 0; file < i; ++file)
            table.setFiles({QString::number(file)});
        QVERIFY(!table.isSettled());
    }
    linked.state.setReasons({{2, 114}}); // nobody is there to hear of it
}

QTEST_MAIN(TestPhasesTable)
#include "tst_phases_table.moc"
