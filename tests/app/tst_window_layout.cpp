// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QDockWidget>
#include <QScreen>
#include <QTest>

#include "tests/app/opened_window.h"
#include "tests/tools/written_recording.h"
#include "views/causes/causes_table.h"
#include "views/causes/key_chooser.h"
#include "views/chart/theme_palette.h"
#include "views/durations/heat_view.h"
#include "views/durations/histogram_view.h"
#include "views/reasons/pie_view.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::test;
using exitscope::testing::WrittenRecording;

class TestWindowLayout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void newWindowFitsTheScreen();
    void fourVcpusOfTwoVmsAreInSight();
    void layoutIsKeptAndReset();
    void layoutIsKeptWithoutARecording();
    void docksKeepTheirShare();
    void viewOptionsAreKeptAndReset();
    void themeIsKept();
    void everyPanelIsInTheMenu();

private:
    static QDockWidget *dock(OpenedWindow &window, const char *name)
    {
        return window->workspace().findChild<QDockWidget *>(QString::fromLatin1(name));
    }
};

void TestWindowLayout::newWindowFitsTheScreen()
{
    const QTemporaryDir directory;
    Settings settings(directory.filePath(QStringLiteral("settings.ini")));
    const MainWindow window(settings, {});
    const QSize screen = window.screen()->availableSize();
    QVERIFY(window.width() < screen.width() && window.height() < screen.height()); // with the frame around it
}

void TestWindowLayout::fourVcpusOfTwoVmsAreInSight()
{
    WrittenRecording two;
    two.add("thread 31 pid=30\nthread 32 pid=30\nthread 41 pid=40\nthread 42 pid=40\n"
            "10 p0 kvm_entry tid=31\n20 p0 kvm_exit reason=48 isa=1 tid=31\n"
            "30 p0 kvm_entry tid=32\n40 p0 kvm_exit reason=30 isa=1 tid=32\n"
            "50 p0 kvm_entry tid=41\n60 p0 kvm_exit reason=12 isa=1 tid=41\n"
            "70 p0 kvm_entry tid=42\n80 p0 kvm_exit reason=1 isa=1 tid=42\n900 p0 kvm_entry tid=42\n");
    OpenedWindow window;
    window->resize(1280, 720);
    QVERIFY(window.open({two.path()}));
    const TimelineLayout &shown = *window->workspace().timeline().shown();
    QCOMPARE(shown.rows.size(), std::size_t(6)); // two of them are the VMs'
    QVERIFY2(shown.contentHeight <= shown.plot.height(), qPrintable(QString::number(shown.plot.height())));
    // Also with a strip of the guest's threads below each.
    QVERIFY2(shown.plot.height() >= 200, qPrintable(QString::number(shown.plot.height())));
}

void TestWindowLayout::layoutIsKeptAndReset()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    QVERIFY(dock(window, "durations")->isVisible());
    dock(window, "durations")->hide();
    window->workspace().addDockWidget(Qt::LeftDockWidgetArea, dock(window, "reasons"));
    window.restart();
    QVERIFY(window.openSample());
    QTRY_VERIFY(!dock(window, "durations")->isVisible());
    QCOMPARE(window->workspace().dockWidgetArea(dock(window, "reasons")), Qt::LeftDockWidgetArea);

    window->actions()[CommandId::ResetLayout]->trigger();
    QVERIFY(dock(window, "durations")->isVisible());
    QCOMPARE(window->workspace().dockWidgetArea(dock(window, "reasons")), Qt::BottomDockWidgetArea);
    window.restart();
    QVERIFY(window.openSample());
    QTRY_VERIFY(dock(window, "durations")->isVisible());
}

// What was arranged is not forgotten because the window was once closed before anything was opened.
void TestWindowLayout::layoutIsKeptWithoutARecording()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    dock(window, "durations")->hide();
    window.restart();
    window.restart();
    QVERIFY(window.openSample());
    QTRY_VERIFY(!dock(window, "durations")->isVisible());
}

