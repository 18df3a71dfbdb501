// SPDX-License-Identifier: GPL-3.0-or-later
#include <QClipboard>
#include <QInputDialog>
#include <QLineEdit>
#include <QMessageBox>
#include <QTest>

#include "app/window/bookmarks_panel.h"
#include "app/window/dialogs/key_sheet.h"
#include "tests/app/opened_window.h"
#include "views/tables/statistics_table.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::test;

class TestWindowKeys : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_window.reset(); }
    void init();
    void undoAndRedo_data();
    void undoAndRedo();
    void undoIsOnlyThereWhenItCan();
    void zoomAndPan();
    void heldKeyIsOneStep();
    void fitAndShowAll();
    void homeWorksInCharts();
    void nextAndPreviousExit();
    void nextExitWaitsForTheFilters();
    void nextExitScrolls();
    void zoomToExit();
    void measures();
    void escapeClearsTheSelection();
    void bookmark();
    void keySheet();
    void about();
    void visibleRangeIsSelected();
    void tableIsSorted();
    void tableIsCopied();

private:
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(&**m_window, key, modifiers);
    }
    Ns timeOf(const ExitRef &ref) const { return exitAt(*(*m_window)->workspace().recording(), ref)->time(); }
    const ViewValues &values() { return m_window->values(); }

    std::unique_ptr<OpenedWindow> m_window;
};

void TestWindowKeys::initTestCase()
{
    m_window = std::make_unique<OpenedWindow>();
    QVERIFY(m_window->openSample());
}

void TestWindowKeys::init()
{
    m_window->state().reset(m_window->state().bounds());
    m_window->state().setMeasure(Measure::Count);
    QVERIFY(m_window->waitForNumbers());
    (*m_window)->workspace().timeline().setFocus();
}

void TestWindowKeys::undoAndRedo_data()
{
    QTest::addColumn<Qt::Key>("key");
    QTest::addColumn<Qt::KeyboardModifiers>("modifiers");
    QTest::addColumn<Qt::Key>("redoKey");
    QTest::addColumn<Qt::KeyboardModifiers>("redoModifiers");
    QTest::newRow("Ctrl+Z") << Qt::Key_Z << Qt::KeyboardModifiers(Qt::ControlModifier) << Qt::Key_Z
                            << (Qt::ControlModifier | Qt::ShiftModifier);
    QTest::newRow("Alt+arrows") << Qt::Key_Left << Qt::KeyboardModifiers(Qt::AltModifier) << Qt::Key_Right
                                << Qt::KeyboardModifiers(Qt::AltModifier);
}

void TestWindowKeys::undoAndRedo()
{
    QFETCH(const Qt::Key, key);
    QFETCH(const Qt::KeyboardModifiers, modifiers);
    QFETCH(const Qt::Key, redoKey);
    QFETCH(const Qt::KeyboardModifiers, redoModifiers);
    const ViewValues first = values();
    m_window->state().setReasons({{2, 114}});
    const ViewValues second = values();
    m_window->state().zoom(0.5, m_window->state().bounds().from);
    const ViewValues third = values();
    press(key, modifiers);
    QCOMPARE(values(), second);
    press(key, modifiers);
    QCOMPARE(values(), first);
    press(redoKey, redoModifiers);
    press(redoKey, redoModifiers);
    QCOMPARE(values(), third);
}

void TestWindowKeys::undoIsOnlyThereWhenItCan()
{
    const Actions &actions = (*m_window)->actions();
    m_window->state().reset(m_window->state().bounds());
    QVERIFY(!actions[CommandId::Undo]->isEnabled());
    m_window->state().setReasons({{2, 114}});
    QVERIFY(actions[CommandId::Undo]->isEnabled() && !actions[CommandId::Redo]->isEnabled());
    press(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!actions[CommandId::Undo]->isEnabled() && actions[CommandId::Redo]->isEnabled());
}

void TestWindowKeys::zoomAndPan()
{
    const Ns all = m_window->state().bounds().length();
    press(Qt::Key_W);
    QVERIFY(values().visible.length() < all);
    const TimeRange zoomed = values().visible;
    press(Qt::Key_D);
    QVERIFY(values().visible.from > zoomed.from);
    QCOMPARE(values().visible.length(), zoomed.length());
    press(Qt::Key_A);
    QCOMPARE(values().visible, zoomed);
    press(Qt::Key_Right);
    QVERIFY(values().visible.from > zoomed.from);
    press(Qt::Key_Left);
    QCOMPARE(values().visible, zoomed);
    press(Qt::Key_S);
    press(Qt::Key_S);
    QCOMPARE(values().visible, m_window->state().bounds());
    press(Qt::Key_Plus);
    QVERIFY(values().visible.length() < all);
    press(Qt::Key_Minus);
    QCOMPARE(values().visible.length(), all);
}

