// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include "tests/tools/program.h"
#include "tests/tools/timeline_text.h"
#include "tests/views/linked_views.h"
#include "tests/views/table_cells.h"
#include "views/waits/halts_table.h"
#include "views/waits/takers_table.h"

using namespace exitscope;
using test::cell;
using test::LinkedViews;
using test::raw;
using test::rowNamed;

// Who had the CPU, and how halts went: on the sample against the command line, and on written events.
class TestWaitsTables : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takersEqualTheCommandLine_data();
    void takersEqualTheCommandLine();
    void haltsEqualTheCommandLine();
    void trialsStandBelowTheirVcpu();
    void aVcpuFilters();
    void aThreadShowsItsLongestStretches();
    void theKeyboardChooses();
    void barsHaveTheColoursOfTheirKinds();
    void withoutSwitchesItIsNotKnown();
    void quietTimesAreTold();
    void rowsStayUnfolded();
    void copiesWhatIsShown();
    void hiddenTheyAskForNothing();
};

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

QJsonArray cliVcpus(const char *command, const QStringList &filters = {})
{
    const test::ProgramResult result = test::runCli(
        QStringList{text(command), text("--format"), text("json")} + filters + QStringList{test::samplePath()});
    return QJsonDocument::fromJson(result.out).object().value(text("vcpus")).toArray();
}

bool settle(const NumberTable &table)
{
    return QTest::qWaitFor([&] { return table.isSettled(); }, 20'000);
}

void click(const NumberTable &table, const QModelIndex &row, Qt::KeyboardModifiers modifiers = {})
{
    QVERIFY(row.isValid());
    table.view()->expand(row.parent());
    table.view()->scrollTo(row);
    QTest::mouseClick(
        table.view()->viewport(), Qt::LeftButton, modifiers, table.view()->visualRect(row.siblingAtColumn(0)).center());
}

// While the vCPU waits on p0, from 30 to 98 µs, a hog runs there for 10 µs, a thread of QEMU for 46 µs, nobody for
// 4 µs and the hog again for 8 µs.
const char *const kWait = "thread 30 pid=30 name=qemu\n"
                          "thread 31 pid=30 name=\"CPU 0/KVM\"\n"
                          "thread 33 pid=30 name=IO\n"
                          "thread 70 pid=70 name=hog\n"
                          "1000 p9 other:x tid=30\n"
                          "10000 p0 kvm_entry tid=31\n"
                          "20000 p0 kvm_exit reason=10 isa=1 tid=31\n"
                          "30000 p0 sched_switch prev_tid=31 prev_state=0 next_tid=70\n"
                          "40000 p0 sched_switch prev_tid=70 prev_state=1 next_tid=33\n"
                          "86000 p0 sched_switch prev_tid=33 prev_state=1 next_tid=0\n"
                          "90000 p0 sched_switch prev_tid=0 prev_state=0 next_tid=70\n"
                          "98000 p0 sched_switch prev_tid=70 prev_state=0 next_tid=31\n"
                          "100000 p0 kvm_entry tid=31\n"
                          "300000 p0 kvm_exit reason=10 isa=1 tid=31\n";

std::shared_ptr<const Recording> recordingOf(const char *script, bool switchesRecorded = true)
{
    testing::BuiltTimeline built = testing::buildTimeline(script);
    auto recording = std::make_shared<Recording>();
    recording->reasons = std::move(built.reasons);
    recording->hosts.push_back(std::move(built.timeline));
    recording->hosts.front().switchesRecorded = switchesRecorded;
    return recording;
}

} // namespace

#define SHOWN_TABLE(Table, linked, table, of)                                                                          \
    LinkedViews linked(of);                                                                                            \
    Table table(linked.state);                                                                                         \
    table.resize(900, 400);                                                                                            \
    table.show();                                                                                                      \
    table.setRecording(linked.recording);                                                                              \
    QVERIFY(settle(table));

void TestWaitsTables::takersEqualTheCommandLine_data()
{
    QTest::addColumn<int>("parts"); // of which the second is selected
    QTest::newRow("all") << 0;
    QTest::newRow("half") << 2;
    QTest::newRow("third") << 3;
}