void TestWindowLayout::docksKeepTheirShare()
{
    OpenedWindow window;
    window->resize(1280, 720);
    QVERIFY(window.openSample());
    const auto share = [&] { return double(dock(window, "reasons")->height()) / window->workspace().height(); };
    QVERIFY2(share() > 0.3 && share() < 0.5, qPrintable(QString::number(share())));
    const double before = share();
    window->resize(1600, 1300);
    QVERIFY(window.waitForLayout());
    QVERIFY2(std::abs(share() - before) < 0.05, qPrintable(QString::number(share())));
}

void TestWindowLayout::viewOptionsAreKeptAndReset()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    const auto pcpus = [&] {
        const QList<QAction *> actions = window->workspace().timeline().actions();
        return *std::ranges::find_if(
            actions, [](const QAction *action) { return action->text().contains(QStringLiteral("pCPU")); });
    };
    pcpus()->trigger();
    window->workspace().pie().findChild<QCheckBox *>()->click();
    window->workspace().histogram().setShown(DurationKind::Run);
    QTest::keyClick(&*window, Qt::Key_H);
    QVERIFY(window->workspace().histogram().isOverTime());
    // Its keys work in it, and what is exported is what is on screen.
    QVERIFY(window->workspace().histogram().heat().isAncestorOf(QApplication::focusWidget()));
    QVERIFY(window->workspace().activeChart() == ChartKind::HeatMap);
    auto *const overTime = window->workspace().histogram().findChild<QCheckBox *>();
    overTime->click();
    QVERIFY(window->workspace().activeChart() == ChartKind::Runs);
    overTime->click();
    QVERIFY(window->workspace().activeChart() == ChartKind::HeatMap);
    window->workspace().causes().setKeys({AccountKey::Vcpu, AccountKey::Scenario});
    window.restart();
    QVERIFY(window.openSample());
    QVERIFY(window->workspace().timeline().options().pcpus);
    QVERIFY(window->workspace().pie().options().perVcpu);
    QVERIFY(window->workspace().histogram().shown() == DurationKind::Run);
    QVERIFY(window->workspace().histogram().isOverTime());
    QVERIFY(pcpus()->isChecked());
    const auto keys = [&] { return keysText(window->workspace().causes().chooser().keys()); };
    QCOMPARE(keys(), QStringLiteral("vcpu,scenario"));

    window->actions()[CommandId::ResetLayout]->trigger();
    QVERIFY(!window->workspace().timeline().options().pcpus);
    QVERIFY(!window->workspace().pie().options().perVcpu);
    QVERIFY(window->workspace().histogram().shown() == DurationKind::Gross);
    QVERIFY(!window->workspace().histogram().isOverTime());
    QCOMPARE(keys(), QStringLiteral("reason,address"));
}

void TestWindowLayout::themeIsKept()
{
    OpenedWindow window;
    QVERIFY(!window->workspace().theme().isDark());
    window->actions()[CommandId::ThemeDark]->trigger();
    QVERIFY(window->workspace().theme().isDark());
    window.restart();
    QVERIFY(window->workspace().theme().isDark());
    QVERIFY(window->actions()[CommandId::ThemeDark]->isChecked());
    QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::dark().window());
    window->actions()[CommandId::ThemeDesktop]->trigger();
    QVERIFY(!window->workspace().theme().isDark());
}

void TestWindowLayout::everyPanelIsInTheMenu()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    QStringList titles;
    for (const QMenu *menu : window->findChildren<QMenu *>())
        if (menu->title() == QStringLiteral("&Panels"))
            for (const QAction *action : menu->actions())
                titles.append(action->text());
    for (const QDockWidget *panel : window->workspace().findChildren<QDockWidget *>())
        QVERIFY2(titles.contains(panel->windowTitle()), qPrintable(panel->windowTitle()));
    QVERIFY(titles.size() >= 7);
}

QTEST_MAIN(TestWindowLayout)
#include "tst_window_layout.moc"
