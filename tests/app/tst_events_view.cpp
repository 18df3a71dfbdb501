// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QTest>

#include "app/window/export/exports.h"
#include "tests/app/opened_window.h"
#include "tests/tools/babeltrace_text.h"
#include "views/events/events_view.h"
#include "views/findings/findings_view.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::test;

namespace {

constexpr Ns kBegin = 1795386299019930522; // of the sample's host
const QString kHost = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host");

} // namespace

// The list of events in the window, on the sample.
class TestEventsView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatToDo();
    void theSelectedRange();
    void aroundTheCurrentExit();
    void anatomyOfTheCurrentExit();
    void findAsYouType();
    void doubleClickGoesThere();
    void copyAndSave();
    void goneTraces();

private:
    static bool settle(OpenedWindow &window);
    static std::vector<EventText> hostEvents(const EventsView &view);
};

// The events of what is selected now are there, and those that were looked for.
bool TestEventsView::settle(OpenedWindow &window)
{
    return QTest::qWaitFor([&] { return !window->workspace().events().isBusy(); }, 30'000);
}

std::vector<EventText> TestEventsView::hostEvents(const EventsView &view)
{
    std::vector<EventText> texts;
    for (int row = 0; row < view.model().rowCount(); ++row) {
        const ListedEvent &listed = view.model().at(row);
        if (view.model().events()->of.recording->traces[listed.trace].role == TraceRole::Host)
            texts.push_back(textOf(listed.event));
    }
    std::ranges::sort(texts);
    return texts;
}

void TestEventsView::tellsWhatToDo()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    EventsView &view = window->workspace().events();
    QVERIFY(window.waitForLayout());
    QVERIFY(!view.isOnScreen());
    window.state().select(TimeRange{kBegin, kBegin + 1'000'000});
    QVERIFY(!view.isBusy()); // nothing is read for what nobody sees
    QTest::keyClick(&window->workspace().timeline(), Qt::Key_L);
    QTRY_VERIFY(view.model().rowCount() > 0); // until it is seen
    window->workspace().showDock(&window->workspace().findings());
    QTRY_VERIFY(!view.isOnScreen());
    window.state().select(std::nullopt);
    QTest::keyClick(&window->workspace().timeline(), Qt::Key_L);
    QTRY_VERIFY(view.isOnScreen());
    QCOMPARE(view.model().rowCount(), 0);
    QVERIFY2(view.told().startsWith(QStringLiteral("Select a time range")), qPrintable(view.told()));
}

void TestEventsView::theSelectedRange()
{
    if (!hasBabeltrace())
        QSKIP("there is no babeltrace2");
    OpenedWindow window;
    QVERIFY(window.openSample());
    EventsView &view = window->workspace().events();
    const QAbstractItemModelTester tester(
        view.table()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    window->run(CommandId::ShowEvents);
    const TimeRange range{kBegin + 1'800'000'000, kBegin + 1'900'000'000};
    window.state().select(range);
    QTRY_VERIFY(view.model().rowCount() > 0);
    QVERIFY(settle(window));
    const std::vector<EventText> expected = between(babeltraceEvents(kHost), range.from, range.to);
    QVERIFY(expected.size() > 100);
    QCOMPARE(difference(hostEvents(view), expected), QByteArray());
    QVERIFY(std::size_t(view.model().rowCount()) > expected.size()); // the guest's are among them
    QVERIFY2(view.told().endsWith(QStringLiteral("events of the selected range")), qPrintable(view.told()));
    window.state().select(std::nullopt);
    QCOMPARE(view.model().rowCount(), 0);
}

void TestEventsView::aroundTheCurrentExit()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    EventsView &view = window->workspace().events();
    window->run(CommandId::ShowEvents);
    QTest::keyClick(&window->workspace().timeline(), Qt::Key_BracketRight);
    QTRY_VERIFY(window.values().current);
    QTRY_VERIFY(view.model().rowCount() > 0);
    QVERIFY(settle(window));
    const Vcpu *vcpu = nullptr;
    for (const VcpuAt &of : vcpusOf(*window->workspace().recording()))
        if (of.key == window.values().current->vcpu)
            vcpu = of.vcpu;
    QVERIFY(vcpu);
    const std::size_t exit = window.values().current->index;
    const ListedEvent &current = view.model().at(view.table()->currentIndex().row());
    QCOMPARE(current.timeNs, vcpu->exits.event(exit));
    QCOMPARE(current.event.name, std::string("kvm_x86_exit"));
    QVERIFY(view.model().at(0).timeNs < vcpu->exits.time(exit));
    QVERIFY(view.told().endsWith(QStringLiteral("around the exit")));
}

// Above its events; a click on one of them finds it in the list.
void TestEventsView::anatomyOfTheCurrentExit()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    EventsView &view = window->workspace().events();
    window->run(CommandId::ShowEvents);
    window.state().select(TimeRange{kBegin + 1'800'000'000, kBegin + 1'900'000'000});
    QTRY_VERIFY(view.model().rowCount() > 0);
    QVERIFY(settle(window));
    QVERIFY(!view.anatomy()->isVisible()); // of a range there is none
    window.state().select(std::nullopt);
    QTest::keyClick(&window->workspace().timeline(), Qt::Key_BracketRight);
    QTRY_VERIFY(window.values().current);
    QTRY_VERIFY(view.anatomy()->isVisible());
    QVERIFY(settle(window));
    const AnatomyLayout &shown = view.anatomy()->shown();
    const auto exit = exitAt(*window->workspace().recording(), *window.values().current);
    QCOMPARE(shown.exitNs, exit->time());
    const double begin = shown.scale.timeToPx(shown.exitNs);
    const double y = shown.boxes.front().rect.center().y();
    QCOMPARE(shown.boxAt({begin - 2, y})->text, QStringLiteral("Guest"));
    QCOMPARE(shown.boxAt({begin + 2, y})->text, QStringLiteral("Kvm"));
    QVERIFY(shown.marks.size() > 2);
    QVERIFY(std::abs(view.anatomy()->height() - shown.height) <= 1);
    const AnatomyMark last = shown.marks.back();
    QTest::mouseClick(view.anatomy(), Qt::LeftButton, {}, QPointF(last.x, shown.markLane.center().y()).toPoint());
    QCOMPARE(view.model().rows()[std::size_t(view.table()->currentIndex().row())], std::uint32_t(last.event));
    // In its picture the guest ran to the left of the exit, in the colour of that state.
    const QImage picture = view.anatomy()->grab().toImage();
    const QColor guest = Theme::light().state(VcpuState::Guest);
    const QColor there = picture.pixelColor(int(begin) - 3, int(y) - 4);
    QVERIFY2(there == guest || there == Theme::dark().state(VcpuState::Guest), qPrintable(there.name()));
}