void TestWaitsTables::takersEqualTheCommandLine()
{
    QFETCH(const int, parts);
    SHOWN_TABLE(TakersTable, linked, table, test::sample());
    const QAbstractItemModelTester tester(table.view()->model());
    QStringList filters;
    if (parts > 0) {
        const TimeRange all = linked.state.bounds();
        const TimeRange part{all.from + all.length() / parts, all.from + 2 * (all.length() / parts)};
        linked.state.select(part);
        filters = {text("--from"), QString::number(part.from), text("--to"), QString::number(part.to)};
    }
    linked.state.setReasons({{2, 114}}); // it does not touch states
    QVERIFY(settle(table));
    const QJsonArray told = cliVcpus("takers", filters);
    QCOMPARE(told.size(), 2);
    QCOMPARE(qsizetype(table.shownModel().rowCount()), told.size());
    qsizetype threads = 0;
    for (const QJsonValue &vcpu : told) {
        const QModelIndex row = rowNamed(table.shownModel(), vcpu[text("id")].toString());
        QVERIFY(row.isValid());
        QCOMPARE(raw(row, "ns").toLongLong(), vcpu[text("preempted_ns")].toInteger());
        QCOMPARE(raw(row, "migrations").toLongLong(), vcpu[text("migrations")].toInteger());
        const QJsonArray takers = vcpu[text("takers")].toArray();
        QCOMPARE(qsizetype(table.shownModel().rowCount(row)), takers.size());
        for (qsizetype i = 0; i < takers.size(); ++i) { // both: the most time first
            const QModelIndex thread = table.shownModel().index(int(i), 0, row);
            const QJsonValue taker = takers[i];
            QCOMPARE(raw(thread, "ns").toLongLong(), taker[text("ns")].toInteger());
            if (i > 0 && takers[i - 1][text("ns")] == taker[text("ns")])
                continue; // equals may stand in any order
            if (i + 1 < takers.size() && takers[i + 1][text("ns")] == taker[text("ns")])
                continue;
            QCOMPARE(raw(thread, "times").toLongLong(), taker[text("times")].toInteger());
            QVERIFY(raw(thread, "thread")
                        .toString()
                        .startsWith(
                            taker[text("tid")].toInteger(-1) == 0 ? text("nobody") : taker[text("thread")].toString()));
            ++threads;
        }
    }
    QVERIFY(threads >= 4);
}

void TestWaitsTables::haltsEqualTheCommandLine()
{
    SHOWN_TABLE(HaltsTable, linked, table, test::sample());
    const QAbstractItemModelTester tester(table.view()->model());
    const TimeRange all = linked.state.bounds();
    const TimeRange half{all.from, all.from + all.length() / 2};
    for (const bool isHalf : {false, true}) {
        QStringList filters;
        if (isHalf) {
            linked.state.select(half);
            filters = {text("--from"), QString::number(half.from), text("--to"), QString::number(half.to)};
        }
        QVERIFY(settle(table));
        const QJsonArray told = cliVcpus("halts", filters);
        QVERIFY(!told.isEmpty());
        QCOMPARE(qsizetype(table.shownModel().rowCount()), told.size());
        for (const QJsonValue &vcpu : told) {
            const QModelIndex row = rowNamed(table.shownModel(), vcpu[text("id")].toString());
            QVERIFY(row.isValid());
            for (const char *field : {"halts", "unknown", "polled", "slept", "slept_ns", "gave_up_ns"})
                QCOMPARE(raw(row, field).toLongLong(), vcpu[text(field)].toInteger());
            QVERIFY(raw(row, "halts").toLongLong() > 0);
            QCOMPARE(raw(row, "gave_up").isValid(), !vcpu[text("gave_up")].isNull());
            QCOMPARE(raw(row, "poll_ns").toLongLong(),
                vcpu[text("polled_ns")].toInteger() + vcpu[text("gave_up_ns")].toInteger());
            QCOMPARE(raw(row, "wake_to_entry_p99_ns").toLongLong(),
                vcpu[text("wake_to_entry")][text("p99_ns")].toInteger(0));
            QCOMPARE(raw(row, "source").toString(), vcpu[text("source")].toString());
            const QJsonArray trials = vcpu[text("trials")].toArray();
            QCOMPARE(qsizetype(table.shownModel().rowCount(row)), trials.size());
            for (qsizetype i = 0; i < trials.size(); ++i) {
                const QModelIndex trial = table.shownModel().index(int(i), 0, row);
                QCOMPARE(raw(trial, "vcpu").toLongLong(), trials[i][text("halt_poll_ns")].toInteger());
                QCOMPARE(raw(trial, "polled").toLongLong(), trials[i][text("caught")].toInteger());
                QCOMPARE(raw(trial, "poll_ns").toLongLong(), trials[i][text("polled_ns")].toInteger());
            }
        }
    }
    linked.state.setReasons({{2, 114}}); // of no halt
    QVERIFY(settle(table));
    QCOMPARE(table.shownModel().rowCount(), 0);
    QVERIFY(table.note().contains(text("No vCPU halts")));
}