void TestWindowKeys::heldKeyIsOneStep()
{
    const ViewValues before = values();
    press(Qt::Key_W);
    press(Qt::Key_W);
    press(Qt::Key_W);
    QVERIFY(values().visible.length() < before.visible.length() / 3);
    press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(values(), before);
}

void TestWindowKeys::fitAndShowAll()
{
    const TimeRange bounds = m_window->state().bounds();
    const TimeRange selected{bounds.from + 1'000'000'000, bounds.from + 2'000'000'000};
    m_window->state().select(selected);
    press(Qt::Key_F);
    QCOMPARE(values().visible, selected);
    press(Qt::Key_F);
    QCOMPARE(values().visible, bounds);
    press(Qt::Key_F);
    press(Qt::Key_0);
    QCOMPARE(values().visible, bounds);
    QCOMPARE(values().selected, std::optional(selected));
}

void TestWindowKeys::homeWorksInCharts()
{
    press(Qt::Key_W);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Home);
    QCOMPARE(values().visible, m_window->state().bounds());
}

void TestWindowKeys::nextAndPreviousExit()
{
    m_window->state().setReasons({{2, 114}}); // cpuid
    QVERIFY(!values().current);
    press(Qt::Key_BracketRight);
    QTRY_VERIFY(values().current);
    const ExitRef first = *values().current;
    const auto recording = (*m_window)->workspace().recording();
    QCOMPARE(
        findExit(*recording, ExitIndex(recording, values().selection()), values().selection(), Ns(0), Direction::Next)
            ->ref(),
        first);
    press(Qt::Key_BracketRight);
    const ExitRef second = *values().current;
    QVERIFY(timeOf(second) >= timeOf(first) && !(second == first));
    const FoundExit found = *exitAt(*recording, second);
    QCOMPARE(recording->reasons[found.vcpu->exits.reason(found.index)].name, QStringLiteral("cpuid"));
    press(Qt::Key_BracketLeft);
    QCOMPARE(values().current, std::optional(first));
    press(Qt::Key_BracketLeft); // there is none before: it does not wrap
    QCOMPARE(values().current, std::optional(first));
}

// Which exits pass takes a while to know: the window goes on, and each key counts.
void TestWindowKeys::nextExitWaitsForTheFilters()
{
    QVERIFY(m_window->waitForNumbers());
    m_window->state().setReasons({{2, 114}});
    press(Qt::Key_BracketRight);
    press(Qt::Key_BracketRight);
    QVERIFY(!values().current);
    QTRY_VERIFY(values().current);
    const ExitRef second = *values().current;
    press(Qt::Key_BracketLeft); // the first; before it there is none
    const ExitRef first = *values().current;
    QVERIFY(!(first == second));
    press(Qt::Key_BracketLeft);
    QCOMPARE(values().current, std::optional(first));
}