void TestEventsView::findAsYouType()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    EventsView &view = window->workspace().events();
    window->run(CommandId::ShowEvents);
    window.state().select(TimeRange{kBegin + 1'800'000'000, kBegin + 1'900'000'000});
    QTRY_VERIFY(view.model().rowCount() > 0);
    const int all = view.model().rowCount();
    const ViewValues before = window.values();
    QTest::keyClicks(view.findEdit(), QStringLiteral("KVM_x86_ENTRY"));
    QTRY_VERIFY(view.model().rowCount() < all);
    QVERIFY(settle(window));
    const int found = view.model().rowCount();
    QVERIFY(found > 0);
    for (int row = 0; row < found; ++row)
        QCOMPARE(view.model().at(row).event.name, std::string("kvm_x86_entry"));
    QVERIFY2(view.told().endsWith(QStringLiteral("; “KVM_x86_ENTRY” is in %1").arg(found)), qPrintable(view.told()));
    QCOMPARE(window.values(), before); // letters are no commands there
    view.findEdit()->clear();
    QTRY_COMPARE(view.model().rowCount(), all);
}

void TestEventsView::doubleClickGoesThere()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    EventsView &view = window->workspace().events();
    window->run(CommandId::ShowEvents);
    window.state().select(TimeRange{kBegin + 1'800'000'000, kBegin + 1'801'000'000});
    QTRY_VERIFY(view.model().rowCount() > 0);
    QVERIFY(settle(window));
    window.state().setVisible({kBegin, kBegin + 1'000'000});
    QVERIFY(window.waitForLayout());
    const QPoint at = view.table()->visualRect(view.model().index(0, 0)).center();
    QTest::mouseClick(view.table()->viewport(), Qt::LeftButton, {}, at);
    QTest::mouseDClick(view.table()->viewport(), Qt::LeftButton, {}, at);
    const TimeRange visible = window.values().visible;
    QVERIFY(visible.contains(view.model().at(0).timeNs));
    QCOMPARE(visible.length(), Ns(1'000'000));
}

void TestEventsView::copyAndSave()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    EventsView &view = window->workspace().events();
    window->run(CommandId::ShowEvents);
    window.state().select(TimeRange{kBegin, kBegin + 1});
    QTRY_COMPARE(view.model().rowCount(), 1);
    QVERIFY(settle(window));
    view.table()->setFocus();
    QTRY_VERIFY(window->workspace().isEventsActive());
    QTest::keyClick(view.table(), Qt::Key_C, Qt::ControlModifier);
    QTRY_COMPARE(QGuiApplication::clipboard()->text(),
        QStringLiteral(
            "Time\tMachine\tCPU\tThread\tEvent\tFields\n0.000000000\tl1host\t1\tswapper/1 (0)\t"
            "irq_softirq_raise\t{ cpu_id = 1 }, { tid = 0, pid = 0, procname = \"swapper/1\" }, { vec = 7 }\n"));
    const QString file = window.directory() + QStringLiteral("/events.csv");
    window->exports().saveTable(file);
    QTRY_VERIFY(QFile::exists(file));
    QFile saved(file);
    QVERIFY(saved.open(QIODevice::ReadOnly));
    QCOMPARE(QString::fromUtf8(saved.readAll()),
        QStringLiteral(
            "time_ns,trace_ns,role,trace,cpu,tid,event,fields\r\n%1,%1,host,%2,1,0,irq_softirq_raise,\"{ cpu_id "
            "= 1 }, { tid = 0, pid = 0, procname = \"\"swapper/1\"\" }, { vec = 7 }\"\r\n")
            .arg(kBegin)
            .arg(kHost));
}

void TestEventsView::goneTraces()
{
    OpenedWindow window;
    QTemporaryDir dir;
    const QString host = dir.filePath(QStringLiteral("host"));
    QVERIFY(QDir().mkpath(host));
    for (const char *name : {"metadata", "ch_0", "ch_1"})
        QVERIFY(QFile::copy(kHost + u'/' + QString::fromLatin1(name), host + u'/' + QString::fromLatin1(name)));
    QVERIFY(window.open({host}));
    EventsView &view = window->workspace().events();
    window->run(CommandId::ShowEvents);
    QVERIFY(QFile::remove(host + QStringLiteral("/ch_0")));
    window.state().select(TimeRange{kBegin, kBegin + 1'000'000'000});
    QTRY_VERIFY2(view.told().contains(QStringLiteral("it is gone;")), qPrintable(view.told()));
    QVERIFY(view.told().startsWith(host));
    QVERIFY(!view.told().contains(u'\n'));
    QCOMPARE(view.model().rowCount(), 0);
}

QTEST_MAIN(TestEventsView)
#include "tst_events_view.moc"