// One halt of 4 ns that was polled, one of 37 ns that slept after 8 ns of it: polling 10 µs at each had caught both.
void TestWaitsTables::trialsStandBelowTheirVcpu()
{
    const auto recording = recordingOf("thread 31 pid=30 name=\"CPU 0/KVM\"\n"
                                       "10 p0 kvm_entry tid=31\n"
                                       "20 p0 kvm_exit reason=12 isa=1 tid=31\n"
                                       "25 p0 kvm_vcpu_wakeup ns=4 waited=0 tid=31\n"
                                       "26 p0 kvm_entry tid=31\n"
                                       "30 p0 kvm_exit reason=12 isa=1 tid=31\n"
                                       "40 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0\n"
                                       "60 p0 sched_wakeup woken=31 target=0 tid=0\n"
                                       "65 p0 sched_switch prev_tid=0 prev_state=0 next_tid=31\n"
                                       "67 p0 kvm_halt_poll_ns new=0 old=8 tid=31\n"
                                       "68 p0 kvm_vcpu_wakeup ns=37 waited=1 tid=31\n"
                                       "70 p0 kvm_entry tid=31\n");
    SHOWN_TABLE(HaltsTable, linked, table, recording);
    const QModelIndex row = table.shownModel().index(0, 0);
    QCOMPARE(cell(row, "polled").data().toString(), text("1"));
    QCOMPARE(cell(row, "polled_percent").data().toString(), text("50.0 %"));
    QCOMPARE(cell(row, "poll_ns").data().toString(), text("12 ns"));
    QCOMPARE(cell(row, "slept_ns").data().toString(), text("29 ns"));
    QCOMPARE(cell(row, "wake_to_entry_p50_ns").data().toString(), text("10 ns"));
    const QModelIndex trial = rowNamed(table.shownModel(), text("10.0 µs"), row);
    QVERIFY(trial.isValid());
    QCOMPARE(cell(trial, "polled").data().toString(), text("2"));
    QCOMPARE(cell(trial, "slept").data().toString(), text("0"));
    QCOMPARE(cell(trial, "poll_ns").data().toString(), text("41 ns"));
    const ViewValues before = linked.state.values();
    click(table, trial); // of nothing that could be filtered by
    QCOMPARE(linked.state.values(), before);
}

void TestWaitsTables::aVcpuFilters()
{
    LinkedViews linked;
    TakersTable takers(linked.state);
    HaltsTable halts(linked.state);
    for (NumberTable *table : {static_cast<NumberTable *>(&takers), static_cast<NumberTable *>(&halts)}) {
        table->resize(900, 400);
        table->show();
        table->setRecording(linked.recording);
        QVERIFY(settle(*table));
        const auto row = [&](int number) {
            return rowNamed(table->shownModel(), text("qemu-system-x86/") + QString::number(number));
        };
        click(*table, row(1));
        QCOMPARE(linked.state.values().vcpus, std::set<VcpuKey>({{{0, 0}, 1}}));
        QVERIFY(settle(*table));
        QCOMPARE(table->shownModel().rowCount(), 2); // the other stays beside it
        QVERIFY(row(1).data(StatisticsModel::ChosenRole).toBool());
        QVERIFY(row(1).data(Qt::AccessibleTextRole).toString().contains(text("chosen")));
        QVERIFY(!row(0).data(StatisticsModel::ChosenRole).toBool());
        click(*table, row(0), Qt::ControlModifier);
        QCOMPARE(linked.state.values().vcpus.size(), std::size_t(2));
        click(*table, row(1), Qt::ControlModifier);
        click(*table, row(0));
        QVERIFY(linked.state.values().vcpus.empty());
        linked.state.undo();
        QCOMPARE(linked.state.values().vcpus, std::set<VcpuKey>({{{0, 0}, 0}}));
        linked.state.setVcpus({});
    }
}

