// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QLineEdit>
#include <QTest>

#include "app/window/export/exports.h"
#include "tests/app/opened_window.h"
#include "tests/tools/program.h"
#include "views/causes/causes_table.h"
#include "views/findings/findings_view.h"
#include "views/flame/flame_canvas.h"
#include "views/flame/flame_view.h"
#include "views/guests/guest_table.h"
#include "views/phases/phases_table.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::test;

// Guests in the window, from the keys to the numbers that other parts show, on the sample.
class TestGuestViews : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRowOfTheGuestFiltersTheWindow();
    void aFrameFiltersTheWindow();
    void aPhaseSelectsInTheWindow();
    void theUsersLevelsAreKept();
    void anotherRecordingForgetsTheGuests();

private:
    static bool settle(OpenedWindow &window);
    static std::int64_t exits(OpenedWindow &window)
    {
        return window->workspace().numbers().current()->selected->totals.exits;
    }
    static QString saved(OpenedWindow &window, const QString &name);
};

bool TestGuestViews::settle(OpenedWindow &window)
{
    const Workspace &workspace = window->workspace();
    return QTest::qWaitFor([&] { return window.values().guests != nullptr; }, 20'000) && window.waitForNumbers()
        && QTest::qWaitFor(
            [&] {
                const GuestTable &table = window->workspace().guestTable();
                const FlameView &flame = window->workspace().flame();
                return (table.visibleRegion().isEmpty() || table.isSettled())
                    && (flame.visibleRegion().isEmpty() || flame.isSettled());
            },
            20'000)
        && workspace.recording() != nullptr;
}

// What Ctrl+S would write.
QString TestGuestViews::saved(OpenedWindow &window, const QString &name)
{
    const QString path = window.directory() + u'/' + name;
    window->exports().saveTable(path);
    QFile file(path);
    if (!QTest::qWaitFor([&] { return file.exists(); }, 20'000) || !file.open(QIODevice::ReadOnly))
        return QStringLiteral("none");
    return QString::fromUtf8(file.readAll());
}

void TestGuestViews::aRowOfTheGuestFiltersTheWindow()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    QTest::keyClick(&window->workspace().timeline(), Qt::Key_U);
    GuestTable &table = window->workspace().guestTable();
    QTRY_VERIFY(!table.visibleRegion().isEmpty());
    QVERIFY(settle(window));
    const std::int64_t before = exits(window);
    const QModelIndex first = table.shownModel().index(0, 0);
    const QString name = first.data().toString();
    QTest::mouseClick(table.view()->viewport(), Qt::LeftButton, {}, table.view()->visualRect(first).center());
    QVERIFY(settle(window));
    QCOMPARE(window.values().processes, std::set<QString>{name});
    QVERIFY(exits(window) > 0 && exits(window) < before);
    const QStringList filter{QStringLiteral("--process"), name};
    QCOMPARE(saved(window, QStringLiteral("guest.csv")),
        QString::fromUtf8(
            runCli(QStringList{QStringLiteral("threads"), QStringLiteral("--format"), QStringLiteral("csv")} + filter
                + QStringList{OpenedWindow::samplePath()})
                .out));
    window->run(CommandId::Undo);
    QVERIFY(settle(window));
    QCOMPARE(exits(window), before);
}

void TestGuestViews::aFrameFiltersTheWindow()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    QTest::keyClick(&window->workspace().timeline(), Qt::Key_I);
    FlameView &flame = window->workspace().flame();
    QTRY_VERIFY(!flame.visibleRegion().isEmpty());
    QVERIFY(settle(window));
    const std::int64_t before = exits(window);
    const FlameFrame process = flame.canvas().flame().frames[1];
    const std::int64_t own = flame.canvas().flame().stacks->weight(process.node);
    QTest::mouseClick(&flame.canvas(), Qt::LeftButton, {}, process.rect.center().toPoint());
    QVERIFY(settle(window));
    QCOMPARE(window.values().processes, std::set<QString>{process.name});
    QCOMPARE(exits(window), own);
    QVERIFY(window->workspace().activeChart() == ChartKind::Flame);
    QVERIFY(window->workspace().isFlameActive());
    QCOMPARE(saved(window, QStringLiteral("flame.folded")),
        QString::fromUtf8(
            runCli({QStringLiteral("accounts"), QStringLiteral("--by"), QStringLiteral("process,thread,context,reason"),
                       QStringLiteral("--folded"), QStringLiteral("count"), QStringLiteral("--process"), process.name,
                       OpenedWindow::samplePath()})
                .out));
    window->run(CommandId::Undo);
    QVERIFY(settle(window));
    QCOMPARE(exits(window), before);
}

void TestGuestViews::aPhaseSelectsInTheWindow()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    QTest::keyClick(&window->workspace().timeline(), Qt::Key_M);
    PhasesTable &table = window->workspace().phases();
    QTRY_VERIFY(!table.visibleRegion().isEmpty());
    QVERIFY(QTest::qWaitFor([&] { return table.isSettled() && table.shownModel().rowCount() == 4; }, 20'000));
    const QPersistentModelIndex storm
        = table.shownModel().match(table.shownModel().index(0, 0), Qt::DisplayRole, QStringLiteral("cpuid-storm"))[0];
    constexpr int kExitsColumn = 4;
    QTest::mouseClick(table.view()->viewport(), Qt::LeftButton, {}, table.view()->visualRect(storm).center());
    QVERIFY(settle(window));
    QVERIFY(window.values().selected);
    QCOMPARE(exits(window), storm.sibling(storm.row(), kExitsColumn).data(StatisticsModel::RawRole).toLongLong());
    QCOMPARE(table.shownModel().rowCount(), 4); // all of the recording
    const QStringList command{QStringLiteral("phases"), QStringLiteral("--format"), QStringLiteral("csv")};
    QCOMPARE(saved(window, QStringLiteral("phases.csv")),
        QString::fromUtf8(runCli(command + QStringList{OpenedWindow::samplePath()}).out));
    window->run(CommandId::Undo);
    QVERIFY(!window.values().selected);
    table.fileField()->setFocus();
    QTest::keyClicks(table.fileField(), QStringLiteral("lib*.so*")); // no command of the window
    QVERIFY(QTest::qWaitFor([&] { return table.isSettled() && table.shownModel().rowCount() > 4; }, 20'000));
    window.restart();
    QVERIFY(window->workspace().phases().files() == QStringList{QStringLiteral("lib*.so*")});
}

void TestGuestViews::theUsersLevelsAreKept()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    QVERIFY(window->workspace().flame().chosenKeys().empty());
    window->workspace().flame().setKeys({AccountKey::Thread, AccountKey::Reason});
    window->workspace().causes().setKeys({AccountKey::Syscall, AccountKey::Reason});
    window.restart();
    QVERIFY(window->workspace().flame().chosenKeys() == (std::vector{AccountKey::Thread, AccountKey::Reason}));
    QVERIFY(window.openSample());
    QVERIFY(settle(window));
}

void TestGuestViews::anotherRecordingForgetsTheGuests()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    window->run(CommandId::ShowGuest);
    QVERIFY(settle(window));
    QVERIFY(window.open({OpenedWindow::samplePath() + QStringLiteral("/host")}));
    QVERIFY(!window.values().guests);
    GuestTable &table = window->workspace().guestTable();
    QTRY_VERIFY2(table.note().contains(QStringLiteral("No guest was traced")), qPrintable(table.note()));
    QCOMPARE(table.shownModel().rowCount(), 0);
    // Nothing looks up exits of one recording in what those of another interrupted.
    QVERIFY(window.openSample());
    QVERIFY(QTest::qWaitFor([&] { return window.values().guests != nullptr; }, 20'000));
    FindingsView &findings = window->workspace().findings();
    window->workspace().showDock(&findings);
    QVERIFY(QTest::qWaitFor([&] { return !findings.isBusy() && findings.model().rowCount() > 0; }, 20'000));
    QVERIFY(window.open({QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/storms/host-min")}));
    QVERIFY(!window.values().guests);
    QVERIFY(QTest::qWaitFor([&] { return !findings.isBusy() && findings.model().rowCount() > 0; }, 20'000));
    for (const Finding &finding : findings.model().findings())
        QVERIFY2(!finding.evidence.contains(QStringLiteral("; by ")), qPrintable(finding.evidence));
}

QTEST_MAIN(TestGuestViews)
#include "tst_guest_views.moc"