void TestWindowKeys::nextExitScrolls()
{
    const TimeRange bounds = m_window->state().bounds();
    m_window->state().setReasons({{2, 114}});
    m_window->state().select(TimeRange{bounds.from + 3'000'000'000, bounds.to});
    m_window->state().setVisible({bounds.from, bounds.from + 1'000'000});
    press(Qt::Key_BracketRight);
    QTRY_VERIFY(values().current);
    QVERIFY(timeOf(*values().current) >= bounds.from + 3'000'000'000); // within the filter
    QVERIFY(values().visible.contains(timeOf(*values().current)));
    QCOMPARE(values().visible.length(), Ns(1'000'000));
}

void TestWindowKeys::zoomToExit()
{
    QVERIFY(!(*m_window)->actions()[CommandId::ZoomToExit]->isEnabled());
    press(Qt::Key_BracketRight);
    QTRY_VERIFY(values().current);
    press(Qt::Key_E);
    const FoundExit found = *exitAt(*(*m_window)->workspace().recording(), *values().current);
    QVERIFY(values().visible.contains(found.time()));
    QVERIFY(values().visible.length() < m_window->state().bounds().length() / 2);
}

void TestWindowKeys::measures()
{
    const Actions &actions = (*m_window)->actions();
    press(Qt::Key_2);
    QCOMPARE(values().measure, Measure::Gross);
    QVERIFY(actions[CommandId::MeasureGross]->isChecked());
    press(Qt::Key_3);
    QCOMPARE(values().measure, Measure::Net);
    press(Qt::Key_1);
    QCOMPARE(values().measure, Measure::Count);
    m_window->state().setMeasure(Measure::Net); // from elsewhere
    QVERIFY(actions[CommandId::MeasureNet]->isChecked());
}

void TestWindowKeys::escapeClearsTheSelection()
{
    const TimeRange bounds = m_window->state().bounds();
    m_window->state().select(TimeRange{bounds.from, bounds.from + 1000});
    m_window->state().setReasons({{2, 114}});
    press(Qt::Key_Escape);
    QVERIFY(!values().selected);
    QCOMPARE(values().reasons.size(), std::size_t(1));
    press(Qt::Key_Escape, Qt::ShiftModifier);
    QVERIFY(values().reasons.empty());
}

void TestWindowKeys::bookmark()
{
    const TimeRange bounds = m_window->state().bounds();
    const TimeRange range{bounds.from + 5000, bounds.from + 9000};
    m_window->state().select(range);
    press(Qt::Key_B);
    auto *dialog = (*m_window)->findChild<QInputDialog *>();
    QVERIFY(dialog && dialog->isVisible());
    QTest::keyClicks(dialog->findChild<QLineEdit *>(), QStringLiteral("storm"));
    QTest::keyClick(dialog->findChild<QLineEdit *>(), Qt::Key_Return);
    QCOMPARE((*m_window)->workspace().bookmarks().model().rowCount(), 1);

    m_window->restart(); // kept
    QVERIFY(m_window->openSample());
    BookmarksPanel &panel = (*m_window)->workspace().bookmarks();
    QCOMPARE(panel.model().rowCount(), 1);
    QCOMPARE(panel.model().index(0, BookmarksModel::NameColumn).data().toString(), QStringLiteral("storm"));
    panel.goTo(0);
    QCOMPARE(values().visible, range);
}

void TestWindowKeys::keySheet()
{
    for (int time = 0; time < 2; ++time) { // and it opens again
        press(Qt::Key_Question);
        auto *sheet = (*m_window)->findChild<KeySheet *>();
        QVERIFY(sheet && sheet->isVisible());
        sheet->activateWindow(); // a window manager does that
        QTRY_COMPARE(QApplication::activeWindow(), sheet);
        QTest::keyClick(sheet, Qt::Key_Escape);
        QTRY_VERIFY(!(*m_window)->findChild<KeySheet *>());
        (*m_window)->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&**m_window));
    }
}

void TestWindowKeys::about()
{
    (*m_window)->actions()[CommandId::About]->trigger();
    auto *box = (*m_window)->findChild<QMessageBox *>();
    QVERIFY(box && box->isVisible());
    QVERIFY(box->informativeText().contains(QStringLiteral("GNU General Public License")));
    box->close();
    QTRY_VERIFY(!(*m_window)->findChild<QMessageBox *>());
    (*m_window)->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&**m_window));
}

void TestWindowKeys::visibleRangeIsSelected()
{
    ViewState &state = m_window->state();
    const TimeRange bounds = state.bounds();
    state.setVisible({bounds.from + 1'000'000'000, bounds.from + 2'000'000'000});
    QTest::keyClick(&**m_window, Qt::Key_V);
    QCOMPARE(state.values().selected, std::optional(state.values().visible));
    state.undo();
    QVERIFY(!state.values().selected);
}

void TestWindowKeys::tableIsSorted()
{
    StatisticsTable &table = (*m_window)->workspace().table();
    table.setTopic(StatisticsTopic::Reasons);
    QTableView *view = table.view(StatisticsTopic::Reasons);
    view->setFocus();
    view->setCurrentIndex(view->model()->index(0, 1));
    const auto exits
        = [&](int row) { return view->model()->index(row, 1).data(StatisticsModel::RawRole).toLongLong(); };
    const int last = view->model()->rowCount() - 1;
    QTest::keyClick(view, Qt::Key_O, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(exits(0) > exits(last));
    QTest::keyClick(view, Qt::Key_O, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(exits(0) < exits(last));
}

void TestWindowKeys::tableIsCopied()
{
    QGuiApplication::clipboard()->clear();
    press(Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    const QString csv = QGuiApplication::clipboard()->text();
    QCOMPARE(csv, toCsv((*m_window)->workspace().table().shownModel()));
    QVERIFY2(csv.contains(QStringLiteral("cpuid")), qPrintable(csv));
}

QTEST_MAIN(TestWindowKeys)
#include "tst_window_keys.moc"