void TestWaitsTables::aThreadShowsItsLongestStretches()
{
    SHOWN_TABLE(TakersTable, linked, table, recordingOf(kWait));
    const QModelIndex vcpu = table.shownModel().index(0, 0);
    QCOMPARE(cell(vcpu, "ns").data().toString(), text("68.0 µs"));
    const QModelIndex hog = rowNamed(table.shownModel(), text("hog (tid 70)"), vcpu);
    QVERIFY(hog.isValid());
    QCOMPARE(raw(hog, "ns").toLongLong(), 18'000);
    QCOMPARE(raw(hog, "times").toLongLong(), 2);
    const ViewValues before = linked.state.values();
    const auto clickHog = [&] {
        click(table, hog);
        return QTest::qWaitFor([&] { return !table.isSearching(); });
    };
    QVERIFY(clickHog());
    QCOMPARE(linked.state.values().visible, (TimeRange{20'000, 50'000})); // 30 to 40, and as much around
    QCOMPARE(linked.state.values().current, std::optional(ExitRef({{0, 0}, 0}, 0)));
    QVERIFY(clickHog());
    QCOMPARE(linked.state.values().visible, (TimeRange{82'000, 106'000})); // 90 to 98
    QVERIFY(clickHog());
    QCOMPARE(linked.state.values().visible, (TimeRange{20'000, 50'000})); // from the first again
    QVERIFY(linked.state.values().vcpus.empty() && !linked.state.values().selected);
    for (int i = 0; i < 3; ++i)
        linked.state.undo();
    QCOMPARE(linked.state.values(), before);
    linked.state.select(TimeRange{35'000, 300'000});
    QVERIFY(settle(table));
    const QModelIndex cut = rowNamed(table.shownModel(), text("hog (tid 70)"), table.shownModel().index(0, 0));
    QCOMPARE(raw(cut, "ns").toLongLong(), 13'000);
    click(table, cut);
    QTRY_COMPARE(linked.state.values().visible, (TimeRange{82'000, 106'000})); // the longest of what is selected
}

void TestWaitsTables::theKeyboardChooses()
{
    SHOWN_TABLE(TakersTable, linked, table, recordingOf(kWait));
    table.view()->setFocus();
    table.view()->setCurrentIndex(table.shownModel().index(0, 0));
    QTest::keyClick(table.view(), Qt::Key_Space);
    QCOMPARE(linked.state.values().vcpus, std::set<VcpuKey>({{{0, 0}, 0}}));
    QTest::keyClick(table.view(), Qt::Key_Return);
    QVERIFY(linked.state.values().vcpus.empty());
    QTest::keyClick(table.view(), Qt::Key_Down); // QEMU's thread: 40 to 86
    QTest::keyClick(table.view(), Qt::Key_Return);
    QTRY_COMPARE(linked.state.values().visible, (TimeRange{1'000, 139'000})); // moved to where the recording begins
}

void TestWaitsTables::barsHaveTheColoursOfTheirKinds()
{
    for (const Theme &theme : {Theme::light(), Theme::dark()}) {
        SHOWN_TABLE(TakersTable, linked, table, recordingOf(kWait));
        table.setTheme(theme);
        const QModelIndex bar = table.shownModel().index(0, 1);
        const QRect at = table.view()->visualRect(bar);
        const QImage image = table.view()->viewport()->grab().toImage();
        std::map<QRgb, int> pixels;
        for (int x = at.left(); x <= at.right(); ++x)
            ++pixels[image.pixel(QPoint(x, at.center().y()) * image.devicePixelRatio())];
        const double width = at.width() - 6;
        const std::pair<TakerKind, double> expected[]
            = {{TakerKind::OwnThread, 46. / 68}, {TakerKind::Host, 18. / 68}, {TakerKind::Free, 4. / 68}};
        for (const auto &[kind, share] : expected)
            QVERIFY2(std::abs(pixels[theme.taker(kind).rgb()] - share * width) <= 2.5,
                qPrintable(QString::number(pixels[theme.taker(kind).rgb()])));
        QCOMPARE(pixels[theme.taker(TakerKind::OtherVcpu).rgb()], 0);
        QVERIFY(
            bar.data(Qt::ToolTipRole).toString().contains(text("Own threads 67.6 %, Host 26.5 %, pCPU free 5.9 %")));
    }
}

void TestWaitsTables::withoutSwitchesItIsNotKnown()
{
    const auto recording = recordingOf("thread 31 pid=30 name=\"CPU 0/KVM\"\n"
                                       "10 p0 kvm_entry tid=31\n"
                                       "20 p0 kvm_exit reason=12 isa=1 tid=31\n"
                                       "30 p1 kvm_entry tid=31\n"
                                       "40 p1 kvm_exit reason=10 isa=1 tid=31\n",
        false);
    SHOWN_TABLE(TakersTable, linked, takers, recording);
    QVERIFY(takers.note().contains(text("sched_switch")));
    const QModelIndex row = takers.shownModel().index(0, 0);
    QCOMPARE(cell(row, "ns").data().toString(), text("–"));
    QVERIFY(!raw(row, "ns").isValid());
    QCOMPARE(cell(row, "migrations").data().toString(), text("1"));
    QCOMPARE(takers.shownModel().rowCount(row), 0);
    HaltsTable halts(linked.state);
    halts.show();
    halts.setRecording(recording);
    QVERIFY(settle(halts));
    QVERIFY(halts.note().contains(text("kvm_vcpu_wakeup")));
    const QModelIndex halted = halts.shownModel().index(0, 0);
    QCOMPARE(cell(halted, "halts").data().toString(), text("1"));
    for (const char *field : {"polled", "poll_ns", "slept", "gave_up"})
        QCOMPARE(cell(halted, field).data().toString(), text("–"));
    QCOMPARE(halts.shownModel().rowCount(halted), 0);
}

void TestWaitsTables::quietTimesAreTold()
{
    SHOWN_TABLE(TakersTable, linked, table, recordingOf(kWait));
    QCOMPARE(table.note(), QString());
    linked.state.select(TimeRange{150'000, 300'000});
    QVERIFY(settle(table));
    QVERIFY(table.note().contains(text("No vCPU was preempted")));
    QCOMPARE(cell(table.shownModel().index(0, 0), "ns").data().toString(), text("0 ns"));
}

void TestWaitsTables::rowsStayUnfolded()
{
    SHOWN_TABLE(TakersTable, linked, table, test::sample());
    QVERIFY(table.view()->isExpanded(table.shownModel().index(0, 0))); // what waited most
    const QString first = table.shownModel().index(0, 0).data().toString();
    const QString second = table.shownModel().index(1, 0).data().toString();
    table.view()->expand(table.shownModel().index(1, 0));
    table.view()->collapse(table.shownModel().index(0, 0));
    const TimeRange all = linked.state.bounds();
    linked.state.select(TimeRange{all.from, all.from + all.length() / 3});
    QVERIFY(settle(table));
    QVERIFY(!table.view()->isExpanded(rowNamed(table.shownModel(), first)));
    QVERIFY(table.view()->isExpanded(rowNamed(table.shownModel(), second)));
}

void TestWaitsTables::copiesWhatIsShown()
{
    SHOWN_TABLE(TakersTable, linked, table, recordingOf(kWait));
    table.copy();
    const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 5); // a header, the vCPU, three takers
    QVERIFY(lines[0].startsWith(text("thread\tkind\tns\t")));
    QVERIFY2(lines[3].contains(text("hog (tid 70)\tHost\t18000\t")), qPrintable(lines[3]));
}

void TestWaitsTables::hiddenTheyAskForNothing()
{
    LinkedViews linked(recordingOf(kWait));
    TakersTable table(linked.state);
    table.setRecording(linked.recording);
    QTest::qWait(50);
    QCOMPARE(table.shownModel().rowCount(), 0);
    QVERIFY(!table.isSettled());
    table.show();
    QVERIFY(settle(table));
    QCOMPARE(table.shownModel().rowCount(), 1);
}

QTEST_MAIN(TestWaitsTables)
#include "tst_waits_tables.moc"
